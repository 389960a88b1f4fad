"""links.py — Any listing: by the selectors of the site file, else by finding the links that look like articles. Pure.

The last resort and the widest net: PHPCMS, DedeCMS, WebPlus, Epoint, hand-made JSP. It follows links to the next
page, and a pager drawn by script where there is one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import Anchor, anchors
from spiders.families.dates import day_in, month_of_address
from spiders.families.density import article_links, looks_like_article
from spiders.families.pager import next_link, script_next
from spiders.families.rows import items_of, rows
from spiders.families.script_list import script_items
from spiders.families.shapes import is_article, site_entries
from spiders.site import Site

ANY = re.compile("")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the listings of the site file."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the article links of a listing, and the page after it.

    By site.listing where it names an item; else by the article pattern of the site; else the links that look like
    articles: long texts, addresses with numbers, in a block of many, with days beside them; else an array in a script.
    """
    tree = LexborHTMLParser(page.text)
    if site.listing.item:
        items = _selected(site, tree, page.url)
    elif site.listing.link:
        items = items_of(list(anchors(tree, page.url, site.listing.link)))
    elif site.article:
        items = rows(tree, page.url, partial(is_article, site, ANY))
    else:
        items = items_of(article_links(tree, page.url))
    if not site.listing.item and not site.listing.link:
        items = _fuller(items, script_items(tree, page.url, partial(is_article, site, ANY)))
    following = next_link(tree, page.url, site.listing.next_page) or script_next(tree, page.url)
    return Found(items, (Ask(following),) if following else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page is a listing of some kind; never more than a family that knows its own marks."""
    tree = LexborHTMLParser(page.text)
    found = article_links(tree, page.url)
    if len(found) >= 5:
        return 0.3
    return 0.2 if found or script_items(tree, page.url) else 0.05


def _fuller(shown: tuple[Item, ...], scripted: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the array of a script instead of the links where those are none, or only a few of the array's."""
    scripted = tuple(item for item in scripted if looks_like_article(item.url, item.title))
    if not shown or (len(scripted) > len(shown) and {item.url for item in shown} <= {item.url for item in scripted}):
        return scripted
    return shown


def _selected(site: Site, tree: LexborHTMLParser, page_url: str) -> tuple[Item, ...]:
    """Return the items that the selectors of the site file name; days as they say, else as rows show them."""
    wanted = site.listing
    links: list[Anchor] = []
    days: dict[str, date] = {}
    for node in tree.css(wanted.item):
        for link in anchors(tree, page_url, wanted.link or "a", within=node):
            if site.article and not is_article(site, ANY, link.url):
                continue
            links.append(link)
            shown = node.css_first(wanted.date) if wanted.date else None
            if shown and (day := day_in(shown.text(), month_of_address(link.url))):
                days[link.url] = day
            break
    return tuple(replace(item, day=days.get(item.url, item.day)) for item in items_of(links))
