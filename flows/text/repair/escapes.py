"""escapes.py — Characters that were left in the text in an escaped form.

HTML references, the escapes of JavaScript, and escaped bytes: percent runs, Python's `\\x`, quoted-printable. Addresses
keep their percent signs: there the escape is the right spelling. Nothing here guesses: an escape either names a
character or is left.
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

# JSON in JSON doubles the backslash, and once more each time.
_JAVASCRIPT = re.compile(r"(?:%u[0-9a-fA-F]{4}|\\{1,8}u[0-9a-fA-F]{4})+")
_JAVASCRIPT_LINE = re.compile(r"(?:%u[0-9a-fA-F]{4}|\\{1,8}u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})+")
_JAVASCRIPT_UNIT = re.compile(r"(?:%u|\\{1,8}u)([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")

# A run opens with an escaped byte above 7F. Unreserved letters stand for themselves: they may be second bytes
# of GBK characters. The percent sign may have been escaped again.
_PERCENT_RUN = re.compile(r"%(?:25)*[89A-Fa-f][0-9A-Fa-f](?:%(?:25)*[0-9A-Fa-f]{2}|[A-Za-z0-9_.~@-])*")
_AGAIN = re.compile(r"%(?:25)+(?=[0-9A-Fa-f]{2})")
_HIGH_ESCAPE = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
# Python shows bytes so, and mail and saved pages (MHTML) hold them so, in capitals, with lines broken at a last "=".
_BYTES_RUN = re.compile(
    r"(?:\\x[0-7][0-9a-fA-F])*\\x[89a-fA-F][0-9a-fA-F](?:\\x[0-9a-fA-F]{2}|\\\\|[A-Za-z0-9@-\[\]-~])*"
    r"|=[89A-F][0-9A-F](?:=[0-9A-F]{2}|=\r?\n|[A-Za-z0-9_.~@-])*"
)
_BROKEN_LINE = re.compile(r"=\r?\n")
_BYTE = re.compile(r"(?:\\x|=)([0-9a-fA-F]{2})")
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
    if not in_escaped_line and (run.lstrip("\\%")[0] != "u" or all(code < 0x80 for code, _ in units)):
        return run
    pieces: list[str] = []
    high = 0
    for code, written in units:
        if high and 0xDC00 <= code <= 0xDFFF:
            pieces[-1] = chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00)
            high = 0
            continue
        high = code if 0xD800 <= code <= 0xDBFF else 0
        keep = 0xD800 <= code <= 0xDFFF or (code < 0x20 and code not in (9, 10, 13)) or code == 0x7F
        pieces.append(written if keep else chr(code))
    return "".join(pieces)


def unescape_percent(text: str) -> FixResult:
    """Replace runs of percent-escaped bytes that read as Chinese in UTF-8 or GB18030, also where they were escaped again.

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


def unescape_bytes(text: str) -> FixResult:
    r"""Replace runs of bytes escaped as Python or quoted-printable writes them, when they read as Chinese.

    Leaves runs that do not, and equals signs before anything but two capital hexadecimal digits.

    >>> unescape_bytes(r"\xe4\xb8\xad\xe6\x96\x87 =E4=B8=AD=E6=96=87").text
    '中文 中文'
    """

    def replace(match: re.Match[str]) -> str:
        run = _BYTE.sub(r"%\1", _BROKEN_LINE.sub("", match[0])).replace("\\\\", "\\")
        read = _characters_of_percent(run)
        return match[0] if read == run else read

    fixed, changes = substitute(_BYTES_RUN, replace, text)
    return FixResult(fixed, changes, _counted(len(changes), "run"))


def _characters_of_percent(run: str) -> str:
    once = _AGAIN.sub("%", run)
    high = len(_HIGH_ESCAPE.findall(once))
    payload = unquote_to_bytes(once)
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
