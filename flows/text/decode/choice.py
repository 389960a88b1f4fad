"""choice.py — In which of UTF-8, GB18030 and Big5 is a page likeliest?

Looks at a sample of the bytes that are not ASCII, and counts errors as costs instead of ruling an encoding out: one
stray byte must not turn a page into another language. Declarations enter only where the bytes leave a doubt.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from flows.text.decode.alignment import reread
from flows.text.decode.costs import beyond_ascii, cost

# From a first byte that is not ASCII to the next that no character of any Chinese encoding contains: characters
# never cross the border of such a run, whatever the encoding and the damage.
RUN = re.compile(rb"[\x80-\xff][0-9\x40-\xff]*")
BORDER = re.compile(rb"[\x00-\x2f\x3a-\x3f]")

_SAMPLE_BYTES = 500
# Most pages are clear at a glance: on them a hundred characters are ten times likelier in one encoding each.
_GLANCE_BYTES = 100
_CLEAR_BITS = 300.0
_SAMPLES = 3
_BLOCK_BYTES = 700
# Much of what is short and valid UTF-8 is UTF-8: © reads as 漏 in GB18030.
_PRIOR_BITS = {"utf-8": 0.0, "gb18030": 8.0, "big5hkscs": 10.0}
# Worth a fifth of a character; asked for only where less than two characters decide.
_HINT_BITS = 2.0
_DOUBT_BITS = 16.0
_NO_READING = 1e9
# Accented letters are common in UTF-8 and rare in the two-byte encodings, which have those of pinyin.
_LATIN = re.compile("[\u00c0-\u00ff]")
_PINYIN_BITS = 6.0
_ASCII_BITS = 6.5  # as in build_weights
# Chinese costs 9 to 10 bits a character, more in short texts (held-out titles stay below); Korean and Japanese read as
# GB18030 cost 13 and more.
_CHINESE_BITS = 11.5
_SLACK_BITS = 45.0
_RARE_BITS = 16.0
# Of a page that is Chinese but damaged or mixed, so much reads well when taken in pieces.
_GOOD_SHARE = 0.3
_PIECE = 12
_SWITCH_BITS = 10.0
_HEAD = 100_000
_HIGH = bytes(range(0x80, 0x100))
# A byte by itself: after a Latin letter, before two, or before what follows no lead byte.
_ALONE = re.compile(
    rb"(?<=[A-Za-z])[\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff](?=[A-Za-z]{2}|[\x00-\x2f\x3a-\x3f]|\Z)"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding of a page and how good the choice is.

    lead: bits by which the next best is worse; mean: bits a character; length: characters of the sample; ASCII does
    not count. chinese: False where the page is hardly Chinese in any encoding.
    """

    encoding: str
    lead: float
    mean: float
    length: int
    chinese: bool = True


def choose(payload: bytes, hints: Callable[[], Sequence[str | None]]) -> Choice:
    """Choose the encoding in which a payload is likeliest.

    hints: gives the encodings that were declared; called only in doubt.
    """
    if len(payload) > _SAMPLES * _GLANCE_BYTES:
        choice = _weigh(_sample(payload, _GLANCE_BYTES), ())
        if choice.lead > _CLEAR_BITS and choice.mean < _CHINESE_BITS:
            return choice
    sample = _sample(payload, _SAMPLE_BYTES)
    choice = _weigh(sample, ())
    if choice.lead < _DOUBT_BITS:
        choice = _weigh(sample, hints())
    if choice.mean < _CHINESE_BITS:
        return choice
    # Rare characters from bytes that stand alone among ASCII are hardly Chinese, however few.
    head = payload[:_HEAD]
    if choice.mean > _RARE_BITS and len(_ALONE.findall(head)) * 2 > len(head) - len(head.translate(None, _HIGH)):
        return replace(choice, chinese=False)
    if choice.mean < _CHINESE_BITS + _SLACK_BITS / choice.length:
        return choice
    return _second_look(payload, sample, choice)


def _second_look(payload: bytes, sample: bytes, choice: Choice) -> Choice:
    """Of a page so damaged or mixed that it reads badly as it stands, see whether it reads well run by run."""
    others = {"utf-8": choose_other(payload), "gb18030": "utf-8", "big5hkscs": "utf-8"}
    runs = sample.split(b"\n")
    ranked: list[tuple[float, str, list[str]]] = []
    for encoding in ("utf-8",) if choice.encoding == "utf-8" else ("gb18030", "big5hkscs"):
        readings = [reread(run, encoding, others[encoding], _SWITCH_BITS) for run in runs]
        ranked.append((sum(reading.bits for reading in readings), encoding, [reading.text for reading in readings]))
    _, encoding, texts = min(ranked)
    good = total = 0
    for text in texts:
        for start in range(0, len(text), _PIECE):
            piece = beyond_ascii(text[start : start + _PIECE])
            whole = piece.replace("\ufffd", "")
            total += len(piece)
            good += len(whole) if cost(whole, encoding == "big5hkscs") < _CHINESE_BITS * len(whole) else 0
    if good <= total * _GOOD_SHARE:
        return replace(choice, chinese=False)
    return choice if encoding == choice.encoding else replace(choice, encoding=encoding, lead=0.0)


def _sample(payload: bytes, size: int) -> bytes:
    """Return the runs of a payload on lines of their own, of a long one `size` bytes from its start, middle and end."""
    if len(payload) <= _SAMPLES * size:
        return b"\n".join(RUN.findall(payload))
    runs: list[bytes] = []
    for part in range(_SAMPLES):
        position = len(payload) * part // _SAMPLES
        if part:
            border = BORDER.search(payload, position, position + _SAMPLE_BYTES)
            if border is None:  # where a character begins is unknown
                continue
            position = border.end()
        wanted = size
        for run in RUN.finditer(payload, position, len(payload) * (part + 1) // _SAMPLES):
            runs.append(run[0][:wanted])
            wanted -= len(run[0])
            if wanted <= 0:
                break
    return b"\n".join(runs)


def _weigh(sample: bytes, hints: Sequence[str | None]) -> Choice:
    """Settle GB18030 against Big5 by the runs that are not UTF-8, then the winner against UTF-8 by all."""
    runs = sample.split(b"\n")
    rest = [run for run in runs if not _is_utf8(run)]
    pairs, in_pairs, lead = _choose_pairs(b"\n".join(rest or runs), hints)
    if 0 < len(rest) < len(runs):
        in_pairs = _bits(sample, pairs, hints)
    in_utf8 = _bits(sample, "utf-8", hints)
    encoding, bits = ("utf-8", in_utf8) if in_utf8 <= in_pairs else (pairs, in_pairs)
    gap = abs(in_pairs - in_utf8)
    text = sample.decode(encoding, "replace")
    ascii_characters = len(text.encode("ascii", "ignore"))
    length = max(1, len(text) - ascii_characters)
    mean = (bits - _PRIOR_BITS[encoding] - ascii_characters * _ASCII_BITS) / length
    return Choice(encoding, gap if encoding == "utf-8" else min(lead, gap), mean, length)


def _choose_pairs(sample: bytes, hints: Sequence[str | None]) -> tuple[str, float, float]:
    """Return the likelier two-byte encoding, its bits, and by how many the other has more."""
    (best, encoding), (next_best, _) = sorted((_bits(sample, name, hints), name) for name in ("gb18030", "big5hkscs"))
    return encoding, best, next_best - best


def choose_other(payload: bytes) -> str:
    """Choose the two-byte encoding that a UTF-8 page holds besides, by its runs that are not UTF-8."""
    runs: list[bytes] = []
    wanted = _SAMPLES * _SAMPLE_BYTES
    for block in blocks(payload):
        if wanted <= 0:
            break
        if _is_utf8(block):
            continue
        odd = [run for run in RUN.findall(block) if not _is_utf8(run)]
        runs += odd
        wanted -= sum(map(len, odd))
    return _choose_pairs(b"\n".join(runs), ())[0]


def blocks(payload: bytes) -> Iterator[bytes]:
    """Cut a payload where no run stands, into blocks of moderate size (a long run is not cut)."""
    start = 0
    while start < len(payload):
        border = BORDER.search(payload, start + _BLOCK_BYTES)
        end = border.start() if border else len(payload)
        yield payload[start:end]
        start = end


def _bits(sample: bytes, encoding: str, hints: Sequence[str | None]) -> float:
    text = sample.decode(encoding, "replace")
    if encoding == "utf-8" and text.count("\ufffd") > len(text) // 2:
        return _NO_READING
    bits = cost(text, traditional=encoding == "big5hkscs")
    if encoding != "utf-8":
        bits += _PINYIN_BITS * len(_LATIN.findall(text))
    return bits + _PRIOR_BITS[encoding] - _HINT_BITS * hints.count(encoding)


def _is_utf8(run: bytes) -> bool:
    """Tell whether a run is UTF-8, whole or cut by the sample."""
    try:
        run.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True
