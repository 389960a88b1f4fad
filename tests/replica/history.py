"""history.py — What a replica site has published, and how that changes between two crawls. Knows no platform.

A replica keeps its articles here and renders them as its platform does. The history knows the truth that tests
compare with: which articles there are, and after advance() which are new, changed, gone and moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from replica.news import edited, publishing_days, story
from replica.stories import Story

NEWEST = date(2024, 6, 28)


@dataclass(frozen=True)
class Entry:
    """One article: its number, the day its listing shows, its column (0 is the one that is crawled), its pins and edits."""

    number: int
    day: date
    column: int = 0
    pinned: bool = False
    edits: int = 0
    gone: bool = False

    @property
    def story(self) -> Story:
        """Return the text as it stands now."""
        original = story(self.number, self.day)
        return edited(original, self.edits) if self.edits else original


@dataclass(frozen=True)
class Changes:
    """What advance() did, by article number. moved: same article, new address, as its column changed."""

    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    redated: tuple[int, ...] = ()


@dataclass
class History:
    """The articles of a replica, by number."""

    entries: dict[int, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, count: int, *, seed: int = 1, newest: date = NEWEST, years: float = 4.0, pinned: int = 0) -> "History":
        """Make a history; pinned: how many of its oldest articles stand at the top of its listing."""
        days = publishing_days(seed, count, newest, years=years)
        # Numbers grow with time, as in every system's database.
        entries = {1000 + count - at: Entry(1000 + count - at, day) for at, day in enumerate(days)}
        for number in sorted(entries)[:pinned]:
            entries[number] = replace(entries[number], pinned=True)
        return cls(entries)

    def __iter__(self) -> Iterator[Entry]:
        """Yield the articles that stand, as a listing shows them: pinned first, then newest first."""
        standing = [entry for entry in self.entries.values() if not entry.gone]
        return iter(sorted(standing, key=lambda entry: (not entry.pinned, -entry.day.toordinal(), -entry.number)))

    def listed(self, column: int = 0) -> list[Entry]:
        """Return the articles of a column in the order of its listing."""
        return [entry for entry in self if entry.column == column]

    def advance(self, *, new: int = 3, days: int = 1) -> Changes:
        """Let time pass: add articles, correct one, withdraw one, move one to another column, republish one with a new day."""
        newest = max(entry.day for entry in self.entries.values())
        today, last = newest + timedelta(days=days), max(self.entries)
        recent = [entry for entry in self.listed() if not entry.pinned]
        fixed, withdrawn, transferred, republished = (recent[at].number for at in (2, 4, 6, 8))
        self.entries[fixed] = replace(self.entries[fixed], edits=self.entries[fixed].edits + 1)
        self.entries[withdrawn] = replace(self.entries[withdrawn], gone=True)
        self.entries[transferred] = replace(self.entries[transferred], column=1)
        self.entries[republished] = replace(self.entries[republished], day=today)
        added = tuple(range(last + 1, last + 1 + new))
        for number in added:
            self.entries[number] = Entry(number, today)
        return Changes(added, (fixed,), (withdrawn,), (transferred,), (republished,))


def paged(entries: list[Entry], size: int) -> list[list[Entry]]:
    """Cut a listing into pages; an empty listing is one empty page."""
    return [entries[at : at + size] for at in range(0, len(entries), size)] or [[]]


def kind_of(number: int) -> str:
    """Return what sort of page an article has: some are long, some have files, some are no text at all.

    pages: split over two. attachment: a file below the text. image, pdf: nothing but that. script: an empty body that
    leads elsewhere. early: </html> before the article. cut: a title with half a character at its end.
    """
    for every, kind in (
        (31, "script"),
        (29, "pdf"),
        (23, "image"),
        (17, "pages"),
        (13, "early"),
        (11, "attachment"),
        (37, "cut"),
    ):
        if number % every == 0:
            return kind
    return "plain"
