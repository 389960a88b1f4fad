"""body.py — The text of a page: its container, found in the agreed order, as kept and dropped lines.

Order: the site's layout, comment markers, known containers, the generic search (the last two in search.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.text.extract.clues import Clues
from flows.text.extract.lines import Filtered, filter_lines
from flows.text.extract.markers import marked_body
from flows.text.extract.page import parse
from flows.text.extract.posts import drop_further_posts, opener_of
from flows.text.extract.prune import prune
from flows.text.extract.reading import Reading
from flows.text.extract.render import Line, Rendered, render
from flows.text.extract.search import ROWS, chars, find_container
from flows.text.extract.tags import TEXT
from flows.text.extract.title import bare
from flows.text.script import fold
from spiders.site import Layout
from storage.records import DroppedLine

_MAX_LINKED = 0.4
_MANY_LINKS = 100
_MIN_MARKED = 30
_HEAD_LINES = 12
_MIN_HEADLINE = 6
_MIN_BELOW = 60
_BELOW_SHARE = 0.25
_FILE_LINES = 30
_DOCUMENT = re.compile(
    "通知|通告|公告|公示|公报|意见|决定|决议|办法|规定|规则|规程|规范|细则|条例|方案|预案|计划|规划|纲要|批复|复函|函$"
    "|工作报告|请示|命令|令$|办理|答复|说明|指南|须知|目录|清单|名单|合同|协议|倡议书|公开信|任免|讲话|致辞|解读"
)
_ADDRESSED = re.compile(r"^[^，。]{2,60}[：:]$|[〔\[（(](?:19|20)\d\d[〕\]）)]\s*第?\d+\s*[号號]")
"""A salutation or a number, as documents have them."""
_COMMA = re.compile("[，。；！？]")
_POST = "[id^=postmessage_],#read_tpc"
_POST_NAMES = ("postmessage_", "read_tpc")
"""The first post of a thread, as Discuz and phpwind call it."""
_ARROWS = frozenset(">＞»›→")
_SENTENCE_CHARS = 25
_MIN_BESIDE_TITLE = 25
_MIN_BELOW_TITLE = 12
_NESTING_TAGS = ("td", "p", "b", "font", "div", "span")
_TITLE_TEXT, _TITLE_PLACES = 400, 4
_LEVELS = 4
_KEY_CHARS = 12


@dataclass(slots=True)
class Body:
    """The lines of a container. rules: what the markup says of each line, "" when it may be text."""

    container: LexborNode | None = None
    rendered: Rendered = field(default_factory=Rendered)
    rules: Sequence[str] = ()
    filtered: Filtered = field(default_factory=lambda: Filtered((), ()))

    def filter(self, title: str, texts: Sequence[str], furniture: frozenset[str]) -> None:
        """Part the lines into text and furniture, knowing the title and all texts of the page.

        A document that repeats its title below the page's headline keeps it: it is part of what was signed.
        """
        self._start_at_headline(title)
        lines = self._left()
        if _is_document_title(lines, texts, title):
            key, title = bare(title), ""
            self.rules = [
                rule or ("title" if line.place.heading and bare(line.text) == key else "")
                for line, rule in zip(self.rendered.lines, self.rules, strict=True)
            ]
            lines = self._left()
        self.filtered = filter_lines([line.text for line in lines], title, furniture)
        if self.rendered.linked and len(self.filtered.kept) <= _FILE_LINES and self._only_files():
            self.filtered = Filtered((), ())
            self.rules = [rule or "file" for rule in self.rules]

    def _left(self) -> list[Line]:
        return [line for line, rule in zip(self.rendered.lines, self.rules, strict=True) if not rule]

    def _start_at_headline(self, title: str) -> None:
        """Drop what stands above the page's headline, when the container holds that and the text below it."""
        key = bare(title)
        lines = self.rendered.lines
        places = [
            index
            for index, line in enumerate(lines)
            if line.place.heading and not line.hrefs and line.text[0] == title[:1] and bare(line.text) == key
        ]
        if len(places) != 1 or len(key) < _MIN_HEADLINE:
            return
        above = sum(len(line.text) for line in lines[: places[0]])
        below = sum(len(line.text) for line in lines[places[0] + 1 :])
        if below >= max(_MIN_BELOW, _BELOW_SHARE * above):
            self.rules = [
                rule or ("above the title" if index < places[0] else "") for index, rule in enumerate(self.rules)
            ]

    def _only_files(self) -> bool:
        kept = set(self.filtered.kept)
        left = [line for line in self.rendered.lines if line.text in kept]
        return bool(left) and all(line.file for line in left)

    @property
    def opening(self) -> list[str]:
        """Return the first line that may be text and the first that is a sentence: between them a headline may stand."""
        lines = self._left()
        sentence = _first_sentence(lines)
        return [*(line.text for line in lines[:1]), *([sentence] if sentence else [])]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of the text."""
        return self.filtered.kept

    @property
    def dropped(self) -> tuple[DroppedLine, ...]:
        """Return the other lines with their rules."""
        rules = list(self.rules)
        places = [index for index, rule in enumerate(self.rules) if not rule]
        for index, rule in self.filtered.dropped:
            rules[places[index]] = rule
        lines = [DroppedLine(line.text, rule) for line, rule in zip(self.rendered.lines, rules, strict=True) if rule]
        return (*lines, *(DroppedLine(text, "hidden") for text in self.rendered.unseen))

    @property
    def above(self) -> list[Line]:
        """Return the container's lines before the first line of the text."""
        first = self.lines[0] if self.lines else ""
        above: list[Line] = []
        for line in self.rendered.lines:
            if line.text == first:
                break
            above.append(line)
        return above


def _is_document_title(lines: Sequence[Line], texts: Sequence[str], title: str) -> bool:
    """Tell whether the title among the first lines is the document's own: the page shows it above the container too.

    What follows an arrow is the end of the page's crumbs, not its headline. News have no title of their own: there
    it is a headline that was pasted with the text.
    """
    if not _DOCUMENT.search(fold(title)) and not any(
        (line.text[-1] in "：:" or "号" in line.text or "號" in line.text) and _ADDRESSED.search(line.text)
        for line in lines[:_HEAD_LINES]
    ):
        return False
    key, start = bare(title), title[:4]
    if len(key) < _MIN_HEADLINE:
        return False
    inside = [run for run in _runs(lines[:_HEAD_LINES], key) if not any(line.place.heading for line in run)]
    if not inside:
        return False
    sentence = _first_sentence(lines)
    shown = 0
    for place, text in enumerate(texts):
        if sentence.startswith(text[:12]):
            break
        if text[:4] == start and bare(text) == key:
            shown += place == 0 or texts[place - 1][-1] not in _ARROWS
    return shown > sum(len(run) == 1 for run in inside)


def _runs(lines: Sequence[Line], key: str) -> list[Sequence[Line]]:
    """Return the runs of lines that together are the title; documents break a long one over several lines."""
    runs: list[Sequence[Line]] = []
    for first, line in enumerate(lines):
        if line.text[:1] != key[:1]:
            continue
        joined = ""
        for last in range(first, len(lines)):
            joined += bare(lines[last].text)
            if not key.startswith(joined):
                break
            if joined == key:
                runs.append(lines[first : last + 1])
    return runs


def _first_sentence(lines: Sequence[Line]) -> str:
    long = [line.text for line in lines if len(line.text) >= _SENTENCE_CHARS or line.text[-1] in "。！？"]
    return next((text for text in long if _COMMA.search(text)), long[0] if long else "")


def find_body(reading: Reading, clues: Clues, title: str, layout: Layout) -> tuple[Body, str]:
    """Find and render the container; also return what is to be noted of the layout's selector, or ""."""
    container, note = _container(reading, clues, title, layout)
    if container is None:
        return Body(), note
    for selector in layout.drop:
        for node in container.css(selector):
            node.decompose()
    rendered = render(container)
    if rendered.linked and not _mostly_text(rendered.lines):  # a known name around something else
        container = find_container(reading, trust_names=False, title=title) or container
        rendered = render(container)
    return _body(container, rendered, opener_of(reading.texts)), note


def _body(container: LexborNode, rendered: Rendered, opener: str = "") -> Body:
    rules = prune(rendered)
    drop_further_posts(rendered.lines, rules, opener)
    return Body(container, rendered, rules)


def body_below_title(clues: Clues, title: str, furniture: frozenset[str]) -> Body | None:
    """Return the filtered body of a page without a sentence, such as a list of names: what stands around its title.

    None when there is no more than a picture, a viewer of files, or links.
    """
    for block in _blocks_around(clues.tree, title):
        body = _body(block, render(block))
        body.filter(title, clues.texts, furniture)
        if sum(map(len, body.lines)) >= _MIN_BELOW_TITLE and _mostly_text(body._left()):
            return body
        if block.css_first("img,iframe,object,embed") is not None:
            return None
    return None


def _mostly_text(lines: Sequence[Line]) -> bool:
    return sum(line.linked for line in lines) <= _MAX_LINKED * sum(len(line.text) for line in lines)


def _container(reading: Reading, clues: Clues, title: str, layout: Layout) -> tuple[LexborNode | None, str]:
    note = ""
    if layout.body:
        nodes = clues.tree.css(layout.body)
        node = max(nodes, key=lambda item: chars(item.text()), default=None)
        if node is not None and _holds_text(node):
            return node, ""
        note = f"layout body: {layout.body!r} matched {'no text' if nodes else 'nothing'}"
    inside = marked_body(clues.html, reading.marks, clues.metas)
    if inside:
        part = parse(inside).body
        if part is not None and chars(part.text()) >= _MIN_MARKED and _holds_text(part):
            return part, note
    post = clues.tree.css_first(_POST) if any(name in clues.html for name in _POST_NAMES) else None
    if post is not None and _holds_text(post):
        return post, note
    found = find_container(reading, title=title)
    if found is not None and len(found.css("a")) > _MANY_LINKS and not _holds_text(found):
        found = find_container(reading, trust_names=False, title=title) or found
    return found if found is not None else _around_title(clues.tree, title), note


def _holds_text(node: LexborNode) -> bool:
    """Tell whether an element has text and less than two fifths of it are links."""
    text = chars(node.text())
    return text > 0 and sum(chars(link.text()) for link in node.css("a")) < _MAX_LINKED * text


def pictures_beside(tree: LexborHTMLParser, title: str) -> int:
    """Count the pictures in the block around the title, for a page whose text was not found."""
    block = _around_title(tree, title)
    return len(block.css("img")) if block is not None else 0


def _around_title(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """Return the smallest block around the title with more text than it, or a picture, on a page without a sentence."""
    for block in _blocks_around(tree, title):
        beside = chars(block.text()) - sum(chars(link.text()) for link in block.css("a")) - len(bare(title))
        if beside > _MIN_BESIDE_TITLE or block.css_first("img") is not None:
            return block
    return None


def _blocks_around(tree: LexborHTMLParser, title: str) -> Iterator[LexborNode]:
    """Yield the blocks around the first places of the title, from the inside out."""
    key = bare(title)[:_KEY_CHARS]
    places = 0
    for node in tree.css("h1,h2,h3,[class*=title],[id*=title],td,p,strong,b,font,div,span") if key else ():
        # Elements of these kinds nest without end, and the text of each is that of all inside: a look at the leaves.
        text = (_only_text(node) if node.tag in _NESTING_TAGS else node.text()) or ""
        if len(text) > _TITLE_TEXT or not bare(text).startswith(key):
            continue
        block, levels = node.parent, 0
        while block is not None and levels < _LEVELS and block.tag not in ("body", "html"):
            yield block
            levels += block.tag not in ROWS
            block = block.parent
        places += 1
        if places == _TITLE_PLACES:
            return


def _only_text(node: LexborNode) -> str | None:
    """Return the text of an element that holds nothing else."""
    child = node.child
    return child.text_content if child is not None and child.next is None and child.tag_id == TEXT else None
