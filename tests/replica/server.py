"""server.py — A small web server on loopback for replica sites. Knows HTTP; what is served is the site's business.

Answers carry no Date and no Server header, so that the same site gives the same bytes on every run.
"""

import gzip
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Protocol

HTML = "text/html"
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class Answer:
    """What a site answers. `etag=False` leaves out the tag by which a client asks for changes only.

    cut: how many bytes of the body are sent before the connection breaks; None sends it whole. chunked: sent in
    pieces without a length. delay_s: how long the client waits.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", HTML),)
    etag: bool = True
    cut: int | None = None
    chunked: bool = False
    delay_s: float = 0.0

    def header(self, name: str) -> str:
        """Return a header's value, "" without it."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def with_headers(self, *headers: tuple[str, str]) -> "Answer":
        """Return the answer with some headers set."""
        names = {name.lower() for name, _ in headers}
        return replace(self, headers=(*(pair for pair in self.headers if pair[0].lower() not in names), *headers))

    def gzipped(self) -> "Answer":
        """Return the answer with its body compressed, always to the same bytes."""
        packed = replace(self, body=gzip.compress(self.body, mtime=0))
        return packed.with_headers(("Content-Encoding", "gzip"))


@dataclass(frozen=True)
class Asked:
    """A request: target is path and query as sent; time counts from 1 how often it was made; base is http://host:port."""

    target: str
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    time: int = 1
    base: str = "http://127.0.0.1"

    @property
    def path(self) -> str:
        """Return the target without its query."""
        return self.target.partition("?")[0]


class ReplicaSite(Protocol):
    """Anything that answers requests."""

    def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        ...


NOT_FOUND = Answer(b"<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>", 404)


def page(text: str, encoding: str = "utf-8", *, header: str = "", status: int = 200) -> Answer:
    """Make an answer of a page. header: the charset that the Content-Type claims, none by default."""
    content_type = f"{HTML}; charset={header}" if header else HTML
    return Answer(text.encode(encoding), status, (("Content-Type", content_type),))


def redirect(location: str, status: int = 302) -> Answer:
    """Make an answer that sends the client elsewhere."""
    return Answer(b"", status, (("Location", location), ("Content-Type", HTML)), etag=False)


@dataclass
class Routes:
    """A site made of fixed answers by target, and of answers that differ from one request to the next."""

    answers: dict[str, Answer] = field(default_factory=dict)
    in_turn: dict[str, tuple[Answer, ...]] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        """Answer by the whole target, then by its path."""
        turns = self.in_turn.get(asked.target)
        if turns:
            return turns[min(asked.time, len(turns)) - 1]
        return self.answers.get(asked.target) or self.answers.get(asked.path) or NOT_FOUND


class Replica:
    """A site that is being served: where it stands and what was asked of it, in order."""

    def __init__(self, site: ReplicaSite) -> None:
        self.site = site
        self.base_url = ""
        self.asked: list[tuple[str, str, int]] = []
        self._times: Counter[str] = Counter()
        self._lock = Lock()

    def respond(self, asked: Asked) -> Answer:
        """Answer a request and note it with the status it got."""
        with self._lock:
            key = f"{asked.method} {asked.target} {asked.body!r}"
            self._times[key] += 1
            answer = self.site.answer(replace(asked, time=self._times[key], base=self.base_url))
            if answer.status == 200 and asked.method == "GET":
                answer = _conditional(asked, answer)
            self.asked.append((asked.method, asked.target, answer.status))
            return answer

    def count(self, target: str) -> int:
        """Count how often a target was asked for."""
        return sum(1 for _, path, _ in self.asked if path == target)


def _conditional(asked: Asked, answer: Answer) -> Answer:
    """Tag an answer, or answer 304 when the client holds the same bytes (by tag, else by the day of change)."""
    if answer.etag:
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        known = asked.headers.get("If-None-Match", "")
        return Answer(b"", 304, (("ETag", tag),)) if known == tag else answer.with_headers(("ETag", tag))
    changed = answer.header("Last-Modified")
    if changed and asked.headers.get("If-Modified-Since") == changed:
        return Answer(b"", 304, (("Last-Modified", changed),))
    return answer


@contextmanager
def serve(site: ReplicaSite, port: int = 0) -> Iterator[Replica]:
    """Serve a site on 127.0.0.1 while the block runs; gives a Replica with its base_url ("http://127.0.0.1:8931").

    port: 0 takes a free one. With a fixed port a second run meets the same addresses, as a real site would offer.
    """
    replica = Replica(site)
    server = _Server(("127.0.0.1", port), _handler(replica))
    replica.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield replica
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _handler(replica: Replica) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.path, self.command, self.rfile.read(length), dict(self.headers.items()))
            answer = replica.respond(asked)
            phrase = _PHRASES.get(answer.status, "Blocked")
            lines = [f"HTTP/1.1 {answer.status} {phrase}"]
            lines += [f"{name}: {value}" for name, value in answer.headers]
            lines += ["Transfer-Encoding: chunked" if answer.chunked else f"Content-Length: {len(answer.body)}", "", ""]
            body = b"" if self.command == "HEAD" or answer.status == 304 else answer.body
            if answer.chunked:
                pieces = (body[at : at + 512] for at in range(0, len(body), 512))
                body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
            if answer.cut is not None:
                body, self.close_connection = body[: answer.cut], True
            time.sleep(answer.delay_s)
            self.wfile.write("\r\n".join(lines).encode("latin-1") + body)

        do_GET = do_POST = do_HEAD = _respond  # noqa: N815 — names of the standard library

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: what was asked is in Replica.asked."""

    return Handler
