"""render.py — A container as lines: blocks end lines, inline tags leave no trace, cells are set apart.

Each line remembers what the tree knew of it: how much of it was linked, whether it was hidden, in which box it
stood. Which lines are text is decided in prune.py and lines.py. One walk over the nodes; elements are looked at once.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from flows.text.extract.files import is_file
from flows.text.extract.tags import BREAKS, CELLS, SILENT, TEXT, is_inline, named, numbers

_IMAGE, _ANCHOR, _PARAGRAPH = numbers("img"), numbers("a"), numbers("p")
_BREAK_NUMBERS = numbers(*BREAKS)
_HEADINGS = named("h1 h2 h3 h4 h5 h6")
_NO_BOX = named("p body")
_SECTIONS, _ROW = numbers("tbody", "thead", "tfoot"), numbers("tr")
_CELL_CHARS = 200
_PAGE_BREAK = "#PAGE_BREAK#"  # where UCAP's script splits the page in the browser
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WIDE = "[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
_BREAK = re.compile(rf"(?<={_WIDE})[ \t\r]*\n\s*(?={_WIDE})")

_BOX = re.compile(
    r"share|comment(?!text)|recommend|relat(?!iv)|copyright|statement|disclaim|next_?post|toolbar|qrcode|erweima|crumb|breadcrumb"
    r"|pinglun|tuijian|xiangguan|hot-?news|hotlist|rank|advert|\bad[-_s]|sidebar|pagination|pager|\bnav\b|author-bio|weixin|wechat|guanzhu"
    r"|bdsharebuttonbox|jiathis|shengming|mianze|banquan|editor-?info|zebian|xgxw|xgyd|fenxiang|loadmore|navbox|editsection|collapsed|catlinks|printfooter|login|keyword|\btags?\b",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """One rendered line and what its markup was.

    linked: characters of it inside links; hrefs: where these lead. hidden: by style. box: number of the share bar,
    comment list … it stands in, 0 for none. table: number of the innermost table, 0 for none. heading: inside a
    heading or an element whose name says title. row, cell: numbers of the table row and cell, 0 for none.
    """

    text: str
    linked: int
    hrefs: tuple[str, ...]
    hidden: bool
    box: int
    table: int
    heading: bool
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


@dataclass(slots=True)
class Rendered:
    """The lines of a container, and how many pictures it holds."""

    lines: list[Line] = field(default_factory=list)
    images: int = 0


class _Place(NamedTuple):
    """Where a text stands: its nearest block, and what holds of everything in it. Numbers are those of nodes."""

    block: int = 0
    anchor: int = 0
    href: str = ""
    silent: bool = False
    hidden: bool = False
    box: int = 0
    table: int = 0
    heading: bool = False
    row: int = 0
    cell: int = 0
    pre: bool = False


def render(container: LexborNode) -> Rendered:
    """Render everything in a container.

    Newlines in the source separate words only where neither neighbour is a wide character; U+3000 and no-break
    spaces become one space; what is damaged stays as it is.

    >>> from flows.text.extract.page import parse
    >>> page = "<p>　　共<span>12</span>人，<br>其中\\n女5人</p><table><tr><td>甲</td><td>乙</td></tr></table>"
    >>> [line.text for line in render(parse(page).body).lines]
    ['共12人，', '其中女5人', '甲 乙']
    """
    return _Writer(container).write()


class _Writer:
    """The state of one walk."""

    def __init__(self, container: LexborNode) -> None:
        self.container = container
        self.out = Rendered()
        self.places: dict[int, _Place] = {}
        self.place = _Place()
        self.buffer: list[str] = []
        self.linked = 0
        self.hrefs: list[str] = []
        self.anchor = 0

    def write(self) -> Rendered:  # noqa: PLR0912  # one branch a kind of node, in the hottest loop
        buffer = self.buffer
        places = self.places
        for node in self.container.traverse(include_text=True):
            number = node.tag_id
            if number == TEXT:
                text = node.text_content or ""
                if text.isspace():
                    if buffer:
                        buffer.append(" ")
                    continue
                parent = node.parent
                if parent is None:
                    continue
                key = parent.mem_id
                place = places.get(key) or self.find_place(parent, key)
                if place.silent:
                    continue
                if place.block != self.place.block:
                    if buffer:
                        self.flush()
                    self.place = place
                if place.anchor:
                    self.linked += len(text.strip())
                    if place.anchor != self.anchor:
                        self.anchor = place.anchor
                        self.hrefs.append(place.href)
                buffer.append(text)
            elif number in _BREAK_NUMBERS:
                if buffer:
                    self.flush()
            elif number in _IMAGE:
                self.out.images += 1
        if buffer:
            self.flush()
        _join_rows(self.out)
        return self.out

    def find_place(self, node: LexborNode, key: int) -> _Place:
        """Look at an element, and at those around it that were not looked at yet."""
        path = [(key, node)]
        place: _Place | None = None
        last = self.container.mem_id
        current = node.parent
        while key != last and current is not None:
            key = current.mem_id
            place = self.places.get(key)
            if place is not None:
                break
            path.append((key, current))
            current = current.parent
        place = place or _Place(last)
        for key, item in reversed(path):
            place = _inside(place, item, key)
            self.places[key] = place
        return place

    def flush(self) -> None:
        """End the line."""
        raw = "".join(self.buffer).replace(_PAGE_BREAK, " ")
        self.buffer.clear()
        place = self.place
        hrefs = tuple(self.hrefs) if self.hrefs else ()
        for piece in raw.split("\n") if place.pre else (raw,):
            text = piece.strip()
            if "\n" in text:
                text = _BREAK.sub("", text)
            text = " ".join(text.split()).strip("\u200b\ufeff ")
            if text:
                self.out.lines.append(
                    Line(
                        text,
                        self.linked,
                        hrefs,
                        place.hidden,
                        place.box,
                        place.table,
                        place.heading,
                        place.row,
                        place.cell,
                    )
                )
        if hrefs:
            self.hrefs.clear()
            self.anchor = self.linked = 0


def _inside(around: _Place, node: LexborNode, key: int) -> _Place:
    """Return the place of texts in an element, given that of the element."""
    if is_inline(node):
        return around
    number = node.tag_id
    if number in _SECTIONS:
        return around
    if number in _ROW:
        return _Place(key, *around[1:8], key, 0, around.pre)
    attributes = node.attributes
    if number in _ANCHOR:
        return _Place(around.block, key, attributes.get("href") or "", *around[3:])
    style = attributes.get("style")
    hides = "hidden" in attributes or (style is not None and _HIDDEN.search(style) is not None)
    if number in _PARAGRAPH and not hides:
        return _Place(key, *around[1:])
    name, identity = attributes.get("class"), attributes.get("id")
    kind = _kind(name or "", identity or "") if name or identity else 0
    tag = node.tag
    return _Place(
        key,
        around.anchor,
        around.href,
        around.silent or tag in SILENT,
        around.hidden or hides,
        around.box or (key if kind == _IS_BOX and tag not in _NO_BOX else 0),
        key if tag == "table" else around.table,
        around.heading or kind == _IS_TITLE or tag in _HEADINGS,
        0 if tag == "table" else around.row,
        key if tag in CELLS else 0 if tag == "table" else around.cell,
        around.pre or tag == "pre",
    )


_IS_BOX, _IS_TITLE = 1, 2


@lru_cache(maxsize=4096)
def _kind(name: str, identity: str) -> int:
    """Tell from an element's class and id whether it is a box or a title; pages of a site share their names."""
    both = f"{name} {identity}"
    if len(both) == 1:
        return 0
    if _BOX.search(both):
        return _IS_BOX
    return _IS_TITLE if "title" in both.lower() else 0


def _join_rows(rendered: Rendered) -> None:
    """Make one line of a table row whose cells hold at most a line each."""
    lines = rendered.lines
    if not any(line.row for line in lines):
        return
    joined: list[Line] = []
    start = 0
    while start < len(lines):
        first = lines[start]
        end = start + 1
        if first.row:
            while end < len(lines) and lines[end].row == first.row:
                end += 1
        row = lines[start:end]
        cells = {line.cell for line in row}
        if len(row) > 1 and len(cells) == len(row) and all(len(line.text) <= _CELL_CHARS for line in row):
            joined.append(
                first._replace(
                    text=" ".join(line.text for line in row),
                    linked=sum(line.linked for line in row),
                    hrefs=tuple(href for line in row for href in line.hrefs),
                    heading=any(line.heading for line in row),
                )
            )
        else:
            joined += row
        start = end
    rendered.lines = joined
