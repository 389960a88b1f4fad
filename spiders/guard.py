"""guard.py — What a crawl refuses: addresses outside the site, machines of the inside network, challenge pages.

The address check stands in the resolver, which every new connection asks, and connections are made to the addresses
it has checked: a name that changes between check and connection, a redirect, or a number in disguise
(http://2130706433/) meets the same check. No proxy is used, since a proxy would resolve names by itself.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from spiders.addresses import is_public

if TYPE_CHECKING:
    from spiders.spider import SiteSpider

logger = logging.getLogger(__name__)

# A server that asks for more than this is asking to be left alone for this run.
LONGEST_WAIT_S = 120.0
BUSY_STATUS = (429, 503)

Lookup = Callable[[str, int], Awaitable[Iterable[str]]]


class GuardError(IgnoreRequest):
    """A request or an answer that the guards stop. Never retried."""


class OutsideError(GuardError):
    """An address that is not of the site."""


class PrivateAddressError(GuardError):
    """A host that is a machine of an inside network."""

    def __init__(self, url: str, address: str) -> None:
        """Say which host resolved to which address."""
        super().__init__(
            f"{url}: expected a public address, found {address}, which is private or reserved; "
            "set test_site = true in the site file only for a test site of your own"
        )


class TooLargeError(GuardError):
    """An answer larger than the site's byte limit; nothing of it is kept."""

    def __init__(self, url: str, limit: int) -> None:
        """Say the limit."""
        super().__init__(
            f"{url}: expected at most {limit} bytes, found more; nothing of it is stored. "
            "Raise max_bytes in the site file if such files are wanted"
        )


class BlockedError(GuardError):
    """A challenge page instead of content."""


class BusyError(GuardError):
    """A server that asks for a longer pause than a run can wait."""


class Resolver:
    """Finds the addresses of hosts, each host once; refuses every host with an address that is not public.

    Connections are made to the very addresses that were checked here, so a name that changes in between changes
    nothing. A test site may be anywhere.
    """

    def __init__(self, *, test_site: bool, lookup: Lookup | None = None) -> None:
        """Begin with no host known. lookup: how to ask, the system's resolver by default."""
        self._test_site, self._lookup = test_site, lookup or _look_up
        self._known: dict[str, tuple[str, ...]] = {}

    async def addresses(self, host: str, port: int, url: str) -> tuple[str, ...]:
        """Return the addresses of a host, IPv4 first: where IPv6 is announced but leads nowhere, it fails slowly.

        Raises PrivateAddressError, or CannotResolveHostError when there is none.
        """
        found = self._known.get(host)
        if found is None:
            try:
                found = tuple(dict.fromkeys(await self._lookup(host, port)))
            except OSError as error:
                message = f"{url}: cannot find host {host}: {error.strerror or error}"
                raise CannotResolveHostError(message) from error
            except UnicodeError as error:
                message = f"{url}: {host!r} is no name of a host: {error}"
                raise CannotResolveHostError(message) from error
            found = self._known[host] = tuple(sorted(found, key=lambda address: ":" in address))
        private = next((address for address in found if not is_public(address)), "")
        if private and not self._test_site:
            raise PrivateAddressError(url, private)
        if not found:
            message = f"{url}: host {host} has no address"
            raise CannotResolveHostError(message)
        return found


async def _look_up(host: str, port: int) -> Iterable[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class ScopeMiddleware:
    """Stops requests outside the site, before anything else looks at them: redirects and robots.txt come here too."""

    def __init__(self, crawler: Crawler) -> None:
        """Keep the crawler for its spider."""
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ScopeMiddleware":
        """Make the middleware as Scrapy asks for it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise OutsideError for an address that is not of the site."""
        site = cast("SiteSpider", self.crawler.spider).site
        if not site.owns(request.url):
            message = f"{request.url}: expected an address at {', '.join(site.hosts)}, found another host"
            raise OutsideError(message)


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware, which also heeds Crawl-delay and takes a server error for "not now".

    RFC 9309, section 2.3.1: robots.txt that cannot be had (5xx) forbids everything, one that is not there (4xx) nothing.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """Make the middleware as Scrapy asks for it."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.heed_crawl_delay, signals.robots_parsed)
        return middleware

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            response = response.replace(body=b"User-agent: *\nDisallow: /")
        await super()._parse_robots(response, netloc, request)

    def heed_crawl_delay(self, robotparser: Any, request: Request) -> None:
        """Space the requests to a host as its robots.txt asks, if that is more than the site file says."""
        engine = self.crawler.engine
        asked = robotparser.rp.crawl_delay(self.crawler.settings["USER_AGENT"])
        if engine is None or not asked:
            return
        delay = min(float(asked), LONGEST_WAIT_S)
        logger.info("crawl delay host=%s asked=%s delay=%s", urlparse_cached(request).hostname, asked, delay)
        engine.downloader._delay = max(engine.downloader._delay, delay)
        for slot in engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)


class GuardMiddleware:
    """Stops answers that are challenges, and waits when a server says Retry-After.

    Stands before Scrapy's redirect and retry middlewares on the way back: some challenges are redirects, and a
    challenge is not asked again.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Keep the crawler for its download slots."""
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "GuardMiddleware":
        """Make the middleware as Scrapy asks for it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Raise BlockedError for a challenge page; let a busy server's pause pass before the retry."""
        if request.meta.get("judgement") == "blocked":
            message = f"{response.url}: expected content, found a challenge page (status {response.status}); it is archived as evidence and not worked around"
            raise BlockedError(message)
        if response.status in BUSY_STATUS:
            wait = retry_after((response.headers.get(b"Retry-After") or b"").decode("latin-1"), datetime.now(UTC))
            if wait > LONGEST_WAIT_S:
                message = f"{response.url}: the server asks to come back in {wait:.0f} s (Retry-After), longer than the {LONGEST_WAIT_S:.0f} s a run waits"
                raise BusyError(message)
            if wait > 0:
                self._hold(request, wait)
                await asyncio.sleep(wait)
        return response

    def _hold(self, request: Request, wait: float) -> None:
        """Keep the whole host waiting, not only this request. Slots without a delay ignore it."""
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:
            slot.lastseen = max(slot.lastseen, monotonic() + wait)


def retry_after(value: str, now: datetime) -> float:
    """Return the seconds that a Retry-After header asks for: a number or a date; 0 for none or nonsense.

    >>> retry_after("3", datetime(2026, 1, 1, tzinfo=UTC)), retry_after("soon", datetime(2026, 1, 1, tzinfo=UTC))
    (3.0, 0.0)
    """
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())
