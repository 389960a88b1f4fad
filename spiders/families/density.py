"""density.py — Which links of an unknown page are its articles. Pure.

Menus, crumbs and sidebars are short texts and bare folders; articles are long texts with a number in the address,
many in one block, mostly with a day beside them. Addresses of one shape belong together.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.families.anchors import Anchor, anchors, is_hidden
from spiders.families.rows import day_text, title_of

_HANZI = re.compile("[\u3400-\u9fff]")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d{2,}|[?&]\w*id=\d|[0-9a-f]{16}")
_HASH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,32}", re.IGNORECASE)
_PLUMBING = re.compile(
    r"\.(?:jpe?g|png|gif|css|js|zip|rar|apk|mp4|xml)$|/(?:login|search|index|list|default)(?:_?\d*)?\.\w+$",
    re.IGNORECASE,
)
_SHORTEST_TITLE = 5
_LONGEST_TITLE = 40  # longer ones are summaries, and weigh no more
_FEW = 3
_ROW_LEVELS = 4


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A link that may be an article: shape of its address, length of its title, whether its row has a day, its block."""

    anchor: Anchor
    shape: str
    title: int
    dated: bool
    block: int


def article_links(tree: LexborHTMLParser, page_url: str) -> list[Anchor]:
    """Return the links of a page that look like articles, in order; [] where nothing does.

    The shape of address (digits and hashes left open) with the greatest weight wins: long titles count, days beside
    them count double. Other shapes that share its block and have days, such as notices of a second template, come
    along; blocks without any day, such as hot items in a sidebar, stay out when the others have days.
    """
    candidates = list(_candidates(tree, page_url))
    shapes: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        shapes[candidate.shape].append(candidate)
    best = max(shapes.values(), key=_weight, default=[])
    dated = [candidate for candidate in best if candidate.dated]
    if len(dated) * 2 <= len(best):
        return [candidate.anchor for candidate in best]
    blocks, shape = {candidate.block for candidate in dated}, best[0].shape
    return [one.anchor for one in candidates if one.block in blocks and (one.shape == shape or one.dated)]


def looks_like_article(url: str, title: str) -> bool:
    """Tell whether an address has a number and a title some length, as articles have.

    >>> looks_like_article("http://x.cn/a/123.html", "开封市召开会议"), looks_like_article("http://x.cn/about/", "关于我们")
    (True, False)
    """
    return _has_number(url) and len(_HANZI.findall(title)) >= _SHORTEST_TITLE


def _has_number(url: str) -> bool:
    parts = urlsplit(url)
    if not parts.query and (parts.path in ("", "/") or _PLUMBING.search(parts.path)):
        return False
    return bool(_NUMBER.search(f"{parts.path}?{parts.query}"))


def _candidates(tree: LexborHTMLParser, page_url: str) -> Iterator[_Candidate]:
    for anchor in anchors(tree, page_url):
        if anchor.url == page_url or not _has_number(anchor.url):
            continue
        title = title_of(anchor.node)
        if len(_HANZI.findall(title)) < _SHORTEST_TITLE or is_hidden(anchor.node):
            continue
        row = _row(anchor.node)
        yield _Candidate(
            anchor,
            _shape(anchor.url),
            len(title),
            dated=bool(row and day_text(row)),
            block=row.parent.mem_id if row and row.parent else 0,
        )


def _shape(url: str) -> str:
    parts = urlsplit(url)
    return _DIGITS.sub("0", _HASH.sub("0", f"{parts.netloc}{parts.path}?{parts.query}"))


def _weight(links: Sequence[_Candidate]) -> float:
    addresses = len({link.anchor.url for link in links})
    titles = sum(min(link.title, _LONGEST_TITLE) for link in links) / len(links)
    dated = sum(link.dated for link in links) / len(links)
    return addresses * titles * (1 + 2 * dated) * (1 if addresses >= _FEW else 0.3)


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
