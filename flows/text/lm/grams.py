"""grams.py — The n-gram model: how surprising a symbol is after those before it, in nats.

A tree in flat arrays, one level for each length of n-gram: the symbols of a level are one string, in which the
children of a node are a stretch, the likeliest first. A search in a stretch of a string runs at C speed, and a node
costs 4 to 8 bytes instead of the hundred of a dict entry.
"""

import json
import lzma
from array import array
from collections.abc import KeysView
from functools import cache
from itertools import accumulate
from pathlib import Path

from flows.text.lm.fold import fold

NATS = 16
"""Costs are stored in steps of 1/16 nat."""
FLOOR = 15.0
"""Cost in nats of a symbol that the training text does not hold."""
MODEL_FILE = Path(__file__).with_name("grams.xz")
_MAX_ROWS = 200_000
_FREQUENT = 50

Packed = list[tuple[str, bytes, bytes, list[int]]]


def pack_model(levels: Packed) -> bytes:
    """Return the levels of a tree as Model reads them."""
    header = json.dumps([len(symbols) for symbols, *_ in levels]).encode()
    body = [header, b"\n"]
    for symbols, costs, rests, sizes in levels:
        body += [symbols.encode("utf-16-le"), costs, rests, array("H", sizes).tobytes()]
    return b"".join(body)


def write_model(path: Path, levels: Packed) -> None:
    """Write the levels of a tree as one compressed file."""
    path.write_bytes(lzma.compress(pack_model(levels), preset=9 | lzma.PRESET_EXTREME))


class Row(dict[str, float]):
    """The costs of all symbols after one context, each worked out when it is first asked for."""

    __slots__ = ("_floor", "_model", "stretches")

    def __init__(self, model: "Model", stretches: list[tuple[int, int, int, int]]) -> None:
        super().__init__()
        self._model = model
        self.stretches = stretches

    def __missing__(self, symbol: str) -> float:
        cost = self._model.look_up(self.stretches, symbol)
        self[symbol] = cost
        return cost


class Model:
    """An n-gram model over the symbols of fold.py."""

    def __init__(self, data: bytes) -> None:
        start = data.index(b"\n") + 1
        self._symbols: list[str] = []
        self._costs: list[bytes] = []
        self._rests: list[bytes] = []
        self._starts: list[array[int]] = []
        sizes = json.loads(data[:start])
        parents = 1
        for level, size in enumerate(sizes):
            ends = [start + 2 * size, start + 3 * size]
            ends.append(ends[1] + (size if level + 1 < len(sizes) else 0))
            ends.append(ends[2] + 2 * parents)
            self._symbols.append(data[start : ends[0]].decode("utf-16-le"))
            self._costs.append(data[ends[0] : ends[1]])
            self._rests.append(data[ends[1] : ends[2]])
            counts = array("H")
            counts.frombytes(data[ends[2] : ends[3]])
            self._starts.append(array("I", accumulate(counts, initial=0)))
            start, parents = ends[3], size
        self._first = {symbol: i for i, symbol in enumerate(self._symbols[0])}
        self._rows: dict[str, Row] = {}
        self._near: dict[str, frozenset[str]] = {}
        self.order = len(sizes)

    def cost(self, text: str) -> float:
        """Return how surprising a text is as a whole, in nats, at the start of a line."""
        total, context, rows = 0.0, "\n", self._rows
        for symbol in fold(text):
            row = rows.get(context)
            if row is None:
                row = self.row(context)
            total += row[symbol]
            context = (context + symbol)[1 - self.order :]
        return total

    def step(self, context: str, char: str) -> float:
        """Return the cost in nats of one character after the text before it; of a blank it is 0."""
        symbols = fold(("\n" + context)[-40:])
        symbol = fold(char)
        if not symbol:
            return 0.0
        return self.row(symbols[1 - self.order :])[symbol]

    def row(self, context: str) -> Row:
        """Return the costs after a context of symbols, of which at most the last three count."""
        row = self._rows.get(context)
        if row is None:
            if len(self._rows) >= _MAX_ROWS:
                self._rows.clear()
            row = self._rows[context] = Row(self, self._stretches(context))
        return row

    @property
    def size_bytes(self) -> int:
        """The memory that the packed arrays take, without the rows that are worked out on the way."""
        packed = sum(len(costs) for costs in self._costs + self._rests)
        return packed + sum(2 * len(symbols) for symbols in self._symbols) + sum(4 * len(s) for s in self._starts)

    @property
    def symbols(self) -> KeysView[str]:
        """The symbols that the training text holds."""
        return self._first.keys()

    def common(self, limit: int) -> frozenset[str]:
        """Return the most frequent symbols."""
        return frozenset(self._symbols[0][:limit])

    def near(self, symbol: str) -> frozenset[str]:
        """Return the symbols that the model holds after one symbol, with the most frequent ones of all."""
        found = self._near.get(symbol)
        if found is None:
            stretches = [(level, start, end) for level, start, end, _ in self.row(symbol).stretches]
            after = "".join(self._symbols[level][start:end] for level, start, end in stretches)
            found = self._near[symbol] = frozenset(after + self._symbols[0][:_FREQUENT])
        return found

    def likely(self, context: str, limit: int) -> str:
        """Return symbols that are likely after a context, at most `limit` for each length of context."""
        found: dict[str, None] = {}
        for level, start, end, _ in self.row(context).stretches:
            found.update(dict.fromkeys(self._symbols[level][start : min(end, start + limit)]))
        return "".join(found)

    def _stretches(self, context: str) -> list[tuple[int, int, int, int]]:
        """Return (level, start, end, cost of falling back) of the children of each suffix of the context, longest first."""
        found = []
        for start in range(max(0, len(context) - self.order + 1), len(context)):
            node = self._first.get(context[start], -1)
            level = 0
            for symbol in context[start + 1 :]:
                if node < 0:
                    break
                starts = self._starts[level + 1]
                level += 1
                node = self._symbols[level].find(symbol, starts[node], starts[node + 1])
            if node < 0:
                continue
            starts = self._starts[level + 1]
            if starts[node] < starts[node + 1]:
                found.append((level + 1, starts[node], starts[node + 1], self._rests[level][node]))
        return found

    def look_up(self, stretches: list[tuple[int, int, int, int]], symbol: str) -> float:
        """Return the cost of a symbol in the first stretch that holds it."""
        cost = 0
        for level, start, end, rest in stretches:
            node = self._symbols[level].find(symbol, start, end)
            if node >= 0:
                return (cost + self._costs[level][node]) / NATS
            cost += rest
        first = self._first.get(symbol)
        return cost / NATS + (FLOOR if first is None else self._costs[0][first] / NATS)


def read_model(path: Path) -> Model:
    """Read what write_model wrote."""
    return Model(lzma.decompress(path.read_bytes()))


@cache
def model() -> Model:
    """Load the model that ships with the package; once per process, at the first call."""
    return read_model(MODEL_FILE)
