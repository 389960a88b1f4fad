"""frontier.py — How far to follow a listing: by the days of its items and by what it repeats, never by page guess. Pure.

A Walk is one beginning of a listing (a column's first page, a newspaper's issue of a day) and everything followed
from it. It ends when a page is wholly older than the window, when a page repeats what the walk has seen (platforms
answer page 1 for any page past the end), when there is nothing to follow, or at MAX_PAGES, which is counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from w3lib.url import safe_url_string

from spiders.families import Ask, Item, Window

# A column of a large city has under 1,000 pages; more means paging that never ends in a way nobody has met yet.
MAX_PAGES = 5_000
# Entry pages that only lead on (a redirect by script, a frame) come one or two in a row.
MAX_EMPTY = 5

_FRONT_DOOR = re.compile(r"/?|/(?:index|default)\.(?:s?html?|jsp|aspx?|php)")

_PLAIN = re.compile(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[1-9][0-9]{0,3}|:[1-5][0-9]{4})?/[A-Za-z0-9/._~-]*(?:\?[A-Za-z0-9/._~&=-]+)?"
)

Stop = Literal["", "older", "repeats", "held", "empty", "too long"]
"""Why a walk is not followed beyond a page; "" when it is."""


def link_hash(text: str) -> int:
    """Return 64 bits that stand for an address: what a run remembers of it.

    >>> link_hash("http://a/") == link_hash("http://a/"), link_hash("http://a/") == link_hash("http://b/")
    (True, False)
    """
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


@dataclass(slots=True, eq=False)
class Walk:
    """One listing being followed, for the days of a window. day: the issue day asked for, if its entry asks for one.

    held_stops: a page whose links are all held ends it. open: requests of this walk that are not answered yet, its articles included. sound: nothing failed so far.
    """

    entry: str
    window: Window
    day: date | None = None
    held_stops: bool = False
    pages: int = 0
    empty_pages: int = 0
    links: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    open: int = 0
    sound: bool = True
    note: str = ""

    def ask_once(self, ask: Ask) -> bool:
        """Tell whether a listing request is new in this walk, and remember it."""
        known = link_hash(f"{ask.method} {ask.url} {ask.body!r} {sorted(ask.state.items())}")
        if known in self.asked:
            return False
        self.asked.add(known)
        return True

    def turn(self, items: Sequence[Item], *, all_held: bool = False) -> Stop:
        """Note a page that was read, and say why its following pages are not wanted, or "".

        all_held: every link of the page is held already.
        """
        self.pages += 1
        hashes = {link_hash(item.url) for item in items}
        repeats = bool(hashes) and hashes <= self.links
        self.links |= hashes
        self.empty_pages = 0 if items else self.empty_pages + 1
        if self.pages >= MAX_PAGES:
            return "too long"
        if self.empty_pages >= MAX_EMPTY:
            return "empty"
        if self.day is not None:  # an issue has as many pages as it has, and they may share links
            return ""
        if repeats:
            return "repeats"
        if wholly_older(items, self.window):
            return "older"
        return "held" if items and all_held and self.held_stops else ""


def wholly_older(items: Sequence[Item], window: Window) -> bool:
    """Tell whether a page lies before the window: it has dated items beside pinned ones, and all are older.

    >>> old, new, pinned = Item("a", day=date(2020, 1, 1)), Item("b", day=date(2022, 1, 1)), Item("c", day=date(2019, 1, 1), pinned=True)
    >>> window = Window(since=date(2021, 1, 1))
    >>> wholly_older([pinned, old], window), wholly_older([old, new], window), wholly_older([pinned], window)
    (True, False, False)
    """
    if window.since is None:
        return False
    days = [item.day for item in items if item.day is not None and not item.pinned]
    return bool(days) and all(day < window.since for day in days)


def is_front_door(url: str) -> bool:
    """Tell the home page of a host: where sites send the reader of an article that is no more.

    >>> is_front_door("http://x.gov.cn/index.shtml"), is_front_door("http://x.gov.cn/xw/index.shtml")
    (True, False)
    """
    return bool(_FRONT_DOOR.fullmatch(urlsplit(url).path))


def address(url: str) -> str:
    """Return a link as it is asked for and archived: escaped as browsers do, without white space and fragment.

    >>> address(" http://www.x.gov.cn/要闻/a.html#top ")
    'http://www.x.gov.cn/%E8%A6%81%E9%97%BB/a.html'
    """
    if _PLAIN.fullmatch(url):  # nearly all are: families make them so
        return url
    try:
        return urldefrag(safe_url_string(url.strip()))[0]
    except ValueError:
        return url
