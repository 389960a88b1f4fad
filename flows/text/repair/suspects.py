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

BREAKS = frozenset(" \t\r\u3000，。、；：？！“”‘’（）《》【】()[]:;,.!?|/") - MARKS
"""What stands between damage and clean text on a line."""

# Short damage may hold no two rare characters side by side; its mean gives it away.
_SHORT = 40
_SUSPECT_BITS = 12.0
_DAMAGED_BITS = 12.5
_CLEAN_BITS = 11.5
_NEAR = 3
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
    """Yield the part of a line that is damaged, if one is.

    >>> list(damaged_stretches("标题：浼氳\ufffd寮鸿皟 2025年"))
    [(3, '浼氳\ufffd寮鸿皟')]
    """
    start, end = damaged_span(line)
    if bits(line[start:end]) > _DAMAGED_BITS:
        yield start, line[start:end]


def damaged_span(line: str) -> tuple[int, int]:
    """Return where the damage of a line starts and ends: clean text before and behind it is not part of it.

    >>> damaged_span("标题：鏂囧瓧 2025年"), damaged_span("鏂囧瓧")
    ((3, 6), (0, 3))
    """
    spans = [match.span() for pattern in (oddity(), _FOREIGN) for match in pattern.finditer(line)]
    if not spans:
        return 0, len(line)
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    start, end = first, last
    while start and _is_odd(line[start - 1]):
        start -= 1
    while end < len(line) and _is_odd(line[end]):
        end += 1
    # On to the last rare character before the nearest break, or to the break if it is near.
    before, behind = to_breaks(line, start, end)
    if start - before >= _NEAR:
        before = next((i for i in range(before, start) if _is_odd(line[i])), start)
    if behind - end >= _NEAR:
        behind = next((i + 1 for i in range(behind - 1, end - 1, -1) if _is_odd(line[i])), end)
    start, end = before, behind
    return start if _is_clean(line[:start]) else 0, end if _is_clean(line[end:]) else len(line)


def to_breaks(line: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch of a line with all that is joined to it on both sides.

    >>> to_breaks("标题：鏂囧瓧 2025年", 4, 5)
    (3, 6)
    """
    while start and line[start - 1] not in BREAKS:
        start -= 1
    while end < len(line) and line[end] not in BREAKS:
        end += 1
    return start, end


def _is_odd(char: str) -> bool:
    return char in MARKS or (not char.isascii() and bits(char) > _DAMAGED_BITS)


def _is_clean(text: str) -> bool:
    return not text.isascii() and bits(text) < _CLEAN_BITS
