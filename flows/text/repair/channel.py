"""channel.py — The one misreading that a whole text went through, told by what nearly all its lines agree on.

A line of two or three characters (小, an indent, 靳小娥 in a cell) is too short to be certain of by itself. In a text
that was garbled as a whole it went through what everything else went through.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from flows.text.decode.charsets import read
from flows.text.decode.costs import beyond_ascii
from flows.text.repair.code_pages import PAGES, WESTERN, bytes_of, payload_of
from flows.text.repair.double_byte import NAMES, PAIRS, reread_as
from flows.text.repair.fix import FixResult, edited, unchanged

_SINGLE = tuple(product((WESTERN, *PAGES), ("utf-8", "gb18030", "big5hkscs")))
_MISREADINGS = (*_SINGLE, *PAIRS)
_AGAIN = ((WESTERN, "utf-8"), ("gb18030", "utf-8"))
"""What happens twice: a page saved as it was misread is misread again."""
_SAMPLE = 100  # stretches
_AGREED = 0.6
"""Share of the characters whose reading, found stretch by stretch, is the channel's."""
_EXPLAINED = 0.95
"""Share of all characters that the channel reads: less, and part of the page was never garbled."""
_HAN = re.compile("[\u3400-\u9fff]+")
_LOST = frozenset("?\ufffd")
_NO_BYTE = 0xFF
"""A byte that UTF-8 never has."""
_LOSSES = re.compile("\ufffd+")
_SINGLE_UTF8 = frozenset((page, "utf-8") for page in (WESTERN, *PAGES))


class Channel(NamedTuple):
    """Misreadings to undo, the last one first: pairs of the encoding that text was read in and the one it is in."""

    steps: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Return what happened, in words."""
        return ", ".join(f"{NAMES[right]} read as {NAMES.get(wrong, wrong)}" for wrong, right in self.steps)

    def read(self, stretch: str) -> str | None:
        """Return a stretch as it was, or None where bytes were lost or it did not come through this channel.

        >>> channel = Channel((("windows-1252", "gb18030"),))
        >>> channel.name, channel.read("Ð¡"), channel.read("小")
        ('GBK read as windows-1252', '小', None)
        """
        text: str | None = stretch if _LOST.isdisjoint(stretch) else None
        for wrong, right in self.steps:
            if text is not None:
                text = reread_as(text, wrong, right) if (wrong, right) in PAIRS else _reread_bytes(text, wrong, right)
        return text

    def read_around_losses(self, stretch: str) -> str | None:
        """Return a stretch of UTF-8 read in a single-byte encoding, with a mark for each character that lost a byte.

        Leaves stretches without a loss, and other channels: in double-byte text it is not known which bytes are gone.

        >>> Channel((("windows-1252", "utf-8"),)).read_around_losses("ç‚¹å‡»è“?")
        '点击?'
        """
        if len(self.steps) > 1 or self.steps[0] not in _SINGLE_UTF8 or _LOST.isdisjoint(stretch):
            return None
        byte_of = bytes_of(self.steps[0][0])
        if not all(char < "\x80" or char in byte_of or char in _LOST for char in stretch):
            return None
        payload = bytes(_NO_BYTE if char in _LOST else byte_of.get(char, ord(char) & 0x7F) for char in stretch)
        mark = "\ufffd" if "\ufffd" in stretch else "?"
        return _LOSSES.sub(mark, payload.decode("utf-8", "replace"))


def _reread_bytes(text: str, page: str, right: str) -> str | None:
    payload = payload_of(text, page)
    try:
        return read(payload, right) if payload is not None else None
    except UnicodeDecodeError:
        return None


def channel_of(shown: Sequence[str], said: Sequence[str]) -> Channel | None:
    """Return the channel of all stretches of a page; None when there is none, or part of the page was never garbled.

    shown, said: the stretches as they are, and as they were read one by one.
    """
    whole = [(before, after) for before, after in zip(shown, said, strict=True) if _LOST.isdisjoint(before)]
    changed = sorted((pair for pair in whole if pair[0] != pair[1]), key=lambda pair: -len(pair[0]))[:_SAMPLE]
    if not changed:
        return None
    return next((channel for channel in _channels() if _agrees(channel, changed) and _explains(channel, whole)), None)


def _explains(channel: Channel, whole: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a channel reads nearly all of the lines without losses: code pages differ in a few letters."""
    sizes = [(len(beyond_ascii(before)), before) for before, _ in whole]
    left = (1 - _EXPLAINED) * sum(size for size, _ in sizes)
    for size, before in sizes:
        if size and channel.read(before) is None:
            left -= size
            if left < 0:
                return False
    return True


def _channels() -> Iterator[Channel]:
    for step in _MISREADINGS:
        yield Channel((step,))
    for first, second in product(_AGAIN, _MISREADINGS):
        yield Channel((first, second))


def reread_alike(text: str, damaged: str = "") -> FixResult:
    """Read the lines of a text again that were too short to be certain of, as its other lines were misread.

    damaged: the text before its other lines were read again. Leaves texts of which a part is sound, and lines with lost
    bytes that were read by themselves.

    >>> reread_alike("县政府召开全县防汛工作会议\\nÄÐ", "ÏØÕþ¸®ÕÙ¿ªÈ«ÏØ·ÀÑ´¹¤×÷»áÒé\\nÄÐ").text.split()
    ['县政府召开全县防汛工作会议', '男']
    """
    shown, said = damaged.split("\n"), text.split("\n")
    channel = channel_of(shown, said) if damaged and text != damaged and len(shown) == len(said) else None
    if channel is None:
        return unchanged(text)
    edits: list[tuple[int, str, str]] = []
    start = 0
    for before, after in zip(shown, said, strict=True):
        whole = channel.read(before) if not before.isascii() else None
        if whole is None and before == after:
            whole = channel.read_around_losses(before)
        if whole is not None and whole != after and not _is_variant(after, whole, before):
            edits.append((start, after, whole))
        start += len(after) + 1
    return edited(text, edits, channel.name)


def _is_variant(reading: str, whole: str, garbled: str) -> bool:
    """Tell whether a line was read already, but for signs that two tables of an encoding give differently: ∕ and ／."""
    return len(reading) == len(whole) and all(
        one == other or not (_HAN.match(one) or _HAN.match(other) or one in garbled)
        for one, other in zip(reading, whole, strict=True)
    )


def _agrees(channel: Channel, changed: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a channel gives nearly all of the readings; the look ends where it can no longer."""
    left = (1 - _AGREED) * sum(len(before) for before, _ in changed)
    for before, after in changed:
        whole = channel.read(before)
        # A line may have been read in part: what was read must be there.
        if whole is None or not all(part in whole for part in _HAN.findall(after)):
            left -= len(before)
            if left < 0:
                return False
    return True
