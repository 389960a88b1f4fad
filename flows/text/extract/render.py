"""render.py — A container as lines: blocks end lines, inline tags leave no trace, cells are set apart.

Each line remembers what the markup said of it: how much of it was linked, whether it was hidden, in which box it
stood. Which lines are text is decided in prune.py and lines.py.

Reads the markup that lexbor writes of its tree, not the tree: every element is closed there, every `<` and `>` is of a
tag, and a tag's meaning can be remembered by its text, which costs a quarter of looking at the nodes.
"""

import html as entities
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from flows.text.extract.files import is_file
from flows.text.extract.steps import (
    CELL,
    CLOSES,
    ENDS_LINK,
    HIDING,
    LONG_TAG,
    OPENS,
    ROW,
    TABLE,
    Place,
    read_tag,
    step_of,
)

_CELL_CHARS = 200
_PAGE_BREAK = "#PAGE_BREAK#"  # where UCAP's script splits the page in the browser
_WIDE = "[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
_BREAK = re.compile(rf"(?<={_WIDE})[ \t\r]*\n\s*(?={_WIDE})")

_NOWHERE = Place()


class Line(NamedTuple):
    """One rendered line.

    linked: characters of it inside links; hrefs: where these lead. row, cell: numbers of its table row and cell, 0 for none.
    """

    text: str
    linked: int
    hrefs: tuple[str, ...]
    place: Place
    row: int = 0
    cell: int = 0

    @property
    def links(self) -> int:
        """Count the links."""
        return len(self.hrefs)

    @property
    def file(self) -> bool:
        """Tell whether a link of the line leads to a document to download."""
        return any(map(is_file, self.hrefs))


_line = tuple.__new__  # half the cost of calling the class, which is met once a line


@dataclass(slots=True)
class Rendered:
    """The lines of a container, and how many pictures it holds.

    boxed: whether a line is in a box or hidden; tables: whether one is in a table; linked: whether one has a link.
    unseen: what was hidden within lines.
    """

    lines: list[Line] = field(default_factory=list)
    images: int = 0
    boxed: bool = False
    tables: bool = False
    linked: bool = False
    unseen: list[str] = field(default_factory=list)


def render(container: LexborNode) -> Rendered:
    """Render everything in a container.

    Newlines in the source separate words only where neither neighbour is a wide character; U+3000 and no-break
    spaces become one space; what is damaged stays as it is.

    >>> from flows.text.extract.page import parse
    >>> page = "<p>　　共<span>12</span>人，<br>其中\\n女5人</p><table><tr><td>甲</td><td>乙</td></tr></table>"
    >>> [line.text for line in render(parse(page).body).lines]
    ['共12人，', '其中女5人', '甲 乙']
    """
    markup, unseen = _without_unseen(_without_raw(container.html or ""))
    rendered = _Writer().write(markup)
    rendered.unseen = unseen
    return rendered


# What lexbor writes as it stands, without escaping: comments and the contents of these.
_RAW = re.compile(r"<(?:!--|(script|style|textarea|iframe|noframes|noembed|xmp|plaintext)(?=[\s>])[^>]*>)")


_SHOWN = ("xmp", "plaintext")


def _without_raw(markup: str) -> str:
    """Take comments, scripts and styles out of lexbor's markup; escape what is shown as it stands."""
    opening = _RAW.search(markup)
    if opening is None:
        return markup
    kept: list[str] = []
    end = 0
    while opening is not None:
        kept.append(markup[end : opening.start()])
        closing = f"</{opening[1]}>" if opening[1] else "-->"
        start, end = opening.end(), markup.find(closing, opening.end())
        if end < 0:
            return "".join(kept)
        if opening[1] in _SHOWN:
            kept.append(f"<pre>{entities.escape(markup[start:end], quote=False)}</pre>")
        end += len(closing)
        opening = _RAW.search(markup, end)
    return "".join(kept) + markup[end:]


_HIDES = ("display", "DISPLAY", "visibility", "VISIBILITY", "jammer", "editsection", "backword", "size:0", "size: 0")
# Forums hide random letters within lines (jammer), wikis the link to edit a section, Sohu one to itself in the last.
_UNSEEN = re.compile(
    r"<(span|font|i|em|b|strong|u|small|sup|big|label)\s"
    rf"(?=[^>]*(?:(?i:{HIDING}|font-size\s*:\s*0(?:px|pt)?\s*[;\"])|class=\"[^\"]*(?:jammer|editsection|backword)))[^>]*>"
)
_MOST_UNSEEN = 400
"""Characters of markup: what hides more is a part of the page that a script will show."""


def _without_unseen(markup: str) -> tuple[str, list[str]]:
    """Take what is hidden within a line out of the markup, as inline tags leave no trace; also return its texts."""
    if not any(word in markup for word in _HIDES):
        return markup, []
    kept: list[str] = []
    unseen: list[str] = []
    end = 0
    for opening in _UNSEEN.finditer(markup):
        inside = markup[opening.end() : opening.end() + _MOST_UNSEEN]
        closing = _closing(inside, opening[1]) if opening.start() >= end else -1
        if closing >= 0:
            kept.append(markup[end : opening.start()])
            unseen.append(entities.unescape(" ".join(_TAG.sub(" ", inside[:closing]).split())))
            end = opening.end() + closing + len(f"</{opening[1]}>")
    return "".join(kept) + markup[end:], [text for text in unseen if text]


def _closing(markup: str, name: str) -> int:
    """Return where the end tag of an element stands, of which the markup is the inside, or -1."""
    depth = 1
    for tag in re.finditer(f"<(/?){name}[\\s>]", markup):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start()
    return -1


_TAG = re.compile("(<[^>]*>)")
_ONE_TAG = 3
_LINKS = frozenset(("<a ", "<a>"))


class _Writer:
    """The state of one rendering."""

    def __init__(self) -> None:
        self.out = Rendered()
        self.buffer: list[str] = []
        self.linked = 0
        self.hrefs: list[str] = []
        self.counted = False
        self.rows = False

    def write(self, markup: str) -> Rendered:  # noqa: PLR0912, PLR0915  # one branch a kind of tag, in the hottest loop
        buffer = self.buffer
        flush = self.flush
        pieces = _TAG.split(markup.replace("&nbsp;", " ").replace(_PAGE_BREAK, " "))
        if len(pieces) < _ONE_TAG:
            return self.out
        place, row, cell, count = _NOWHERE, 0, 0, 0
        around: list[tuple[Place, int, int]] = []
        anchors: list[str] = []
        pieces[1:2] = ["<body>"]  # what the container itself is says nothing of a line
        for tag, text in zip(pieces[1::2], pieces[2::2], strict=True):
            if tag[:3] in _LINKS:
                anchors.append(tag)
                self.counted = False
            else:
                step = step_of(tag) if len(tag) < LONG_TAG else read_tag(tag)
                if step is not None:
                    ends_line, kind, change = step
                    if ends_line and buffer:
                        flush(place, row, cell)
                    if kind == CLOSES:
                        if around:
                            place, row, cell = around.pop()
                    elif kind >= OPENS:
                        around.append((place, row, cell))
                        count += 1
                        if kind == CELL:
                            cell = count
                        elif kind == ROW:
                            row, cell = count, 0
                        elif kind == TABLE:
                            row = cell = 0
                        if change is not None:
                            place = change(place, count)
                    elif kind == ENDS_LINK and anchors:
                        anchors.pop()
                        self.counted = False
            if not text or place.silent:
                continue
            if text.isspace():
                if buffer:
                    buffer.append(" ")
                continue
            buffer.append(text)
            if anchors:
                self.linked += len(text.strip())
                if not self.counted:
                    self.counted = True
                    self.hrefs.append(_href(anchors[-1]))
        if buffer:
            flush(place, row, cell)
        self.out.images = markup.count("<img")
        if self.rows:
            self.out.lines = _join_rows(self.out.lines)
        return self.out

    def flush(self, place: Place, row: int, cell: int) -> None:
        """End the line."""
        raw = self.buffer[0] if len(self.buffer) == 1 else "".join(self.buffer)
        self.buffer.clear()
        if "&" in raw:
            raw = raw.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        hrefs: tuple[str, ...] = ()
        if self.hrefs:
            hrefs = tuple(self.hrefs)
            self.out.linked = True
        for piece in raw.split("\n") if place.pre else (raw,):
            text = piece.strip()
            if "\n" in text:
                text = _BREAK.sub("", text)
            words = text.split()
            text = (words[0] if len(words) == 1 else " ".join(words)).strip("\u200b\ufeff ")
            if text:
                self.out.lines.append(_line(Line, (text, self.linked, hrefs, place, row, cell)))
        if place is not _NOWHERE:
            self.out.boxed = self.out.boxed or place.hidden or place.box > 0
            self.out.tables = self.out.tables or place.table > 0
        self.rows = self.rows or row > 0
        if hrefs:
            self.hrefs.clear()
            self.counted = False
            self.linked = 0


_HREF = ' href="'


def _href(tag: str) -> str:
    start = tag.find(_HREF)
    if start < 0:
        return ""
    start += len(_HREF)
    href = tag[start : tag.find('"', start)]
    return entities.unescape(href) if "&" in href else href


def _join_rows(lines: list[Line]) -> list[Line]:
    """Make one line of a table row whose cells hold at most a line each."""
    joined: list[Line] = []
    start = 0
    while start < len(lines):
        first = lines[start]
        end = start + 1
        row = first.row
        if row:
            while end < len(lines) and lines[end].row == row:
                end += 1
        members = lines[start:end]
        if len(members) > 1 and _is_row(members):
            joined.append(
                Line(
                    " ".join(line.text for line in members),
                    sum(line.linked for line in members),
                    tuple(href for line in members for href in line.hrefs),
                    first.place._replace(heading=any(line.place.heading for line in members)),
                    first.row,
                    first.cell,
                )
            )
        else:
            joined += members
        start = end
    return joined


def _is_row(lines: list[Line]) -> bool:
    cells: set[int] = set()
    for line in lines:
        if line.cell in cells or len(line.text) > _CELL_CHARS:
            return False
        cells.add(line.cell)
    return True
