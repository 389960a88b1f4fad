"""words.py — The word list: which words a text is made of."""

from functools import cache
from pathlib import Path

import marisa_trie

from flows.text.lm.grams import NATS

WORDS_FILE = Path(__file__).with_name("words.bin")
LONGEST = 8
"""Characters of the longest word that is listed."""
_UNKNOWN = 17.0
"""Cost in nats of a hanzi that is no word of the list."""


class Words:
    """Words of simplified Chinese and their costs."""

    def __init__(self, data: bytes) -> None:
        size = int.from_bytes(data[:4], "little")
        self._costs = data[4 : 4 + size]
        self._trie = marisa_trie.Trie()
        self._trie.frombytes(data[4 + size :])

    def __len__(self) -> int:
        return len(self._costs)

    def split(self, symbols: str) -> list[tuple[str, int | None]]:
        """Return the likeliest words of a folded text, each with its number; other symbols stand alone, without one.

        >>> [word for word, _ in words().split("推进乡村振兴。")]
        ['推进', '乡村', '振兴', '。']
        """
        size = len(symbols)
        best = [0.0] * (size + 1)
        chosen: list[tuple[int, int | None]] = [(1, None)] * size
        for i in range(size - 1, -1, -1):
            cost = best[i + 1] + _UNKNOWN
            if "\u4e00" <= symbols[i] <= "\u9fff":
                for word, number in self._trie.iter_prefixes_with_ids(symbols[i : i + LONGEST]):
                    whole = self._costs[number] / NATS + best[i + len(word)]
                    if whole < cost:
                        cost = whole
                        chosen[i] = len(word), number
            best[i] = cost
        found, i = [], 0
        while i < size:
            length, number = chosen[i]
            found.append((symbols[i : i + length], number))
            i += length
        return found


def write_words(path: Path, costs: dict[str, float]) -> None:
    """Write a word list with costs in nats."""
    trie = marisa_trie.Trie(sorted(costs))
    packed = bytearray(len(costs))
    for word, number in trie.items():
        packed[number] = min(255, max(0, round(costs[word] * NATS)))
    path.write_bytes(len(packed).to_bytes(4, "little") + bytes(packed) + trie.tobytes())


def read_words(path: Path) -> Words:
    """Read what write_words wrote."""
    return Words(path.read_bytes())


@cache
def words() -> Words:
    """Load the word list that ships with the package; once per process, at the first call."""
    return read_words(WORDS_FILE)
