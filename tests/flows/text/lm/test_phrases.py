"""The model of word sequences that ships: what it prefers, what it does not tell apart, that it is small."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.lm.grams import model
from flows.text.lm.phrases import phrases, read_phrases, write_phrases
from flows.text.lm.words import words

OFFICIAL = "全面贯彻落实党中央决策部署，推动经济社会高质量发展。"


def test_words_that_follow_each_other_cost_less_than_words_that_do_not():
    assert phrases().cost("推动经济社会高质量发展") < phrases().cost("推动社会发展经济高质量")


def test_traditional_text_costs_what_simplified_text_costs():
    assert phrases().cost("經濟發展！") == phrases().cost("经济发展!")


def test_a_text_costs_less_after_what_leads_to_it():
    before, text = "推动经济社会", "高质量发展"

    assert phrases().cost(before + text) < phrases().cost(before) + phrases().cost(text)


@given(st.text(max_size=40))
def test_any_text_has_a_finite_cost(text):
    assert 0 <= phrases().cost(text) < math.inf


def test_both_models_need_under_40_mb():
    assert model().size_bytes + phrases().size_bytes < 40_000_000


def test_a_written_model_reads_back(tmp_path):
    kept = [number for _, number in words().split("经济发展")]
    levels = [
        ("\1\2\3\4", bytes([16, 32, 48, 64]), bytes(4), [4]),
        ("\4", bytes([4]), b"", [0, 0, 1, 0]),
    ]

    write_phrases(tmp_path / "tiny.xz", "\n。", kept, levels)
    tiny = read_phrases(tmp_path / "tiny.xz", words())

    assert tiny.cost("经济") == 3.0
    assert tiny.cost("经济发展") == 3.0 + 4 / 16
    assert tiny.cost("经济发展。") == 3.0 + 4 / 16 + 2.0


@pytest.mark.parametrize("text", ["龘", "龘龘"])
def test_an_unknown_character_is_dear_each_time(text):
    assert phrases().cost(text) > 7 * len(text)
