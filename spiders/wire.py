"""wire.py — The download handler: HTTP/1.1 over connections that are kept, with the head of each answer as it came.

Scrapy's own handler folds header names to one spelling and groups equal names, so what a server really sent is gone
by the time a response exists; and it takes five times the CPU (0.5 ms a page against 0.1). Reading is in answer.py,
names are resolved and checked in guard.py. No proxy, no HTTP/2. Certificates are not judged: half of these sites
have expired or foreign ones, and an archive keeps what a reader was shown.
"""

import asyncio
import ssl
from asyncio import Future, Transport
from typing import Any, cast
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.utils.httpobj import urlparse_cached

from spiders.answer import AnswerError, AnswerReader, CutError, LargeError
from spiders.guard import Resolver, TooLargeError

REQUESTS = "fangzhi/requests"
"""The name under which Scrapy's statistics hold the number of requests sent."""

_PORTS = {"http": 80, "https": 443}
# A host with several addresses may have a dead one among them.
_NEXT_ADDRESS_AFTER_S = 10.0
_SAFE_TO_REPEAT = ("GET", "HEAD")
_OURS = (b"Connection", b"Content-Length", b"Host", b"Transfer-Encoding")

Place = tuple[str, str, int]


class WireHandler:
    """Downloads over HTTP/1.1, and leaves the Head in request.meta["head"].

    Raises what Scrapy's retry middleware knows, and PrivateAddressError or TooLargeError, which are not retried.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        """Begin without connections."""
        settings = crawler.settings
        self._stats = crawler.stats
        self._largest = settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout_s = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._resolver = Resolver(test_site=settings.getbool("TEST_SITE"))
        self._tls = _lenient_tls()
        self._idle: dict[Place, list[_Connection]] = {}
        self._open: set[_Connection] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "WireHandler":
        """Make the handler as Scrapy asks for it."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch one request."""
        url = urldefrag(request.url)[0]
        timeout_s = float(request.meta.get("download_timeout") or self._timeout_s)
        try:
            async with asyncio.timeout(timeout_s):
                reader = await self._exchange(request, url)
        except TimeoutError as error:
            message = f"{url}: expected an answer within {timeout_s:g} s, found none or a part of it"
            raise DownloadTimeoutError(message) from error
        except LargeError as error:
            raise TooLargeError(url, self._largest) from error
        except CutError as error:
            message = f"{url}: {error}"
            raise ResponseDataLossError(message) from error
        except (AnswerError, OSError) as error:  # OSError includes what TLS says
            message = f"{url}: {error or type(error).__name__}"
            refused = isinstance(error, ConnectionRefusedError)
            raise (DownloadConnectionRefusedError if refused else DownloadFailedError)(message) from error
        head = reader.head
        assert head is not None
        request.meta["head"] = head
        headers = Headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in head.headers])
        return Response(url, status=reader.status, headers=headers, body=reader.body, protocol="HTTP/1.1")

    async def close(self) -> None:
        """Leave every connection."""
        for connection in tuple(self._open):
            connection.leave()

    async def _exchange(self, request: Request, url: str) -> AnswerReader:
        """Send a request over an idle connection or a new one, and read the answer.

        A server may close an idle connection in the moment in which it is used again: then a new one is made.
        """
        parts = urlparse_cached(request)
        place = (parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])
        message = _message(request, parts)
        idle = self._idle.setdefault(place, [])
        while True:
            kept = bool(idle)
            connection = idle.pop() if kept else await self._connect(place, url)
            if kept and connection.lost:  # the server closed it long since
                continue
            reader = AnswerReader(request.method, self._largest)
            if self._stats is not None:
                self._stats.inc_value(REQUESTS)
            try:
                request.meta["download_latency"] = await connection.ask(message, reader)
            except (AnswerError, OSError) as error:
                silent = isinstance(error, ConnectionError | CutError) and not connection.heard
                if kept and silent and request.method in _SAFE_TO_REPEAT:
                    continue
                raise
            if reader.reusable and not connection.lost:
                idle.append(connection)
            else:
                connection.leave()
            return reader

    async def _connect(self, place: Place, url: str) -> "_Connection":
        scheme, host, port = place
        loop = asyncio.get_running_loop()
        addresses = await self._resolver.addresses(host, port, url)
        secure: dict[str, Any] = {"ssl": self._tls, "server_hostname": host} if scheme == "https" else {}
        for number, address in enumerate(addresses, 1):
            wait_s = _NEXT_ADDRESS_AFTER_S if number < len(addresses) else None
            try:
                async with asyncio.timeout(wait_s):
                    _, connection = await loop.create_connection(
                        lambda: _Connection(self._open), address, port, **secure
                    )
            except OSError:
                if number == len(addresses):
                    raise
            else:
                return connection
        raise AssertionError  # the resolver gives at least one address


class _Connection(asyncio.Protocol):
    """A connection that answers one request after another. heard: whether any byte of the present answer came."""

    def __init__(self, connections: set["_Connection"]) -> None:
        self._connections = connections
        self._transport: Transport | None = None
        self._reader: AnswerReader | None = None
        self._answered: Future[float] | None = None
        self._asked_at = self._latency_s = 0.0
        self.heard = self.lost = False

    async def ask(self, message: bytes, reader: AnswerReader) -> float:
        """Send a request and let the reader read the answer; returns the seconds until its first byte."""
        self.heard = False
        if self._transport is None or self.lost:
            said = "the connection ended before it was asked"
            raise ConnectionResetError(said)
        loop = asyncio.get_running_loop()
        self._reader, self._answered = reader, loop.create_future()
        self._asked_at = loop.time()
        self._transport.write(message)
        try:
            return await self._answered
        except BaseException:
            self._transport.abort()
            raise
        finally:
            self._reader = self._answered = None

    def leave(self) -> None:
        """Close the connection: politely when it is idle, at once when an answer is still to come."""
        if self._transport is None:
            return
        if self._answered is None:
            self._transport.close()
        else:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(Transport, transport)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        reader, answered = self._reader, self._answered
        if reader is None or answered is None or answered.done():  # nobody asked
            self.lost = True
            self.leave()
            return
        if not self.heard:
            self.heard = True
            self._latency_s = asyncio.get_running_loop().time() - self._asked_at
        try:
            if reader.feed(data):
                answered.set_result(self._latency_s)
        except AnswerError as error:
            answered.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._connections.discard(self)
        reader, answered = self._reader, self._answered
        if reader is None or answered is None or answered.done():
            return
        try:
            if exc is not None:
                raise exc
            reader.end()
        except (AnswerError, OSError) as error:
            answered.set_exception(error)
        else:
            answered.set_result(self._latency_s)


def _message(request: Request, parts: Any) -> bytes:
    """Return the bytes of a request."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [
        f"{request.method} {target} HTTP/1.1\r\nHost: {host if host.isascii() else host.encode('idna').decode()}".encode()
    ]
    for name, values in request.headers.items():
        if name not in _OURS:
            # An ETag comes from a server: a line break in it must not begin a line of its own.
            lines += [name + b": " + b" ".join(value.splitlines()) for value in values]
    if request.body or request.method == "POST":
        lines.append(b"Content-Length: %d" % len(request.body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body


def _lenient_tls() -> ssl.SSLContext:
    """Return TLS settings that old servers can meet; nothing secret is ever sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
