"""The word list splits text into the words it is made of."""

from hypothesis import given
from hypothesis import strategies as st

from flows.text.lm.words import Words, words, write_words


def test_text_is_split_into_words():
    pieces = [word for word, _ in words().split("巡视巡察整改工作。")]

    assert pieces == ["巡视", "巡察", "整改", "工作", "。"]


def test_what_is_no_word_has_no_number():
    assert [number is None for _, number in words().split("0，A工作")] == [True, True, True, False]


@given(st.text(max_size=40))
def test_the_pieces_make_up_the_text(text):
    assert "".join(word for word, _ in words().split(text)) == text


def test_a_written_list_reads_back(tmp_path):
    write_words(tmp_path / "words.bin", {"经济": 2.0, "经": 6.0, "济": 7.0})
    tiny = Words((tmp_path / "words.bin").read_bytes())

    assert len(tiny) == 3
    assert [word for word, _ in tiny.split("经济济经")] == ["经济", "济", "经"]
