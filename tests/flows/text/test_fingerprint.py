"""The fingerprint: equal for the same words in any dress, different for different words and numbers."""

import lzma
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from flows.text.fingerprint import MIN_CLAIM_CHARS, claimable, fingerprint, heavy

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "text"
CONVERTERS = {name: OpenCC(name) for name in ("s2t", "s2tw", "s2hk", "t2s")}
HALF_WIDTH = str.maketrans("，。；：？！（）“”‘’、～％", ",.;:?!()\"\"'',~%")

PHRASES = [
    "全县干部群众",
    "会议强调",
    "要着力发展乡村产业",
    "后来",
    "于是",
    "皇后",
    "公里",
    "里面",
    "面粉",
    "饼干",
    "乾县",
    "萧乾",
    "著名作家",
    "显著成效",
    "随着",
    "增长3.5%",
    "2020年1月15日",
    "第1、2条",
    "-5℃",
    "1,234.5亿元",
    "二〇二〇年",
    "《关于印发＜办法＞的通知》",
    "①②③",
    "㎡",
    "10-12月",
    "COVID-19",
    "卫生",
    "叙利亚",
    "电视台",
    "台风",
    "复杂",
    "覆盖",
    "回复",
    "制度",
    "制造",
    "征集",
    "钟表",
    "松树",
    "只有",
    "头发",
    "出发",
    "谷物",
    "山谷",
    "周末",
    "志愿",
    "杂志",
    "余额",
    "计划",
    "图画",
    "了解",
    "瞭望",
    "沉没",
    "坐标",
    "象征",
    "想像",
    "重庆市",
    "於潜镇",
]
sentences = st.lists(
    st.tuples(
        st.sampled_from(PHRASES), st.sampled_from(["，", "。", "、", "；", "：", "\n", "", "（", "）", "“", "”", "！"])
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda part: part[0],  # a first line said twice is taken for a title
).map(lambda parts: "".join(phrase + mark for phrase, mark in parts))


@given(sentences, st.sampled_from(["s2t", "s2tw", "s2hk"]))
@settings(max_examples=150, deadline=None)
def test_a_mirror_in_the_other_script_has_the_same_fingerprint(text: str, configuration: str) -> None:
    mirror = CONVERTERS[configuration].convert(text)

    assert fingerprint(mirror) == fingerprint(text)
    assert fingerprint(CONVERTERS["t2s"].convert(mirror)) == fingerprint(text)


@given(sentences)
@settings(deadline=None)
def test_half_width_punctuation_has_the_same_fingerprint(text: str) -> None:
    assert fingerprint(text.translate(HALF_WIDTH)) == fingerprint(text)


@given(sentences, st.sampled_from(["　", " ", "\u200b", "\ufeff", "\u00ad", "\n\n"]))
@settings(deadline=None)
def test_spacing_and_invisible_characters_do_not_count(text: str, space: str) -> None:
    spaced = space + text.replace("，", f"，{space}").replace("。", f"{space}。") + space

    assert fingerprint(spaced) == fingerprint(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("業(yè)績（jì）發(fā)展(zhǎn)", "业绩发展"),
        ("县（xiàn）女(nǚ)", "县女"),
        ("ＧＤＰ增长３．５％", "gdp增长3.5%"),
        ("二○二○年", "二〇二〇年"),
        ("《办法》（国发〔2020〕5号）", "办法(国发[2020]5号)"),
        ("1,234,567.8元", "1234567.8元"),
        ("１～５月", "1—5月"),
        ("面积3㎡", "面积3m²"),
        ("乾旱、皇後、顯着", "干旱、皇后、显著"),
        ("甚麼", "什么"),
        ("妳們", "你们"),
        ("乡村振兴工作会议\n乡村振兴工作会议\n正文内容。", "乡村振兴工作会议\n正文内容。"),
        ("来源：新华社\n正文内容。\n责任编辑：王某\n（责任编辑：王某）", "正文内容。\n（责任编辑：王某）"),
        ("正文内容。\n版權(quán)與免責(zé)聲明：本網轉載之文章……", "正文内容。"),
        ("é", "e\u0301"),
    ],
)
def test_the_same_words_have_the_same_heavy_form(one: str, other: str) -> None:
    assert heavy(one) == heavy(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("增长3.5%", "增长35%"),
        ("增长3.5%", "增长3-5%"),
        ("增长3%", "增长3"),
        ("气温-5℃", "气温5℃"),
        ("第1、2条", "第12条"),
        ("〔2020〕5号", "20205号"),
        ("比分5:3", "比分53"),
        ("1月5日", "15日"),
        ("乾县", "吴县"),
        ("A1", "B1"),
        ("二〇二〇", "二〇二一"),
        ("甲县（一）", "甲县（二）"),
        ("乾县（xian）", "乾县"),
    ],
)
def test_different_words_and_numbers_have_different_heavy_forms(one: str, other: str) -> None:
    assert heavy(one) != heavy(other)


def test_a_text_with_and_without_characters_that_need_the_table_comes_out_alike() -> None:
    text = "会议（第2—3次）于 2020．5 召开…增长3％，画像、账目_覆盖链条；“－5℃”～"

    # U+20000 is in no list of plain characters, so that the whole text goes through the table
    assert heavy(text + "\U00020000") == heavy(text) + "\U00020000"


def test_a_text_that_is_only_furniture_keeps_it() -> None:
    assert heavy("来源：新华社") == "来源新华社"


@given(st.text())
def test_any_text_has_a_heavy_form_of_words_that_is_stable(text: str) -> None:
    assert all(char.isalnum() or char in "%‰.,:/ -−" for char in heavy(text))
    assert len(fingerprint(text)) == 64


def test_a_short_text_claims_nothing() -> None:
    assert not claimable("您访问的页面不存在。")
    assert not claimable("，。" * 200)
    assert claimable("字" * MIN_CLAIM_CHARS)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not in the repository")
@pytest.mark.parametrize("name", ["news", "laws", "daily1998"])
def test_real_paragraphs_agree_with_their_mirrors_and_with_nothing_else(name: str) -> None:
    with lzma.open(CORPUS / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
        paragraphs = sorted({line.strip() for line in file.read(400_000).split("\n")} - {""})
    groups: dict[str, set[str]] = {}
    for paragraph in paragraphs:
        words = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", paragraph))).lower()
        groups.setdefault(heavy(paragraph), set()).add(words)

    assert [group for group in groups.values() if len(group) > 1] == []
    for paragraph in paragraphs[::25]:
        assert fingerprint(CONVERTERS["s2tw"].convert(paragraph)) == fingerprint(paragraph)
