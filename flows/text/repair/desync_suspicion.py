"""desync_suspicion.py — Whether a place that looks odd reads better out of step. No search: honest text ends here.

The odd characters of a damaged stretch come of the bytes of two characters each. Where no pair vanished, the second
byte of each and the first of the next are a character again, and a row of these reads well; of a rare name or
an odd symbol it reads badly. Figures: tests/bench_desync.py --only triggers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flows.text.lm.fold import fold, fold_table
from flows.text.lm.grams import model
from flows.text.repair.desync_items import Item
from flows.text.repair.desync_pairs import decode_table, form_penalty

OUT_OF_STEP = 5.0
"""Nats by which some stretch must read better out of step. Over 90 % of damaged stretches do, by 25 in the middle; of
rare names and odd symbols in 1.7 M characters of clean text one did."""
HARD = 4.2
"""Average nats around a sign that is one by itself, which make it suspicious too: the damage may be a single mark."""
WEAK = 5.5
"""Average nats around lesser signs that are looked into in a text that is damaged elsewhere."""
_REACH = 30  # items before a sign in which the bytes were cut, as desync_document.py looks at
_HIGH = 0x81
_TOGETHER = 12  # items between signs of one place
_BEFORE, _AFTER = 3, 8  # items looked at on both sides
_CONTEXT = 12
_DEAREST = 12.0  # nats; rarer than that proves no more
_WRONG_FORM = 6.0
_BLANK = 8.0
_BROKEN = 2.0  # nats that a vanished pair, or a character without bytes, costs

Row = Callable[[str], Mapping[str, float]]


def symbol_of(char: str) -> str:
    """Return the model's symbol of one character, "" for a blank."""
    return fold_table().get(ord(char), char)


class Suspicion(NamedTuple):
    """Signs that stand together: their offsets, whether one is a sign by itself, and what the model says.

    reached: whether the bytes may be out of step there at all. cost: nats of a character around them on average. gain:
    nats that a stretch gains when it is read out of step.
    """

    places: list[int]
    hard: bool
    reached: bool
    cost: float
    gain: float

    @property
    def is_strong(self) -> bool:
        """Tell whether these signs are worth decoding in any text."""
        return self.reached and (self.gain >= OUT_OF_STEP or (self.hard and self.cost >= HARD))

    @property
    def is_weak(self) -> bool:
        """Tell whether they are worth decoding in a text that is damaged elsewhere."""
        return self.hard or self.cost >= WEAK


def suspicions(
    places: Sequence[tuple[int, bool]], shown: str, script: str, items: Sequence[Item]
) -> Iterator[Suspicion]:
    """Yield what speaks for damage, place by place. places: offsets in `shown`, and whether each is a sign by itself."""
    i = 0
    while i < len(places):
        j = i + 1
        while j < len(places) and places[j][0] - places[j - 1][0] <= _TOGETHER:
            j += 1
        first, last = places[i][0], places[j - 1][0]
        start, end = max(0, first - _BEFORE), min(len(shown), last + _AFTER)
        costs = list(costs_in(shown, start, end, model().row))
        near = [cost for cost in costs[: last + 4 - start] if cost]
        from_ = max(0, first - _REACH)
        around = items[from_:end]
        open_ = list(_may_be_out_of_step(around))
        offsets = [offset for offset, _ in places[i:j]]
        yield Suspicion(
            offsets,
            any(hard for _, hard in places[i:j]),
            any(open_[offset - from_] or _is_cut(around, offset - from_) for offset in offsets),
            sum(near) / (len(near) or 1),
            _gain_out_of_step(around[start - from_ :], open_[start - from_ :], costs, script),
        )
        i = j


def costs_in(shown: str, start: int, end: int, row: Row) -> Iterator[float]:
    """Yield what each character costs where it stands; blanks, and what goes on a run, cost nothing.

    row: the costs after a context, by the model as it is or adapted to the document.
    """
    context = fold("\n" + shown[max(0, start - _CONTEXT) : start])[-3:]
    for char in shown[start:end]:
        symbol = symbol_of(char)
        if not symbol or (symbol in "0A\n" and context[-1] == symbol):
            yield 0.0
            continue
        yield row(context)[symbol]
        context = (context + symbol)[-3:]


def _may_be_out_of_step(items: Sequence[Item]) -> Iterator[bool]:
    """Yield for each item whether the bytes before it may be out of step: since a cut, and nothing put them right.

    What has no second byte of a character puts them right, before it or with it: ASCII, and a pair that ends in ASCII.
    """
    open_ = False
    for i, item in enumerate(items):
        open_ = open_ and (item.pair is not None or item.letter > 0 or item.char == "?")
        yield open_
        if _is_cut(items, i):
            open_ = True
        elif item.pair is None or item.pair[1] < _HIGH or item.char == "?":
            open_ = False


def _is_cut(items: Sequence[Item], i: int) -> bool:
    """Tell whether the bytes may have been cut at an item: a mark, or what is shown for the half before one."""
    item = items[i]
    if item.char == "?" and not item.mark:
        return bool(item.gloss) or (i + 1 < len(items) and bool(items[i + 1].mark))
    return bool(item.mark)


def _gain_out_of_step(items: Sequence[Item], open_: Sequence[bool], costs: Sequence[float], script: str) -> float:
    """Return the most nats that a stretch gains when it is read out of step, as far as no pair vanished in it."""
    row, decode = model().row, decode_table()
    best = gain = 0.0
    context = ""
    left = 0
    for item, is_open, cost in zip(items, open_, costs, strict=True):
        byte = item.pair[0] if item.pair else item.letter
        char = decode.get((left, byte), "") if is_open else ""
        if char:
            symbol = symbol_of(char)
            read = row(context)[symbol] if symbol else _BLANK
            gain += min(cost, _DEAREST) - read - min(form_penalty(char, symbol, script), _WRONG_FORM)
            context = (context + symbol)[-3:]
            best = max(best, gain)
        else:
            gain, context = gain - _BROKEN, ""
        gain = max(gain, 0.0)
        left = item.pair[1] if item.pair else 0
    return best
