"""trs.py — TRS WCM: columns are folders, pages index, index_1, index_2 …, drawn by script. Pure.

The commonest system of provincial and municipal sites. Articles are t<day>_<number> files in month folders.
"""

import re
from collections.abc import Iterator
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Page, Window
from spiders.families.pager import next_link, script_next
from spiders.families.rows import rows
from spiders.families.shapes import is_article, site_entries
from spiders.site import Site

ARTICLE = re.compile(r"/t(?:19|20)\d{6}_\d+\.s?html?$")
_BODY_MARK = re.compile(r"\b(?:TRS_Editor|TRS_PreAppend|TRS_UEDITOR|trs_editor_view|Custom_UnionStyle|CurrChnlCls)\b")
_NUMBERED_CALL = re.compile(r"createPageHTML\s*\(\s*\d", re.IGNORECASE)


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the first page of each column."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the articles of a column page and the page after it.

    The script's number of pages says where the column ends; beyond it servers answer 404, an error page with
    status 200, or the home page. A column whose template has a linked 下一页 instead is followed by that.
    """
    tree = LexborHTMLParser(page.text)
    items = rows(tree, page.url, partial(is_article, site, ARTICLE))
    following = script_next(tree, page.url) or next_link(tree, page.url)
    return Found(items, (Ask(following),) if following else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page was made by TRS WCM."""
    if _NUMBERED_CALL.search(page.text) and ("/t2" in page.text or ARTICLE.search(page.url)):
        return 0.95
    if ARTICLE.search(page.url.partition("?")[0]):
        return 0.9
    if _BODY_MARK.search(page.text):
        return 0.8
    if re.search(r"var\s+countPage\s*=\s*\d", page.text):
        return 0.7
    return 0.6 if re.search(r"""href=["']?[^"'\s>]*/t(?:19|20)\d{6}_\d+\.s?html?""", page.text) else 0.0
