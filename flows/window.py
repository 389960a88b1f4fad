"""window.py — The stored results of a period, told from their keys."""

from collections.abc import Iterator
from datetime import date

from flows.shards import months_between
from storage.objects import ObjectStore


def results_in_window(store: ObjectStore, prefix: str, since: date | None, until: date | None) -> Iterator[str]:
    """Yield the keys of a site's documents or outcomes whose capture lies in a window; lists only its months."""
    first, last = (f"{day:%Y%m%d}" if day else None for day in (since, until))
    for month in months_between(since, until) if since and until else [""]:
        for key in store.list(prefix + month):
            if (not first or stem_of(key)[:8] >= first) and (not last or stem_of(key)[:8] <= last):
                yield key


def stem_of(key: str) -> str:
    return key.rsplit("/", 1)[1].removesuffix(".json")
