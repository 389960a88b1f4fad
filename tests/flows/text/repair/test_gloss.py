"""Glosses that software printed go, glosses that authors wrote stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.provenance import replay, undo
from flows.text.repair.gloss import remove_glosses
from storage.records import Step

READINGS = {"業": "yè", "發": "fā", "質": "zhì", "產": "chǎn", "創": "chuàng", "戰": "zhàn"}
GLOSSED = "把制造業(yè)高質(zhì)量發(fā)展作為主攻方向"


def test_systematic_glosses_are_removed():
    assert remove_glosses(GLOSSED).text == "把制造業高質量發展作為主攻方向"


def test_full_width_parentheses_and_look_alike_tone_marks_are_read():
    text = "產（chăn）業（yè）、企業（yè）、發（fā）展"

    assert remove_glosses(text).text == "產業、企業、發展"


def test_changes_replay_and_undo():
    result = remove_glosses(GLOSSED)
    step = Step("text", "glosses", result.detail, result.changes)

    assert replay(GLOSSED, [step]) == result.text
    assert undo(result.text, [step]) == GLOSSED
    assert [change.before for change in result.changes] == ["(yè)", "(zhì)", "(fā)"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("厦(shà)门，也说高楼大厦(shà)", id="a polyphone in a name, twice"),
        pytest.param("他性子很拗(niù)", id="one annotation"),
        pytest.param("给(jǐ)予、处(chǔ)理、创(chuāng)伤、龟(jūn)裂", id="list of readings"),
        pytest.param("給(jǐ)予、處(chǔ)理、創(chuāng)傷、龜(jūn)裂", id="list of readings in traditional characters"),
        pytest.param("齟(jǔ)齬(yǔ)、齷(wò)齪(chuò)、饕(tāo)餮(tiè)", id="rare characters"),
        pytest.param("龜(guī)", id="traditional, once"),
        pytest.param("發(fā)展、業(yè)績、質(zhì)量；發展、業績、質量、發展、業績、質量", id="mostly unglossed"),
        pytest.param("業(fā)、發(yè)、質(chǎn)、產(zhì)", id="readings do not fit"),
        pytest.param("丙烯酸(a)、乙醇(b)、苯(c)、甲烷(e)", id="enumeration by letters"),
    ],
)
def test_what_an_author_wrote_stays(text):
    assert remove_glosses(text).text == text


def test_a_misfit_stays_among_systematic_glosses():
    text = GLOSSED + "，高質(zhì)量發(fā)展，見附件(a)"

    assert remove_glosses(text).text == "把制造業高質量發展作為主攻方向，高質量發展，見附件(a)"


def test_a_gloss_of_the_byte_pair_across_two_characters_is_removed():
    text = GLOSSED + "，F(xiàn)-16"

    assert remove_glosses(text).text == "把制造業高質量發展作為主攻方向，F-16"


@given(st.text(alphabet="制造高量展向，。、" + "".join(READINGS), min_size=1))
def test_glossing_a_set_of_characters_is_undone(original):
    glossed = "".join(f"{char}({READINGS[char]})" if char in READINGS else char for char in original)

    result = remove_glosses(glossed)

    assert result.text in {original, glossed}
    assert (result.text == original) == (sum(map(original.count, READINGS)) >= 3 or original == glossed)


@given(st.text())
def test_any_text_without_glosses_is_left_alone(text):
    assert remove_glosses(text).text == text
