"""phrases.py — How improbable a text is as a sequence of words, each after the two before it. For ranking readings.

A word is one symbol to grams.py, so the tree of the character model serves for words too. Symbols are two bytes wide,
which is room for the words of the training text but not for the whole word list: rare words are spelled, character by
character, there as here.
"""

import lzma
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from flows.text.lm.fold import LINE, fold
from flows.text.lm.grams import Model, Packed, pack_model
from flows.text.lm.words import Words, words

PHRASES_FILE = Path(__file__).with_name("phrases.xz")
MOST_SYMBOLS = 0x10000 - 0x800 - 1
"""Characters and words that can be symbols: all numbers of two bytes, but surrogates and the one of what is unknown."""
_UNKNOWN = "\0"
_RARE = 7.0
"""Nats for which of the unknown characters it is."""


class Numbering:
    """Which symbol stands for which character or listed word."""

    def __init__(self, lexicon: Words, chars: str, kept: Sequence[int]) -> None:
        self._lexicon = lexicon
        self._of_char = {char: _symbol(1 + i) for i, char in enumerate(chars)}
        self._of_word = array("H", bytes(2 * len(lexicon)))
        for i, number in enumerate(kept, 1 + len(chars)):
            self._of_word[number] = ord(_symbol(i))

    def symbols(self, line: str) -> Iterator[str]:
        """Return the symbols of the words of a folded line."""
        for piece, number in self._lexicon.split(line):
            if number is not None and len(piece) > 1 and (symbol := self._of_word[number]):
                yield chr(symbol)
            else:
                yield from (self._of_char.get(char, _UNKNOWN) for char in piece)


class Phrases:
    """A model of sequences of words."""

    def __init__(self, numbering: Numbering, model: Model) -> None:
        self._numbering = numbering
        self._model = model
        self._start = "".join(numbering.symbols(LINE))

    def cost(self, text: str) -> float:
        """Return how surprising a text is as a whole, in nats, at the start of a line.

        >>> phrases().cost("全面推进乡村振兴") < phrases().cost("全面推进乡村整形")
        True
        """
        symbols = self._start + "".join(self._numbering.symbols(fold(text)))
        total, reach = 0.0, self._model.order - 1
        for i in range(1, len(symbols)):
            total += self._model.row(symbols[max(0, i - reach) : i])[symbols[i]]
            if symbols[i] == _UNKNOWN:
                total += _RARE
        return total

    @property
    def size_bytes(self) -> int:
        """The memory that the packed arrays take."""
        return self._model.size_bytes


def _symbol(number: int) -> str:
    return chr(number if number < 0xD800 else number + 0x800)


def write_phrases(path: Path, chars: str, kept: Iterable[int], levels: Packed) -> None:
    """Write the characters and the numbers of the words that are symbols, in order, and the tree."""
    numbers = array("I", kept)
    head = array("I", [len(chars), len(numbers)])
    body = head.tobytes() + chars.encode("utf-16-le") + numbers.tobytes() + pack_model(levels)
    path.write_bytes(lzma.compress(body, preset=9 | lzma.PRESET_EXTREME))


@cache
def phrases() -> Phrases:
    """Load the model that ships with the package; once per process, at the first call."""
    return read_phrases(PHRASES_FILE, words())


def read_phrases(path: Path, lexicon: Words) -> Phrases:
    """Read what write_phrases wrote."""
    data = lzma.decompress(path.read_bytes())
    head, kept = array("I"), array("I")
    head.frombytes(data[:8])
    chars_end = 8 + 2 * head[0]
    tree = chars_end + 4 * head[1]
    kept.frombytes(data[chars_end:tree])
    return Phrases(Numbering(lexicon, data[8:chars_end].decode("utf-16-le"), kept), Model(data[tree:]))
