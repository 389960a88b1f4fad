"""captures.py — Captures in a store: make, write, read, resolve. One capture is one object, never changed.

Decides what a capture is (response, revisit, gone) and nothing about text. The record's form is in warc.py, keys in
keys.py; which captures a site has is in history.py; WARC files of others are read in warcfile.py.
"""

from datetime import UTC, datetime

from storage.errors import ObjectNotFoundError, RecordError
from storage.history import History, iter_capture_keys, load_history
from storage.keys import CaptureKey, capture_key, digest_prefix
from storage.objects import ObjectStore
from storage.records import Capture, CaptureKind, Role, payload_digest
from storage.warc import Headers, decode_capture, encode_capture, status_of, tidy_headers
from storage.warcfile import read_warc

__all__ = [
    "History",
    "iter_capture_keys",
    "load_history",
    "make_capture",
    "payload_at",
    "read_capture",
    "read_warc",
    "resolve_payload",
    "write_capture",
]

_GONE = (404, 410)


def make_capture(  # in the order of the record
    site: str,
    uri: str,
    captured_at: datetime,
    status_line: str,
    headers: Headers,
    payload: bytes,
    role: Role,
    history: History,
) -> Capture:
    """Make the capture of one response: a revisit when the URI's last original has the same payload.

    captured_at: aware; cut to the second, which is what keys hold. A page with earlier captures that answers 404 or
    410 is gone; its payload is kept. history: is not changed; add the key once the capture is written.
    Raises RecordError for a status line without a status.

    >>> make_capture("x", "http://x/", datetime(2025, 3, 8, tzinfo=UTC), "HTTP/1.1 200 OK", (), b"", "article",
    ...     History("x")).kind
    'response'
    """
    at = captured_at.astimezone(UTC).replace(microsecond=0)
    digest = payload_digest(payload)
    status = status_of(status_line)
    original = history.last_original(uri, before=at)
    kind: CaptureKind = "response"
    if original and original.digest == digest_prefix(digest):
        kind = "revisit"
    elif original and status in _GONE:
        kind = "gone"
    return Capture(
        site=site,
        uri=uri,
        captured_at=at,
        status=status,
        status_line=status_line.strip(),
        headers=tidy_headers(headers),
        payload=b"" if kind == "revisit" else payload,
        digest=digest,
        kind=kind,
        role=role,
        refers_to_at=original.captured_at if original and kind == "revisit" else None,
    )


def write_capture(store: ObjectStore, capture: Capture) -> str:
    """Store a capture and return its key. Raises RecordError for one that would not come back as it is."""
    record = encode_capture(capture)
    key = capture_key(capture.site, capture.captured_at, capture.uri, capture.digest)
    store.put(key, record)
    return key


def read_capture(store: ObjectStore, key: str) -> Capture:
    """Read a capture and check it against its key and both digests.

    Raises ObjectNotFoundError, DigestError, or RecordError for an object that is not the record of this key.
    """
    return decode_capture(store.get(key), key)


def resolve_payload(store: ObjectStore, capture: Capture) -> bytes:
    """Return the payload of a capture, of a revisit that of the capture it refers to.

    Raises RecordError when a revisit leads to no payload.
    """
    found = capture
    while found.kind == "revisit":
        assert found.refers_to_at is not None
        key = capture_key(found.site, found.refers_to_at, found.uri, found.digest)
        if found.refers_to_at >= found.captured_at:
            message = (
                f"revisit of {found.uri} at {found.captured_at}: expected to refer to an earlier capture, found {key}"
            )
            raise RecordError(message)
        try:
            found = read_capture(store, key)
        except ObjectNotFoundError as error:
            message = (
                f"revisit of {capture.uri} at {capture.captured_at}: expected its payload in {key}, found no such object; "
                "restore it from a copy of the archive"
            )
            raise RecordError(message) from error
    return found.payload


def payload_at(store: ObjectStore, history: History, uri: str, at: datetime) -> bytes | None:
    """Return the payload that a URI had at a moment, or None when it was not captured then; for read_warc."""
    at = at.astimezone(UTC).replace(microsecond=0)
    held: list[CaptureKey] = [key for key in history.captures_of(uri) if key.captured_at == at]
    return resolve_payload(store, read_capture(store, held[-1].key)) if held else None
