"""reading.py — All texts of a page in order, read in one walk over its tree; which of them are sentences.

Everything after looks at these texts: the search for the body, the headline, the strip of date and source.
"""

from dataclasses import dataclass, field
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

_TEXT, _A = 2, 7
"""lexbor's numbers for text nodes and links (LXB_TAG__TEXT, LXB_TAG_A): comparing them is faster than names."""
_PUNCTUATION = frozenset("，。、；！？")
_MIN_SENTENCE = 10
_MIN_LONG = 25
"""Some write without punctuation, with blanks between the clauses; menu entries are not this long."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The texts of a page, trimmed, and where its sentences are.

    hits: number of the text, its parent, its weight. ends: characters of all texts up to and including each.
    links: the same of linked texts.
    """

    texts: list[str] = field(default_factory=list)
    hits: list[tuple[int, LexborNode, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)

    def besides(self, first: int, last: int, weight: int) -> int:
        """Count what stands from one text to another and is no sentence; what is linked counts twice."""
        before = self.ends[first - 1] + self.links[first - 1] if first else 0
        return max(0, self.ends[last] + self.links[last] - before - weight)


def read(tree: LexborHTMLParser) -> Reading:
    """Walk over the body once."""
    texts: list[str] = []
    hits: list[tuple[int, LexborNode, int]] = []
    linked: list[int] = []
    body = tree.body
    if body is None:
        return Reading()
    for node in body.traverse(include_text=True):
        if node.tag_id != _TEXT:
            continue
        text = (node.text_content or "").strip()
        if not text:
            continue
        size = len(text)
        parent = node.parent
        linked.append(size if parent is not None and _is_linked(parent) else 0)
        if size >= _MIN_SENTENCE and parent is not None:
            if not _PUNCTUATION.isdisjoint(text):
                hits.append((len(texts), parent, size))
            elif size >= _MIN_LONG:
                hits.append((len(texts), parent, size // 2))
        texts.append(text)
    return Reading(texts, hits, list(accumulate(map(len, texts))), list(accumulate(linked)))


def _is_linked(parent: LexborNode) -> bool:
    if parent.tag_id == _A:
        return True
    above = parent.parent
    return above is not None and above.tag_id == _A
