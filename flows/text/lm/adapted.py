"""adapted.py — The model, adapted to one document: what its sound text says counts as evidence for its damaged text."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from flows.text.lm.grams import Model

_TRUST = (0.05, 0.25, 0.4)
"""Share of the document's own statistics after one, two and three symbols that it holds often."""
_SEPARATOR = "\uffff"  # a noncharacter: no text holds it


class _Followers:
    """What follows one symbol in a document.

    own: the symbols. after: how often something follows each context that ends in the symbol. grams: how often what.
    """

    __slots__ = ("after", "grams", "own")

    def __init__(self, text: str, places: Sequence[int]) -> None:
        """places: where the symbols stand that follow it."""
        self.own = {text[end] for end in places}
        self.after: Counter[str] = Counter()
        self.grams: Counter[str] = Counter()
        for n in range(1, len(_TRUST) + 1):
            self.after.update([text[end - n : end] for end in places])
            self.grams.update([text[end - n : end + 1] for end in places])


class _Row(dict[str, float]):
    """Costs after one context. trusted: tails of it that the document holds, with its share and its count there."""

    __slots__ = ("_base", "_forgone", "_grams", "_own", "_trusted")

    def __init__(self, adapted: "Adapted", base: Mapping[str, float], context: str) -> None:
        super().__init__()
        self._base = base
        followers = adapted.followers(context[-1:])
        self._grams = followers.grams
        self._own = followers.own
        self._trusted: list[tuple[str, float, int]] = []
        self._forgone = 0.0
        for n, trust in enumerate(_TRUST[: len(context)], 1):
            tail = context[-n:]
            total = followers.after[tail]
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
        # Contexts reach back three symbols, into the separator at the start of a stretch.
        self._text = 3 * _SEPARATOR + _SEPARATOR.join(stretches) + _SEPARATOR
        self._places: dict[str, list[int]] = {}
        for end, (symbol, following) in enumerate(pairwise(self._text), 1):
            if following != _SEPARATOR:
                self._places.setdefault(symbol, []).append(end)
        self._followers: dict[str, _Followers] = {}
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
            found = self._near[symbol] = self._model.near(symbol) | self.followers(symbol).own
        return found

    def followers(self, symbol: str) -> "_Followers":
        """Return what the document holds after a symbol; looked up when first asked for, which a search does of few."""
        found = self._followers.get(symbol)
        if found is None:
            found = self._followers[symbol] = _Followers(self._text, self._places.get(symbol, ()))
        return found
