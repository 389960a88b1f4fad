"""health.py — Judges a site by its run reports: ok, quiet, stale, failing or blocked. Pure.

A selector that drifted and a day without news look alike in a counter of new pages: nothing new. They differ in the
listing: on a quiet day it still holds links, all of them held; after a redesign it holds none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from spiders.site import Site
from storage.records import RunReport

Status = Literal["ok", "quiet", "stale", "failing", "blocked", "unknown"]

UNWELL: tuple[Status, ...] = ("failing", "blocked")
"""What a person must look at; a run that leaves a site so ends failed."""

# Shares of fewer new documents than this say nothing about a layout.
_MIN_DOCUMENTS = 5
# A site that published on this many days has a cadence of its own.
_MIN_DAYS = 5
# Until then: even a department that publishes by the month is heard of in this time.
_UNKNOWN_CADENCE = timedelta(days=62)
# Longest silence that is still ordinary, in median gaps between days with news.
_GAPS = 4
_FETCH = ("collect", "backfill")


@dataclass(frozen=True, slots=True)
class Health:
    """How a site does: status, the reason in words, and the last day with new articles and no failure."""

    site: str
    status: Status
    reason: str
    last_good: date | None = None


def judge(site: Site, reports: Iterable[RunReport], now: datetime) -> Health:
    """Judge a site by its reports, in any order; `now` is aware.

    blocked before failing before stale: the first says that nobody can fetch, the second that we cannot read.
    """
    history = sorted((r for r in reports if r.site == site.id), key=lambda r: r.started_at)
    fetches = [r for r in history if r.verb in _FETCH]
    if not fetches:
        return Health(site.id, "unknown", "never collected")
    last = fetches[-1]
    good = max((r.started_at.date() for r in fetches if not r.failed and _news(r)), default=None)
    for status, reason in (
        ("blocked", _blocked(last)),
        ("failing", _failing(site, last, history)),
        ("stale", _stale(site, fetches, now)),
    ):
        if reason:
            return Health(site.id, status, reason, good)  # type: ignore[arg-type]  # the three literals above
    if _news(last):
        return Health(site.id, "ok", f"{_news(last)} new articles", good)
    return Health(site.id, "quiet", f"{last.counters.get('links', 0)} links, all held", good)


def _news(report: RunReport) -> int:
    """Count article pages with a payload that nobody had."""
    return report.counters.get("articles", 0)


def _blocked(last: RunReport) -> str:
    if last.finish == "blocked":
        return f"stopped after {last.counters.get('blocked', 0)} challenge pages"
    # A site with one listing meets one challenge and then has nothing left to ask for.
    walled = [failure.uri for failure in last.failures if failure.stage == "blocked"]
    return f"a challenge page instead of {len(walled)} listings, first: {walled[0]}" if walled else ""


def _failing(site: Site, last: RunReport, history: Sequence[RunReport]) -> str:
    counters = last.counters
    if last.finish not in ("finished", "stopped"):
        return f"last run ended as {last.finish}"
    if counters.get("barren"):
        return f"{counters['barren']} of {counters.get('listings', 0)} listings hold no article link: the listing may have been redesigned"
    if last.failures or counters.get("failed"):
        first = last.failures[0] if last.failures else None
        return f"{counters.get('failed', 0)} failures" + (
            f", first: {first.stage}: {first.uri}: {first.message}" if first else ""
        )
    if counters.get("listings") and counters.get("outside") and not (counters.get("links") or site.editions):
        return f"all {counters['outside']} links of the listings lead outside the site's hosts: add the host to the site file, or another listing"
    return _missing_fields(site, _latest_processed(history))


def _latest_processed(history: Sequence[RunReport]) -> list[RunReport]:
    """Return the latest process runs, as many as it takes to tell; what came before a reprocess is settled by it.

    Many a county publishes a page a day: no single run would say anything of it, and a quiet run after a bad one
    would hide it.
    """
    latest: list[RunReport] = []
    for report in reversed(history):
        if report.verb in ("process", "reprocess"):
            latest.append(report)
            if report.verb == "reprocess" or _pages(latest) >= _MIN_DOCUMENTS:
                break
    return latest


def _pages(processed: Sequence[RunReport]) -> int:
    return sum(report.counters.get(name, 0) for report in processed for name in ("documents", "empty"))


def _missing_fields(site: Site, processed: Sequence[RunReport]) -> str:
    """Say which field is rarer among new documents than the site's floor allows."""

    def total(name: str) -> int:
        return sum(report.counters.get(name, 0) for report in processed)

    documents, pages = total("documents"), _pages(processed)
    if pages < _MIN_DOCUMENTS:
        return ""
    shares = (
        ("text", documents / pages, site.expect.text),
        ("title", total("titled") / max(documents, 1), site.expect.title),
        ("published", total("dated") / max(documents, 1), site.expect.published),
    )
    for field, share, floor in shares:
        if share < floor:
            return f"{field} found in {share:.0%} of {pages} new pages, expected {floor:.0%}: the page template may have changed"
    return ""


def _stale(site: Site, fetches: Sequence[RunReport], now: datetime) -> str:
    days = sorted({r.started_at.date() for r in fetches if _news(r)})
    limit, why = _silence_allowed(site, days)
    since = days[-1] if days else fetches[0].started_at.date()
    silent = now.date() - since
    if silent > limit:
        return f"nothing new for {silent.days} days, {why}"
    return ""


def _silence_allowed(site: Site, days: Sequence[date]) -> tuple[timedelta, str]:
    if site.stale_after_days is not None:
        return timedelta(days=site.stale_after_days), f"stale_after_days is {site.stale_after_days}"
    if len(days) < _MIN_DAYS:
        return _UNKNOWN_CADENCE, "and how often it usually publishes is not known yet"
    gap = median((later - earlier).days for earlier, later in pairwise(days))
    # New Year and the October holidays silence a daily paper for a week.
    return timedelta(days=max(8, gap * _GAPS)), f"it usually publishes every {gap:g} days"
