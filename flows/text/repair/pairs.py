"""pairs.py — From characters back to the bytes they were read from, for the double-byte encodings.

The inverse of decoding as browsers and Python do it: where two byte pairs read as the same character, all are
known, and the text around settles which was meant. Whether the bytes make sense as a whole is decided in
double_byte.py, lost_bytes.py and lost_pairs.py.
"""

from collections.abc import Sequence
from functools import cache
from itertools import product

from flows.text.decode.charsets import read_character
from flows.text.decode.costs import cost
from flows.text.lm.grams import model

_LEADS = range(0x81, 0xFF)
_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
_AROUND = 8
_CLOSE_BITS = 15.0
_MOST_CHOICES = 400


@cache
def written(encoding: str) -> dict[str, tuple[bytes, ...]]:
    """Map each character of a double-byte encoding to all pairs and single bytes that read as it.

    >>> written("gb18030")["中"], written("gb18030")["€"]
    ((b'\\xd6\\xd0',), (b'\\x80', b'\\xa2\\xe3'))
    """
    table: dict[str, tuple[bytes, ...]] = {}
    singles = (bytes((byte,)) for byte in range(0x80, 0x100))
    for data in (*singles, *map(bytes, product(_LEADS, _TRAILS))):
        for char in {read_character(data, encoding), _python(data, encoding)}:
            if char is not None and len(char) == 1:
                table[char] = (*table.get(char, ()), data)
    return table


def _python(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


@cache
def ambiguous(encoding: str) -> dict[str, tuple[bytes, ...]]:
    """Return the part of `written` that holds more than one way."""
    return {char: ways for char, ways in written(encoding).items() if len(ways) > 1}


def write(text: str, encoding: str) -> list[bytes] | None:
    """Return the bytes of each character, the usual ones where there is a choice; None if one has none.

    >>> write("a中", "gb18030"), write("é", "big5hkscs"), write("ⱨ", "cp949")
    ([b'a', b'\\xd6\\xd0'], [b'\\x88m'], None)
    """
    table = written(encoding)
    cells: list[bytes] = []
    for char in text:
        if char < "\x80":
            cells.append(char.encode())
            continue
        ways = table.get(char)
        if ways is None:
            return None
        cells.append(ways[0] if len(ways) == 1 else _usual(char, ways, encoding))
    return cells


def _usual(char: str, ways: tuple[bytes, ...], encoding: str) -> bytes:
    try:
        usual = char.encode(encoding)
    except UnicodeEncodeError:
        return ways[0]
    return usual if usual in ways else ways[0]


def settle(text: str, cells: Sequence[bytes], encoding: str, right: str, lost: str = "") -> list[bytes]:
    """Return what `write` gave, with each choice settled by how likely the text around reads in `right`.

    lost: a character that stands for lost bytes, beyond which nothing is known. Beyond 400 choices the usual ways
    are taken: prose holds one in fifty characters.
    """
    cells = list(cells)
    ways_of = ambiguous(encoding)
    if ways_of.keys().isdisjoint(text):
        return cells
    for i in [i for i, char in enumerate(text) if char in ways_of][:_MOST_CHOICES]:
        start, end = max(0, i - _AROUND), i + 1 + _AROUND
        if lost:
            start = max(start, text.rfind(lost, start, i) + 1)
            end = min(end, at) if (at := text.find(lost, i, end)) >= 0 else end
        head, tail = b"".join(cells[start:i]), b"".join(cells[i + 1 : end])
        cells[i] = _likeliest(ways_of[text[i]], head, tail, right)
    return cells


def _likeliest(ways: tuple[bytes, ...], head: bytes, tail: bytes, right: str) -> bytes:
    # Where a pair starts is not known inside a line: the wrong alignment reads as rubbish whatever the way.
    readings = [
        (way, (head + way + tail)[skip:].decode(right, "replace"))
        for way in ways
        for skip in ((0, 1) if head else (0,))
    ]
    prices = [(cost(reading), way, reading) for way, reading in readings]
    cheapest = min(price for price, _, _ in prices)
    close = [(way, reading) for price, way, reading in prices if price - cheapest < _CLOSE_BITS]
    if all(way == close[0][0] for way, _ in close):
        return close[0][0]
    return min(close, key=lambda one: model().cost(one[1]))[0]
