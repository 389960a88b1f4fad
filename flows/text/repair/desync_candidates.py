"""desync_candidates.py — Which characters can stand at a place of a damaged text, listed once for each thing known there.

What is known is a byte or two, or that a pair vanished, and the symbol before. A search asks the same a million times,
and most answers are short when only what the model has seen after that symbol is looked at.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flows.text.lm.grams import model
from flows.text.repair.desync_lattice import Key
from flows.text.repair.desync_pairs import Candidate, pairs, vanishing

# The mode of a reading, the first part of its key; a mode of 0x81 to 0xFE is the lead byte the reading is behind.
IN_STEP = -1
VANISHING = 256
"""Behind the first byte b of a vanished pair: 256 + class of b."""
FRESH = 512
"""Behind the lead byte b that a cut mark's second byte is: 512 + b."""

_COMMON = 1000  # symbols that may stand after any other
_LONGER = 6.0  # nats by which a longer context may make a character likelier than the symbol before it alone
_LIKELY = 160  # successors looked at where a character is lost with both bytes

Row = Callable[[str], Mapping[str, float]]
"""Costs of the symbols after a context."""
Near = Callable[[str], Collection[str]]
"""Symbols ever seen after a symbol."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates for a place, the likeliest after one symbol first, with what each costs after that symbol."""

    costs: list[float]
    candidates: list[Candidate]

    def within(self, bound: float) -> list[Candidate]:
        """Return those that a longer context may bring below a bound, and a sole one at any price."""
        if len(self.costs) == 1:
            return self.candidates
        return self.candidates[: bisect_right(self.costs, bound + _LONGER)]


@cache
def _between_vanished(script: str, wide: bool, first: int) -> list[Candidate]:
    """Characters lost with both bytes, in two pairs that vanished."""
    leads, trails = vanishing(script).leads[first], vanishing(script).class_of
    return [c for trail in trails for c in pairs(script, wide).by_trail.get(trail, ()) if c.lead in leads]


@cache
def _after_vanished(script: str, wide: bool, first: int, trail: int) -> list[Candidate]:
    leads = vanishing(script).leads[first]
    return [c for c in pairs(script, wide).by_trail.get(trail, ()) if c.lead in leads]


class Candidates:
    """The characters that readings of one document can go on with, by their keys."""

    def __init__(self, script: str, wide: bool, row: Row, near: Near) -> None:
        self._script = script
        self._wide = wide
        self._row = row
        self._near = near
        self._pairs = pairs(script, wide)
        self._vanishing = vanishing(script)
        self._common = model().common(_COMMON)
        self._with_trail: dict[tuple[int, int, str], Ranked] = {}
        self._going_on: dict[tuple[int, str], Ranked] = {}
        self._trail_unknown: dict[tuple[int, str], list[Candidate]] = {}
        self._lead_unknown: dict[tuple[int, str], list[Candidate]] = {}

    def behind(self, lead: int) -> Sequence[Candidate]:
        """Return all characters with a lead byte."""
        return self._pairs.by_lead.get(lead, ())

    def with_trail(self, key: Key, trail: int) -> Ranked:
        """Return the characters that end in a known byte."""
        mode, context, _ = key
        found = self._with_trail.get((mode, trail, context[-1:]))
        if found is None:
            if VANISHING <= mode < FRESH:
                fitting = _after_vanished(self._script, self._wide, mode - VANISHING, trail)
            else:
                fitting = [c for c in self.behind(mode & 0xFF) if c.trail == trail]
            found = self._with_trail[mode, trail, context[-1:]] = self._ranked(context[-1:], fitting)
        return found

    def going_on(self, key: Key) -> Ranked:
        """Return the characters whose trail byte may start a pair that vanishes."""
        mode, context, _ = key
        found = self._going_on.get((mode, context[-1:]))
        if found is None:
            if VANISHING <= mode < FRESH:
                near = self._near(context[-1:])
                between = _between_vanished(self._script, self._wide, mode - VANISHING)
                going = [c for c in between if c.symbol in near]
            else:
                going = [c for c in self.behind(mode & 0xFF) if c.trail in self._vanishing.class_of]
            found = self._going_on[mode, context[-1:]] = self._ranked(context[-1:], going)
        return found

    def trail_unknown(self, key: Key) -> list[Candidate]:
        """Return the characters that are likely where the trail byte is unknown. It is no letter: that would show."""
        mode, context, _ = key
        if VANISHING <= mode < FRESH:
            leads = self._vanishing.leads[mode - VANISHING]
            by_symbol = self._pairs.by_symbol
            likely = model().likely(context, _LIKELY)
            return [c for s in likely for c in by_symbol.get(s, ()) if c.lead in leads and c.trail > 0x80]
        found = self._trail_unknown.get((mode, context[-1:]))
        if found is None:
            lone = [c for c in self.behind(mode & 0xFF) if c.trail > 0x80]
            found = self._trail_unknown[mode, context[-1:]] = self._nearby(context[-1:], lone)
        return found

    def lead_unknown(self, key: Key, trail: int) -> list[Candidate]:
        """Return the characters that are likely where the bytes of a reading in step were cut before a trail byte."""
        last = key[1][-1:]
        found = self._lead_unknown.get((trail, last))
        if found is None:
            found = self._lead_unknown[trail, last] = self._nearby(last, self._pairs.by_trail.get(trail, ()))
        return found

    def _nearby(self, last: str, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return the candidates that were ever seen after a symbol, are common, or are blank."""
        near = self._near(last)
        return [c for c in candidates if c.symbol in near or c.symbol in self._common or not c.symbol]

    def _ranked(self, last: str, candidates: Iterable[Candidate]) -> Ranked:
        row = self._row(last)
        ranked = sorted([(row[c.symbol] if c.symbol else 0.0, c) for c in candidates])
        return Ranked([cost for cost, _ in ranked], [c for _, c in ranked])
