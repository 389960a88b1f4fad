"""The misreading of a whole page: found from what its stretches agree on, and only where all of the page went through it."""

from collections.abc import Callable
from types import ModuleType

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
