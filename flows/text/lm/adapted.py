"""adapted.py — The model, adapted to one document: what its sound text says counts as evidence for its damaged text."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from flows.text.lm.grams import Model

_TRUST = (0.05, 0.25, 0.4)
"""Share of the document's own statistics after one, two and three symbols that it holds often."""


class _Row(dict[str, float]):
    """Costs after one context. trusted: tails of it that the document holds, with its share and its count there."""

    __slots__ = ("_base", "_forgone", "_grams", "_own", "_trusted")

    def __init__(self, adapted: "Adapted", base: Mapping[str, float], context: str) -> None:
        super().__init__()
        self._base = base
        self._grams = adapted.grams
        self._own: Collection[str] = adapted.own.get(context[-1:], ())
        self._trusted: list[tuple[str, float, int]] = []
        self._forgone = 0.0
        for n, trust in enumerate(_TRUST[: len(context)], 1):
            tail = context[-n:]
            total = adapted.after[tail]
            if not total:
                break
            share = trust * total / (total + 3)
            self._trusted.append((tail, share, total))
            self._forgone -= math.log(1 - share)

    def __missing__(self, symbol: str) -> float:
        cost = self._base[symbol]
        if symbol in self._own:
            chance = math.exp(-cost)
            for tail, share, total in self._trusted:
                chance += share * (self._grams[tail + symbol] / total - chance)
            cost = -math.log(chance)
        else:
            cost += self._forgone
        self[symbol] = cost
        return cost


class Adapted:
    """A model mixed with the n-grams of a document's sound stretches."""

    def __init__(self, model: Model, stretches: Iterable[str]) -> None:
        self._model = model
        self.grams: Counter[str] = Counter()
        self.after: Counter[str] = Counter()
        for symbols in stretches:
            for n in range(1, model.order + 1):
                self.grams.update(symbols[i : i + n] for i in range(len(symbols) - n + 1))
                self.after.update(symbols[i : i + n] for i in range(len(symbols) - n))
        self.own: dict[str, set[str]] = {}
        for gram in self.grams:
            if len(gram) == 2:
                self.own.setdefault(gram[0], set()).add(gram[1])
        self._rows: dict[str, _Row] = {}
        self._near: dict[str, Collection[str]] = {}

    def row(self, context: str) -> _Row:
        """Return the costs of symbols after a context of symbols, as Model.row does."""
        row = self._rows.get(context)
        if row is None:
            row = self._rows[context] = _Row(self, self._model.row(context), context)
        return row

    def near(self, symbol: str) -> Collection[str]:
        """Return the symbols that the model or the document holds after one symbol."""
        found = self._near.get(symbol)
        if found is None:
            found = self._near[symbol] = self._model.near(symbol) | self.own.get(symbol, set())
        return found
