"""escapes.py — Characters that were left in the text in an escaped form.

HTML references, the escapes of JavaScript, and percent runs. Addresses keep their percent signs: there the
escape is the right spelling. Nothing here guesses: an escape either names a character or is left.
"""

import html
import re
from html.entities import html5
from urllib.parse import unquote_to_bytes

from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult, unchanged
from flows.text.repair.plausible import bits

# Writing tools of Chinese sites escape these, and some templates lose the semicolon; any other name without one
# is as likely to be a word after an ampersand ("R&sup", "&copy=1" in an address).
_BARE_NAMES = "ldquo|rdquo|lsquo|rsquo|mdash|ndash|hellip|middot|nbsp|bull|ensp|emsp"

# References to the ampersand itself may stand in front any number of times: text escaped again and again.
_REFERENCE = re.compile(
    r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*"
    r"(?:(?P<number>#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6})(?:;|(?![0-9a-fA-F;]))"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]{1,31};)"
    rf"|(?P<bare>(?:{_BARE_NAMES})(?![A-Za-z0-9;=])))"
)

_JAVASCRIPT = re.compile(r"(?:%u[0-9a-fA-F]{4}|\\u[0-9a-fA-F]{4})+")
_JAVASCRIPT_LINE = re.compile(r"(?:%u[0-9a-fA-F]{4}|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})+")
_JAVASCRIPT_UNIT = re.compile(r"(?:%u|\\u)([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")

# A run opens with an escaped byte above 7F. Unreserved letters stand for themselves: they may be second bytes
# of GBK characters.
_PERCENT_RUN = re.compile(r"%[89A-Fa-f][0-9A-Fa-f](?:%[0-9A-Fa-f]{2}|[A-Za-z0-9_.~@-])*")
_HIGH_ESCAPE = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_ADDRESS_REACH = 300


def unescape_references(text: str) -> FixResult:
    """Replace HTML references by their characters, also where the ampersand was escaped again.

    Takes numeric references with or without the semicolon, every HTML name with one, and the few names that
    templates are known to lose it from. Leaves "AT&T", query strings and unknown names alone, and references
    to control characters and surrogates, which name no character.

    >>> unescape_references("&#20013;&amp;#25991;&ldquo省&rdquo;").text
    '中文“省”'
    """
    if "&" not in text:
        return unchanged(text)
    fixed, changes = substitute(_REFERENCE, _character_of_reference, text)
    return FixResult(fixed, changes, _counted(len(changes), "reference"))


def _character_of_reference(match: re.Match[str]) -> str:
    if match["number"]:
        digits = match["number"][1:]
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        if code < 0x20 and code not in (9, 10, 13):
            return match[0]
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code == 0x7F:
            return match[0]
        # html.unescape knows that 128 to 159 mean windows-1252.
        return html.unescape(f"&#{code};") or match[0]
    if match["name"]:
        return html5.get(match["name"], match[0])
    return html5[match["bare"] + ";"]


def unescape_javascript(text: str) -> FixResult:
    r"""Replace `%uXXXX` and `\uXXXX`; on a line with `%u`, also the `%XX` of the same escape().

    Joins surrogate pairs. Leaves ASCII-only runs of `\u` alone, and half a surrogate pair.

    >>> unescape_javascript("%u4E2D%u6587%20%B7").text
    '中文 ·'
    >>> unescape_javascript(r"\u4e2d\u6587").text
    '中文'
    """
    if ("%u" not in text and "\\u" not in text) or not _JAVASCRIPT.search(text):
        return unchanged(text)
    with_percent = {i for i, line in enumerate(text.split("\n")) if "%u" in line}
    line, position = 0, 0

    def replace(match: re.Match[str]) -> str:
        nonlocal line, position
        line += text.count("\n", position, match.start())
        position = match.start()
        return _characters_of_javascript(match[0], line in with_percent)

    fixed, changes = substitute(_JAVASCRIPT_LINE, replace, text)
    return FixResult(fixed, changes, _counted(len(changes), "run"))


def _characters_of_javascript(run: str, in_escaped_line: bool) -> str:
    units = [(int(m[1] or m[2], 16), m[0]) for m in _JAVASCRIPT_UNIT.finditer(run)]
    if not in_escaped_line and (run[1] != "u" or all(code < 0x80 for code, _ in units)):
        return run
    pieces: list[str] = []
    for code, written in units:
        if 0xDC00 <= code <= 0xDFFF and pieces and len(pieces[-1]) == 6:
            high = int(pieces[-1][2:], 16)
            if 0xD800 <= high <= 0xDBFF:
                pieces[-1] = chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00)
                continue
        keep = 0xD800 <= code <= 0xDFFF or (code < 0x20 and code not in (9, 10, 13)) or code == 0x7F
        pieces.append(written if keep else chr(code))
    return "".join(pieces)


def unescape_percent(text: str) -> FixResult:
    """Replace runs of percent-escaped bytes that read as Chinese in UTF-8 or GB18030.

    Leaves web addresses alone: there the escapes are the right spelling.

    >>> unescape_percent("%E4%B8%AD%E6%96%87 %D6%D0%CE%C4").text
    '中文 中文'
    >>> unescape_percent("http://a.example/%E4%B8%AD").text
    'http://a.example/%E4%B8%AD'
    """
    if "%" not in text:
        return unchanged(text)

    def replace(match: re.Match[str]) -> str:
        before = text[max(0, match.start() - _ADDRESS_REACH) : match.start()].split()
        if before and not text[match.start() - 1].isspace() and ("://" in before[-1] or "=" in before[-1]):
            return match[0]
        return _characters_of_percent(match[0])

    fixed, changes = substitute(_PERCENT_RUN, replace, text)
    return FixResult(fixed, changes, _counted(len(changes), "run"))


def _characters_of_percent(run: str) -> str:
    high = len(_HIGH_ESCAPE.findall(run))
    payload = unquote_to_bytes(run)
    for encoding, fewest, most_bits in (("utf-8", 3, 16.0), ("gb18030", 4, 13.5)):
        if high < fewest:
            continue
        try:
            read = payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        if bits(read) < most_bits:
            return read
    return run


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
