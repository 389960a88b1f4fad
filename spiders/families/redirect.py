"""redirect.py — Pages that only lead on: by <meta refresh>, by script, by a frame. Pure; HTTP redirects are Scrapy's."""

import re

from selectolax.lexbor import LexborHTMLParser

from spiders.families.anchors import absolute, base_address
from spiders.families.pager import scripts

_REFRESH = re.compile(r"^\s*(\d{1,6})?[\d.\s]*[;,]\s*url\s*=\s*['\"]?\s*([^'\"]+)", re.IGNORECASE)
_LOCATION = re.compile(
    r"""(?:\blocation(?:\.href)?\s*=(?!=)\s*|\blocation\.(?:replace|assign)\s*\(\s*)\\?['"]([^'"\\]+)\\?['"]"""
)
_LONGEST_WAIT_S = 60
_LONGEST_REFRESH = 600


def leads_to(tree: LexborHTMLParser, page_url: str) -> str:
    """Return the address to which a page sends every reader; "" when it does not.

    Ask only of pages without content of their own: scripts of ordinary pages assign locations too.
    """
    base = base_address(tree, page_url)
    for meta in tree.css("meta[http-equiv]"):
        if (meta.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match((meta.attributes.get("content") or "")[:_LONGEST_REFRESH])
            if found and int(found[1] or 0) <= _LONGEST_WAIT_S and (url := _elsewhere(base, found[2], page_url)):
                return url
    for code in scripts(tree):
        for found in _LOCATION.finditer(code):
            if url := _elsewhere(base, found[1], page_url):
                return url
    body = tree.body
    if body and (said := _LOCATION.search(body.attributes.get("onload") or "")):
        return _elsewhere(base, said[1], page_url)
    frame = tree.css_first("frame[src]")
    return _elsewhere(base, frame.attributes.get("src") or "", page_url) if frame else ""


def _elsewhere(base: str, href: str, page_url: str) -> str:
    url = absolute(base, href)
    return "" if url == absolute(page_url, page_url) else url
