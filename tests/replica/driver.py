"""driver.py — Lets a family read a replica without the spider: the smallest loop that follows what a family says."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from replica.server import Replica, ReplicaSite, serve

from spiders.families import Ask, Item, Page, Window, load_family
from spiders.page_text import page_text
from spiders.site import Site

ALL = Window()
_SITE = {"id": "replica", "name": "云溪", "region": "410000", "test_site": True}


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


def make_site(family: str, host: str, listings: list[str], **keys: object) -> Site:
    """Make a site of a family."""
    return Site.model_validate({**_SITE, "family": family, "hosts": [host], "listings": listings, **keys})


def replica_site(served: Replica, family: str, paths: tuple[str, ...] | list[str] = (), **keys: object) -> Site:
    """Make the site of a replica that is being served; paths and fronts (of editions) without their host."""
    if "fronts" in keys:
        editions = keys.pop("fronts")
        keys["editions"] = [{**edition, "front": served.base_url + edition["front"]} for edition in editions]
    listings = [served.base_url + path for path in paths]
    return make_site(family, urlsplit(served.base_url).netloc, listings, **keys)


def write_site(site: Site, directory: Path) -> None:
    """Write the file of a site into a directory, for a crawl in a process of its own."""
    keys = site.model_dump(exclude_defaults=True)
    lines = [f"{key} = {_toml(value)}" for key, value in keys.items()]
    (directory / f"{site.id}.toml").write_text("\n".join(lines), encoding="utf-8")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def drive(
    replica: ReplicaSite, family: str, paths: tuple[str, ...] | list[str] = (), *, window: Window = ALL, **keys: object
) -> Crawl:
    """Serve a replica and let a family read it to its end, or to the first page wholly before the window."""
    with serve(replica) as served:
        return follow(replica_site(served, family, paths, **keys), served.base_url, window=window)


def follow(site: Site, base: str, *, window: Window = ALL, limit: int = 2000) -> Crawl:
    """Let the family of a site read what is served at base; fails when it asks for more than limit listings."""
    crawl = Crawl()
    for entry in load_family(site.family).entries(site, window):
        _walk(site, entry, window, crawl, base=base, limit=limit)
    return crawl


def fetch(url: str) -> Page:
    """Fetch a page as a family sees it."""
    return _fetch(Ask(url))


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
