"""reread.py — A page that was garbled as a whole is read again before anything is looked for in it.

Labels, dates and furniture are only found in text that can be read, and the markup must not be rendered before its
bytes are right: rendering takes U+0085 and U+00A0 for blanks, which are bytes of characters in UTF-8 read as Latin-1.
What was read again is kept for each value taken from the page: a step from what the page shows to what it says.
"""

import html as entities
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from typing import NamedTuple

from flows.text.decode.costs import beyond_ascii
from flows.text.provenance import changes_from
from flows.text.repair import REREADING, repair
from flows.text.repair.plausible import bits
from storage.records import Step, Suggestion

STEP = "reread_page"
"""Name of the step from what a page shows to what it says."""

_STRETCH = re.compile("[^\0-\x7f]+")
_SAMPLE, _SAMPLE_CHARS = 40, 200  # stretches, and characters of them
_MIN_SAMPLE = 12
_ENOUGH = 60  # characters that tell of the whole page
_GARBLED_BITS = 12.5  # halfway between prose and mojibake
_GARBLED_SHARE = 0.5  # of the characters beyond ASCII, in the stretches that were read again
_MAX_CHARS, _MAX_LOSSY = 400_000, 100_000
"""Characters in different stretches, without and with marks of lost bytes: those cost twenty times as much."""
_MAX_PAGE = 2_000_000
_TAG = re.compile("(<[^>]*>)")
_RUN = re.compile("[^<>\"'\0-\x1f]+")
_CLAUSE = re.compile(r"[^，。；：、！？\s]+[，。；：、！？\s]*")
_MIN_PIECE = 2
_MOST_MISSES = 200  # pieces of a value that are not found: each costs a look through the page


def reread_page(html: str, *taken: str) -> "Reread | None":
    """Read a page again that was garbled as a whole, or of which the text was; None for every other page.

    taken: title and text as extracted from the page as it is; one of them must look garbled. Without them, or when
    they are too short to tell, the page itself must. Only fixes that read the same bytes in another encoding take
    part, with their own conditions, on all texts of the page together.

    >>> page = "<title>关于防汛工作的通知</title><p>来源：青山日报</p><p>　　各乡镇人民政府，县直各单位，请认真做好今年的防汛工作。</p>"
    >>> reread_page(page.encode().decode("latin-1")).html == page, reread_page(page)
    (True, None)
    """
    garbled = [value for value in taken if _looks_garbled(value)]
    if not garbled and sum(map(len, taken)) < _ENOUGH and _looks_garbled(html):
        garbled = [html]
    if not garbled or len(html) > _MAX_PAGE:
        return None
    shown = list(dict.fromkeys(run for run in _runs(html) if not run.isascii()))
    if sum(map(len, shown)) > (_MAX_LOSSY if "\ufffd" in html else _MAX_CHARS):
        return None
    said = repair("\n".join(shown), fixes=REREADING)
    lines = said.text.split("\n")
    if len(lines) != len(shown):
        return None
    reading = {before: after for before, after in zip(shown, lines, strict=True) if before != after}
    if sum(map(_beyond, reading)) < _GARBLED_SHARE * sum(map(_beyond, garbled)):
        return None
    names = ", ".join(dict.fromkeys(step.name for step in said.steps))
    doubts = dict(zip(shown, _by_line(lines, said.suggestions), strict=True))
    said_html = _RUN.sub(lambda run: reading.get(run[0], run[0]), html)
    return Reread(said_html, names, said.flags, *_index(html, reading, doubts))


def _looks_garbled(text: str) -> bool:
    sample = "".join(islice((found[0] for found in _STRETCH.finditer(text)), _SAMPLE))
    return len(sample) >= _MIN_SAMPLE and bits(sample[:_SAMPLE_CHARS]) >= _GARBLED_BITS


def _beyond(text: str) -> int:
    return len(beyond_ascii(text))


def _runs(html: str) -> Iterator[str]:
    return (found[0] for found in _RUN.finditer(html))


def _by_line(lines: Sequence[str], suggestions: Sequence[Suggestion]) -> list[list[Suggestion]]:
    """Return the suggestions of each line, with offsets in it."""
    found: list[list[Suggestion]] = [[] for _ in lines]
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for one in suggestions:
        line = bisect_right(starts, one.start) - 1
        found[line].append(replace(one, start=one.start - starts[line]))
    return found


def _index(
    html: str, reading: Mapping[str, str], doubts: Mapping[str, Sequence[Suggestion]]
) -> tuple[str, list[str], list[int], list[Suggestion]]:
    """Return what the page says without blanks and tags, what it shows, run by run, where each run starts, and doubts."""
    texts: list[str] = []
    values: list[str] = []
    for place, piece in enumerate(_TAG.split(html)):
        (values if place % 2 else texts).extend(_runs(piece))
    shown = [*texts, *(value for value in values if value in reading)]
    said = [_bare(reading.get(run, run)) for run in shown]
    starts = [0, *accumulate(map(len, said))][:-1]
    placed = [
        replace(one, start=start + len(_bare(reading.get(run, run)[: one.start])))
        for run, start in zip(shown, starts, strict=True)
        for one in doubts.get(run, ())
    ]
    return "".join(said), [entities.unescape(run).strip(" ") for run in shown], starts, placed


def _bare(run: str) -> str:
    return "".join(entities.unescape(run).split())


_Place = tuple[int, int, int, int]
"""Where a piece of a value starts and ends, in the value and in what the page says without blanks."""


class Origin(NamedTuple):
    """Where a value comes from: the page's own text for it, the step from there, what is doubtful in the value, and flags."""

    shown: str
    steps: tuple[Step, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reread:
    """A page read again.

    html: the page as it says. fixes, flags: names of those that did it, and what they flagged. said, shown, starts: all
    its texts without blanks, the runs they come from, and where those start. doubts: with offsets in `said`, ascending
    within its texts.
    """

    html: str
    fixes: str
    flags: tuple[str, ...]
    said: str
    shown: list[str]
    starts: list[int]
    doubts: list[Suggestion]

    def origin(self, value: str, field: str) -> Origin:
        """Return a value as the page shows it, and the step from there to the value; none if nothing was garbled.

        Where a value was cut out of a stretch, the change begins with the whole stretch: the cut may go through a
        character that is shown.
        """
        edits: list[tuple[int, str, str]] = []
        shown: list[str] = []
        at = length = 0
        places = list(self._places(value))
        for start, end, before in self._found(places):
            shown += (value[at:start], before)
            edits.append((length + start - at, before, value[start:end]))
            length += start - at + len(before)
            at = end
        changes = changes_from(edits)
        if not changes:
            return Origin(value)
        detail = f"the page was garbled as a whole: {self.fixes}"
        doubts = tuple(replace(one, field=field) for one in self._doubts_in(value, places))
        shown_value = "".join((*shown, value[at:]))
        return Origin(shown_value, (Step(field, STEP, detail, changes),), doubts, self.flags if doubts else ())

    def _doubts_in(self, value: str, places: Sequence[_Place]) -> Iterator[Suggestion]:
        """Yield what was doubtful in the stretches of the page that a value was read from, with offsets in the value."""
        for begin, stop, place, behind in places if self.doubts else ():
            inside = [one for one in self.doubts if place <= one.start < behind]
            offsets = [begin + n for n, char in enumerate(value[begin:stop]) if not char.isspace()] if inside else []
            for one in inside:
                start = offsets[one.start - place]
                if value.startswith(one.before, start):
                    yield replace(one, start=start)

    def _found(self, places: Sequence[_Place]) -> Iterator[tuple[int, int, str]]:
        """Yield stretches of a value, in order, each with what the page shows for it."""
        start = end = first = 0
        last = -1
        for begin, stop, place, behind in places:
            one, other = bisect_right(self.starts, place) - 1, bisect_right(self.starts, behind - 1) - 1
            if last >= one >= first:  # two clauses of one run are one change
                end, last = stop, max(last, other)
                continue
            if last >= 0:
                yield start, end, "".join(self.shown[first : last + 1])
            start, end, first, last = begin, stop, one, other
        if last >= 0:
            yield start, end, "".join(self.shown[first : last + 1])

    def _places(self, value: str) -> Iterator[_Place]:
        """Yield the places of a value's lines, or of the clauses of those that do not stand in one piece."""
        behind = misses = position = 0
        for line in value.split("\n"):
            pieces = [(0, line)]
            while pieces and misses < _MOST_MISSES:
                start, piece = pieces.pop()
                bare = "".join(piece.split())
                place = self.said.find(bare, behind) if len(bare) >= _MIN_PIECE else -1
                place = self.said.find(bare) if place < 0 and len(bare) >= _MIN_PIECE else place
                if place >= 0:
                    behind = place + len(bare)
                    yield position + start, position + start + len(piece), place, behind
                else:
                    misses += 1
                    if piece is line:
                        pieces = [(clause.start(), clause[0].rstrip()) for clause in _CLAUSE.finditer(line)][::-1]
            position += len(line) + 1
