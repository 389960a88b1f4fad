"""lost_bytes.py — UTF-8 read as GBK by a reader that could not keep every byte.

Chooses the style of loss, reads the line with it, and decides character by character what is certain. A numeral
that depends on a lost byte is never chosen: the mark stays, and the readings become a suggestion. The same goes
for every character whose second reading is close.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flows.text.lm.fold import fold
from flows.text.repair.double_byte import suspect
from flows.text.repair.fix import FixResult, edited, unchanged
from flows.text.repair.losses import STYLES, Style
from flows.text.repair.plausible import bits, reads_as_chinese
from flows.text.repair.utf8_slots import EATEN, Alternative, Prices, Slot, SlotReading, alternatives, read_slots
from flows.text.script import simplified_forms
from storage.records import Suggestion

NUMERALS = frozenset(
    "0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万亿两第萬億兩廿卅"
    "壹贰叁肆伍陆柒捌玖拾佰仟貳參叄陸①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
)
"""Characters that the model may neither choose nor rule out."""

# By how much the best reading must beat the second, by the number of unknown bytes in the character (nats).
_CERTAIN_GAP = {1: 0.5, 2: 4.0, 3: 8.0}
_SURPRISING_NATS = 6.0
_PER_SURPRISE = 0.5
_NUMERAL_GAP = 5.0
_MIN_HAN = 2
_TRADITIONAL_SHARE = 0.1
_SAMPLE_LINES = 4
_NEXT_LINE = 20


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    reading: SlotReading


def restore_lost_bytes(text: str) -> FixResult:
    """Restore lines of UTF-8 that were read as GBK with losses, as far as the bytes and the model are sure.

    Leaves clean text, lines that fit no known way of losing bytes, and every doubtful character as its mark.
    """
    lines: list[tuple[int, str]] = []
    position = 0
    for line in text.split("\n"):
        if suspect(line):
            lines.append((position, line))
        position += len(line) + 1
    if not lines:
        return unchanged(text)
    style, found = _best_style(lines)
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
        restored, doubts = _decided(damaged.reading, style.mark, prices, next_line)
        edits.append((damaged.start, damaged.text, restored))
        suggestions += (_suggestion(damaged.start + shift, doubt, style.mark) for doubt in doubts)
        shift += len(restored) - len(damaged.text)
    result = edited(text, edits, f"UTF-8 read as GBK, {style.name}")
    return FixResult(
        result.text, result.changes, result.detail, tuple(suggestions), ("lost_bytes",) if suggestions else ()
    )


def _best_style(lines: list[tuple[int, str]]) -> tuple[Style | None, list[_Line]]:
    """Return the style that explains the lines best, and its readings."""
    chars = frozenset().union(*(line for _, line in lines))
    best: tuple[float, Style] | None = None
    for style in STYLES:
        if not style.fits(chars):
            continue
        sample = [line for line in lines if style.mark in line[1]][:_SAMPLE_LINES] or lines[:_SAMPLE_LINES]
        readings = _read(style, sample)
        if not readings:
            continue
        nats = sum(Prices().text("\n", line.reading.text)[0] for line in readings)
        # A line that the style cannot read counts as dear as rubbish is.
        nats += sum(10.0 * len(line) for _, line in sample) - sum(10.0 * len(line.text) for line in readings)
        if best is None or nats < best[0]:
            best = (nats, style)
    if best is None:
        return None, []
    return best[1], _read(best[1], lines)


def _read(style: Style, lines: Iterable[tuple[int, str]]) -> list[_Line]:
    found = []
    for start, line in lines:
        places = style.places(line)
        reading = read_slots(places) if places else None
        if reading and _is_better(line, reading.text):
            found.append(_Line(start, line, reading))
    return found


def _is_better(line: str, read: str) -> bool:
    han = sum("\u4e00" <= char <= "\u9fff" for char in read)
    return han >= _MIN_HAN and reads_as_chinese(read) and bits(read) < bits(line) - 2.0


def _informed(lines: list[_Line]) -> Prices:
    """Make prices that know the document: its script, and its certain words."""
    seen: Counter[str] = Counter()
    traditional = total = 0
    for line in lines:
        slots = {slot.start for slot in line.reading.slots}
        certain = "".join("\0" if i in slots else char for i, char in enumerate(line.reading.text))
        traditional += sum(char in simplified_forms() for char in certain)
        total += len(certain)
        symbols = fold(certain)
        for size in (2, 3):
            seen.update(symbols[i : i + size] for i in range(len(symbols) - size + 1))
    return Prices(traditional > _TRADITIONAL_SHARE * total, frozenset(gram for gram in seen if "\0" not in gram))


@dataclass(frozen=True, slots=True)
class _Doubt:
    start: int
    best: str
    second: str
    gap: float
    reason: str


def _decided(reading: SlotReading, mark: str, prices: Prices, next_line: str) -> tuple[str, list[_Doubt]]:
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
        elif gap < _certain_gap(slot, best):
            reason = "two readings are close"
        if reason:
            doubts.append(_Doubt(slot.start, best.char, options[1].char, gap, reason))
            chars[slot.start] = mark
    return "".join(chars), doubts


def _decides_numeral(options: list[Alternative], after: list[str]) -> bool:
    """Tell whether a numeral is among the likely readings of a slot."""
    best = options[0]
    if best.char == "第":
        # It counts nothing itself. With a number behind it, no other character of its two known bytes makes sense.
        return not (after and after[0] in NUMERALS and options[1].nats - best.nats > _NUMERAL_GAP)
    return any(option.char in NUMERALS for option in options if option.nats - best.nats < _NUMERAL_GAP)


def _certain_gap(slot: Slot, best: Alternative) -> float:
    """Return by how much the best reading must win: more where more is unknown, or where it surprises the model."""
    return _CERTAIN_GAP[_unknown_bytes(slot)] + max(0.0, best.own - _SURPRISING_NATS) * _PER_SURPRISE


def _unknown_bytes(slot: Slot) -> int:
    return max(1, sum(len(options) > 1 for options in slot.pattern))


def _suggestion(start: int, doubt: _Doubt, mark: str) -> Suggestion:
    return Suggestion(
        field="text",
        name="restore_lost_bytes",
        start=start + doubt.start,
        before=mark,
        after=doubt.best,
        second=doubt.second,
        gap=round(doubt.gap, 2),
        reason=doubt.reason,
    )
