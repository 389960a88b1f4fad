"""shadow.py — The shadow of a line: what the line filter looks at, while the line itself is kept or dropped.

版權(quán)與免責(zé)聲明：, 版權與免責聲明: and 版权与免责声明： cast one shadow, so a rule is written once, in simplified
characters and half-width punctuation. Also what a site's furniture is learned in. Never stored as text.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from flows.text.script import fold

# A reading printed behind its character; the tone mark tells it from (a) or (de), which authors write.
_NOTE = re.compile(
    "(?<=[\u3400-\u9fff])[(（][a-zü]{0,5}[āáǎăàōóǒŏòēéěĕèīíǐĭìūúǔŭùǖǘǚǜńňǹ\u0300\u0301\u0304\u030c][a-zü]{0,5}[)）]"
)
_TONE = re.compile("[(（][a-zü]{0,5}[āáǎăàōóǒŏòēéěĕèīíǐĭìūúǔŭùǖǘǚǜńňǹ\u0300\u0301\u0304\u030c]")
PICTOGRAPHS = "\U0001f300-\U0001faff"
"""For a set of characters: what many pages put before 点赞 and 打印."""
_BLANK = re.compile(rf"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\u2764\ufe0f{PICTOGRAPHS}]+")

_FORMULA = re.compile(
    r"^.{0,24}[:,]$|^(?:特此|此致|敬礼|专此|以上|附).{0,12}$|^[\(〔]?(?:[12]\d{3}|[一二〇零○]{4})年.{1,8}日[)〕]?$"
    r"|^.{2,24}(?:人民政府|委员会|办公室|办公厅|领导小组|指挥部|局|厅|部|院|会|处|中心|公司|大学|支队)$"
    r"|^第?[一二三四五六七八九十\d]{1,3}[、.章条节]?.{0,6}$"
)
RULE_CHARS = 130
"""As far as a rule reads a line."""
_MIN_PAGES = 5
_MIN_SHARE = 0.3


def shadow(line: str) -> str:
    """Return a line without notes and blanks, each character NFKC and simplified.

    >>> shadow("德州新聞網(wǎng)版權(quán)與免責(zé)聲明："), shadow("责　编 ： 张三")
    ('德州新闻网版权与免责声明:', '责编:张三')
    """
    return without_notes(line).translate(_SHADOWS)


class _Shadows(dict[int, str | int]):
    """The shadow of each character, worked out when it is first met: a line's NFKC takes four times as long."""

    def __missing__(self, code: int) -> str | int:
        cast = fold(_BLANK.sub("", unicodedata.normalize("NFKC", chr(code))))
        self[code] = code if cast == chr(code) else cast
        return self[code]


_SHADOWS = _Shadows()


def without_notes(line: str) -> str:
    """Return a line without the readings that were printed behind its characters."""
    return _NOTE.sub("", line) if has_notes(line) else line


def has_notes(text: str) -> bool:
    """Tell whether a text may have notes: whether a bracket opens before letters with a tone mark."""
    for bracket in "(（":  # finding one takes a tenth of searching for a pattern that begins with either
        start = text.find(bracket)
        while start >= 0:
            if _TONE.match(text, start):
                return True
            start = text.find(bracket, start + 1)
    return False


class ShadowLine:
    """A line with its shadow, which is only cast when something asks for it: most lines are plain paragraphs."""

    __slots__ = ("_shadow", "plain", "size")

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.size = len(self.plain)
        self._shadow: str | None = None

    @property
    def shadow(self) -> str:
        if self._shadow is None:
            self._shadow = shadow(self.plain)
        return self._shadow

    @property
    def opening(self) -> str:
        """Return the shadow, or that of the line's beginning when no rule reads further."""
        if self._shadow is not None or self.size <= RULE_CHARS:
            return self.shadow[:RULE_CHARS]
        return shadow(self.plain[:RULE_CHARS])


def learn_furniture(pages: Iterable[Iterable[str]]) -> frozenset[str]:
    """Return the shadows of lines that stand on many pages of one site: slogans, notices, column names.

    pages: the lines of each page, before the filter. A line is furniture when more than 5 pages and more than
    30 % of them have it. Fewer than that may be a phrase that a county's officials like. Leaves out the formulas
    that documents share by their nature: salutations, signatures, dates, 特此公告。

    >>> sorted(learn_furniture([["记住我，来上我", f"第{n}篇"] for n in range(8)]))
    ['记住我,来上我']
    """
    seen: Counter[str] = Counter()
    count = 0
    for lines in pages:
        count += 1
        seen.update({shadow(line) for line in lines} - {""})
    return frozenset(
        line for line, on in seen.items() if on > _MIN_PAGES and on > _MIN_SHARE * count and not _FORMULA.search(line)
    )
