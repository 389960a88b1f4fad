"""desync_beam.py — Searches for the text whose GBK bytes would show as what is seen. Finds readings; decides nothing.

The damage is a deterministic channel (bytes cut at the pair of a punctuation mark whatever its alignment, each piece
read from its start, pairs without a character shown as nothing), so only the language model weighs. A reading is
in one of three places: in step with the pairs shown; behind a lead byte, whose trail byte comes next (out of step);
or behind the first byte of a pair that shows as nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.text.lm.fold import DIGIT, LINE
from flows.text.lm.hanzi import reads
from flows.text.repair.desync_candidates import FRESH, IN_STEP, VANISHING, Candidates, Near, Row
from flows.text.repair.desync_items import Item, fits_gloss
from flows.text.repair.desync_lattice import Beam, Key, Node, RawStep, Reading, readings
from flows.text.repair.desync_pairs import Candidate, form_penalty, vanishing
from flows.text.repair.desync_suspicion import symbol_of

WIDTHS = ((12, 12, 8, 4, 3), (28, 24, 12, 6, 5))
"""Nodes kept at each place shown, and behind one, two, three and four pairs that vanished there; where in doubt, more."""
SPREAD = 13.0
"""Readings this many nats behind the best are given up."""
READINGS = 100
"""Readings of a window that are listed."""
_FAR, _HOPELESS = 60, 4.0  # items after which a window is given up when they cost so many nats each; text costs 1 to 2
_QUOTED = 400  # items in which a quotation is closed
_AHEAD = 8.0  # nats; what the next character may cost where one more pair may have vanished before it
_DEARER = 5.0  # nats that a cut, or a lone byte, may cost more than the mark as shown

_CUT_SEEN, _CUT_BARE, _CUT_OTHER = 1.0, 3.0, 7.0
_END_SEEN, _END_BARE = 0.3, 0.8
_EATEN = 2.0
_PER_CHAR = -0.6
# Fitted on the n best readings of damaged stretches: the model likes them short, and likes punctuation.
_PER_VANISHED, _PER_MARK = -0.8, 1.2
_QUOTE, _BRACKET_CLOSED = 5.0, -2.0
_BAD_GLOSS = 12.0
_INDENT, _BLANK = 1.0, 14.0
_REPEATED = 0.2

LEAD, TRAIL, WHOLE = 1, 2, 3


@dataclass
class Search:
    """What is fixed for one document.

    row: costs after a context, the document's own words included. near: symbols ever seen after a symbol. cut_cost: what a cut at a mark costs in this
    document. kept_cost: what it costs that a mark stands uncut in text out of step.
    """

    script: str
    wide: bool
    row: Row
    near: Near
    cut_cost: dict[str, float] = field(default_factory=dict)
    kept_cost: dict[str, float] = field(default_factory=dict)
    bare: float = 0.0
    seen: float = 0.0
    widths: Sequence[int] = WIDTHS[0]


class Decoder:
    """The search over the items of one document, window by window."""

    def __init__(self, search: Search, items: Sequence[Item]) -> None:
        self._search = search
        self._items = items
        self._candidates = Candidates(search.script, search.wide, search.row, search.near)
        self._class_of = vanishing(search.script).class_of
        self._bound = 0.0
        self._beams: dict[int, Beam] = {}

    def read(self, start: int, context: str, quotes: int, last: int, limit: int) -> tuple[list[Reading], int]:
        """Search from an item in step until the readings agree to be in step again behind item `last`.

        Returns the readings, best first, and the item after the window. No readings when they do not agree within
        `limit` items.
        """
        self._beams = {start: {(IN_STEP, context, quotes): Node(0.0)}}
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
            if place - start > limit or (beam and place - start > _FAR and self._is_hopeless(beam, place - start)):
                return [], place
            self._expand(place, beam)
            self._beams.pop(place, None)
            place += 1
        closes = self._closes(place)
        ends = [
            (0.0 if key[2] & 1 == closes else _QUOTE, node)
            for key, node in self._beams.get(place, {}).items()
            if key[0] == IN_STEP
        ]
        return list(readings(ends, READINGS)), place

    def _closes(self, place: int) -> int:
        """Return 1 when the next quotation mark of the line closes, else 0: what the readings must have left open."""
        for item in self._items[place : place + _QUOTED]:
            if item.char in "“”\n":
                return int(item.char == "”")
        return 0

    @staticmethod
    def _all_in_step(beam: Beam) -> bool:
        best = min(node.cost for node in beam.values())
        return all(key[0] == IN_STEP for key, node in beam.items() if node.cost < best + 9.0)

    @staticmethod
    def _is_hopeless(beam: Beam, items: int) -> bool:
        return min(node.cost for node in beam.values()) > _HOPELESS * items

    def _expand(self, place: int, beam: Beam) -> None:
        """Take every reading before item `place` past it."""
        if not beam:
            return
        best = min(node.cost for node in beam.values())
        self._bound = best + SPREAD + 3.0
        in_step: Beam = {}
        level: Beam = {}
        for key, node in _best_of(beam, self._search.widths[0], best + SPREAD):
            (in_step if key[0] == IN_STEP else level)[key] = node
        for width in (*self._search.widths[1:], 0):
            vanished: Beam | None = {} if width else None
            for key, node in level.items():
                self._out_of_step(place, key, node, in_step, vanished)
            if not vanished:
                break
            level = dict(self._promising(place, vanished, width))
        for key, node in in_step.items():
            self._in_step(place, key, node)

    def _promising(self, place: int, vanished: Beam, width: int) -> list[tuple[Key, Node]]:
        """Return the best of the readings behind a vanished pair, with a look at how well they can go on.

        Hundreds of characters may be lost with both bytes; which one it was shows at the next, half of which is known.
        """
        item = self._items[place]
        trail = item.pair[0] if item.pair else item.letter
        if not trail or item.mark:
            return _best_of(vanished, width, self._bound)
        ranked = []
        for i, (key, node) in enumerate(vanished.items()):
            ahead = self._candidates.with_trail(key, trail).costs
            cost = node.cost + (min(ahead[0], _AHEAD) if ahead else _AHEAD)
            if cost <= self._bound + _AHEAD:
                ranked.append((cost, i, key))
        ranked.sort()
        return [(key, vanished[key]) for _, _, key in ranked[:width]]

    def _beam(self, place: int) -> Beam:
        return self._beams.setdefault(place, {})

    def _emit(
        self, beam: Beam, key: Key, mode: int, extra: float, node: Node,
        candidates: Sequence[Candidate], place: int, known: int, event: str = "",
    ) -> None:  # fmt: skip
        """Add each of the candidates to the readings of a node. mode: what they are in then (VANISHING: by trail).

        A sole candidate is added at any price: perhaps what comes here is dear for all readings.
        """
        before, context, open_quotes = key
        row = self._search.row(context)
        base = node.cost
        bound = self._bound - base if len(candidates) > 1 else math.inf
        # Behind a cut the mark's own byte is the lead: the bytes of another mark were not whole any more.
        kept = self._search.kept_cost if IN_STEP < before < FRESH else None
        for _, trail, char, symbol, penalty in candidates:
            if symbol == DIGIT == context[-1:]:
                cost, after = _REPEATED + extra, context
            elif symbol:
                cost, after = row[symbol] + penalty + extra, (context + symbol)[-3:]
                if symbol < "\u4e00":
                    cost += _PER_MARK
            else:
                cost, after = (_INDENT if context[-1:] == "\n" or self._is_blank(place) else _BLANK) + extra, context
            if kept:
                cost += kept.get(char, 0.0)
            if cost > bound:
                continue
            quotes = open_quotes
            if char in "“”（）":
                quotes, quoted = _quoted(quotes, char)
                cost += quoted
            then = (mode if mode != VANISHING else VANISHING + self._class_of[trail], after, quotes)
            held = beam.get(then)
            if held is None:
                held = beam[then] = Node(base + cost)
            elif base + cost < held.cost:
                held.cost = base + cost
            held.arcs.append((cost, node, (char, place, known, event)))

    def _is_blank(self, place: int) -> bool:
        """Tell whether a blank stands before an item or the `?` there: one more is no surprise."""
        before = "".join(item.char for item in self._items[max(0, place - 2) : place])
        return before.removesuffix("?")[-1:] in ("\u3000", "\xa0")

    def _emit_shown(
        self, beam: Beam, key: Key, extra: float, node: Node, char: str, symbol: str, place: int, event: str = ""
    ) -> None:
        """Add a character as it is shown to readings in step."""
        _, context, quotes = key
        if symbol in "0A\n" and context[-1:] == symbol:
            extra += _REPEATED
        elif symbol:
            extra += self._search.row(context)[symbol]
            context = (context + symbol)[-3:]
        if char in "“”（）()\n":
            quotes, quoted = _quoted(quotes, char)
            extra += quoted
        _add(beam, (IN_STEP, context, quotes), extra, node, (char, place, WHOLE, event))

    def _as_shown(self, beam: Beam, place: int, item: Item, key: Key, node: Node) -> None:
        symbol = symbol_of(item.char)
        extra = form_penalty(item.char, symbol, self._search.script)
        if not fits_gloss(item):
            extra += _BAD_GLOSS
        self._emit_shown(beam, key, extra, node, item.char, symbol, place)

    def _in_step(self, place: int, key: Key, node: Node) -> None:
        item = self._items[place]
        self._as_shown(self._beam(place + 1), place, item, key, node)
        if item.char == "?" and item.gloss:
            before = self._items[place - 1].pair if place else None
            for c in self._candidates.behind(before[1]) if before else ():
                if reads(c.char, item.gloss):
                    _add(self._beam(place + 1), (c.trail, *key[1:]), _CUT_SEEN, node, None)
            return
        search = self._search
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        if item.char == "?" and following is not None and following.pair is not None and following.mark:
            extra = _CUT_SEEN + search.seen + search.cut_cost.get(following.mark, 0.0)
            self._cut(place + 1, "cut?", following.pair, key, extra, node)
        if item.mark and item.pair is not None:
            extra = _CUT_BARE + search.bare + search.cut_cost.get(item.mark, 0.0)
            self._cut(place, "cut", item.pair, key, extra, node)

    def _cut(self, place: int, event: str, mark: tuple[int, int], key: Key, extra: float, node: Node) -> None:
        """The bytes were cut across two characters: of the first only the trail byte is known, of the second the lead."""
        likely = self._candidates.lead_unknown(key, mark[0])
        self._bound += _DEARER
        self._emit(self._beam(place + 1), key, FRESH + mark[1], extra + _PER_CHAR, node, likely, place, TRAIL, event)
        self._bound -= _DEARER

    def _out_of_step(self, place: int, key: Key, node: Node, in_step: Beam, vanished: Beam | None) -> None:
        item = self._items[place]
        lead = 0 if VANISHING <= key[0] < FRESH else LEAD
        known = lead | TRAIL
        beam = self._beam(place + 1)
        extra = _PER_CHAR
        left = self._bound - node.cost - extra
        if item.pair is not None and item.char != "?":
            self._paired(place, key, node, item, item.pair, known)
        if item.letter:
            fitting = self._candidates.with_trail(key, item.letter).within(left)
            if item.gloss:
                fitting = [c for c in fitting if reads(c.char, item.gloss)]
            self._emit(beam, key, IN_STEP, extra, node, fitting, place, known)
        self._emit(
            in_step, key, IN_STEP, extra, node, self._candidates.with_trail(key, 0x80).within(left), place - 1, known
        )
        at_end = item.mark or item.char == "\n"
        likely = self._candidates.trail_unknown(key) if at_end or item.char == "?" else []
        if item.char == "?":
            self._lost_trail(place, key, node, item, likely, lead)
        if at_end:
            end = extra + _END_BARE + self._search.bare
            self._emit(in_step, key, IN_STEP, end, node, likely, place - 1, lead, "end")
        if vanished is not None:
            extra += _PER_VANISHED
            self._emit(
                vanished, key, VANISHING, extra, node, self._candidates.going_on(key).within(left), place - 1, lead
            )

    def _paired(self, place: int, key: Key, node: Node, item: Item, pair: tuple[int, int], known: int) -> None:
        """The item shown is the trail byte of one character and the lead byte of the next."""
        extra = _PER_CHAR + (0.0 if fits_gloss(item) else _BAD_GLOSS)
        candidates = self._candidates.with_trail(key, pair[0]).within(self._bound - node.cost - extra)
        if pair[1] >= 0x81:
            self._emit(self._beam(place + 1), key, pair[1], extra, node, candidates, place, known)
        elif pair[1] < 0x7F:
            for c in candidates:
                self._then_shown(place, key, extra, node, c, chr(pair[1]), known)

    def _lost_trail(
        self, place: int, key: Key, node: Node, item: Item, likely: Sequence[Candidate], known: int
    ) -> None:
        """A `?` out of step: the piece ended behind a lead byte, or the byte ate the ASCII character after it."""
        beam = self._beam(place + 1)
        if item.gloss:
            fitting = [c for c in likely if reads(c.char, item.gloss)]
            self._emit(beam, key, IN_STEP, _PER_CHAR, node, fitting, place, known)
            return
        following = self._items[place + 1] if place + 1 < len(self._items) else None
        if following is None or following.mark or following.char == "\n":
            extra = _PER_CHAR + _END_SEEN + self._search.seen
            self._emit(beam, key, IN_STEP, extra, node, likely, place, known, "end?")
        row, left = self._search.row(key[1]), self._bound + _DEARER - node.cost
        for c in likely:
            if c.symbol and row[c.symbol] + c.penalty <= left:
                self._then_shown(place, key, _PER_CHAR + _EATEN, node, c, "?", known)

    def _then_shown(self, place: int, key: Key, extra: float, node: Node, c: Candidate, char: str, known: int) -> None:
        """Add a character and the ASCII character behind it, or the `?` that stands for one that is lost."""
        middle: Beam = {}
        self._emit(middle, key, IN_STEP, extra, node, (c,), place, known)
        # What is eaten is mostly a digit, or the end of a line.
        symbols = (DIGIT, LINE) if char == "?" else (symbol_of(char),)
        event = "eaten" if char == "?" else ""
        for then, between in middle.items():
            for symbol in symbols:
                self._emit_shown(self._beam(place + 1), then, 0.0, between, char, symbol, place, event)


def _add(beam: Beam, key: Key, cost: float, node: Node, step: RawStep | None) -> None:
    held = beam.get(key)
    if held is None:
        held = beam[key] = Node(node.cost + cost)
    elif node.cost + cost < held.cost:
        held.cost = node.cost + cost
    held.arcs.append((cost, node, step))


def _best_of(beam: Beam, width: int, bound: float) -> list[tuple[Key, Node]]:
    """Return at most `width` nodes of a beam whose best reading costs no more than `bound`, best first."""
    ranked = sorted([(node.cost, i, key) for i, (key, node) in enumerate(beam.items())])
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
