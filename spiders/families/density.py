"""density.py — Which links of an unknown page are its articles. Pure.

Menus, crumbs and sidebars are short texts and bare folders; articles are long texts with a number in the address,
many in one block, mostly with a day beside them. Addresses of one shape belong together.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.families.anchors import Anchor, anchors, is_hidden
from spiders.families.rows import day_text, title_of

_HANZI = re.compile("[\u3400-\u9fff]")
_DIGITS = re.compile(r"\d+")
_HASH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,32}", re.IGNORECASE)
_PLUMBING = re.compile(
    r"\.(?:jpe?g|png|gif|css|js|zip|rar|apk|mp4|xml)$|/(?:login|search|index|list|default)(?:_?\d*)?\.\w+$",
    re.IGNORECASE,
)
_SHORTEST_TITLE = 5
_FEW = 3
_ROW_LEVELS = 4


def article_links(tree: LexborHTMLParser, page_url: str) -> list[Anchor]:
    """Return the links of a page that look like articles, in order; [] where nothing does.

    The shape of address (digits and hashes left open) with the greatest weight wins: long titles count, days beside
    them count double. Other shapes that share its block and have days, such as notices of a second template, come
    along; blocks without any day, such as hot items in a sidebar, stay out when the others have days.
    """
    candidates = [anchor for anchor in anchors(tree, page_url) if _may_be_article(anchor, page_url)]
    shapes: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in candidates:
        shapes[_shape(anchor.url)].append(anchor)
    weights = {shape: _weight(links) for shape, links in shapes.items()}
    best = max(weights, key=lambda shape: weights[shape], default="")
    if not best or weights[best] <= 0:
        return []
    dated = {_block(anchor.node) for anchor in shapes[best] if _dated(anchor.node)}
    if dated and sum(_dated(anchor.node) for anchor in shapes[best]) * 2 > len(shapes[best]):
        return [
            anchor
            for anchor in candidates
            if _block(anchor.node) in dated and (_shape(anchor.url) == best or _dated(anchor.node))
        ]
    return shapes[best]


def looks_like_article(url: str, title: str) -> bool:
    """Tell whether an address has a number and a title some length, as articles have.

    >>> looks_like_article("http://x.cn/a/123.html", "开封市召开会议"), looks_like_article("http://x.cn/about/", "关于我们")
    (True, False)
    """
    parts = urlsplit(url)
    if parts.path in ("", "/") and not parts.query:
        return False
    if _PLUMBING.search(parts.path) and not parts.query:
        return False
    if not re.search(r"\d{2,}|[?&]\w*id=\d|[0-9a-f]{16}", f"{parts.path}?{parts.query}"):
        return False
    return len(_HANZI.findall(title)) >= _SHORTEST_TITLE


def _may_be_article(anchor: Anchor, page_url: str) -> bool:
    return (
        anchor.url != page_url and looks_like_article(anchor.url, title_of(anchor.node)) and not is_hidden(anchor.node)
    )


def _shape(url: str) -> str:
    parts = urlsplit(url)
    return _DIGITS.sub("0", _HASH.sub("0", f"{parts.netloc}{parts.path}?{parts.query}"))


def _weight(links: Sequence[Anchor]) -> float:
    addresses = {anchor.url for anchor in links}
    if not addresses:
        return 0.0
    titles = sum(min(len(title_of(anchor.node)), 40) for anchor in links) / len(links)
    dated = sum(_dated(anchor.node) for anchor in links) / len(links)
    return len(addresses) * titles * (1 + 2 * dated) * (1 if len(addresses) >= _FEW else 0.3)


def _dated(node: LexborNode) -> bool:
    row = _row(node)
    return bool(day_text(row)) if row else False


def _row(node: LexborNode) -> LexborNode | None:
    """Return the list row around a link: the nearest li, tr, dd or dl, else its parent."""
    at = node.parent
    for _ in range(_ROW_LEVELS):
        if at is None:
            break
        if at.tag in ("li", "tr", "dd", "dl"):
            return at
        at = at.parent
    return node.parent


def _block(node: LexborNode) -> int:
    """Return the identity of the element that holds a link's row and its neighbours."""
    row = _row(node)
    return row.parent.mem_id if row and row.parent else 0
