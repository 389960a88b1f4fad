"""dates.py — Days as Chinese sites print them, in text and in addresses. Pure; no clock: a year is never guessed from today.

All sites print China time (UTC+8). Only the day matters here: the listing decides which pages belong to a window,
while the article's own time is read later, from the stored capture.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

CHINA = timezone(timedelta(hours=8))

_Y, _M, _D = r"((?:19|20)\d\d)", r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
_FULL = re.compile(rf"(?<!\d){_Y}\s*[-/.年－—]\s*{_M}\s*[-/.月－—]\s*{_D}(?!\d)")
_SOLID = re.compile(rf"(?<!\d){_Y}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH_DAY = re.compile(rf"(?<![\d./年-]){_M}\s*[-/.月－]\s*{_D}(?:\s*日)?(?![\d./-])")
_DAY_OF_MONTH = re.compile(rf"(?<!\d){_D}\s*[/日]?\s*{_Y}\s*[-/.年]\s*{_M}(?:\s*月)?(?!\d|\s*[-/.月])")
_MONTH_THEN_DAY = re.compile(rf"(?<!\d){_Y}\s*[-/.年]\s*{_M}\s*月?\s+{_D}(?!\d|\s*[-/.:])")
_HANZI = re.compile(
    "([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿]{1,3})日"
)
_DIGITS = {**dict(zip("一二三四五六七八九", range(1, 10), strict=True)), "〇": 0, "零": 0, "○": 0, "Ｏ": 0}
_EPOCH = re.compile(r"\s*(1\d{9}|\d{9})(\d{3})?\s*")
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)")
_RFC = re.compile(r"[A-Z][a-z]{2},\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+\d\d:\d\d.*")

# Widest first: /2023-04/10/ and /2023/4/10/, /202304/10/, /2023/0410/ and /2023/04-10/, t20230410_ and /20230410/.
_IN_ADDRESS = (
    re.compile(rf"/{_Y}[-/]{_M}/{_D}(?=[/_])"),
    re.compile(rf"/{_Y}(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/"),
    re.compile(rf"/{_Y}/(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])/"),
    re.compile(rf"(?<![0-9a-zA-Z])(?:t|t_|Page)?{_Y}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![0-9a-zA-Z])"),
    re.compile(rf"(?<!\d){_Y}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)"),
)
_MONTH_IN_ADDRESS = (
    re.compile(rf"/{_Y}[-/]?(0[1-9]|1[0-2])/"),
    re.compile(rf"/{_Y}(?=/|_)()"),
)


def day_in(text: str, near: date | None = None) -> date | None:
    """Return the first day that a text names, in any form sites print; None when it names none.

    near: a day close to it (of the address, or of the row before), which gives the year to forms without one;
    without it such forms are None, since nothing here knows what year it is.

    >>> day_in("发布时间：2023年4月10日 09:30 来源：本站"), day_in("[04-10]", near=date(2022, 12, 30))
    (datetime.date(2023, 4, 10), datetime.date(2023, 4, 10))
    >>> day_in("二〇二三年四月二十日"), day_in("1681090200"), day_in("[04-10]")
    (datetime.date(2023, 4, 20), datetime.date(2023, 4, 10), None)
    """
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), CHINA).date()
    if (zoned := _ZONED.search(text)) or (zoned := _RFC.search(text)):
        return _moment(zoned[0])
    for pattern in (_FULL, _SOLID):
        for full in pattern.finditer(text):
            if day := _day(*map(int, full.groups())):
                return day
    if found := _DAY_OF_MONTH.search(text):
        return _day(int(found[2]), int(found[3]), int(found[1]))
    if found := _MONTH_THEN_DAY.search(text):
        return _day(*map(int, found.groups()))
    if found := _HANZI.search(text):
        year = int("".join(str(_DIGITS[digit]) for digit in found[1]))
        return _day(year, _hanzi_number(found[2]), _hanzi_number(found[3]))
    if near and (found := _MONTH_DAY.search(text)):
        return _nearest(int(found[1]), int(found[2]), near)
    return None


def is_month_day(text: str) -> bool:
    """Tell whether a text is a day without a year, such as "[04-10]".

    >>> is_month_day("[04-10]"), is_month_day("2023-04-10"), is_month_day("4月10日停水的公告")
    (True, False, False)
    """
    return bool(_MONTH_DAY.fullmatch(text.strip(" \t\r\n\u3000\xa0[]()（）【】〔〕")))


def day_of_address(url: str) -> date | None:
    """Return the day that an address carries in its path.

    On TRS this is the day of filing, which can lie some days before the day the listing shows: a fallback.

    >>> day_of_address("http://x.gov.cn/yw/202304/t20230410_123456.html")
    datetime.date(2023, 4, 10)
    >>> day_of_address("http://x.gov.cn/art/2023/4/9/art_33718_900123.html")
    datetime.date(2023, 4, 9)
    """
    for pattern in _IN_ADDRESS:
        if (found := pattern.search(url)) and (day := _day(*map(int, found.groups()))):
            return day
    return None


def month_of_address(url: str) -> date | None:
    """Return a day within the month (or the middle of the year) that an address names, to choose a year by.

    >>> month_of_address("http://x.gov.cn/xw/202304/0123456789abcdef0123456789abcdef.shtml")
    datetime.date(2023, 4, 15)
    """
    if day := day_of_address(url):
        return day
    for pattern in _MONTH_IN_ADDRESS:
        if found := pattern.search(url):
            return date(int(found[1]), int(found[2] or 6), 15)
    return None


def _moment(text: str) -> date | None:
    try:
        moment = datetime.fromisoformat(text) if text[0].isdigit() else parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(CHINA).date()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, near: date) -> date | None:
    days = [found for year in (near.year - 1, near.year, near.year + 1) if (found := _day(year, month, day))]
    return min(days, key=lambda found: abs((found - near).days), default=None)


def _hanzi_number(text: str) -> int:
    """Read a number below 40 in Chinese digits: 九, 十, 十二, 二十, 廿一, 三十一, also 二〇."""
    text = text.replace("廿", "二十")
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_DIGITS[digit]) for digit in text))
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
