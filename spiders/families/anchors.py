"""anchors.py — The addresses a page links to, made absolute and clean. Pure; knows no family.

Addresses are what the archive files captures under, so one page must always come out under one spelling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLANK = re.compile(r"[\s\u3000\xa0\ufeff\u200b]+")
# In onclick and javascript: links the address is the quoted argument that looks like one.
_QUOTED_ADDRESS = re.compile(
    r"""['"]((?:https?://|//|\.{0,2}/|[\w-]+/)?[^'"\s()]*\.(?:s?html?|jsp|aspx?|php)(?:\?[^'"\s]*)?)['"]"""
)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
# Longer ones are data in disguise; no server of this kind answers them.
_LONGEST_ADDRESS = 2_000
_PORTS = {"http": ":80", "https": ":443"}
_SAFE = "/:@!$&'()*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in a page: its element and its absolute address."""

    node: LexborNode
    url: str


def anchors(
    tree: LexborHTMLParser, page_url: str, selector: str = "a", within: LexborNode | None = None
) -> Iterator[Anchor]:
    """Yield the links of a page in order, with addresses resolved against the page (or its <base>).

    within: only those in this element. Links by script count when their code quotes an address; mailto:, tel: and the rest do not.
    """
    base = base_address(tree, page_url)
    for node in (within or tree).css(selector):
        attributes = node.attributes
        href = (attributes.get("href") or attributes.get("data-href") or "").strip()
        if href.lower().startswith("javascript:") or href in ("", "#"):
            script = href + " " + (attributes.get("onclick") or "")
            quoted = _QUOTED_ADDRESS.search(script)
            href = quoted[1] if quoted else ""
        url = absolute(base, href)
        if url:
            yield Anchor(node, url)


def base_address(tree: LexborHTMLParser, page_url: str) -> str:
    """Return the address that relative links start from."""
    base = tree.css_first("base[href]")
    return urljoin(page_url, (base.attributes.get("href") or "").strip()) if base else page_url


def absolute(base: str, href: str) -> str:
    """Resolve a link and give it its one spelling; "" when it is not an address of the web.

    Host in lower case, default port, fragment, session id and climbs above the root removed; characters outside
    ASCII percent-encoded as UTF-8. The query and its order stay, as servers differ over them.

    >>> absolute("http://X.gov.cn:80/a/index.html", " ../../b/./名 单.html#top")
    'http://x.gov.cn/b/%E5%90%8D%E5%8D%95.html'
    >>> absolute("http://x.gov.cn/", "javascript:void(0)")
    ''
    """
    href = "".join(_BLANK.split(href)) if _BLANK.search(href) else href
    if not href or href.startswith("#") or len(href) > _LONGEST_ADDRESS:
        return ""
    try:
        parts = urlsplit(urljoin(base, href.replace("\\", "/")))
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    netloc = parts.netloc.rpartition("@")[2].lower().removesuffix(_PORTS[parts.scheme])
    path = _SESSION.sub("", parts.path)
    while path.startswith(("/../", "/./")):
        path = path[path.index("/", 1) :]
    return urlunsplit(
        (parts.scheme, netloc, quote(path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE + "?[]"), "")
    )


def is_hidden(node: LexborNode) -> bool:
    """Tell whether an element or one it stands in is switched off by its own style attribute or `hidden`."""
    at: LexborNode | None = node
    while at is not None and at.tag not in ("body", "html", "-document"):
        attributes = at.attributes
        style = attributes.get("style")
        if "hidden" in attributes or (style and "display:none" in style.replace(" ", "").lower()):
            return True
        at = at.parent
    return False


def pieces(node: LexborNode, most: int = 10_000) -> list[str]:
    """Return the texts in an element, one per text node, blanks at the ends removed, empty ones left out.

    most: how many nodes are looked at.
    """
    nodes = islice(node.traverse(include_text=True), most)
    texts = (text.text_content for text in nodes if text.tag == "-text")
    return [stripped for text in texts if text and (stripped := text.strip(" \t\r\n\f\u3000\xa0\ufeff\u200b"))]


def one_line(text: str) -> str:
    """Join a text that was broken over lines.

    >>> one_line(" 开封市\\n    人民政府 ")
    '开封市 人民政府'
    """
    return _BLANK.sub(" ", text).strip()
