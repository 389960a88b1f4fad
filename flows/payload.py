"""payload.py — What a response's body really is: content encoding undone, kind of media told by its bytes.

Captures keep payloads as received, so this runs at processing time. Pure; decides nothing about text.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Literal

import brotli

Media = Literal["html", "text", "pdf", "image", "binary"]

# A page of 20 MB (the largest a site file allows by default) can be inflated a thousandfold by a hostile server.
MAX_BODY_BYTES = 100_000_000

_MAGIC: tuple[tuple[bytes, Media], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF8", "image"),
    (b"PK\x03\x04", "binary"),  # docx, xlsx, ofd, zip
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "binary"),  # doc, xls, wps
    (b"Rar!\x1a\x07", "binary"),
    (b"\x1f\x8b\x08", "binary"),
)
_TAG = re.compile(rb"<(?:!doctype|html|head|body|meta|div|p|table|title|script)\b", re.IGNORECASE)


class PayloadError(ValueError):
    """A body whose content encoding cannot be undone."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its content encoding undone. complete: False when a compressed stream ends early."""

    data: bytes
    complete: bool = True


def undo_content_encoding(payload: bytes, content_encoding: str | None) -> Body:
    """Undo gzip, deflate and br, several layers if the header says so; keep what a cut stream still gives.

    A body that does not start like the encoding its header names is taken as it is: servers that forget to
    compress, and caches that already did, both send such headers.
    Raises PayloadError for another encoding, for a stream that cannot be inflated, and past MAX_BODY_BYTES.

    >>> undo_content_encoding(zlib.compress(b"abc"), "deflate")
    Body(data=b'abc', complete=True)
    """
    body = Body(payload)
    for name in reversed([part.strip().lower() for part in (content_encoding or "").split(",")]):
        if name in ("", "identity"):
            continue
        if name in ("gzip", "x-gzip"):
            if body.data[:2] == b"\x1f\x8b":
                body = _inflate(body, 16 + zlib.MAX_WBITS)
        elif name == "deflate":
            body = _deflate(body)
        elif name == "br":
            body = _unbrotli(body)
        else:
            message = (
                f"Content-Encoding {name!r}: expected gzip, deflate, br or identity; the payload is kept as received"
            )
            raise PayloadError(message)
    return body


def _deflate(body: Body) -> Body:
    """Undo deflate as it is sent: in a zlib wrapper as the standard says, or bare as many servers do."""
    zlib_header = len(body.data) >= 2 and body.data[0] & 0x0F == 8 and int.from_bytes(body.data[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


def _inflate(body: Body, wbits: int) -> Body:
    pieces: list[bytes] = []
    size = 0
    rest = body.data
    complete = body.complete
    while rest:
        inflater = zlib.decompressobj(wbits)
        try:
            piece = inflater.decompress(rest, MAX_BODY_BYTES - size + 1)
        except zlib.error as error:
            if pieces:  # bytes after the last gzip member that are no member: padding, seen behind old proxies
                break
            message = f"compressed body of {len(body.data)} bytes cannot be inflated: {error}"
            raise PayloadError(message) from error
        size += len(piece)
        _check_size(size, body)
        pieces.append(piece)
        complete = complete and inflater.eof
        rest = inflater.unused_data.lstrip(b"\0")
    return Body(b"".join(pieces), complete)


def _unbrotli(body: Body) -> Body:
    inflater = brotli.Decompressor()
    try:
        data = inflater.process(body.data, output_buffer_limit=MAX_BODY_BYTES)
    except brotli.error as error:
        message = f"br-encoded body of {len(body.data)} bytes cannot be inflated: {error}"
        raise PayloadError(message) from error
    _check_size(len(data) + (not inflater.can_accept_more_data() and not inflater.is_finished()), body)
    return Body(data, body.complete and inflater.is_finished())


def _check_size(size: int, body: Body) -> None:
    if size > MAX_BODY_BYTES:
        message = f"compressed body of {len(body.data)} bytes inflates past the limit of {MAX_BODY_BYTES} bytes"
        raise PayloadError(message)


def media_of(data: bytes, content_type: str | None) -> Media:
    """Tell what a body is: by its first bytes, then by the header, then by whether it holds tags.

    >>> media_of(b"%PDF-1.4 ...", "text/html")
    'pdf'
    >>> media_of("记者胡喆".encode("gbk"), "text/plain; charset=gbk")
    'text'
    """
    for magic, media in _MAGIC:
        if data.startswith(magic):
            return media
    kind = (content_type or "").split(";")[0].strip().lower()
    if "html" in kind or kind in ("application/xml", "text/xml"):
        return "html"
    if _TAG.search(data[:4096]):
        return "html"
    if kind.startswith("text/") or not kind:
        return "text"
    if kind.startswith("image/"):
        return "image"
    if kind == "application/pdf":
        return "pdf"
    return "binary"
