"""epaper.py — Digital newspapers: an issue per day, pages (版) in an issue, articles on a page. Pure.

Founder's generations (html/YYYY-MM/DD/node_, nbs.D/nw.D, layout/YYYYMM/DD, and the flat ones), the product whose
files are called Page… and Articel…, and some smaller ones. A day without an issue is a normal answer here: some papers answer 404, some
send the reader to the latest issue or to the front door, so the day in the address and in the text is compared.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import absolute, anchors, base_address
from spiders.families.dates import day_in, day_of_address
from spiders.families.redirect import leads_to
from spiders.families.rows import title_of
from spiders.families.script_list import code_items
from spiders.families.shapes import is_article, path_of
from spiders.site import Edition, Site

ARTICLE = re.compile(
    r"/(?:content_[\w-]+|nw\.D110000\w+_\d{8}_\d+-\w+|Articel\w+)\.html?$|/\d{6}/\d\d/c\d+\.html?$|/\d{8}/\d+\.shtml$"
)
_PAGE = re.compile(
    r"/(?:node(?:_\w+)?|nbs\.D110000\w+_\w+|Page\w+)\.html?$|/\d{6}/\d\d/(?:col|l)\w+\.html?$|/\d{8}/v\d+\.shtml$"
)
_ISSUE_TEXT = re.compile(r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*(?:&nbsp;|\s)*(?:星期|第|周|农历)")
_MARKS = re.compile(r"founder-|PagePicMap|id=[\"']?pageLink|mpproperty|id=[\"']?ozoom", re.IGNORECASE)
_LEADS_TO_ISSUE = re.compile(
    r"""(?:html/\d{4}-\d\d/\d\d|layout/\d{6}/\d\d|/\d{8})/(?:node_|nbs\.D|col\w+\.html|Page\d)"""
)
_HOPS = 4
_SHORT_PAGE = 6_000

NO_ISSUE = "no issue"
NO_TEXT = "no text edition"


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the front page of each issue day of the window, oldest first; without editions the current issue's entry.

    Where the window is open at its beginning, an edition begins with its own `since`; one that has none either is
    left to the listings, as nobody knows how far back it goes.
    """
    days = [_days(edition, window) for edition in site.editions]
    if any(span is None for span in days) or not site.editions:
        for listing in site.listings:
            yield Ask(listing)
    spans = [(edition, span) for edition, span in zip(site.editions, days, strict=True) if span]
    day = min((first for _, (first, _) in spans), default=date.max)
    last = max((last for _, (_, last) in spans), default=date.min)
    while day <= last:
        for edition, (first, end) in spans:
            if first <= day <= end:
                yield Ask(front_of(edition, day), day=day)
        day += timedelta(days=1)


def front_of(edition: Edition, day: date) -> str:
    """Return the address of a day's front page.

    >>> front_of(Edition(front="http://x.cn/html/{yyyy}-{mm}/{dd}/node_1.htm"), date(2023, 4, 9))
    'http://x.cn/html/2023-04/09/node_1.htm'
    """
    return (
        edition.front.replace("{yyyy}", f"{day.year:04}")
        .replace("{mm}", f"{day.month:02}")
        .replace("{dd}", f"{day.day:02}")
    )


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the articles of a newspaper page, and the issue's other pages: by site.listing.link, else by their shape.

    An issue may also be one data.js, which holds all its articles.
    Also reads entry pages, which only lead on: by meta refresh, by script at once or after a pause, or with a list
    of the current pages. Items have a day when the issue was asked for by its day.
    note: "no issue", "no text edition" (pictures and PDFs only), or which page of the issue is missing.
    """
    front = ask.state.get("front", "")
    if page.status in (404, 410):
        return Found(note=f"page {ask.url.rpartition('/')[2]} is missing" if front else NO_ISSUE)
    if path_of(page.url).partition("?")[0].endswith(".js"):
        return _read_script(ask, page)
    tree = LexborHTMLParser(page.text)
    links = list(anchors(tree, page.url, "a, area, [data-href]"))
    day = _issue_day(page, [link.url for link in links], ask.day)
    if ask.day and day and day != ask.day:
        return Found(note=NO_ISSUE)
    shape = partial(is_article, site, ARTICLE)
    chosen = {anchor.url for anchor in anchors(tree, page.url, site.listing.link)} if site.listing.link else None
    items: dict[str, Item] = {}
    pages: dict[str, None] = {}
    for link in links:
        if (day_of_address(link.url) or day) != day:
            continue
        if shape(link.url):
            title = title_of(link.node)
            if link.url not in items or len(title) > len(items[link.url].title):
                items[link.url] = Item(link.url, title, ask.day)
        elif link.url in chosen if chosen is not None else _PAGE.search(path_of(link.url)):
            pages[link.url] = None
    here = absolute(page.url, page.url)
    state = {"front": front or here}
    others = tuple(Ask(url, state=state, day=ask.day) for url in pages if url not in (here, front))
    if not items and not pages:
        return _lead_on(tree, ask, page)
    files = _files(tree, page.url)
    return Found(tuple(items.values()), others, NO_TEXT if files and not items else "", files)


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page is one of a digital newspaper."""
    path = path_of(page.url)
    marks = len({found.lower() for found in _MARKS.findall(page.text)})
    if day_of_address(page.url) and (_PAGE.search(path) or ARTICLE.search(path)):
        return 0.98 if marks else 0.8
    if marks >= 2 or "pagepicmap" in page.text.lower():
        return 0.9
    # A page of news that links to its paper's issue is none itself.
    if len(page.text) < _SHORT_PAGE and _LEADS_TO_ISSUE.search(page.text):
        return 0.85
    return 0.4 if marks else 0.0


def _days(edition: Edition, window: Window) -> tuple[date, date] | None:
    """Return first and last day to ask of an edition; None when one of the ends is open."""
    since = max(filter(None, (edition.since, window.since)), default=None)
    until = min(filter(None, (edition.until, window.until)), default=None)
    return (since, until) if since and until else None


def _read_script(ask: Ask, page: Page) -> Found:
    """Read an issue that is one script with all its articles."""
    day = day_of_address(page.url)
    if ask.day and day and day != ask.day:
        return Found(note=NO_ISSUE)
    found = {item.url: replace(item, day=ask.day) for item in code_items(page.text, page.url)}
    return Found(tuple(found.values()), note="" if found else NO_TEXT)


def _issue_day(page: Page, links: list[str], asked: date | None) -> date | None:
    """Return the day of the issue a page belongs to: by its address, its printed date, or where its links lead."""
    if day := day_of_address(page.url):
        return day
    linked = {day for url in links if _PAGE.search(path_of(url)) and (day := day_of_address(url))}
    if asked in linked:
        return asked
    if linked:
        return max(linked)
    printed = _ISSUE_TEXT.search(page.text)
    return day_in(printed[0]) if printed else None


def _lead_on(tree: LexborHTMLParser, ask: Ask, page: Page) -> Found:
    """Follow a page that holds nothing but the way to the issue; a few in a row at most."""
    hops = int(ask.state.get("hops", "0"))
    target = leads_to(tree, page.url)
    if target and hops < _HOPS:
        day = day_of_address(target)
        if ask.day and day and day != ask.day:
            return Found(note=NO_ISSUE)
        return Found(following=(Ask(target, state={**ask.state, "hops": str(hops + 1)}, day=ask.day),))
    files = _files(tree, page.url)
    if files:
        return Found(note=NO_TEXT, files=files)
    return Found(note=NO_ISSUE) if ask.day and "front" not in ask.state else Found()


def _files(tree: LexborHTMLParser, page_url: str) -> tuple[str, ...]:
    """Return the pictures of whole pages and their PDFs."""
    base = base_address(tree, page_url)
    pdfs = [anchor.url for anchor in anchors(tree, page_url) if path_of(anchor.url).lower().endswith(".pdf")]
    embedded = [
        absolute(base, node.attributes.get("src") or "") for node in tree.css("embed[src*='.pdf'], iframe[src*='.pdf']")
    ]
    pictures = [
        absolute(base, node.attributes.get("src") or "") for node in tree.css("img[usemap], img[src*='Page_b']")
    ]
    return tuple(dict.fromkeys(filter(None, (*pdfs, *embedded, *pictures))))
