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
from flows.text.decode.costs import beyond_ascii, cost, oddity
from flows.text.lm.grams import model
from flows.text.repair.fix import FixResult, edited, unchanged
from flows.text.repair.pairs import settle, write
from flows.text.repair.plausible import bits
from flows.text.repair.suspects import BREAKS, MARKS, damaged_span, suspect_lines, to_breaks

PAIRS = (
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
_WRONG = frozenset(wrong for wrong, _ in PAIRS)

NAMES = {"gb18030": "GBK", "big5hkscs": "Big5", "utf-8": "UTF-8", "cp949": "cp949", "cp932": "cp932"}

_CERTAIN_UTF8_BITS = 15.0
_CERTAIN_ALONE_BITS = 25.0
# Inside a clean line the damage would be the exception: rare words (秸秆, 瑕疵) re-read as common ones by chance.
_CERTAIN_INSIDE_BITS = 45.0
_CERTAIN_NATS = 8.0
# Mean cost of a character: 98 of 100 pieces of four characters of prose are under 7.2, Korean read as GBK is over 8.
_PLAIN_PROSE_NATS, _PROSE_NATS, _ODD_PROSE_NATS = 6.0, 7.2, 10.0
_DEPTH = 3
_REACH = 3
_AROUND = 8
_LONGEST_SEARCH = 4_000
# Read twice in the wrong encoding, the first repair is no better than the damage: only what is behind it is.
_STEPPING_STONE = ("gb18030", "utf-8")

_SHORTEST = 4
_FEWEST_CHARACTERS = 3
_FEWEST_LETTERS = 1
_CLEAN_BITS = 11.5
_READ_BITS = 15.0

_HAN = re.compile("[\u3400-\u9fff]")
# Letters that are not Chinese characters, full-width Latin, or what old GB18030 keeps in its private areas.
_FOREIGN = re.compile(
    "[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u3041-\u318e\u31a0-\u31bf\u31f0-\u31ff\ua000-\ud7ff\uff66-\uffdc]"
)
_SIGN = re.compile("[\u2000-\u2bff\u3200-\u33ff\ufe30-\ufe6f]")
_ROW = re.compile(r"([^\s\u3400-\u9fff])\1\1")
_REPEATED = re.compile(r"(.)\1+")
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3\uff66-\uffdc]")


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
    # An ideographic space at an end may be part of the damage, or an indent in front of it; clean words around the
    # damage would be read into rubbish with it.
    body = line.strip()
    found = [
        (line.index(part), part, reading)
        for part in dict.fromkeys((line.strip(" \t\r"), body))
        if bits(part) > _CLEAN_BITS and (reading := best_reading(part))
    ]
    start, end = damaged_span(line)
    if end - start < len(body):
        found += _around(line, start, end)
    if found:
        yield _best_of(line, found)
        return
    if bits(body) > _CLEAN_BITS and any(mark in body for mark in MARKS):
        # Damaged throughout, with losses: its pieces must not be read apart.
        return
    end = 0
    for match in oddity().finditer(line):
        if match.start() < end:
            continue
        start, end = to_breaks(line, *match.span())
        segment = line[start:end]
        if segment == body:
            continue
        reading = best_reading(segment, inside=True) if bits(segment) > _CLEAN_BITS else None
        if reading:
            yield start, segment, reading
        else:
            odd = [other.span() for other in oddity().finditer(line, start, end)]
            around = _around(line, odd[0][0], odd[-1][1])
            if around:
                yield _best_of(line, around)


def _around(line: str, first: int, last: int) -> list[tuple[int, str, Reading]]:
    """Read damage that touches clean characters, from about its first odd character to about its last."""
    if cost(line[first:last]) < _CERTAIN_INSIDE_BITS:
        return []
    starts, ends = _near(line, first), _near(line, last)
    # What an encoding cannot write, no span around it can have been read in: words of other languages end here.
    wrong = _writable(line[max(starts) : min(ends)])
    if not wrong:
        return []
    spans = [(start, end) for start in starts for end in ends]
    return [
        (start, line[start:end], reading)
        for start, end in spans
        if start < end
        and not _touches_more(line, start, end)
        and (reading := best_reading(line[start:end], inside=True, wrong=wrong))
    ]


def _writable(text: str) -> frozenset[str]:
    """Return the encodings that a text can have been read in."""
    return frozenset(encoding for encoding in _WRONG if write(text, encoding) is not None)


def _touches_more(line: str, start: int, end: int) -> bool:
    """Tell whether bytes were lost beside a span: damage cut in two there is not for this fix."""
    return not MARKS.isdisjoint(line[max(0, start - _REACH) : start] + line[end : end + _REACH])


def _near(line: str, position: int) -> list[int]:
    """Return a position and the next few on both sides, up to a break."""
    found = [position]
    if len(line) > _LONGEST_SEARCH:
        return found
    for step, before in ((-1, 1), (1, 0)):
        at = position
        for _ in range(_REACH):
            if not 0 <= at - before < len(line) or line[at - before] in BREAKS:
                break
            at += step
            found.append(at)
    return found


def _best_of(line: str, found: list[tuple[int, str, Reading]]) -> tuple[int, str, Reading]:
    """Return the reading with which the whole line is likeliest: clean characters drawn in come out as rubbish."""
    if len(found) == 1:
        return found[0]
    start = max(0, min(start for start, _, _ in found) - _AROUND)
    end = max(start + len(part) for start, part, _ in found) + _AROUND
    return min(
        found, key=lambda one: model().cost(line[start : one[0]] + one[2].text + line[one[0] + len(one[1]) : end])
    )


def _is_certain(text: str, candidate: str, assumed: str, gain: float, inside: bool) -> bool:
    if assumed.startswith("UTF-8"):
        # Its structure is evidence of its own.
        least = _CERTAIN_UTF8_BITS
    elif inside:
        least = _CERTAIN_INSIDE_BITS
    else:
        least = _CERTAIN_ALONE_BITS if len(candidate) < _SHORTEST else 0.0
    # Words that double their characters (磕磕绊绊) are as rare as they read well; one character of UTF-8 is an accident.
    fewest = 2 if assumed.startswith("UTF-8") else _FEWEST_CHARACTERS
    if gain <= least or len(set(beyond_ascii(candidate))) < fewest:
        return False
    if sum(char.isalpha() or "\ue000" <= char <= "\uf8ff" for char in text) < _FEWEST_LETTERS:
        # Lines of a table, rows of stars.
        return False
    if 2 * len(_HAN.findall(candidate)) < len(beyond_ascii(candidate)) or bits(candidate) > _READ_BITS:
        return False
    if not _is_prose(text, candidate):
        return False
    if not least and gain <= _CERTAIN_ALONE_BITS:
        return model().cost(text) - model().cost(candidate) > _CERTAIN_NATS
    return True


def _is_prose(text: str, candidate: str) -> bool:
    """Tell whether a reading of other letters is prose: Korean and Russian, too, read as rows of Chinese characters.

    Damaged Chinese is half Chinese characters; words of other languages in a Chinese text hold few.
    """
    foreign = len(_FOREIGN.findall(text))
    # Damage brings up a sign or two; rows of them, or little else, are what a page is decorated with.
    drawn = _ROW.search(text) or 2 * len(_SIGN.findall(text)) >= len(beyond_ascii(text))
    if not foreign and not drawn:
        return True
    read = beyond_ascii(candidate)
    if drawn:
        read = _REPEATED.sub(r"\1", read)
    # A row of one or two letters is a row of as many characters, which the model takes for a chant.
    if len(read) < _SHORTEST or len(set(read)) < _FEWEST_CHARACTERS or _FOREIGN.search(read):
        return False
    mixed = 2 * len(_HAN.findall(text)) >= foreign
    if _EAST_ASIAN.search(text):
        most = _ODD_PROSE_NATS if mixed else _PROSE_NATS
    else:
        # Damage seldom brings up Cyrillic, Greek, bopomofo or full-width kana: where they are, they are meant.
        most = _PROSE_NATS if mixed else _PLAIN_PROSE_NATS
    return model().cost(read) < most * len(read)


def best_reading(text: str, inside: bool = False, wrong: frozenset[str] = _WRONG) -> Reading | None:
    """Return the reading that is certainly better than the text, or None.

    wrong: the encodings it may have been read in.
    """
    now: float | None = None
    best: Reading | None = None
    for candidate, assumed in _rereadings(text, _DEPTH, wrong):
        now = cost(text) if now is None else now
        gain = now - cost(candidate)
        if (best is None or gain > best.gain) and _is_certain(text, candidate, assumed, gain, inside):
            best = Reading(candidate, assumed, gain)
    return best


def _rereadings(text: str, depth: int, among: frozenset[str] = _WRONG) -> Iterator[tuple[str, str]]:
    written = {wrong: write(text, wrong) for wrong in among}
    for wrong, right in PAIRS:
        cells = written.get(wrong)
        if cells is None:
            continue
        reading = _read(b"".join(cells), right)
        if (reading is None or right != "utf-8") and (settled := settle(text, cells, wrong, right)) != cells:
            reading = _read(b"".join(settled), right) or reading
        if reading is None or reading == text:
            continue
        assumed = f"{NAMES[right]} read as {NAMES[wrong]}"
        yield reading, assumed
        if depth > 1 and (wrong, right) == _STEPPING_STONE:
            for further, also in _rereadings(reading, depth - 1):
                yield further, assumed if also == assumed else f"{also}, then {assumed}"


def reread_as(text: str, wrong: str, right: str) -> str | None:
    """Return a text that was read in one encoding as it reads in another, or None where it cannot have been.

    >>> reread_as("鏂囧瓧", "gb18030", "utf-8"), reread_as("文字", "gb18030", "utf-8")
    ('文字', None)
    """
    cells = write(text, wrong)
    if cells is None:
        return None
    settled = _read(b"".join(settle(text, cells, wrong, right)), right)
    return settled if settled is not None else _read(b"".join(cells), right)


def _read(payload: bytes, encoding: str) -> str | None:
    try:
        return read(payload, encoding)
    except UnicodeDecodeError:
        return None
