"""Script normalization: the gate, the names that survive, what is never touched, and the steps."""

import lzma
from pathlib import Path

import pytest
from opencc import OpenCC

from flows.text.normalize import normalize
from flows.text.provenance import replay, undo

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "text"
TO_TRADITIONAL = OpenCC("s2t")

NAMES = [
    "乾安县",
    "乾县",
    "乾西乡",
    "乾潭镇",
    "乾务镇",
    "乾佑街道",
    "奇乾乡",
    "於潜镇",
    "萧乾",
    "连乾",
    "甯某",
    "藉口镇",
    "濛江街道",
    "垌塚镇",
    "氾水镇",
    "礐石街道",
    "钜桥镇",
    "昭馀镇",
    "钱锺书",
    "宫商角徵羽",
    "毕昇",
    "哪吒",
    "乾隆",
    "蒜薹",
    "覆盖",
]

SIMPLIFIED_WITH_CONVERTIBLE_CHARACTERS = [
    "乾安县人民政府办公室关于印发乾安镇防汛预案的通知",
    "陕西省乾县、浙江省杭州市临安区於潜镇",
    "记者萧乾、连乾、甯浩、於洋摄影报道",
    "全国劳动模范张昇、朱镕基同志、王堃",
    "他以此为藉口，後来又於事无补，甚夥、菸草、奏摺",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_survive_in_simplified_text(name: str) -> None:
    text = f"近日，{name}的报道引起关注。"

    assert normalize(text).text == text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("configuration", ["s2t", "s2tw", "s2hk"])
def test_names_survive_in_traditional_text(name: str, configuration: str) -> None:
    text = f"近日，{name}的报道引起关注。"

    assert normalize(OpenCC(configuration).convert(text)).text == text


@pytest.mark.parametrize("text", SIMPLIFIED_WITH_CONVERTIBLE_CHARACTERS)
def test_simplified_text_with_convertible_characters_is_left_alone(text: str) -> None:
    result = normalize(text)

    assert (result.text, result.script, result.steps) == (text, "hans", ())


def test_a_title_alone_is_converted() -> None:
    assert normalize("乾縣").text == "乾县"
    assert normalize("重慶市長壽區").text == "重庆市长寿区"


def test_typography_stays_in_both_scripts() -> None:
    furniture = "“甲”‘乙’「丙」『丁』，。；：？！……——（一）①㎡３.５％　〔2020〕"

    assert normalize(furniture).text == furniture
    assert normalize("發展鄉村產業" + furniture).text == "发展乡村产业" + furniture


def test_spacing_and_line_ends_stay() -> None:
    assert normalize("　　發展 \r\n\n\n鄉村\t\n").text == "　　发展 \r\n\n\n乡村\t\n"


def test_only_the_traditional_paragraphs_of_a_mixed_text_are_converted() -> None:
    simplified = "记者张昇从乾县获悉，於此地发现的碑刻全文如下，後人多有考证："
    traditional = "維大清乾隆年間，乾縣知縣某重修學宮，於是刻石記之。"

    result = normalize(f"{simplified}\n{traditional}")

    assert result.text == f"{simplified}\n维大清乾隆年间，乾县知县某重修学宫，於是刻石记之。".replace("於是", "于是")
    assert result.script == "mixed"


def test_a_short_line_that_proves_nothing_follows_the_text() -> None:
    simplified = "这是简体的长段落，说明会议的召开情况与发展目标。\n於潜"
    traditional = "這是繁體的長段落，說明會議的召開情況與發展目標。\n後於乾坤"

    assert normalize(simplified).text == simplified
    assert normalize(traditional).text.endswith("\n后于乾坤")


def test_a_name_with_one_traditional_character_does_not_make_a_line_traditional() -> None:
    text = "本报讯（记者张贤、李发）会议强调发展质量。\n王昇\n毕喆"

    assert normalize(text).text == text


def test_an_author_follows_the_page() -> None:
    assert normalize("王昇", context="会议强调发展质量。").text == "王昇"
    assert normalize("王昇", context="會議強調發展質量。").text == "王升"


@pytest.mark.parametrize(
    ("text", "script"),
    [("", "none"), ("2020-01-01 GDP", "none"), ("中文", "hans"), ("发展", "hans"), ("發展", "hant"), ("かな", "none")],
)
def test_the_script_is_named(text: str, script: str) -> None:
    assert normalize(text).script == script


def test_the_step_replays_and_is_undone() -> None:
    before = "乾安縣於2020年舉辦傢俱展。\n简体的一行说明。\n情有獨鍾，隨著時間。"

    result = normalize(before)

    assert result.text == "乾安县于2020年举办家具展。\n简体的一行说明。\n情有独钟，随着时间。"
    assert replay(before, result.steps) == result.text
    assert undo(result.text, result.steps) == before
    assert [step.name for step in result.steps] == ["traditional-to-simplified"]
    assert "2 of 3 lines" in result.steps[0].detail


def test_normalizing_twice_changes_nothing_more() -> None:
    once = normalize("乾縣的發展，著力於鄉村。").text

    assert normalize(once).text == once


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not in the repository")
@pytest.mark.parametrize("name", ["news", "laws", "daily1998"])
def test_clean_official_text_is_not_changed(name: str) -> None:
    with lzma.open(CORPUS / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
        text = file.read(1_000_000)

    changed = [line for line in text.split("\n") if normalize(line).text != line]

    assert changed == []
    assert normalize(text).steps == ()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not in the repository")
def test_official_text_comes_back_from_traditional_script() -> None:
    with lzma.open(CORPUS / "news.txt.xz", "rt", encoding="utf-8") as file:
        text = file.read(60_000)

    back = normalize(TO_TRADITIONAL.convert(text)).text

    wrong = sum(a != b for a, b in zip(text, back, strict=True))
    assert wrong <= 6  # 0.01 %: s2t itself is not always right


@pytest.mark.parametrize("line", ["日本語の文章です。東京都知事が発表しました", "経済産業省はエネルギー計画を発表"])
def test_japanese_is_left_as_it_is_between_traditional_lines(line: str) -> None:
    assert normalize(f"縣政府發佈通知\n{line}\n鄉村發展").text == f"县政府发布通知\n{line}\n乡村发展"
