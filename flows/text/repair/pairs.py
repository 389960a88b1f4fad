"""pairs.py — From characters back to the bytes they were read from, for the double-byte encodings.

The inverse of decoding as browsers and Python do it: where two byte pairs read as the same character, all are
known. Writes bytes only; whether they make sense is decided in double_byte.py and lost_bytes.py.
"""

from functools import cache
from itertools import product

from flows.text.decode.charsets import read_character

_LEADS = range(0x81, 0xFF)
_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))


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
