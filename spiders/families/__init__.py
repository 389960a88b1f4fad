"""families — How each content system lists its articles: pure functions from a listing to links.

A family is a module with three functions. `entries(site, window)` yields the listing requests to begin with (for
newspapers one per issue day of the window). `read(site, ask, page, window)` turns one answered listing into article
links and the next listing requests. `detect(page)` says how surely a page belongs to the family. Nothing here fetches,
stores, or knows Scrapy; stopping by date, skipping held pages and scope are the spider's business.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import Protocol, cast

from spiders.site import FamilyName, Site


@dataclass(frozen=True, slots=True)
class Window:
    """The days a backfill asks for, both included; an open end is None."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as a family sees it: final URL after redirects, decoded text, status."""

    url: str
    text: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """A listing request. `state` is the family's own and comes back with the answer; `day` is the issue day asked for."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    state: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An article link: its address, and the title and day the listing shows for it."""

    url: str
    title: str = ""
    day: date | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a listing holds: items in page order, listing requests to go on with, extra pages worth keeping.

    note: a normal result to report, such as "no issue" for a day without one. files: page images and PDFs of an
    issue: recorded (page_files.py), not fetched.
    """

    items: tuple[Item, ...] = ()
    following: tuple[Ask, ...] = ()
    note: str = ""
    files: tuple[str, ...] = ()


class Family(Protocol):
    """What a family module offers."""

    def entries(self, site: Site, window: Window) -> Iterator[Ask]:
        """Yield the first listing requests."""
        ...

    def read(self, site: Site, ask: Ask, page: Page, window: Window) -> Found:
        """Turn an answered listing into links and the next requests."""
        ...

    def detect(self, page: Page) -> float:
        """Say from 0 to 1 how surely this page comes from the family."""
        ...


def load_family(name: FamilyName) -> Family:
    """Return the module of a family by its name in site files."""
    return cast(Family, import_module(f"{__name__}.{name}"))
