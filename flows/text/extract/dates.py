"""dates.py — When a page was published: to the minute where it says so, always +08:00.

Never the signing date of a document (成文日期) nor an update (更新时间) while there is anything else.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from selectolax.lexbor import LexborHTMLParser

from flows.text.extract.clues import Clues
from flows.text.script import fold

_TOP_TEXTS = 150
_TOP_CHARS = 6_000
_DATELINE_CHARS = 50
_BESIDE_DATE = 10

CHINA = timezone(timedelta(hours=8))

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

_DATE = re.compile(
    r"([12](?<!\d.)(?:(?<=1)9|(?<=2)0)\d\d)\s?(?:年|[-/.])\s?(\d{1,2})\s?(?:月|[-/.])\s?(\d{1,2})(?!\d)\s?日?"
    r"(?:[\sT　|]*(?:[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?)?\s*(?:香港時間|香港时间|北京[时時][间間])?\s*(上午|下午|晚上|中午|凌晨|AM|PM|am|pm)?\s*(\d{1,2})\s?[:：时時點点]\s?(\d{1,2})(?:\s?[:：分]\s?(\d{1,2}))?(?:\.\d+)?\s*(AM|PM|am|pm)?(Z|[+-]\d\d:?\d\d)?)?"
)
_AMERICAN = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AP]M)")
"""What ASP writes on a server that was never told where it stands."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}:\d\d)(?::\d\d)?\s*([AaPp][Mm])?)?"
)
_SPLIT = re.compile(r"(?<!\d)((?:19|20)\d\d)\s+(\d{1,2})\s*[/.-]\s*(\d{1,2})(?!\d)(?:\s+(\d{1,2}:\d\d(?::\d\d)?))?")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?月\s?(\d{1,2})\s?日?[,，\s]\s?((?:19|20)\d\d)(?!\d|\s?年)")
"""What blog systems print that only translated the months, and designs that set the year below the day."""
_WORDS = re.compile("([一二三四五六七八九〇零○OＯ]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_ZERO = re.compile("[零○OＯ]")
_SHORT_YEAR = re.compile(r"(?:[时時][间間]|日期)\s*[:：]?\s*[\[(（]?(\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-])")
_COMPACT = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?(?!\d)"
)
_LABELLED_COMPACT = re.compile(r"(?:[时時][间間]|日期)\s*[:：]?\s*((?:19|20)\d{6})(?!\d)")
_WIDE = re.compile("[０-９－／．：]")
_PUBLISHED = re.compile(
    r"(?:发布|發佈|發布|发表|發表|发稿|刊发|上传|添加|录入|发文|公开)(?:时间|日期|于)?\s*[:：]?\s*$"
)
_PLAIN_LABEL = re.compile(r"(?:时间|日期)\s*[:：]?\s*$")
_OTHER_LABEL = re.compile(
    r"(?:成文|更新|修改|生成|印发|施行|有效|截止|签发|失效|废止|采集|今天是|当前|现在|登记|注册)\w{0,3}(?:时间|日期|于)?\s*[:：]?\s*$|今天是\s*[:：]?\s*$"
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
_URL = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/_]?(0?[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d)|(?<!\d)((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?=/)"
)


def read_date(text: str) -> datetime | None:
    """Return the first date in a text, with its time of day when that stands beside it.

    >>> read_date("发布时间：2022年2月11日 下午3:05").isoformat()
    '2022-02-11T15:05:00+08:00'
    """
    for found in _DATE.finditer(text):
        date = _from_match(found)
        if date is not None:
            return date
    american = _AMERICAN.search(text)
    if american is not None:
        month, day, year, hour, minute, second = (int(group or 0) for group in american.groups()[:6])
        return _make((year, month, day), (hour % 12 + 12 * (american[7] == "PM"), minute, second))
    compact = _COMPACT.search(text)
    if compact is None:
        return None
    year, month, day, hour, minute, second = (int(group or 0) for group in compact.groups())
    return _make((year, month, day), (hour, minute, second))


def _from_match(found: re.Match[str]) -> datetime | None:
    year, month, day, half, hour, minute, second, english, zone = found.groups()
    hours = int(hour or 0)
    half = (half or english or "").lower()
    if half in ("下午", "晚上", "pm") and hours < 12:
        hours += 12
    elif half in ("am", "凌晨") and hours == 12:
        hours = 0
    elif half == "中午" and hours < 11:
        hours += 12
    date = _make((int(year), int(month), int(day)), (hours, int(minute or 0), int(second or 0)))
    if date is None and hour:  # 25:99 is no time, but the day may be one
        date = _make((int(year), int(month), int(day)))
    if date is not None and zone:
        return _shift(date, zone)
    return date


def _shift(date: datetime, zone: str) -> datetime:
    if zone == "Z":
        return date + timedelta(hours=8)
    digits = zone.replace(":", "")
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return date + timedelta(hours=8) - (offset if digits[0] == "+" else -offset)


def _make(day: tuple[int, int, int], clock: tuple[int, int, int] = (0, 0, 0)) -> datetime | None:
    try:
        return datetime(*day, *clock, tzinfo=CHINA)
    except ValueError:
        return None


def has_time(date: datetime) -> bool:
    """Tell whether a time of day was read; midnight is how a system without one writes it."""
    return (date.hour, date.minute, date.second) != (0, 0, 0)


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
        return _to_the_minute(seen, clues.tree)
    if told is not None:
        return _to_the_minute(told, clues.tree)
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
    for found in _DATE.finditer(text):
        date = _from_match(found)
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
    return None if strict else _american(text) or _english(text) or _split(text) or _year_last(text) or _in_words(text)


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
        found = _DATE.search(line)
        if found is not None and len(line) - len(found[0]) <= _BESIDE_DATE:
            return _from_match(found)
        if _ENGLISH.search(line):
            return _english(line)
    return None


def _american(text: str) -> datetime | None:
    found = _AMERICAN.search(text)
    return read_date(found[0]) if found else None


def _english(text: str) -> datetime | None:
    """Read the date that blog systems print when nobody translated them: September 10th, 2005 10:56 am."""
    found = _ENGLISH.search(text)
    if found is None:
        return None
    month = _MONTHS.index(found[1][:3].lower()) + 1
    return read_date(f"{found[3]}-{month}-{found[2]} {found[4] or ''} {found[5] or ''}")


def _split(text: str) -> datetime | None:
    """Read a date whose year, day and clock stand in elements of their own."""
    found = _SPLIT.search(text)
    return read_date(f"{found[1]}-{found[2]}-{found[3]} {found[4] or ''}") if found else None


def _to_the_minute(date: datetime, tree: LexborHTMLParser) -> datetime:
    """Return a day with the time of day that an element marked as a date of publication gives for it."""
    if has_time(date):
        return date
    marked = _from_element(tree)
    return marked if marked is not None and marked.date() == date.date() else date


def _year_last(text: str) -> datetime | None:
    found = _YEAR_LAST.search(text)
    return read_date(f"{found[3]}-{found[1]}-{found[2]}") if found else None


def _in_words(text: str) -> datetime | None:
    """Read a date that is written in Chinese numerals: 二〇二二年五月五日."""
    found = _WORDS.search(text)
    if found is None:
        return None
    year = "".join(str("〇一二三四五六七八九".find(_ZERO.sub("〇", digit))) for digit in found[1])
    month, day = (_number(group) for group in found.groups()[1:])
    return _make((int(year), month, day))


def _number(word: str) -> int:
    """Return a number below one hundred: 二十一 is 21."""
    tens, ten, ones = word.rpartition("十")
    digits = "〇一二三四五六七八九"
    return 10 * (digits.find(tens) if tens else 1) * bool(ten) + (digits.find(ones) if ones else 0)


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
    for word, rest in _SCRIPT_KEYS:
        start = html.find(word)
        for _ in range(_MOST_KEYS):
            if start < 0:
                break
            found = rest.match(html, start if rest is _CT else start + len(word))
            if found is not None:
                epoch = _EPOCH.fullmatch(found[1])
                date = datetime.fromtimestamp(int(epoch[1]), CHINA) if epoch else read_date(found[1])
                if date is not None:
                    return date
            start = html.find(word, start + 1)
    return None


def from_url(url: str) -> datetime | None:
    """Return the day that an address names.

    >>> from_url("http://www.a.gov.cn/xw/202304/t20230410_1.html").date().isoformat()
    '2023-04-10'
    """
    path = url.split("://", 1)[-1].partition("/")[2]
    best = None
    for found in _URL.finditer(path):
        groups = [group for group in found.groups() if group]
        best = _make((int(groups[0]), int(groups[1]), int(groups[2]))) or best
    return best
