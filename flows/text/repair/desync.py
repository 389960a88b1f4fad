"""desync.py — GBK text whose bytes were read out of step: repairs it where the reading is certain.

A site's software cut the bytes of its (often traditional) text at punctuation whatever the alignment, or printed
readings between the halves of characters. Certain readings are applied, doubtful ones become suggestions. Never chosen
here: numerals, and characters that were eaten (a `?` stays). The parts: desync_trigger.py finds the places,
desync_document.py and desync_beam.py read them, desync_span.py judges.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.text.provenance import changes_from, replay
from flows.text.repair.desync_document import MAX_DECODED, damaged_document
from flows.text.repair.desync_span import MIN_GAIN, verdict
from flows.text.repair.desync_trigger import triggers
from flows.text.repair.fix import FixResult, unchanged
from storage.records import Change, Step, Suggestion

LEFT_FLAG = "desync left"
"""Flag of a text in which such damage was seen and not repaired."""
_SEGMENT_CHARS = 50_000


def fix_desync(text: str) -> FixResult:
    """Restore text whose GBK bytes were read out of step, where the reading is certain.

    Leaves alone what reads well as it is, however rare its characters. What is doubtful becomes a suggestion; numerals
    are never chosen, eaten characters stay a `?`. Beyond a bound of damage (3,000 characters) it only reports.

    >>> fix_desync("我们必须坚持科学发展，切实保护环境。").changes
    ()
    """
    if text.isascii():
        return unchanged(text)
    edits: list[tuple[int, str, str]] = []
    doubtful: list[Doubt] = []
    left = False
    budget = MAX_DECODED
    for offset, segment in _segments(text):
        if budget <= 0:
            left = left or bool(triggers(segment, 1))
            continue
        document = damaged_document(segment)
        if document is None:
            continue
        spans = document.spans(budget)
        # A hopeless document is as good a reason to stop as a long one.
        budget -= max(document.decoded, 2_000 if document.abandoned else 0)
        left = left or document.left_unread
        for span in spans:
            reason = verdict(span, document.script)
            start, before, after, second = document.trimmed(span)
            if not reason:
                edits.append((offset + start, before, after))
            elif span.gain > 0:
                doubtful.append(Doubt(offset + start, before, after, second, span.gain, span.gap, reason))
    changes = changes_from(edits)
    suggestions = tuple(_suggestions(doubtful, changes))
    left = left or any(doubt.gain >= MIN_GAIN for doubt in doubtful)
    if not changes and not suggestions and not left:
        return unchanged(text)
    result = replay(text, [Step("text", "desync", "", changes)])
    detail = f"{len(changes)} stretches restored, {len(suggestions)} doubtful"
    return FixResult(result, changes, detail, suggestions, (LEFT_FLAG,) if left else ())


def _segments(text: str) -> Iterator[tuple[int, str]]:
    """Cut a very long text at line ends; each piece is a document of its own."""
    start = 0
    while start < len(text):
        end = start + _SEGMENT_CHARS
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or end
        yield start, text[start:end]
        start = end


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading that is not applied: offset in the text as given, what stands there, the two readings, and why."""

    start: int
    before: str
    after: str
    second: str
    gain: float
    gap: float
    reason: str


def _suggestions(doubts: Iterable[Doubt], changes: Sequence[Change]) -> Iterator[Suggestion]:
    done, shift = 0, 0
    for doubt in doubts:
        while done < len(changes) and changes[done].start < doubt.start:
            shift += len(changes[done].after) - len(changes[done].before)
            done += 1
        yield Suggestion(
            "text", "desync", doubt.start + shift, doubt.before, doubt.after, doubt.second,
            round(doubt.gain, 1), round(doubt.gap, 1), doubt.reason,
        )  # fmt: skip
