"""desync_pairs.py — GBK byte pairs as the damaged pages hold them: which character a pair is, and which pairs vanish.

Tables only. A lenient decoder shows nothing for a pair that GBK leaves undefined or to users; desync_candidates.py
has to know which pairs these are and which characters can stand where one byte is known.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from flows.text.lm.fold import fold_table
from flows.text.lm.grams import model
from flows.text.lm.hanzi import traditional_forms
from flows.text.script import simplified_forms, simplified_only

UNUSUAL_FORM = 3.0
"""Cost in nats of a traditional form that is not the usual one of its simplified character."""
WRONG_SCRIPT = 9.0
"""Cost of a character of the other script, and of a variant no converter writes."""
_ACCEPTED_VARIANTS = frozenset("為眾啟裡綫麵臺台峰群床棱煙污溫匯檯鉤麽裏麵衛啓偽媯溈潙")
_PUNCTUATION = "　、。·—…‘’“”〈〉《》「」『』【】〔〕（），：；？！％"
WIDE_DIGITS = "０１２３４５６７８９"
_HANZI = range(0x4E00, 0x9FA6)


class Candidate(NamedTuple):
    """A character that may stand at a place: its GBK bytes, its symbol in the model, and a cost of its form."""

    lead: int
    trail: int
    char: str
    symbol: str
    penalty: float


@dataclass
class Pairs:
    """The characters of one script ("hans", "hant" or "mixed") by their bytes."""

    by_lead: dict[int, list[Candidate]] = field(default_factory=dict)
    by_trail: dict[int, list[Candidate]] = field(default_factory=dict)
    by_symbol: dict[str, list[Candidate]] = field(default_factory=dict)


@cache
def decode_table() -> dict[tuple[int, int], str]:
    """Map each pair that GBK defines to its character."""
    table = {}
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                table[lead, trail] = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
    return table


@cache
def encode_table() -> dict[str, tuple[int, int]]:
    """Map each two-byte character of GBK to its pair."""
    return {char: pair for pair, char in decode_table().items()}


@cache
def vanishing_after() -> dict[int, frozenset[int]]:
    """Map a byte to the lead bytes with which it makes a pair that shows as nothing; empty sets are left out.

    >>> 0xCD in vanishing_after()[0xAC], 0xB0 in vanishing_after()
    (True, False)
    """
    table = decode_table()
    found = {
        first: frozenset(second for second in range(0x81, 0xFF) if (first, second) not in table)
        for first in range(0x81, 0xFF)
    }
    return {first: seconds for first, seconds in found.items() if seconds}


def form_penalty(char: str, symbol: str, script: str) -> float:
    """Return what it costs to assume a hanzi in text of a script; other characters cost nothing."""
    if ord(char) not in _HANZI:
        return 0.0
    if char == symbol:
        return WRONG_SCRIPT if script == "hant" and char in simplified_only() else 0.0
    if script == "hans":
        return WRONG_SCRIPT
    forms = traditional_forms().get(symbol, "")
    if char in _ACCEPTED_VARIANTS or forms[:1] == char:
        return 0.0
    return UNUSUAL_FORM if char in forms else WRONG_SCRIPT


@cache
def pairs(script: str, wide: bool = False) -> Pairs:
    """Return the characters that text of a script may hold: hanzi the model knows, and Chinese punctuation.

    wide: whether its digits are full-width, and so may be among what was read out of step.
    """
    result = Pairs()
    known = model().symbols
    symbols = fold_table()
    simplified = simplified_forms()
    for (lead, trail), char in decode_table().items():
        if ord(char) in _HANZI:
            symbol = simplified.get(char, char)
            penalty = form_penalty(char, symbol, script)
            if penalty >= WRONG_SCRIPT or symbol not in known:
                continue
        elif char in _PUNCTUATION or (wide and char in WIDE_DIGITS):
            symbol, penalty = symbols.get(ord(char), char), 0.0
        else:
            continue
        candidate = Candidate(lead, trail, char, symbol, penalty)
        result.by_lead.setdefault(lead, []).append(candidate)
        result.by_trail.setdefault(trail, []).append(candidate)
        result.by_symbol.setdefault(symbol, []).append(candidate)
    return result


@dataclass(frozen=True, slots=True)
class Vanishing:
    """Pairs that vanish in text of one script, by classes of first bytes whose pairs vanish with the same second ones.

    class_of: maps a first byte to the least of its class. leads: maps that to the second bytes, lead bytes all.
    """

    class_of: dict[int, int]
    leads: dict[int, frozenset[int]]


@cache
def vanishing(script: str) -> Vanishing:
    """Return the pairs that vanish where each byte belongs to a character of the script.

    >>> vanishing("hans").class_of[0xF8] == vanishing("hans").class_of[0xAC] == 0xAA
    True
    """
    used = frozenset(pairs(script).by_lead)
    least: dict[frozenset[int], int] = {}
    class_of = {
        first: least.setdefault(seconds & used, first)
        for first, seconds in vanishing_after().items()
        if seconds & used and first in pairs(script).by_trail
    }
    return Vanishing(class_of, {first: leads for leads, first in least.items() if leads})
