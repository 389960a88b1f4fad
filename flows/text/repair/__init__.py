"""repair — The named fixes of damaged text, their registry and their order.

A fix is certain or it does nothing: what it is not sure of becomes a suggestion beside the untouched text.
Clean text costs one pass over its characters. The fixes themselves are in the modules of this package, one
noun each; this module holds only the order.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flows.text.provenance import ReplayError
from flows.text.repair import (
    channel,
    characters,
    code_pages,
    desync,
    double_byte,
    escapes,
    gloss,
    indent,
    lost_bytes,
    lost_pairs,
    lost_text,
    single_byte,
)
from flows.text.repair.fix import Fix, FixResult
from storage.records import Change, Step, Suggestion

__all__ = ["REGISTRY", "REREADING", "Fix", "FixResult", "Repaired", "ReplayError", "repair"]

ORDINARY = re.compile(
    r"[^\0-$'-<>@-\[\]-\x7f\xa0°±·×÷‐-‧‰′″※℃ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ←-↓①-⑳■□▲△◆◇○●★☆\u3000-\u3020㎡\u4e00-\u9fff\uff01-\uff5e￥]"
)
"""Finds the characters that ordinary text is not made of: few in clean text, and each fix needs one of its own."""


def _fix(name: str, function: Callable[[str], FixResult], signs: str = "") -> Fix:
    return Fix(name, function, re.compile(signs) if signs else None)


REGISTRY: tuple[Fix, ...] = (
    _fix("unescape_references", escapes.unescape_references, "&"),
    _fix("unescape_javascript", escapes.unescape_javascript, r"[%\\]"),
    _fix("unescape_percent", escapes.unescape_percent, "%"),
    _fix("unescape_bytes", escapes.unescape_bytes, r"[\\=]"),
    _fix("reread_latin", single_byte.reread_latin, "[\x80-\xff]"),
    # Before ftfy's steps and before invisible characters go: a soft hyphen may be half a character.
    _fix(
        "reread_code_pages", code_pages.reread_code_pages, "[\x80-\u052f\u0e00-\u0e7f\u2000-\u266f\uf8ff\ufb00-\ufb02]"
    ),
    _fix("restore_lost_latin", lost_bytes.restore_lost_latin, "[ã-éï]"),
    # Before ftfy's steps, which take the controls among Japanese readings for windows-1252.
    _fix("reread_pairs", double_byte.reread_pairs),
    _fix("restore_lost_bytes", lost_bytes.restore_lost_bytes, "[?€\ufffd\ue000-\uf8ff]"),
    _fix("restore_lost_pairs", lost_pairs.restore_lost_pairs, "\ufffd"),
    _fix("fix_single_byte", single_byte.fix_single_byte, "[^\0-\x7f]"),
    # Before controls go: they may be halves of characters that were too few to be sure of.
    Fix("reread_alike", channel.reread_alike, with_damaged=channel.reread_alike),
    _fix("replace_c1_controls", characters.replace_c1_controls, "[\x80-\x9f]"),
    _fix("join_surrogates", characters.join_surrogates, "[\ud800-\udbff]"),
    _fix(
        "compose",
        characters.compose,
        "[\u0300-\u1fff\u2000\u2001\u20d0-\u232a\u3099\u309a\uf900-\ufaff\U0002f800-\U0002fa1f]",
    ),
    _fix("remove_invisible", characters.remove_invisible, "[\xad\u034f-\ufeff]"),
    _fix("replace_radicals", characters.replace_radicals, "[\u2e80-\u2fdf]"),
    _fix("replace_private_use", characters.replace_private_use, "[\ue000-\uf8ff]"),
    _fix("restore_indent", indent.restore_indent, "[?\ufffd]"),
    # Before the glosses go: they tell which bytes were lost.
    Fix("fix_desync", desync.fix_desync),
    Fix("remove_glosses", gloss.remove_glosses, with_document=gloss.remove_glosses),
    Fix("flag_lost_text", lost_text.flag_lost_text),
)
"""Every fix in the order of application. The name is the registry key, the step name and the counter."""

REREADING: tuple[Fix, ...] = tuple(
    fix for fix in REGISTRY if fix.name.startswith(("reread_", "restore_lost_", "fix_single_byte"))
)
"""The fixes that read the bytes of a text in another encoding."""

# Damage may hide damage (an escaped text that was garbled before): the registry is run again until it finds
# nothing, at most this often.
_MAX_PASSES = 4


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair, with everything needed to show and undo what was done.

    steps: replaying them on the text given makes `text`. suggestions: offsets point into `text`.
    """

    text: str
    steps: tuple[Step, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    flags: tuple[str, ...] = ()


def repair(
    text: str, document: str = "", fixes: Sequence[Fix] = REGISTRY, suggestions: Sequence[Suggestion] = ()
) -> Repaired:
    """Repair damaged Chinese text, leave clean text as it is, and say what was done.

    Certain repairs are applied; doubtful ones are returned as suggestions; lost text is flagged. A repaired
    text comes back unchanged when it is repaired again. document: the text that a title or another short field
    belongs to, unrepaired: what is systematic there is evidence for the field. fixes: those that take part.
    suggestions: what was doubtful in the text before; they are carried along.

    >>> repair("&ldquo;ÖÐÎÄ&rdquo;").text
    '“中文”'
    """
    steps: list[Step] = []
    held = list(suggestions)
    flags: list[str] = []
    odd = "".join(ORDINARY.findall(text))
    for _ in range(_MAX_PASSES):
        before = damaged = text
        for fix in fixes:
            if fix.name == REREADING[0].name:
                damaged = text
            if fix.signs and not fix.signs.search(odd):
                continue
            if fix.with_damaged:
                result = fix.with_damaged(text, damaged)
            else:
                result = fix.with_document(text, document) if fix.with_document and document else fix.function(text)
            held = _joined(_carried(held, result.changes), result.suggestions)
            flags += result.flags
            if result.text != text:
                steps.append(Step("text", fix.name, result.detail, result.changes))
                text = result.text
                odd = "".join(ORDINARY.findall(text))
        if text == before:
            break
    return Repaired(text, tuple(steps), tuple(dict.fromkeys(held)), tuple(dict.fromkeys(flags)))


def _joined(held: list[Suggestion], new: tuple[Suggestion, ...]) -> list[Suggestion]:
    """Add suggestions for places that have none: an earlier pass saw more evidence, such as the glosses."""
    if not new:
        return held
    joined = sorted((*((one.start, 0, one) for one in held), *((one.start, 1, one) for one in new)), key=_place)
    kept: list[Suggestion] = []
    for _, is_new, one in joined:
        if kept and one.start < kept[-1].start + len(kept[-1].before):
            if is_new:
                continue
            kept.pop()
        kept.append(one)
    return kept


def _place(entry: tuple[int, int, Suggestion]) -> tuple[int, int]:
    return entry[:2]


def _carried(suggestions: list[Suggestion], changes: tuple[Change, ...]) -> list[Suggestion]:
    """Move suggestions along with a later change of the text; those whose place was changed are void."""
    if not changes or not suggestions:
        return suggestions
    carried: list[Suggestion] = []
    remaining = iter(changes)
    change = next(remaining, None)
    shift = 0
    for suggestion in sorted(suggestions, key=lambda one: one.start):
        while change and change.start + len(change.before) <= suggestion.start:
            shift += len(change.after) - len(change.before)
            change = next(remaining, None)
        if change is None or change.start >= suggestion.start + len(suggestion.before):
            carried.append(replace(suggestion, start=suggestion.start + shift))
    return carried
