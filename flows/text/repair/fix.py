"""fix.py — What a repair is: a name, and a pure function from text to text with its exact changes.

One name serves as registry key, step name, counter and documentation entry. The registry and the order of
application are in flows/text/repair/__init__.py; the fixes themselves are in the modules beside it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.text.provenance import changes_from, diff
from storage.records import Change, Suggestion


@dataclass(frozen=True, slots=True)
class FixResult:
    """What one fix made of a text.

    changes: in ascending order, leading exactly from the text given to `text`; empty when nothing was done.
    detail: what was decided, for a reader. suggestions: doubtful repairs, not applied; `start` points into
    `text`, the result. flags: what a reader of the document should know, such as "text lost".
    """

    text: str
    changes: tuple[Change, ...] = ()
    detail: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """A named repair. `function` is pure, leaves clean text alone and takes time linear in the text.

    signs: matches a character without which there is nothing to fix; None where the fix looks for itself. The
    characters it is tried on are those that ORDINARY, in the registry, leaves out. with_document: the same fix for
    a short field, given the text of its document as evidence. with_damaged: the same fix for a text of which parts were
    read again already, given the text before that.
    """

    name: str
    function: Callable[[str], FixResult]
    signs: re.Pattern[str] | None = None
    with_document: Callable[[str, str], FixResult] | None = None
    with_damaged: Callable[[str, str], FixResult] | None = None


def unchanged(text: str) -> FixResult:
    """Return the result of a fix that found nothing to do."""
    return FixResult(text)


def edited(text: str, edits: Sequence[tuple[int, str, str]], detail: str = "") -> FixResult:
    """Make the result of replacing stretches, given as (start, before, after) in ascending order.

    >>> edited("標鏂囧", [(1, "鏂囧", "文")]).text
    '標文'
    """
    changes = changes_from(edits)
    if not changes:
        return FixResult(text)
    pieces: list[str] = []
    position = 0
    for start, before, after in edits:
        pieces += (text[position:start], after)
        position = start + len(before)
    return FixResult("".join((*pieces, text[position:])), changes, detail)


def result_of(before: str, after: str, detail: str = "") -> FixResult:
    """Make the result of a fix that only knows its outcome; the changes are found by comparing.

    >>> result_of("⼀⽅", "一方").changes
    (Change(start=0, new_start=0, before='⼀⽅', after='一方'),)
    """
    if before == after:
        return FixResult(before)
    return FixResult(after, diff(before, after), detail)
