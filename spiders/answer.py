"""answer.py — Reads one HTTP/1.1 answer from the bytes of a connection, and keeps its head as it came. Pure; no I/O.

Kept as sent: the status line, and the header lines in their order, with their own spelling and repetitions. Not
kept: white space around a value, the breaks of a folded value, lines without a colon, trailers, and interim (1xx)
answers. The body has its transfer coding (chunked) undone and its content coding (gzip) still on. Framing: RFC 9112,
sections 6 and 7; line ends may be bare LF, which some of these servers send.

Not h11, the library for this: it refuses whole answers over one header line without a colon or with a blank before
it ("Server :nginx"), which browsers show, and forgets the status line as it was.
"""

import re
from dataclasses import dataclass, field

LARGEST_HEAD = 65_536
_LONGEST_CHUNK_LINE = 4_096
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/(\d)\.(\d) +(\d{3})(?: .*)?")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?")
_NO_BODY = frozenset({204, 304})


class AnswerError(Exception):
    """Bytes that are no answer."""


class CutError(AnswerError):
    """An answer whose connection ended before it did."""


class LargeError(AnswerError):
    """An answer with a larger body than is wanted."""


@dataclass(slots=True)
class Head:
    """The head of an answer as sent: status line, and header lines in order. Latin-1, so that no byte is lost."""

    status_line: str
    headers: list[tuple[str, str]] = field(default_factory=list)


class AnswerReader:
    """Takes the bytes of one answer in any pieces; `feed` and `end` tell when it is whole.

    head: once it is there. reusable: whether the connection may be asked again, true once the answer is whole.
    """

    def __init__(self, method: str = "GET", largest: int = 0) -> None:
        """Wait for the answer to a request. largest: bytes of body that are accepted; 0 for any number."""
        self._method, self._largest = method, largest
        self.head: Head | None = None
        self.status = 0
        self.reusable = False
        self._begun = b""
        self._body: list[bytes] = []
        self._size = 0
        self._left: int | None = 0  # bytes of the body or chunk still to come; None until the connection ends
        self._chunks: bytearray | None = None
        self._in_trailers = False

    @property
    def body(self) -> bytes:
        """Return the body read so far."""
        return b"".join(self._body)

    def feed(self, data: bytes) -> bool:
        """Take more bytes, and tell whether the answer is whole. Raises AnswerError for what is no answer."""
        if self.head is None:
            self._begun += data
            rest = self._read_head()
            if rest is None:
                return False
            data, self._begun = rest, b""
        if self._chunks is not None:
            self._chunks += data
            return self._read_chunks(self._chunks)
        if self._left is None:
            self._take(data)
            return False
        if len(data) > self._left:  # what follows was not asked for: the connection cannot be trusted
            data, self.reusable = data[: self._left], False
        self._left -= len(data)
        self._take(data)
        return self._left == 0

    def end(self) -> None:
        """Note that the connection ended. Raises CutError unless that is how the answer says that it is whole."""
        if self.head is None:
            message = f"the connection ended after {len(self._begun)} bytes of a head"
            raise CutError(message)
        if self._chunks is not None or self._left is not None:
            message = f"the connection ended after {self._size} bytes of a body that is not whole"
            raise CutError(message)

    def _take(self, data: bytes) -> None:
        self._size += len(data)
        self._check_size(self._size)
        if data:
            self._body.append(data)

    def _check_size(self, size: int) -> None:
        if self._largest and size > self._largest:
            message = f"more than {self._largest} bytes of body"
            raise LargeError(message)

    # ── head ─────────────────────────────────────────────────────────────────────────────────────────────

    def _read_head(self) -> bytes | None:
        """Read the head once all of it is there, and return what follows; interim answers are passed over."""
        while True:
            begun = self._begun.lstrip(b"\r\n")
            if not begun.startswith(b"HTTP/"[: len(begun)]):
                message = f"expected an answer in HTTP/1.1, found {begun[:40]!r}"
                raise AnswerError(message)
            end = _END_OF_HEAD.search(begun)
            if end is None:
                if len(begun) > LARGEST_HEAD:
                    message = f"expected a head of at most {LARGEST_HEAD} bytes, found more"
                    raise AnswerError(message)
                return None
            self._begun = begun[end.end() :]
            head, version = self._parse(begun[: end.start()])
            if not 100 <= self.status < 200:
                self.head = head
                self._frame(head, version)
                return self._begun
            if self.status == 101:
                message = "expected an answer, found a change of protocol that nobody asked for"
                raise AnswerError(message)

    def _parse(self, text: bytes) -> tuple[Head, tuple[bytes, bytes]]:
        first, *lines = (line.removesuffix(b"\r") for line in text.split(b"\n"))
        match = _STATUS_LINE.fullmatch(first.rstrip())
        if match is None:
            message = f"expected a status line, found {first[:80]!r}"
            raise AnswerError(message)
        self.status = int(match[3])
        unfolded: list[bytes] = []
        for line in lines:
            if line[:1] in (b" ", b"\t"):
                if unfolded:
                    unfolded[-1] += b" " + line.strip()
            else:
                unfolded.append(line)
        head = Head(first.decode("latin-1"))
        for line in unfolded:
            name, colon, value = line.decode("latin-1").partition(":")
            if colon and name.strip():
                head.headers.append((name.strip(" \t"), value.strip(" \t")))
        return head, (match[1], match[2])

    def _frame(self, head: Head, version: tuple[bytes, bytes]) -> None:
        """Find out where the body ends, and whether the connection goes on after it."""
        lengths: set[str] = set()
        codings: list[str] = []
        connection: list[str] = []
        for name, value in head.headers:
            match name.lower():
                case "content-length":
                    lengths.update(part.strip() for part in value.split(","))
                case "transfer-encoding":
                    codings += [part.strip().lower() for part in value.split(",")]
                case "connection":
                    connection += [part.strip().lower() for part in value.split(",")]
        codings = [coding for coding in codings if coding not in ("", "identity")]
        self.reusable = "close" not in connection and (version >= (b"1", b"1") or "keep-alive" in connection)
        if self._method == "HEAD" or self.status in _NO_BODY:
            self._left = 0
        elif codings == ["chunked"]:
            self._chunks = bytearray()
            self.reusable = self.reusable and not lengths
        elif codings:
            message = f"expected the body plain or chunked, found transfer coding {', '.join(codings)}"
            raise AnswerError(message)
        elif lengths:
            length = lengths.pop()
            if lengths or not (length.isascii() and length.isdigit()):
                message = f"expected one length of the body, found {', '.join([length, *lengths])!r}"
                raise AnswerError(message)
            self._left = int(length)
            self._check_size(self._left)
        else:
            self._left, self.reusable = None, False

    # ── chunks ───────────────────────────────────────────────────────────────────────────────────────────

    def _read_chunks(self, data: bytearray) -> bool:
        while True:
            if self._left:
                piece = bytes(data[: self._left])
                del data[: self._left]
                self._left -= len(piece)
                self._take(piece)
                if self._left:
                    return False
                self._left = None  # the line end after a chunk is still to come
            at = data.find(b"\n")
            if at < 0:
                if len(data) > _LONGEST_CHUNK_LINE:
                    message = f"expected the size of a chunk, found {bytes(data[:40])!r}"
                    raise AnswerError(message)
                return False
            line = bytes(data[:at]).removesuffix(b"\r")
            del data[: at + 1]
            if self._in_trailers:
                if not line:
                    self._chunks, self.reusable = None, self.reusable and not data
                    self._left = 0
                    return True
            elif self._left is None:
                if line:
                    message = f"expected the end of a chunk, found {line[:40]!r}"
                    raise AnswerError(message)
                self._left = 0
            else:
                size = _CHUNK_SIZE.fullmatch(line)
                if size is None:
                    message = f"expected the size of a chunk, found {line[:40]!r}"
                    raise AnswerError(message)
                self._left = int(size[1], 16)
                self._check_size(self._size + self._left)
                self._in_trailers = self._left == 0
