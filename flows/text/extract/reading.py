"""reading.py — All texts of a page in order, read in one walk over its tree; which of them are sentences.

Everything after looks at these texts: the search for the body, the headline, the strip of date and source.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.text.extract.tags import COMMENT, SILENT, TEXT, numbers

_SILENT = numbers(*SILENT)
_HEADS = numbers("meta", "title", "base", "h1", "h2", "h3")
_WANTED = _HEADS | {TEXT, COMMENT}
_PUNCTUATION = re.compile("[，。、；！？]").search
_MARK = re.compile(
    r"\s*(?:enpcontent|[me][np]pproperty|ZJEG_RSS|<\$\[|repaste|(?:原始)?正文(?:内容)?\s*(?:begin|start|开始)\s*$)",
    re.IGNORECASE,
).match
_MIN_SENTENCE = 10
_MIN_LONG = 25
"""Some write without punctuation, with blanks between the clauses; menu entries are not this long."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The texts of a page, trimmed, and where its sentences are.

    hits: number of the text, its parent, its weight.
    heads: the elements meta, title, base and h1 to h3 in order. marks: comments in which content systems mark
    bodies and fields.
    """

    texts: list[str] = field(default_factory=list)
    hits: list[tuple[int, LexborNode, int]] = field(default_factory=list)
    heads: list[LexborNode] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def chars(self, first: int, last: int) -> int:
        """Count the characters of the texts from one to another."""
        return sum(map(len, self.texts[first : last + 1]))


def read(tree: LexborHTMLParser) -> Reading:
    """Read the page once.

    The texts come from lexbor in one piece, the nodes only for their places in the tree: that is twice as fast as asking
    each node for its text.
    """
    head, body = tree.head, tree.body
    heads = [node for node in head.traverse() if node.tag_id in _HEADS] if head is not None else []
    if body is None:
        return Reading([], [], heads, [])
    found = [node for node in body.traverse(include_text=True, skip_empty=True) if node.tag_id in _WANTED]
    nodes = [node for node in found if node.tag_id == TEXT]
    others = [node for node in found if node.tag_id != TEXT] if len(found) > len(nodes) else []
    heads += [node for node in others if node.tag_id != COMMENT]
    marks = _marks(tree, others)
    raw = body.text(separator="\0", skip_empty=True).split("\0") if nodes else []
    if len(raw) != len(nodes):
        raw = [node.text_content or "" for node in nodes]
    texts: list[str] = []
    hits: list[tuple[int, LexborNode, int]] = []
    for place, piece in enumerate(raw):
        text = piece.strip()
        size = len(text)
        if size >= _MIN_SENTENCE:
            parent = nodes[place].parent
            if parent is None or parent.tag_id in _SILENT:
                continue
            if _PUNCTUATION(text):
                hits.append((len(texts), parent, size))
            elif size >= _MIN_LONG:
                hits.append((len(texts), parent, size // 2))
        elif not size:
            continue
        texts.append(text)
    return Reading(texts, hits, heads, marks)


def _marks(tree: LexborHTMLParser, nodes: list[LexborNode]) -> list[str]:
    """Return the comments in which content systems mark bodies and fields; some stand behind the end of the page."""
    comments = [node.comment_content for node in nodes if node.tag_id == COMMENT]
    behind = tree.root.next if tree.root is not None else None
    while behind is not None:
        if behind.is_comment_node:
            comments.append(behind.comment_content)
        behind = behind.next
    return [comment for comment in comments if comment and _MARK(comment)]


_KEY_CHARS = 12
_KEY_LINES = 6


def first_of(texts: Sequence[str], lines: Sequence[str], title: str = "") -> int:
    """Return the number of the page text with which the body begins.

    Found by the first line that is long enough to stand only there, and from that back over the shorter ones above it.
    """
    if not lines:
        return len(texts)
    top = lines[:_KEY_LINES]
    key = next((n for n, line in enumerate(top) if len(line) >= _KEY_CHARS and line[:_KEY_CHARS] not in title), 0)
    found = begins(texts, top[key], range(len(texts)))
    if found < 0:
        return len(texts)
    for line in reversed(top[:key]):
        above = begins(texts, line, range(found - 1, max(-1, found - 1 - _KEY_LINES), -1))
        if above < 0:
            break
        found = above
    return found


def begins(texts: Sequence[str], line: str, places: range) -> int:
    """Return the number of the first text (of these places) with which a line begins, or -1; inline tags cut lines into several texts."""
    begin = line.split(" ", 1)[0][:_KEY_CHARS]
    for place in places:
        text = texts[place]
        if text[0] == begin[0] and "".join(texts[place : place + _KEY_CHARS]).startswith(begin):
            return place
    return -1
