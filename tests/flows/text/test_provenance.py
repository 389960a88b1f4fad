"""Changes can be found, replayed and undone, exactly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.provenance import ReplayError, changes_from, diff, replay, substitute, undo
from storage.records import Change, Step

TEXT = st.text(alphabet="發展业業ab，。\n?", max_size=60)


def step(changes: tuple[Change, ...]) -> list[Step]:
    return [Step("text", "test", "", changes)]


@given(TEXT, TEXT)
def test_a_diff_leads_from_one_text_to_the_other_and_back(before: str, after: str) -> None:
    steps = step(diff(before, after))

    assert replay(before, steps) == after
    assert undo(after, steps) == before


@given(TEXT, st.sampled_from(["發", "[ab]+", "。|，", "\n", "業?"]), st.sampled_from(["", "X", "业业"]))
def test_substitute_does_what_sub_does_and_its_changes_replay(text: str, pattern: str, new: str) -> None:
    compiled = re.compile(pattern)

    result, changes = substitute(compiled, lambda _: new, text)

    assert result == compiled.sub(new, text)
    assert replay(text, step(changes)) == result
    assert undo(result, step(changes)) == text


@given(TEXT, TEXT, TEXT)
def test_steps_replay_and_undo_in_sequence(first: str, second: str, third: str) -> None:
    steps = [*step(diff(first, second)), *step(diff(second, third))]

    assert replay(first, steps) == third
    assert undo(third, steps) == first


@given(TEXT, TEXT)
def test_changes_ascend_and_do_not_overlap(before: str, after: str) -> None:
    end = new_end = 0
    for change in diff(before, after):
        assert change.start >= end
        assert change.new_start >= new_end
        assert change.before != change.after
        end, new_end = change.start + len(change.before), change.new_start + len(change.after)


def test_script_conversion_of_a_long_line_stays_one_change_per_character() -> None:
    before = "經濟" * 5000

    assert len(diff(before, before.replace("濟", "济"))) == 5000


def test_a_change_that_changes_nothing_is_left_out() -> None:
    assert changes_from([(0, "a", "a"), (2, "b", "c")]) == (Change(2, 2, "b", "c"),)


def test_a_step_that_does_not_fit_its_text_is_refused_with_place_and_finding() -> None:
    with pytest.raises(ReplayError, match="expected 'x' at offset 1, found 'b'"):
        replay("abc", step((Change(1, 1, "x", "y"),)))


def test_overlapping_changes_are_refused() -> None:
    with pytest.raises(ReplayError):
        replay("abc", step((Change(0, 0, "ab", ""), Change(1, 0, "b", ""))))
