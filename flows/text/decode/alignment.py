"""alignment.py — Reads a damaged run of bytes at the alignment, and in the encodings, that cost least.

A lost byte leaves the rest of a GB18030 or Big5 run paired wrongly, often without any invalid pair; a template and
its include may differ in encoding. Both are the same question: which cutting of the run into characters of either
encoding and into damaged places is likeliest? One shortest path answers it. What is not a run of one page (tags,
choice of the page's encoding) is decided elsewhere.
"""

from dataclasses import dataclass
from functools import cache
from math import inf

from flows.text.decode.charsets import read, read_character
from flows.text.decode.costs import EIGHTHS, cheapest

# Right pairing costs about 9 bits a character, wrong pairing 14 to 20 (measured on held-out text): with these,
# a clean run is never cut anew for fewer than four rare characters in a row.
_LOST_BITS = 26.0
_BAD_PAIR_BITS = 28.0
_SWITCH_BITS = 10.0
_EURO_BITS = 16.0
_BEYOND_BITS = 30.0  # a character outside the basic plane


@dataclass(frozen=True, slots=True)
class Reading:
    """A run as text; replaced counts the U+FFFD put in, foreign is True where another encoding helped."""

    text: str
    replaced: int
    bits: float
    foreign: bool = False


@cache
def _character(data: bytes, encoding: str) -> float | None:
    """Return the bits of one character, None where the bytes are none. At most 50,000 two-byte keys."""
    text = read_character(data, encoding)
    if text is None:
        return None
    costs = cheapest()
    return sum(_BEYOND_BITS if c > "\uffff" else costs[ord(c)] / EIGHTHS for c in text)


def _steps_pairs(run: bytes, i: int, encoding: str) -> list[tuple[int, float, bool]]:
    """List what may stand at i in a two-byte encoding: (length, bits, damaged)."""
    lead = run[i]
    if lead < 0x80:
        return [(1, 6.5, False)]
    if lead == 0x80 and encoding == "gb18030":
        return [(1, _EURO_BITS, False)]
    steps = [(1, _LOST_BITS, True)]
    pair = run[i : i + 2]
    if len(pair) < 2:
        return steps
    bits = _character(pair, encoding)
    if bits is not None:
        steps.append((2, bits, False))
    elif pair[1] >= 0x80:
        steps.append((2, _BAD_PAIR_BITS, True))
    elif encoding == "gb18030" and 0x30 <= pair[1] <= 0x39:
        four = run[i : i + 4]
        if len(four) == 4 and read_character(four, encoding) is not None:
            steps.append((4, _BEYOND_BITS, False))
    return steps


def _steps_utf8(run: bytes, i: int) -> list[tuple[int, float, bool]]:
    """As _steps_pairs for UTF-8; a damaged place is the longest start of a character, as browsers replace it."""
    lead = run[i]
    if lead < 0x80:
        return [(1, 6.5, False)]
    length = 2 if 0xC2 <= lead <= 0xDF else 3 if 0xE0 <= lead <= 0xEF else 4 if 0xF0 <= lead <= 0xF4 else 0
    if not length:
        return [(1, _LOST_BITS, True)]
    try:
        text = run[i : i + length].decode("utf-8")
    except UnicodeDecodeError as error:
        return [(error.end - error.start, _LOST_BITS, True)]
    return [(length, _BEYOND_BITS if text > "\uffff" else cheapest()[ord(text)] / EIGHTHS, False)]


def reread(run: bytes, main: str) -> Reading:
    """Read a run anew, in `main` and, where that is much likelier, in UTF-8 (GB18030 where main is UTF-8).

    Linear in the run, some microseconds a byte: for damaged runs only.

    >>> reread("人民政府".encode("gb18030")[1:], "gb18030").text
    '\\ufffd民政府'
    """
    other = "gb18030" if main == "utf-8" else "utf-8"
    encodings = (main, other)
    end = len(run)
    best = [[inf] * (end + 1), [inf] * (end + 1)]
    # Per place and encoding: where the step came from, in which encoding, and whether it is damage.
    came: list[list[tuple[int, int, bool]]] = [[(0, 0, False)] * (end + 1), [(0, 0, False)] * (end + 1)]
    best[0][0] = 0.0
    for i in range(end):
        for a in (0, 1):
            if best[1 - a][i] + _SWITCH_BITS < best[a][i]:
                best[a][i] = best[1 - a][i] + _SWITCH_BITS
                came[a][i] = (i, 1 - a, False)
        for a in (0, 1):
            so_far = best[a][i]
            if so_far == inf:
                continue
            encoding = encodings[a]
            steps = _steps_utf8(run, i) if encoding == "utf-8" else _steps_pairs(run, i, encoding)
            for length, bits, damaged in steps:
                total = so_far + bits
                if total < best[a][i + length]:
                    best[a][i + length] = total
                    came[a][i + length] = (i, a, damaged)
    a = 0 if best[0][end] <= best[1][end] + _SWITCH_BITS else 1
    total = best[a][end] + (_SWITCH_BITS if a else 0.0)
    pieces: list[str] = []
    replaced = 0
    foreign = False
    i = end
    while i:
        start, before, damaged = came[a][i]
        if start < i:
            pieces.append("\ufffd" if damaged else _text(run[start:i], encodings[a]))
            replaced += damaged
            foreign = foreign or a == 1
        i, a = start, before
    return Reading("".join(reversed(pieces)), replaced, total, foreign)


def _text(character: bytes, encoding: str) -> str:
    text = read_character(character, encoding)
    return read(character, encoding) if text is None else text
