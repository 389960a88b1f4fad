"""The script builds what is shipped, byte for byte; here the word list, whose input is an installed package."""

from importlib.util import find_spec

import pytest

from flows.text.lm.build import jieba_words, word_costs
from flows.text.lm.words import WORDS_FILE, write_words


@pytest.mark.skipif(find_spec("jieba") is None, reason="jieba's word list is needed to build ours, never to use it")
def test_the_word_list_is_built_byte_for_byte(tmp_path):
    write_words(tmp_path / "words.bin", word_costs(jieba_words()))

    assert (tmp_path / "words.bin").read_bytes() == WORDS_FILE.read_bytes()
