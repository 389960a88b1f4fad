"""ledger.py — The books of one crawl: which links were seen, which listings are read, how each request for a link ended.

Decides which links of a listing page are asked for. Knows no Scrapy; the spider makes requests of what is decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from spiders.archive import Archive
from spiders.coverage import Coverage, DayState, LinkOutcome
from spiders.families import Found
from spiders.frontier import Walk, address
from spiders.parts import Whole
from spiders.plan import ISSUES, Plan
from spiders.revisit import revisit_due
from spiders.tally import Tally
from storage.keys import uri_hash


@dataclass(frozen=True, slots=True)
class Link:
    """An article to ask for. day: of the issue, or as the listing shows it. walk: the listing that named it, if any."""

    uri: str
    day: date | None = None
    walk: Walk | None = None
    whole: Whole | None = None
    revisit: bool = False


class Ledger:
    """Keeps the books; nothing is skipped here without a counter."""

    def __init__(self, plan: Plan, archive: Archive, coverage: Coverage, tally: Tally) -> None:
        """Open empty books on what the archive and earlier runs know."""
        self.plan, self.archive, self.coverage, self.tally = plan, archive, coverage, tally
        self.seen: set[str] = set()
        self.walks: set[Walk] = set()
        self.read: set[str] = set()
        self.sound = True

    def first_time(self, uri: str) -> bool:
        """Tell whether an address is new in this run, and remember it."""
        hashed = uri_hash(uri)
        if hashed in self.seen:
            return False
        self.seen.add(hashed)
        return True

    # ── days ─────────────────────────────────────────────────────────────────────────────────────────────

    def holes(self) -> Iterator[Link]:
        """Yield the links that are missing from days whose listings need not be read again."""
        if not self.plan.covers:
            return
        settled = [day for day in self.plan.days if self.coverage.settled(day)]
        if self.plan.daily:
            days: list[date | None] = [*settled]
        else:
            days = [*settled, None] if self.walked() else []
        for day, uri in self.coverage.holes(days):
            if self.archive.standing(uri) == "held":
                self.coverage.settle(day, uri, "captured")
            elif self.first_time(uri):
                yield Link(uri, day)

    def walked(self) -> bool:
        """Tell whether an earlier backfill read every listing for all the days of this one."""
        days = self.plan.days
        return self.plan.verb == "backfill" and bool(days) and all(map(self.coverage.settled, days))

    def begin(self) -> None:
        """Forget the days whose listings are about to be read; those of a newspaper begin one by one."""
        if self.plan.covers and not self.plan.daily:
            for day in (*self.plan.days, None):
                self.coverage.restart(day, self.plan.today)

    def begin_day(self, day: date) -> bool:
        """Tell whether an issue must be asked for, and forget what was known of its day."""
        if self.coverage.settled(day):
            return False
        self.coverage.restart(day, self.plan.today)
        return True

    def close_days(self) -> None:
        """Say that the days of a complete backfill were walked; those of a newspaper close one by one."""
        if self.plan.covers and not self.plan.daily and self.complete:
            for day in self.plan.days:
                self.coverage.close(day, "walked", self.plan.today)

    # ── listings ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def complete(self) -> bool:
        """Tell whether every listing was read to its end without a failure."""
        return self.sound and not self.walks

    def open(self, walk: Walk) -> None:
        """Note one more request of a walk."""
        walk.open += 1
        self.walks.add(walk)

    def close(self, walk: Walk) -> None:
        """Note that a request of a walk is answered; with the last one the walk ends, and an issue's day with it."""
        walk.open -= 1
        if walk.open > 0:
            return
        self.walks.discard(walk)
        if walk.sound and not (walk.links or walk.note):
            self.tally.count("barren")
            message = "expected article links, found none; the listing may have been redesigned: compare the site file"
            self.fail_listing(walk, walk.entry, message)
        if walk.sound:
            self.read.add(walk.entry)
        if walk.day is not None and walk.sound:
            state: DayState = "walked" if self.coverage.day(walk.day).links or not walk.note else "no issue"
            self.coverage.close(walk.day, state, self.plan.today)

    def completed(self) -> dict[str, date]:
        """Return the listings that this collect read to their end, with the day, for the plan of the next one."""
        if self.plan.verb != "collect":
            return {}
        if self.plan.daily:
            return {ISSUES: self.plan.today} if self.complete else {}
        return dict.fromkeys(sorted(self.read), self.plan.today)

    def fail_listing(self, walk: Walk, url: str, message: str) -> None:
        """Report a listing that could not be read; its days stay open."""
        self.spoil(walk)
        self.tally.fail(url, "listing", message)

    def spoil(self, walk: Walk) -> None:
        """Note that a walk, and so the run, is not complete."""
        walk.sound = self.sound = False

    def pick(self, found: Found, walk: Walk) -> tuple[list[Link], bool]:
        """Return the links of a listing page to ask for, and whether all of the page is held."""
        links: list[Link] = []
        all_held = True
        for item in found.items:
            uri = address(item.url)
            if not self.plan.site.owns(uri):
                if self.first_time(uri):
                    self.tally.count("outside")
                continue
            standing = self.archive.standing(uri)
            all_held = all_held and standing in ("held", "dead")
            if not self.plan.fetches(item, walk.window, len(found.items)) or not self.first_time(uri):
                continue
            day = walk.day or item.day
            self.tally.count("links")
            if self.plan.covers:
                self.coverage.link(day, uri)
            if standing == "held":
                self.tally.count("held")
                self._cover(day, uri, "captured")
            elif standing == "dead" and not revisit_due(self.archive.captured_times(uri), self.plan.now):
                self.tally.count("dead")
                self._cover(day, uri, "gone")
            else:
                links.append(Link(uri, day, walk))
        return links, all_held

    # ── articles ─────────────────────────────────────────────────────────────────────────────────────────

    def settle(self, link: Link, outcome: LinkOutcome, *, more: bool = False) -> list[tuple[str, ...]]:
        """Note how the request for a link ended; returns the addresses of articles that are whole by that.

        more: the page has parts that are still to come. A part that is missing leaves its whole missing.
        """
        whole: list[tuple[str, ...]] = []
        if link.whole is not None:
            if outcome == "missing":
                self._cover(link.day, link.whole.top, "missing")
            elif not more:
                whole = link.whole.done(link.uri)
        elif not link.revisit:
            self._cover(link.day, link.uri, outcome)
        if link.walk is not None:
            self.close(link.walk)
        return whole

    def _cover(self, day: date | None, uri: str, outcome: LinkOutcome) -> None:
        if self.plan.covers:
            self.coverage.settle(day, uri, outcome)
