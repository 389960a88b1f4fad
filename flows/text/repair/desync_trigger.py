"""desync_trigger.py — Where a text looks as if its bytes were read out of step: one pass of regular expressions.

Needs no model; most clean pages end here. What is found is looked at again by desync_suspicion.py.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice

from flows.text.repair.gloss import SYLLABLE
from flows.text.script import is_common, simplified_forms

_HAN = "\u4e00-\u9fff"
_ODD = (
    "\u0370-\u03ff\u0400-\u04ff\u2208-\u2218\u221a-\u2235\u2237-\u22ff\u2500-\u257f\u2581-\u2595\u2488-\u249b\u3021-\u3029\u3041-\u30fa\u30fc-\u30fe"
    "\u3105-\u3129\u3220-\u3247\u338e-\u33d5\ufe30-\ufe6b"
)
"""Symbols of GBK that pages hardly use: Greek, Cyrillic, kana, bopomofo, box drawing, small forms."""

_CROWD = 30


def _is_rare(char: str) -> bool:
    """Tell whether a hanzi is neither one of GB 2312's 3,755 common ones nor a traditional form of one."""
    return not is_common(simplified_forms().get(char, char))


@cache
def _rare_class() -> str:
    rare = [code for code in range(0x4E00, 0x9FA6) if _is_rare(chr(code))]
    ranges: list[list[int]] = []
    for code in rare:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the patterns: any trigger; of these, the hard ones."""
    letter = f"[@-Z\\[-`a-wyz{{|}}~](?<=[{_HAN}“”、。；！？;!?].)(?=[{_HAN}“”、。，；！？(（])"
    # Marks that no one writes in a row, and letters that no one writes behind a mark: signs by themselves.
    mark = (
        f"\\?(?<=[{_HAN}“”》、。].)(?:[!;:?、。,，！；？“]|{SYLLABLE}[)）]|[0-9A-Za-z](?=[{_HAN}“])|(?=[{_rare_class()}]))"
        f"|[!！;；？](?:\\?(?=[^\\s?!])|[、。,，；](?=[{_HAN}“A-Za-z\\n])|[.=<>&%$#~^_`|{{}}\\\\*+①-⑩](?=[{_HAN}a-z])"
        f"|[⑴-⒇](?=[》，。；]))"
        f"|[!！？][⑴-⒇①-⑳]"
        f"|[!！;；？][{_HAN}]{{1,2}}[a-zA-Z](?=[{_HAN}，。、；！？”])"
        f"|[a-wyz@\\[-`{{|}}~](?<=[{_HAN}“”、。；！？;!?].)(?=[{_HAN}“《（])"
        f"|[A-Z](?<=[；！？;!?].)(?=[{_HAN}《（])"
    )
    rare = f"[{_rare_class()}]"
    odd = f"[{_ODD}]"
    before_rare = f"[“、。!！;；？](?={rare})"
    after_mark = f"[A-Z](?<=[“”、。].)(?=[{_HAN}《（])"
    every = f"{odd}|{mark}|{before_rare}|{rare}|{after_mark}|{letter}"
    return re.compile(every), re.compile(f"{odd}|{mark}")


def triggers(text: str, limit: int = 1_000_000) -> list[tuple[int, bool]]:
    """Return the offsets that may show damage, and whether each is a hard sign; a lone rare hanzi is none.

    >>> triggers("我们必须坚持科学发展")
    []
    >>> [offset for offset, hard in triggers("企業規;、招引項目")]
    [3]
    """
    every, hard = _patterns()
    found = [
        (match.start(), hard.match(text, match.start()) is not None) for match in islice(every.finditer(text), limit)
    ]
    if not found:
        return []
    offsets = [offset for offset, _ in found]
    kept = []
    for i, (offset, is_hard) in enumerate(found):
        near = (i > 0 and offset - offsets[i - 1] <= 8) or (i + 1 < len(found) and offsets[i + 1] - offset <= 8)
        if is_hard or near:
            kept.append((offset, is_hard))
    return kept


def thinned(places: Sequence[int]) -> list[int]:
    """Leave out places that stand too close for damaged text: there half of the characters are odd, not three in four.

    >>> thinned(range(200)), thinned([1, 5, 9])
    ([], [1, 5, 9])
    """
    dense: set[int] = set()
    end = 0
    for i in range(len(places) - _CROWD):
        if places[i + _CROWD] - places[i] < 1.4 * _CROWD:
            dense.update(range(max(i, end), i + _CROWD + 1))
            end = i + _CROWD + 1
    return [place for i, place in enumerate(places) if i not in dense]
