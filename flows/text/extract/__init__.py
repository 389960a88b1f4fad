"""extract — A page's markup becomes an article: title, text, time, source, author, files, next page.

    page.py       markup to tree
    reading.py    all texts of the page in order
    body.py       the container: by layout, by markers.py (comments), by search.py (known ones, see names.py; then
                  punctuation, and region.py where the headline says more)
    steps.py      what a tag does to the lines around it
    render.py     container to lines; which of them are text say prune.py (markup), posts.py (threads) and lines.py
                  (words: rules.py, notices.py; what stands above the text: above.py)
    clues.py      what else the page says, read by title.py (headline.py where <title> says nothing), dates.py
                  (notations.py: how dates are written), credits.py, verdict.py; links.py for links

Nothing is repaired or converted here: damage is rendered as it stands. Pure; linear in the page.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.above import BYLINE
from flows.text.extract.article import Article
from flows.text.extract.body import Body, body_below_title, find_body, pictures_beside
from flows.text.extract.clues import Clues, read_clues
from flows.text.extract.credits import author_of, clean_source, source_of
from flows.text.extract.dates import published
from flows.text.extract.headline import headline_near
from flows.text.extract.lines import filter_lines, lines_of
from flows.text.extract.links import attachments, next_page, resolve, scope_of
from flows.text.extract.notations import read_date
from flows.text.extract.page import parse
from flows.text.extract.reading import begins, first_of, read
from flows.text.extract.shadow import learn_furniture, shadow, without_notes
from flows.text.extract.title import clean_title, title_of
from flows.text.extract.verdict import verdict_of
from spiders.site import Layout
from storage.records import DroppedLine

__all__ = ["Article", "extract", "extract_plain", "filter_lines", "learn_furniture", "shadow"]

_NO_LAYOUT = Layout()
_STRIP_TEXTS = 60
_NEAR_TEXTS = 25
_ABOVE_TEXTS = 12
_END_CHARS = 400
_LONG_TEXT = 120
_FEW_CHARS = 60
"""A text this short may be one line of a list that has no sentence."""
_FIRST_LINES = 6


def extract(html: str, url: str = "", layout: Layout | None = None) -> Article:
    """Turn a page into an article.

    html: the decoded page. url: resolves links, and its date is the last resort. layout: the site's selectors;
    one that matches nothing, or mostly links, is passed over and noted.

    >>> page = "<title>召开会议_某县</title><h1>召开会议</h1><p>2024-09-12 17:20</p><div id=zoom><p>　　9月12日，会议召开。</p></div>"
    >>> extract(page).text
    '9月12日，会议召开。'
    """
    layout = layout or _NO_LAYOUT
    notes: list[str] = []
    tree = parse(html)
    reading = read(tree)
    clues = read_clues(tree, reading, html, url)
    title, sure = title_of(clues)
    selected = {
        name: _selected(tree, name, getattr(layout, name), notes)
        for name in ("title", "published", "source", "author")
        if getattr(layout, name)
    }
    if selected.get("title"):
        title, sure = clean_title(selected["title"]), True
    body, note = find_body(reading, clues, title, layout)
    notes += [note] if note else []
    if not sure:
        title = headline_near(clues, body.opening, title) or title
    body.filter(title, clues.texts, layout.furniture)
    if sum(map(len, body.lines)) < _FEW_CHARS:
        whole = body_below_title(clues, title, layout.furniture)
        body = whole if whole is not None and set(body.lines) <= set(whole.lines) else body
    # A marked body was parsed by itself, so its root says nothing of what stands around it.
    alone = body.container is None or body.container.tag == "body"
    scope = tree.body if alone or body.container is None else scope_of(body.container)
    dropped = body.dropped
    bylines = [line.line for line in dropped if line.rule == BYLINE]
    editors = [line.line for line in dropped if line.rule == "editor"]
    strip, above = _strips(clues.texts, title, body)
    clues = replace(
        clues,
        strip=strip,
        above=above,
        scope=scope,
        first=[line[:_END_CHARS] for line in (*bylines, *body.lines)[:_FIRST_LINES]],
        last=[line[-_END_CHARS:] for line in (*(line.text for line in body.rendered.lines[-5:]), *editors)],
        ending=[line[-_END_CHARS:] for line in body.lines[-2:]],
    )
    source = clean_source(selected.get("source", "")) or source_of(clues)
    base = resolve(url, clues.base) or url
    files = attachments(scope, base) if scope is not None and _may_have_files(clues.texts, title, body) else ()
    images = body.rendered.images if body.lines else body.rendered.images or pictures_beside(tree, title)
    verdict = verdict_of(clues, title or clues.window, body.lines, images, files)
    return Article(
        title=title,
        text="\n".join(body.lines) if verdict == "article" else "",
        published_at=read_date(selected.get("published", "")) or published(clues),
        source=source,
        author=selected.get("author", "") or author_of(clues, source, title),
        attachments=files,
        next_page=_next(tree, layout, clues, base) if verdict == "article" else "",
        dropped=dropped,
        verdict=verdict,
        notes=tuple(notes),
    )


_FILE_WORDS = (
    "附件",
    "附表",
    "附圖",
    "附图",
    "附：",
    "下载",
    "下載",
    ".doc",
    ".pdf",
    ".xls",
    ".zip",
    ".rar",
    ".wps",
    ".ofd",
    ".ppt",
    "PDF",
    "Word",
)
_TEXTS_BELOW = 20


def _may_have_files(texts: Sequence[str], title: str, body: Body) -> bool:
    """Tell whether the body or what stands below it speaks of files; looking at every link costs ten times as much."""
    if any(line.file for line in body.rendered.lines if line.hrefs):
        return True
    begin = first_of(texts, body.lines, title)
    # A row of a table is one line of several texts, so the lines do not tell where the body ends.
    below = range(len(texts) - 1, begin - 1, -1)
    end = begins(texts, body.rendered.lines[-1].text, below) if body.rendered.lines else 0
    end = max(begin + len(body.rendered.lines), end) + _TEXTS_BELOW
    text = "\n".join(texts[begin if begin < len(texts) else 0 : end])
    return any(word in text for word in _FILE_WORDS)


def _selected(tree: LexborHTMLParser, name: str, selector: str, notes: list[str]) -> str:
    """Return the text of what a layout's selector matches, or "" with a note."""
    node = tree.css_first(selector)
    text = " ".join(node.text().split()) if node is not None else ""
    if not text:
        notes.append(f"layout {name}: {selector!r} matched nothing")
    return text


def _next(tree: LexborHTMLParser, layout: Layout, clues: Clues, base: str) -> str:
    if layout.next_page:
        link = tree.css_first(layout.next_page)
        return resolve(base, link.attributes.get("href") or "") if link is not None else ""
    return next_page(tree.body, clues, base) if tree.body is not None else ""


def _strips(texts: Sequence[str], title: str, body: Body) -> tuple[str, str]:
    """Return the text between the title and the first line of the body, and that above the title."""
    end = first_of(texts, body.lines, title)
    near = max(0, end - _NEAR_TEXTS)
    key = title[:8]
    # The headline may come again inside the container: the strip stands below the upper one.
    places = [*range(near, end), *range(near - 1, -1, -1)] if key else []
    start = next((place for place in places if key in texts[place]), near)
    # The lines of a <pre> are one text: what follows it is not above the text.
    end = next((place for place in range(start, end) if len(texts[place]) > _LONG_TEXT and "。" in texts[place]), end)
    strip = [*texts[start:end][:_STRIP_TEXTS], *(line.text for line in body.above[:8])]
    above = texts[max(0, start - _ABOVE_TEXTS) : start]
    # A label is found, and a name compared, without the readings printed behind their characters.
    return (
        "\n".join(without_notes(text[:_END_CHARS]) for text in strip),
        "\n".join(without_notes(text[:_END_CHARS]) for text in above),
    )


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
    """Return the first line when it is a headline: short, no sentence, above running text; or one that comes twice."""
    head = [line for line in lines[:8] if 5 <= len(shadow(line)) <= 60]
    for line in head:
        if head.count(line) > 1 and not _NO_TITLE.search(line):
            return line
    kept = filter_lines(lines[:8]).kept
    if len(kept) < 2 or not 5 <= len(shadow(kept[0])) <= 60 or _NO_TITLE.search(kept[0]):
        return ""
    return kept[0] if max(len(line) for line in kept[1:]) > 2 * len(shadow(kept[0])) else ""
