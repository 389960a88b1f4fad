"""page.py — A page's markup as a tree, ready to be searched, whatever the markup is like.

An HTML5 parser is used because early `</html>`, tables within paragraphs and tags never closed are common here.
Scripts and styles are cut before parsing: they are half of a page's bytes and hold no text.
"""

import re

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.tags import FORMATTING, UNCLOSED, named

_DEAD = (("<script", "</script"), ("<style", "</style"), ("<SCRIPT", "</SCRIPT"), ("<STYLE", "</STYLE"))

# The tree builder walks the stack of open elements at each tag, so its cost is the product of tags and depth: 100,000
# nested divs would take 20 s. Real pages stay under 100 levels.
_MANY_TAGS = 20_000
_MANY_OPEN = 700
_MANY_CHARS = 200_000
_MAX_DEPTH = 1_000
_MAX_FORMATTING = 150
_MAX_ATTRIBUTE_CHARS = 20_000
_MAX_ATTRIBUTES = 1_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_ANY_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)[^>]*>")
_KEPT = named("html head body meta title base script style p br h1 h2 h3 link")


def parse(html: str) -> LexborHTMLParser:
    """Build the tree of a page without its scripts, styles, forms' choices and frames."""
    cut = _cut_scripts(html)
    opened = cut.count("<")
    if opened > _MANY_TAGS or opened - 2 * cut.count("</") > _MANY_OPEN:
        cut = _tame(cut)
    if len(cut) > _MANY_CHARS:
        cut = _trim_attributes(cut)
    try:
        return LexborHTMLParser(cut)
    except UnicodeEncodeError:  # halves of surrogate pairs
        return LexborHTMLParser(cut.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _cut_scripts(html: str) -> str:
    """Cut scripts and styles as the HTML standard ends them: at the first end tag."""
    for opening, closing in _DEAD:
        start = html.find(opening)
        if start < 0:
            continue
        pieces: list[str] = []
        position = 0
        while start >= 0:
            end = html.find(closing, start)
            if end < 0:
                break
            end = html.find(">", end)
            if end < 0:
                break
            pieces.append(html[position:start])
            position = end + 1
            start = html.find(opening, position)
        pieces.append(html[position:])
        html = "".join(pieces)
    return html


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
