"""vsb.py — Boda VSB: column pages are numbered backwards, so only the 下页 link says where a list goes on. Pure.

The last page is always 1.htm and page 2 is the column's highest number; when items are added all of them move. A
number names a fixed block of items counted from the oldest, so following links misses none while the list grows.
"""

import re
from collections.abc import Iterator
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Page, Window
from spiders.families.pager import next_link
from spiders.families.rows import rows
from spiders.families.shapes import is_article, path_of, site_entries
from spiders.site import Site

ARTICLE = re.compile(r"/info/\d+/\d+\.htm$|[?&]wbnewsid=\d+")
_BODY = re.compile(r"v_news_content|_newscontent_fromname|id=[\"']?vsb_content|CustomerNO:|_sitegray|\.vsb\.css")
_LIST = re.compile(r"pb_sys_common|[\"' ]p_pages[\"' ]|class=[\"']?winstyle\d")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the column pages of the site file."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the articles of a column page and the page behind its 下页 link."""
    tree = LexborHTMLParser(page.text)
    items = rows(tree, page.url, partial(is_article, site, ARTICLE))
    following = next_link(tree, page.url)
    return Found(items, (Ask(following),) if following else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page was made by VSB."""
    path = path_of(page.url)
    named = bool(ARTICLE.search(path)) or "wbtreeid=" in path
    if _BODY.search(page.text):
        return 0.95 if named or _LIST.search(page.text) else 0.9
    if _LIST.search(page.text):
        return 0.9
    return 0.7 if named else 0.0
