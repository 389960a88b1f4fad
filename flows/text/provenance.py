"""provenance.py — Changes as data: find them, replay them, undo them.

Every function of flows/text that alters a text returns steps made here, so that what happened can be shown
and taken back. Pure; the cost is linear in the text plus the changes.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from storage.records import Change, Step

# SequenceMatcher is quadratic on bad luck: lines whose changed middle is longer become one change.
_MAX_DIFF_CHARS = 2_000


class ReplayError(ValueError):
    """A step does not fit the text it is applied to."""


def replay(text: str, steps: Iterable[Step]) -> str:
    """Apply steps to the text they were made from and return the result.

    Raises ReplayError when a change does not find its `before` at its place.

    >>> replay("業(yè)績", [Step("text", "gloss", "", (Change(1, 1, "(yè)", ""),))])
    '業績'
    """
    for step in steps:
        text = _substitute(text, ((c.start, c.before, c.after) for c in step.changes), step.name)
    return text


def undo(text: str, steps: Sequence[Step]) -> str:
    """Take steps back, last first, and return the text from before them.

    >>> undo("業績", [Step("text", "gloss", "", (Change(1, 1, "(yè)", ""),))])
    '業(yè)績'
    """
    for step in reversed(steps):
        text = _substitute(text, ((c.new_start, c.after, c.before) for c in step.changes), step.name)
    return text


def _substitute(text: str, edits: Iterable[tuple[int, str, str]], name: str) -> str:
    pieces: list[str] = []
    position = 0
    for start, old, new in edits:
        if start < position or text[start : start + len(old)] != old:
            found = text[start : start + len(old)]
            message = f"step {name}: expected {old!r} at offset {start}, found {found!r}"
            raise ReplayError(message)
        pieces += (text[position:start], new)
        position = start + len(old)
    pieces.append(text[position:])
    return "".join(pieces)


def changes_from(edits: Iterable[tuple[int, str, str]]) -> tuple[Change, ...]:
    """Turn (start, before, after) in ascending order into changes, leaving out those that change nothing."""
    changes: list[Change] = []
    shift = 0
    for start, before, after in edits:
        if before != after:
            changes.append(Change(start, start + shift, before, after))
        shift += len(after) - len(before)
    return tuple(changes)


def substitute(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str
) -> tuple[str, tuple[Change, ...]]:
    """Do what `pattern.sub` does and return the result with its exact changes.

    >>> substitute(re.compile("b+"), lambda m: "B", "abba")
    ('aBa', (Change(start=1, new_start=1, before='bb', after='B'),))
    """
    changes = changes_from((m.start(), m[0], replacement(m)) for m in pattern.finditer(text))
    if not changes:
        return text, ()
    return _substitute(text, ((c.start, c.before, c.after) for c in changes), "substitute"), changes


def diff(before: str, after: str) -> tuple[Change, ...]:
    """Find the changes that lead from one text to another: exact, small where the texts are alike.

    Lines are compared in pairs when both texts have the same number of them; characters in pairs when two
    lines are equally long. What is left goes through difflib up to a bound; beyond it, it is one change.

    >>> diff("發展", "发展")
    (Change(start=0, new_start=0, before='發', after='发'),)
    """
    if before == after:
        return ()
    old_lines, new_lines = before.split("\n"), after.split("\n")
    if len(old_lines) != len(new_lines):
        return changes_from(_diff_line(0, before, after))
    edits: list[tuple[int, str, str]] = []
    position = 0
    for old, new in zip(old_lines, new_lines, strict=True):
        if old != new:
            edits += _diff_line(position, old, new)
        position += len(old) + 1
    return changes_from(edits)


def _diff_line(offset: int, old: str, new: str) -> list[tuple[int, str, str]]:
    if len(old) == len(new):
        return _runs(offset, old, new)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    offset += head
    if not old or not new or len(old) + len(new) > _MAX_DIFF_CHARS:
        return [(offset, old, new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(offset + i, old[i:j], new[k:m]) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"]


def _runs(offset: int, old: str, new: str) -> list[tuple[int, str, str]]:
    """Return the stretches in which two equally long lines differ."""
    edits: list[tuple[int, str, str]] = []
    start: int | None = None
    for i, (a, b) in enumerate(zip(old, new, strict=True)):
        if a != b:
            start = i if start is None else start
        elif start is not None:
            edits.append((offset + start, old[start:i], new[start:i]))
            start = None
    if start is not None:
        edits.append((offset + start, old[start:], new[start:]))
    return edits
