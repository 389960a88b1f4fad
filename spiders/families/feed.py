"""feed.py — RSS and Atom. Pure. Rare and short on these sites: the newest items of a column, no past."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import absolute, one_line
from spiders.families.dates import day_in, day_of_address
from spiders.families.shapes import site_entries
from spiders.families.xml_tree import parse_xml, root_name
from spiders.site import Site

_DAY = ("pubDate", "published", "date", "updated", "issued")
_TAG = re.compile(r"<[^<>]+>")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the feeds of the site file."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the entries of a feed, and the next page of it where the feed names one."""
    tree = parse_xml(page.text)
    if tree is None:
        return Found()
    found: dict[str, Item] = {}
    for entry in (*tree.iter("item"), *tree.iter("entry")):
        url = absolute(page.url, _link(entry))
        if url and url not in found:
            title = one_line(_TAG.sub("", _first(entry, ("title",))))
            found[url] = Item(url, title, day_in(_first(entry, _DAY)) or day_of_address(url))
    following = next((link.get("href", "") for link in tree.iter("link") if link.get("rel") == "next"), "")
    url = absolute(page.url, following)
    return Found(tuple(found.values()), (Ask(url),) if url else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a document is a feed."""
    return 1.0 if root_name(page.text) in ("rss", "feed", "RDF") else 0.0


def _link(entry: Element) -> str:
    """Return an entry's address: RSS writes it as text, Atom as an attribute; a guid may stand in."""
    for link in entry.findall("link"):
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return link.get("href", "")
        if link.text and link.text.strip():
            return link.text.strip()
    guid = entry.find("guid")
    if guid is not None and guid.text and guid.get("isPermaLink", "true") == "true" and "://" in guid.text:
        return guid.text.strip()
    return ""


def _first(entry: Element, names: tuple[str, ...]) -> str:
    texts = ("".join(found.itertext()).strip() for name in names if (found := entry.find(name)) is not None)
    return next(filter(None, texts), "")
