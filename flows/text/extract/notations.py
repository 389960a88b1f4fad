"""notations.py — How pages write a day and a time of day, each read as a moment at +08:00.

In digits with or without Chinese words; as ASP and blog systems print it; with the year last; in Chinese numerals; in
an address. Which of a page's dates is that of its publication is said in dates.py.
"""

import re
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
DATE = re.compile(
    r"([12](?<!\d.)(?:(?<=1)9|(?<=2)0)\d\d)\s?(?:年|[-/.])\s?(\d{1,2})\s?(?:月|[-/.])\s?(\d{1,2})(?!\d)\s?日?"
    r"(?:[\sT　|]*(?:[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?)?\s*(?:香港時間|香港时间"
    r"|北京[时時][间間])?\s*(上午|下午|晚上|中午|凌晨|AM|PM|am"
    r"|pm)?\s*(\d{1,2})\s?[:：时時點点]\s?(\d{1,2})(?:\s?[:：分]\s?(\d{1,2}))?(?:\.\d+)?\s*(AM|PM|am|pm)?(Z"
    r"|[+-]\d\d:?\d\d)?)?"
)
_AMERICAN = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AP]M)")
"""What ASP writes on a server that was never told where it stands."""
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_ENGLISH = re.compile(
    rf"\b({_MONTHS})"
    r"[a-z]{0,6}\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)"
    r"(?:,?\s+(?:at\s+)?(\d{1,2}:\d\d)(?::\d\d)?\s*([AaPp][Mm])?)?"
)
_JAVA = re.compile(
    rf"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ({_MONTHS})"
    r" (\d{1,2}) (\d\d:\d\d):\d\d (?:(?:CST|GMT\+08:00) )?((?:19|20)\d\d)"
)
"""What a JSP page prints that was never told how to write a date; CST is China's time there."""
_SPLIT = re.compile(r"(?<!\d)((?:19|20)\d\d)\s+(\d{1,2})\s*[/.-]\s*(\d{1,2})(?!\d)(?:\s+(\d{1,2}:\d\d(?::\d\d)?))?")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?月\s?(\d{1,2})\s?日?[,，\s]\s?((?:19|20)\d\d)(?!\d|\s?年)")
"""What blog systems print that only translated the months, and designs that set the year below the day."""
_WORDS = re.compile("([一二三四五六七八九〇零○OＯ]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_ZERO = re.compile("[零○OＯ]")
_DIGITS = "〇一二三四五六七八九"
_COMPACT = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?(?!\d)"
)
_URL = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/_]?(0?[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d)|(?<!\d)((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?=/)"
)


def read_date(text: str) -> datetime | None:
    """Return the first date in a text, with its time of day when that stands beside it.

    >>> read_date("发布时间：2022年2月11日 下午3:05").isoformat()
    '2022-02-11T15:05:00+08:00'
    """
    for found in DATE.finditer(text):
        date = moment_of(found)
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


def moment_of(found: re.Match[str]) -> datetime | None:
    """Return the moment that a match of DATE names, or None when there is no such day."""
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


def read_other(text: str) -> datetime | None:
    """Read a date that is written in none of the usual ways."""
    return _american(text) or read_english(text) or _split(text) or _year_last(text) or _in_words(text)


def _american(text: str) -> datetime | None:
    found = _AMERICAN.search(text)
    return read_date(found[0]) if found else None


def read_english(text: str) -> datetime | None:
    """Read the date that systems print when nobody translated them: September 10th, 2005 10:56 am."""
    java = _JAVA.search(text)
    if java is not None:
        return read_date(f"{java[4]}-{_month(java[1])}-{java[2]} {java[3]}")
    found = _ENGLISH.search(text)
    if found is None:
        return None
    return read_date(f"{found[3]}-{_month(found[1])}-{found[2]} {found[4] or ''} {found[5] or ''}")


def _month(name: str) -> int:
    return _MONTHS.split("|").index(name) + 1


def _split(text: str) -> datetime | None:
    """Read a date whose year, day and clock stand in elements of their own."""
    found = _SPLIT.search(text)
    return read_date(f"{found[1]}-{found[2]}-{found[3]} {found[4] or ''}") if found else None


def _year_last(text: str) -> datetime | None:
    found = _YEAR_LAST.search(text)
    return read_date(f"{found[3]}-{found[1]}-{found[2]}") if found else None


def _in_words(text: str) -> datetime | None:
    """Read a date that is written in Chinese numerals: 二〇二二年五月五日."""
    found = _WORDS.search(text)
    if found is None:
        return None
    year = "".join(str(_DIGITS.find(digit)) for digit in _ZERO.sub("〇", found[1]))
    month, day = (_number(group) for group in found.groups()[1:])
    return _make((int(year), month, day))


def _number(word: str) -> int:
    """Return a number below one hundred: 二十一 is 21."""
    tens, ten, ones = word.rpartition("十")
    return (10 * _DIGITS.find(tens or "一") if ten else 0) + _DIGITS.find(ones or "〇")


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
