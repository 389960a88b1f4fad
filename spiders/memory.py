"""memory.py — What a site's crawls remember from run to run beside the captures. Derived; losing it costs requests.

complete: the day of the last collect that read every listing to its end. aside: hashes of addresses that are no
articles (listings, robots.txt), so that the search for due revisits does not read their captures again and again.
"""

import json
from collections.abc import Collection
from datetime import date

from storage.errors import ObjectNotFoundError, RecordError
from storage.keys import learned_key
from storage.objects import ObjectStore


def read_complete(store: ObjectStore, site: str) -> date | None:
    """Return the day of the last complete collect, or None."""
    value = _read(store, learned_key(site, "complete"))
    return date.fromisoformat(value) if isinstance(value, str) else None


def write_complete(store: ObjectStore, site: str, day: date) -> None:
    """Remember that a collect of this day was complete."""
    _write(store, learned_key(site, "complete"), day.isoformat())


def read_aside(store: ObjectStore, site: str) -> frozenset[str]:
    """Return the hashes of addresses that are no articles."""
    value = _read(store, learned_key(site, "aside"))
    return frozenset(value) if isinstance(value, list) else frozenset()


def write_aside(store: ObjectStore, site: str, hashes: Collection[str]) -> None:
    """Remember the hashes of addresses that are no articles."""
    _write(store, learned_key(site, "aside"), sorted(hashes))


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
