"""fingerprint.py — The heavy form, for comparing only, and its sha256: equal when two texts have the same words.

Never stored, never shown: the heavy form has lost punctuation, script and layout. Near-duplicates are sketch.py's.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from flows.text.script import in_gb2312, read_dictionary, simplified_forms

MIN_CLAIM_CHARS = 50
"""A heavy form shorter than this claims nothing: "page not found" and "see the attachment" are many pages' text."""

# Characters that converters take for one another and opencc's dictionaries do not link, in pairs: 著 of Taiwan for
# 着, 座标 for 坐标, 沈没 for 沉没, word tables that write 甚麼 or 什麼, 熏陶 or 薰陶, 家俱, 像 for 象, 拚 for 拼.
_ALIKE = "着著坐座沈沉什甚熏薰具俱象像拼拚你妳帐账%％"
# Simplified text has these on every page, although they stand for another character or another for them.
_COMMON = "画划链炼覆复借藉乾於後" + _ALIKE
# Text of these marks, small letters, digits and GB2312 characters that stand for themselves needs no table.
_PLAIN_MARKS = "\n 　，。、；：？！“”‘’（）《》〈〉【】「」『』〔〕…□■●★☆◆◇▲△©!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# The patterns begin with the rare character and look back from there: that lets the search skip quickly.
_GLOSS = re.compile(f"[(（](?<=[\u3400-\u9fff].)(?=[a-zü]*[{_TONED}])[a-zü{_TONED}]{{1,6}}[)）]")
_ROUND_ZERO = re.compile("[○◯](?<=[〇○一二三四五六七八九].)")

_DASHES = "-—–―‐‑‒~～〜－"
_SEPARATORS = {
    **dict.fromkeys(".。·•．", "."),
    **dict.fromkeys(",，、;；", ","),
    **dict.fromkeys(":：∶", ":"),
    **dict.fromkeys("/／", "/"),
    **dict.fromkeys(_DASHES, "-"),
}
_SIGN = "\N{MINUS SIGN}"  # a dash that belongs to a number
_MINUS = re.compile(f"[{_DASHES}](?<![0-9a-z{_DASHES}].)(?=\\d)")
_MARKS = re.escape(_PLAIN_MARKS + "".join(_SEPARATORS))
_MARK = f"[{_MARKS}]"
_LOOSE = re.compile(f"{_MARK}(?<!{_MARK}.)(?:(?<!\\d.){_MARK}*+|{_MARK}*+(?!\\d))", re.DOTALL)
_BETWEEN = re.compile(f"{_MARK}+")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")

# Whole short lines that site furniture is made of; written in the characters that the heavy form uses.
_FURNITURE = re.compile(
    r"^[^\S\n]*(?:(?:信息|文章|稿件|新闻|本文)?来源|稿源|责任编辑|编辑|责编|编审|校对|审核|初审|复审|终审|审签|监制|浏览次数|"
    r"点击数|阅读次数|发布时间|发布日期|分享到|上一篇|下一篇)[:：][^\n]{0,40}$|^[^\n]{0,30}免责声明[:：][^\n]{0,400}$",
    re.MULTILINE,
)
_REPEATED_TITLE = re.compile(r"\A\s*+(\S[^\n]{3,79}?)[^\S\n]*+\n\s*+(?=\1[^\S\n]*(?:\n|\Z))")


def fingerprint(text: str) -> str:
    """Return the sha256 (hex) of the heavy form.

    >>> fingerprint("業(yè)績增長３.５％，見附件。") == fingerprint("业绩增长3.5%,见附件")
    True
    >>> fingerprint("增长3.5%") == fingerprint("增长35%")
    False
    """
    return hashlib.sha256(heavy(text).encode("utf-8", "surrogatepass")).hexdigest()


def claimable(text: str) -> bool:
    """Tell whether a text is long enough to claim its fingerprint."""
    return len(heavy(text)) >= MIN_CLAIM_CHARS


@lru_cache(maxsize=2)  # claimable, fingerprint and sketch are asked about the same text one after the other
def heavy(text: str) -> str:
    """Reduce a text to its words: letters, Han and numbers, in one script.

    Compatibility forms (NFKC) and case are folded; characters that a converter of any kind maps to one another
    become one (乾 干 幹, 着 著, 後 后), so 干 and 乾 are no longer told apart. Pinyin glosses, punctuation, spaces,
    invisible characters and a few certain lines of site furniture go. Numbers stay as different as they are:
    the sign, the point and whatever else stands between two digits is kept in a canonical form, without
    thousands separators. A single dash before a number stays, whether it is a sign or a range.

    >>> heavy("《條例》１．５萬—２萬㎡； ２０２０年１月，ＧＤＰ 1,234.5億元。")
    '条例1.5万−2万m2,2020年1月gdp1234.5亿元'
    """
    text = text.lower()
    if _unusual().search(text):
        text = unicodedata.normalize("NFC", text)
        text = _ROUND_ZERO.sub("〇", _GLOSS.sub("", text)).translate(_canonical_characters())
    for char, form in _common_forms():
        text = text.replace(char, form)
    return _words(_REPEATED_TITLE.sub("", _FURNITURE.sub("", text))) or _words(text)


def _words(text: str) -> str:
    """Drop every run of punctuation and space but between two digits, where its first mark stays."""
    text = _LOOSE.sub("", _MINUS.sub(_SIGN, text))
    return _THOUSANDS.sub("", _BETWEEN.sub(lambda run: _SEPARATORS.get((run[0].strip() or " ")[0], " "), text))


@cache
def _unusual() -> re.Pattern[str]:
    known = _representatives()
    han = (bytes((lead, trail)).decode("gb2312", "ignore") for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF))
    plain = "".join(char for char in han if known.get(char, char) == char)
    return re.compile(f"[^a-z0-9〇{_MARKS}{_COMMON}{plain}]")


@cache
def _common_forms() -> list[tuple[str, str]]:
    return [(char, _representatives()[char]) for char in _COMMON if _representatives()[char] != char]


class _CanonicalCharacters(dict[int, str]):
    """A translation table that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        known, char = _representatives(), chr(code)
        if _unusual().match(char):
            form = known.get(char) or unicodedata.normalize("NFKC", char).casefold()
            self[code] = "".join(_reduce(known.get(each, each)) for each in form)
        else:
            self[code] = char
        return self[code]


def _reduce(char: str) -> str:
    if char.isalnum() or char in "%‰\n" or char in _SEPARATORS:
        return char
    if char == _SIGN:
        return "-"
    return "" if unicodedata.category(char) in ("Cf", "Cc", "Mn") else " "


@cache
def _canonical_characters() -> _CanonicalCharacters:
    return _CanonicalCharacters()


@cache
def _representatives() -> dict[str, str]:
    """Map each character that any of the dictionaries links to another to one of its group."""
    group: dict[str, set[str]] = {}
    for first, second in _linked():
        joined = group.get(first, {first}) | group.get(second, {second})
        group |= dict.fromkeys(joined, joined)
    folded = simplified_forms()
    # Any member would do; the commonest way to write it in simplified text keeps the form legible.
    return {
        char: min(members, key=lambda member: (member in folded, not in_gb2312(member), member))
        for char, members in group.items()
    }


def _linked() -> Iterable[tuple[str, str]]:
    for name in ("TSCharacters.txt", "STCharacters.txt", "TWVariants.txt", "HKVariants.txt", "HKVariantsRev.txt"):
        for key, forms in read_dictionary(name).items():
            yield from ((key, form) for form in forms)
    yield from simplified_forms().items()
    yield from zip(_ALIKE[::2], _ALIKE[1::2], strict=True)
