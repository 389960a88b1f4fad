"""repair — The named fixes of damaged text, their registry and their order.

A fix is certain or it does nothing: what it is not sure of becomes a suggestion beside the untouched text.
Clean text costs one pass over its characters. The fixes themselves are in the modules of this package, one
noun each; this module holds only the order.
"""

from dataclasses import dataclass, replace

from flows.text.provenance import ReplayError
from flows.text.repair import characters, double_byte, escapes, gloss, indent, lost_bytes, single_byte
from flows.text.repair.fix import Fix, FixResult
from storage.records import Change, Step, Suggestion

__all__ = ["REGISTRY", "Fix", "FixResult", "Repaired", "ReplayError", "repair"]

REGISTRY: tuple[Fix, ...] = (
    Fix("unescape_references", escapes.unescape_references),
    Fix("unescape_javascript", escapes.unescape_javascript),
    Fix("unescape_percent", escapes.unescape_percent),
    Fix("reread_latin", single_byte.reread_latin),
    Fix("restore_lost_latin", lost_bytes.restore_lost_latin),
    Fix("fix_single_byte", single_byte.fix_single_byte),
    Fix("reread_pairs", double_byte.reread_pairs),
    Fix("restore_lost_bytes", lost_bytes.restore_lost_bytes),
    Fix("replace_c1_controls", characters.replace_c1_controls),
    Fix("join_surrogates", characters.join_surrogates),
    Fix("compose", characters.compose),
    Fix("remove_invisible", characters.remove_invisible),
    Fix("replace_radicals", characters.replace_radicals),
    Fix("replace_private_use", characters.replace_private_use),
    Fix("restore_indent", indent.restore_indent),
    Fix("remove_glosses", gloss.remove_glosses),
)
"""Every fix in the order of application. The name is the registry key, the step name and the counter."""

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


def repair(text: str) -> Repaired:
    """Repair damaged Chinese text, leave clean text as it is, and say what was done.

    Certain repairs are applied; doubtful ones are returned as suggestions; lost text is flagged. A repaired
    text comes back unchanged when it is repaired again.

    >>> repair("&ldquo;ÖÐÎÄ&rdquo;").text
    '“中文”'
    """
    steps: list[Step] = []
    suggestions: list[Suggestion] = []
    flags: list[str] = []
    for _ in range(_MAX_PASSES):
        before = text
        for fix in REGISTRY:
            result = fix.function(text)
            suggestions = [*_carried(suggestions, result.changes), *result.suggestions]
            flags += result.flags
            if result.text != text:
                steps.append(Step("text", fix.name, result.detail, result.changes))
                text = result.text
        if text == before:
            break
    return Repaired(text, tuple(steps), tuple(dict.fromkeys(suggestions)), tuple(dict.fromkeys(flags)))


def _carried(suggestions: list[Suggestion], changes: tuple[Change, ...]) -> list[Suggestion]:
    """Move suggestions along with a later change of the text; those whose place was changed are void."""
    if not changes:
        return suggestions
    carried: list[Suggestion] = []
    for suggestion in suggestions:
        shift = 0
        end = suggestion.start + len(suggestion.before)
        for change in changes:
            if change.start >= end:
                break
            if change.start + len(change.before) > suggestion.start:
                break
            shift += len(change.after) - len(change.before)
        else:
            carried.append(replace(suggestion, start=suggestion.start + shift))
            continue
        if change.start >= end:
            carried.append(replace(suggestion, start=suggestion.start + shift))
    return carried
