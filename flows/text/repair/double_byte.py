"""double_byte.py — Chinese text read in the wrong multi-byte encoding, with nothing lost.

UTF-8 read as GBK, Big5, Korean or Japanese; GBK read as Big5 and the other way about; each more than once. The
bytes are all there, so writing the text in the encoding it was read in and reading it in the right one gives the
original. What is left to decide is whether that happened, and character costs decide it: over 24,000 short clean
strings the best re-reading never cost less than the string, and for damaged ones it always did.
Text with lost bytes is for lost_bytes.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.text.decode.charsets import read
from flows.text.decode.costs import cost, oddity
from flows.text.lm.grams import model
from flows.text.repair.fix import FixResult, edited, unchanged
from flows.text.repair.pairs import ambiguous, write
from flows.text.repair.plausible import bits
from flows.text.repair.suspects import MARKS, suspect_lines

_PAIRS = (
    ("gb18030", "utf-8"),
    ("big5hkscs", "utf-8"),
    ("cp949", "utf-8"),
    ("cp932", "utf-8"),
    ("big5hkscs", "gb18030"),
    ("gb18030", "big5hkscs"),
    ("cp949", "gb18030"),
    ("cp932", "gb18030"),
    ("cp949", "big5hkscs"),
    ("cp932", "big5hkscs"),
)
"""(the encoding the text was read in, the one it is in)."""

_NAMES = {"gb18030": "GBK", "big5hkscs": "Big5", "utf-8": "UTF-8", "cp949": "cp949", "cp932": "cp932"}

_CERTAIN_BITS = 8.0
_CERTAIN_UTF8_BITS = 15.0
_CERTAIN_ALONE_BITS = 25.0
# Inside a clean line the damage would be the exception: rare words (秸秆, 瑕疵) re-read as common ones by chance.
_CERTAIN_INSIDE_BITS = 45.0
_CERTAIN_NATS = 8.0
_DEPTH = 3
_MAX_CHOICES, _LONGEST_CHOICE = 64, 4_000
_AROUND = 8
_CLOSE_BITS = 15.0
# Read twice in the wrong encoding, the first repair is no better than the damage: only what is behind it is.
_STEPPING_STONE = ("gb18030", "utf-8")

_SHORTEST = 4
_FEWEST_LETTERS = 2
_CLEAN_BITS = 11.5
_READ_BITS = 15.0

_HAN = re.compile("[\u3400-\u9fff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BREAKS = frozenset(" \t\r\u3000，。、；：？！“”‘’（）《》【】()[]:;,.!?|/")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a stretch again: the result, what was assumed, and how many bits cheaper it is."""

    text: str
    assumed: str
    gain: float


def reread_pairs(text: str) -> FixResult:
    """Read lines, or parts of lines, again in the encoding they are in.

    Leaves clean text, rare words and names, and lines with lost bytes.

    >>> reread_pairs("标题：鏂囧瓧").text
    '标题：文字'
    """
    found: list[tuple[int, str, Reading]] = []
    for start, line in suspect_lines(text):
        found += ((start + offset, before, reading) for offset, before, reading in _repairs(line))
    if not found:
        return unchanged(text)
    # A short line among clean ones may be a name: it needs a longer one that was damaged the same way.
    alone = "\n" not in text.strip()
    known = {reading.assumed for _, _, reading in found if alone or reading.gain > _CERTAIN_ALONE_BITS}
    edits = [(start, before, reading.text) for start, before, reading in found if reading.assumed in known]
    return edited(text, edits, ", ".join(sorted(known)))


def _repairs(line: str) -> Iterator[tuple[int, str, Reading]]:
    # An ideographic space at an end may be part of the damage, or an indent in front of it.
    body = line.strip()
    for part in dict.fromkeys((line.strip(" \t\r"), body)):
        whole = best_reading(part) if bits(part) > _CLEAN_BITS else None
        if whole:
            yield line.index(part), part, whole
            return
    if bits(body) > _CLEAN_BITS and any(mark in body for mark in MARKS):
        # Damaged throughout, with losses: its pieces must not be read apart.
        return
    end = 0
    for match in oddity().finditer(line):
        if match.start() < end:
            continue
        start, end = match.span()
        while start and line[start - 1] not in _BREAKS:
            start -= 1
        while end < len(line) and line[end] not in _BREAKS:
            end += 1
        segment = line[start:end]
        if segment == body:
            continue
        reading = best_reading(segment, inside=True) if bits(segment) > _CLEAN_BITS else None
        if reading:
            yield start, segment, reading
        else:
            yield from _inner_run(segment, start)


def _inner_run(segment: str, offset: int) -> Iterator[tuple[int, str, Reading]]:
    """Find damage that touches clean characters: from about the first odd character to about the last."""
    spans = [match.span() for match in oddity().finditer(segment)]
    if not spans or bits(segment[spans[0][0] : spans[-1][1]]) * (spans[-1][1] - spans[0][0]) < _CERTAIN_INSIDE_BITS:
        return
    first, last = spans[0][0], spans[-1][1]
    best: tuple[float, int, int, Reading] | None = None
    for start in range(max(0, first - 2), first + 1):
        for end in range(last, min(len(segment), last + 2) + 1):
            reading = best_reading(segment[start:end], inside=True)
            if reading and (best is None or reading.gain > best[0]):
                best = (reading.gain, start, end, reading)
    if best:
        _, start, end, reading = best
        yield offset + start, segment[start:end], reading


def _is_certain(text: str, candidate: str, assumed: str, gain: float, inside: bool) -> bool:
    if sum(char.isalpha() or "\ue000" <= char <= "\uf8ff" for char in text) < _FEWEST_LETTERS:
        # Lines of a table, rows of stars.
        return False
    if 2 * len(_HAN.findall(candidate)) < len(_NOT_ASCII.findall(candidate)) or bits(candidate) > _READ_BITS:
        return False
    if assumed.startswith("UTF-8"):
        # Its structure is evidence of its own.
        return gain > _CERTAIN_UTF8_BITS
    if inside:
        return gain > _CERTAIN_INSIDE_BITS
    if len(candidate) < _SHORTEST:
        return gain > _CERTAIN_ALONE_BITS
    if 0 < gain <= _CERTAIN_BITS:
        return model().cost(text) - model().cost(candidate) > _CERTAIN_NATS
    return gain > _CERTAIN_BITS


def best_reading(text: str, inside: bool = False) -> Reading | None:
    """Return the reading that is certainly better than the text, or None."""
    now = cost(text)
    best: Reading | None = None
    for candidate, assumed in _rereadings(text, _DEPTH):
        gain = now - cost(candidate)
        if (best is None or gain > best.gain) and _is_certain(text, candidate, assumed, gain, inside):
            best = Reading(candidate, assumed, gain)
    return best


def _rereadings(text: str, depth: int) -> Iterator[tuple[str, str]]:
    for wrong, right in _PAIRS:
        cells = write(text, wrong)
        if cells is None:
            continue
        reading = _read(b"".join(cells), right)
        choices = [i for i, char in enumerate(text) if char in ambiguous(wrong)][:_MAX_CHOICES]
        if choices and len(text) <= _LONGEST_CHOICE and (reading is None or right != "utf-8"):
            reading = _choose(text, cells, choices, wrong, right) or reading
        if reading is None or reading == text:
            continue
        assumed = f"{_NAMES[right]} read as {_NAMES[wrong]}"
        yield reading, assumed
        if depth > 1 and (wrong, right) == _STEPPING_STONE:
            for further, also in _rereadings(reading, depth - 1):
                yield further, assumed if also == assumed else f"{also}, then {assumed}"


def _choose(text: str, cells: list[bytes], choices: list[int], wrong: str, right: str) -> str | None:
    """Settle the characters that several byte pairs read as, one after the other, by what reads cheapest."""
    for i in choices:
        head, tail = b"".join(cells[:i]), b"".join(cells[i + 1 :])
        options = [(head + way + tail).decode(right, "replace") for way in ambiguous(wrong)[text[i]]]
        prices = [cost(option) for option in options]
        ranked = sorted(range(len(options)), key=prices.__getitem__)
        best, second = ranked[:2]
        if prices[second] - prices[best] < _CLOSE_BITS:
            pairs = enumerate(zip(options[best], options[second], strict=False))
            at = next((n for n, (a, b) in pairs if a != b), 0)
            best = min(best, second, key=lambda n: model().cost(options[n][max(0, at - _AROUND) : at + _AROUND]))
        cells[i] = ambiguous(wrong)[text[i]][best]
    return _read(b"".join(cells), right)


def _read(payload: bytes, encoding: str) -> str | None:
    try:
        return read(payload, encoding)
    except UnicodeDecodeError:
        return None
