"""warc.py — A capture as one WARC 1.1 record in one gzip member, and back. Pure; no store, no decisions.

Strict on reading: what the key promises, the lengths, both digests and the end of the member must all be right.
Not written with warcio: it percent-encodes header bytes outside ASCII and forgives damaged members on reading. It
reads what is written here all the same (tests), and reads the files of others (warcfile.py). Format: ISO 28500:2017,
profile notes in LAYOUT.md.
"""

import re
import uuid
import zlib
from datetime import UTC, datetime
from typing import cast, get_args

from storage.errors import DigestError, RecordError
from storage.keys import capture_key, parse_capture_key
from storage.records import Capture, CaptureKind, Role, payload_digest

# On 86 pages of 47 kB: level 3 takes 0.48 ms and leaves 13.3 kB, level 6 takes 0.85 ms and leaves 12.4 kB.
LEVEL = 3

IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_HTTP = "application/http; msgtype=response"
_END_OF_RECORD = b"\r\n\r\n"
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"\S+ +(\d{3})(?: .*)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LINE_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_OUTSIDE_LATIN_1 = re.compile("[^\x00-\xff]")

Headers = tuple[tuple[str, str], ...]


def status_of(status_line: str) -> int:
    """Return the status code of a status line. Raises RecordError when there is none.

    >>> status_of("HTTP/1.1 404 Not Found")
    404
    """
    match = _STATUS_LINE.fullmatch(status_line)
    if match is None:
        message = f'status line {status_line[:100]!r}: expected one such as "HTTP/1.1 200 OK"'
        raise RecordError(message)
    return int(match[1])


def tidy_headers(headers: Headers) -> Headers:
    """Return header lines as a record holds them: no line breaks, no outer white space, Latin-1.

    Characters outside Latin-1 become their UTF-8 bytes, each read as Latin-1, as if they had come over the wire.

    >>> tidy_headers((("X", " a\\r\\n b "),))
    (('X', 'a b'),)
    """
    return tuple((_tidy(name), _tidy(value)) for name, value in headers)


def _tidy(text: str) -> str:
    if "\n" in text or "\r" in text:
        text = _LINE_BREAKS.sub(" ", text)
    text = text.strip(" \t")
    if text.isascii() or not _OUTSIDE_LATIN_1.search(text):
        return text
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def warc_date(at: datetime) -> str:
    """Return a time as WARC writes it.

    >>> warc_date(datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC))
    '2025-03-08T01:02:03Z'
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def record_id(key: str) -> str:
    """Return the record id of a capture: a UUID of version 5, of the name `fangzhi:` and the key, as a URL."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, 'fangzhi:' + key)}>"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────


def encode_capture(capture: Capture) -> bytes:
    """Return the record of a capture; the same capture gives the same bytes with the same zlib.

    Raises RecordError for a capture that no record can hold: it would not come back as it is.
    """
    key = _checked(capture)
    block = _head(capture) + capture.payload
    fields = [
        ("WARC-Type", "revisit" if capture.kind == "revisit" else "response"),
        ("WARC-Record-ID", record_id(key)),
        ("WARC-Date", warc_date(capture.captured_at)),
        ("WARC-Target-URI", capture.uri),
    ]
    if capture.refers_to_at is not None:
        original = capture_key(capture.site, capture.refers_to_at, capture.uri, capture.digest)
        fields += [
            ("WARC-Profile", NOT_MODIFIED if capture.status == 304 else IDENTICAL_PAYLOAD),
            ("WARC-Refers-To", record_id(original)),
            ("WARC-Refers-To-Target-URI", capture.uri),
            ("WARC-Refers-To-Date", warc_date(capture.refers_to_at)),
        ]
    fields += [
        ("WARC-Payload-Digest", capture.digest),
        ("WARC-Block-Digest", payload_digest(block)),
        ("Fangzhi-Site", capture.site),
        ("Fangzhi-Role", capture.role),
        ("Fangzhi-Kind", capture.kind),
        ("Content-Type", _HTTP),
        ("Content-Length", str(len(block))),
    ]
    header = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return _deflate(b"WARC/1.1\r\n" + header.encode() + b"\r\n" + block + _END_OF_RECORD)


def _checked(capture: Capture) -> str:
    """Return the key of a capture that a record can hold."""
    uri = capture.uri
    key = capture_key(capture.site, capture.captured_at, uri, capture.digest)
    for wrong, message in (
        (not uri or uri != uri.strip() or _CONTROL.search(uri), "expected a URI without control characters or outer spaces"),
        (not _is_utf8(uri), "expected a URI that UTF-8 can write"),
        (capture.captured_at.microsecond, f"expected captured_at in whole seconds, found {capture.captured_at}"),
        (capture.status != status_of(capture.status_line), f"status {capture.status} is not that of {capture.status_line!r}"),
        (_tidy(capture.status_line) != capture.status_line, "expected a status line of one line in Latin-1"),
        (tidy_headers(capture.headers) != capture.headers, "expected tidy headers (warc.tidy_headers)"),
        (any(":" in name for name, _ in capture.headers), "expected header names without a colon"),
        ((capture.kind == "revisit") != (capture.refers_to_at is not None), "a revisit, and nothing else, refers to a time"),
        (capture.kind == "revisit" and capture.payload, "expected no payload in a revisit"),
        (capture.kind != "revisit" and capture.digest != payload_digest(capture.payload), "digest is not that of the payload"),
    ):  # fmt: skip
        if wrong:
            raise RecordError(f"capture of {uri[:200]!r} by {capture.site} cannot be stored: {message}")  # noqa: EM102
    return key


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _head(capture: Capture) -> bytes:
    lines = [capture.status_line, *(f"{name}: {value}" for name, value in capture.headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _deflate(data: bytes) -> bytes:
    # wbits 31: a gzip header without name and time, so the bytes do not tell when they were written.
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return compressor.compress(data) + compressor.flush()


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────


def decode_capture(data: bytes, key: str) -> Capture:
    """Read the record that the object under a key is.

    Raises DigestError when payload or block do not match their digests, RecordError for anything else that is not
    the record of this key: empty, cut short, a flipped byte, more than one record, another capture.
    """
    promised = parse_capture_key(key)
    fields, block = _split_record(_inflate(data, key), key)
    try:
        if payload_digest(block) != fields["WARC-Block-Digest"]:
            raise DigestError(_damaged(key, f"block digest {fields['WARC-Block-Digest']}", payload_digest(block)))
        status_line, headers, payload = split_block(block)
        digest, kind, role = fields["WARC-Payload-Digest"], fields["Fangzhi-Kind"], fields["Fangzhi-Role"]
        capture = Capture(
            site=fields["Fangzhi-Site"],
            uri=fields["WARC-Target-URI"],
            captured_at=datetime.fromisoformat(fields["WARC-Date"]),
            status=status_of(status_line),
            status_line=status_line,
            headers=headers,
            payload=payload,
            digest=digest,
            kind=cast(CaptureKind, kind),
            role=cast(Role, role),
            refers_to_at=datetime.fromisoformat(fields["WARC-Refers-To-Date"]) if kind == "revisit" else None,
        )
    except (KeyError, ValueError) as error:
        raise RecordError(_damaged(key, "the record of a capture", f"{type(error).__name__} {error}")) from error
    if kind != "revisit" and payload_digest(payload) != digest:
        raise DigestError(_damaged(key, f"payload digest {digest}", payload_digest(payload)))
    if kind not in get_args(CaptureKind) or role not in get_args(Role):
        raise RecordError(_damaged(key, "a known kind and role", f"{kind!r}, {role!r}"))
    found = capture_key(capture.site, capture.captured_at, capture.uri, digest)
    if found != promised.key:
        raise RecordError(_damaged(key, "the record of this key", f"the record of {found}"))
    return capture


def split_block(block: bytes) -> tuple[str, Headers, bytes]:
    """Split the block of an HTTP response into status line, header lines and payload; Latin-1, so no byte is lost.

    >>> split_block(b"HTTP/1.1 200 OK\\r\\nServer:  x\\r\\n\\r\\nabc")
    ('HTTP/1.1 200 OK', (('Server', 'x'),), b'abc')
    """
    end = _END_OF_HEAD.search(block)
    head, payload = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    status_line, *lines = (line.removesuffix("\r") for line in head.decode("latin-1").split("\n"))
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:  # a folded value goes on
            name, value = headers[-1]
            headers[-1] = (name, (value + " " + line.strip(" \t")).strip(" \t"))
        else:
            name, _, value = line.partition(":")
            headers.append((name, value.strip(" \t")))
    return status_line, tuple(headers), payload


def _inflate(data: bytes, key: str) -> bytes:
    decompressor = zlib.decompressobj(31)
    try:
        inflated = decompressor.decompress(data)
    except zlib.error as error:
        raise RecordError(
            _damaged(key, "one whole gzip member", f"{len(data)} bytes of which zlib says: {error}")
        ) from error
    if not decompressor.eof:
        raise RecordError(_damaged(key, "one whole gzip member", f"{len(data)} bytes that end before it does"))
    if decompressor.unused_data:
        extra = len(decompressor.unused_data)
        raise RecordError(_damaged(key, "one whole gzip member", f"one and {extra} more bytes after it"))
    return inflated


def _split_record(data: bytes, key: str) -> tuple[dict[str, str], bytes]:
    header, _, rest = data.partition(b"\r\n\r\n")
    version, *lines = header.split(b"\r\n")
    try:
        fields = dict(line.decode().split(": ", 1) for line in lines)
        length = int(fields["Content-Length"])
    except (KeyError, ValueError) as error:
        raise RecordError(
            _damaged(key, "a WARC header with Content-Length", f"{type(error).__name__} {error}")
        ) from error
    if version != b"WARC/1.1":
        raise RecordError(_damaged(key, "WARC/1.1", repr(version[:40])))
    if rest[length:] != _END_OF_RECORD:
        raise RecordError(_damaged(key, f"a block of {length} bytes and the end of the record", f"{len(rest)} bytes"))
    return fields, rest[:length]


def _damaged(key: str, expected: str, found: str) -> str:
    return f"{key}: expected {expected}, found {found}. The object is damaged or was not written here: restore it from a copy"
