"""shards.py — Bulk work cut into pieces by site and month, and their reports put together again. Pure but for a listing.

A shard can be handed to any worker (three short strings). What the workers write depends on the shard alone, so any
number of them in any order give the same archive. Where handing over costs something, small shards go in batches.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from storage.keys import captures_prefix, parse_capture_key
from storage.objects import ObjectStore
from storage.records import RunReport

SHARD_CAPTURES = 2000
"""A month with more captures than this is cut at days: half a minute of work, so that the last worker ends soon."""

# A remote task costs 0.1 s (measured), which is to be under 5 % of its work. Page repair takes 10 ms and more a capture.
_BATCH_CAPTURES = {"process": 500, "reprocess": 500}
# The others read and compare: verify takes 0.35 ms of CPU a capture, index 0.22.
_LIGHT_BATCH_CAPTURES = 6000


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The captures of one site on some days of one month, both included, and how many they are."""

    site: str
    since: date
    until: date
    captures: int = 0


def cut(
    store: ObjectStore,
    sites: Iterable[str],
    since: date | None = None,
    until: date | None = None,
    *,
    most: int = SHARD_CAPTURES,
) -> list[Shard]:
    """Cut the captures of some sites in a window into shards, one for each site and month that has any.

    most: months with more captures are cut at days; 0 leaves them whole, for a verb that writes one object a month.
    """
    shards: list[Shard] = []
    for site in sites:
        days = Counter(parse_capture_key(key).captured_at.date() for key in store.list(captures_prefix(site)))
        wanted = sorted(day for day in days if _within(day, since, until))
        for month, group in groupby(wanted, lambda day: day.replace(day=1)):
            last = month.replace(day=monthrange(month.year, month.month)[1])
            first, final = max(month, since or month), min(last, until or last)
            captures = 0
            for day in group:
                if most and captures and captures + days[day] > most:
                    shards.append(Shard(site, first, day - timedelta(days=1), captures))
                    first, captures = day, 0
                captures += days[day]
            shards.append(Shard(site, first, final, captures))
    return shards


def batches(verb: str, shards: Iterable[Shard]) -> list[list[Shard]]:
    """Put a verb's shards, in their order, into batches worth a remote task; only the last may be smaller."""
    least = _BATCH_CAPTURES.get(verb, _LIGHT_BATCH_CAPTURES)
    made: list[list[Shard]] = []
    captures = least
    for shard in shards:
        if captures >= least:
            made.append([])
            captures = 0
        made[-1].append(shard)
        captures += shard.captures
    return made


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
