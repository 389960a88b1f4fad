"""Readings and forms of single characters."""

import pytest

from flows.text.lm.hanzi import readings, reads, standard_pinyin, traditional_forms


@pytest.mark.parametrize(
    ("char", "syllable"), [("嗯", "ǹg"), ("女", "nv3"[:2] + "̌"), ("綠", "lǜ"), ("發", "fā"), ("長", "cháng")]
)
def test_a_reading_is_known_with_its_tone(char, syllable):
    assert reads(char, syllable)


def test_a_character_without_reading_has_none():
    assert readings("，") == ()
    assert not reads("，", "yè")


def test_breves_are_taken_for_carons():
    assert standard_pinyin("zhŭn") == "zhǔn"


def test_the_usual_traditional_form_comes_first():
    assert traditional_forms()["发"].startswith("發")
