"""The character fold: what it changes, what it must leave alone."""

from hypothesis import given
from hypothesis import strategies as st

from flows.text.script import converts, fold, simplified_forms, simplified_only


def test_fold_turns_traditional_into_simplified() -> None:
    assert fold("縣委書記強調，要發展鄉村產業「一縣一業」") == "县委书记强调，要发展乡村产业「一县一业」"


def test_fold_leaves_simplified_text_punctuation_and_symbols_alone() -> None:
    text = "全县“十四五”规划：①新增耕地3.5万㎡；②气温－5℃。「引号」『照旧』"

    assert fold(text) is text


def test_fold_handles_characters_beyond_the_basic_plane() -> None:
    rare = next(key for key in simplified_forms() if ord(key) > 0xFFFF)

    assert fold(rare) == simplified_forms()[rare]
    assert fold("\U0003134a𠮷") == "\U0003134a𠮷"


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x323AF, exclude_categories=["Cs"])))
def test_fold_keeps_the_length_and_is_done_after_one_pass(text: str) -> None:
    folded = fold(text)

    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text(alphabet=st.sampled_from("縣县乾干於的a，\U00020000𠮷" + "".join(list(simplified_forms())[-3:]))))
def test_converts_says_exactly_whether_fold_changes_anything(text: str) -> None:
    assert converts(text) == (fold(text) != text)


def test_simplified_only_leaves_out_characters_that_both_scripts_use() -> None:
    assert {"们", "这", "县", "发"} <= simplified_only()
    assert not {"后", "里", "面", "干", "的", "乾"} & simplified_only()
