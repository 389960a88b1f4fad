"""coverage.py — What a backfill learned about each day and the captures cannot tell: days without an issue, links that failed.

One object per site and month (index/<site>/coverage/<yyyy-mm>.json), plus one for links whose listing shows no day
("undated"). A day is walked when every listing page that could name its articles was read. A second backfill
leaves walked days alone and asks only for their missing links. Lost or stale coverage costs listing requests and
never a page: which pages are held is told by the captures.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from storage.errors import ObjectNotFoundError, RecordError
from storage.keys import coverage_key, coverage_prefix
from storage.objects import ObjectStore

DayState = Literal["open", "walked", "no issue"]
LinkOutcome = Literal["captured", "missing", "gone"]

# A day asked for while it was still going on, or just over, may get articles afterwards.
SETTLED_AFTER = timedelta(days=2)
UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a site. links: found on listings. missing: of these, not held yet. gone: of these, answered 404 or 410.

    state: "open" while not every listing was read. asked: the day of the last asking, in China time.
    """

    state: DayState = "open"
    links: int = 0
    missing: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    asked: date | None = None

    @property
    def captured(self) -> int:
        """Count the links whose page is held."""
        return self.links - len(self.missing) - len(self.gone)

    @property
    def empty(self) -> bool:
        """Tell whether the day was asked for and has no article."""
        return self.state != "open" and self.links == 0


@dataclass(slots=True)
class _Working:
    """A day while links are being found and asked for."""

    state: DayState = "open"
    links: int = 0
    missing: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    asked: date | None = None

    def seen(self) -> Day:
        return Day(self.state, self.links, tuple(sorted(self.missing)), tuple(sorted(self.gone)), self.asked)


class Coverage:
    """The days of one site: read by month when first needed, changed in memory, given out by changed() to be put."""

    def __init__(self, store: ObjectStore, site: str) -> None:
        """Begin with nothing read."""
        self._store, self._site = store, site
        self._months: dict[str, dict[str, _Working]] = {}
        self._stored: frozenset[str] | None = None
        self._changed: set[str] = set()

    def day(self, day: date | None) -> Day:
        """Return what is known of a day; None stands for links without a day."""
        known = self._month(day).get(_name(day))
        return known.seen() if known else Day()

    def settled(self, day: date) -> bool:
        """Tell whether a backfill can leave a day's listings alone."""
        known = self._month(day).get(_name(day))
        return bool(known and known.state != "open" and known.asked and known.asked >= day + SETTLED_AFTER)

    def holes(self, days: Iterable[date | None]) -> Iterator[tuple[date | None, str]]:
        """Yield the missing links of the days; None stands for links without a day."""
        for day in days:
            for uri in self.day(day).missing:
                yield day, uri

    def restart(self, day: date | None, asked: date) -> None:
        """Forget a day before its listings are read anew."""
        self._month(day)[_name(day)] = _Working(asked=asked)
        self._changed.add(_month_of(day))

    def close(self, day: date, state: DayState, asked: date) -> None:
        """Say that every listing of a day was read, or that it has no issue."""
        known = self._change(day)
        known.state, known.asked = state, asked

    def link(self, day: date | None, uri: str) -> None:
        """Note a link of a day; it is missing until settled."""
        known = self._change(day)
        known.links += 1
        known.missing.add(uri)

    def settle(self, day: date | None, uri: str, outcome: LinkOutcome) -> None:
        """Note how the request for a link of a day ended."""
        known = self._change(day)
        known.missing.discard(uri)
        known.gone.discard(uri)
        if outcome != "captured":
            (known.missing if outcome == "missing" else known.gone).add(uri)

    def changed(self) -> list[tuple[str, bytes]]:
        """Return key and content of the months that changed since the last call; putting them is the caller's work."""
        months = [(coverage_key(self._site, month), _to_json(self._months[month])) for month in sorted(self._changed)]
        self._changed.clear()
        return months

    def _change(self, day: date | None) -> _Working:
        self._changed.add(_month_of(day))
        return self._month(day).setdefault(_name(day), _Working())

    def _month(self, day: date | None) -> dict[str, _Working]:
        month = _month_of(day)
        if month not in self._months:
            if self._stored is None:  # a long period has many months, and nearly none is stored at first
                self._stored = frozenset(self._store.list(coverage_prefix(self._site)))
            key = coverage_key(self._site, month)
            stored = _read(self._store, key) if key in self._stored else {}
            self._months[month] = {
                name: _Working(known.state, known.links, set(known.missing), set(known.gone), known.asked)
                for name, known in stored.items()
            }
        return self._months[month]


def calendar(store: ObjectStore, site: str) -> dict[date, Day]:
    """Return every day of a site that a run asked for, in order: links found, captured, missing, gone, or no issue."""
    days: dict[date, Day] = {}
    for key in store.list(coverage_prefix(site)):
        days.update({date.fromisoformat(name): day for name, day in _read(store, key).items() if name != UNDATED})
    return dict(sorted(days.items()))


def days_between(since: date, until: date) -> list[date]:
    """List the days from since to until, both included.

    >>> [day.day for day in days_between(date(2021, 1, 30), date(2021, 2, 1))]
    [30, 31, 1]
    """
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]


def _name(day: date | None) -> str:
    return day.isoformat() if day else UNDATED


def _month_of(day: date | None) -> str:
    return day.isoformat()[:7] if day else UNDATED


def _to_json(days: dict[str, _Working]) -> bytes:
    values = {name: asdict(day.seen()) | {"asked": day.asked and day.asked.isoformat()} for name, day in days.items()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _day(value: dict[str, Any]) -> Day:
    asked = date.fromisoformat(value["asked"]) if value["asked"] else None
    return Day(value["state"], int(value["links"]), tuple(value["missing"]), tuple(value["gone"]), asked)


def _read(store: ObjectStore, key: str) -> dict[str, Day]:
    try:
        data = store.get(key)
    except ObjectNotFoundError:
        return {}
    try:
        return {name: _day(value) for name, value in json.loads(data).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = (
            f"{key}: expected a month of coverage, found {error}; delete the object, the next backfill writes it anew"
        )
        raise RecordError(message) from error
