"""title.py — The headline: what the page itself shows as one, confirmed by <title> or by a meta."""

import html as entities
import re
from collections.abc import Sequence
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.clues import Clues
from flows.text.extract.shadow import without_notes
from flows.text.script import fold

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_FULL_WIDTH = re.compile("[\uff01-\uff5e…]")
_TAG = re.compile(r"<[^>]*>?")
_SEPARATOR = re.compile(r"\s*(?:_|--|——|-|\||｜|–|::|»|>>|＿|—|·(?=[^·]*$)|<)\s*")
_COLON = re.compile("[:：]")
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
_TRAILING = re.compile(r"(?:\s*(?:\[图\]|\[组图\]|NEW|new|\[详细\]|- -))+$")
_ICONS = "".join(map(chr, range(0xE000, 0xE100)))  # icon fonts put their pictures here

SITE = re.compile("(?:网|网站|门户|政府|博客|论坛|频道|社区|平台|在线|日报|晚报|新闻|中心|局|委员会|首页)$")
_DAY = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:星期.|周.)?")
"""A blog's heading above the posts of a day."""
_BOOK = re.compile(".{1,10}(?:[省市州区县旗镇乡村]志|年鉴)(?:[(（][^()（）]*[)）])?")
"""A gazetteer, of which the page is a chapter."""
_LABEL = re.compile(r"(?:(?:来信|信件|咨询|留言|投诉|诉求|问题|信访)(?:标题|主题|题目)|标\s*题)\s*[:：]\s*")
_LABEL_FIRST = frozenset("来來信咨諮留投诉訴问問标標")
_FRAME_WORDS = re.compile("[上下]一版|评论|留言|跟帖|登[录陆]|欢迎|谢谢|访问|博客$|索引|目录")
_BOUNDARIES = frozenset("_-—|｜–:»·<([【（")
HEADLINE_MIN = 6
MIN = 5
HEADLINE_TEXT = 200
_TITLED = "[class*=title],[id*=title],[class*=Title],[class*=biaoti],.bt,.tit"
_MOST_TITLED = 60
_MAX = 100


def bare(text: str) -> str:
    """Return a text for comparison: without blanks, full-width letters and punctuation as half-width ones."""
    text = "".join(text.split())
    text = _FULL_WIDTH.sub(_half_width, text)  # NFKC of the whole costs fifty times as much
    return text if text.isprintable() else _BLANK.sub("", text)


def _half_width(found: re.Match[str]) -> str:
    return "..." if found[0] == "…" else chr(ord(found[0]) - 0xFEE0)


def clean_title(text: str) -> str:
    """Take markup, entities, bullets and list marks off a title; lines are joined with a space.

    >>> clean_title("·&ldquo;两会&rdquo;<br>特别报道[图]")
    '“两会” 特别报道'
    """
    if "&" in text:
        text = entities.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _TRAILING.sub("", _LEADING.sub("", " ".join(text.split()).strip(_ICONS)))


def titled_texts(tree: LexborHTMLParser) -> list[str]:
    """Return the texts of elements whose class or id says that they are a title."""
    texts = (node.text() for node in tree.css(_TITLED)[:_MOST_TITLED])
    return [text for text in texts if text and len(text) < HEADLINE_TEXT]


def title_of(clues: Clues) -> tuple[str, bool]:
    """Return the page's title, and whether a second witness confirms it."""
    metas, headings = clues.metas, clues.headings
    frame = bare(clues.window)
    site = {bare(metas.get(name, "")) for name in ("sitename", "columnname", "og:site_name")} - {""}
    told = clean_title(metas.get("articletitle", ""))
    shown = _shown(clues)
    if not shown:
        headings = [*headings, *titled_texts(clues.tree)]
        shown = _within(frame, headings) or _part(clues.window, clues.texts, site)
    if _usable(told, site):
        key = bare(told)
        if bare(shown).startswith(key):
            return shown, True  # a value cut at a quotation mark is a beginning of what the page shows
        return told, True
    marked = clean_title(clues.marked.get("title", ""))
    if _usable(marked, site):
        return marked, True
    if shown and bare(shown) not in site and not _BOOK.fullmatch(bare(shown)):
        return shown, bare(shown) != frame or not SITE.search(fold(frame))
    graph = clean_title(metas.get("og:title", "") or metas.get("twitter:title", ""))
    if _usable(graph, site):
        key = bare(graph)
        for text in headings:
            if len(bare(text)) >= MIN and key.startswith(bare(text)):
                return clean_title(text), True
        return _first_part(graph), True
    labelled = _labelled(clues.texts)
    if labelled:
        return labelled, True
    for text in headings:
        key = bare(text)
        fits = (
            not _DAY.fullmatch(key)
            and MIN <= len(key) <= _MAX
            and key not in site
            and (key not in frame or len(key) > 8)
        )
        if fits and not _FRAME_WORDS.search(fold(key)):
            return clean_title(text), False
    return _first_part(clean_title(clues.window)), False


def _labelled(texts: Sequence[str]) -> str:
    """Return what stands behind a label, as citizens' letters have it: 来信标题：…."""
    for place, text in enumerate(texts[:-1]):
        if text[0] in _LABEL_FIRST and (label := _LABEL.match(fold(text[:_MAX]))):
            value = clean_title(text[label.end() :] or texts[place + 1])
            if MIN <= len(bare(value)) <= _MAX:
                return value
    return ""


def _usable(text: str, site: set[str]) -> bool:
    """Tell whether a value may be a headline: no site's name, no word of a template."""
    key = bare(text)
    return len(key) >= 2 and key.lower() not in _NOTHING and key not in site and not text.endswith("新版")


def _shown(clues: Clues) -> str:
    """Return the longest text of the page that <title> begins with, or else holds."""
    frame = bare(clues.window)
    if len(frame) < 2:
        return ""
    parts = set(_SEPARATOR.split(frame))
    best = ""
    size = 0
    for text in clues.headings:
        key = bare(text)
        if len(key) > size and frame.startswith(key) and (MIN <= len(key) <= _MAX or key in parts):
            best, size = text, len(key)
    is_heading = bool(best)
    if not best:
        best, size = _joined(frame, clues.texts)
    if best and size < len(frame):
        best = _behind(clues, best, is_heading) or best
    return clean_title(best)


def _behind(clues: Clues, name: str, is_heading: bool) -> str:
    """Return the heading that is all of <title> behind a name with which it begins, where that is the site's.

    Blogs write "name: headline" and some offices "office column headline", while most sites write "headline_name". A
    site's name is a link, or stands in no heading, when the headline does.
    """
    frame, key = bare(clues.window), bare(name)
    separator = _SEPARATOR.match(frame, len(key)) or (is_heading and _COLON.match(frame, len(key)))
    words = [bare(word) for word in clues.window.split()]
    if separator:
        rest = frame[separator.end() :]
        parts = [rest, _SEPARATOR.split(rest)[-1]]
    elif len(key) in accumulate(map(len, words)):
        parts = [words[-1]]
    else:
        return ""
    longer = HEADLINE_MIN if is_heading else max(HEADLINE_MIN, len(key))
    wanted = {part for part in parts if len(part) > longer and not SITE.search(fold(without_notes(part)))}
    if not wanted:
        return ""
    shown = clues.headings if is_heading else [*clues.headings, *clues.texts]
    headline = next((text for text in shown if bare(text) in wanted), "")
    if headline and is_heading and all(bare(link.text()) != key for link in clues.tree.css("h1 a,h2 a")):
        return ""
    return headline


def _within(frame: str, headings: Sequence[str]) -> str:
    """Return the longest heading that stands somewhere in <title>: some sites put their own name first."""
    keys = [(len(key), text) for text in headings if 8 <= len(key := bare(text)) <= _MAX and key in frame]
    return clean_title(max(keys, default=(0, ""))[1])


def _part(window: str, texts: Sequence[str], site: set[str]) -> str:
    """Return the longest part of <title> that the page shows, for sites that put their own name first."""
    parts = {bare(part): part for part in _SEPARATOR.split(window)}
    known = {
        key for key in parts if HEADLINE_MIN <= len(key) <= _MAX and key not in site and not SITE.search(fold(key))
    }
    if not known:
        return ""
    firsts = {key[0] for key in known}
    shown = {
        key
        for text in texts
        if HEADLINE_MIN <= len(text) <= HEADLINE_TEXT
        and (text[0] in firsts or _FULL_WIDTH.match(text))
        and (key := bare(text)) in known
    }
    return clean_title(parts[max(shown, key=len)]) if shown else ""


def _joined(frame: str, texts: Sequence[str]) -> tuple[str, int]:
    """Find the title among neighbouring texts: a headline may be broken over lines or tags."""
    first = frame[0]
    best: list[str] = []
    size = 0
    for start, text in enumerate(texts):
        if text[0] != first or len(text) > HEADLINE_TEXT:
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
    rest = frame[size : size + 1]
    if size < MIN or size > _MAX or (frame[:size].isascii() and rest and rest not in _BOUNDARIES):
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
