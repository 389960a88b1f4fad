"""desync_beam.py — Searches for the text whose GBK bytes would show as what is seen. Finds readings; decides nothing.

The damage is a deterministic channel (bytes cut at the pair of a punctuation mark whatever its alignment, each piece
read from its start, pairs without a character shown as nothing), so only the language model weighs. A reading is
in one of three places: in step with the pairs shown; behind a lead byte, whose trail byte comes next (out of step);
or behind the first byte of a pair that shows as nothing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from flows.text.lm.fold import DIGIT, LINE, fold_table
from flows.text.lm.grams import model
from flows.text.lm.hanzi import reads
from flows.text.repair.desync_items import Item, fits_gloss
from flows.text.repair.desync_pairs import Candidate, Pairs, form_penalty, pairs, vanishing_after

WIDTH = 20
"""Kinds of readings kept at each place shown; a kind ends alike, and holds the best few."""
SPREAD = 18.0
"""Readings this many nats behind the best are given up."""
_ALIKE = 5  # readings kept that end alike, to know the second best
_QUOTED = 400  # items in which a quotation is closed
_COMMON = 1000  # symbols that may stand after any other
_AHEAD = 8.0  # nats; what the next character may cost where one more pair may have vanished before it
_MAX_VANISHED = 4  # pairs in a row
_LIKELY = 160  # successors looked at where a character is lost with both bytes

_CUT_SEEN, _CUT_BARE, _CUT_OTHER = 1.0, 3.0, 7.0
_END_SEEN, _END_BARE = 0.3, 0.8
_EATEN = 2.0
_PER_CHAR = -0.6
_QUOTE, _BRACKET_CLOSED = 5.0, -2.0
_BAD_GLOSS = 12.0
_INDENT, _BLANK = 1.0, 14.0
_REPEATED = 0.2

_cost_of = itemgetter(0)

LEAD, TRAIL, WHOLE = 1, 2, 3

IN_STEP = -1
_VANISHING = 256  # mode of a reading behind the first byte b of a vanished pair: 256 + b
_FRESH = 512  # mode of a reading behind the lead byte b that a cut mark's second byte is: 512 + b


class Step(NamedTuple):
    """One character of a reading.

    place: index of the last item that was needed for it. known: LEAD, TRAIL or both (WHOLE): which of its bytes are known. event: "" or what happened
    to the bytes here: "cut", "cut?", "end", "end?" (the `?` says that the lone byte was shown as one) or "eaten".
    """

    char: str
    place: int
    known: int
    event: str


class Key(NamedTuple):
    """What the rest of a reading depends on."""

    mode: int
    context: str
    quotes: int


Link = tuple[Any, Step]
"""The last character of a reading, and the link before it or None."""
Options = list[tuple[float, Link | None]]
"""Readings that end alike, best first: cost in nats and last character."""
Beam = dict[Key, Options]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for the items of a window, its cost in nats, and the steps it was made in."""

    cost: float
    text: str
    steps: tuple[Step, ...]


@dataclass
class Search:
    """What is fixed for one document.

    row: costs after a context, the document's own words included. near: symbols ever seen after a symbol. cut_cost: what a cut at a mark costs in this
    document. kept_cost: what it costs that a mark stands uncut in text out of step.
    """

    script: str
    glossed: bool
    row: Callable[[str], Mapping[str, float]]
    near: Callable[[str], Collection[str]]
    cut_cost: dict[str, float] = field(default_factory=dict)
    kept_cost: dict[str, float] = field(default_factory=dict)
    bare: float = 0.0
    seen: float = 0.0


@cache
def _between_vanished(script: str, first: int) -> list[Candidate]:
    """Characters lost with both bytes, in two pairs that vanished."""
    leads, trails = vanishing_after()[first], vanishing_after()
    return [c for trail in trails for c in pairs(script).by_trail.get(trail, ()) if c.lead in leads]


@cache
def _after_vanished(script: str, first: int, trail: int) -> list[Candidate]:
    leads = vanishing_after()[first]
    return [c for c in pairs(script).by_trail.get(trail, ()) if c.lead in leads]


def symbol_of(char: str) -> str:
    """Return the model's symbol of one character, "" for a blank."""
    return fold_table().get(ord(char), char)


class Decoder:
    """The search over the items of one document, window by window."""

    def __init__(self, search: Search, items: Sequence[Item]) -> None:
        self._search = search
        self._items = items
        self._pairs: Pairs = pairs(search.script)
        self._known: dict[tuple[int, int], list[Candidate]] = {}
        self._likely: dict[tuple[int, str, bool], list[Candidate]] = {}
        self._common = model().common(_COMMON)
        self._further: dict[tuple[int, str], list[Candidate]] = {}
        self._ahead: dict[tuple[int, int, str], float] = {}
        self._bound = 0.0
        self._beams: dict[int, Beam] = {}

    def read(self, start: int, context: str, quotes: int, last: int, limit: int) -> tuple[list[Reading], int]:
        """Search from an item in step until the readings agree to be in step again behind item `last`.

        Returns the readings, best first, and the item after the window. No readings when they do not agree within
        `limit` items.
        """
        self._beams = {start: {Key(IN_STEP, context, quotes): [(0.0, None)]}}
        steady = 0
        place = start
        while place < len(self._items):
            beam = self._beams.get(place)
            if not beam:
                if all(later <= place for later in self._beams):
                    return [], place
                beam = {}
            steady = steady + 1 if beam and self._all_in_step(beam) else 0
            if steady >= 7 and place > last + 3:
                break
            if place - start > limit:
                return [], place
            self._expand(place, beam)
            self._beams.pop(place, None)
            place += 1
        return self._readings(self._beams.get(place, {}), self._closes(place)), place

    def _closes(self, place: int) -> int:
        """Return 1 when the next quotation mark of the line closes, else 0: what the readings must have left open."""
        for item in self._items[place : place + _QUOTED]:
            if item.char in "“”\n":
                return int(item.char == "”")
        return 0

    @staticmethod
    def _all_in_step(beam: Beam) -> bool:
        best = min(options[0][0] for options in beam.values())
        return all(key.mode == IN_STEP for key, options in beam.items() if options[0][0] < best + 9.0)

    @staticmethod
    def _readings(beam: Beam, closes: int) -> list[Reading]:
        best: dict[str, Reading] = {}
        for key, options in beam.items():
            if key.mode != IN_STEP:
                continue
            misquoted = 0.0 if key.quotes & 1 == closes else _QUOTE
            for total, link in options:
                cost = total + misquoted
                steps: list[Step] = []
                at = link
                while at is not None:
                    at, step = at
                    steps.append(step)
                steps.reverse()
                text = "".join(step.char for step in steps)
                if text not in best or best[text].cost > cost:
                    best[text] = Reading(cost, text, tuple(steps))
        return sorted(best.values(), key=lambda reading: (reading.cost, reading.text))

    def _expand(self, place: int, beam: Beam) -> None:
        """Take every reading before item `place` past it."""
        if not beam:
            return
        best = min(options[0][0] for options in beam.values())
        self._bound = best + SPREAD + 3.0
        in_step: Beam = {}
        level: Beam = {}
        for key, options in _best_of(beam, WIDTH, best + SPREAD):
            (in_step if key.mode == IN_STEP else level)[key] = options
        for depth in range(_MAX_VANISHED + 1):
            vanished: Beam | None = {} if depth < _MAX_VANISHED else None
            for key, options in level.items():
                self._out_of_step(place, key, options, in_step, vanished)
            if not vanished:
                break
            level = dict(self._promising(place, vanished))
        for key, options in in_step.items():
            self._in_step(place, key, options)

    def _promising(self, place: int, vanished: Beam) -> list[tuple[Key, Options]]:
        """Return the best of the readings behind a vanished pair, with a look at how well they can go on.

        Hundreds of characters may be lost with both bytes; which one it was shows at the next, half of which is known.
        """
        item = self._items[place]
        trail = item.pair[0] if item.pair else item.letter
        if not trail or item.mark:
            return _best_of(vanished, WIDTH, self._bound)
        ranked = []
        for i, (key, options) in enumerate(vanished.items()):
            cost = options[0][0] + self._next_cost(key.mode, trail, key.context[-1:])
            if cost <= self._bound + _AHEAD:
                ranked.append((cost, i, key))
        ranked.sort()
        return [(key, vanished[key]) for _, _, key in ranked[:WIDTH]]

    def _next_cost(self, mode: int, trail: int, last: str) -> float:
        """Return what the likeliest character with a known trail byte costs after a symbol, at most _AHEAD."""
        cost = self._ahead.get((mode, trail, last))
        if cost is None:
            row = model().row(last)
            cost = min((row[c.symbol] for c in self._with_trail(mode, trail) if c.symbol), default=_AHEAD)
            cost = self._ahead[mode, trail, last] = min(cost, _AHEAD)
        return cost

    def _beam(self, place: int) -> Beam:
        return self._beams.setdefault(place, {})

    def _emit(
        self, beam: Beam, key: Key, mode: int, extra: float, options: Options,
        candidates: Iterable[Candidate], place: int, known: int, event: str = "",
    ) -> None:  # fmt: skip
        """Add each of the candidates to readings that end alike. mode: what they are in then (_VANISHING: by trail)."""
        context = key.context
        row = self._search.row(context)
        bound = self._bound - options[0][0] - extra
        kept = self._search.kept_cost
        for c in candidates:
            if c.symbol:
                cost, after = row[c.symbol], (context + c.symbol)[-3:]
            else:
                cost, after = (_INDENT if context[-1:] == "\n" else _BLANK), context
            cost += c.penalty
            # Behind a cut the mark's own byte is the lead: the bytes of another mark were not whole any more.
            if key.mode != IN_STEP and key.mode < _FRESH:
                cost += kept.get(c.char, 0.0)
            if cost > bound:
                continue
            quotes = key.quotes
            if c.char in "“”（）":
                quotes, quoted = _quoted(quotes, c.char)
                cost += quoted
            then = Key(mode if mode != _VANISHING else _VANISHING + c.trail, after, quotes)
            self._add(beam, then, cost + extra, options, c.char, place, known, event)

    def _emit_shown(
        self, beam: Beam, key: Key, extra: float, options: Options, char: str, symbol: str, place: int, event: str = ""
    ) -> None:
        """Add a character as it is shown to readings in step."""
        context, quotes = key.context, key.quotes
        if symbol in "0A\n" and context[-1:] == symbol:
            extra += _REPEATED
        elif symbol:
            extra += self._search.row(context)[symbol]
            context = (context + symbol)[-3:]
        if options[0][0] + extra > self._bound:
            return
        if char in "“”（）()\n":
            quotes, quoted = _quoted(quotes, char)
            extra += quoted
        self._add(beam, Key(IN_STEP, context, quotes), extra, options, char, place, WHOLE, event)

    def _add(
        self, beam: Beam, key: Key, extra: float, options: Options, char: str, place: int, known: int, event: str
    ) -> None:
        bound = self._bound - extra
        step = Step(char, place, known, event)
        new: Options = [(cost + extra, (link, step)) for cost, link in options if cost <= bound]
        held = beam.get(key)
        if held is not None:
            if len(held) == _ALIKE and new and new[0][0] >= held[-1][0]:
                return
            new = sorted(held + new, key=_cost_of)[:_ALIKE]
        if new:
            beam[key] = new

    def _as_shown(self, beam: Beam, place: int, item: Item, key: Key, options: Options) -> None:
        symbol = symbol_of(item.char)
        extra = form_penalty(item.char, symbol, self._search.script)
        if not fits_gloss(item):
            extra += _BAD_GLOSS
        self._emit_shown(beam, key, extra, options, item.char, symbol, place)

    def _in_step(self, place: int, key: Key, options: Options) -> None:
        item = self._items[place]
        self._as_shown(self._beam(place + 1), place, item, key, options)
        if item.char == "?" and item.gloss:
            before = self._items[place - 1].pair if place else None
            for c in self._pairs.by_lead.get(before[1], ()) if before else ():
                if reads(c.char, item.gloss):
                    then = key._replace(mode=c.trail)
                    self._beam(place + 1)[then] = [(cost + _CUT_SEEN, link) for cost, link in options]
            return
        search = self._search
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        if item.char == "?" and following is not None and following.pair is not None and following.mark:
            extra = _CUT_SEEN + search.seen + search.cut_cost.get(following.mark, 0.0)
            self._cut(place + 1, "cut?", following.pair, key, extra, options)
        if item.mark and item.pair is not None:
            extra = _CUT_BARE + search.bare + search.cut_cost.get(item.mark, 0.0)
            self._cut(place, "cut", item.pair, key, extra, options)

    def _cut(self, place: int, event: str, mark: tuple[int, int], key: Key, extra: float, options: Options) -> None:
        """The bytes were cut across two characters: of the first only the trail byte is known, of the second the lead."""
        likely = self._likely.get((mark[0], key.context[-1:], True))
        if likely is None:
            likely = self._nearby(key.context, self._pairs.by_trail.get(mark[0], ()))
            self._likely[mark[0], key.context[-1:], True] = likely
        self._emit(
            self._beam(place + 1), key, _FRESH + mark[1], extra + _PER_CHAR, options, likely, place, TRAIL, event
        )

    def _nearby(self, context: str, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates that were ever seen after the last symbol of a context, are common, or are blank."""
        near = self._search.near(context[-1:])
        return [c for c in candidates if c.symbol in near or c.symbol in self._common or not c.symbol]

    def _with_trail(self, mode: int, trail: int) -> list[Candidate]:
        """Return the characters that end in a known byte."""
        found = self._known.get((mode, trail))
        if found is None:
            if _VANISHING <= mode < _FRESH:
                found = _after_vanished(self._search.script, mode - _VANISHING, trail)
            else:
                found = [c for c in self._pairs.by_lead.get(mode & 0xFF, ()) if c.trail == trail]
            self._known[mode, trail] = found
        return found

    def _any(self, key: Key) -> list[Candidate]:
        """Return the characters that are likely where the trail byte is unknown."""
        if not _VANISHING <= key.mode < _FRESH:
            found = self._likely.get((key.mode, key.context[-1:], False))
            if found is None:
                found = self._nearby(key.context, self._pairs.by_lead.get(key.mode & 0xFF, ()))
                self._likely[key.mode, key.context[-1:], False] = found
            return found
        leads = vanishing_after()[key.mode - _VANISHING]
        by_symbol = self._pairs.by_symbol
        return [c for s in model().likely(key.context, _LIKELY) for c in by_symbol.get(s, ()) if c.lead in leads]

    def _going_on(self, key: Key) -> list[Candidate]:
        """Return the characters whose trail byte may start a pair that vanishes."""
        found = self._further.get((key.mode, key.context[-1:]))
        if found is None:
            if _VANISHING <= key.mode < _FRESH:
                near = self._search.near(key.context[-1:])
                found = [c for c in _between_vanished(self._search.script, key.mode - _VANISHING) if c.symbol in near]
            else:
                found = [c for c in self._pairs.by_lead.get(key.mode & 0xFF, ()) if c.trail in vanishing_after()]
            self._further[key.mode, key.context[-1:]] = found
        return found

    def _out_of_step(self, place: int, key: Key, options: Options, in_step: Beam, vanished: Beam | None) -> None:
        item = self._items[place]
        lead = 0 if _VANISHING <= key.mode < _FRESH else LEAD
        known = lead | TRAIL
        beam = self._beam(place + 1)
        extra = _PER_CHAR
        if item.pair is not None and item.char != "?":
            self._paired(place, key, options, item, item.pair, known)
        if item.letter:
            fitting = self._with_trail(key.mode, item.letter)
            if item.gloss:
                fitting = [c for c in fitting if reads(c.char, item.gloss)]
            self._emit(beam, key, IN_STEP, extra, options, fitting, place, known)
        self._emit(in_step, key, IN_STEP, extra, options, self._with_trail(key.mode, 0x80), place - 1, known)
        at_end = item.mark or item.char == "\n"
        likely = self._any(key) if at_end or item.char == "?" else []
        if item.char == "?":
            self._lost_trail(place, key, options, item, likely, lead)
        if at_end:
            end = extra + _END_BARE + self._search.bare
            self._emit(in_step, key, IN_STEP, end, options, likely, place - 1, lead, "end")
        if vanished is not None:
            self._emit(vanished, key, _VANISHING, extra, options, self._going_on(key), place - 1, lead)

    def _paired(self, place: int, key: Key, options: Options, item: Item, pair: tuple[int, int], known: int) -> None:
        """The item shown is the trail byte of one character and the lead byte of the next."""
        extra = _PER_CHAR + (0.0 if fits_gloss(item) else _BAD_GLOSS)
        candidates = self._with_trail(key.mode, pair[0])
        if pair[1] >= 0x81:
            self._emit(self._beam(place + 1), key, pair[1], extra, options, candidates, place, known)
        elif pair[1] < 0x7F:
            for c in candidates:
                self._then_shown(place, key, extra, options, c, chr(pair[1]), known)

    def _lost_trail(
        self, place: int, key: Key, options: Options, item: Item, likely: Sequence[Candidate], known: int
    ) -> None:
        """A `?` out of step: the piece ended behind a lead byte, or the byte ate the ASCII character after it."""
        beam = self._beam(place + 1)
        if item.gloss:
            fitting = [c for c in likely if reads(c.char, item.gloss)]
            self._emit(beam, key, IN_STEP, _PER_CHAR, options, fitting, place, known)
            return
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        if following is None or following.mark or following.char == "\n":
            extra = _PER_CHAR + _END_SEEN + self._search.seen
            self._emit(beam, key, IN_STEP, extra, options, likely, place, known, "end?")
        if not self._search.glossed:
            for c in likely:
                self._then_shown(place, key, _PER_CHAR + _EATEN, options, c, "?", known)

    def _then_shown(
        self, place: int, key: Key, extra: float, options: Options, c: Candidate, char: str, known: int
    ) -> None:
        """Add a character and the ASCII character behind it, or the `?` that stands for one that is lost."""
        middle: Beam = {}
        self._emit(middle, key, IN_STEP, extra, options, (c,), place, known)
        # What is eaten is mostly a digit, or the end of a line.
        symbols = (DIGIT, LINE) if char == "?" else (symbol_of(char),)
        event = "eaten" if char == "?" else ""
        for then, between in middle.items():
            for symbol in symbols:
                self._emit_shown(self._beam(place + 1), then, 0.0, between, char, symbol, place, event)


def _best_of(beam: Beam, width: int, bound: float) -> list[tuple[Key, Options]]:
    """Return at most `width` keys of a beam whose best reading costs no more than `bound`, best first."""
    ranked = sorted(((options[0][0], i, key) for i, (key, options) in enumerate(beam.items())), key=lambda e: e[:2])
    return [(key, beam[key]) for cost, _, key in ranked[:width] if cost <= bound]


def _quoted(quotes: int, char: str) -> tuple[int, float]:
    """Return the open quotes (bit 1) and brackets (bit 2) after a character, and the cost of what does not match."""
    if char == "\n":
        return 0, 0.0
    if char == "“":
        return quotes | 1, _QUOTE if quotes & 1 else 0.0
    if char == "”":
        return quotes & ~1, 0.0 if quotes & 1 else _QUOTE
    if char in "（(":
        return quotes | 2, _QUOTE if quotes & 2 else 0.0
    return quotes & ~2, _BRACKET_CLOSED if quotes & 2 else _QUOTE
