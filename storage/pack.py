"""pack.py — Joins a day's captures into WARC files with their index: a few large files to hand on. Derived.

The captures stay what they are and where they are; a pack is a copy, read back and compared before it counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from storage.errors import RecordError
from storage.history import iter_capture_keys
from storage.index import IndexLine, index_line
from storage.keys import pack_key, parse_capture_key
from storage.objects import ObjectStore
from storage.records import Failure

# A part is held in memory as a whole, twice while it is compared. WARC files of 1 GB are usual; half is kind.
MAX_PART_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Packed:
    """What pack_days did: keys of the parts, captures in them, captures left out because they cannot be read."""

    parts: tuple[str, ...]
    captures: int
    failures: tuple[Failure, ...]


def pack_days(store: ObjectStore, site: str, since: date | None = None, until: date | None = None) -> Packed:
    """Write the packs of a site's days of capture (UTC), both ends included; give only days that are over.

    The same captures give the same packs. A damaged capture is left out and told.
    Raises RecordError when a pack that was read back differs from what was written.
    """
    parts: list[str] = []
    failures: list[Failure] = []
    captures = 0
    keys = iter_capture_keys(store, site, since, until)
    for day, keys_of_day in groupby(keys, key=lambda key: parse_capture_key(key).captured_at.date()):
        for number, members in enumerate(_parts(store, keys_of_day, failures)):
            key = pack_key(site, day, number)
            _write(store, key, members)
            parts.append(key)
            captures += len(members)
    return Packed(tuple(parts), captures, tuple(failures))


_Members = list[tuple[IndexLine, bytes]]


def _parts(store: ObjectStore, keys: Iterator[str], failures: list[Failure]) -> Iterator[_Members]:
    members: _Members = []
    size = 0
    for key in keys:
        data = store.get(key)
        try:
            line = index_line(key, data)
        except RecordError as error:
            failures.append(Failure(key, "pack", str(error)))
            continue
        if members and size + len(data) > MAX_PART_BYTES:
            yield members
            members, size = [], 0
        members.append((line, data))
        size += len(data)
    if members:
        yield members


def _write(store: ObjectStore, key: str, members: _Members) -> None:
    lines: list[str] = []
    offset = 0
    for line, data in members:
        # Replay tools look for a file by its bare name.
        lines.append(f"{replace(line, filename=key.rsplit('/', 1)[1], offset=str(offset))}\n")
        offset += len(data)
    joined = b"".join(data for _, data in members)
    store.put(key, joined)
    if store.get(key) != joined:
        message = f"{key}: expected the {len(joined)} bytes that were written, found others; pack the day again"
        raise RecordError(message)
    store.put(key.removesuffix(".warc.gz") + ".cdxj", "".join(sorted(lines)).encode())
