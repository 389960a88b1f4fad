"""gloss.py — Pinyin glosses that a web site's software printed into its text: 業(yè) becomes 業 again.

The software works on GBK bytes: behind every occurrence of the byte pair of some twenty to fifty traditional
characters it prints the reading, whatever the pair's alignment. Only the glosses are handled here; where one
landed between the halves of a character, see desync.py, which needs them as evidence and therefore runs before.
"""

import re
from collections import Counter

from flows.text.lm.hanzi import readings, reads, standard_pinyin
from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult, unchanged
from flows.text.script import is_common, simplified_forms

_LETTERS = "a-zāáǎăàōóǒŏòēéěĕèīíǐĭìūúǔŭùüǖǘǚǜńňǹḿɑɡ\u0300\u0301\u0304\u030c"
SYLLABLE = f"[{_LETTERS}]{{1,7}}"
GLOSS = re.compile(rf"[(（](?<=[\u3400-\u9fffA-Za-z].)({SYLLABLE})[)）]")
"""A gloss behind a hanzi, or behind a letter that is the second byte of one. The parenthesis comes first in the
pattern because a search for a set of characters is the fast one: 60 M characters/s."""

_MIN_FITTING = 3


def remove_glosses(text: str, document: str = "") -> FixResult:
    """Remove pinyin glosses where they are systematic and where the reading fits the character.

    document: the text that a title or a name belongs to; too short to show a system themselves, they share its.

    Leaves alone what an author wrote: a gloss on a rare character or a polyphone (厦(shà)门, 拗(niù)), lists of
    readings, text that teaches pronunciation, and every gloss whose syllable is no reading of its character.

    >>> remove_glosses("產(chǎn)業(yè)、企業(yè)發(fā)展").text
    '產業、企業發展'
    >>> remove_glosses("厦(shà)门").text
    '厦(shà)门'
    >>> remove_glosses("企業(yè)", "產(chǎn)業(yè)、企業(yè)發(fā)展").text
    '企業'
    """
    if not is_glossed(text) and not (GLOSS.search(text) and is_glossed(document)):
        return unchanged(text)
    result, changes = substitute(GLOSS, lambda gloss: "" if gloss_fits(text, gloss) else gloss[0], text)
    return FixResult(result, changes, f"{len(changes)} glosses")


def gloss_fits(text: str, gloss: re.Match[str]) -> bool:
    """Tell whether a gloss is a reading of the character before it, or of the GBK byte pair before it.

    The second case: in ，F(xiàn)-16 the last byte of ， and the byte of F are the pair of 現.
    """
    start = gloss.start()
    return reads(glossed_char(text, start), gloss[1])


def glossed_char(text: str, start: int) -> str:
    """Return the character whose byte pair stands before offset `start`, or "" when there is none.

    >>> glossed_char("企業(yè)", 2), glossed_char("殲-15，F(xiàn)-16", 6)
    ('業', '現')
    """
    char = text[start - 1]
    if not char.isascii():
        return char
    try:
        pair = (_full_width(text[start - 2 : start - 1]) + char).encode("gbk")[-2:]
        found = pair.decode("gbk")
    except UnicodeError:
        return ""
    return found if len(found) == 1 else ""


def _full_width(char: str) -> str:
    """Return punctuation in the width it had as GBK text: later clean-up made it half-width on many pages."""
    return chr(ord(char) + 0xFEE0) if char in tuple("!,:;?()") else char


def is_glossed(text: str) -> bool:
    """Tell whether software glossed the text: the same few common traditional characters, each time they occur.

    At least 3 glosses fit a reading of their character; at least 80 % of the glossed characters are traditional
    only and mostly common ones, glossed with their usual reading; at most 25 % of the occurrences of these
    characters lack a gloss; at most 30 % of the glosses misfit. Authors gloss rare characters and unusual readings, once.
    """
    fitting: Counter[str] = Counter()
    usual: set[str] = set()
    misfits = 0
    glosses = list(GLOSS.finditer(text))
    if len(glosses) < _MIN_FITTING:
        return False
    for gloss in glosses:
        char, syllable = text[gloss.start() - 1], standard_pinyin(gloss[1])
        if char.isascii():
            continue
        known = readings(char)
        if syllable in known:
            fitting[char] += 1
            if syllable == known[0]:
                usual.add(char)
        else:
            misfits += 1
    total, distinct = sum(fitting.values()), len(fitting)
    if total < _MIN_FITTING or misfits > 0.3 * total:
        return False
    simplified = simplified_forms()
    traditional = [char for char in fitting if char in simplified]
    if len(traditional) < 0.8 * distinct or len(usual) < 0.8 * distinct:
        return False
    if sum(is_common(simplified[char]) for char in traditional) < 0.8 * len(traditional):
        return False
    unglossed = sum(text.count(char) for char in fitting) - total
    return unglossed <= 0.25 * total
