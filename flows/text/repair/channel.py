"""channel.py — The one misreading that a whole page went through, told by what nearly all its stretches agree on.

A stretch of two or three characters (小, an indent, 靳小娥 in a cell) is too short to be certain of by itself. On a
page that was garbled as a whole it went through what everything else went through.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from flows.text.decode.charsets import read
from flows.text.decode.costs import beyond_ascii
from flows.text.repair.code_pages import PAGES, WESTERN, bytes_of
from flows.text.repair.double_byte import NAMES, PAIRS, reread_as

_SINGLE = tuple(product((WESTERN, *PAGES), ("utf-8", "gb18030", "big5hkscs")))
_MISREADINGS = (*_SINGLE, *PAIRS)
_AGAIN = ((WESTERN, "utf-8"), ("gb18030", "utf-8"))
"""What happens twice: a page saved as it was misread is misread again."""
_SAMPLE = 100  # stretches
_AGREED = 0.8
"""Share of the characters whose reading, found stretch by stretch, is the channel's."""
_EXPLAINED = 0.95
"""Share of all characters that the channel reads: less, and part of the page was never garbled."""
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
    byte_of = bytes_of(page)
    if not all(char < "\x80" or char in byte_of for char in text):
        return None
    try:
        return read(bytes(byte_of.get(char, ord(char) & 0x7F) for char in text), right)
    except UnicodeDecodeError:
        return None


def channel_of(shown: Sequence[str], said: Sequence[str]) -> Channel | None:
    """Return the channel of all stretches of a page; None when there is none, or part of the page was never garbled.

    shown, said: the stretches as they are, and as they were read one by one.
    """
    whole = [(before, after) for before, after in zip(shown, said, strict=True) if _LOST.isdisjoint(before)]
    changed = sorted((pair for pair in whole if pair[0] != pair[1]), key=lambda pair: -len(pair[0]))[:_SAMPLE]
    channel = next((channel for channel in _channels() if _agrees(channel, changed)), None) if changed else None
    if channel is None:
        return None
    explained = sum(len(beyond_ascii(before)) for before, _ in whole if channel.read(before) is not None)
    return channel if explained >= _EXPLAINED * sum(len(beyond_ascii(before)) for before, _ in whole) else None


def _channels() -> Iterator[Channel]:
    for step in _MISREADINGS:
        yield Channel((step,))
    for first, second in product(_AGAIN, _MISREADINGS):
        yield Channel((first, second))


def _agrees(channel: Channel, changed: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a channel gives nearly all of the readings; the look ends where it can no longer."""
    left = (1 - _AGREED) * sum(len(before) for before, _ in changed)
    for before, after in changed:
        if channel.read(before) != after:
            left -= len(before)
            if left < 0:
                return False
    return True
