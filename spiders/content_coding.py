"""content_coding.py — A body as received with its gzip or deflate undone, as far as the crawler must look inside. Pure."""

import zlib

Headers = tuple[tuple[str, str], ...]


def inflated(headers: Headers, payload: bytes, largest: int) -> bytes:
    """Undo gzip and deflate, up to a size; a body in another coding, or a broken one, is returned as it is."""
    coding = header(headers, "content-encoding").strip().lower()
    if coding in ("gzip", "x-gzip") and payload[:2] == b"\x1f\x8b":
        windows = [16 + zlib.MAX_WBITS]
    elif coding == "deflate":
        windows = [zlib.MAX_WBITS, -zlib.MAX_WBITS]
    else:
        return payload
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(payload, largest)
        except zlib.error:
            continue
    return payload


def header(headers: Headers, name: str) -> str:
    """Return the first value of a header, "" without it. name: in lower case."""
    return next((value for key, value in headers if key.lower() == name), "")
