"""sitemap.py — Sitemaps: lists of addresses, indexes of such lists, and the robots.txt that names them. Pure.

The order of a sitemap means nothing, so a list is read whole; an index leads only to lists that changed since the
window began.
"""

import re
from collections.abc import Iterator
from functools import partial
from xml.etree.ElementTree import Element

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import absolute
from spiders.families.dates import day_in, day_of_address
from spiders.families.shapes import is_article, site_entries
from spiders.families.xml_tree import parse_xml
from spiders.site import Site

# Without a pattern in the site file: pages with a number in their name, not folders and not index pages.
ARTICLE = re.compile(r"\d{2,}[^/]*(?:\.s?html?|\.jsp|\.php|\.aspx?)?(?:\?.*)?$")
_PLUMBING = re.compile(r"\.(?:jpe?g|png|gif|css|js|pdf|zip|xml|gz)$|/(?:index|list)(?:_\d+)?\.\w+$", re.IGNORECASE)
_ROBOTS = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the sitemaps of the site file, or the robots.txt that names them."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the articles of a sitemap, or the further sitemaps that an index or a robots.txt names."""
    tree = parse_xml(page.text)
    if tree is None:
        named = (absolute(page.url, found) for found in _ROBOTS.findall(page.text))
        return Found(following=tuple(Ask(url) for url in dict.fromkeys(named) if url))
    if tree.tag == "sitemapindex":
        nested = (
            (absolute(page.url, _said(entry, "loc")), day_in(_said(entry, "lastmod"))) for entry in tree.iter("sitemap")
        )
        since = window.since
        return Found(following=tuple(Ask(url) for url, day in nested if url and not (since and day and day < since)))
    accepts = partial(is_article, site, ARTICLE)
    found: dict[str, Item] = {}
    for entry in tree.iter("url"):
        url = absolute(page.url, _said(entry, "loc"))
        if url and accepts(url) and (site.article or not _PLUMBING.search(url)):
            said = _said(entry, "publication_date") or _said(entry, "lastmod")
            # The day of an address is the day of publication; lastmod also moves when a page is only rebuilt.
            found.setdefault(url, Item(url, _said(entry, "title"), day_of_address(url) or day_in(said)))
    return Found(tuple(found.values()))


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a document is a sitemap or names one."""
    head = page.text[:2000]
    if "<urlset" in head or "<sitemapindex" in head:
        return 1.0
    return 0.8 if _ROBOTS.search(page.text[:20_000]) and "<html" not in head.lower() else 0.0


def _said(entry: Element, name: str) -> str:
    return next(("".join(element.itertext()).strip() for element in entry.iter(name)), "")
