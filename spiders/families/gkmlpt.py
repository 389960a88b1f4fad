"""gkmlpt.py — Guangdong's open-government catalogues (信息公开目录平台): a shell, and a JSON service of 100 a page. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from spiders.families import Ask, Found, Item, Page, Window
from spiders.families.anchors import absolute, one_line
from spiders.families.dates import day_in, day_of_address
from spiders.families.queries import json_object, number, objects, parameter, text_of, with_query
from spiders.site import Site

_SID = re.compile(r"""\bSID\s*[:=]\s*['"]?(\d+)""")
_ROOT = re.compile(r"^(.*/gkmlpt)(?:/|$)")
_EVERYTHING = "0"
_PER_PAGE = 100
_ADDRESS = ("url", "post_url")
_DAY = ("display_publish_time", "created_at", "create_time", "publish_time")


def entries(site: Site, window: Window) -> Iterator[Ask]:
    """Yield the catalogues of the site file; the category is the fragment of an address, none means everything."""
    for listing in site.listings:
        url, category = urldefrag(listing)
        yield Ask(url, state={"category": category if category.isdigit() else _EVERYTHING})


def read(site: Site, ask: Ask, page: Page, window: Window) -> Found:
    """Return the service's first call from a shell's SID, or the articles of an answer and the call after it.

    Addresses are taken as given: many of these hosts serve plain http only, also below a page of https.
    """
    answer = json_object(page.text)
    if answer is None:
        sid, root = _SID.search(page.text), _ROOT.match(urlsplit(page.url).path)
        if sid is None or root is None:
            return Found()
        path = f"{root[1]}/api/all/{ask.state.get('category', _EVERYTHING)}"
        call = with_query(absolute(page.url, path), {"page": "1", "sid": sid[1]})
        return Found(following=(Ask(call, headers=(("Referer", page.url),), state=ask.state),))
    articles = objects(answer.get("articles"))
    here = max(number(parameter(ask.url, "page"), 1), 1)
    more = articles and here * _PER_PAGE < number(answer.get("total"), 0)
    following = Ask(with_query(ask.url, {"page": str(here + 1)}), headers=ask.headers, state=ask.state)
    return Found(_items(articles, page.url), (following,) if more else ())


def detect(page: Page) -> float:
    """Say from 0 to 1 how surely a page belongs to such a catalogue."""
    if "gkmlpt" in page.text and _SID.search(page.text):
        return 0.97
    return 0.9 if "/gkmlpt" in urlsplit(page.url).path else 0.3 * ("/gkmlpt/" in page.text)


def _items(articles: list[dict[str, object]], base: str) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    for article in articles:
        url = absolute(base, next(filter(None, (text_of(article.get(name)) for name in _ADDRESS)), ""))
        said = next(filter(None, (text_of(article.get(name)) for name in _DAY)), "")
        if url and url not in found:
            pinned = text_of(article.get("is_top")) in ("1", "true")
            found[url] = Item(url, one_line(text_of(article.get("title"))), day_in(said) or day_of_address(url), pinned)
    return tuple(found.values())
