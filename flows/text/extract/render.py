"""render.py — A container's markup as lines: blocks end lines, inline tags leave no trace, cells are set apart.

Each line remembers what the tree knew of it: how much of it was linked, whether it was hidden, in which box it
stood. Which lines are text is decided in prune.py and lines.py. Works on markup that lexbor wrote, so tags are
closed, `>` in attributes is escaped and one pass over the tags is enough.
"""

import re
from dataclasses import dataclass, field

from flows.text.extract.tags import BLOCKS, CELLS, VOID, named

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DEAD = re.compile(
    r"<(script|style|noscript|template|iframe|select|textarea|svg|object|button|video|audio|head|title)\b[^>]*>.*?</\1>",
    re.DOTALL,
)
_INLINE = re.compile(
    r"</?(?:span|font|strong|b|i|em|u|s|sub|sup|small|big|label|mark|ins|del|code|cite|abbr|time|tt|nobr|wbr|var|bdo|acronym"
    r"|[a-z0-9]+:[a-z0-9:]+|q|kbd|strike|map|area|param|embed|input|link|meta|base|source)(?:\s[^>]*)?>"
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^>]*)>")
_ATTRIBUTE = re.compile(r' (class|id|style|href|src|hidden|title)="([^"]*)"')
# All that lexbor writes.
_ENTITIES = (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_HEADINGS = named("h1 h2 h3 h4 h5 h6")
_CELL_CHARS = 200
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BREAK = re.compile(
    r"(?<=[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff])[ \t\r]*\n\s*(?=[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff])"
)
_SPACES = re.compile(r"[\s\u00a0\u3000\u2002-\u200a\ufeff]+")

BOX = re.compile(
    r"share|comment(?!text)|recommend|relat(?!iv)|copyright|statement|disclaim|next_?post|toolbar|qrcode|erweima|crumb|breadcrumb"
    r"|pinglun|tuijian|xiangguan|hot-?news|hotlist|rank|advert|\bad[-_s]|sidebar|pagination|pager|\bnav\b|author-bio|weixin|wechat|guanzhu"
    r"|bdsharebuttonbox|jiathis|shengming|mianze|banquan|editor-?info|zebian|xgxw|xgyd|fenxiang|loadmore|navbox|editsection|catlinks|printfooter|login|keyword|\btags?\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Line:
    """One rendered line and what its markup was.

    linked: characters of it inside links; links: how many links end in it. hidden: by style. box: number of the
    share bar, comment list … it stands in, 0 for none. table: number of the innermost table, 0 for none.
    """

    text: str
    linked: int = 0
    links: int = 0
    hidden: bool = False
    box: int = 0
    table: int = 0
    heading: bool = False
    file: bool = False


@dataclass(slots=True)
class Rendered:
    """The lines of a container, and what was seen in it that is no text."""

    lines: list[Line] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|ceb|rar|zip|7z|txt|rtf|csv|tif)(?!\w)|download\.jsp|downfile|down\.jsp|DownloadAttach|/attach(?:ment)?/|showname=",
    re.IGNORECASE,
)


def render(markup: str, drop_boxes: bool = True) -> Rendered:
    """Render markup written by lexbor.

    Newlines in the source separate words only where neither neighbour is a wide character; U+3000 and no-break
    spaces become one space; what is damaged stays as it is.

    >>> [line.text for line in render("<p>　　共<span>12</span>人，<br>其中\\n女5人</p><table><tr><td>甲</td><td>乙</td></tr></table>").lines]
    ['共12人，', '其中女5人', '甲 乙']
    """
    if "<!--" in markup:
        markup = _COMMENT.sub("", markup)
    markup = _DEAD.sub("", markup)
    markup = _INLINE.sub("", markup)
    return _Writer(drop_boxes).write(_TAG.split(markup))


class _Writer:
    """The state of one pass over the tags."""

    def __init__(self, drop_boxes: bool) -> None:
        self.out = Rendered()
        self.drop_boxes = drop_boxes
        self.buffer: list[str] = []
        self.linked = 0
        self.links = 0
        self.file = False
        self.depth = 0
        self.boxes = 0
        self.box_depth = 0  # at which the present box was opened, 0 for none
        self.hidden_depth = 0
        self.heading_depth = 0
        self.title_cell = False
        self.pre = False
        self.tables: list[int] = []
        self.table_count = 0
        self.rows: list[_Row] = []

    def write(self, parts: list[str]) -> Rendered:  # noqa: PLR0912  # one branch a kind of tag, in the hottest loop
        buffer = self.buffer
        if parts[0]:
            buffer.append(parts[0])
        anchor = False
        for place in range(1, len(parts), 4):
            slash, name, attributes, text = parts[place : place + 4]
            if name == "a":
                self.links += bool(slash and anchor)
                anchor = not slash
                if anchor and "href" in attributes and FILE.search(attributes):
                    self.file = True
            elif name in BLOCKS:
                if buffer:
                    self.flush()
                if name in VOID:
                    pass
                elif slash:
                    self.close(name)
                else:
                    self.open(name, attributes)
            elif name in CELLS:
                if buffer:
                    self.flush()
                self.title_cell = not slash and "title" in attributes
                if slash and self.rows:
                    self.rows[-1].end_cell(len(self.out.lines))
            elif name == "img":
                self.out.images.append(attributes)
            if text:
                buffer.append(text)
                if anchor:
                    self.linked += len(text.strip())
        if buffer:
            self.flush()
        return self.out

    def open(self, name: str, attributes: str) -> None:
        self.depth += 1
        if name == "tr":
            self.rows.append(_Row(len(self.out.lines)))
        elif name == "table":
            self.table_count += 1
            self.tables.append(self.table_count)
        elif name == "pre":
            self.pre = True
        if not self.heading_depth and (name in _HEADINGS or "title" in attributes):
            self.heading_depth = self.depth
        if attributes:
            if not self.hidden_depth and _is_hidden(attributes):
                self.hidden_depth = self.depth
            if not self.box_depth and self.drop_boxes and name != "p" and _is_box(attributes):
                self.boxes += 1
                self.box_depth = self.depth

    def close(self, name: str) -> None:
        if self.depth == self.box_depth:
            self.box_depth = 0
        if self.depth == self.hidden_depth:
            self.hidden_depth = 0
        if self.depth == self.heading_depth:
            self.heading_depth = 0
        self.depth -= 1
        if name == "tr" and self.rows:
            self.join_row(self.rows.pop())
        elif name == "table" and self.tables:
            self.tables.pop()
        elif name == "pre":
            self.pre = False

    def flush(self) -> None:
        raw = "".join(self.buffer)
        self.buffer.clear()
        if "&" in raw:
            for written, meant in _ENTITIES:
                raw = raw.replace(written, meant)
        for piece in raw.split("\n") if self.pre else (raw,):
            text = _SPACES.sub(" ", _BREAK.sub("", piece) if "\n" in piece else piece).strip(" \u200b")
            if text:
                self.out.lines.append(
                    Line(
                        text,
                        self.linked,
                        self.links,
                        self.hidden_depth > 0,
                        self.boxes if self.box_depth else 0,
                        self.tables[-1] if self.tables else 0,
                        self.heading_depth > 0 or self.title_cell,
                        self.file,
                    )
                )
        self.linked = 0
        self.links = 0
        self.file = False

    def join_row(self, row: "_Row") -> None:
        """Make one line of a row whose cells hold at most a line each."""
        lines = self.out.lines[row.start :]
        if row.long_cells or len(lines) < 2 or any(len(line.text) > _CELL_CHARS for line in lines):
            return
        first = lines[0]
        self.out.lines[row.start :] = [
            Line(
                " ".join(line.text for line in lines),
                sum(line.linked for line in lines),
                sum(line.links for line in lines),
                first.hidden,
                first.box,
                first.table,
                any(line.heading for line in lines),
                any(line.file for line in lines),
            )
        ]


@dataclass(slots=True)
class _Row:
    """A table row being read: the number of its first line, of the present cell's, and of cells with over one line."""

    start: int
    cell: int = -1
    long_cells: int = 0

    def end_cell(self, now: int) -> None:
        self.long_cells += now - max(self.cell, self.start) > 1
        self.cell = now


def _is_hidden(attributes: str) -> bool:
    if "none" not in attributes and "hidden" not in attributes:
        return False
    return any(
        name == "hidden" or (name == "style" and _HIDDEN.search(value))
        for name, value in _ATTRIBUTE.findall(attributes)
    )


def _is_box(attributes: str) -> bool:
    return any(name in ("class", "id") and BOX.search(value) for name, value in _ATTRIBUTE.findall(attributes))
