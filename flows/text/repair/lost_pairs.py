"""lost_pairs.py — GBK read as Big5, Korean or Japanese, or Big5 read as GBK, where U+FFFD marks what was lost.

About half of such sentences hold a pair that the wrong encoding does not have. The bytes around it are known, and
the lost one must make no pair there: few characters remain, and the language model chooses among them, or does
not. Text without a loss is for double_byte.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flows.text.decode.charsets import read_character
from flows.text.decode.costs import EIGHTHS, cheapest, cost
from flows.text.lm.fold import fold
from flows.text.repair.doubt import Doubt, decides_numeral
from flows.text.repair.fix import FixResult, edited, unchanged
from flows.text.repair.pairs import settle, write, written
from flows.text.repair.plausible import bits
from flows.text.repair.prices import Alternative, Prices
from flows.text.repair.suspects import damaged_stretches, suspect_lines
from flows.text.script import simplified_forms

MARK = "\ufffd"
_READERS = (
    ("big5hkscs", "gb18030", "GBK read as Big5"),
    ("cp950", "gb18030", "GBK read as Big5 of Windows"),
    ("gb18030", "big5hkscs", "Big5 read as GBK"),
    ("cp949", "gb18030", "GBK read as Korean"),
    ("cp932", "gb18030", "GBK read as Japanese"),
)
_DIALECTS = {
    "big5hkscs": ("big5", "cp950", "big5hkscs"),
    "gb18030": ("gbk",),
    "cp949": ("cp949",),
    "cp932": ("cp932",),
    "cp950": ("cp950",),
}
_LEADS = range(0x81, 0xFF)
_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
_RAREST = 19 * EIGHTHS
_MOST_MARKS = 0.5
_RESTORED_BITS = 12.0
_GAIN_BITS = 2.5
# By how much the best reading must win: with one byte known, and with none (nats). Under 0.5 % of what is filled in is
# wrong then (2,700 places of held-out paragraphs).
_CERTAIN_GAP = {1: 2.5, 2: 5.0}
_SURPRISING_NATS, _PER_SURPRISE = 4.0, 0.6
_SWEEPS = 2
_MAX_WORK = 100_000
"""Candidates priced per text, a few seconds; text with more is left as it is."""

_MAX_CHARS = 100_000

Byte = int | frozenset[int]
"""A known byte, or what an unknown one may be."""
_PAIR = frozenset((*_LEADS, *_TRAILS))


@dataclass(frozen=True, slots=True)
class _Cell:
    """One character of the restored text: settled, or a choice."""

    char: str
    choices: tuple[str, ...] = ()
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Reader:
    wrong: str
    right: str
    name: str
    pairwise: bool  # a mark stands for two bytes, not for one

    def cells(self, line: str) -> list[_Cell] | None:
        """Return the characters of a line as they were meant; None where it cannot come from this reader."""
        known = write(line.replace(MARK, "\0"), self.wrong)
        return None if known is None else self._read(line, settle(line, known, self.wrong, self.right, MARK))

    def _read(self, line: str, known: Sequence[bytes]) -> list[_Cell]:
        stream: list[Byte] = []
        open_pair = False
        for i, (char, data) in enumerate(zip(line, known, strict=True)):
            if char != MARK:
                for byte in data:
                    open_pair = not open_pair and byte > 0x7F
                stream += data
                continue
            after = known[i + 1][0] if i + 1 < len(line) and line[i + 1] != MARK else None
            if self.pairwise and not (open_pair and (after is None or after < 0x80)):
                stream += (_PAIR, _PAIR)
            else:
                stream.append(self._lost_byte(after, last=i + 1 == len(line)))
                open_pair = not open_pair
        return list(_paired(stream, self))

    def _lost_byte(self, after: int | None, last: bool) -> Byte:
        if last or (after is not None and after < 0x40):
            return frozenset(_LEADS)
        holes = undefined(self.wrong)
        if after is None:
            return frozenset(holes)
        return frozenset(lead for lead, trails in holes.items() if after in trails)


@cache
def undefined(encoding: str) -> Mapping[int, frozenset[int]]:
    """Return the pairs that at least one reader of an encoding does not have, by lead byte."""
    return {
        lead: trails
        for lead in _LEADS
        if (trails := frozenset(trail for trail in _TRAILS if not _defined(bytes((lead, trail)), encoding)))
    }


def _defined(data: bytes, encoding: str) -> bool:
    for reader in _DIALECTS[encoding]:
        try:
            data.decode(reader)
        except UnicodeDecodeError:
            return False
    return read_character(data, encoding) is not None


@cache
def _hole_chars(wrong: str, right: str) -> tuple[str, ...]:
    """Return the characters of one encoding that are no character of the other."""
    holes = undefined(wrong)
    return tuple(
        char for lead, trails in _usual(right).items() for trail, char in trails.items() if trail in holes.get(lead, ())
    )


@cache
def _usual(encoding: str) -> Mapping[int, Mapping[int, str]]:
    """Return the characters that a lost byte may have belonged to, by lead and trail."""
    costs = cheapest()
    table: dict[int, dict[int, str]] = {}
    for char, ways in written(encoding).items():
        if char <= "\uffff" and costs[ord(char)] < _RAREST and not "\ue000" <= char <= "\uf8ff":
            for data in ways:
                if len(data) == 2:
                    table.setdefault(data[0], {})[data[1]] = char
    return table


def _paired(stream: Sequence[Byte], reader: _Reader) -> Iterator[_Cell]:
    usual = _usual(reader.right)
    i = 0
    while i < len(stream):
        lead = stream[i]
        if isinstance(lead, int) and lead < 0x80:
            yield _Cell(chr(lead))
            i += 1
            continue
        trail = stream[i + 1] if i + 1 < len(stream) else None
        if trail is None or (isinstance(trail, int) and trail < 0x40):
            yield _Cell(MARK)
            i += 1
            continue
        i += 2
        if isinstance(lead, int) and isinstance(trail, int):
            yield _Cell(read_character(bytes((lead, trail)), reader.right) or MARK)
        elif isinstance(lead, int):
            choices = (char for byte, char in usual.get(lead, {}).items() if byte in trail)  # type: ignore[operator]
            yield _Cell(MARK, tuple(choices), 1)
        elif isinstance(trail, int):
            yield _Cell(MARK, tuple(usual[byte][trail] for byte in sorted(lead) if trail in usual.get(byte, {})), 1)
        else:
            yield _Cell(MARK, _hole_chars(reader.wrong, reader.right), 2)


READERS = tuple(_Reader(*reader, pairwise) for reader in _READERS for pairwise in (False, True))


def restore_lost_pairs(text: str) -> FixResult:
    """Read lines again in their double-byte encoding around what was lost, and fill in what is certain.

    Leaves clean text, and U+FFFD for every character that is not certain; numerals are never chosen.

    >>> restore_lost_pairs("�封郋乘蟹蝏廗Ｇ嘎橦鶬撩瓊炯奾彷婐�").text
    '全市经济社会发展情况良好，成效显著'
    """
    if MARK not in text:
        return unchanged(text)
    lines = [
        (start + offset, stretch)
        for start, line in suspect_lines(text)
        for offset, stretch in damaged_stretches(line)
        if MARK in stretch
    ]
    if sum(len(line) for _, line in lines) > _MAX_CHARS:
        return unchanged(text)
    best: tuple[float, _Reader, dict[int, list[_Cell]]] | None = None
    for reader in READERS if lines else ():
        found = {start: cells for start, line in lines if (cells := reader.cells(line)) and _is_better(line, cells)}
        gain = sum(cost(line) - cost(_shown(found[start])) for start, line in lines if start in found)
        if found and (best is None or gain > best[0]):
            best = (gain, reader, found)
    if best is None or sum(len(cell.choices) for cells in best[2].values() for cell in cells) > _MAX_WORK:
        return unchanged(text)
    _, reader, found = best
    prices = _informed(found.values(), reader.right == "big5hkscs")
    edits: list[tuple[int, str, str]] = []
    doubts: list[tuple[int, Doubt]] = []
    shift = 0
    for start, line in lines:
        if start in found:
            restored, doubtful = _filled(found[start], prices)
            edits.append((start, line, restored))
            doubts += ((start + shift, doubt) for doubt in doubtful)
            shift += len(restored) - len(line)
    result = edited(text, edits, reader.name)
    suggestions = tuple(doubt.suggestion("restore_lost_pairs", at, MARK) for at, doubt in doubts)
    return FixResult(result.text, result.changes, result.detail, suggestions, ("lost bytes",) if suggestions else ())


def _shown(cells: Sequence[_Cell]) -> str:
    return "".join(cell.char for cell in cells)


def _is_better(line: str, cells: Sequence[_Cell]) -> bool:
    settled = _shown(cells).replace(MARK, "")
    if len(cells) - len(settled) > _MOST_MARKS * len(cells):
        return False
    return bits(settled) < min(_RESTORED_BITS, bits(line.replace(MARK, "")) - _GAIN_BITS)


def _informed(found: Iterable[Sequence[_Cell]], traditional: bool) -> Prices:
    sound: list[str] = []
    forms = total = 0
    for cells in found:
        text = _shown(cells)
        forms += sum(char in simplified_forms() for char in text)
        total += len(text)
        sound += (part for part in fold(text).split(MARK) if len(part) > 1)
    return Prices(traditional or forms > 0.1 * total, sound)


def _filled(cells: Sequence[_Cell], prices: Prices) -> tuple[str, list[Doubt]]:
    """Fill in what is certain, each place in sight of the others' best readings."""
    costs = cheapest()
    chars = [min(cell.choices, key=lambda c: costs[ord(c)]) if cell.choices else cell.char for cell in cells]
    places = [i for i, cell in enumerate(cells) if cell.choices]
    ranked: dict[int, list[Alternative]] = {}
    for _ in range(_SWEEPS):
        for i in places:
            choices = [option.char for option in ranked[i]] if i in ranked else cells[i].choices
            ranked[i] = prices.ranked("".join(chars), i, choices)
            chars[i] = ranked[i][0].char
    doubts: list[Doubt] = []
    text = "".join(chars)
    for i in places:
        options = ranked[i]
        if len(options) == 1:
            continue
        best, second = options[:2]
        gap = second.nats - best.nats
        needed = _CERTAIN_GAP[cells[i].unknown] + max(0.0, best.own - _SURPRISING_NATS) * _PER_SURPRISE
        reason = ""
        if decides_numeral(options, text[i + 1 : i + 2]):
            reason = "a numeral depends on a lost byte"
        elif gap < needed:
            reason = "two readings are close"
        if reason:
            doubts.append(Doubt(i, best.char, second.char, gap, reason))
            chars[i] = MARK
    return "".join(chars), doubts
