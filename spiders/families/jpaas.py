"""jpaas.py — Hanweb jpaas: a column page is a shell whose blocks are fetched as HTML in JSON. Pure."""

import json
import re
from collections.abc import Iterator
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Ask, Found, Page, Window
from spiders.families.anchors import absolute
from spiders.families.hanweb import ARTICLE
from spiders.families.pager import next_link
from spiders.families.queries import json_object, member, number, text_of, with_query
from spiders.families.rows import rows
from spiders.families.shapes import is_article, path_of, site_entries
from spiders.site import Site

# The value is an object literal in single quotes, not JSON. parseType is spelled both ways; it is copied, not written.
_PAIR = re.compile(r"""['"](\w+)['"]\s*:\s*['"]([^'"]*)['"]""")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the column pages of the site file."""
    return site_entries(site)


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the calls that a shell's blocks make, or the articles of a call's answer and the call after it.

    note: what the service says when it refuses.
    """
    shape = partial(is_article, site, ARTICLE)
    answer = json_object(page.text)
    if answer is not None:
        return _answered(ask, answer, shape)
    tree = LexborHTMLParser(page.text)
    calls = []
    for block in tree.css("[querydata]"):
        attributes = block.attributes
        query = dict(_PAIR.findall(attributes.get("querydata") or ""))
        url = absolute(page.url, attributes.get("url") or "")
        if url and query:
            state = {"call": with_query(url, query), "column": page.url, "page": "1"}
            calls.append(Ask(state["call"], headers=_headers(page.url), state=state))
    if calls:
        return Found(following=tuple(calls))
    following = next_link(tree, page.url)
    return Found(rows(tree, page.url, shape), (Ask(following),) if following else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page was made by jpaas."""
    lower = page.text.lower()
    if "jpaas-publish-server" in lower:
        return 0.97 if "querydata=" in lower else 0.9
    return 0.75 if re.search(r"/art/\d{4}/art_[0-9a-f]{32}\.html", path_of(page.url)) else 0.0


def _answered(ask: Ask, answer: dict[str, object], shape: partial[bool]) -> Found:
    if answer.get("success") is False:
        return Found(note=f"refused: {text_of(answer.get('message'))}")
    column = ask.state.get("column", ask.url)
    tree = LexborHTMLParser(text_of(member(answer, "data", "html")))
    items = rows(tree, column, shape)
    pagination = tree.css_first("[count][rows]")
    if pagination is None or not items:
        return Found(items)
    here = number(ask.state.get("page"), 1)
    size, total = (number(pagination.attributes.get(name)) for name in ("rows", "count"))
    if here * size >= total:
        return Found(items)
    wanted = json.dumps({"pageNo": here + 1, "pageSize": size}, separators=(",", ":"))
    call = ask.state.get("call", ask.url)
    state = {"call": call, "column": column, "page": str(here + 1)}
    return Found(items, (Ask(with_query(call, {"paramJson": wanted}), headers=_headers(column), state=state),))


def _headers(column: str) -> tuple[tuple[str, str], ...]:
    return (("Referer", column), ("X-Requested-With", "XMLHttpRequest"))
