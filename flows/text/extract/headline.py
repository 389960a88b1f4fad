"""headline.py — The headline of a page whose <title> says nothing: what is emphasised just above the text."""

import re
from collections import Counter
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from flows.text.extract.clues import Clues
from flows.text.extract.reading import first_of
from flows.text.extract.title import HEADLINE_MIN, HEADLINE_TEXT, MIN, SITE, bare, clean_title, titled_texts
from flows.text.script import fold

_EMPHATIC = "h1,h2,h3,h4,strong,b,big,font,center,[class*=title],[class*=bt],.tit,[class*=biaoti],[align=center],[style*=center],[style*=bold]"
_NO_HEADLINE = re.compile(
    r"[。！；，,;:：]$|^[\[【（(][^\]】）)]*[\]】）)]$|^[\W\d]+$|来源|作者|时间|日期|浏览|点击|首页|位置|字体|打印|发布|^□"
    r"|^[一二三四五六七八九十]{1,3}、|[〔\[（(](?:19|20)\d\d[〕\]）)]\s*第?\d+\s*[号號]$|(?:记者|通讯员|实习生)[ \u3000\xa0]"
)
_NEAR_TEXTS = 15
_MOST_EMPHATIC = 2_000
_HEADLINE = 60
_OF_STRIP = re.compile(
    r"来源|作者|时间|日期|浏览|点击|阅读|打印|发布|字[体号]|分享|编辑|责编|[：:]$|\d{4}[-年/.]\d|\d月\d"
    r"|^[\W\d]*[大中小次]?[\W\d]*$|^.{1,2}$"
)
_HEADINGS = ("h1", "h2", "h3")
_MOST_HEADINGS = 3
_MERELY_BOLD, _LARGE = 2, 3
_SHORTEST = 4
"""停水通知; only a heading or a large font tells it from a column's name."""


def headline_near(clues: Clues, lines: Sequence[str], title: str = "") -> str:
    """Return the emphasised text just above the body, or its emphasised first line, for a page whose <title> says nothing.

    title: what the page may be called otherwise; a heading that is it wins over what only stands above the strip.
    A heading or a large font wins over a bold one; of equals the nearer one. It may consist of several texts. No headline
    are links, as advertisements and lists are, nor headings of which the page has many: those are a list's as well.
    """
    if not lines:
        return ""
    texts, frame = clues.texts, bare(clues.window)
    emphatic = clues.tree.css(_EMPHATIC)[:_MOST_EMPHATIC]
    tags = Counter(node.tag for node in emphatic)
    ranks: dict[str, int] = {}
    for node in emphatic:
        text = node.text()
        if len(text) < HEADLINE_TEXT:
            key = bare(text)
            if key != frame or not SITE.search(fold(key)):
                rank = _rank(node) if node.tag not in _HEADINGS or tags[node.tag] <= _MOST_HEADINGS else 1
                if rank > ranks.get(key, 0) and not _is_link(node, key):
                    ranks[key] = rank
    begin = first_of(texts, lines[-1:])
    near = range(begin - 1, max(-1, begin - 1 - _NEAR_TEXTS), -1)
    best, rank = "", 0
    for parts in [lines[:1], *(texts[place : place + count] for place in near for count in (1, 2, 3))]:
        text = "".join(parts)
        key = bare(text)
        least = MIN if ranks.get(key, 0) < _LARGE else _SHORTEST
        if least <= len(key) <= _HEADLINE and ranks.get(key, 0) > rank and not _NO_HEADLINE.search(fold(text)):
            best, rank = text, ranks[key]
    if rank > _MERELY_BOLD:
        return clean_title(best)
    if len(bare(title)) > HEADLINE_MIN and _is_named_title(clues, title):
        return ""  # what is bold may be a point of the text, and what is centred a cell
    if bare(title) not in map(bare, clues.headings):
        above = _above_strip([texts[place] for place in near])
        best = best if bare(above) in bare(best) else above
    return clean_title(best)


def _is_named_title(clues: Clues, title: str) -> bool:
    """Tell whether an element whose class or id says title holds this one, and nothing of a strip."""
    return not _OF_STRIP.search(fold(title)) and title in map(clean_title, titled_texts(clues.tree))


def _above_strip(texts: Sequence[str]) -> str:
    """Return the first of some texts, nearest first, that is none of a strip of date and source; "" without a strip."""
    # Names of papers and offices are short.
    place = next(
        (i for i, text in enumerate(texts) if len(text) > HEADLINE_MIN and not _OF_STRIP.search(fold(text))), 0
    )
    text = texts[place] if place else ""
    fits = HEADLINE_MIN < len(bare(text)) <= _HEADLINE and not _NO_HEADLINE.search(fold(text))
    return text if fits else ""


def _is_link(node: LexborNode, key: str) -> bool:
    link = node.css_first("a")
    return (link is not None and bare(link.text()) == key) or (node.parent is not None and node.parent.tag == "a")


def _rank(node: LexborNode) -> int:
    tag = node.tag
    if tag in _HEADINGS:
        return 4
    attributes = node.attributes
    if "title" in (attributes.get("class") or "").lower() or (attributes.get("size") or "0").strip("+")[:1] > "3":
        return 3
    return 1 if tag == "font" else 2
