"""conversion.py — Traditional to simplified, words before characters, for a text that is known to be traditional.

Whether a text is, normalize.py decides. The tables are those of opencc-python-reimplemented (configuration t2s)
and, before them, protected.txt. Its own converter is not called: it gives the same text (a test compares them)
thirty times more slowly, and copies the rest of a line at every match, which is quadratic on a line without
punctuation.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

from flows.text.script import fold, read_dictionary, simplified_forms

# A village named 乾 and one more character is in no list; what these characters follow means "dry", and is 干.
_DRY = "乾燥旱淨净脆枯涸裂糧粮杯果貨货菜鮮鲜冷濕湿洗草柴癟瘪咳癬癣澀涩渴預预擾扰瞪着著過过了的"
_NAMES = {
    "乾": re.compile(f"乾[^{_DRY}\\W\\d](?:[鄉乡鎮镇]|村(?!民(?![委小]))|社[區区]|街道)"),
    # 由於潛在 and 致力於潛水 hold no 於潜, the town
    "於": re.compile("(?<![由對对屬属位處处善勇等力基至致終终在])於[潛潜濳](?![在力藏伏水能移規规望心入行艇意])"),
}


class _Words(NamedTuple):
    """Words of one length, filed under the character that stands at one place in them."""

    length: int
    offset: int
    simplified: dict[str, str]


def simplify(text: str) -> str:
    """Write traditional text in simplified characters.

    A listed word wins over its characters, the longest first; everything else goes character by character.
    Leaves punctuation and the quotation marks 「」 alone, and words of place: it never says 软件 for 軟體.

    >>> simplify("乾縣的乾旱、乾隆年間、於潛鎮位於臨安區、隨著發展")
    '乾县的干旱、乾隆年间、於潜镇位于临安区、随着发展'
    """
    folded, words = fold(text), _words()
    pieces: list[str] = []
    position = 0
    for found in _filed().finditer(text):
        if found.start() < position:
            continue
        for length, offset, simplified in words[found[0]]:
            start = found.start() - offset
            word = simplified.get(text[start : start + length]) if start >= position else None
            if word:
                pieces += (folded[position:start], word)
                position = start + length
                break
        else:
            name = _NAMES[found[0]].match(text, found.start()) if found[0] in _NAMES else None
            if name:
                pieces += (folded[position : name.start()], found[0], folded[name.start() + 1 : name.end()])
                position = name.end()
    pieces.append(folded[position:])
    return "".join(pieces)


@cache
def _words() -> dict[str, list[_Words]]:
    """File every word under a character that is wrong in its folded spelling, the longest words first.

    A protected word that folds rightly, such as 著名, is there to win over its neighbours (有著 in 有著名的): it is
    filed under its first character that others are filed under.
    """
    filed: dict[str, dict[tuple[int, int], dict[str, str]]] = {}
    neighbours: dict[str, str] = {}
    for written, simplified in _spellings().items():
        offset = next((i for i, char in enumerate(fold(written)) if char != simplified[i]), None)
        if offset is None:
            neighbours[written] = simplified
        else:
            filed.setdefault(written[offset], {}).setdefault((-len(written), offset), {})[written] = simplified
    for written, simplified in neighbours.items():
        offset = next((i for i, char in enumerate(written) if char in filed), None)
        if offset is not None:
            filed[written[offset]].setdefault((-len(written), offset), {})[written] = simplified
    return {
        key: [_Words(-length, offset, words) for (length, offset), words in sorted(groups.items())]
        for key, groups in filed.items()
    }


def _spellings() -> dict[str, str]:
    """Return the words of opencc and of protected.txt in every way to write them; a protected one wins."""
    # The dictionary's names of 於 and one more character are not taken: 對於單位 holds no 於单.
    spellings = {
        key: forms[0]
        for key, forms in read_dictionary("TSPhrases.txt").items()
        if not (len(key) == 2 and key[0] == "於")
    }
    for word in _protected():
        spellings |= dict.fromkeys(_written_forms(word), word)
    return spellings


@cache
def _filed() -> re.Pattern[str]:
    return re.compile(f"[{''.join(_words())}]")


def _protected() -> Iterable[str]:
    for line in (files("flows.text") / "protected.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield from line.split()


def _written_forms(word: str) -> Iterable[str]:
    """Return every way to write a simplified word with traditional characters in any of its places."""
    forms = _traditional_forms()
    return ("".join(chosen) for chosen in product(*((char, *forms.get(char, ())) for char in word)))


@cache
def _traditional_forms() -> dict[str, tuple[str, ...]]:
    forms: dict[str, dict[str, None]] = {}
    for key, form in simplified_forms().items():
        forms.setdefault(form, {})[key] = None
    for key, written in read_dictionary("STCharacters.txt").items():
        forms.setdefault(key, {}).update(dict.fromkeys(form for form in written if form != key))
    for key, written in read_dictionary("TWVariants.txt").items():
        forms.setdefault(key, {}).update(dict.fromkeys(written))
    return {key: tuple(written) for key, written in forms.items()}
