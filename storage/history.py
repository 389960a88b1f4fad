"""history.py — Which captures a site has, from their keys alone. Reads no records.

A capture is an original when its payload differs from that of the capture of the same URI before it; the others
repeat it. Keys say all of this, so a million captures cost one listing and 32 MB.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter

from storage.keys import CaptureKey, captures_prefix, parse_capture_key, uri_hash
from storage.objects import ObjectStore

# A capture as one row of bytes: URI hash, time, digest. Rows sort by URI, then time. A row is half the size of the
# same key as text, and joined rows are one object instead of a million.
_HASH, _TIME, _WIDTH = slice(0, 8), slice(8, 16), 32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET_S = 1 << 40  # keeps times before 1970 positive, so that bytes sort as numbers do
_BATCH = 1 << 16

# A window of more months is cheaper to list at once.
_MAX_MONTHS = 24


class History:
    """The captures of one site by URI. Lookups from several threads are safe while one thread adds."""

    def __init__(self, site: str, rows: bytes = b"") -> None:
        """Take the site and its rows as load_history makes them."""
        self.site = site
        self._rows = _Rows(rows)
        self._added: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        """Count the captures."""
        return len(self._rows) + sum(len(rows) for rows in self._added.values())

    def __contains__(self, key: str) -> bool:
        """Tell whether exactly this capture is held."""
        parsed = parse_capture_key(key)
        row = _row(parsed)
        return parsed.site == self.site and row in self._of(row[_HASH])

    def add(self, key: str) -> None:
        """Add a capture that was written after the history was loaded."""
        row = _row(parse_capture_key(key))
        if row not in self._of(row[_HASH]):
            insort(self._added.setdefault(row[_HASH], []), row)

    def holds(self, uri: str) -> bool:
        """Tell whether the URI was ever captured."""
        return bool(self._of(bytes.fromhex(uri_hash(uri))))

    def captures_of(self, uri: str) -> list[CaptureKey]:
        """Return the captures of a URI, earliest first."""
        return [_unpack(self.site, row) for row in self._of(bytes.fromhex(uri_hash(uri)))]

    def last_original(self, uri: str, before: datetime | None = None) -> CaptureKey | None:
        """Return the capture that brought the payload which the URI had last, or None when it was never captured.

        before: as things stood before this moment.
        """
        original: CaptureKey | None = None
        for key in self.captures_of(uri):
            if before is not None and key.captured_at >= before:
                break
            if original is None or key.digest != original.digest:
                original = key
        return original

    def addresses(self) -> Iterator[tuple[str, list[CaptureKey]]]:
        """Yield the hash of each URI held when the history was loaded, with its captures, earliest first."""
        for hashed, group in groupby(self._rows, itemgetter(_HASH)):
            yield hashed.hex(), [_unpack(self.site, row) for row in group]

    def _of(self, hashed: bytes) -> list[bytes]:
        rows = self._rows.starting_with(hashed)
        added = self._added.get(hashed)
        return sorted(rows + added) if added else rows


class _Rows:
    """Sorted rows in one bytes object, as a sequence for bisect."""

    def __init__(self, rows: bytes) -> None:
        self._joined = rows

    def __len__(self) -> int:
        return len(self._joined) // _WIDTH

    def __getitem__(self, index: int) -> bytes:
        return self._joined[index * _WIDTH : (index + 1) * _WIDTH]

    def __iter__(self) -> Iterator[bytes]:
        return (self._joined[start : start + _WIDTH] for start in range(0, len(self._joined), _WIDTH))

    def starting_with(self, hashed: bytes) -> list[bytes]:
        rows: list[bytes] = []
        index = bisect_left(self, hashed)
        while (row := self[index]).startswith(hashed):
            rows.append(row)
            index += 1
        return rows


def load_history(store: ObjectStore, site: str) -> History:
    """Read which captures a site has: one listing, 32 bytes a capture."""
    return History(site, _sort(map(_row, _listed(store, captures_prefix(site)))))


def iter_capture_keys(
    store: ObjectStore, site: str, since: date | None = None, until: date | None = None
) -> Iterator[str]:
    """Yield the keys of a site's captures by time, earliest first. since, until: UTC days of capture, both included.

    Listings are sorted here, month by month when both ends are given, else the whole site at once.
    """
    first, last = since or date.min, until or date.max
    for prefix in _prefixes(site, first, last):
        rows = _sort(map(_row_by_time, _listed(store, prefix)))
        for row in _Rows(rows):
            key = _unpack(site, row[_TIME] + row[_HASH] + row[16:])  # the first two fields, exchanged back
            if first <= key.captured_at.date() <= last:
                yield key.key


def _prefixes(site: str, first: date, last: date) -> Iterator[str]:
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    if end - start >= _MAX_MONTHS:
        yield captures_prefix(site)
        return
    for month in range(start, end + 1):
        yield captures_prefix(site, month // 12, month % 12 + 1)


def _listed(store: ObjectStore, prefix: str) -> Iterator[CaptureKey]:
    return map(parse_capture_key, store.list(prefix))


def _row(key: CaptureKey) -> bytes:
    seconds = int((key.captured_at - _EPOCH).total_seconds()) + _OFFSET_S
    return bytes.fromhex(key.uri_hash) + seconds.to_bytes(8) + bytes.fromhex(key.digest)


def _row_by_time(key: CaptureKey) -> bytes:
    row = _row(key)
    return row[_TIME] + row[_HASH] + row[16:]


def _sort(rows: Iterator[bytes]) -> bytes:
    """Sort rows into one bytes object: in batches that are merged, so that no list of a million of them exists."""
    runs: list[bytes] = []
    while batch := sorted(islice(rows, _BATCH)):
        runs.append(b"".join(batch))
    if len(runs) < 2:
        return b"".join(runs)
    merged = bytearray()
    for row in merge(*(_Rows(run) for run in runs)):
        merged += row
    return bytes(merged)


def _unpack(site: str, row: bytes) -> CaptureKey:
    at = _EPOCH + timedelta(seconds=int.from_bytes(row[_TIME]) - _OFFSET_S)
    return CaptureKey(site, at, row[_HASH].hex(), row[16:].hex())
