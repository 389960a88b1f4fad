"""fingerprint.py — The heavy form, for comparing only, and its sha256: equal when two texts have the same words.

Never stored, never shown: the heavy form has lost punctuation, script and layout. Near-duplicates are sketch.py's.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from flows.text.script import read_dictionary, simplified_forms

MIN_CLAIM_CHARS = 50
"""A heavy form shorter than this claims nothing: "page not found" and "see the attachment" are many pages' text."""

# Characters that converters take for one another and opencc's dictionaries do not link, in pairs: 著 of Taiwan for
# 着, 座标 for 坐标, 沈没 for 沉没, word tables that write 甚麼 or 什麼, 熏陶 or 薰陶, 家俱, 像 for 象, 拚 for 拼.
_ALIKE = "着著坐座沈沉什甚熏薰具俱象像拼拚你妳帐账"

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# The patterns begin with the rare character and look back from there: that lets the search skip quickly.
_GLOSS = re.compile(f"[(（](?<=[\u3400-\u9fff].)(?=[a-zü]*[{_TONED}])[a-zü{_TONED}]{{1,6}}[)）]")
_ROUND_ZERO = re.compile("[○◯](?<=[〇○一二三四五六七八九].)")

_SEPARATORS = {".。·•": ".", ",、;": ",", ":∶": ":", "/": "/", "-‐‑‒–—―−~〜": "-"}
_KEPT = "%‰\n"
_MINUS = re.compile(r"-(?<![0-9a-z-]-)(?=\d)")
_RUN = re.compile(r"[.,:/\n -]{2,}")
_LOOSE = re.compile(r"[.,:/\n -](?:(?<!\d.)|(?!\d))", re.DOTALL)
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")

# Whole short lines that site furniture is made of; written in the characters that the heavy form uses.
_FURNITURE = re.compile(
    r"^ *(?:(?:信息|文章|稿件|新闻|本文)?来源|稿源|责任编辑|编辑|责编|编审|校对|审核|初审|复审|终审|审签|监制|浏览次数|点击数|"
    r"阅读次数|发布时间|发布日期|分享到|上一篇|下一篇):[^\n]{0,40}$|^[^\n]{0,30}免责声明:[^\n]{0,400}$",
    re.MULTILINE,
)
_REPEATED_TITLE = re.compile(r"\A([^\n]{4,80})\n+(?=\1(?:\n|\Z))")


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
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _ROUND_ZERO.sub("〇", _GLOSS.sub("", text))
    text = text.translate(_canonical_characters())
    stripped = _REPEATED_TITLE.sub("", _FURNITURE.sub("", text))
    return _words(stripped) or _words(text)


def _words(text: str) -> str:
    """Keep of each run of separators the first that is not a space, and it only between two digits."""
    text = _RUN.sub(lambda run: (run[0].strip() or " ")[0], _MINUS.sub("−", text))
    return _THOUSANDS.sub("", _LOOSE.sub("", text))


class _CanonicalCharacters(dict[int, str]):
    """A translation table that works out each character when it is first met."""

    def __missing__(self, code: int) -> str:
        known = _representatives()
        form = known.get(chr(code)) or unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = "".join(_reduce(known.get(char, char)) for char in form)
        return self[code]


def _reduce(char: str) -> str:
    if char.isalnum() or char in _KEPT:
        return char
    for members, separator in _SEPARATORS.items():
        if char in members:
            return separator
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
        char: min(members, key=lambda member: (member in folded, not _in_gb2312(member), member))
        for char, members in group.items()
    }


def _linked() -> Iterable[tuple[str, str]]:
    for name in ("TSCharacters.txt", "STCharacters.txt", "TWVariants.txt", "HKVariants.txt", "HKVariantsRev.txt"):
        for key, forms in read_dictionary(name).items():
            yield from ((key, form) for form in forms)
    yield from simplified_forms().items()
    yield from zip(_ALIKE[::2], _ALIKE[1::2], strict=True)


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
