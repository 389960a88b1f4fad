"""words.py — The word list: how improbable a text is as a sequence of words. For ranking readings, not for search."""

from functools import cache
from pathlib import Path

import marisa_trie

from flows.text.lm.fold import fold
from flows.text.lm.grams import NATS

WORDS_FILE = Path(__file__).with_name("words.bin")
LONGEST = 8
"""Characters of the longest word that is listed."""
_UNKNOWN, _OTHER = 17.0, 3.0
"""Cost in nats of a hanzi that is no word of the list, and of any other symbol."""


class Words:
    """Words of simplified Chinese and their costs."""

    def __init__(self, data: bytes) -> None:
        size = int.from_bytes(data[:4], "little")
        self._costs = data[4 : 4 + size]
        self._trie = marisa_trie.Trie()
        self._trie.frombytes(data[4 + size :])

    def cost(self, text: str) -> float:
        """Return the cost in nats of the best way to split a text into words."""
        symbols = fold(text.replace("?", ""))
        best = [0.0] * (len(symbols) + 1)
        for i in range(len(symbols) - 1, -1, -1):
            if not "\u4e00" <= symbols[i] <= "\u9fff":
                best[i] = best[i + 1] + _OTHER
                continue
            cost = best[i + 1] + _UNKNOWN
            for word, number in self._trie.iter_prefixes_with_ids(symbols[i : i + LONGEST]):
                cost = min(cost, self._costs[number] / NATS + best[i + len(word)])
            best[i] = cost
        return best[0]


def write_words(path: Path, costs: dict[str, float]) -> None:
    """Write a word list with costs in nats."""
    trie = marisa_trie.Trie(sorted(costs))
    packed = bytearray(len(costs))
    for word, number in trie.items():
        packed[number] = min(255, max(0, round(costs[word] * NATS)))
    path.write_bytes(len(packed).to_bytes(4, "little") + bytes(packed) + trie.tobytes())


@cache
def words() -> Words:
    """Load the word list that ships with the package; once per process, at the first call."""
    return Words(WORDS_FILE.read_bytes())
