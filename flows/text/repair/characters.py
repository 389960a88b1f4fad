"""characters.py — Single characters that stand for other characters: controls, surrogates, radicals, private use.

Table work only; no context beyond the neighbouring characters. Full-width letters and punctuation, vertical
forms, circled numbers and square units are correct characters and are left.
"""

import re
import unicodedata

from ftfy.fixes import fix_c1_controls as cp1252_of

from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult, unchanged

_C1 = re.compile("[\x80-\x9f]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

# Combining marks after their letter, and the characters that NFC replaces by others. At most 30 marks: longer
# runs are no language, and sorting them costs the square of their number.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u0655\u3099\u309a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20dc"
_NOT_COMPOSED = re.compile(
    rf"[^{_MARKS}][{_MARKS}]{{1,30}}"
    "|[\u0340\u0341\u0343\u0344\u0374\u037e\u0387\u1f71-\u1f7d\u1fbb-\u1fef\u1ff9-\u1ffd\u2000\u2001\u2126\u212a\u212b\u2329\u232a"
    "\uf900-\ufaff\U0002f800-\U0002fa1f]"
    "|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
)

_HAN = "\u2e80-\u2fdf\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_CHINESE = re.compile(f"[{_HAN}“”‘’…—·]")
# Scripts that need the marks: right-to-left ones the directions, Thai to Khmer the break opportunities.
_NEEDS_MARKS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_CONTEXT = 100

_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}

# Radicals supplement, where a whole character of today looks the same. The 14 that GBK itself holds (such as
# ⺁ and ⺮) are left: there they are typed on purpose, to write about components.
_SUPPLEMENT = dict(
    zip(
        "⺀⺂⺃⺅⺆⺉⺊⺍⺐⺒⺓⺔⺕⺖⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺨⺩⺫⺬⺭⺯⺰⺱⺲⺹⺺⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "冫乛乚亻冂刂卜小尢巳幺彑彐忄扌攵旡日月歺母民氵氺灬爫爫丬犭王目示礻糹纟罓罒耂肀肉臼艹艹艹虎衤覀西见角角讠贝车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)

# GB18030-2000 gave these places to private use; the standard of 2005 and Unicode 4.1 gave them characters.
_PRIVATE_USE = {
    0xE5E5: "\u3000",
    0xE7C7: "ḿ",
    0xE78D: "︐",
    0xE78E: "︒",
    0xE78F: "︑",
} | {0xE790 + i: chr(0xFE13 + i) for i in range(7)}
_UNASSIGNED_THEN = dict(
    zip(
        (
            0xE816,
            0xE817,
            0xE818,
            0xE81E,
            0xE826,
            0xE82B,
            0xE82C,
            0xE831,
            0xE832,
            0xE83B,
            0xE843,
            0xE854,
            0xE855,
            0xE864,
        ),
        "𠂇𠂉𠃌龴龵龶龷𡗗龸𢦏龹龺𤇾龻",
        strict=True,
    )
)
_TRAILS = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
for _i, _trail in enumerate(_TRAILS):
    _code = 0xE815 + _i
    _PRIVATE_USE[_code] = _UNASSIGNED_THEN.get(_code) or bytes((0xFE, _trail)).decode("gb18030")

_RADICAL = re.compile("[" + "".join(map(chr, _RADICALS)) + "".join(_SUPPLEMENT) + "]")
_PRIVATE = re.compile("[" + "".join(map(chr, _PRIVATE_USE)) + "]")


def _replaced(pattern: re.Pattern[str], table: dict[str, str], text: str, detail: str) -> FixResult:
    fixed, changes = substitute(pattern, lambda match: table[match[0]], text)
    return FixResult(fixed, changes, detail) if changes else unchanged(text)


def replace_c1_controls(text: str) -> FixResult:
    """Replace the control codes 80 to 9F by the windows-1252 characters that were meant.

    Leaves the five codes that windows-1252 does not assign.

    >>> replace_c1_controls("\\x93省\\x94").text
    '“省”'
    """
    fixed, changes = substitute(_C1, lambda match: _cp1252(match[0]), text)
    return FixResult(fixed, changes, "read as windows-1252" if changes else "")


def _cp1252(control: str) -> str:
    return str(cp1252_of(control))


def join_surrogates(text: str) -> FixResult:
    """Join two surrogates that stand for one character. Leaves a lone one.

    >>> join_surrogates("\\ud842\\udfb7").text
    '𠮷'
    """
    fixed, changes = substitute(
        _PAIR, lambda match: match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text
    )
    return FixResult(fixed, changes, "surrogate pairs joined" if changes else "")


def compose(text: str) -> FixResult:
    """Compose letters with their marks and fold compatibility ideographs, as Unicode form NFC does.

    Leaves what only NFKC would touch: full-width forms, ①, ㎡, Roman numerals, ligatures.

    >>> compose("凉zhào").text
    '凉zhào'
    """
    fixed, changes = substitute(_NOT_COMPOSED, lambda match: unicodedata.normalize("NFC", match[0]), text)
    return FixResult(fixed, changes, "NFC" if changes else "")


def remove_invisible(text: str) -> FixResult:
    """Remove zero-width characters, soft hyphens and direction marks from Chinese text.

    Leaves joiners except between Chinese characters (emoji and Indic need them), soft hyphens inside Latin
    words, and every mark near a script that needs them (Arabic, Hebrew, Thai, Khmer …).

    >>> remove_invisible("省\\u200b委\\ufeff").text
    '省委'
    """

    def replace(match: re.Match[str]) -> str:
        start, end = match.span()
        if _NEEDS_MARKS.search(text, max(0, start - _CONTEXT), end + _CONTEXT):
            return match[0]
        before, after = text[start - 1 : start], text[end : end + 1]
        chinese = _CHINESE.match(before) or _CHINESE.match(after)
        kept: list[str] = []
        for char in match[0]:
            if char in _JOINERS:
                kept += [] if chinese else [char]
            elif char in "\u00ad\u034f":
                kept += [char] if before.isalpha() and after.isalpha() and not chinese else []
        return "".join(kept)

    fixed, changes = substitute(_INVISIBLE, replace, text)
    return FixResult(fixed, changes, "invisible characters removed" if changes else "")


def replace_radicals(text: str) -> FixResult:
    """Replace Kangxi radicals and radical forms, which PDF converters leave, by the characters they look like.

    Leaves the forms that GBK holds, and those that look like no character of today.

    >>> replace_radicals("⼀⽅⻛⻅").text
    '一方风见'
    """
    return _replaced(_RADICAL, _RADICAL_TABLE, text, "radicals to characters")


def replace_private_use(text: str) -> FixResult:
    """Replace the private-use places of GB18030-2000 by the characters assigned since.

    Leaves all other private use: it is a site's own, or damage for another fix.

    >>> replace_private_use("\\ue863").text
    '䶮'
    """
    return _replaced(_PRIVATE, _PRIVATE_TABLE, text, "private use of GB18030-2000")


_RADICAL_TABLE = {chr(code): char for code, char in _RADICALS.items()} | _SUPPLEMENT
_PRIVATE_TABLE = {chr(code): char for code, char in _PRIVATE_USE.items()}
