"""The misreading of a whole page: found from what its stretches agree on, and only where all of the page went through it."""

from collections.abc import Callable
from types import ModuleType

from flows.text.provenance import replay, undo
from flows.text.repair import repair
from flows.text.repair.channel import channel_of

SAID = ("县政府召开全县防汛工作会议，安排部署当前重点工作。", "各乡镇要压实工作责任。", "小", "　　", "C级", "靳小娥")


def test_a_stretch_of_one_character_is_read_as_the_page_is(lossless: Callable[[str], str | None]) -> None:
    harmed = [lossless(text) for text in SAID]
    if None in harmed[:2]:  # simplified text has no bytes in Big5
        return
    shown = [text for text in harmed if text is not None]
    said = [text for text, damaged in zip(SAID, harmed, strict=True) if damaged is not None]
    one_by_one = [*said[:2], *shown[2:]]
    channel = channel_of(shown, one_by_one)

    assert channel is not None
    assert [channel.read(text) for text in shown] == said


def test_a_stretch_that_lost_bytes_is_read_around_them(channels: ModuleType) -> None:
    text = "点击数：12？（办法“字”）"
    lossless, lossy = channels.SINGLE_BYTE["utf8_as_1252"], channels.SINGLE_BYTE_LOSSY["utf8_as_cp1252_holes_question"]
    channel = channel_of([lossless(line) for line in SAID], SAID)

    assert channel is not None
    read = channel.read_around_losses(lossy(text)) or ""
    assert len(read) == len(text)
    assert all(b in (a, "?") for a, b in zip(text, read, strict=True))
    assert sum(a != b for a, b in zip(text, read, strict=True)) < 5
    assert channel.read_around_losses("何？?") is None and channel.read_around_losses(lossless("点击")) is None


def test_a_page_of_which_a_part_is_sound_has_no_channel(channels: ModuleType) -> None:
    shown = [*map(channels.SINGLE_BYTE["gbk_as_1252"], SAID), "关于印发全县重点项目名单的通知", "»»"]

    assert channel_of(shown, [*SAID, *shown[-2:]]) is None


def test_a_page_in_which_nothing_was_read_again_has_no_channel() -> None:
    assert channel_of(SAID, SAID) is None
    assert channel_of((), ()) is None


ROSTER = (
    "关于2024年度农村低保对象名单的公示\n根据有关规定，经村民代表会议评议、乡镇审核、县民政局审批，现将名单公示如下，公示期七天。\n"
    "1 阿不都热合曼 男 维吾尔族 托万克乡 1,201.50\n2 央金卓玛 女 藏族 觉拉乡 428.50\n3 甯犇 男 汉族 西甯庄 517.00\n"
    "籼米 晚籼 2.60\n男\n村\n監督電話：0871-5566001，欢迎群众来电来访反映情况。"
)


def test_the_shortest_lines_of_a_list_are_restored_with_the_others(single_byte: Callable[[str], str | None]) -> None:
    harmed = single_byte(ROSTER)
    if harmed is None:  # simplified text has no bytes in Big5
        return
    repaired = repair(harmed)

    assert repaired.text == ROSTER
    assert replay(harmed, repaired.steps) == ROSTER
    assert undo(ROSTER, repaired.steps) == harmed
