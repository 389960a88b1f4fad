"""fold.py — The alphabet of the language model: what it does not tell apart is folded into one symbol.

Traditional and simplified, full-width and half-width, all digits and all Latin letters are the same to the model:
numerals must never be its choice, and the statistics of a small corpus go further.
"""

import re
from functools import cache

from flows.text.script import simplified_forms

DIGIT, LETTER, LINE = "0", "A", "\n"
"""The symbols of a run of digits, a run of letters, and the end of a line."""

_BLANKS = re.compile(r"[ \t\r\u3000\xa0\ufeff]+")
_DIGITS = re.compile(r"0+")
_LETTERS = re.compile(r"A+")
_LINES = re.compile(r"\n+")


@cache
def fold_table() -> dict[int, str]:
    """Return the table that maps each character to its symbol; characters that are their own symbol are absent."""
    table = {ord(old): new for old, new in simplified_forms().items() if len(old) == 1}
    for code in range(0x21, 0x7F):
        char = chr(code)
        symbol = DIGIT if char.isdigit() else LETTER if char.isalpha() else char
        table[code] = table[code + 0xFEE0] = symbol
    table.update(dict.fromkeys(map(ord, " \t\r\u3000\xa0\ufeff"), ""))
    return table


def fold(text: str) -> str:
    """Return the symbols of a text: one for each character, but one for a run of digits, letters or line ends.

    >>> fold("2025年，經濟 （GDP）增长5%")
    '0年,经济(A)增长0%'
    """
    text = text.translate(fold_table())
    return _LINES.sub("\n", _LETTERS.sub("A", _DIGITS.sub("0", text)))
