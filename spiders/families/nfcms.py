"""nfcms.py — Guangdong's NFCMS portals: index, index_2, index_3 …, articles content/post_<number>. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import absolute, anchors
from spiders.families.pager import file_name, next_link, number_in
from spiders.families.rows import rows
from spiders.families.shapes import is_article, path_of, site_entries
from spiders.site import Site

ARTICLE = re.compile(r"/content/(?:\w+/)*m?post_\d+\.html?$")
_MOBILE = re.compile(r"/mpost_(\d+\.html?)$")
_INDEX = re.compile(r"/index_(\d+)\.html?$")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the columns of the site file."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the articles of a column page, the mobile twin of one counted as the article, and the page after it.

    By the 下一页 link; where a pager has numbers only, by the next number that it offers.
    """
    tree = LexborHTMLParser(page.text)
    found: dict[str, Item] = {}
    for item in rows(tree, page.url, partial(is_article, site, ARTICLE)):
        url = _MOBILE.sub(r"/post_\1", item.url)
        found.setdefault(url, replace(item, url=url))
    following = next_link(tree, page.url) or _next_number(tree, page.url)
    return Found(tuple(found.values()), (Ask(following),) if following else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page was made by NFCMS."""
    if "NFCMS_" in page.text:
        return 0.95
    if "gkmlpt" in page.text or "gkmlpt" in page.url:
        return 0.0
    if ARTICLE.search(path_of(page.url)):
        return 0.85
    return 0.8 if re.search(r"/content/post_\d+\.html", page.text) else 0.0


def _next_number(tree: LexborHTMLParser, page_url: str) -> str:
    """Return the address one number above this page's, if the pager offers that or a higher one."""
    here = max(number_in(page_url, "index"), 1)
    offered = [int(number[1]) for anchor in anchors(tree, page_url) if (number := _INDEX.search(path_of(anchor.url)))]
    extension = file_name(page_url)[1] or "html"
    return absolute(page_url, f"index_{here + 1}.{extension}") if max(offered, default=0) > here else ""
