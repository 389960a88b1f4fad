"""title.py — The headline: what the page itself shows as one, confirmed by <title> or by a meta."""

import html as entities
import re
import unicodedata
from collections.abc import Sequence

from flows.text.extract.clues import Clues

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_TAG = re.compile(r"<[^>]*>?")
_SEPARATOR = re.compile(r"\s*(?:_|--|——|-|\||｜|–|::|»|>>|＿|—|·(?=[^·]*$)|<)\s*")
_NOTHING = frozenset(
    (
        "null",
        "undefined",
        "none",
        "文章标题",
        "标题",
        "正文",
        "无标题文档",
        "untitled document",
        "详细页",
        "内容页",
        "文章内容",
        "信息内容",
        "新闻详情",
    )
)
_LEADING = re.compile(r"^[\s·•>＞■◆●]+")
_TRAILING = re.compile(r"(?:\s*(?:\[图\]|\[组图\]|NEW|new|\[详细\]))+$")

_MIN = 5
_MAX = 100


def bare(text: str) -> str:
    """Return a text for comparison: NFKC, no blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text))


def clean_title(text: str) -> str:
    """Take markup, entities, bullets and list marks off a title; lines are joined with a space.

    >>> clean_title("·&ldquo;两会&rdquo;<br>特别报道[图]")
    '“两会” 特别报道'
    """
    if "&" in text:
        text = entities.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _TRAILING.sub("", _LEADING.sub("", " ".join(text.split())))


def title_of(clues: Clues) -> str:
    """Return the page's title."""
    metas, headings = clues.metas, clues.headings
    frame = bare(clues.window)
    site = {bare(metas.get(name, "")) for name in ("sitename", "columnname", "og:site_name")} - {""}
    told = clean_title(metas.get("articletitle", ""))
    shown = _shown(frame, headings, clues.texts)
    if _usable(told, site):
        key = bare(told)
        # A value cut at a quotation mark in the title is a beginning of what the page shows.
        if shown and bare(shown).startswith(key) and len(bare(shown)) > len(key):
            return shown
        longer = next((text for text in headings if bare(text).startswith(key) and len(bare(text)) <= _MAX), "")
        return clean_title(longer) if longer and len(bare(longer)) > len(key) and '"' in longer else told
    marked = clean_title(clues.marked.get("title", ""))
    if _usable(marked, site):
        return marked
    if shown and bare(shown) not in site:
        return shown
    graph = clean_title(metas.get("og:title", "") or metas.get("twitter:title", ""))
    if _usable(graph, site):
        key = bare(graph)
        for text in headings:
            if len(bare(text)) >= _MIN and key.startswith(bare(text)):
                return clean_title(text)
        return _first_part(graph)
    for text in headings:
        if (
            _MIN <= len(bare(text)) <= _MAX
            and bare(text) not in site
            and (not frame or bare(text) not in frame or len(bare(text)) > 8)
        ):
            return clean_title(text)
    return _first_part(clean_title(clues.window))


def _usable(text: str, site: set[str]) -> bool:
    key = bare(text)
    return len(key) >= 2 and key.lower() not in _NOTHING and key not in site and not text.endswith("新版")


def _shown(frame: str, headings: Sequence[str], texts: Sequence[str]) -> str:
    """Return the longest text of the page that <title> begins with, or else holds."""
    if len(frame) < _MIN:
        return ""
    best = ""
    size = 0
    for text in headings:
        key = bare(text)
        if _MIN <= len(key) <= _MAX and len(key) > size and frame.startswith(key):
            best, size = text, len(key)
    if not best:
        best, size = _joined(frame, texts)
    if not best:
        for text in headings:
            key = bare(text)
            if 8 <= len(key) <= _MAX and len(key) > size and key in frame:
                best, size = text, len(key)
    return clean_title(best)


def _joined(frame: str, texts: Sequence[str]) -> tuple[str, int]:
    """Find the title among neighbouring texts: a headline may be broken over lines or tags."""
    first = frame[0]
    best: list[str] = []
    size = 0
    for start, text in enumerate(texts):
        if not text or text[0] != first:
            continue
        key = bare(text)
        if not frame.startswith(key):
            continue
        parts = [text]
        for more in texts[start + 1 : start + 6]:
            longer = key + bare(more)
            if not frame.startswith(longer):
                break
            key = longer
            parts.append(more)
        if len(key) > size:
            best, size = parts, len(key)
    if size < _MIN or size > _MAX:
        return "", 0
    return " ".join(best), size


def _first_part(text: str) -> str:
    """Cut a window title at the site's name."""
    parts = [part for part in _SEPARATOR.split(text) if part]
    if not parts:
        return ""
    if len(bare(parts[0])) >= 6:
        return parts[0]
    return max(parts[:2], key=lambda part: len(bare(part)))
