"""wire.py — The download handler: Scrapy's own for HTTP/1.1, which also keeps the head of each answer as it came.

Twisted and Scrapy fold header names to one spelling and group equal names, so what a server really sent is gone by
the time a response exists. Here the parser notes each line before that. Kept as sent: the status line, and the
headers in their order, with their own spelling and repetitions. Not kept: white space around a value, the breaks
of a folded value, lines without a colon, trailers, and interim (1xx) answers. The body has its transfer coding
(chunked) undone and its content coding (gzip) still on.
"""

from dataclasses import dataclass, field
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached

from spiders.guard import PrivateAddressError, TooLargeError, refused_address

REQUESTS = "fangzhi/requests"
"""The name under which Scrapy's statistics hold the number of requests sent."""


@dataclass(slots=True)
class Head:
    """The head of an answer as sent: status line, and header lines in order. Latin-1, so that no byte is lost."""

    status_line: str
    headers: list[tuple[str, str]] = field(default_factory=list)


class WireHandler(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1; leaves the Head in request.meta["head"] and names refused addresses."""

    def __init__(self, crawler: Crawler) -> None:
        """Prepare the connection pool."""
        super().__init__(crawler)
        self._pool._factory = _WireFactory

    async def download_request(self, request: Request) -> Response:
        """Fetch one request; raises PrivateAddressError or TooLargeError."""
        if self._crawler.stats is not None:
            self._crawler.stats.inc_value(REQUESTS)
        agent = _WireAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=0,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))
        except DownloadCancelledError as error:
            raise TooLargeError(request.url, self._default_maxsize) from error
        except CannotResolveHostError:
            host = urlparse_cached(request).hostname or ""
            if address := refused_address(host):
                raise PrivateAddressError(request.url, address) from None
            raise


class _WireAgent(_ScrapyAgent):
    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        request.meta["head"] = txresponse.head
        return super()._cb_bodyready(txresponse, request)


class _WireParser(_LenientHTTPClientParser):
    def statusReceived(self, status: bytes) -> None:  # noqa: N802 — Twisted's name
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        self.response.head = Head(status.decode("latin-1"))

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 — Twisted's name
        self.response.head.headers.append((name.decode("latin-1"), value.decode("latin-1")))
        super().headerReceived(name, value)  # type: ignore[no-untyped-call]


class _WireProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        # Twisted names its parser class inside request(), and Scrapy replaces it there in the same way.
        self._parser.__class__ = _WireParser
        return answer


class _WireFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _WireProtocol:  # noqa: ARG002, N802 — Twisted's name
        return _WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
