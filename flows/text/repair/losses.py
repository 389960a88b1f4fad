"""losses.py — How readers of GBK lose bytes: for each kind of reader, what a mark in its output may stand for.

A style turns the characters of a damaged line back into places for utf8_slots.py. The facts are those of the
decoders: which pairs GBK leaves undefined, which of them user-defined characters hold, what a lead byte before
an ASCII character becomes. Which style a text shows is decided in lost_bytes.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from flows.text.repair.pairs import ambiguous, write
from flows.text.repair.single_byte import BYTE_OF
from flows.text.repair.utf8_slots import Option, Token

_LEADS = frozenset(range(0x81, 0xFF))
_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
_HOLES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_EURO = frozenset((0x80,))

_LITERAL = Option(known=b"?", nats=4.0)
"""A question mark that was one in the original: rarer than a lost byte in such text."""
_EATEN_NATS = 0.5


@dataclass(frozen=True, slots=True)
class Style:
    """A way of losing bytes: the mark it leaves, and the function from a line to its places (None: does not fit)."""

    name: str
    mark: str
    places: Callable[[str], list[Token] | None]
    keeps_private: bool = False
    unmarked: bool = False  # its losses need not show
    bytewise: bool = False  # a mark is one byte, always
    swallows: bool = False  # the character behind a lost byte may be gone too

    def fits(self, chars: frozenset[str]) -> bool:
        """Tell whether damaged text with these characters can come from this reader."""
        if any("\ue000" <= char <= "\uf8ff" for char in chars):
            return self.keeps_private and (self.mark in chars or "\ufffd" not in chars)
        return self.unmarked or self.mark in chars or (self.keeps_private and "€" in chars)


@cache
def undefined(keep_private: bool) -> Mapping[int, frozenset[int]]:
    """Return the pairs that GBK does not define, by lead; with `keep_private` without those of private use."""
    table: dict[int, frozenset[int]] = {}
    for lead in range(0x81, 0xFF):
        missing = set()
        for trail in _TRAILS:
            pair = bytes((lead, trail))
            try:
                pair.decode("gbk")
            except UnicodeDecodeError:
                if not (keep_private and "\ue000" <= pair.decode("gb18030") <= "\uf8ff"):
                    missing.add(trail)
        if missing:
            table[lead] = frozenset(missing)
    return table


@cache
def _leads_before(trail: int) -> frozenset[int]:
    """Return the leads that make no GBK character with a trail."""
    if trail < 0x40 or trail in (0x7F, 0xFF):
        return _LEADS
    return frozenset(lead for lead, missing in undefined(False).items() if trail in missing)


def _cells(line: str, marks: str) -> list[bytes] | None:
    """Return the bytes of each character, with nothing for the marks; None if the line is not GBK."""
    return write("".join("\0" if char in marks else char for char in line), "gb18030")


def _assemble(cells: list[bytes], options: Callable[[int], Token | None]) -> list[Token]:
    """Join known bytes, and ask for the options of each place that is not known."""
    tokens: list[Token] = []
    known = bytearray()
    for i, cell in enumerate(cells):
        unknown = options(i)
        if unknown is None:
            known += cell
            continue
        if known:
            tokens.append(bytes(known))
            known.clear()
        tokens.append(unknown)
    if known:
        tokens.append(bytes(known))
    return tokens


def _ways(char: str) -> Token | None:
    """Return the ways of writing a character that GBK readers get from more than one byte sequence."""
    ways = ambiguous("gb18030").get(char)
    return tuple(Option(known=way) for way in ways) if ways else None


def browser(line: str) -> list[Token] | None:
    """Places of a reader that keeps private use and marks single bytes only: 80, or a lead with no trail."""
    cells = _cells(line, "\ufffd")
    if cells is None:
        return None

    def options(i: int) -> Token | None:
        if line[i] != "\ufffd":
            return _ways(line[i])
        after = line[i + 1 : i + 2]
        if after and not after.isascii():
            return (Option(known=b"\x80"),)
        return (Option(one=_EURO | (_leads_before(ord(after)) if after else _LEADS)),)

    return _assemble(cells, options)


def replacing(line: str, mark: str) -> list[Token] | None:
    """Places of Python's GBK reader: every byte that does not begin a pair is a mark, and the next is read afresh."""
    cells = _cells(line, mark)
    if cells is None:
        return None
    literal = (_LITERAL,) if mark == "?" else ()

    def options(i: int) -> Token | None:
        if line[i] != mark:
            return None
        after = line[i + 1 : i + 2]
        if not after:
            leads = _LEADS
        elif after == mark:
            leads = frozenset(undefined(False))
        else:
            leads = _leads_before(cells[i + 1][0])
        return (Option(one=_EURO | leads), *literal)

    return _assemble(cells, options)


def windows(line: str) -> list[Token] | None:
    """Places of the Windows reader: a pair it cannot read is one mark, and a lead swallows the ASCII after it."""
    swallowed = Option(one=_LEADS, eats=True, nats=_EATEN_NATS)
    options = (Option(two=undefined(True)), swallowed, _LITERAL)
    return _question_marks(line, options)


def saved(line: str) -> list[Token] | None:
    """Places of a browser's reading that was saved as GBK: every character outside GBK became one mark."""
    cells = _cells(line, "?")
    if cells is None:
        return None

    def options(i: int) -> Token | None:
        if line[i] != "?":
            return _ways(line[i])
        after = line[i + 1 : i + 2]
        single = _EURO
        if not after or after.isascii():
            single |= _leads_before(ord(after)) if after else _LEADS
        return (
            Option(one=single),
            Option(two=undefined(False)),
            _LITERAL,
        )

    return _assemble(cells, options)


def mbstring(line: str) -> list[Token] | None:
    """Places of PHP's reader: an undefined pair is one mark, and so is a lead with the ASCII that it swallows."""
    options = (
        Option(one=_EURO),
        Option(two=undefined(False)),
        Option(one=_LEADS, eats=True, nats=_EATEN_NATS),
        _LITERAL,
    )
    return _question_marks(line, options)


def _question_marks(line: str, options: tuple[Option, ...]) -> list[Token] | None:
    cells = _cells(line, "?")
    if cells is None:
        return None
    last = len(line) - 1
    # At the end of a line nothing may be left to swallow.
    at_end = (*options, Option(one=_LEADS))
    return _assemble(cells, lambda i: (at_end if i == last else options) if line[i] == "?" else _ways(line[i]))


def western(line: str, mark: str = "\ufffd") -> list[Token] | None:
    """Places of a windows-1252 reader without its five holes, or of a tool that made hard spaces plain."""
    if any(char not in BYTE_OF and char != mark and not char.isascii() for char in line):
        return None
    cells = [bytes((BYTE_OF.get(char, ord(char) & 0x7F),)) for char in line]
    space = (Option(known=b" "), Option(known=b"\xa0"))
    literal = (_LITERAL,) if mark == "?" else ()

    def options(i: int) -> Token | None:
        if line[i] == " ":
            return space
        return (Option(one=_HOLES), *literal) if line[i] == mark else None

    return _assemble(cells, options)


GBK_STYLES = (
    Style("private use kept, U+FFFD or €", "\ufffd", browser, keeps_private=True),
    Style("every undefined byte U+FFFD", "\ufffd", lambda line: replacing(line, "\ufffd"), bytewise=True),
    Style("every undefined byte ?", "?", lambda line: replacing(line, "?"), bytewise=True),
    Style("private use kept, pairs ?", "?", windows, keeps_private=True, swallows=True),
    Style("read by a browser, saved as GBK", "?", saved),
    Style("pairs ?, ASCII swallowed", "?", mbstring, swallows=True),
)
LATIN_STYLES = (
    Style("holes or hard spaces lost", "\ufffd", western, keeps_private=True, unmarked=True),
    Style("holes ?, hard spaces lost", "?", lambda line: western(line, "?"), bytewise=True),
)
