"""page_files.py — Which pictures of whole pages and PDFs the issues of a newspaper name. Recorded, not fetched.

One object per site and month (index/<site>/files/<yyyy-mm>.json): for each day of an issue its pages by address, and
for each page the addresses of its picture and its PDF, in the order of the page. Derived: the pages themselves are
captured as listings, and reading them again records the same.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date

from storage.errors import ObjectNotFoundError, RecordError
from storage.keys import files_key, files_prefix
from storage.objects import ObjectStore

_Month = dict[str, dict[str, list[str]]]


class PageFiles:
    """The files of one site: a month is read when first needed, changed in memory, given out by changed() to be put."""

    def __init__(self, store: ObjectStore, site: str) -> None:
        """Begin with nothing read."""
        self._store, self._site = store, site
        self._months: dict[str, _Month] = {}
        self._changed: set[str] = set()

    def note(self, day: date, page: str, files: Sequence[str]) -> int:
        """Record the files that a page of a day's issue names; returns how many of them no page of the day named before."""
        month = f"{day:%Y-%m}"
        if month not in self._months:
            self._months[month] = _read(self._store, files_key(self._site, month))
        pages = self._months[month].setdefault(day.isoformat(), {})
        if pages.get(page) == list(files):
            return 0
        new = set(files).difference(*pages.values())
        pages[page] = list(files)
        self._changed.add(month)
        return len(new)

    def changed(self) -> list[tuple[str, bytes]]:
        """Return key and content of the months that changed since the last call; putting them is the caller's work."""
        months = [(files_key(self._site, month), _to_json(self._months[month])) for month in sorted(self._changed)]
        self._changed.clear()
        return months


def page_files(
    store: ObjectStore, site: str, since: date | None = None, until: date | None = None
) -> Iterator[tuple[date, str, str]]:
    """Yield day, page and file of the issues from since to until, by day; a file that two pages name comes once.

    The front page of many papers has two addresses.
    """
    for key in sorted(store.list(files_prefix(site))):
        for name, pages in sorted(_read(store, key).items()):
            day = date.fromisoformat(name)
            if (since is None or day >= since) and (until is None or day <= until):
                found = {file: page for page, files in sorted(pages.items(), reverse=True) for file in files}
                for file, page in sorted(found.items(), key=lambda pair: (pair[1], pair[0])):
                    yield day, page, file


def _to_json(month: _Month) -> bytes:
    return json.dumps(month, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _read(store: ObjectStore, key: str) -> _Month:
    try:
        value = json.loads(store.get(key))
    except ObjectNotFoundError:
        return {}
    except ValueError as error:
        message = f"{key}: expected a month of page files, found {error}; delete the object, the next backfill of these days writes it anew"
        raise RecordError(message) from error
    assert isinstance(value, dict)
    return value
