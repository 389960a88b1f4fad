"""index.py — CDXJ: one line per capture, for replay tools and for people with grep. Derived, never the truth.

One object per site and month, sorted, rebuilt from the captures at any time. Lines are as pywb reads them: the
address as a sort key (SURT), the time in 14 digits, JSON.
"""

import json
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlsplit

from storage.errors import ObjectNotFoundError, RecordError
from storage.history import iter_capture_keys
from storage.keys import index_key, index_prefix, parse_capture_key
from storage.objects import ObjectStore
from storage.records import Capture, Failure
from storage.warc import decode_capture

_WWW = re.compile(r"www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class IndexLine:
    """What the index says of one capture.

    timestamp: of the capture, 14 digits. mime: of the Content-Type header, "warc/revisit" for a revisit. filename: the
    capture's key, or the pack it is in. offset, length: of its gzip member there. kind, role: as in Capture.
    """

    timestamp: str
    url: str
    mime: str
    status: str
    digest: str
    length: str
    filename: str
    kind: str
    role: str
    offset: str = "0"

    def __str__(self) -> str:
        """Write the line without its line break."""
        values = {name: value for name, value in asdict(self).items() if name != "timestamp"}
        return f"{surt(self.url)} {self.timestamp} {json.dumps(values, ensure_ascii=False, sort_keys=True)}"


@dataclass(frozen=True, slots=True)
class Indexed:
    """What build_index did: lines in the index, how many of them are new, captures that cannot be read."""

    lines: int
    new: int
    failures: tuple[Failure, ...]


def surt(uri: str) -> str:
    """Return an address as a sort key, so that a domain with all below it stands together.

    Host labels reversed; no scheme, "www.", default port, fragment or last slash; lower case; arguments sorted.

    >>> surt("http://www.Kaifeng.gov.cn/zwgk/?b=2&a=1"), surt("https://x.cn:8443/"), surt("file:///home/a b.txt")
    ('cn,gov,kaifeng)/zwgk?a=1&b=2', 'cn,x:8443)/', 'file:///home/a%20b.txt')
    """
    try:
        parts = urlsplit(uri.lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        return uri.replace(" ", "%20")
    labels = _WWW.sub("", host, count=1).split(".") if not re.fullmatch(r"[\d.]+|.*:.*", host) else [host]
    place = ",".join(reversed(labels)) + (f":{port}" if port not in (None, _DEFAULT_PORTS.get(parts.scheme)) else "")
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{place}){parts.path.rstrip('/') or '/'}{query}".replace(" ", "%20")


def build_index(
    store: ObjectStore, site: str, since: date | None = None, until: date | None = None, *, afresh: bool = False
) -> Indexed:
    """Bring the index of a site up to date: reads the captures that have no line yet, or all of them (afresh).

    since, until: UTC days of capture; a month they touch is done as a whole. The same captures give the same bytes.
    """
    lines = new = 0
    failures: list[Failure] = []
    first = since.replace(day=1) if since else None
    last = until.replace(day=monthrange(until.year, until.month)[1]) if until else None
    for month, keys in groupby(iter_capture_keys(store, site, first, last), key=_month_of):
        place = index_key(site, *month)
        known = {} if afresh else {line.filename: line for line in _known(store, place)}
        found: list[IndexLine] = []
        for key in keys:
            try:
                found.append(known.get(key) or index_line(key, store.get(key)))
            except RecordError as error:
                failures.append(Failure(key, "index", str(error)))
        new += sum(line.filename not in known for line in found)
        lines += len(found)
        store.put(place, "".join(sorted(f"{line}\n" for line in found)).encode())
    return Indexed(lines, new, tuple(failures))


def read_index(store: ObjectStore, site: str) -> Iterator[IndexLine]:
    """Yield the lines of a site's index, month by month. Raises RecordError for one that is no line."""
    for key in sorted(store.list(index_prefix(site))):
        yield from _lines(store.get(key), key)


def _known(store: ObjectStore, place: str) -> Iterator[IndexLine]:
    try:
        yield from _lines(store.get(place), place)
    except (ObjectNotFoundError, RecordError):
        return  # a missing or damaged index is written anew: it is derived


def _lines(data: bytes, where: str) -> Iterator[IndexLine]:
    for number, line in enumerate(data.splitlines(), 1):
        try:
            _, timestamp, values = line.split(b" ", 2)
            yield IndexLine(timestamp.decode(), **json.loads(values))
        except (ValueError, TypeError) as error:
            message = f"{where}, line {number}: expected a CDXJ line, found {line[:80]!r}: delete the object and build the index"
            raise RecordError(message) from error


def index_line(key: str, data: bytes) -> IndexLine:
    """Return the line of a capture, given its key and its record. Raises RecordError for a damaged one."""
    capture = decode_capture(data, key)
    return IndexLine(
        timestamp=parse_capture_key(key).stem[:14],
        url=capture.uri,
        mime=_mime(capture),
        status=str(capture.status),
        digest=capture.digest,
        length=str(len(data)),
        filename=key,
        kind=capture.kind,
        role=capture.role,
    )


def _mime(capture: Capture) -> str:
    if capture.kind == "revisit":
        return "warc/revisit"
    return (capture.header("Content-Type") or "").partition(";")[0].strip().lower() or "unk"


def _month_of(key: str) -> tuple[int, int]:
    at = parse_capture_key(key).captured_at
    return at.year, at.month
