"""What holds for every text: replay, undo, idempotence, clean text untouched, suggestions in their place."""

import re
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.text.provenance import replay, undo
from flows.text.repair import REGISTRY, Fix, repair
from flows.text.repair.doubt import NUMERALS

ODD = (
    "&amp;#20013;",
    "&ldquo",
    "&#x4e2d;",
    "%u4E2D%u6587",
    "\\u4e2d",
    "%E4%B8%AD",
    "%D6%D0",
    "ÖÐÎÄ",
    "å›½æ‰§",
    "鏂囧瓧",
    "娑擃厼娴",
    "瓣磅痲瓣",
    "锟斤拷",
    "????",
    "\ufffd\ufffd",
    "\x93",
    "\ud842\udfb7",
    "\u200b",
    "\u202a",
    "⼀⽅",
    "\ue863",
    "業(yè)",
    "?",
    "€",
    "\u3000",
    "\n",
    "2025",
    "é",
    "e\u0301",
)
CLEAN = ("市政府召开会议，", "全年完成投资1200亿元。", "乾安县", "①㎡℃", "１２３ＡＢＣ", "《条例》", "“好”")

texts = st.lists(st.one_of(st.sampled_from(ODD), st.sampled_from(CLEAN), st.text(max_size=6)), max_size=8).map("".join)
slowly = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(texts)
def test_steps_replay_and_undo(text: str) -> None:
    repaired = repair(text)

    assert replay(text, repaired.steps) == repaired.text
    assert undo(repaired.text, repaired.steps) == text


@slowly
@given(texts)
def test_a_second_repair_changes_nothing(text: str) -> None:
    once = repair(text).text

    assert repair(once).text == once


@slowly
@given(texts)
def test_suggestions_point_at_what_they_would_replace(text: str) -> None:
    repaired = repair(text)

    for suggestion in repaired.suggestions:
        assert repaired.text.startswith(suggestion.before, suggestion.start)
        assert suggestion.reason


@slowly
@given(st.lists(st.sampled_from(CLEAN), max_size=20).map("".join))
def test_clean_text_is_returned_as_it_is(text: str) -> None:
    repaired = repair(text)

    assert (repaired.text, repaired.steps, repaired.suggestions, repaired.flags) == (text, (), (), ())


def test_clean_official_text_is_returned_as_it_is(clean_text: str) -> None:
    # The corpus holds some entities and invisible characters: damage, if small.
    right = {"unescape_references", "remove_invisible", "replace_radicals"}
    repaired = repair(clean_text)

    assert {step.name for step in repaired.steps} <= right
    assert repaired.suggestions == ()


def test_clean_official_text_with_half_width_punctuation_is_returned_as_it_is(clean_text: str) -> None:
    half = clean_text.translate(str.maketrans("，：；！？（）“”％", ',:;!?()""%'))
    right = {"unescape_references", "remove_invisible", "replace_radicals"}

    assert {step.name for step in repair(half).steps} <= right


def test_every_step_carries_the_name_of_a_registered_fix(sentences: tuple[str, ...], channels: ModuleType) -> None:
    names = [fix.name for fix in REGISTRY]
    texts = [channel(sentences[1]) for channel in channels.DOUBLE_BYTE_LOSSY.values()]

    assert len(set(names)) == len(names)
    assert {step.name for text in texts if text for step in repair(text).steps} <= set(names)


@pytest.mark.parametrize("fix", REGISTRY, ids=lambda fix: fix.name)
def test_every_fix_is_named_as_its_function_and_says_what_it_leaves(fix: Fix) -> None:
    assert fix.function.__name__ == fix.name
    assert re.search(r"\bleaves?\b|change nothing", fix.function.__doc__ or "", re.IGNORECASE)


@pytest.fixture
def question_marks(channels: ModuleType) -> Callable[[str], str]:
    return channels.DOUBLE_BYTE_LOSSY["utf8_as_gbk_question"]


def test_a_numeral_that_depends_on_a_lost_byte_is_suggested_and_not_chosen(
    question_marks: Callable[[str], str],
) -> None:
    # Of 一 the last byte is lost; 个 and 中 have the same two bytes in front.
    repaired = repair(question_marks("今年积极参加这一活动的有全市的干部和群众"))

    assert "一" not in repaired.text
    assert any(
        set(suggestion.after) & NUMERALS or set(suggestion.second) & NUMERALS for suggestion in repaired.suggestions
    )


def test_eaten_characters_stay_visible(channels: ModuleType) -> None:
    # The reader took the last byte of 届 and the 2 for one pair.
    damaged = channels.DOUBLE_BYTE_LOSSY["utf8_as_cp936"]("党的二十届三中全会于2024年7月召开，取得圆满成功。")

    assert "?" in repair(damaged).text


LISTS = (
    "张海军\t男\t残疾人家庭\t石桥乡\n刘桂芝\t女\t低保户\t兴唐镇\n段长河\t男\t脱贫户\t水牛李村",
    "侯福生 城关镇郭家沟村 低保户 C级 9000\n娄有才 桂村乡水牛李村 低保户 D级 21000\n其其格 前旗 低保户 C级 9000",
    "用地性质 工业 容积率 ≥1.0 建筑密度 ≥40% 绿地率 ≤15% 出让年限 50\n办公时间 8:30—12:00，14:30—17:30",
    "报名时间：2022年5月20日\n一、保持中心主任职务；\n任副局长（试用期一年）；\n公共服务局3108室",
)


@pytest.mark.parametrize("text", LISTS)
@pytest.mark.parametrize("name", ["utf8_as_gbk_browser", "utf8_as_gbk_question", "utf8_as_gb18030_replace"])
def test_in_cells_and_short_lines_a_close_reading_stays_a_mark(text: str, name: str, channels: ModuleType) -> None:
    """The model learned prose: in a cell it took 男 for 用, 桂芝 for 桂花 and ≥ for ≈."""
    page = f"县政府召开会议，部署春耕生产工作，要求各乡镇抓好落实，确保全年粮食产量稳定。\n{text}"
    repaired = repair(channels.DOUBLE_BYTE_LOSSY[name](page)).text

    assert len(repaired) == len(page)
    assert [(a, b) for a, b in zip(page, repaired, strict=True) if a != b and b not in "?\ufffd"] == []


@pytest.mark.parametrize(
    "label", ["来源：云岭融媒", "　　更新时间：2024-05-12 09:30", "點擊數：12", "联系电话：0871-5566001"]
)
def test_behind_a_label_a_lost_mark_is_a_colon(label: str, channels: ModuleType) -> None:
    """The model learned running text, in which a comma follows 时间."""
    page = f"县政府召开会议，部署春耕生产工作。\n{label}\n会议强调，要抓好落实。"

    assert repair(channels.DOUBLE_BYTE_LOSSY["utf8_as_gbk_browser"](page)).text == page
