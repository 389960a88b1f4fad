"""lost_bytes.py — UTF-8 read as GBK by a reader that could not keep every byte.

Chooses the style of loss, reads the line with it, and decides character by character what is certain. A numeral
that depends on a lost byte is never chosen: the mark stays, and the readings become a suggestion. The same goes
for every character whose second reading is close.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.text.decode.costs import oddity
from flows.text.lm.fold import fold
from flows.text.repair.double_byte import MARKS, suspect_lines
from flows.text.repair.fix import FixResult, edited, unchanged
from flows.text.repair.losses import GBK_STYLES, LATIN_STYLES, Style
from flows.text.repair.plausible import bits
from flows.text.repair.utf8_slots import EATEN, Alternative, Prices, Slot, SlotReading, alternatives, read_slots
from flows.text.script import simplified_forms
from storage.records import Suggestion

NUMERALS = frozenset(
    "0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万亿两第萬億兩廿卅"
    "壹贰叁肆伍陆柒捌玖拾佰仟貳參叄陸①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
)
"""Characters that the model may neither choose nor rule out."""

# By how much the best reading must beat the second, by the number of unknown bytes in the character (nats).
_CERTAIN_GAP = {1: 0.3, 2: 4.0, 3: 8.0}
_SURPRISE = {True: (6.0, 0.5), False: (4.0, 0.6)}
"""From which price on a hanzi surprises the model, and what each nat adds: less where few bytes are lost."""
_NUMERAL_GAP = 5.0
_MIN_HAN = 2
_TRADITIONAL_SHARE = 0.1
_SAMPLE_LINES = 4
_TRIAL_WIDTH = _FIRST_WIDTH = 12
_NEXT_LINE = 20
_SUSPECT_BITS = 12.5
_RESTORED_BITS = 13.5
_MAX_PLACES = 20_000
"""Unknown places read per text; a page has a few hundred. What is beyond is left: a search costs about 1 ms each."""

_MARK = re.compile("[?\ufffd€\ue000-\uf8ff]")
# The first two bytes of a hanzi or of full-width punctuation, seen as windows-1252.
_UTF8_AS_LATIN = re.compile("[ã-éï][\x80-¿ŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™\ufffd]{1,2}")
_LATIN_RUN = re.compile("[^\n\u2e80-\u9fff\uff00-\uffef]*[ã-éï][^\n\u2e80-\u9fff\uff00-\uffef]*")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    reading: SlotReading


def restore_lost_bytes(text: str) -> FixResult:
    """Restore UTF-8 that was read as GBK with losses, as far as the bytes and the model are sure.

    Leaves clean text, lines that fit no known way of losing bytes, and every doubtful character as its mark.

    >>> restore_lost_bytes("鍏ㄥ浗浜烘皯浠ｈ〃澶т細甯稿姟濮斿憳浼�").text
    '全国人民代表大会常务委员会'
    """
    if not _MARK.search(text):
        return unchanged(text)
    lines = [(start + offset, stretch) for start, line in suspect_lines(text) for offset, stretch in _damaged(line)]
    return _restored(text, lines, GBK_STYLES, "restore_lost_bytes", "UTF-8 read as GBK")


def restore_lost_latin(text: str) -> FixResult:
    """Restore UTF-8 that was read as windows-1252 where its five holes were lost or a hard space became a space.

    Leaves lines in which nothing is UTF-8, and every doubtful character as its mark.

    >>> restore_lost_latin("å› æ­¤ä¸\ufffdç®¡").text
    '因此不管'
    """
    if not _UTF8_AS_LATIN.search(text):
        return unchanged(text)
    lines = [(match.start(), match[0]) for match in _LATIN_RUN.finditer(text) if _UTF8_AS_LATIN.search(match[0])]
    return _restored(text, lines, LATIN_STYLES, "restore_lost_latin", "UTF-8 read as windows-1252")


def _damaged(line: str) -> Iterator[tuple[int, str]]:
    """Yield the line, or the stretch from the first to the last rare character if the rest is clean."""
    if bits(line) > _SUSPECT_BITS:
        yield 0, line
        return
    spans = [match.span() for match in oddity().finditer(line)]
    if not spans:
        return
    start, end = spans[0][0], spans[-1][1]
    while start and (line[start - 1] in MARKS or bits(line[start - 1]) > _SUSPECT_BITS):
        start -= 1
    while end < len(line) and (line[end] in MARKS or bits(line[end]) > _SUSPECT_BITS):
        end += 1
    if bits(line[start:end]) > _SUSPECT_BITS:
        yield start, line[start:end]


def _restored(text: str, lines: list[tuple[int, str]], styles: Sequence[Style], name: str, what: str) -> FixResult:
    style, found = _best_style(lines, styles)
    if style is None:
        return unchanged(text)
    prices = _informed(found)
    found = [
        _Line(line.start, line.text, read_slots(style.places(line.text) or (), prices) or line.reading)
        if line.reading.slots
        else line
        for line in found
    ]
    edits: list[tuple[int, str, str]] = []
    suggestions: list[Suggestion] = []
    shift = 0
    readings = {damaged.start: damaged.reading.text for damaged in found}
    for damaged in found:
        after = damaged.start + len(damaged.text) + 1
        next_line = readings.get(after) or text[after : after + _NEXT_LINE]
        restored, doubts = _decided(damaged.reading, style, prices, next_line)
        edits.append((damaged.start, damaged.text, restored))
        suggestions += (_suggestion(name, damaged.start + shift, doubt, style.mark) for doubt in doubts)
        shift += len(restored) - len(damaged.text)
    flags = ("lost_bytes",) if suggestions else ()
    result = edited(text, edits, f"{what}, {style.name}")
    return FixResult(result.text, result.changes, result.detail, tuple(suggestions), flags)


def _best_style(lines: list[tuple[int, str]], styles: Sequence[Style]) -> tuple[Style | None, list[_Line]]:
    """Return the style that explains the lines best, and its readings."""
    if not lines:
        return None, []
    chars = frozenset().union(*(line for _, line in lines))
    best: tuple[float, Style] | None = None
    for style in styles:
        if not style.fits(chars):
            continue
        sample = [line for line in lines if style.mark in line[1]][:_SAMPLE_LINES] or lines[:_SAMPLE_LINES]
        readings = _read(style, sample, _TRIAL_WIDTH)
        if not readings:
            continue
        nats = sum(Prices().text("\n", line.reading.text)[0] for line in readings)
        # A line that the style cannot read counts as dear as rubbish is.
        nats += sum(10.0 * len(line) for _, line in sample) - sum(10.0 * len(line.text) for line in readings)
        if best is None or nats < best[0]:
            best = (nats, style)
    if best is None:
        return None, []
    return best[1], _read(best[1], lines, _FIRST_WIDTH)


def _read(style: Style, lines: Iterable[tuple[int, str]], width: int) -> list[_Line]:
    found = []
    budget = _MAX_PLACES
    for start, line in lines:
        if budget < 0:
            break
        places = style.places(line)
        budget -= sum(not isinstance(place, bytes) and len(place) > 1 for place in places or ())
        reading = read_slots(places, width=width) if places else None
        if reading and _is_better(line, reading.text):
            found.append(_Line(start, line, reading))
    return found


def _is_better(line: str, read: str) -> bool:
    han = sum("\u4e00" <= char <= "\u9fff" for char in read)
    return han >= _MIN_HAN and bits(read) < min(_RESTORED_BITS, bits(line) - 2.0)


def _informed(lines: list[_Line]) -> Prices:
    """Make prices that know the document: its script, and its certain words."""
    sound: list[str] = []
    traditional = total = 0
    for line in lines:
        position = 0
        for slot in (*line.reading.slots, None):
            end = slot.start if slot else len(line.reading.text)
            stretch = line.reading.text[position:end]
            position = end + 1
            traditional += sum(char in simplified_forms() for char in stretch)
            total += len(stretch)
            sound += (part for part in fold(stretch).split(EATEN) if len(part) > 1)
    return Prices(traditional > _TRADITIONAL_SHARE * total, sound)


@dataclass(frozen=True, slots=True)
class _Doubt:
    start: int
    best: str
    second: str
    gap: float
    reason: str


def _decided(reading: SlotReading, style: Style, prices: Prices, next_line: str) -> tuple[str, list[_Doubt]]:
    """Return the reading with marks for what is not certain, and the doubts."""
    chars = list(reading.text.replace(EATEN, "?"))
    doubts: list[_Doubt] = []
    for slot in reading.slots:
        options = alternatives(reading, slot, prices, next_line)
        best = options[0]
        chars[slot.start] = best.char
        if len(options) == 1:
            continue
        gap = options[1].nats - best.nats
        reason = ""
        if _decides_numeral(options, chars[slot.start + 1 : slot.start + 2]):
            reason = "a numeral depends on a lost byte"
        elif gap < _certain_gap(slot, best, style):
            reason = "two readings are close"
        if reason:
            doubts.append(_Doubt(slot.start, best.char, options[1].char, gap, reason))
            chars[slot.start] = style.mark
    return "".join(chars), doubts


def _decides_numeral(options: list[Alternative], after: list[str]) -> bool:
    """Tell whether a numeral is among the likely readings of a slot."""
    best = options[0]
    if best.char == "第":
        # It counts nothing itself. With a number behind it, no other character of its two known bytes makes sense.
        return not (after and after[0] in NUMERALS and options[1].nats - best.nats > _NUMERAL_GAP)
    return any(option.char in NUMERALS for option in options if option.nats - best.nats < _NUMERAL_GAP)


def _certain_gap(slot: Slot, best: Alternative, style: Style) -> float:
    """Return by how much the best reading must win: more where more is unknown, or where it surprises the model."""
    if not "\u3400" <= best.char <= "\u9fff":
        return _CERTAIN_GAP[_unknown_bytes(slot)]
    surprising, per_nat = _SURPRISE[style.keeps_private]
    return _CERTAIN_GAP[_unknown_bytes(slot)] + max(0.0, best.own - surprising) * per_nat


def _unknown_bytes(slot: Slot) -> int:
    return max(1, sum(len(options) > 1 for options in slot.pattern))


def _suggestion(name: str, start: int, doubt: _Doubt, mark: str) -> Suggestion:
    return Suggestion(
        field="text",
        name=name,
        start=start + doubt.start,
        before=mark,
        after=doubt.best,
        second=doubt.second,
        gap=round(doubt.gap, 2),
        reason=doubt.reason,
    )
