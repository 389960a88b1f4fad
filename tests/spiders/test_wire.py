"""wire: requests over real connections on loopback: kept, made anew when lost, secured, given up in time."""

import asyncio
import datetime
import ssl
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy import Request
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.settings import Settings

from spiders.guard import PrivateAddressError, TooLargeError
from spiders.wire import REQUESTS, WireHandler

CLOSE, ABORT = b"close", b"abort"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Stats(dict):
    def inc_value(self, name):
        self[name] = self.get(name, 0) + 1


class Server:
    """Answers each request of each connection from a list; None closes the connection instead, CLOSE and ABORT right after."""

    def __init__(self, answers):
        self.answers, self.asked, self.connections = list(answers), [], 0

    async def serve(self, reader, writer):
        self.connections += 1
        while self.answers:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            length = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
            self.asked.append(head + (await reader.readexactly(int(length[0][16:])) if length else b""))
            answer = self.answers.pop(0)
            if answer is None:
                break
            writer.write(answer)
            if self.answers[:1] in ([CLOSE], [ABORT]):
                if self.answers.pop(0) == ABORT:
                    await writer.drain()
                    writer.transport.abort()
                break
        writer.close()


@asynccontextmanager
async def served(*answers, tls=None, **settings):
    """Give a server with answers, a handler, and the address of the server."""
    server = Server(answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    values = {"TEST_SITE": True, "DOWNLOAD_TIMEOUT": 20, "DOWNLOAD_MAXSIZE": 1000} | settings
    handler = WireHandler.from_crawler(SimpleNamespace(settings=Settings(values), stats=Stats()))
    try:
        yield server, handler, f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        await handler.close()
        listening.close()
        await asyncio.sleep(0)


def test_a_connection_is_kept_for_the_next_request():
    async def case():
        async with served(OK, OK) as (server, handler, url):
            first = await handler.download_request(Request(f"{url}/a?b=1#c"))
            second = await handler.download_request(Request(f"{url}/"))
            return server, first, second, url

    server, first, second, url = asyncio.run(case())
    assert (first.body, second.body, first.url) == (b"ok", b"ok", f"{url}/a?b=1")
    assert server.connections == 1
    assert server.asked[0].startswith(f"GET /a?b=1 HTTP/1.1\r\nHost: {url[7:]}\r\n".encode())


def test_an_answer_that_ends_with_its_connection_is_whole_and_the_next_one_has_another_connection():
    async def case():
        async with served(b"HTTP/1.1 200 OK\r\n\r\nto the end", CLOSE, OK) as (server, handler, url):
            bodies = [(await handler.download_request(Request(url))).body for _ in range(2)]
            return server, *bodies

    server, *bodies = asyncio.run(case())
    assert (bodies, server.connections) == ([b"to the end", b"ok"], 2)


def test_a_kept_connection_that_the_server_closed_costs_nobody_a_failure():
    async def case():
        async with served(OK, None, OK) as (server, handler, url):
            bodies = [(await handler.download_request(Request(url))).body for _ in range(2)]
            return server, bodies, handler._stats[REQUESTS]

    server, bodies, requests = asyncio.run(case())
    assert (bodies, server.connections, requests) == ([b"ok", b"ok"], 2, 3)


def test_a_connection_that_the_server_closed_long_since_is_not_counted_as_a_request():
    async def case():
        async with served(OK, CLOSE, OK) as (server, handler, url):
            await handler.download_request(Request(url))
            await asyncio.sleep(0.1)
            await handler.download_request(Request(url))
            return handler._stats[REQUESTS], server.connections

    assert asyncio.run(case()) == (2, 2)


def test_what_may_not_be_repeated_is_not_sent_again_by_itself():
    async def case():
        async with served(OK, None, OK) as (server, handler, url):
            await handler.download_request(Request(url))
            with pytest.raises(ResponseDataLossError):
                await handler.download_request(Request(url, method="POST", body=b"a=1"))
            return server

    server = asyncio.run(case())
    assert len(server.asked) == 2
    assert server.asked[1].endswith(b"\r\nContent-Length: 3\r\n\r\na=1")


def test_a_line_break_in_a_header_begins_no_line_of_its_own():
    async def case():
        async with served(OK) as (server, handler, url):
            await handler.download_request(Request(url, headers={"If-None-Match": "x\r\nCookie: stolen"}))
            return server.asked[0]

    assert b"\r\nIf-None-Match: x Cookie: stolen\r\n" in asyncio.run(case())


@pytest.mark.parametrize(
    "answer, error, said",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", ResponseDataLossError, "not whole"),
        (b"SSH-2.0-OpenSSH\r\n", DownloadFailedError, "SSH-2.0"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", TooLargeError, "1000 bytes"),
    ],
)
def test_what_goes_wrong_is_said(answer, error, said):
    async def case():
        async with served(answer) as (_, handler, url):
            await handler.download_request(Request(url))

    with pytest.raises(error, match=said):
        asyncio.run(case())


def test_a_server_that_says_nothing_is_given_up_and_its_connection_left():
    async def case():
        async with served(b"", DOWNLOAD_TIMEOUT=0.2) as (server, handler, url):
            server.answers.append(OK)
            with pytest.raises(DownloadTimeoutError, match=r"0\.2 s"):
                await handler.download_request(Request(url))
            await asyncio.sleep(0.05)
            return len(handler._open)

    assert asyncio.run(case()) == 0


def test_a_closed_port_is_a_refused_connection():
    async def case():
        async with served() as (_, handler, url):
            pass
        await handler.download_request(Request(url))

    with pytest.raises(DownloadConnectionRefusedError):
        asyncio.run(case())


def test_a_private_address_is_not_connected_to():
    async def case():
        async with served(OK, TEST_SITE=False) as (server, handler, url):
            with pytest.raises(PrivateAddressError, match=r"127\.0\.0\.1"):
                await handler.download_request(Request(url))
            return server.connections

    assert asyncio.run(case()) == 0


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """TLS of a server whose certificate is its own, of another name, and expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere.example")])
    then = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(then)
        .not_valid_after(then + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_site_whose_certificate_is_its_own_and_expired_is_read(tls):
    async def case():
        async with served(OK, OK, tls=tls) as (server, handler, url):
            bodies = [(await handler.download_request(Request(url))).body for _ in range(2)]
            return bodies, server.connections

    assert asyncio.run(case()) == ([b"ok", b"ok"], 1)


def test_an_answer_that_ends_with_its_connection_is_whole_though_tls_does_not_say_so(tls):
    async def case():
        async with served(b"HTTP/1.1 200 OK\r\n\r\nto the end", ABORT, tls=tls) as (_, handler, url):
            return (await handler.download_request(Request(url))).body

    assert asyncio.run(case()) == b"to the end"
