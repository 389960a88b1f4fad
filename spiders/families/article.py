"""article.py — Where an article goes on: its further pages, and pages that only lead to it. Pure; for every family.

No text is read here. Long articles are rare, so `may_continue` looks at the bytes first and is cheap.
"""

import re

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Page
from spiders.families.anchors import anchors
from spiders.families.pager import file_name, numbered_address, script_pager
from spiders.families.redirect import leads_to
from spiders.families.shapes import path_of

_SEVERAL = re.compile(rb"createPageHTML\s*\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"]?(?!0*1\D)\d+['\"]?\s*,", re.IGNORECASE)
_LEADS = re.compile(rb"location|http-equiv=[\"']?refresh|<frame\b", re.IGNORECASE)
_NUMBER = re.compile(r"^(\d{1,3})$|^第?\d{1,3}页$|下一?页|后一?页|尾页|末页")
_HANZI = re.compile("[\u3400-\u9fff]")
_MOST_PAGES = 100
_SHORT_PAGE = 6_000
_FEW_HANZI = 60


def may_continue(url: str, payload: bytes) -> bool:
    """Tell, from the bytes of an article, whether `continued` or `moved` can find anything in it.

    payload: body with its content encoding undone, in any charset that keeps ASCII.
    """
    stem = file_name(url)[0].encode("ascii", "ignore")
    # The plain searches first: the patterns take half a millisecond on a page, a third of what fetching it costs.
    if stem and stem + b"_" in payload and re.search(rb"[/\"'=]" + re.escape(stem) + rb"_\d{1,3}\.", payload):
        return True
    if b"createpagehtml" in payload.lower() and _SEVERAL.search(payload):
        return True
    return len(payload) < _SHORT_PAGE and bool(_LEADS.search(payload))


def continued(page: Page) -> tuple[str, ...]:
    """Return the addresses of an article's further pages, in order; () for a single page and for a further page itself.

    Files are named as the first with a number: t20230410_1_1.html after t20230410_1.html on TRS, content_9_2.htm
    after content_9.htm on Founder's and most others.
    """
    tree = LexborHTMLParser(page.text)
    name, extension = file_name(page.url)
    pager = script_pager(tree, page.url)
    if pager and pager.base == name and pager.pages > 1:
        first, beyond = (2, pager.pages + 1) if pager.element else (1, pager.pages)
        return tuple(numbered_address(page.url, pager, number) for number in range(first, min(beyond, _MOST_PAGES)))
    if not name or not extension:
        return ()
    folder = path_of(page.url).rpartition("/")[0]
    shape = re.compile(rf"{re.escape(folder)}/{re.escape(name)}_(\d{{1,3}})\.{re.escape(extension)}$")
    found: dict[int, str] = {}
    for anchor in anchors(tree, page.url):
        number = shape.match(path_of(anchor.url))
        if number and _NUMBER.search(anchor.node.text().strip(" \t\r\n[]【】|>»")):
            found[int(number[1])] = anchor.url
    return tuple(found[number] for number in sorted(found))[:_MOST_PAGES]


def moved(page: Page) -> str:
    """Return where an article page without a text of its own leads by script or refresh; "" for any other page."""
    if len(page.text) > _SHORT_PAGE:
        return ""
    tree = LexborHTMLParser(page.text)
    target = leads_to(tree, page.url)
    if not target:
        return ""
    for node in tree.css("script, style, title"):
        node.decompose()
    return target if len(_HANZI.findall(tree.body.text() if tree.body else "")) < _FEW_HANZI else ""
