"""doubt.py — When a reading is not certain: numerals, close seconds, and how a doubt is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.text.repair.prices import Alternative
from storage.records import Suggestion

NUMERALS = frozenset(
    "0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万亿两第萬億兩廿卅"
    "≤≥≈≠＜＞≮≯±壹贰叁肆伍陆柒捌玖拾佰仟貳參叄陸①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
)
"""Characters that the model may neither choose nor rule out: numerals, and the signs that say how to take one."""
_NUMERAL_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """A character that is not certain: where it stands in the result, its best two readings, and why."""

    start: int
    best: str
    second: str
    gap: float
    reason: str

    def suggestion(self, name: str, shift: int, mark: str) -> Suggestion:
        """Return the doubt as a suggestion of the fix `name`; the text shows `mark` at start + shift."""
        return Suggestion(
            field="text",
            name=name,
            start=self.start + shift,
            before=mark,
            after=self.best,
            second=self.second,
            gap=round(self.gap, 2),
            reason=self.reason,
        )


def decides_numeral(options: Sequence[Alternative], after: str) -> bool:
    """Tell whether a numeral is among the likely readings of a place; `after` is the character behind it."""
    best = options[0]
    if best.char == "第":
        # It counts nothing itself. With a number behind it, no other character of its two known bytes makes sense.
        return after not in NUMERALS or options[1].nats - best.nats < _NUMERAL_GAP
    return any(option.char in NUMERALS for option in options if option.nats - best.nats < _NUMERAL_GAP)
