"""ucap.py — UCAP (开普云): static lists counted from 1 (list, list_2, …), and lists that a JSON service answers. Pure."""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import absolute, one_line
from spiders.families.dates import day_in, day_of_address
from spiders.families.pager import next_link, script_next, scripts
from spiders.families.queries import json_object, member, number, objects, parameter, text_of, with_query
from spiders.families.rows import rows
from spiders.families.shapes import is_article, path_of, site_entries
from spiders.site import Site

ARTICLE = re.compile(r"/[0-9a-f]{32}\.s?html?$|/c\d+/content\.s?html?$|/content_[0-9a-f]{32}\.s?html?$")
_CALL = re.compile(r"""['"]([^'"\s]*(?:/common/search/|/searchList/|/info/getInfoCommon)[^'"\s]*)['"]""")
_CHANNEL = re.compile(r"""channel_?id['"]?\s*[:=]\s*['"]?([0-9a-f]{32})""", re.IGNORECASE)
_ELEMENT_CALL = re.compile(r"""createPageHTML\s*\(\s*['"][A-Za-z_]""")
_MARKS = re.compile(r"<UCAPCONTENT|id=[\"']?UCAP-CONTENT|_isAgg=true|getInfoCommon", re.IGNORECASE)
_SEARCH = {
    "_isAgg": "true",
    "_isJson": "true",
    "_pageSize": "18",
    "_template": "index",
    "_rangeTimeGte": "",
    "_channelName": "",
    "page": "1",
}
_COMMON = {"pagesize": "15", "currpage": "1"}
_TAG = re.compile(r"<[^<>]+>")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the listings of the site file: column pages, or calls of a JSON service.

    A call under /search/common/search/ (Hunan's) is made by POST, with the query of its address as the form.
    """
    for ask in site_entries(site):
        yield _call(ask.url) if _is_call(ask.url) else ask


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the articles of a list or of a service's answer, and the request for the next ones.

    A page without rows of its own says in its script which service it asks, and for which channel.
    """
    answer = json_object(page.text)
    if answer is not None:
        return _answered(ask, answer, page.url)
    tree = LexborHTMLParser(page.text)
    items = rows(tree, page.url, partial(is_article, site, ARTICLE))
    following = script_next(tree, page.url) or next_link(tree, page.url)
    if following or not (call := _call_in(tree, page)):
        return Found(items, (Ask(following),) if following else ())
    return Found(items, (_call(call, page.url),))


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page was made by UCAP."""
    if _ELEMENT_CALL.search(page.text):
        return 0.95
    if _MARKS.search(page.text):
        # The State Council's own site has the mark around an editor of TRS.
        return 0.75 if "TRS_Editor" in page.text else 0.9
    return 0.8 if ARTICLE.search(path_of(page.url)) else 0.0


def _is_call(url: str) -> bool:
    return any(part in url for part in ("/common/search/", "/searchList/", "getInfoCommon"))


def _call(url: str, column: str = "") -> Ask:
    """Return the request of a call's address."""
    state = {"column": column or url}
    headers = (("Referer", column), ("X-Requested-With", "XMLHttpRequest")) if column else ()
    if "/search/common/search/" not in url:
        return Ask(url, headers=headers, state=state)
    bare, _, form = url.partition("?")
    form_type = ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
    return Ask(bare, "POST", form.encode(), (*headers, form_type), {**state, "form": form})


def _call_in(tree: LexborHTMLParser, page: Page) -> str:
    """Return the call that a page's script makes for its own channel, "" without one."""
    meta = tree.css_first("meta[name='channelid' i]")
    named = _CHANNEL.search(page.text)
    channel = ((meta.attributes.get("content") or "") if meta else "") or (named[1] if named else "")
    for code in scripts(tree):
        for found in _CALL.finditer(code):
            url = absolute(page.url, found[1])
            path = urlsplit(url).path
            if "getInfoCommon" in path and (channel or parameter(url, "channelid")):
                return with_query(url, {**_COMMON, "channelid": parameter(url, "channelid") or channel})
            if path.endswith("/"):
                url = absolute(page.url, path + channel) if channel else ""
            if url:
                return with_query(url, _SEARCH | _own_query(url))
    return ""


def _own_query(url: str) -> dict[str, str]:
    return {name: value for name in _SEARCH if (value := parameter(url, name))}


def _answered(ask: Ask, answer: dict[str, object], url: str) -> Found:
    """Read either shape of answer: infolist without a total, or data.results with one."""
    column = ask.state.get("column", url)
    if "infolist" in answer:
        items = _items(objects(answer["infolist"]), ("link", "url"), ("pubtime", "publishtime"), column)
        here, size = number(parameter(ask.url, "currpage"), 1), number(parameter(ask.url, "pagesize"), 15)
        more = len(objects(answer["infolist"])) >= size
        following = Ask(with_query(ask.url, {"currpage": str(here + 1)}), headers=ask.headers, state=ask.state)
        return Found(items, (following,) if more else ())
    data = answer.get("data")
    results = objects(member(data, "results"))
    items = _items(results, ("url",), ("publishedTimeStr", "publishedTime"), column)
    query = f"http://form/?{ask.state['form']}" if "form" in ask.state else ask.url
    here = number(parameter(query, "page"), number(member(data, "page"), 1))
    rows_each = number(member(data, "rows"), len(results) or 1)
    if not results or here * rows_each >= number(member(data, "total"), 0):
        return Found(items)
    if "form" in ask.state:
        form = with_query(query, {"page": str(here + 1)}).partition("?")[2]
        return Found(items, (Ask(ask.url, "POST", form.encode(), ask.headers, {**ask.state, "form": form}),))
    return Found(items, (Ask(with_query(ask.url, {"page": str(here + 1)}), headers=ask.headers, state=ask.state),))


def _items(
    entries: list[dict[str, object]], links: tuple[str, ...], days: tuple[str, ...], column: str
) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for entry in entries:
        url = absolute(column, next(filter(None, (text_of(entry.get(name)) for name in links)), ""))
        said = next(filter(None, (text_of(entry.get(name)) for name in days)), "")
        if url and url not in found:
            title = one_line(_TAG.sub("", text_of(entry.get("title"))))
            pinned = text_of(entry.get("isTop")) in ("1", "true")
            found[url] = Item(url, title, day_in(said) or day_of_address(url), pinned)
    return tuple(found.values())
