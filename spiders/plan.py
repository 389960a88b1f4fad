"""plan.py — What one crawl of a site sets out to do: its days, how far it follows listings, which pages are due. Pure.

Days are those of China (+08:00). A collect goes back to the day before the last complete one, so that an
interrupted collect, or a month without any, loses nothing; the first one takes what is recent.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import Literal

from spiders.coverage import days_between
from spiders.families import Item, Window
from spiders.revisit import due_at
from spiders.site import Site
from storage.keys import CaptureKey

CHINA = timezone(timedelta(hours=8))
FIRST_COLLECT = timedelta(days=30)
FIRST_ISSUES = timedelta(days=7)
ISSUES = "issues"
# What a listing newly shows may bear an older date: pages are dated by hand, and published late.
LATE = timedelta(days=60)
# A listing page this long is a whole site's map; there only days tell what is new.
WHOLE_SITE = 500
# Requests of one collect for held pages that are due again; the most overdue go first.
MAX_REVISITS = 200

Verb = Literal["collect", "backfill"]


@dataclass(frozen=True)
class Plan:
    """The task of one crawl. now: aware.

    complete: for each listing, by its address, the day of the last collect that read it to its end; the issues of a
    newspaper count as one listing named ISSUES. One listing that keeps failing so holds up no other.
    """

    verb: Verb
    site: Site
    now: datetime
    since: date | None = None
    until: date | None = None
    complete: Mapping[str, date] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        """Return the day in China."""
        return self.now.astimezone(CHINA).date()

    @property
    def daily(self) -> bool:
        """Tell whether the site has issues of a day: each day is then a listing of its own."""
        return bool(self.site.editions)

    @cached_property
    def window(self) -> Window:
        """Return the days asked for: those of the backfill, or the issues since the last complete collect."""
        if self.verb == "backfill":
            return Window(self.since, min(self.until or self.today, self.today))
        return self._recent(ISSUES, FIRST_ISSUES) if self.daily else Window(None, self.today)

    def window_of(self, entry: str) -> Window:
        """Return the days for which a listing is followed."""
        return self.window if self.verb == "backfill" or self.daily else self._recent(entry, FIRST_COLLECT)

    def _recent(self, entry: str, first: timedelta) -> Window:
        complete = self.complete.get(entry)
        return Window(complete - timedelta(days=1) if complete else self.today - first, self.today)

    @cached_property
    def days(self) -> list[date]:
        """List the days of the window, once it has a beginning."""
        window = self.window
        return days_between(window.since, window.until) if window.since and window.until else []

    @property
    def covers(self) -> bool:
        """Tell whether this crawl sees all links of its days, so that coverage can be kept."""
        return self.verb == "backfill" or self.daily

    def held_stops(self, entry: str) -> bool:
        """Tell whether a page whose links are all held ends a listing: only when everything before was complete."""
        return self.verb == "collect" and entry in self.complete

    def fetches(self, item: Item, window: Window, page_size: int) -> bool:
        """Tell whether an item of a listing page is wanted. One without a day always is."""
        if item.day is None:
            return True
        if self.verb == "backfill":
            return item.day in window
        return page_size < WHOLE_SITE or window.since is None or item.day >= window.since - LATE

    def due(self, captured: Iterable[tuple[str, list[CaptureKey]]], aside: Collection[str]) -> list[CaptureKey]:
        """Return the last captures of the addresses whose revisit is due, the most overdue first; none in a backfill.

        More than MAX_REVISITS, since some may turn out to be no articles. captured: uri hash and captures of each
        address. aside: hashes of addresses that are known to be none.
        """
        if self.verb != "collect":
            return []
        due: list[tuple[datetime, str, CaptureKey]] = []
        for hashed, keys in captured:
            if hashed in aside:
                continue
            when = due_at([key.captured_at for key in keys])
            if when <= self.now:
                due.append((when, hashed, keys[-1]))
        due.sort(key=lambda entry: entry[:2])
        return [key for _, _, key in due[: 5 * MAX_REVISITS]]
