"""The word list ranks words over characters that make none."""

from flows.text.lm.words import Words, words, write_words


def test_words_cost_less_than_their_characters():
    assert words().cost("基地") < words().cost("基") + words().cost("地")
    assert words().cost("巡视巡察整改工作") < words().cost("巡视巡整察改作工")


def test_traditional_words_cost_what_simplified_ones_cost():
    assert words().cost("經濟發展") == words().cost("经济发展")


def test_a_written_list_reads_back(tmp_path):
    write_words(tmp_path / "words.bin", {"经济": 2.0, "经": 6.0, "济": 7.0})
    tiny = Words((tmp_path / "words.bin").read_bytes())

    assert tiny.cost("经济") == 2.0
    assert tiny.cost("济经") == 13.0
