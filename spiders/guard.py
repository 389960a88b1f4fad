"""guard.py — What a crawl refuses: addresses outside the site, machines of the inside network, challenge pages.

The address check stands in the resolver, the one place every connection passes, and hands out only the addresses
it has checked: a name that changes between check and connection, a redirect, or a number in disguise
(http://2130706433/) meets the same check. No proxy is used, since a proxy would resolve names by itself.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.resolver import CachingHostnameResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IAddress, IHostResolution

from spiders.addresses import is_public

if TYPE_CHECKING:
    from spiders.spider import SiteSpider

logger = logging.getLogger(__name__)

# A server that asks for more than this is asking to be left alone for this run.
LONGEST_WAIT_S = 120.0
BUSY_STATUS = (429, 503)

_refused: dict[str, str] = {}


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


def refused_address(host: str) -> str:
    """Return the private address for which a host was refused in this process, or ""."""
    return _refused.get(host.strip("[]"), "")


class GuardedResolver(CachingHostnameResolver):
    """Resolves names once, and hides every host with an address that is not public, unless the site is a test site."""

    def __init__(self, reactor: Any, cache_size: int, *, test_site: bool) -> None:
        """Wrap the reactor's own resolver."""
        super().__init__(reactor, cache_size)
        self._test_site = test_site

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> "GuardedResolver":
        """Read whether the site is a test site from the settings."""
        settings = crawler.settings
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), test_site=settings.getbool("TEST_SITE"))

    def resolveHostName(  # noqa: N802 — Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a host; it seems to have no address when any of its addresses is not public."""
        receiver: Any = resolutionReceiver if self._test_site else _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


class _PublicOnly:
    """Hands addresses on when the resolution is complete and all of them are public."""

    def __init__(self, receiver: Any, host: str) -> None:
        self._receiver, self._host = receiver, host
        self._addresses: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 — Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 — Twisted's name
        self._addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802 — Twisted's name
        refused = next((address.host for address in self._addresses if not is_public(address.host)), "")
        if refused:
            _refused[self._host] = refused
        else:
            for address in self._addresses:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


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
