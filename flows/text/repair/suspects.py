"""suspects.py — Where double-byte text may be damaged: the one look that clean text pays for.

Finds, never judges: what is found is read again in other encodings, and only a far better reading counts.
"""

import re
from collections.abc import Iterator
from functools import cache

from flows.text.decode.costs import EIGHTHS, cheapest, oddity
from flows.text.repair.plausible import bits

MARKS = frozenset("?\ufffd€")
"""What readers of double-byte text leave where they lost bytes."""

# Short damage may hold no two rare characters side by side; its mean gives it away.
_SHORT = 40
_SUSPECT_BITS = 12.0
_DAMAGED_BITS = 12.5
_HINT_BITS = 14
# Half-width kana, as cp932 reads single bytes, and Hangul: common where they are at home, so no oddity by themselves.
_FOREIGN = re.compile("[\uff61-\uff9f\uac00-\ud7a3]{2}")


def suspect_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines worth a second look, with where they start.

    >>> list(suspect_lines("人民政府\\n弊模堤怢"))
    [(5, '弊模堤怢')]
    """
    if len(text) <= _SHORT and "\n" not in text:
        if suspect(text):
            yield 0, text
        return
    found: dict[int, int] = {}
    for pattern in (oddity(), _FOREIGN):
        end = -1
        for match in pattern.finditer(text):
            if match.start() > end:
                end = text.find("\n", match.end())
                end = len(text) if end < 0 else end
                found[text.rfind("\n", 0, match.start()) + 1] = end
    for match in _hint().finditer(text):
        start = max(0, match.start() - _SHORT)
        line_start = text.rfind("\n", start, match.start()) + 1
        line_end = text.find("\n", match.end(), match.start() + _SHORT)
        if line_end < 0 and len(text) <= match.start() + _SHORT:
            line_end = len(text)
        if (line_start or not start) and line_end >= 0 and suspect(text[line_start:line_end]):
            found[line_start] = line_end
    for start in sorted(found):
        yield start, text[start : found[start]]


def suspect(line: str) -> bool:
    """Tell whether a line has two rare characters side by side, or is short and odd as a whole."""
    return not line.isascii() and (
        bool(oddity().search(line) or _FOREIGN.search(line)) or (len(line) <= _SHORT and bits(line) > _SUSPECT_BITS)
    )


@cache
def _hint() -> re.Pattern[str]:
    """Return a pattern for two unusual characters with at most one between them, which short damage holds."""
    costs = cheapest()
    usual = "".join(
        chr(unit) for unit in range(0x80, 0x10000) if costs[unit] < _HINT_BITS * EIGHTHS and not 0xD800 <= unit < 0xE000
    )
    unusual = f"[^\0-\x7f{re.escape(usual)}]"
    return re.compile(f"{unusual}[^\n]?{unusual}")


def damaged_stretches(line: str) -> Iterator[tuple[int, str]]:
    """Yield the line, or the stretch from the first to the last rare character if the rest is clean."""
    if bits(line) > _DAMAGED_BITS:
        yield 0, line
        return
    spans = [match.span() for match in oddity().finditer(line)]
    if not spans:
        return
    start, end = spans[0][0], spans[-1][1]
    while start and (line[start - 1] in MARKS or bits(line[start - 1]) > _DAMAGED_BITS):
        start -= 1
    while end < len(line) and (line[end] in MARKS or bits(line[end]) > _DAMAGED_BITS):
        end += 1
    if bits(line[start:end]) > _DAMAGED_BITS:
        yield start, line[start:end]
