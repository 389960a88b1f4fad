"""desync_items.py — A damaged text as what is known of its bytes, character by character. No search, no judgement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from flows.text.lm.hanzi import reads
from flows.text.repair.desync_pairs import encode_table
from flows.text.repair.gloss import GLOSS, SYLLABLE

CUT_MARKS = "！？；。、“"
"""Punctuation at whose bytes the pages were cut; each site used some of these."""
_CUT_GLOSS = re.compile(rf"\?({SYLLABLE})[)）]")
_WIDE_MARK = re.compile("[，：；？！（]")
_NARROW_MARK = re.compile("[,:;?!(](?<=[\u4e00-\u9fff].)(?=[\u4e00-\u9fff“])")
_NARROW = {chr(ord(char) - 0xFEE0): char for char in "！（），：；？"}


@dataclass(slots=True)
class Item:
    """One shown character with the gloss behind it.

    pair: its GBK bytes, or None when it has none. letter: its byte if it can be the second byte of a character,
    else 0. mark: the cut mark it shows, or "". start, end: offsets in the text.
    """

    char: str
    pair: tuple[int, int] | None
    letter: int
    mark: str
    gloss: str
    start: int
    end: int


def is_narrow(text: str) -> bool:
    """Tell whether the text's punctuation was made half-width after the damage."""
    return len(_NARROW_MARK.findall(text)) >= len(_WIDE_MARK.findall(text))


def items_of(text: str, glossed: bool, narrow: bool | None = None) -> list[Item]:
    """Split a text into items; glosses join the character before them when the text is glossed.

    narrow: whether its punctuation is half-width; found out from the text unless given.

    >>> [item.gloss for item in items_of("企業(yè)", True)]
    ['', 'yè']
    """
    narrow = is_narrow(text) if narrow is None else narrow
    glosses: dict[int, re.Match[str]] = {}
    if glossed:
        glosses = {gloss.start(): gloss for gloss in GLOSS.finditer(text)}
        glosses.update((gloss.start(), gloss) for gloss in _CUT_GLOSS.finditer(text))
    items: list[Item] = []
    position = 0
    while position < len(text):
        char = text[position]
        gloss = glosses.get(position)
        if gloss is not None and char != "?":
            items[-1].gloss, items[-1].end = gloss[1], gloss.end()
            position = gloss.end()
            continue
        item = _item(char, position, narrow)
        if gloss is not None:
            item.gloss, item.end = gloss[1], gloss.end()
        items.append(item)
        position = item.end
    return items


def _item(char: str, position: int, narrow: bool) -> Item:
    wide = _NARROW.get(char, char) if narrow else char
    pair = encode_table().get(wide)
    letter = ord(char) if "@" <= char <= "~" else 0
    if letter and narrow:
        pair = (0xA3, letter + 0x80)
    return Item(char, pair, letter, wide if wide in CUT_MARKS else "", "", position, position + 1)


class PlainItems(Sequence[Item]):
    """The items of a text without glosses, each made when it is first asked for: a search looks at few of them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._narrow = is_narrow(text)
        self._made: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._text)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self._text)))]
        item = self._made.get(index)
        if item is None:
            item = self._made[index] = _item(self._text[index], index, self._narrow)
        return item


def fits_gloss(item: Item) -> bool:
    """Tell whether an item as shown bears the gloss that stands behind it."""
    return not item.gloss or (item.char != "?" and reads(item.char, item.gloss))
