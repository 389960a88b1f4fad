"""spider.py — SiteSpider, the only spider class: follows a family's listings and asks for articles that are not held.

It finds links and nothing else. The archive middleware has stored each answer before a callback sees it, and no
article is read here. Listings are decoded from bytes; Scrapy's response.text is never used.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from spiders.archive import Archive
from spiders.coverage import LinkOutcome
from spiders.failures import Stage, sort_failure
from spiders.families import Ask, Family, Page
from spiders.families.dates import day_of_address
from spiders.frontier import Walk
from spiders.guard import OutsideError
from spiders.ledger import Ledger, Link
from spiders.page_files import PageFiles
from spiders.page_text import page_text
from spiders.parts import Whole
from spiders.plan import MAX_REVISITS, Plan
from spiders.revisit import conditional_headers
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
        family: Family,
        plan: Plan,
        archive: Archive,
        ledger: Ledger,
        tally: Tally,
        aside: frozenset[str],
        files: PageFiles,
    ) -> None:
        """Take the parts of one crawl. aside: hashes of addresses that are known to be no articles."""
        super().__init__()
        self.family, self.plan, self.archive, self.ledger, self.tally = family, plan, archive, ledger, tally
        self.site: Site = plan.site
        self.aside = set(aside)
        self.files = files
        self.finish = ""

    # ── beginning and ending ─────────────────────────────────────────────────────────────────────────────

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first requests, each when the queue has run dry: memory stays flat over any period."""
        for request in self._beginnings():
            yield request
            await self._turn()
        async for last in self._due():
            if self.ledger.first_time(last.uri):
                yield self._article(Link(last.uri, revisit=True), last)
                await self._turn()

    def _beginnings(self) -> Iterator[Request]:
        for link in self.ledger.holes():
            yield self._article(link)
        if self.ledger.walked():
            return
        self.ledger.begin()
        for ask in self.family.entries(self.site, self.plan.window):
            if ask.day is None or self.ledger.begin_day(ask.day):
                window, held_stops = self.plan.window_of(ask.url), self.plan.held_stops(ask.url)
                yield from self._listing(ask, Walk(ask.url, window, ask.day, held_stops))

    async def _due(self) -> AsyncIterator[Capture]:
        """Yield the last capture of each page whose revisit is due; what is no article is not read again next time."""
        articles = 0
        for key in await asyncio.to_thread(self.plan.due, self.archive.history.addresses(), frozenset(self.aside)):
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
        assert self.crawler.engine is not None
        while self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def end(self, reason: str) -> None:
        """Close the crawl early, with this finish; the first reason stands."""
        if not self.finish:
            assert self.crawler.engine is not None
            self.finish = reason
            logger.info("ending early site=%s reason=%s", self.site.id, reason)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    # ── listings ─────────────────────────────────────────────────────────────────────────────────────────

    def _listing(self, ask: Ask, walk: Walk) -> Iterator[Request]:
        if walk.ask_once(ask):
            self.ledger.open(walk)
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
        soft = response.meta["judgement"] == "soft_404"
        missing = response.status in _GONE_STATUS or soft
        if response.status != 200 and not (missing and (ask.day or walk.pages)):
            self.ledger.fail_listing(walk, response.url, f"expected a listing, found status {response.status}")
        elif not missing or ask.day is not None:
            yield from self._read(response, ask, walk)
        elif not walk.pages:
            self.ledger.fail_listing(walk, response.url, "expected a listing, found a page that says there is none")
        # else: past the last page, where platforms answer 404
        self.ledger.close(walk)

    def _read(self, response: Response, ask: Ask, walk: Walk) -> Iterator[Request]:
        content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
        page = Page(response.url, page_text(response.body, content_type, self.site.charset), response.status)
        found = self.family.read(self.site, ask, page, walk.window)
        walk.note = walk.note or found.note
        if found.files:
            day = ask.day or day_of_address(response.url) or self.plan.today
            self.tally.count("files", self.files.note(day, response.url, found.files))
        links, all_held = self.ledger.pick(found, walk)
        stop = walk.turn(found.items, all_held=all_held)
        for link in links:
            yield self._article(link)
        if stop == "too long":
            self.ledger.fail_listing(walk, response.url, f"stopped after {walk.pages} pages of one listing")
        if not stop:
            for following in found.following:
                yield from self._listing(_inherit(following, ask), walk)

    def listing_failed(self, failure: TwistedFailure) -> None:
        """Count a listing that could not be had."""
        walk: Walk = _request_of(failure).cb_kwargs["walk"]
        self.ledger.spoil(walk)
        self._failed(failure, "listing")
        self.ledger.close(walk)

    # ── articles ─────────────────────────────────────────────────────────────────────────────────────────

    def _article(self, link: Link, last: Capture | None = None) -> Request:
        meta: dict[str, Any] = {"role": "article", "link": link}
        headers = {}
        # A page that is not settled must come whole: its parts are still to be found.
        if last is not None and last.status in (200, 304) and self.archive.standing(link.uri) == "held":
            meta["last"] = last
            headers = conditional_headers(last)
        if link.walk is not None:
            self.ledger.open(link.walk)
        return Request(
            link.uri,
            headers=headers,
            callback=self.article_answered,
            errback=self.article_failed,
            meta=meta,
            priority=_ARTICLE_FIRST,
            dont_filter=True,
        )

    def article_answered(self, response: Response) -> list[Request]:
        """Count what an archived article turned out to be, and ask for its further pages; its text is not read."""
        meta, link = response.meta, response.meta["link"]
        self.ledger.seen.add(uri_hash(response.url))
        outcome: LinkOutcome = "captured"
        if meta["judgement"] == "soft_404":
            self.tally.count("soft_404")
        if response.status in _GONE_STATUS or meta["judgement"] == "soft_404":
            outcome = "gone"
            if meta["kind"] != "gone":
                self.tally.count("dead")
        elif response.status not in (200, 304):
            outcome = "missing"
            self.tally.fail(link.uri, "fetch", f"expected an article, found status {response.status}")
        parts: tuple[str, ...] = meta["parts"]
        whole = Whole(link.uri, (*meta.get("redirect_urls", ()), response.url), set(parts), link.whole)
        further = [Link(part, link.day, link.walk, whole) for part in parts if self.ledger.first_time(part)]
        requests = [self._article(part) for part in further]
        for uris in self.ledger.settle(link, outcome, more=bool(parts)):
            # Not waited for: if it is lost, the article is asked for once more.
            asyncio.get_running_loop().run_in_executor(None, self.archive.settle, uris)
        return requests

    def article_failed(self, failure: TwistedFailure) -> None:
        """Count an article that could not be had."""
        self._failed(failure, "fetch")
        outcome: LinkOutcome = "gone" if isinstance(failure.value, OutsideError) else "missing"
        self.ledger.settle(_request_of(failure).meta["link"], outcome)

    def _failed(self, failure: TwistedFailure, stage: Stage) -> None:
        if self.finish == "stopped":
            return  # not failed, only not done
        meaning = sort_failure(failure.value or RuntimeError("unknown"), stage)
        if meaning.counter:
            self.tally.count(meaning.counter)
        if meaning.stage:
            self.tally.fail(_request_of(failure).url, meaning.stage, meaning.message)
        if meaning.ending or self.tally.counters["blocked"] >= BLOCKED_ENOUGH:
            self.end(meaning.ending or "blocked")


def _inherit(following: Ask, asked: Ask) -> Ask:
    """Give a following request the issue day of the one it came from, when the family left it out."""
    return following if following.day or not asked.day else replace(following, day=asked.day)


def _request_of(failure: TwistedFailure) -> Request:
    """Return the request that Scrapy hangs on a failure: the last one of its redirects and retries."""
    request = failure.request  # type: ignore[attr-defined]
    assert isinstance(request, Request)
    return request
