"""prices.py — What characters cost where they stand: the language model, and what lies beyond its reach.

The model knows four symbols and folds scripts, widths and numbers. Here the script of the text, the forms of
full-width characters, brackets, and the shape of the line are added. Prices are in nats. Decides nothing.
"""

import re
from collections.abc import Container, Iterable
from typing import NamedTuple

from flows.text.lm.adapted import Adapted
from flows.text.lm.fold import fold, fold_table
from flows.text.lm.grams import Model, model
from flows.text.script import fold as fold_script
from flows.text.script import simplified_forms, simplified_only

EATEN = "\x1a"
"""Stands in a reading for a character that is gone without a trace. What it was is unknown; mostly a digit."""
HOPELESS_NATS = 18.0
"""What is this much dearer than the best is not followed up."""
ORDER = 4
"""Symbols that the model looks at, the one asked for among them."""

_CONTEXT = 12
"""Characters that surely hold the model's context: runs and blanks count for one symbol or none."""
_TELLING = 4
"""Characters after which the context no longer holds the one before them: one of them may go with a run."""
_REACH = 400
_MOST_FOLLOWED = 64
"""Candidates that are priced with all that follows; of more, those that are the cheapest with the next character."""
_WRONG_SCRIPT_NATS = 5.0
_BLANKS = "\u3000\xa0"
_BLANK_NATS = 14.0
"""The model takes blanks for nothing; a lost byte is hardly ever part of one."""
_FULL_WIDTH = frozenset("！（），：；？％．／～＋－")
_WIDE_DIGIT = re.compile("[\uff10-\uff19]")
_ODD_FORM_NATS = 12.0
"""Of the full-width forms only these punctuation marks are usual; letters and digits hardly mix with half-width ones."""
_RUNS = "0A\n"
"""Symbols that stand for a run of characters."""
_OPENERS = "“‘（《〈【「『〔"
_CLOSERS = dict(zip("”’）》〉】」』〕", _OPENERS, strict=True))
_BRACKET = re.compile(f"[{_OPENERS}{''.join(_CLOSERS)}]")
_STRAIGHT = {'"': "“”", "'": "‘’"}
_UNBALANCED_NATS = 8.0
_STOPS = frozenset("：；、。")
_ITEM = re.compile(r"\s*(?:[（(〔]?[0-9一二三四五六七八九十]+[)）〕]|[0-9一二三四五六七八九十]+[、.．]|[①-⑳])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?")
_COUNTED = re.compile(r"[0-9][^，。；：]*$")
_COUNTED_REACH = 12
_LAYOUT_NATS = 4.0
_LABEL = re.compile(
    r"(?:^|[\s\u3000\xa0|｜)）\]】])(?:[（(【\[])?(?:信息|文章|稿件|发布|更新|发表|发文|成文|责任|联系|公开|生成|咨询|监督"
    r"|举报|办公|通讯|索引|主题)?"
    r"(?:来源|稿源|时间|日期|作者|编辑|责编|记者|通讯员|供稿|点击数?|浏览(?:次数|量)?|阅读(?:次数|量)?|访问量|字[体号]|文号"
    r"|编号|机构|分类|词|人|电话|热线|地址|邮编|邮箱|传真|网址|单位|附件|抄送|位置)$"
)
"""What stands before a colon and never before another mark: the model learned running text, which has no labels."""
_NEVER_FIRST = frozenset("，。、；：！？）”》】…")
"""No line begins with these; most paragraphs begin with two blanks."""
_LINE_START_NATS = 10.0
_LABEL_REACH = 10
_LABEL_NATS = 10.0


class Alternative(NamedTuple):
    """What may stand in a place: its price with what follows, and its own."""

    nats: float
    own: float
    char: str


class Prices:
    """What the model says of characters in context, corrected by the script and by the words of the document.

    traditional: the script to expect. sound: symbols of what the document holds for certain; a name that
    stands there once is likely to come again.
    """

    def __init__(self, traditional: bool = False, sound: Iterable[str] = ()) -> None:
        stretches = list(sound)
        self._grams: Model | Adapted = Adapted(model(), stretches) if stretches else model()
        self._symbols = fold_table() | {ord(EATEN): "0"}
        self._foreign: Container[str] = simplified_only() if traditional else simplified_forms()

    def step(self, context: str, char: str) -> tuple[float, str]:
        """Return the price of a character after a context of symbols, and the context behind it."""
        symbol = self._symbols.get(ord(char), char)
        if not symbol or (symbol in _RUNS and context[-1:] == symbol):
            return 0.0, context
        row = self._grams.row(context[1 - ORDER :])
        if symbol in _STRAIGHT:
            # The model knows curly quotes; a straight one is whichever fits.
            symbol = min(_STRAIGHT[symbol], key=row.__getitem__)
        return row[symbol], (context + symbol)[1 - ORDER :]

    def guess(self, context: str, char: str) -> tuple[float, str]:
        """Return the same for a character that would be chosen for unknown bytes."""
        if char in _BLANKS:
            return _BLANK_NATS, context
        nats, context = self.step(context, char)
        if char in self._foreign:
            nats += _WRONG_SCRIPT_NATS
        elif "\uff01" <= char <= "\uff5e" and char not in _FULL_WIDTH:
            nats += _ODD_FORM_NATS
        return nats, context

    def text(self, context: str, text: str) -> tuple[float, str]:
        """Return the same for known characters."""
        total = 0.0
        for char in text:
            nats, context = self.step(context, char)
            total += nats
        return total, context

    def ranked(self, text: str, start: int, chars: Iterable[str]) -> list[Alternative]:
        """Return the characters that may stand at an offset of a text, the cheapest there first."""
        head, tail = text[max(0, start - _REACH) : start], text[start + 1 : start + 1 + _REACH]
        _, before = self.text("\n", head[-_CONTEXT:])
        after = f"{tail[: _CONTEXT - 1]}\n"
        candidates = list(chars)
        if len(candidates) > 1 and after[0].isascii() and after[0].isalnum():
            # Nobody writes a full-width letter or digit beside a half-width one.
            candidates = [c for c in candidates if not ("\uff10" <= c <= "\uff5a" and c.isalnum())] or candidates
        # Where full-width digits are in use, one may be what was lost.
        wide = _ODD_FORM_NATS if _WIDE_DIGIT.search(head) or _WIDE_DIGIT.search(tail) else 0.0
        labelled = "：" in candidates and _LABEL.search(fold_script(head[-_LABEL_REACH:])) is not None
        begins = not head.rpartition("\n")[2].strip()
        brackets = any(_BRACKET.match(char) for char in candidates)
        guesses = sorted((*self.guess(before, char), char) for char in candidates)
        if len(guesses) > _MOST_FOLLOWED:
            seen = [(own + self.step(context, after[0])[0], own, context, char) for own, context, char in guesses]
            guesses = sorted(guess[1:] for guess in sorted(seen)[:_MOST_FOLLOWED])
        hopeless = guesses[0][0] + HOPELESS_NATS + wide
        near, far = after[:_TELLING], after[_TELLING:]
        far_nats: dict[str, float] = {}  # by context, which by then is the same after nearly every candidate
        found: list[Alternative] = []
        for own, context, char in guesses:
            if own > hopeless and found:
                continue
            nats, behind = self.text(context, near)
            if behind not in far_nats:
                far_nats[behind] = self.text(behind, far)[0]
            nats += own + far_nats[behind]
            if wide and _WIDE_DIGIT.match(char):
                nats -= wide
            if begins and (char in _BLANKS or char in _NEVER_FIRST):
                nats += -_LINE_START_NATS if char in _BLANKS else _LINE_START_NATS
            elif labelled and char != "：":
                nats += _LABEL_NATS
            elif char in _STOPS:
                nats += _layout(head, char, after)
            if brackets:
                line_end = tail.partition("\n")[0]
                nats += _UNBALANCED_NATS * _unbalanced(head + char + line_end)
            found.append(Alternative(nats, own, char))
        return sorted(found)


def context_of(text: str) -> str:
    """Return the model's context behind a text."""
    return fold(text[-_CONTEXT:])[1 - ORDER :]


def _layout(before: str, char: str, after: str) -> float:
    """Return what the shape of the line adds to the price of a stop, beyond the reach of the model.

    A line that ends in a colon introduces a list, one that ends in a semicolon is an item of it and is numbered.
    Between two counted things stands an enumeration comma; a year opens a sentence.
    """
    if char in "：；" and after[0] == "\n":
        return _LAYOUT_NATS if (char == "；") != bool(_ITEM.match(before)) else 0.0
    if char in "、。" and after[0].isdigit():
        if _YEAR.match(after):
            return _LAYOUT_NATS / 2 if char == "、" else 0.0
        counted = _COUNTED.search(before[-_COUNTED_REACH:])
        return _LAYOUT_NATS / 2 if (char == "、") != bool(counted) else 0.0
    return 0.0


def _unbalanced(line: str) -> int:
    """Count the brackets and quotes left open or closed unopened."""
    open_: list[str] = []
    unopened = 0
    for mark in _BRACKET.findall(line):
        if mark not in _CLOSERS:
            open_.append(mark)
        elif open_ and open_[-1] == _CLOSERS[mark]:
            open_.pop()
        else:
            unopened += 1
    return len(open_) + unopened
