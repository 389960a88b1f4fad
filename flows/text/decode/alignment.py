"""alignment.py — Reads a damaged run of bytes at the alignment, and in the encodings, that cost least.

A lost byte leaves the rest of a GB18030 or Big5 run paired wrongly, often without any invalid pair; a template and
its include may differ in encoding. Both are the same question: which cutting of the run into characters of either
encoding and into damaged places is likeliest? One shortest path answers it. Which runs are worth asking about, and
which encoding the page is in, is decided elsewhere.
"""

import re
from dataclasses import dataclass
from functools import cache

from flows.text.decode.charsets import read_character, read_pairs
from flows.text.decode.costs import EIGHTHS, cheapest

# Costs here are whole eighths of a bit. Right pairing costs about 9 bits a character, wrong pairing 14 to 20
# (measured on held-out text): with these, a clean run is never cut anew for fewer than four rare characters.
_LOST = 26 * EIGHTHS
_BAD_PAIR = 28 * EIGHTHS
_EURO = 16 * EIGHTHS
_BEYOND = 30 * EIGHTHS  # a character outside the basic plane
_ASCII = 10 * EIGHTHS  # between Chinese characters; a wrongly paired run leaves letters behind
ASCII_EXTRA_BITS = 3.5
"""How much more an ASCII character of a run costs here than in costs.cheapest_cost."""

_INSIDE = 12 * EIGHTHS  # more for a change of encoding where no ASCII character stands between
_NEVER = 1 << 40

# Two-byte UTF-8 alone proves nothing: ten characters in a row of GB 2312's table are also accented letters.
_UTF8_SIGN = re.compile(rb"[\xe2-\xef][\x80-\xbf][\x80-\xbf]")

# How a place was reached: length << 2 | kind.
_WHOLE, _DAMAGED, _SWITCHED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Reading:
    """A run as text; replaced counts the U+FFFD put in, foreign is True where the second encoding helped."""

    text: str
    replaced: int
    bits: float
    foreign: bool


@cache
def _pair_costs(encoding: str) -> list[int]:
    """Return the cost of each two-byte character of an encoding, _NEVER where there is none."""
    costs = cheapest()
    table = [_NEVER] * 0x10000
    for pair, text in read_pairs(encoding):
        table[pair] = sum(_BEYOND if c > "\uffff" else costs[ord(c)] for c in text)
    return table


def reread(run: bytes, main: str, other: str, switch_bits: float) -> Reading:
    """Read a run anew in `main` and, where that is likelier by `switch_bits` at each change, in `other`.

    One of the two is utf-8, the other gb18030 or big5hkscs. Linear in the run, about a microsecond a byte and
    encoding: for damaged runs only.

    >>> reread("人民政府".encode("gb18030")[1:], "gb18030", "utf-8", 10).text
    '\\ufffd民政府'
    """
    pairs = other if main == "utf-8" else main
    main_is_pairs = main != "utf-8"
    if main_is_pairs and not _UTF8_SIGN.search(run):
        switch_bits = _NEVER
    switch = round(switch_bits * EIGHTHS)
    by_pairs, by_utf8, pairs_came, utf8_came = _search(run, pairs, main_is_pairs, switch)
    end = len(run)
    in_pairs = by_pairs[end] + (0 if main_is_pairs else switch) <= by_utf8[end] + (switch if main_is_pairs else 0)
    total = by_pairs[end] if in_pairs else by_utf8[end]
    pieces: list[str] = []
    replaced = 0
    foreign = False
    i = end
    while i or (pairs_came if in_pairs else utf8_came)[0] == _SWITCHED:
        came = pairs_came[i] if in_pairs else utf8_came[i]
        if came == _SWITCHED:
            in_pairs = not in_pairs
            foreign = True
            if not i:
                break
            continue
        start = i - (came >> 2)
        if came & 3 == _DAMAGED:
            pieces.append("\ufffd")
            replaced += 1
        else:
            pieces.append(read_character(run[start:i], pairs if in_pairs else "utf-8") or "")
        i = start
    return Reading("".join(reversed(pieces)), replaced, total / EIGHTHS, foreign)


def _search(  # noqa: PLR0912, PLR0915 -- one loop, unrolled by hand: it runs once a byte
    run: bytes, encoding: str, main_is_pairs: bool, switch: int
) -> tuple[list[int], list[int], list[int], list[int]]:
    """Find the cheapest way to each place of the run, ending in a pair encoding or in UTF-8, and its last step."""
    pair_costs = _pair_costs(encoding)
    is_gb = encoding == "gb18030"
    costs = cheapest()
    end = len(run)
    by_pairs, by_utf8 = [_NEVER] * (end + 4), [_NEVER] * (end + 4)
    pairs_came, utf8_came = [0] * (end + 4), [0] * (end + 4)
    by_pairs[0], by_utf8[0] = (0, _NEVER) if main_is_pairs else (_NEVER, 0)
    padded = run + b"\0\0\0"
    before = 0
    for i in range(end):
        byte = padded[i]
        pairs, utf8 = by_pairs[i], by_utf8[i]
        change = switch if before < 0x80 else switch + _INSIDE
        before = byte
        if pairs + change < utf8:
            utf8 = by_utf8[i] = pairs + change
            utf8_came[i] = _SWITCHED
        elif utf8 + change < pairs:
            pairs = by_pairs[i] = utf8 + change
            pairs_came[i] = _SWITCHED
        if byte < 0x80:
            if pairs + _ASCII < by_pairs[i + 1]:
                by_pairs[i + 1] = pairs + _ASCII
                pairs_came[i + 1] = 1 << 2
            if utf8 + _ASCII < by_utf8[i + 1]:
                by_utf8[i + 1] = utf8 + _ASCII
                utf8_came[i + 1] = 1 << 2
            continue
        second = padded[i + 1]
        if pairs < _NEVER:
            if byte == 0x80 and is_gb:
                cost, kind = pairs + _EURO, _WHOLE
            else:
                cost, kind = pairs + _LOST, _DAMAGED
            if cost < by_pairs[i + 1]:
                by_pairs[i + 1] = cost
                pairs_came[i + 1] = 1 << 2 | kind
            if i + 1 < end:
                cost, kind = pairs + pair_costs[byte << 8 | second], _WHOLE
                if cost >= _NEVER and second >= 0x80:
                    cost, kind = pairs + _BAD_PAIR, _DAMAGED
                if cost < by_pairs[i + 2]:
                    by_pairs[i + 2] = cost
                    pairs_came[i + 2] = 2 << 2 | kind
                if (
                    is_gb
                    and 0x30 <= second <= 0x39
                    and pairs + _BEYOND < by_pairs[i + 4]
                    and i + 3 < end
                    and read_character(run[i : i + 4], encoding)
                ):
                    by_pairs[i + 4] = pairs + _BEYOND
                    pairs_came[i + 4] = 4 << 2
        if utf8 < _NEVER:
            length, cost = _utf8_step(byte, second, padded[i + 2], padded[i + 3], costs)
            kind = _WHOLE if cost else _DAMAGED
            cost = utf8 + (cost or _LOST)
            if cost < by_utf8[i + length]:
                by_utf8[i + length] = cost
                utf8_came[i + length] = length << 2 | kind
    return by_pairs, by_utf8, pairs_came, utf8_came


def _utf8_step(byte: int, second: int, third: int, fourth: int, costs: bytes) -> tuple[int, int]:
    """Return the length and cost of the UTF-8 character at a lead byte; cost 0 for the longest start of one."""
    if byte < 0xC2 or byte > 0xF4:
        return 1, 0
    if byte < 0xE0:
        return (2, costs[(byte & 0x1F) << 6 | second & 0x3F]) if second & 0xC0 == 0x80 else (1, 0)
    low = 0xA0 if byte == 0xE0 else 0x90 if byte == 0xF0 else 0x80
    high = 0x9F if byte == 0xED else 0x8F if byte == 0xF4 else 0xBF
    if not low <= second <= high:
        return 1, 0
    if third & 0xC0 != 0x80:
        return 2, 0
    if byte < 0xF0:
        return 3, costs[(byte & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F]
    return (4, _BEYOND) if fourth & 0xC0 == 0x80 else (3, 0)
