"""page.py — A page's markup as a tree, ready to be searched, whatever the markup is like.

An HTML5 parser is used because early `</html>`, tables within paragraphs and tags never closed are common here.
"""

import re

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.tags import FORMATTING, UNCLOSED, named

# The tree builder walks the stack of open elements at each tag, so its cost is the product of tags and depth: 100,000
# nested divs would take 20 s. Real pages stay under 100 levels.
_MANY_TAGS = 6_000
_TOO_MANY_TAGS = 20_000
_MANY_OPEN = 1_500
_MANY_CHARS = 200_000
_MAX_DEPTH = 1_000
_MAX_FORMATTING = 150
_MAX_ATTRIBUTE_CHARS = 20_000
_MAX_ATTRIBUTES = 1_000
_ENDLESS = ("<br", "<BR", "<img", "<IMG", "<p>", "<P>", "<p ", "<P ", "<li", "<input", "<link", "<meta", "<!--", "<td", "<tr")  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_ANY_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)[^>]*>")
_KEPT = named("html head body meta title base script style p br h1 h2 h3 link")


def parse(html: str) -> LexborHTMLParser:
    """Build the tree of a page; markup that would take more than linear time is flattened first."""
    opened = html.count("<")
    if opened > _MANY_TAGS and (opened > _TOO_MANY_TAGS or _unclosed(html, opened) > _MANY_OPEN):
        html = _tame(html)
    if len(html) > _MANY_CHARS and _has_long_tag(html):
        html = _trim_attributes(html)
    try:
        return LexborHTMLParser(html)
    except UnicodeEncodeError:  # halves of surrogate pairs
        return LexborHTMLParser(html.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _unclosed(html: str, opened: int) -> int:
    """Count the tags that were opened and not closed, without those that need no end."""
    unclosed = opened - 2 * html.count("</")
    for tag in _ENDLESS:
        if unclosed <= _MANY_OPEN:
            break
        unclosed -= html.count(tag)
    return unclosed


def _has_long_tag(html: str) -> bool:
    """Tell whether a tag is longer than a page's longest should be; scripts without `>` are none."""
    step = _MAX_ATTRIBUTE_CHARS // 2
    return any(
        html.find(">", start, start + step) < 0 and html.rfind("<", 0, start) > html.rfind(">", 0, start)
        for start in range(0, len(html) - step, step)
    )


def _tame(html: str) -> str:
    """Flatten markup that would cost the parser more than linear time; leave all other markup alone."""
    depth = deepest = 0
    formatting = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in UNCLOSED:
            continue
        if tag[1]:
            depth -= 1
            formatting -= name in FORMATTING
        else:
            depth += 1
            deepest = max(deepest, depth)
            formatting += name in FORMATTING
    if deepest <= _MAX_DEPTH and formatting <= _MAX_FORMATTING:
        return html
    return _ANY_TAG.sub(_flat, html)


def _flat(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in _KEPT:
        return tag[0]
    return "" if name in FORMATTING or name == "span" else "<br>"


def _trim_attributes(html: str) -> str:
    """Empty tags with over a thousand attributes, each of which the parser compares with all before it."""
    pieces = html.split(">")
    for index, piece in enumerate(pieces):
        if len(piece) > _MAX_ATTRIBUTE_CHARS:
            start = piece.rfind("<")
            tag = piece[start:]
            if len(tag) > _MAX_ATTRIBUTE_CHARS and len(re.split(r"[\s/]+", tag)) > _MAX_ATTRIBUTES:
                pieces[index] = piece[:start] + re.split(r"[\s/]", tag, maxsplit=1)[0]
    return ">".join(pieces)
