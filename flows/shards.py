"""shards.py — Bulk work cut into pieces by site and month, and their reports put together again. Pure but for a listing.

A shard is small enough to be handed to any worker (three short strings) and big enough that handing it over costs
next to nothing. What the workers write depends on the shard alone, so any number of them in any order give the
same archive.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from storage.keys import captures_prefix, parse_capture_key
from storage.objects import ObjectStore
from storage.records import RunReport


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The captures of one site on some days of one month, both included."""

    site: str
    since: date
    until: date


def cut(store: ObjectStore, sites: Iterable[str], since: date | None = None, until: date | None = None) -> list[Shard]:
    """Cut the captures of some sites in a window into shards, one for each site and month that has any."""
    shards: list[Shard] = []
    for site in sites:
        days = {parse_capture_key(key).captured_at.date() for key in store.list(captures_prefix(site))}
        for month in sorted({day.replace(day=1) for day in days if _within(day, since, until)}):
            last = month.replace(day=monthrange(month.year, month.month)[1])
            shards.append(Shard(site, max(month, since or month), min(last, until or last)))
    return shards


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)


def months_between(since: date, until: date) -> Iterator[str]:
    """Yield "yyyy/mm/" for every month that a window touches.

    >>> list(months_between(date(2021, 12, 30), date(2022, 1, 1)))
    ['2021/12/', '2022/01/']
    """
    month = since.year * 12 + since.month - 1
    while month <= until.year * 12 + until.month - 1:
        yield f"{month // 12:04}/{month % 12 + 1:02}/"
        month += 1


def merge(reports: Sequence[RunReport]) -> list[RunReport]:
    """Put the reports of shards together: one report for each site, in the order in which sites first appear."""
    by_site: dict[str, list[RunReport]] = {}
    for report in reports:
        by_site.setdefault(report.site, []).append(report)
    return [_joined(parts) for parts in by_site.values()]


def _joined(parts: Sequence[RunReport]) -> RunReport:
    return replace(
        parts[0],
        started_at=min(part.started_at for part in parts),
        ended_at=max(part.ended_at for part in parts),
        counters=dict(sum((Counter(part.counters) for part in parts), Counter[str]())),
        repairs=dict(sum((Counter(part.repairs) for part in parts), Counter[str]())),
        failures=tuple(failure for part in parts for failure in part.failures),
        finish=next((part.finish for part in parts if part.finish != "finished"), "finished"),
    )
