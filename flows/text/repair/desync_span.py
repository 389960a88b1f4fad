"""desync_span.py — A damaged stretch with its readings, and the verdict: certain enough to be applied, or not.

The model's costs are nearly calibrated (a fit of the right reading among the n best gives them a weight of 0.95), so
the odds of the best reading against all others found are what certainty is measured in.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.text.lm.grams import model
from flows.text.lm.phrases import phrases
from flows.text.repair.desync_beam import LEAD, TRAIL, WHOLE
from flows.text.repair.desync_items import Item
from flows.text.repair.desync_lattice import Reading, Step
from flows.text.repair.desync_pairs import WIDE_DIGITS, encode_table, vanishing_after

MIN_GAIN = 4.0
"""Nats by which a reading must beat the text as shown."""
MIN_ODDS = {"hant": (1.4, 0.08), "hans": (2.0, 0.1), "mixed": (4.0, 0.35)}
"""Log odds that a reading must have against all others: so much, and so much more for each character guessed.

Chosen on the half of the held-out text that is kept for it. Checked on the other half: hant, 296 spans, 3 wrong, and 6
with 0.8 instead of 1.4 for two more right ones; hans, 110 spans, 26 right and 3 wrong, and with 2.6 23 right and 3 wrong.
"""
MIN_PUNCTUATION_GAP = 2.0
"""Nats by which it must beat readings that differ in punctuation only, by the shipped models alone: what a document
says about its words proves nothing about its punctuation."""

_PER_LOST = 1.4  # nats that the model likes a reading too much for each mark that is missing in it
_MISQUOTED = 5.0  # nats for a quotation in a quotation
_MISQUOTES = re.compile("“[^”\n]*(?=“)")
_LONE_LETTER = re.compile("[\u4e00-\u9fff][A-Za-z](?=[\u4e00-\u9fff])")
_DOUBLED = re.compile("[。！，、；：]{2}")
_PUNCTUATION = re.compile("[^\\w?]")
_MARKS = "，。、；：！？“”"
_NUMERAL_GAP = 4.0  # nats by which readings with other numerals must be behind
_NUMERALS = frozenset(WIDE_DIGITS + "〇零一二三四五六七八九十百千万萬亿億两兩廿卅")


def weighed(chars: float, words: float) -> float:
    """Return the cost in nats of a reading, of its costs as a sequence of characters and as one of words.

    The weights were fitted on the right readings among the n best.
    """
    return 0.65 * chars + 0.4 * words


@dataclass(frozen=True, slots=True)
class Span:
    """A damaged stretch: items first to last (exclusive), how it is shown, and its readings, best first.

    left, right: sound text around it. gain: nats by which the best reading beats the text as shown. gap: the second.
    odds: log odds of the best reading against all others that were found.
    """

    first: int
    last: int
    shown: str
    left: str
    right: str
    readings: tuple[Reading, ...]
    gain: float

    @property
    def gap(self) -> float:
        """Nats between the best and the second reading; 99 when there is none."""
        return self.readings[1].cost - self.readings[0].cost if len(self.readings) > 1 else 99.0

    @property
    def odds(self) -> float:
        """Log odds of the best reading against all others; 99 when there is none."""
        best = self.readings[0].cost
        rest = sum(math.exp(best - reading.cost) for reading in self.readings[1:])
        return -math.log(rest) if rest else 99.0

    @property
    def guessed(self) -> int:
        """Count the characters of which the bytes tell at most one half."""
        return sum(step.known < WHOLE for step in self.readings[0].steps)


def verdict(span: Span, script: str) -> str:
    """Return why the best reading of a span must not be applied, or "" when it is certain."""
    best = span.readings[0]
    if _chooses_numeral(span):
        return "a numeral would be chosen"
    if len(_DOUBLED.findall(best.text)) > len(_DOUBLED.findall(span.shown)):
        return "two punctuation marks in a row"
    if len(_LONE_LETTER.findall(best.text + span.right)) > len(_LONE_LETTER.findall(span.left + span.right)):
        return "a letter is left that was half a character"
    if span.gain < MIN_GAIN:
        return f"hardly better than the text as shown (gain {span.gain:.1f}, wanted {MIN_GAIN})"
    gap = punctuation_gap(span)
    if gap < MIN_PUNCTUATION_GAP:
        return f"other punctuation is nearly as good (gap {gap:.1f}, wanted {MIN_PUNCTUATION_GAP})"
    base, each = MIN_ODDS[script]
    wanted = base + each * span.guessed
    if span.odds < wanted:
        return f"other readings are nearly as good (log odds {span.odds:.1f}, wanted {wanted:.1f})"
    return ""


def punctuation_gap(span: Span) -> float:
    """Return by how much the best reading beats the next that has the same words, by the shipped model alone.

    Rivals are the other readings, and other marks with the same known byte: the search may have dropped them.
    """
    best = span.readings[0]

    has_eaten = any(step.event == "eaten" for step in best.steps)

    def cost(text: str) -> float:
        # What was eaten is mostly a digit; to the model a `?` is a question mark.
        around = span.left + (text.replace("?", "0") if has_eaten else text) + span.right
        longer = max(0, len(text) - len(best.text))
        return (
            weighed(model().cost(around), phrases().cost(around))
            - _PER_LOST * longer
            + _MISQUOTED * len(_MISQUOTES.findall(around))
        )

    words_of_best = _PUNCTUATION.sub("", best.text)
    rivals = {r.text for r in span.readings[1:] if _PUNCTUATION.sub("", r.text) == words_of_best}
    for i, step in enumerate(best.steps):
        if step.char in _MARKS and step.known != WHOLE:
            after = best.steps[i + 1].char if i + 1 < len(best.steps) else ""
            rivals.update(best.text[:i] + mark + best.text[i + 1 :] for mark in _MARKS if _may_be(mark, step, after))
    rivals.discard(best.text)
    return min(map(cost, rivals), default=math.inf) - cost(best.text)


def _chooses_numeral(span: Span) -> bool:
    """Tell whether the best reading has a numeral that the bytes leave open.

    That is: one of which no byte is known, or a full-width digit out of step (a pair may have vanished before it, and
    then it was none), or readings that are not far behind have other numerals. Of the Chinese numerals no two have
    the same trail byte; of those with the same lead byte only one can start a pair that vanishes.
    """
    best = span.readings[0]
    for step in best.steps:
        if step.char in _NUMERALS and (step.known == 0 or (step.known == LEAD and step.event != "")):
            return True
        if step.char in WIDE_DIGITS and step.char not in span.shown:
            return True
    numerals = _numerals(best.text)
    near = (reading for reading in span.readings if reading.cost < best.cost + _NUMERAL_GAP)
    return any(_numerals(reading.text) != numerals for reading in near)


def _numerals(text: str) -> list[str]:
    return [char for char in text if char in _NUMERALS]


def _may_be(mark: str, step: Step, after: str) -> bool:
    """Tell whether the bytes allow another mark in the place of one; `after` is the character behind it."""
    pair, other = encode_table()[step.char], encode_table()[mark]
    if (step.known & LEAD and pair[0] != other[0]) or (step.known & TRAIL and pair[1] != other[1]):
        return False
    if step.known & TRAIL or step.event or after not in encode_table():
        return True
    return encode_table()[after][0] in vanishing_after().get(other[1], ())


def events(span: Span, items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Yield what happened to the bytes by the best reading, and the mark it happened at."""
    for step in span.readings[0].steps:
        if step.event and step.event != "eaten":
            at = step.place + step.event.startswith("end")
            yield step.event, items[at].mark if at < len(items) else ""
