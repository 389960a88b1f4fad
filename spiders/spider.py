"""spider.py — SiteSpider, the only spider class: follows a family's listings and asks for articles that are not held.

It finds links and nothing else. The archive middleware has stored each answer before a callback sees it, and no
article is parsed here. Listings are decoded from bytes; Scrapy's response.text is never read.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from spiders.archive import Archive
from spiders.coverage import Coverage, DayState, LinkOutcome
from spiders.failures import Stage, sort_failure
from spiders.families import Ask, Family, Found, Page
from spiders.frontier import Walk, address
from spiders.guard import OutsideError
from spiders.page_text import page_text
from spiders.parts import Whole
from spiders.plan import MAX_REVISITS, Plan
from spiders.revisit import conditional_headers, revisit_due
from spiders.site import Site
from spiders.tally import Tally
from storage.captures import read_capture
from storage.errors import RecordError
from storage.keys import uri_hash
from storage.records import Capture

logger = logging.getLogger(__name__)

# Challenge pages are a decision of the site, not an accident: a few prove it.
BLOCKED_ENOUGH = 3
_ARTICLE_FIRST = 10  # a listing's articles go before the next listing, so that the queue holds one listing's links
_GONE_STATUS = (404, 410)


class SiteSpider(Spider):
    """Collects or backfills one site, as its plan says."""

    name = "site"

    def __init__(
        self,
        *,
        site: Site,
        family: Family,
        plan: Plan,
        archive: Archive,
        coverage: Coverage,
        tally: Tally,
        aside: frozenset[str] = frozenset(),
    ) -> None:
        """Take the parts of one crawl."""
        super().__init__()
        self.site, self.family, self.plan, self.aside = site, family, plan, set(aside)
        self._known_aside = len(aside)
        self.archive, self.coverage, self.tally = archive, coverage, tally
        self.finish = ""
        self.seen: set[str] = set()
        self.walks: set[Walk] = set()
        self.unsound = False

    # ── beginning and ending ─────────────────────────────────────────────────────────────────────────────

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first requests, each when the queue has run dry: memory stays flat over any period."""
        for request in self._beginnings():
            yield request
            await self._turn()
        async for last in self._due():
            if self._first_time(last.uri):
                yield self._article(last.uri, last=last)
                await self._turn()

    async def _due(self) -> AsyncIterator[Capture]:
        """Yield the last capture of each page whose revisit is due; what is no article is not read again next time."""
        articles = 0
        for key in self.plan.due(self.archive.history.addresses(), self.aside):
            try:
                last = await asyncio.to_thread(read_capture, self.archive.store, key.key)
            except RecordError as error:
                self.tally.fail(key.key, "revisit", error)
                continue
            if last.role != "article":
                self.aside.add(key.uri_hash)
                continue
            yield last
            articles += 1
            if articles == MAX_REVISITS:
                return

    async def _turn(self) -> None:
        while self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _beginnings(self) -> Iterator[Request]:
        days = [day for day in self.plan.days if self.coverage.settled(day)]
        whole = len(days) == len(self.plan.days)
        for day, uri in self.coverage.holes([*days, None] if whole else days) if self.plan.covers else ():
            if self.archive.standing(uri) == "held":
                self.coverage.settle(day, uri, "captured")
            elif self._first_time(uri):
                yield self._article(uri, day=day)
        if whole and self.plan.verb == "backfill":
            return
        if self.plan.covers and not self.plan.daily:
            for day in (*self.plan.days, None):
                self.coverage.restart(day, self.plan.today)
        for ask in self.family.entries(self.site, self.plan.window):
            if ask.day is not None:
                if self.coverage.settled(ask.day):
                    continue
                self.coverage.restart(ask.day, self.plan.today)
            yield from self._ask(ask, Walk(ask.url, ask.day))

    @property
    def complete(self) -> bool:
        """Tell whether every listing was read to its end without a failure."""
        return not (self.finish or self.unsound or self.walks)

    def end(self, reason: str) -> None:
        """Close the crawl early, with this finish; the first reason stands."""
        if not self.finish:
            self.finish = reason
            logger.info("ending early site=%s reason=%s", self.site.id, reason)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    @property
    def learned_aside(self) -> bool:
        """Tell whether more addresses are known to be no articles than when the crawl began."""
        return len(self.aside) > self._known_aside

    def close_days(self) -> None:
        """Say that the days of a complete backfill were walked; the days of a newspaper close one by one."""
        if self.complete and self.plan.covers and not self.plan.daily:
            for day in self.plan.days:
                self.coverage.close(day, "walked", self.plan.today)

    # ── listings ─────────────────────────────────────────────────────────────────────────────────────────

    def _ask(self, ask: Ask, walk: Walk) -> Iterator[Request]:
        if not walk.ask_once(ask):
            return
        walk.open += 1
        self.walks.add(walk)
        yield Request(
            ask.url,
            method=ask.method,
            body=ask.body,
            headers=list(ask.headers),
            callback=self.read_listing,
            errback=self.listing_failed,
            cb_kwargs={"ask": ask, "walk": walk},
            meta={"role": "listing"},
            dont_filter=True,
        )

    def read_listing(self, response: Response, ask: Ask, walk: Walk) -> Iterator[Request]:
        """Turn an archived listing into article requests and the next listing requests."""
        self.tally.count("listings")
        self.aside.update(map(uri_hash, (*response.meta.get("redirect_urls", ()), response.url)))
        missing = response.status in _GONE_STATUS or response.meta.get("judgement") == "soft_404"
        if response.status != 200 and not (missing and (ask.day or walk.pages)):
            self._listing_failed(response.url, "listing", f"expected a listing, found status {response.status}", walk)
        elif missing and ask.day is None:
            pass  # past the last page: platforms answer 404
        else:
            yield from self._read(response, ask, walk)
        self._close(walk)

    def _read(self, response: Response, ask: Ask, walk: Walk) -> Iterator[Request]:
        content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
        page = Page(response.url, page_text(response.body, content_type, self.site.charset), response.status)
        found = self.family.read(self.site, ask, page, self.plan.window)
        walk.note = walk.note or found.note
        requests, all_held = self._links(found, walk)
        stop = walk.turn(found.items, self.plan.window, all_held=all_held and self.plan.held_stops)
        yield from requests
        if stop == "too long":
            self._listing_failed(response.url, "listing", f"stopped after {walk.pages} pages of one listing", walk)
        if not stop:
            for following in found.following:
                yield from self._ask(_inherit(following, ask), walk)

    def _links(self, found: Found, walk: Walk) -> tuple[list[Request], bool]:
        """Return the requests for a page's items, and whether every item of it is held."""
        requests: list[Request] = []
        all_held = True
        for item in found.items:
            uri = address(item.url)
            if not self.site.owns(uri):
                if self._first_time(uri):
                    self.tally.count("outside")
                continue
            standing = self.archive.standing(uri)
            all_held = all_held and standing in ("held", "dead")
            if not self.plan.fetches(item, len(found.items)) or not self._first_time(uri):
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
                requests.append(self._article(uri, day=day, walk=walk))
        return requests, all_held

    def listing_failed(self, failure: TwistedFailure) -> None:
        """Count a listing that could not be had."""
        walk: Walk = _request_of(failure).cb_kwargs["walk"]
        walk.sound = False
        self.unsound = True
        self._failed(failure, "listing")
        self._close(walk)

    def _listing_failed(self, url: str, stage: str, message: str, walk: Walk) -> None:
        walk.sound = False
        self.unsound = True
        self.tally.fail(url, stage, message)

    def _close(self, walk: Walk) -> None:
        walk.open -= 1
        if walk.open > 0:
            return
        self.walks.discard(walk)
        if walk.sound and not (walk.links or walk.note):
            self.tally.count("barren")
            message = "expected article links, found none; the listing may have been redesigned: compare the site file"
            self._listing_failed(walk.entry, "listing", message, walk)
        if walk.day is None or not walk.sound:
            return
        state: DayState = "walked" if self.coverage.day(walk.day).links or not walk.note else "no issue"
        self.coverage.close(walk.day, state, self.plan.today)

    # ── articles ─────────────────────────────────────────────────────────────────────────────────────────

    def _article(
        self,
        uri: str,
        *,
        day: date | None = None,
        walk: Walk | None = None,
        last: Capture | None = None,
        whole: Whole | None = None,
    ) -> Request:
        meta: dict[str, Any] = {"role": "article", "uri": uri, "day": day, "walk": walk, "whole": whole}
        headers = {}
        if last is not None:
            meta["last"] = last
            # A page that is not settled must come whole: its parts are still to be found.
            headers = conditional_headers(last) if self.archive.standing(uri) == "held" else {}
        if walk is not None:
            walk.open += 1
        return Request(
            uri,
            headers=headers,
            callback=self.article_answered,
            errback=self.article_failed,
            meta=meta,
            priority=_ARTICLE_FIRST,
            dont_filter=True,
        )

    def article_answered(self, response: Response) -> Iterator[Request]:
        """Count what an archived article turned out to be, and ask for its further pages; its text is not read."""
        meta = response.meta
        self.seen.add(uri_hash(response.url))
        outcome: LinkOutcome
        if meta.get("judgement") == "soft_404":
            self.tally.count("soft_404")
        if response.status in _GONE_STATUS or meta.get("judgement") == "soft_404":
            if meta.get("kind") != "gone":
                self.tally.count("dead")
            outcome = "gone"
        elif response.status in (200, 304):
            outcome = "captured"
        else:
            self.tally.fail(meta["uri"], "fetch", f"expected an article, found status {response.status}")
            outcome = "missing"
        if parts := meta.get("parts"):
            uris = (*meta.get("redirect_urls", ()), response.url)
            whole = Whole(meta["uri"], uris, set(parts), meta["whole"])
            for part in parts:
                if self._first_time(part):
                    yield self._article(part, day=meta["day"], walk=meta["walk"], whole=whole)
            self._settle(meta, outcome, part=False)
        else:
            self._settle(meta, outcome)

    def article_failed(self, failure: TwistedFailure) -> None:
        """Count an article that could not be had."""
        outcome: LinkOutcome = "gone" if isinstance(failure.value, OutsideError) else "missing"
        self._failed(failure, "fetch")
        self._settle(_request_of(failure).meta, outcome)

    def _settle(self, meta: dict[str, Any], outcome: LinkOutcome, *, part: bool = True) -> None:
        """Close the books on an answered article; a part that is missing leaves its whole missing."""
        whole: Whole | None = meta["whole"]
        if whole is None:
            if "last" not in meta:
                self._cover(meta["day"], meta["uri"], outcome)
        elif outcome == "missing":
            self._cover(meta["day"], whole.top, "missing")
        elif part:
            for uris in whole.done(meta["uri"]):
                self._clear(uris)
        if meta["walk"] is not None:
            self._close(meta["walk"])

    def _clear(self, uris: tuple[str, ...]) -> None:
        """Settle the addresses of an article whose parts are all stored. Not waited for: a lost one costs a request."""
        asyncio.get_running_loop().run_in_executor(None, self.archive.settle, uris)

    def _cover(self, day: date | None, uri: str, outcome: LinkOutcome) -> None:
        if self.plan.covers:
            self.coverage.settle(day, uri, outcome)

    # ── failures ─────────────────────────────────────────────────────────────────────────────────────────

    def _failed(self, failure: TwistedFailure, stage: Stage) -> None:
        """Sort a failed request into its counter; what nobody expected is a failure too."""
        if self.finish == "stopped":
            return  # not failed, only not done
        request = _request_of(failure)
        sorted_as = sort_failure(failure.value or RuntimeError("unknown"), stage)
        if sorted_as.counter:
            self.tally.count(sorted_as.counter)
        if sorted_as.stage:
            self.tally.fail(request.url, sorted_as.stage, sorted_as.message)
        if sorted_as.ending or self.tally.counters["blocked"] >= BLOCKED_ENOUGH:
            self.end(sorted_as.ending or "blocked")

    def _first_time(self, uri: str) -> bool:
        hashed = uri_hash(uri)
        if hashed in self.seen:
            return False
        self.seen.add(hashed)
        return True


def _inherit(following: Ask, asked: Ask) -> Ask:
    """Give a following request the issue day of the one it came from, when the family left it out."""
    return following if following.day or not asked.day else replace(following, day=asked.day)


def _request_of(failure: TwistedFailure) -> Request:
    """Return the request that Scrapy hangs on a failure: the last one of its redirects and retries."""
    request = failure.request  # type: ignore[attr-defined]
    assert isinstance(request, Request)
    return request
