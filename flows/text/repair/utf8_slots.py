"""utf8_slots.py — Reads UTF-8 of which some bytes are unknown: a search over what may have stood there.

What each place may hold is known from how the bytes were lost, and UTF-8's structure rules out most of it; the
language model chooses among the rest. Knows nothing of encodings other than UTF-8, and decides nothing: it
returns the best reading with, for each character that depends on an unknown byte, the alternatives.
Takes time linear in the number of places: the number of readings held at once is bounded.
"""

import codecs
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flows.text.decode.costs import EIGHTHS, cheapest
from flows.text.repair.prices import EATEN, HOPELESS_NATS, ORDER, Alternative, Prices, context_of

_BEAM, _WIDER = 16, 6
_NATS = math.log(2) / EIGHTHS
_RAREST = 19 * EIGHTHS
"""Characters rarer than this (in bits) are not considered for an unknown byte."""
_TELLING = 6
"""Known characters that can cost differently after different paths."""
_MAX_PARTIAL = 3

Pairs = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that an unknown place may be: known bytes, one of a set of bytes, or one of a set of byte pairs.

    eats: it swallowed the character behind it, which shows in the reading as EATEN. nats: its price.
    """

    known: bytes = b""
    one: frozenset[int] = frozenset()
    two: Pairs | None = None
    eats: bool = False
    nats: float = 0.0


Token = bytes | tuple[Option, ...]
"""Known bytes, or the options for one unknown place."""

Pattern = tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A character that depends on unknown bytes: where it stands in the reading, and what each byte may be."""

    start: int
    char: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class SlotReading:
    """The best reading of a sequence of places; `nats` orders readings of the same places under other assumptions."""

    text: str
    slots: tuple[Slot, ...]
    nats: float


@dataclass(frozen=True, slots=True)
class _Node:
    previous: "_Node | None"
    text: str
    pattern: Pattern | None


@dataclass(slots=True)
class _Path:
    nats: float  # of the characters so far
    partial: bytes
    sets: Pattern
    context: str
    node: _Node | None
    ahead: float = 0.0  # estimate for the partial character


_BLANKS = frozenset((*range(0x80, 0xA1), 0xAD, *range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x205F, 0x2070)))


@cache
def vocabulary() -> Mapping[bytes, tuple[tuple[int, str], ...]]:
    """Map the first bytes of a character (none, one or two) to what may come next, with the character at the end."""
    table: dict[bytes, list[tuple[int, str]]] = defaultdict(list)
    for code in _codes():
        char = chr(code)
        data = char.encode()
        table[data[:-1]].append((data[-1], char))
    return {prefix: tuple(entries) for prefix, entries in table.items()}


def _codes() -> Iterator[int]:
    costs = cheapest()
    return (
        code
        for code in range(0x80, 0x10000)
        if costs[code] < _RAREST and not 0xD800 <= code < 0xF900 and code not in _BLANKS
    )


@cache
def _prefixes() -> tuple[Mapping[bytes, float], Mapping[bytes, tuple[int, ...]]]:
    """Return the price of each proper prefix of a character, and the bytes that may follow it."""
    mass: dict[bytes, float] = defaultdict(float)
    following: dict[bytes, set[int]] = defaultdict(set)
    costs = cheapest()
    for code in _codes():
        data = chr(code).encode()
        weight = math.exp(-costs[code] * _NATS)
        for length in range(1, len(data)):
            mass[data[:length]] += weight
            following[data[: length - 1]].add(data[length - 1])
    return {p: -math.log(m) for p, m in mass.items()}, {p: tuple(sorted(s)) for p, s in following.items()}


def read_slots(
    tokens: Sequence[Token], prices: Prices | None = None, width: int = _BEAM, cut: bool = False
) -> SlotReading | None:
    """Return the best reading of the places, or None when no reading is UTF-8 throughout.

    width: how many readings are held at once. cut: the last character may be incomplete, and is left out.

    >>> lost = Option(one=frozenset(range(0x80, 0xC0)))
    >>> read_slots(["中国共产".encode(), "党".encode()[:2], (lost,)]).text
    '中国共产党'
    """
    prices = prices or Prices()
    reading = _search(tokens, prices, width, cut)
    if reading is None and not cut:
        # A narrow search can lose the only path that stays UTF-8 to the end.
        reading = _search(tokens, prices, _WIDER * width, cut)
    return reading


def _search(tokens: Sequence[Token], prices: Prices, width: int, cut: bool) -> SlotReading | None:
    paths = [_Path(0.0, b"", (), "\n", None)]
    for token in tokens:
        if isinstance(token, bytes):
            paths = _follow(paths, token, prices, width)
        else:
            paths = _branch(paths, token, prices, width)
        if not paths:
            return None
    whole = [path for path in paths if cut or not path.partial]
    if not whole:
        return None
    return _unwound(min(whole, key=lambda path: path.nats + prices.text(path.context, "\n")[0]))


def _unwound(path: _Path) -> SlotReading:
    nodes: list[_Node] = []
    node = path.node
    while node is not None:
        nodes.append(node)
        node = node.previous
    pieces: list[str] = []
    slots: list[Slot] = []
    position = 0
    for node in reversed(nodes):
        if node.pattern is not None:
            slots.append(Slot(position, node.text, node.pattern))
        pieces.append(node.text)
        position += len(node.text)
    return SlotReading("".join(pieces), tuple(slots), path.nats)


def _follow(paths: list[_Path], data: bytes, prices: Prices, width: int) -> list[_Path]:
    """Add known bytes to every path; those that do not fit UTF-8 end here."""
    alive: list[tuple[_Path, str, bytes]] = []
    for path in paths:
        try:
            text, used = codecs.utf_8_decode(path.partial + data, "strict", False)
        except UnicodeDecodeError:
            continue
        alive.append((path, text, (path.partial + data)[used:]))
    if len(alive) == 1:
        # With nothing to compare with, the model need not be asked: only what follows can tell paths apart.
        path, text, rest = alive[0]
        return [_grown(path, text, rest, (0.0, context_of(text) or path.context))]
    same = len({text[ORDER:] for _, text, _ in alive}) == 1
    grown = []
    for path, text, rest in alive:
        if same and len(text) > _TELLING:
            # The rest reads the same after the same context, at the same price.
            price = prices.text(path.context, text[:_TELLING])[0], context_of(text)
        else:
            price = prices.text(path.context, text)
        grown.append(_grown(path, text, rest, price))
    return _best(grown, width)


def _grown(path: _Path, text: str, rest: bytes, price: tuple[float, str]) -> _Path:
    node = path.node
    sets = path.sets
    if text and sets:
        # The first character was begun by unknown bytes.
        pattern = sets + tuple(frozenset((byte,)) for byte in text[0].encode()[len(sets) :])
        node = _Node(node, text[0], pattern if _unknown(pattern) else None)
        sets = ()
        if len(text) > 1:
            node = _Node(node, text[1:], None)
    elif text:
        node = _Node(node, text, None)
    sets += tuple(frozenset((byte,)) for byte in rest[len(sets) :])
    ahead = _prefixes()[0].get(rest, 20.0) if rest else 0.0
    return _Path(path.nats + price[0], rest, sets, price[1], node, ahead)


def _unknown(sets: Pattern) -> bool:
    return any(len(options) > 1 for options in sets)


def _branch(paths: list[_Path], options: Iterable[Option], prices: Prices, width: int) -> list[_Path]:
    grown: list[_Path] = []
    for option in options:
        if option.known:
            found = [one for path in paths for one in _follow_one(path, option.known, prices)]
        elif option.two is None:
            found = [one for path in paths for one in _append(path, option.one, prices)]
        else:
            leads = frozenset(option.two)
            half = _best((one for path in paths for one in _append(path, leads, prices)), 2 * width)
            found = [one for path in half for one in _append(path, option.two[_last_byte(path)], prices)]
        for one in found:
            one.nats += option.nats
            if option.eats:
                if one.partial:
                    continue
                one.node = _Node(one.node, EATEN, None)
                nats, one.context = prices.step(one.context, EATEN)
                one.nats += nats
            grown.append(one)
    return _best(grown, width)


def _follow_one(path: _Path, data: bytes, prices: Prices) -> list[_Path]:
    try:
        text, used = codecs.utf_8_decode(path.partial + data, "strict", False)
    except UnicodeDecodeError:
        return []
    return [_grown(path, text, (path.partial + data)[used:], prices.text(path.context, text))]


def _last_byte(path: _Path) -> int:
    if path.partial:
        return path.partial[-1]
    assert path.node is not None
    return path.node.text.encode()[-1]


def _append(path: _Path, allowed: frozenset[int], prices: Prices) -> list[_Path]:
    """Add one unknown byte to a path, in every way that leads to a character in use."""
    ahead, following = _prefixes()
    grown: list[_Path] = []
    if len(path.partial) < _MAX_PARTIAL:
        for byte in following.get(path.partial, ()):
            if byte in allowed:
                partial = path.partial + bytes((byte,))
                if partial in ahead:
                    grown.append(
                        _Path(path.nats, partial, (*path.sets, allowed), path.context, path.node, ahead[partial])
                    )
    if path.partial:
        pattern = (*path.sets, allowed)
        for byte, char in vocabulary().get(path.partial, ()):
            if byte in allowed:
                node = _Node(path.node, char, pattern)
                nats, context = prices.guess(path.context, char)
                grown.append(_Path(path.nats + nats, b"", (), context, node))
    return grown


def _best(paths: Iterable[_Path], width: int) -> list[_Path]:
    """Keep the best path of each kind that the future can tell apart, and of these the best few."""
    kinds: dict[tuple[bytes, str], _Path] = {}
    for path in paths:
        key = (path.partial, path.context)
        held = kinds.get(key)
        if held is None or path.nats < held.nats:
            kinds[key] = path
    ranked = sorted(kinds.values(), key=lambda path: path.nats + path.ahead)[:width]
    hopeless = ranked[0].nats + ranked[0].ahead + HOPELESS_NATS if ranked else 0.0
    return [path for path in ranked if path.nats + path.ahead < hopeless]


def alternatives(reading: SlotReading, slot: Slot, prices: Prices, next_line: str = "") -> list[Alternative]:
    """Return what may stand in a slot, the cheapest first. next_line: what follows the reading in its document."""
    return prices.ranked(f"{reading.text}\n{next_line}", slot.start, _matching(slot.pattern, slot.char))


def _matching(pattern: Pattern, chosen: str) -> list[str]:
    chars = [chosen]
    prefixes = [b""]
    for position, allowed in enumerate(pattern):
        longer = []
        for prefix in prefixes:
            longer += [prefix + bytes((byte,)) for byte in _prefixes()[1].get(prefix, ()) if byte in allowed]
            if position == len(pattern) - 1:
                chars += [char for byte, char in vocabulary().get(prefix, ()) if byte in allowed and char != chosen]
        prefixes = longer
    return chars
