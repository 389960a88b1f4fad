"""desync_trigger.py — Where a text looks as if its bytes were read out of step. Cheap first, the model second.

`triggers` is one pass of regular expressions and needs no model; clean pages end there. `suspicious` asks the
model about each place that is left, so that rare names and odd symbols of honest text are not decoded at all.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice

from flows.text.repair.gloss import SYLLABLE
from flows.text.script import simplified_forms

_HAN = "\u4e00-\u9fff"
_ODD = (
    "\u0370-\u03ff\u0400-\u04ff\u2208-\u2235\u2237-\u22ff\u2500-\u257f\u2581-\u2595\u2488-\u249b\u3021-\u3029\u3041-\u30fe"
    "\u3105-\u3129\u3220-\u3247\u338e-\u33d5\ufe30-\ufe6b"
)
"""Symbols of GBK that pages hardly use: Greek, Cyrillic, kana, bopomofo, box drawing, small forms."""

_CROWD = 30
HARD, SOFT = 4.2, 6.5
"""Average cost in nats around a place that makes it suspicious: at an odd symbol or mark; at rare hanzi alone."""


def _is_rare(char: str) -> bool:
    """Tell whether a hanzi is neither one of GB 2312's 3,755 common ones nor a traditional form of one."""
    try:
        code = simplified_forms().get(char, char).encode("gb2312")
    except UnicodeEncodeError:
        return True
    return not b"\xb0\xa1" <= code <= b"\xd7\xf9"


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
    letter = f"[@-Z\\[-`a-wyz{{|}}~](?<=[{_HAN}“”、。；！？;!?].)(?=[{_HAN}“”、。(（])"
    mark = (
        f"\\?(?<=[{_HAN}“”、。].)(?:[!;:?、。,，！；？“”]|{SYLLABLE}[)）]|[0-9A-Za-z](?=[{_HAN}“])|(?=[{_rare_class()}]))"
        f"|[!！;；？](?:\\?(?=[^\\s?!])|[、。,，；](?=[{_HAN}“])|[.=<>&%$#~^_`|{{}}\\\\*+①-⑩](?=[{_HAN}])|(?=[{_rare_class()}]))"
        f"|[“、。](?=[{_rare_class()}])"
        f"|[a-wyz@\\[-`{{|}}~](?<=[{_HAN}“”、。；！？;!?].)(?=[{_HAN}“《（])"
        f"|[A-Z](?<=[“”、。；！？;!?].)(?=[{_HAN}《（])"
    )
    rare = f"[{_rare_class()}]"
    odd = f"[{_ODD}]"
    return re.compile(f"{odd}|{rare}|{letter}|{mark}"), re.compile(f"{odd}|{mark}")


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


def suspicious(places: Sequence[tuple[int, bool]], costs: Mapping[int, float]) -> list[int]:
    """Return the places around which the text is improbable. costs: in nats, of the characters around the places."""
    result: list[int] = []
    i = 0
    while i < len(places):
        j = i
        while j + 1 < len(places) and places[j + 1][0] - places[j][0] <= 12:
            j += 1
        window = [costs[at] for at in range(places[i][0] - 3, places[j][0] + 4) if at in costs]
        limit = HARD if any(hard for _, hard in places[i : j + 1]) else SOFT
        if window and sum(window) / len(window) >= limit:
            result += [offset for offset, _ in places[i : j + 1]]
        i = j + 1
    return thinned(result)


def thinned(places: Sequence[int]) -> list[int]:
    """Leave out places that stand too close for damaged text: there one character in three is odd, not half of them.

    >>> thinned(range(0, 200, 2)), thinned([1, 5, 9])
    ([], [1, 5, 9])
    """
    dense: set[int] = set()
    end = 0
    for i in range(len(places) - _CROWD):
        if places[i + _CROWD] - places[i] < 2.2 * _CROWD:
            dense.update(range(max(i, end), i + _CROWD + 1))
            end = i + _CROWD + 1
    return [place for i, place in enumerate(places) if i not in dense]
