"""Words before characters: what the protected list and the dictionary's phrases decide."""

import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from flows.text.conversion import simplify

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "text"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("乾旱、餅乾、乾淨、抽乾村民的水塘", "干旱、饼干、干净、抽干村民的水塘"),
        ("乾和村、乾塘鎮、乾江社區", "乾和村、乾塘镇、乾江社区"),
        ("由於潛在風險，致力於潛水", "由于潜在风险，致力于潜水"),
        ("於潛鎮在臨安，去於潛", "於潜镇在临安，去於潜"),
        ("對於單位，熱衷於戲曲", "对于单位，热衷于戏曲"),
        ("隨著、沿著、著力、著眼、沉著、意味著", "随着、沿着、着力、着眼、沉着、意味着"),
        ("著名作家、顯著、有著名的景點、編著", "著名作家、显著、有著名的景点、编著"),
        ("覆蓋、答覆、反覆、顛覆", "覆盖、答复、反复、颠覆"),
        ("瞭望塔、瞭解、明瞭", "瞭望塔、了解、明了"),
        ("皇后、後來、公里、裏面、裡面", "皇后、后来、公里、里面、里面"),
        ("公共衞生、敍利亞、電視枱", "公共卫生、叙利亚、电视台"),
        ("「軟體」『程式』", "「软体」『程式』"),
    ],
)
def test_words_win_over_characters(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


@given(st.text(alphabet="乾隆縣村於潛著名隨反覆瞭解鍾，a\n𠮷"))
def test_the_length_stays_and_a_second_pass_changes_no_protected_word(text: str) -> None:
    assert len(simplify(text)) == len(text)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not in the repository")
def test_opencc_gives_the_same_text_but_for_listed_words() -> None:
    with lzma.open(CORPUS / "daily1998.txt.xz", "rt", encoding="utf-8") as file:
        traditional = OpenCC("s2t").convert(file.read(40_000))

    theirs, ours = OpenCC("t2s").convert(traditional), simplify(traditional)

    assert sum(a != b for a, b in zip(theirs, ours, strict=True)) <= 4  # 揹, 擡: characters that its table lacks
