"""memory.py — What a site's crawls remember from run to run beside the captures. Derived; losing it costs requests.

complete: for each listing the day of the last collect that read it to its end. aside: hashes of addresses that are no
articles (listings, robots.txt), so that the search for due revisits does not read their captures again and again.
marked: says that marks are kept (marks.py); where it is missing they are made again from the captures.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date

from storage.errors import ObjectNotFoundError, RecordError
from storage.keys import learned_key
from storage.objects import ObjectStore


def read_complete(store: ObjectStore, site: str) -> dict[str, date]:
    """Return the day of the last complete collect of each listing."""
    value = _read(store, learned_key(site, "complete"))
    days = value.items() if isinstance(value, dict) else ()
    return {listing: date.fromisoformat(day) for listing, day in days}


def write_complete(store: ObjectStore, site: str, days: Mapping[str, date]) -> None:
    """Remember the day of the last complete collect of each listing."""
    _write(store, learned_key(site, "complete"), {listing: day.isoformat() for listing, day in sorted(days.items())})


def read_aside(store: ObjectStore, site: str) -> frozenset[str]:
    """Return the hashes of addresses that are no articles."""
    value = _read(store, learned_key(site, "aside"))
    return frozenset(value) if isinstance(value, list) else frozenset()


def write_aside(store: ObjectStore, site: str, hashes: Collection[str]) -> None:
    """Remember the hashes of addresses that are no articles."""
    _write(store, learned_key(site, "aside"), sorted(hashes))


def is_marked(store: ObjectStore, site: str) -> bool:
    """Tell whether the marks of a site are kept: without that, no mark may also mean that index/ was lost."""
    return _read(store, learned_key(site, "marked")) is True


def write_marked(store: ObjectStore, site: str) -> None:
    """Say that the marks of a site are kept from now on."""
    _write(store, learned_key(site, "marked"), value=True)


def _read(store: ObjectStore, key: str) -> object:
    try:
        return json.loads(store.get(key))
    except ObjectNotFoundError:
        return None
    except ValueError as error:
        message = f"{key}: expected JSON, found {error}; delete the object, the next crawl writes it anew"
        raise RecordError(message) from error


def _write(store: ObjectStore, key: str, value: object) -> None:
    store.put(key, json.dumps(value, indent=0).encode() + b"\n")
