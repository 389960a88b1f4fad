"""archive.py — Every answer becomes a stored capture before anything reads it.

The middleware is the outermost one on the way back: it sees bodies still compressed, redirects, errors, each try
of a retried request, and robots.txt. Storing runs in threads, at most one per request in flight. If storing fails
the answer goes no further: a page that is not archived does not exist.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar, cast
from urllib.parse import urldefrag, urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from spiders.answer import Head
from spiders.challenge import Judgement, judge_page
from spiders.frontier import is_front_door
from spiders.marks import Mark, Marks, mark_for
from spiders.parts import parts_of
from spiders.revisit import CONDITIONS
from spiders.site import Site
from spiders.tally import Tally
from storage.captures import History, make_capture, read_capture, resolve_payload, write_capture
from storage.errors import FangzhiError, RecordError, StoreRefusedError, StoreUnavailableError
from storage.keys import uri_hash
from storage.objects import ObjectStore
from storage.records import Capture, Role

if TYPE_CHECKING:
    from spiders.spider import SiteSpider

logger = logging.getLogger(__name__)

Standing = Literal["new", "held", "dead", "open"]
"""What the archive knows of an address: never captured, held, answered that there is no such page, or not settled."""

_LOOK_BACK = 20
_Result = TypeVar("_Result")


class ArchiveError(IgnoreRequest):
    """An answer that could not be stored."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored answer: its key, the capture, whether it is a challenge or a page that says there is none.

    parts: further addresses that the page names as its own and that are not held.
    """

    key: str
    capture: Capture
    judgement: Judgement
    parts: tuple[str, ...] = ()


class Archive:
    """The archive of one site during a crawl: what is held, and how an answer is stored. Knows no Scrapy."""

    def __init__(self, store: ObjectStore, site: Site, history: History, marks: Marks, tally: Tally) -> None:
        """Take what was loaded for the site."""
        self.store, self.site, self.history, self.marks, self.tally = store, site, history, marks, tally

    def standing(self, uri: str) -> Standing:
        """Say what is known of an address, from keys alone."""
        if not self.history.holds(uri):
            return "new"
        mark = self.marks.of(uri_hash(uri))
        return "dead" if mark == "dead" else "open" if mark == "open" else "held"

    def captured_times(self, uri: str) -> list[datetime]:
        """Return when an address was captured, earliest first."""
        return [key.captured_at for key in self.history.captures_of(uri)]

    def settle(self, uris: tuple[str, ...]) -> None:
        """Say that addresses need not be asked again before their revisit is due; blocks."""
        for uri in uris:
            self.marks.clear(uri)

    def keep(
        self,
        uri: str,
        captured_at: datetime,
        head: Head,
        payload: bytes,
        role: Role,
        *,
        before: tuple[str, ...] = (),
        last: Capture | None = None,
    ) -> Kept:
        """Store one answer as a capture; blocks. Raises a FangzhiError when the store does not take it.

        before: the addresses that were redirected to this one; they are settled, or not, together with it.
        An article whose parts are not held stays open until they are.
        last: the held capture that a conditional request asked about; status 304 then is a revisit of it.
        """
        headers = tuple(head.headers)
        capture = make_capture(self.site.id, uri, captured_at, head.status_line, headers, payload, role, self.history)
        if capture.status == 304 and last is not None:
            capture = replace(
                capture,
                kind="revisit",
                payload=b"",
                digest=last.digest,
                refers_to_at=last.refers_to_at or last.captured_at,
            )
        if capture.kind == "gone" and not (role == "article" and self._was_there(uri)):
            capture = replace(capture, kind="response")
        judgement = "blocked" if _leads_to_itself(capture) else judge_page(capture.status, headers, payload)
        if role == "article" and before and capture.status == 200 and is_front_door(uri):
            capture, judgement = replace(capture, role="listing"), judgement or "soft_404"
        if role != "article":
            return Kept(write_capture(self.store, capture), capture, judgement)
        mark = self._mark(capture, judgement)
        parts: tuple[str, ...] = ()
        if mark is None and capture.status == 200:
            parts = self._not_held(parts_of(self.site, uri, headers, payload))
            mark = "open" if parts else None
        if mark:
            for address in (*before, uri):
                self.marks.put(address, mark)
        key = write_capture(self.store, capture)
        if not mark:
            self.settle((*before, uri))
        return Kept(key, capture, judgement, parts)

    def mark_again(self) -> None:
        """Write the marks anew from the last capture of each address, for an archive whose index/ was lost.

        Reads as many captures as there are addresses; blocks. A redirect is marked open, whatever its end: that
        costs a request each. A capture that cannot be read is a failure and its address is left as it is.
        """
        wholes: list[tuple[str, tuple[str, ...]]] = []
        for hashed, keys in self.history.addresses():
            try:
                capture = read_capture(self.store, keys[-1].key)
                payload = resolve_payload(self.store, capture)
            except RecordError as error:
                self.tally.fail(keys[-1].key, "marks", error)
                continue
            if capture.role != "article":
                continue
            judgement = judge_page(capture.status, capture.headers, payload)
            mark = self._mark(capture, judgement)
            if mark:
                self.marks.put(capture.uri, mark)
                continue
            if self.marks.of(hashed):
                self.marks.clear(capture.uri)
            if parts := parts_of(self.site, capture.uri, capture.headers, payload):
                wholes.append((capture.uri, parts))
        for uri, parts in wholes:  # only now is known which parts are held
            if self._not_held(parts):
                self.marks.put(uri, "open")

    def _not_held(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for part in parts if self.standing(part) != "held")

    def _mark(self, capture: Capture, judgement: Judgement) -> Mark | None:
        return None if self._leads_out(capture) else mark_for(capture.status, judgement)

    def _was_there(self, uri: str) -> bool:
        """Tell whether an address ever had a page: without a mark it has; else its captures are read, latest first."""
        if not self.marks.of(uri_hash(uri)):
            return True
        earlier = reversed(self.history.captures_of(uri)[-_LOOK_BACK:])
        return any(read_capture(self.store, key.key).status == 200 for key in earlier)

    def _leads_out(self, capture: Capture) -> bool:
        """Tell a redirect to another site: that is the page's answer, and it is settled."""
        target = capture.header("Location") if 300 <= capture.status < 400 else None
        return bool(target) and not self.site.owns(urljoin(capture.uri, target))

    def count(self, kept: Kept) -> None:
        """Add a stored answer to the history and the tally."""
        self.history.add(kept.key)
        self.tally.count("captures")
        if kept.capture.kind == "revisit":
            self.tally.count("revisits")
        elif kept.capture.kind == "gone":
            self.tally.count("gone")
        elif kept.capture.role == "article" and kept.capture.status == 200 and not kept.judgement:
            self.tally.count("articles")


class ArchiveMiddleware:
    """Stores each answer in a thread, then lets it go on; a store that fails ends the crawl."""

    def __init__(self, crawler: Crawler) -> None:
        """Prepare as many threads as requests can be in flight."""
        self.crawler = crawler
        self._threads = ThreadPoolExecutor(crawler.settings.getint("CONCURRENT_REQUESTS") + 1, "archive")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchiveMiddleware":
        """Make the middleware as Scrapy asks for it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Store an answer. Raises ArchiveError when it could not be stored."""
        spider = cast("SiteSpider", self.crawler.spider)
        archive = spider.archive
        uri = urldefrag(request.url)[0]
        head: Head = request.meta.pop("head")
        role: Role = request.meta.get("role", "robots")
        captured_at = datetime.now(UTC)
        try:
            kept = await self._in_thread(
                lambda: archive.keep(
                    uri,
                    captured_at,
                    head,
                    response.body,
                    role,
                    before=tuple(request.meta.get("redirect_urls", ())) if role == "article" else (),
                    last=request.meta.get("last"),
                )
            )
        except FangzhiError as error:
            logger.error("not stored uri=%s error=%s", uri, error)
            archive.tally.fail(uri, "store", error)
            if isinstance(error, StoreRefusedError | StoreUnavailableError):
                spider.end("store")  # the next answer would meet the same store; a single bad record does not
            message = f"{uri}: the answer could not be stored: {error}"
            raise ArchiveError(message) from error
        archive.count(kept)
        request.meta["judgement"] = kept.judgement
        request.meta["kind"] = kept.capture.kind
        request.meta["parts"] = kept.parts
        if 300 <= response.status < 400:
            # A redirect copies the request; what was asked of this address must not be asked of the next.
            request.meta.pop("last", None)
            for name in CONDITIONS:
                request.headers.pop(name, None)
        return response

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _leads_to_itself(capture: Capture) -> bool:
    """Tell a redirect to the same address that sets a cookie: a challenge that cookies would answer."""
    if not 300 <= capture.status < 400 or not capture.header("Set-Cookie"):
        return False
    target = capture.header("Location") or ""
    return urljoin(capture.uri, target) == capture.uri
