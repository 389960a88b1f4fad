"""Damage, then repair: every channel that loses nothing is undone exactly; the others never invent a number."""

import re
import unicodedata
from collections.abc import Callable

from flows.text.provenance import replay, undo
from flows.text.repair import repair
from flows.text.repair.doubt import NUMERALS
from flows.text.script import read_dictionary

Channel = Callable[[str], str | None]


def traditional(text: str) -> str:
    forms = {key: values[0] for key, values in read_dictionary("STCharacters.txt").items()}
    return "".join(forms.get(char, char) for char in text)


def damaged(channel: Channel, texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (damaged, original) of what can go through a channel, in both scripts."""
    both = [*texts, *map(traditional, texts)]
    return [(result, text) for text in both if (result := channel(text)) is not None]


def test_lossless_damage_of_sentences_is_undone_exactly(lossless: Channel, sentences: tuple[str, ...]) -> None:
    for text, original in damaged(lossless, sentences):
        assert repair(text).text == original


def test_lossless_damage_of_headings_is_undone_exactly(lossless: Channel, headings: tuple[str, ...]) -> None:
    for text, original in damaged(lossless, headings):
        assert repair(text).text == original


def test_lossless_damage_of_a_line_in_a_clean_page_is_undone_in_its_place(
    lossless: Channel, sentences: tuple[str, ...]
) -> None:
    before, after = sentences[2], sentences[8]

    for text, original in damaged(lossless, sentences):
        repaired = repair(f"{before}\n{text}\n{after}")
        assert repaired.text == f"{before}\n{original}\n{after}"
        changed = [change for step in repaired.steps for change in step.changes]
        assert all(len(before) < change.start for change in changed)


def test_escapes_are_undone_exactly(escape: Channel, sentences: tuple[str, ...]) -> None:
    for text, original in damaged(escape, sentences):
        assert repair(text).text == original


def test_characters_are_put_back(character: Channel, sentences: tuple[str, ...]) -> None:
    for text, original in damaged(character, sentences):
        assert repair(text).text == unicodedata.normalize("NFC", original)


def test_indents_are_put_back(indent: Channel, sentences: tuple[str, ...]) -> None:
    for text, original in damaged(indent, tuple("\u3000\u3000" + sentence for sentence in sentences)):
        assert repair(text).text == original


def numerals(text: str) -> str:
    return "".join(char for char in text if char in NUMERALS)


def test_lossy_damage_is_mostly_undone_and_no_numeral_is_invented(lossy: Channel, sentences: tuple[str, ...]) -> None:
    wrong = right = 0
    for text, original in damaged(lossy, sentences):
        restored = repair(text).text
        kept = re.escape(restored).replace("\ufffd", ".").replace(r"\?", ".?.?")
        right += re.fullmatch(kept, original, re.DOTALL) is not None
        wrong += 1
        # What is left of the numerals is in order: none was added, none replaced by another.
        remaining = iter(numerals(original))
        assert all(char in remaining for char in numerals(restored)), (restored, original)

    assert right >= 0.7 * wrong


def test_lost_text_is_flagged_and_left(lost: Channel, sentences: tuple[str, ...]) -> None:
    for text, _ in damaged(lost, sentences):
        repaired = repair(text)
        assert set(repaired.flags) & {"mojibake residue", "replacement characters"}


def test_every_repair_replays_and_can_be_undone(any_channel: Channel, sentences: tuple[str, ...]) -> None:
    for text, _ in damaged(any_channel, sentences):
        repaired = repair(text)
        assert replay(text, repaired.steps) == repaired.text
        assert undo(repaired.text, repaired.steps) == text


def test_a_repaired_text_needs_no_repair(any_channel: Channel, sentences: tuple[str, ...]) -> None:
    for text, _ in damaged(any_channel, sentences):
        once = repair(text).text
        assert repair(once).text == once
