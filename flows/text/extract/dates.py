"""dates.py — When a page was published: to the minute where it says so, always +08:00.

Never the signing date of a document (成文日期) nor an update (更新时间) while there is anything else.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.clues import Clues
from flows.text.extract.notations import CHINA, DATE, from_url, has_time, moment_of, read_date, read_english, read_other
from flows.text.script import fold

_TOP_TEXTS = 150
_TOP_CHARS = 6_000
_DATELINE_CHARS = 50
_BESIDE_DATE = 10

META_NAMES = (
    "pubdate",
    "publishdate",
    "article:published_time",
    "og:release_date",
    "publish_time",
    "publishtime",
    "maketime",
    "weibo:article:create_at",
    "firstpublishedtime",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "og:pubdate",
    "bytedance:published_time",
    "_pubtime",
    "releasedate",
    "sailthru.date",
    "pdate",
    "date",
)

_SHORT_YEAR = re.compile(r"(?:[时時][间間]|日期)\s*[:：]?\s*[\[(（]?(\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-])")
_LABELLED_COMPACT = re.compile(r"(?:[时時][间間]|日期)\s*[:：]?\s*((?:19|20)\d{6})(?!\d)")
_WIDE = re.compile("[０-９－／．：]")
_PUBLISHED = re.compile(
    r"(?:发布|發佈|發布|发表|發表|发稿|刊发|上传|添加|录入|发文|公开)(?:时间|日期|于)?\s*[:：]?\s*$"
)
_PLAIN_LABEL = re.compile(r"(?:时间|日期)\s*[:：]?\s*$")
_OTHER_LABEL = re.compile(
    r"(?:成文|更新|修改|生成|印发|施行|有效|截止|签发|失效|废止|采集|今天是|当前|现在|登记|注册)\w{0,3}(?:时间|日期"
    r"|于)?\s*[:：]?\s*$|今天是\s*[:：]?\s*$"
)
# Both begin with letters that every key shares: the search skips to them instead of trying each key everywhere.
_SCRIPT = re.compile(
    r"""(?:lished|Date|date|Time|time|lish_?[tT]ime|lished_?[tT]ime|lishDate|lish_date)["']?\s*[:=]\s*["']?(\d[^"',;}]{7,30})"""
)
_CREATED = re.compile(r"""_?[tT]ime["']?\s*[:=]\s*["'](\d{4}-[^"']{5,20})["']""")
_CT = re.compile(r"""var ct\s*=\s*["'](1\d{9})["']""")
_SCRIPT_KEYS = (("ub", _SCRIPT), ("reate", _CREATED), ("var ct", _CT))
"""What a key in a script holds, and its rest: finding a word is twenty times as fast as trying a pattern everywhere."""
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?")
_MOST_KEYS = 300


def published(clues: Clues) -> datetime | None:
    """Return the time of publication.

    The minutes win: a meta that knows the day and a strip that knows the minute of that day give the minute. Two
    that lie twelve hours apart mean a template with twelve-hour clock, and the afternoon one is right.
    """
    told = _told(clues)
    seen = _labelled(clues.strip)
    if told is not None and seen is not None and told.date() == seen.date():
        if not has_time(told) or (has_time(seen) and seen - told == timedelta(hours=12)):
            return seen
        return told
    if told is not None and has_time(told):
        return told
    if seen is not None and (told is None or has_time(seen)):
        return _to_the_minute(seen, clues)
    if told is not None:
        return _to_the_minute(told, clues)
    return (
        _from_element(clues.tree)
        or _from_scripts(clues.html)
        or _dateline(clues.first)
        or _timed(clues.above)
        or _labelled("\n".join(clues.texts[:_TOP_TEXTS])[:_TOP_CHARS], strict=True)
        or _labelled("\n".join(clues.last), strict=True)
        or from_url(clues.url)
    )


def _told(clues: Clues) -> datetime | None:
    best: datetime | None = None
    for name in META_NAMES:
        value = clues.metas.get(name)
        if value:
            date = read_date(value)
            if date is not None:
                if has_time(date):
                    return date
                best = best or date
    return best or read_date(clues.marked.get("date", ""))


def _labelled(text: str, strict: bool = False) -> datetime | None:
    """Return the date behind a label of publication, else behind 时间, else (unless strict) the fullest one."""
    best: datetime | None = None
    rank = 0
    text = _narrow(text)
    for found in DATE.finditer(text):
        date = moment_of(found)
        if date is None:
            continue
        before = fold(text[max(0, found.start() - 16) : found.start()])  # labels are written in simplified characters
        if _OTHER_LABEL.search(before):
            standing = 1
        elif _PUBLISHED.search(before):
            standing = 6
        elif _PLAIN_LABEL.search(before):
            standing = 4
        else:
            standing = 2
        standing += has_time(date)
        if strict and standing < 4:
            continue
        if standing > rank:
            best, rank = date, standing
    if best is not None:
        return best
    compact = _LABELLED_COMPACT.search(text)
    if compact is not None:
        return read_date(compact[1])
    short = _SHORT_YEAR.search(text)
    if short is not None:
        return read_date(f"20{short[1]}-{short[2]}-{short[3]}")
    return None if strict else read_other(text)


def _narrow(text: str) -> str:
    """Write full-width digits and what stands between them as half-width ones."""
    return _WIDE.sub(lambda found: chr(ord(found[0]) - 0xFEE0), text) if _WIDE.search(text) else text


def _timed(text: str) -> datetime | None:
    """Return a date that has a time of day, or a label, for sites that set it above the headline."""
    date = _labelled(text, strict=True) or _labelled(text)
    return date if date is not None and has_time(date) else _labelled(text, strict=True)


def _dateline(lines: Sequence[str]) -> datetime | None:
    """Return the date of a line that is a date and little else, among the lines with which a text begins."""
    for line in lines:
        if len(line) > _DATELINE_CHARS:
            continue
        found = DATE.search(line)
        if found is not None and len(line) - len(found[0]) <= _BESIDE_DATE:
            return moment_of(found)
        english = read_english(line)
        if english is not None:
            return english
    return None


def _to_the_minute(date: datetime, clues: Clues) -> datetime:
    """Return a day with the time of day that an element marked as a date of publication, or a script, gives for it."""
    if has_time(date):
        return date
    marked = _from_element(clues.tree)
    if marked is None or marked.date() != date.date() or not has_time(marked):
        marked = _from_scripts(clues.html)
    return marked if marked is not None and marked.date() == date.date() else date


def _from_element(tree: LexborHTMLParser) -> datetime | None:
    for node in tree.css("time[datetime],[itemprop=datePublished]"):
        attributes = node.attributes
        date = read_date(
            attributes.get("datetime") or attributes.get("content") or attributes.get("title") or node.text()
        )
        if date is not None:
            return date
    return None


def _from_scripts(html: str) -> datetime | None:
    """Return the first time that a key for a publication has, else the first day."""
    day: datetime | None = None
    for word, rest in _SCRIPT_KEYS:
        start = html.find(word)
        for _ in range(_MOST_KEYS):
            if start < 0:
                break
            found = rest.match(html, start if rest is _CT else start + len(word))
            if found is not None:
                epoch = _EPOCH.fullmatch(found[1])
                date = datetime.fromtimestamp(int(epoch[1]), CHINA) if epoch else read_date(found[1])
                if date is not None and has_time(date):
                    return date
                day = day or date
            start = html.find(word, start + 1)
    return day
