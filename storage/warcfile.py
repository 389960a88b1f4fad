"""warcfile.py — Reads the WARC files of other tools as captures: plain or gzip, ARC too. Writes nothing.

warcio splits the records; heads, digests and chunked bodies are handled here, because captures keep header bytes
as they came and payloads with the transfer coding undone.
"""

import base64
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from storage.errors import RecordError
from storage.records import Capture, Role, payload_digest
from storage.warc import Headers, split_block, status_of, tidy_headers

PayloadAt = Callable[[str, datetime], bytes | None]
"""Returns the payload a URI had at a moment, or None when it is not known: captures.payload_at over a store."""

_HTTP_ADDRESS = ("http://", "https://")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_SHOWN = 3


class _CutError(Exception):
    """The file ends inside a record, or its compression is damaged from here on."""


class _RecordProblemError(Exception):
    """One record that cannot become a capture; the records after it can."""


def read_warc(source: Path | str | BinaryIO, site: str, payload_at: PayloadAt | None = None) -> Iterator[Capture]:
    """Yield a capture for each response, revisit and resource record of a WARC or ARC file, in the order of the file.

    source: a path or a seekable binary file.
    Every capture comes as a response with its payload: a revisit gets the payload of the record that it refers to,
    which payload_at finds (so store each capture before asking for the next). Requests, metadata and records of
    other protocols are passed over.
    Raises RecordError after the last whole record of a file that is cut or damaged, saying at which byte; and at
    the end when some records could not be used (a wrong digest, a revisit of something unknown), saying which.
    """
    if isinstance(source, Path | str):
        with Path(source).open("rb") as file:
            yield from read_warc(file, site, payload_at)
        return
    name = getattr(source, "name", "WARC stream")
    reader = _Reader(site, payload_at)
    records = ArchiveIterator(_unpacked(source), no_record_parse=True, arc2warc=True)
    try:
        yield from reader.captures(records)
    except (_CutError, ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        message = (
            f"{name}: after {reader.count} whole records, at byte {records.offset} of the unpacked file, expected "
            f"another record or the end, found {_one_line(error)}; everything before it was read{reader.told('; ')}"
        )
        raise RecordError(message) from error
    if not records.offset:
        message = f"{name}: expected WARC records, found an empty file"
        raise RecordError(message)
    if reader.problems:
        raise RecordError(name + reader.told(": "))


@dataclass(slots=True)
class _Reader:
    """One pass over a file: counts records, remembers which digest was declared where, and collects problems."""

    site: str
    payload_at: PayloadAt | None
    count: int = 0
    problems: list[str] = field(default_factory=list)
    declared: dict[str, tuple[str, datetime, str]] = field(default_factory=dict)

    def captures(self, records: Any) -> Iterator[Capture]:
        for record in records:
            offset = records.offset
            block = _whole_block(record)
            self.count += 1
            uri = record.rec_headers.get_header("WARC-Target-URI") or ""
            try:
                capture = self._capture(record, uri.strip(), block)
            except (_RecordProblemError, RecordError) as problem:
                self.problems.append(f"{uri or 'record'} at byte {offset}: {problem}")
                continue
            if capture:
                yield capture

    def told(self, before: str) -> str:
        """Return what was wrong with single records, or ""."""
        if not self.problems:
            return ""
        shown = "; ".join(self.problems[:_SHOWN]) + ("; …" if len(self.problems) > _SHOWN else "")
        return f"{before}{len(self.problems)} of {self.count} records could not be used: {shown}"

    def _capture(self, record: Any, uri: str, block: bytes) -> Capture | None:
        header: Callable[[str], str | None] = record.rec_headers.get_header
        if record.rec_type == "resource":
            status_line, payload = "HTTP/1.1 200 OK", block
            headers: Headers = (("Content-Type", header("Content-Type") or "application/octet-stream"),)
        elif record.rec_type in ("response", "revisit") and uri.lower().startswith(_HTTP_ADDRESS):
            status_line, headers, payload = split_block(block)
        else:
            return None
        at = _time(header("WARC-Date"))
        if not _matches(header("WARC-Block-Digest"), block):
            message = f"expected block digest {header('WARC-Block-Digest')}, found another: the bytes are damaged"
            raise _RecordProblemError(message)
        declared = header("WARC-Payload-Digest")
        if record.rec_type == "revisit":
            payload = self._payload_of_revisit(declared, header)
        else:
            # Tools differ in whether the digest is of the body with or without its chunks; ours have none.
            raw, payload = payload, payload if header("Fangzhi-Kind") else _without_chunks(headers, payload)
            if not _matches(declared, payload) and not _matches(declared, raw):
                message = f"expected payload digest {declared}, found another: the bytes are damaged"
                raise _RecordProblemError(message)
            if declared:
                self.declared[declared] = (uri, at, payload_digest(payload))
        return Capture(
            site=self.site,
            uri=uri,
            captured_at=at,
            status=status_of(status_line),
            status_line=status_line,
            headers=tidy_headers(headers),
            payload=payload,
            digest=payload_digest(payload),
            role=_role(uri, header("Fangzhi-Role")),
        )

    def _payload_of_revisit(self, declared: str | None, header: Callable[[str], str | None]) -> bytes:
        uri, at, digest = self.declared.get(declared or "", ("", None, ""))
        if at is None and header("WARC-Refers-To-Date"):
            uri, at = header("WARC-Refers-To-Target-URI") or "", _time(header("WARC-Refers-To-Date"))
            uri = uri or header("WARC-Target-URI") or ""
        payload = self.payload_at(uri, at) if self.payload_at and at else None
        if payload is None or not (_matches(declared, payload) or payload_digest(payload) == digest):
            named = f"{uri} at {at:%Y-%m-%d %H:%M:%S}" if at else f"a payload {declared}"
            message = f"a revisit of {named}, which is neither before it here nor in the archive; import its file first"
            raise _RecordProblemError(message)
        return payload


class _Unpacked:
    """A gzip file as one stream, strict about its end: warcio itself takes a cut member for the end of the file."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int) -> bytes:
        try:
            # read1, since read loses what it has when a later piece is damaged
            return self._file.read1(size)
        except (EOFError, OSError, zlib.error) as error:
            raise _CutError(str(error)) from error


def _unpacked(file: BinaryIO) -> BinaryIO | _Unpacked:
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return _Unpacked(gzip.GzipFile(fileobj=file)) if packed else file


def _whole_block(record: Any) -> bytes:
    if record.rec_type is None or not (record.rec_headers.get_header("Content-Length") or "").isdigit():
        message = "a record without type or length"  # warcio takes an unreadable length for 0
        raise _CutError(message)
    block: bytes = record.raw_stream.read()
    if len(block) < record.length:
        message = f"{len(block)} of a record's {record.length} bytes"
        raise _CutError(message)
    return block


def _time(text: str | None) -> datetime:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError as error:
        message = f"expected a date, found {text!r}"
        raise _RecordProblemError(message) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _role(uri: str, told: str | None) -> Role:
    if told in get_args(Role):
        return cast(Role, told)
    return "robots" if urlsplit(uri).path == "/robots.txt" else "article"


def _matches(declared: str | None, data: bytes) -> bool:
    """Tell whether data has the digest declared, in hex or base32; true also when none is, or one unknown here."""
    algorithm, _, value = (declared or "").partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if algorithm not in ("md5", "sha1", "sha256", "sha384", "sha512"):
        return True
    found = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return value.lower() == found.hex() or value.upper().rstrip("=") == base64.b32encode(found).decode().rstrip("=")


def _without_chunks(headers: Headers, body: bytes) -> bytes:
    """Undo the chunked transfer coding; a body that only says it is chunked is returned as it is."""
    if not any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        return body
    pieces: list[bytes] = []
    position = 0
    while size_line := _CHUNK_SIZE.match(body, position):
        start, size = size_line.end(), int(size_line[1], 16)
        if size == 0:
            return b"".join(pieces)
        if body[start + size : start + size + 2] != b"\r\n":
            break
        pieces.append(body[start : start + size])
        position = start + size + 2
    return body


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
