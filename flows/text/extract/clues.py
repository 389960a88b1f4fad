"""clues.py — What a page says about itself besides its text: the evidence that title, time, source and author share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.markers import properties

_HEADINGS = "h1,h2,h3,[class*=title],[id*=title],[class*=Title],[class*=biaoti],.bt,.tit"
_MOST_HEADINGS = 60
_HEADING_CHARS = 400


@dataclass(frozen=True, slots=True)
class Clues:
    """The evidence of one page.

    metas: content by lower-case name. marked: fields in comments (markers.py). window: the content of <title>.
    headings: texts of headings and of elements whose class says title. texts: all texts of the body, in order.
    html: the markup with its scripts. strip: the text between headline and body. first, last: the body's ends.
    """

    html: str = ""
    url: str = ""
    metas: Mapping[str, str] = field(default_factory=dict)
    marked: Mapping[str, str] = field(default_factory=dict)
    window: str = ""
    headings: Sequence[str] = ()
    texts: Sequence[str] = ()
    strip: str = ""
    first: Sequence[str] = ()
    last: Sequence[str] = ()


def read_clues(html: str, url: str, tree: LexborHTMLParser) -> Clues:
    """Collect what can be known before the body is found."""
    window = tree.css_first("title")
    body = tree.body
    texts = (body.text(separator="\n") or "").split("\n") if body is not None else []
    return Clues(
        html=html,
        url=url,
        metas=_metas(tree),
        marked=properties(html),
        window=window.text() or "" if window is not None else "",
        headings=[
            text
            for node in tree.css(_HEADINGS)[:_MOST_HEADINGS]
            if (text := node.text()) and len(text) < _HEADING_CHARS
        ],
        texts=[trimmed for text in texts if (trimmed := " ".join(text.split()))],
    )


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Return metas by name, whatever its case and whichever attribute holds it; the first that says anything wins."""
    metas: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").lower()
        value = (attributes.get("content") or "").strip()
        if name and value and name not in metas:
            metas[name] = value
    return metas
