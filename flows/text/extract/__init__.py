"""extract — A page's markup becomes an article: title, text, time, source, author, files, next page.

    page.py       markup to tree              containers: markers.py (comments), search.py (known ones, punctuation)
    render.py     container to lines          prune.py, lines.py: which lines are text; rules.py, shadow.py for lines.py
    title.py      dates.py  credits.py  links.py  verdict.py: the fields

The order in which a body is looked for: the site's layout, comment markers, known containers, the generic search.
Nothing is repaired or converted here: damage is rendered as it stands. Pure; linear in the page.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.text.extract.article import Article
from flows.text.extract.clues import read_clues
from flows.text.extract.credits import author_of, clean_source, source_of
from flows.text.extract.dates import published, read_date
from flows.text.extract.lines import Filtered, filter_lines, lines_of
from flows.text.extract.links import attachments, next_page, resolve
from flows.text.extract.markers import marked_body
from flows.text.extract.page import parse
from flows.text.extract.prune import prune
from flows.text.extract.render import Line, Rendered, render
from flows.text.extract.search import HITS, HITS_HALF, Search, chars, link_share
from flows.text.extract.shadow import learn_furniture, shadow
from flows.text.extract.title import bare, clean_title, title_of
from flows.text.extract.verdict import verdict_of
from spiders.site import Layout
from storage.records import DroppedLine

__all__ = ["Article", "extract", "extract_plain", "filter_lines", "learn_furniture", "shadow"]

_MAX_LINKED = 0.4


def extract(html: str, url: str = "", layout: Layout | None = None) -> Article:
    """Turn a page into an article.

    html: the decoded page. url: resolves links, and its date is the last resort. layout: the site's selectors;
    one that matches nothing, or mostly links, is passed over and noted.

    >>> page = "<title>召开会议_某县</title><h1>召开会议</h1><p>2024-09-12 17:20</p><div id=zoom><p>　　9月12日，会议召开。</p></div>"
    >>> extract(page).text
    '9月12日，会议召开。'
    """
    return _Extraction(html, url, layout or Layout()).run()


def extract_plain(text: str) -> Article:
    """Filter a plain text's lines and take its title from the first one, if that is clearly a title.

    >>> article = extract_plain("青山区召开会议\\n9月12日上午，会议召开，区长周明远出席。\\n微信扫码分享")
    >>> article.title, article.text
    ('青山区召开会议', '9月12日上午，会议召开，区长周明远出席。')
    """
    lines = lines_of(text)
    title = _plain_title(lines)
    filtered = filter_lines(lines, title)
    return Article(
        title=title,
        text="\n".join(filtered.kept),
        dropped=tuple(DroppedLine(lines[index], rule) for index, rule in filtered.dropped),
        verdict="article" if filtered.kept or title else "empty",
    )


_NO_TITLE = re.compile(
    r"[。！!；;，,:：]$|^(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十]+[章条节]|\d+[.、．]|[□■◆●(（])"
)


def _plain_title(lines: list[str]) -> str:
    """Return the first line when it is a headline: short, no sentence, and running text below; or a line that comes twice."""
    head = [line for line in lines[:8] if 5 <= len(shadow(line)) <= 60]
    for line in head:
        if head.count(line) > 1 and not _NO_TITLE.search(line):
            return line
    kept = filter_lines(lines[:8]).kept
    if len(kept) < 2 or not 5 <= len(shadow(kept[0])) <= 60 or _NO_TITLE.search(kept[0]):
        return ""
    return kept[0] if max(len(line) for line in kept[1:]) > 2 * len(shadow(kept[0])) else ""


class _Extraction:
    """One page on its way to an article."""

    def __init__(self, html: str, url: str, layout: Layout) -> None:
        self.html = html
        self.url = url
        self.layout = layout
        self.notes: list[str] = []
        self.tree = parse(html)

    def run(self) -> Article:
        clues = read_clues(self.html, self.url, self.tree)
        title = self._selected(self.layout.title, "title") or title_of(clues)
        rendered, lines, dropped = self._body(title)
        clues = replace(
            clues,
            strip=_strip(clues.texts, title, rendered, lines),
            first=lines[:2],
            last=[line.text for line in rendered.lines[-5:]],
        )
        source = clean_source(self._selected(self.layout.source, "source")) or source_of(clues)
        date = read_date(self._selected(self.layout.published, "published"))
        files = attachments(self.tree, self.url, self._base()) if _may_have_files(self.html) else ()
        verdict = verdict_of(clues, title or clues.window, lines, len(rendered.images), files)
        return Article(
            title=title,
            text="\n".join(lines) if verdict == "article" else "",
            published_at=date or published(clues),
            source=source,
            author=self._selected(self.layout.author, "author") or author_of(clues, source),
            attachments=files,
            next_page=next_page(self.tree, self.html, self.url, self._base()) if verdict == "article" else "",
            dropped=dropped,
            verdict=verdict,
            notes=tuple(self.notes),
        )

    def _base(self) -> str:
        base = self.tree.css_first("base[href]")
        return resolve(self.url, base.attributes.get("href") or "") if base is not None else ""

    def _selected(self, selector: str, field: str) -> str:
        """Return the text of what a layout's selector matches, or "" with a note."""
        if not selector:
            return ""
        node = _first(self.tree, selector)
        text = " ".join((node.text() or "").split()) if node is not None else ""
        if not text:
            self.notes.append(f"layout {field}: {selector!r} matched nothing")
        return clean_title(text) if field == "title" else text

    def _body(self, title: str) -> tuple[Rendered, list[str], tuple[DroppedLine, ...]]:
        container = self._container(title)
        if container is None:
            return Rendered(), [], ()
        for selector in self.layout.drop:
            for node in _all(container, selector):
                node.decompose()
        rendered = render(container.html or "")
        pruned = prune(rendered.lines)
        kept = [line for line, rule in zip(rendered.lines, pruned, strict=True) if not rule]
        filtered = filter_lines([line.text for line in kept], title, self.layout.furniture)
        return rendered, list(filtered.kept), _dropped(rendered.lines, pruned, filtered)

    def _container(self, title: str) -> LexborNode | None:
        if self.layout.body:
            nodes = _all(self.tree, self.layout.body)
            node = max(nodes, key=lambda item: chars(item.text()), default=None)
            if node is not None and chars(node.text()) and link_share(node) < _MAX_LINKED:
                return node
            self.notes.append(f"layout body: {self.layout.body!r} matched {'no text' if nodes else 'nothing'}")
        inside = marked_body(self.html)
        if inside:
            part = parse(inside).body
            if part is not None and chars(part.text()) >= 30 and link_share(part) < _MAX_LINKED:
                return part
        found = Search(self.tree).find(HITS)
        if found is None:
            found = Search(self.tree).find(HITS_HALF)
        if found is not None and chars(found.text()) >= 20:
            return found
        return _around_title(self.tree, title) or found


def _strip(texts: Sequence[str], title: str, rendered: Rendered, lines: list[str]) -> str:
    """Return the text between the title and the first line of the body."""
    first = bare(lines[0])[:12] if lines else ""
    end = next((i for i, text in enumerate(texts) if first and bare(text)[:12].startswith(first[:6])), len(texts))
    key = bare(title)[:12]
    start = next((i for i in range(min(end, len(texts)) - 1, -1, -1) if key and key in bare(texts[i])), None)
    strip = texts[start:end] if start is not None else texts[max(0, end - 25) : end]
    above: list[str] = []
    for line in rendered.lines:
        if lines and line.text == lines[0]:
            break
        above.append(line.text)
    return "\n".join([*strip[:60], *above[:8]])


def _dropped(lines: list[Line], pruned: list[str], filtered: Filtered) -> tuple[DroppedLine, ...]:
    rules = list(pruned)
    places = [index for index, rule in enumerate(pruned) if not rule]
    for index, rule in filtered.dropped:
        rules[places[index]] = rule
    return tuple(DroppedLine(line.text, rule) for line, rule in zip(lines, rules, strict=True) if rule)


def _first(tree: LexborHTMLParser, selector: str) -> LexborNode | None:
    return next(iter(_all(tree, selector)), None)


def _all(root: LexborHTMLParser | LexborNode, selector: str) -> list[LexborNode]:
    return list(root.css(selector))


def _around_title(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """Return the smallest block around the title that holds more than the title, on a page without a sentence."""
    key = bare(title)
    if not key:
        return None
    for node in tree.css("h1,h2,h3,[class*=title],[id*=title],td,p,strong"):
        text = node.text()
        if text and len(text) < 400 and bare(text)[:12] == key[:12]:
            block = node.parent
            for _ in range(4):
                if block is None or block.tag in ("body", "html"):
                    break
                if chars(block.text()) - sum(chars(link.text()) for link in block.css("a")) - len(key) > 25:
                    return block
                block = block.parent
    return None


def _may_have_files(html: str) -> bool:
    return any(
        word in html
        for word in (".doc", ".pdf", ".xls", "down", "Down", ".wps", ".zip", ".rar", ".ofd", "attach", ".ppt", ".et")
    )
