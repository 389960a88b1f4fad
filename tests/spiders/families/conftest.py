"""A driver for families without the spider: the smallest loop that follows what a family says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from replica.server import ReplicaSite, serve

from spiders.families import Ask, Found, Item, Page, Window, load_family
from spiders.page_text import page_text
from spiders.site import Site

_SITE = {
    "id": "replica",
    "name": "云溪",
    "region": "410000",
    "test_site": True,
}


@dataclass
class Crawl:
    """What a family found on a replica: items by address without its host, notes, files, and the listings it asked for."""

    items: dict[str, Item] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def days(self) -> dict[str, date | None]:
        """Map each address to the day its listing shows."""
        return {url: item.day for url, item in self.items.items()}


ALL = Window()
Drive = Callable[..., Crawl]


@pytest.fixture
def drive() -> Drive:
    """Return a function that lets a family read a replica to its end, or to the first page wholly before the window."""
    return _drive


@pytest.fixture
def site_of() -> Callable[..., Site]:
    """Return a function that makes a site of a family from addresses."""
    return make_site


@pytest.fixture
def read() -> Callable[..., Found]:
    """Return a function that lets a family read one page given as text."""

    def _read(family: str, html: str, url: str, *, ask: Ask | None = None, status: int = 200, **keys: object) -> Found:
        site = make_site(family, urlsplit(url).netloc, [url], **keys)
        return load_family(site.family).read(site, ask or Ask(url), Page(url, html, status), Window())

    return _read


def make_site(family: str, host: str, listings: list[str], **keys: object) -> Site:
    """Make a site of a family."""
    return Site.model_validate({**_SITE, "family": family, "hosts": [host], "listings": listings, **keys})


def _drive(
    replica: ReplicaSite,
    family: str,
    paths: list[str] = (),
    *,
    window: Window = ALL,
    limit: int = 2000,
    **keys: object,
) -> Crawl:
    with serve(replica) as served:
        if "fronts" in keys:
            keys["editions"] = [
                {**edition, "front": served.base_url + edition["front"]} for edition in keys.pop("fronts")
            ]
        host = urlsplit(served.base_url).netloc
        site = make_site(family, host, [served.base_url + path for path in paths], **keys)
        crawl = Crawl()
        for entry in load_family(site.family).entries(site, window):
            _walk(site, entry, window, crawl, base=served.base_url, limit=limit)
        return crawl


def _walk(site: Site, entry: Ask, window: Window, crawl: Crawl, *, base: str, limit: int) -> None:
    """Follow one beginning to its end, with the stopping rules that the spider has."""
    module = load_family(site.family)
    waiting, known, links = [entry], set(), set()
    while waiting:
        ask = waiting.pop(0)
        key = (ask.method, ask.url, ask.body, tuple(sorted(ask.state.items())))
        if key in known:
            continue
        known.add(key)
        crawl.asked.append(f"{ask.method} {ask.url.removeprefix(base)}")
        assert len(crawl.asked) <= limit, "the family asks for ever more listings"
        page = _fetch(ask)
        if page.status != 200 and ask.day is None and len(known) > 1:
            continue
        found = module.read(site, ask, page, window)
        crawl.notes += [found.note] * bool(found.note)
        crawl.files += [url.removeprefix(base) for url in found.files]
        new = {item.url for item in found.items} - links
        for item in found.items:
            if site.owns(item.url) and item.url in new:
                path = item.url.removeprefix(base)
                crawl.items.setdefault(path, item)
                crawl.times[path] = crawl.times.get(path, 0) + 1
        links |= new
        days = [item.day for item in found.items if item.day and not item.pinned]
        older = ask.day is None and days and window.since and max(days) < window.since
        repeats = ask.day is None and found.items and not new
        if not older and not repeats:
            waiting += found.following


def _fetch(ask: Ask) -> Page:
    request = Request(ask.url, data=ask.body or None, method=ask.method, headers=dict(ask.headers))
    try:
        with urlopen(request) as answer:
            return Page(answer.url, page_text(answer.read(), answer.headers.get("Content-Type", "")), answer.status)
    except HTTPError as error:
        with error:
            return Page(error.url, page_text(error.read()), error.code)
