"""marks.py — Which addresses are not settled, although a capture of them is stored.

A capture key does not say which status was captured, so a page that answered 503 would look held. A mark is a
small object named by the address's hash, written before such a capture and removed after a good one: killed at any
point, a page may be fetched once too often, and is never taken for held wrongly. Marks are derived
(Archive.mark_again).

dead: the page answered 404 or 410, or said so with status 200; asked again when its revisit is due.
open: an error, a challenge, or a redirect whose end is not stored; asked again at the next chance.
"""

from typing import Literal

from storage.keys import mark_key, marks_prefix, parse_mark_key, uri_hash
from storage.objects import ObjectStore

Mark = Literal["dead", "open"]


class Marks:
    """The marks of one site: read once by listing their keys, then kept in step."""

    def __init__(self, store: ObjectStore, site: str) -> None:
        """Read the marks of a site."""
        self._store, self._site = store, site
        self._marks: dict[str, str] = {}
        for key in store.list(marks_prefix(site)):
            hashed, mark = parse_mark_key(key)
            # Both may stand after a kill between put and delete; the one that asks more often is safe.
            if self._marks.get(hashed) != "open":
                self._marks[hashed] = mark

    def of(self, hashed: str) -> str:
        """Return the mark of an address by its hash, or ""."""
        return self._marks.get(hashed, "")

    def put(self, uri: str, mark: Mark) -> None:
        """Mark an address; the object's content is the address, for a reader."""
        hashed = uri_hash(uri)
        earlier = self._marks.get(hashed)
        if earlier == mark:
            return
        self._store.put(mark_key(self._site, hashed, mark), uri.encode() + b"\n")
        self._marks[hashed] = mark
        if earlier:
            self._store.delete(mark_key(self._site, hashed, earlier))

    def clear(self, uri: str) -> None:
        """Remove the mark of an address."""
        hashed = uri_hash(uri)
        mark = self._marks.pop(hashed, None)
        if mark:
            self._store.delete(mark_key(self._site, hashed, mark))


def mark_for(status: int, judgement: str) -> Mark | None:
    """Return the mark that an answer leaves on its address; None for a page that counts as held.

    >>> mark_for(200, ""), mark_for(304, ""), mark_for(404, ""), mark_for(301, ""), mark_for(200, "blocked")
    (None, None, 'dead', 'open', 'open')
    """
    if judgement == "blocked":
        return "open"
    if status in (404, 410) or judgement == "soft_404":
        return "dead"
    return None if status in (200, 304) else "open"
