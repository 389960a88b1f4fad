"""clues.py — What a page says about itself besides its text: the evidence that title, time, source and author share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.text.extract.markers import properties
from flows.text.extract.reading import Reading
from flows.text.extract.render import render

_MOST_HEADINGS = 60
_HEADING_CHARS = 400


@dataclass(frozen=True, slots=True)
class Clues:
    """The evidence of one page.

    tree: asked only for what is rarely needed. html: the markup with its scripts. metas: content by lower-case name.
    marked: fields in comments (markers.py). window: the content of <title>. base: href of <base>. headings: texts of
    h1 to h3. texts: all texts of the body, in order. strip: the text between headline and body; above: the one above the headline. scope: the element
    around the body. first, last: lines at the ends of the body, with those that name its editors. ending: the last two that are text.
    """

    tree: LexborHTMLParser
    html: str = ""
    url: str = ""
    metas: Mapping[str, str] = field(default_factory=dict)
    marked: Mapping[str, str] = field(default_factory=dict)
    window: str = ""
    base: str = ""
    headings: Sequence[str] = ()
    texts: Sequence[str] = ()
    strip: str = ""
    above: str = ""
    scope: LexborNode | None = None
    first: Sequence[str] = ()
    last: Sequence[str] = ()
    ending: Sequence[str] = ()


def read_clues(tree: LexborHTMLParser, reading: Reading, html: str, url: str) -> Clues:
    """Collect what can be known before the body is found."""
    metas: dict[str, str] = {}
    headings: list[str] = []
    window = base = ""
    for node in reading.heads:
        tag = node.tag
        if tag == "meta":
            attributes = node.attributes
            name = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").lower()
            value = (attributes.get("content") or "").strip()
            if name and (value or name == "contentstart") and name not in metas:  # the group is often printed twice
                metas[name] = value
        elif tag == "title":
            window = window or node.text()
        elif tag == "base":
            base = base or node.attributes.get("href") or ""
        elif len(headings) < _MOST_HEADINGS:
            text = (
                node.text()
                if node.css_first("br,p,div") is None
                else " ".join(line.text for line in render(node).lines)
            )
            if text and len(text) < _HEADING_CHARS:
                headings.append(text)
    return Clues(
        tree=tree,
        html=html,
        url=url,
        metas=metas,
        marked=properties(html, reading.marks),
        window=window,
        base=base,
        headings=headings,
        texts=reading.texts,
    )
