"""hanweb.py — Hanweb JCMS: the first records stand in the page as an XML island, the rest comes from dataproxy.jsp. Pure.

The visible list is filled by script, and a pageNum in the address changes nothing: only the calls page on. The
group style follows the link that each answer carries; without one, the range style asks by record numbers.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import Anchor, absolute, anchors
from spiders.families.pager import next_link
from spiders.families.queries import number, parameter
from spiders.families.rows import items_of, rows
from spiders.families.shapes import is_article, path_of, site_entries
from spiders.site import Site

ARTICLE = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/art_\d+_\d+|art_[0-9a-f]{32}|art_\d+_\d+)\.html?$")
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_TOTAL = re.compile(r"<total(record|page)>\s*(\d+)\s*<", re.IGNORECASE)
_PARAMETERS = re.compile(r"\bparam_\w+\s*=\s*\{([^{}]*)\}")
_PAIR = re.compile(r"""(?<!\w)['"]?(\w{1,40})['"]?\s{0,9}:\s*(?:'([^']*)'|"([^"]*)"|([\w.-]+))""")
_OPTION = re.compile(r"\b(perPage|totalRecord)\s*:\s*['\"]?(\d+)")
_PROXY = re.compile(r"""['"]([^'"]*/module/(?:web/)?jpage/\w*dataproxy\.jsp)[^'"]*['"]""", re.IGNORECASE)
_STRONG = re.compile(r"dataproxy\.jsp|\.jpage\(\{|ZJEG_RSS\.content|<\$\[")
_COLUMN = re.compile(r"/col/col\d+/")
_PROXY_PATH = "/module/web/jpage/dataproxy.jsp"
# The client's own script asks for three display pages at once.
_DISPLAY_PAGES = 3


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the column pages of the site file."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the records of a column page or of a call's answer, and the call for the next ones.

    An empty answer is the end: past it servers answer 200 with no record.
    """
    column = ask.state.get("column") or page.url
    records = _inside(page.text, "record")
    items = _items(site, records, column)
    if ask.state:
        return Found(items, _after_answer(ask, page.text, len(records), column) if records else ())
    if not records and "dataproxy" not in page.text:
        tree = LexborHTMLParser(page.text)
        following = next_link(tree, page.url)
        return Found(
            rows(tree, page.url, lambda url: is_article(site, ARTICLE, url)), (Ask(following),) if following else ()
        )
    return Found(items, _after_island(page, len(records)))


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page was made by Hanweb JCMS."""
    if _STRONG.search(page.text) and "jpaas" not in page.text:
        return 0.95
    path = path_of(page.url)
    if ARTICLE.search(path):
        return 0.7 if "/art_" in path and path.count("/") >= 5 else 0.5
    return 0.6 if _COLUMN.search(path) else 0.0


def _inside(text: str, name: str) -> list[str]:
    """Return what stands in the elements of a name, without CDATA marks; leniently, as the outer XML is often broken."""
    parts = (part.partition(f"</{name}>") for part in text.split(f"<{name}>")[1:])
    return [inside.strip().removeprefix("<![CDATA[").removesuffix("]]>") for inside, end, _ in parts if end]


def _items(site: Site, records: list[str], column: str) -> tuple[Item, ...]:
    """Return one item per record; each is parsed alone, as one with an open quote would swallow its neighbours."""
    links: list[Anchor] = []
    for record in records:
        html = f"<table>{record}</table>" if re.match(r"\s*<t[rd]\b", record, re.IGNORECASE) else f"<ul>{record}</ul>"
        found = [
            anchor
            for anchor in anchors(LexborHTMLParser(html), column)
            if not path_of(anchor.url).startswith("/module/") and not _COLUMN.search(path_of(anchor.url))
        ]
        # A record may show its column beside its article; one that leads off the site has nothing else.
        articles = [anchor for anchor in found if is_article(site, ARTICLE, anchor.url)]
        links += articles or found[:1]
    return items_of(links)


def _after_island(page: Page, held: int) -> tuple[Ask, ...]:
    """Return the first call of each island of a column page."""
    groups = [following for link in _inside(page.text, "nextgroup") if (following := _group(link, page.url))]
    if groups:
        return tuple(groups)
    options = {name: int(value) for name, value in _OPTION.findall(page.text)}
    per_page, total = options.get("perPage", 15), options.get("totalRecord", 0)
    found = _PARAMETERS.search(page.text)
    if found is None or (total and held >= total):
        return ()
    parameters = {name: single or double or bare for name, single, double, bare in _PAIR.findall(found[1])}
    proxy = _PROXY.search(page.text)
    path = proxy[1] if proxy else _PROXY_PATH
    state = {"proxy": absolute(page.url, path), "form": urlencode(parameters, quote_via=quote), "column": page.url}
    return (_range(state, held + 1, per_page, total),)


def _after_answer(ask: Ask, text: str, received: int, column: str) -> tuple[Ask, ...]:
    """Return the call after an answer that held records."""
    totals = {name.lower(): int(value) for name, value in _TOTAL.findall(text)}
    if "form" not in ask.state:
        following = next((_group(link, column) for link in _inside(text, "nextgroup")), None)
        if following and totals.get("page") and number(parameter(following.url, "page")) > totals["page"]:
            return ()
        return (following,) if following else ()
    # By what came, not by what was asked for: servers clamp long ranges.
    start = int(ask.state["start"]) + received
    total = totals.get("record") or int(ask.state["total"])
    return (_range(ask.state, start, int(ask.state["per_page"]), total),) if not total or start <= total else ()


def _group(link: str, column: str) -> Ask | None:
    """Return the call that a nextgroup link names."""
    found = _HREF.search(link)
    url = absolute(column, found[1].replace("&amp;", "&")) if found else ""
    return Ask(url, headers=_headers(column), state={"column": column}) if url else None


def _range(state: Mapping[str, str], start: int, per_page: int, total: int) -> Ask:
    """Return a call by record numbers, which count from 1 and include both ends."""
    end = start + per_page * _DISPLAY_PAGES - 1
    return Ask(
        f"{state['proxy']}?startrecord={start}&endrecord={end}&perpage={per_page}",
        method="POST",
        body=state["form"].encode(),
        headers=(*_headers(state["column"]), ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")),
        state={
            "proxy": state["proxy"],
            "form": state["form"],
            "column": state["column"],
            "start": str(start),
            "per_page": str(per_page),
            "total": str(total),
        },
    )


def _headers(column: str) -> tuple[tuple[str, str], ...]:
    # What the site's own script sends; some installations refuse calls without it.
    return (("Referer", column), ("X-Requested-With", "XMLHttpRequest"))
