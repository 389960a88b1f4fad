"""lost_bytes.py — UTF-8 read as GBK by a reader that could not keep every byte.

Chooses the style of loss, reads the line with it, and decides character by character what is certain. A numeral
that depends on a lost byte is never chosen: the mark stays, and the readings become a suggestion. The same goes
for every character whose second reading is close.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.text.lm.fold import fold
from flows.text.repair.doubt import Doubt, decides_numeral
from flows.text.repair.fix import FixResult, edited, unchanged
from flows.text.repair.losses import GBK_STYLES, LATIN_STYLES, Style
from flows.text.repair.plausible import bits
from flows.text.repair.prices import EATEN, Alternative, Prices
from flows.text.repair.suspects import damaged_stretches, suspect_lines
from flows.text.repair.utf8_slots import Slot, SlotReading, Token, alternatives, read_slots
from flows.text.script import simplified_forms
from storage.records import Suggestion

# By how much the best reading must beat the second, by the number of unknown bytes in the character (nats).
_CERTAIN_GAP = {1: 0.3, 2: 4.0, 3: 8.0}
_SURPRISE = {True: (6.0, 0.5), False: (4.0, 0.6)}
"""From which price on a hanzi surprises the model, and what each nat adds: less where few bytes are lost."""
# The model learned running text. Of 90 wrong readings in 70 lists, rosters and notices 70 stood in short lines and in
# cells, with gaps below these; in paragraphs of prose such a gap is right in 19 of 20 cases.
_PROSE_CHARS, _CELL_CHARS = 80, 4
_SHORT_GAP, _SHORT_MARK_GAP, _CELL_GAP = 3.0, 5.0, 5.0
_BETWEEN_DIGITS_GAP = 9.0
_DIGITS = frozenset("0123456789")
_SURE_NATS = 15.0
# Marks at the start of a line would be taken for an indent: such a line is left as it was.
_LIKE_AN_INDENT = re.compile("[?\ufffd]{2}")
_MIN_HAN = 2
_TRADITIONAL_SHARE = 0.1
_SAMPLE_LINES = 4
_NEXT_LINE = 20
_RESTORED_BITS = 13.5
_SAMPLE_CHARS = 120
_TRIAL_WIDTH, _FIRST_WIDTH, _WIDTH = 24, 8, 16
_MAX_WORK = 50_000
"""A bound on the search: 5,000 unknown places, ten times what a long page has. Text with more is left as it is."""

_LOSS = re.compile("[?\ufffd]")
_TELLING_LOSS = re.compile(r"[?\ufffd](?=[^\x00-\x7f])")
_CONCLUSIVE = 5
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
    lines = [
        (start + offset, stretch) for start, line in suspect_lines(text) for offset, stretch in damaged_stretches(line)
    ]
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


def _restored(text: str, lines: list[tuple[int, str]], styles: Sequence[Style], name: str, what: str) -> FixResult:
    style, unsure = _best_style(lines, styles)
    if style is None:
        return unchanged(text)
    places = {start: found for start, line in lines if (found := style.places(line))}
    if sum(map(_work, places.values())) > _MAX_WORK:
        return FixResult(text, flags=("lost bytes",))
    lines = [line for line in lines if line[0] in places]
    first = _read(lines, places, Prices(), _FIRST_WIDTH)
    prices = _informed(first)
    open_lines = [(line.start, line.text) for line in first if line.reading.slots]
    readings = {line.start: line for line in first} | {
        line.start: line for line in _read(open_lines, places, prices, _WIDTH)
    }
    edits: list[tuple[int, str, str]] = []
    suggestions: list[Suggestion] = []
    shift = 0
    for start, damaged in sorted(readings.items()):
        after = start + len(damaged.text) + 1
        next_line = readings[after].reading.text if after in readings else text[after : after + _NEXT_LINE]
        restored, doubts = _decided(damaged.reading, style, prices, next_line, unsure)
        if _LIKE_AN_INDENT.match(restored):
            continue
        edits.append((start, damaged.text, restored))
        suggestions += (doubt.suggestion(name, start + shift, style.mark) for doubt in doubts)
        shift += len(restored) - len(damaged.text)
    flags = ("lost bytes",) if suggestions else ()
    result = edited(text, edits, f"{what}, {style.name}")
    return FixResult(result.text, result.changes, result.detail, tuple(suggestions), flags)


def _best_style(lines: list[tuple[int, str]], styles: Sequence[Style]) -> tuple[Style | None, bool]:
    """Return the style that explains the damage best, judged by the beginnings of a few lines.

    Also tells whether one that swallows characters explains it nearly as well: then a digit may be gone.
    """
    if not lines:
        return None, False
    chars = frozenset().union(*(line for _, line in lines))
    fitting = [style for style in styles if style.fits(chars)]
    if len(fitting) < 2:
        return (fitting[0] if fitting else None), False
    # The beginnings of lines, as far as the first loss and a little further: without a loss all styles read alike.
    marked = [line for _, line in lines if _LOSS.search(line)] or [lines[0][1]]
    samples = []
    for line in marked[:_SAMPLE_LINES]:
        loss = _LOSS.search(line)
        samples.append(line[: min(loss.end() if loss else 0, 10 * _SAMPLE_CHARS) + _SAMPLE_CHARS])
    telling = sum(len(_TELLING_LOSS.findall(sample)) for sample in samples)
    prices = Prices()
    costs = []
    for style in fitting:
        read = [_read_sample(style, sample, prices) for sample in samples]
        if style.bytewise and None not in read and telling >= _CONCLUSIVE:
            # Had a mark among these been a pair, the bytes would not be UTF-8.
            return style, False
        # A line that the style cannot read counts as dear as rubbish is.
        costs.append(
            sum(10.0 * len(sample) if nats is None else nats for nats, sample in zip(read, samples, strict=True))
        )
    best = min(costs)
    style = fitting[costs.index(best)]
    unsure = any(one.swallows and price < best + _SURE_NATS for one, price in zip(fitting, costs, strict=True))
    return style, unsure and not style.swallows


def _read_sample(style: Style, sample: str, prices: Prices) -> float | None:
    places = style.places(sample)
    reading = read_slots(places, prices, _TRIAL_WIDTH, cut=True) if places else None
    return prices.text("\n", reading.text)[0] if reading else None


def _work(places: Sequence[Token]) -> int:
    """Return how much there is to search; where the bytes are known either way, the search is short."""
    return sum(
        1 if place[0].known else 10 for place in places if not isinstance(place, bytes) and len(place[0].one) != 1
    )


def _read(
    lines: Iterable[tuple[int, str]], places: Mapping[int, Sequence[Token]], prices: Prices, width: int
) -> list[_Line]:
    found = []
    for start, line in lines:
        reading = read_slots(places[start], prices, width)
        if reading and _is_better(line, reading.text):
            found.append(_Line(start, line, reading))
    # "（一）" alone is no proof, but it is one of many lines.
    return found if any(_count_han(line.reading.text) >= _MIN_HAN for line in found) else []


def _is_better(line: str, read: str) -> bool:
    return _count_han(read) > 0 and bits(read) < min(_RESTORED_BITS, bits(line) - 2.0)


def _count_han(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


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


def _decided(
    reading: SlotReading, style: Style, prices: Prices, next_line: str, unsure: bool
) -> tuple[str, list[Doubt]]:
    """Return the reading with marks for what is not certain, and the doubts."""
    chars = list(reading.text.replace(EATEN, "?"))
    doubts: list[Doubt] = []
    for slot in reading.slots:
        options = alternatives(reading, slot, prices, next_line)
        best = options[0]
        chars[slot.start] = best.char
        if len(options) == 1:
            continue
        gap = options[1].nats - best.nats
        following = reading.text[slot.start + 1 : slot.start + 2]
        reason = ""
        if decides_numeral(options, following):
            reason = "a numeral depends on a lost byte"
        elif unsure and following in _DIGITS:
            reason = "a digit may have been lost with it"
        elif gap < max(_certain_gap(slot, best, style), _gap_outside_prose(reading.text, slot.start, best.char)):
            reason = "two readings are close"
        if reason:
            doubts.append(Doubt(slot.start, best.char, options[1].char, gap, reason))
            chars[slot.start] = style.mark
    return "".join(chars), doubts


def _certain_gap(slot: Slot, best: Alternative, style: Style) -> float:
    """Return by how much the best reading must win: more where more is unknown, or where it surprises the model."""
    if not "\u3400" <= best.char <= "\u9fff":
        return _CERTAIN_GAP[_unknown_bytes(slot)]
    surprising, per_nat = _SURPRISE[style.keeps_private and not style.unmarked]
    return _CERTAIN_GAP[_unknown_bytes(slot)] + max(0.0, best.own - surprising) * per_nat


def _gap_outside_prose(text: str, place: int, char: str) -> float:
    """Return by how much the best reading must win where the text around says little: in cells and short lines."""
    is_han = "\u3400" <= char <= "\u9fff"
    if not is_han and text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit():
        return _BETWEEN_DIGITS_GAP
    if is_han and _is_cell(text, place):
        return _CELL_GAP
    if len(text) >= _PROSE_CHARS:
        return 0.0
    return _SHORT_GAP if is_han else _SHORT_MARK_GAP


def _is_cell(text: str, place: int) -> bool:
    """Tell whether a place is in a word of up to four characters between blanks, as in a table or a list of names."""
    start = place
    while start and "\u3400" <= text[start - 1] <= "\u9fff" and place - start < _CELL_CHARS:
        start -= 1
    end = place + 1
    while end < len(text) and "\u3400" <= text[end] <= "\u9fff" and end - start <= _CELL_CHARS:
        end += 1
    edges = (text[start - 1 : start], text[end : end + 1])
    return end - start <= _CELL_CHARS and all(not edge or edge.isspace() for edge in edges)


def _unknown_bytes(slot: Slot) -> int:
    return max(1, sum(len(options) > 1 for options in slot.pattern))
