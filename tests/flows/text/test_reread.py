"""A page that was garbled as a whole gives what it gave before, and tells what it shows in its place."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from flows.process import process_capture
from flows.text.provenance import replay, undo
from flows.text.reread import STEP, Origin, reread_page
from storage.records import Capture, Document

PAGE = """<html><head><title>县政府召开防汛工作会议_青山县人民政府</title>
<meta name="keywords" content="防汛,会议"><style>.nav{color:#333}</style></head><body>
<div class="nav"><a href="/">首页</a> <a href="/zw/">政务公开</a> <a href="/hd/">互动交流</a></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/zw/">要闻动态</a></div>
<h1>县政府召开防汛工作会议</h1>
<div class="info">发布时间：2023年6月12日 09:30　来源：青山县应急管理局　作者：李建国　浏览次数：12</div>
<div id="zoom">
<p>　　6月12日，县政府召开全县防汛工作会议，<b>安排部署</b>当前重点工作。副县长王志强主持会议并讲话。</p>
<p>　　会议指出，今年以来全县共排查隐患<span>128</span>处，整改完成116处，整改率为90.6%。</p>
<p>　　会议强调，各乡镇人民政府、县直各单位要提高政治站位，压实工作责任，确保人民群众生命财产安全。</p>
<p>（责任编辑：张明）</p>
</div>
<div class="share">分享到：微信 微博</div><div class="near">上一篇：<a href="2.html">关于开展安全生产检查的通知</a></div>
<div class="footer">主办单位：青山县人民政府办公室　版权所有　网站标识码：4100000001</div></body></html>"""


GARBLED = PAGE.encode().decode("latin-1")


def document_of(page: str) -> Document:
    capture = Capture(
        site="demo",
        uri="http://www.qingshan.gov.cn/zw/1.html",
        captured_at=datetime(2024, 1, 1, tzinfo=UTC),
        status=200,
        status_line="HTTP/1.1 200 OK",
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        payload=page.encode(),
        digest="sha256:0",
    )
    document = process_capture("captures/demo/1", capture, None)
    assert isinstance(document, Document)
    return document


def without_blanks(text: str) -> str:
    return "".join(text.split())


def garbled_by(channel: Callable[[str], str | None], page: str = PAGE) -> tuple[str, str]:
    """Return a page in the script that goes through a channel, sound and garbled."""
    garbled = channel(page)
    if garbled is None:
        page = OpenCC("s2tw").convert(page)
        garbled = channel(page)
    assert garbled is not None
    return page, garbled


def test_a_page_garbled_as_a_whole_gives_the_same_document(single_byte: Callable[[str], str | None]) -> None:
    page, garbled = garbled_by(single_byte)
    sound, found = document_of(page), document_of(garbled)

    for name in ("title", "text", "source", "author", "published_at", "fingerprint"):
        assert getattr(found, name) == getattr(sound, name), name
    assert [line.rule for line in found.dropped] == [line.rule for line in sound.dropped]


def test_what_the_step_begins_with_stands_in_the_page(page_channel: Callable[[str], str | None]) -> None:
    _, garbled = garbled_by(page_channel)
    document = document_of(garbled)
    shown_page = without_blanks(re.sub("</?(b|span)>", "", garbled))

    for field in ("title", "text", "source", "author"):
        steps = [step for step in document.steps if step.field == field]
        said = getattr(document, field)
        shown = undo(said, steps)

        assert replay(shown, steps) == said
        for line in shown.split("\n") if any(step.name == STEP for step in steps) else ():
            assert without_blanks(line) in shown_page


def test_clean_pages_and_those_of_other_languages_are_left_alone() -> None:
    assert reread_page(PAGE) is None
    assert (
        reread_page("<p>" + "国務院は会議を開いた。新型コロナウイルスの対策について話し合った。" * 3 + "</p>") is None
    )
    assert reread_page("<p>" + "Правительство города провело совещание по вопросам безопасности. " * 3 + "</p>") is None
    assert reread_page("<p>" + "시정부는 회의를 열고 안전 대책을 논의했다고 밝혔다. " * 3 + "</p>") is None
    assert (
        reread_page("<p>" + "Les députés ont été élus à l'été, après un débat très animé à l'hôtel. " * 3 + "</p>")
        is None
    )


def test_a_garbled_text_in_a_sound_frame_gives_the_same_document(single_byte: Callable[[str], str | None]) -> None:
    start, end = PAGE.index('<div class="info">'), PAGE.index('<div class="share">')
    frame = "".join(f"<li><a href='{n}.html'>关于印发全县第{n}批重点项目名单的通知</a></li>" for n in range(40))
    before, after = PAGE[:start].replace("<h1>", f"<ul>{frame}</ul><h1>"), PAGE[end:]
    part, garbled = garbled_by(single_byte, PAGE[start:end])
    sound, found = document_of(before + part + after), document_of(before + garbled + after)

    assert reread_page(before + garbled + after) is None
    for name in ("title", "text", "source", "author", "published_at", "fingerprint"):
        assert getattr(found, name) == getattr(sound, name), name


SHORT = (
    "<p>字体：<a>大</a>　<a>中</a>　<a>小</a></p><table>"
    "<tr><td>靳小娥</td><td>椹涧乡前冯村</td><td>C级</td></tr><tr><td>邢桂枝</td><td>水牛李村</td><td>D级</td></tr></table>"
    "<p>　　<b>第一条</b>　为了加强古泉保护，合理利用古泉资源，制定本条例。</p><p>　　<b>第二条</b>　适用于本市。</p>"
)


def test_the_shortest_stretches_went_through_what_the_whole_page_went_through(
    single_byte: Callable[[str], str | None],
) -> None:
    page, garbled = garbled_by(single_byte, PAGE.replace("<p>（责任编辑", f"{SHORT}<p>（责任编辑"))

    assert document_of(garbled).text == document_of(page).text


def test_where_some_stretches_lost_bytes_the_others_are_read_as_the_page_is(channels: ModuleType) -> None:
    page = PAGE.replace("<p>（责任编辑", f"{SHORT}<p>（责任编辑")
    text = document_of(channels.DOUBLE_BYTE_LOSSY["utf8_as_gbk_browser"](page)).text

    assert "椹涧乡前冯村" in text
    assert "\n第一条 为了加强古泉保护" in text


def test_stretches_of_a_sound_frame_are_not_read_as_the_garbled_text_is(channels: ModuleType) -> None:
    start, end = PAGE.index('<div class="info">'), PAGE.index('<div class="share">')
    frame = "<i>»»</i>" + "".join(f"<li>关于印发全县第{n}批重点项目名单的通知</li>" for n in range(40))
    text = channels.SINGLE_BYTE["gbk_as_1252"](PAGE[start:end])
    reread = reread_page(f"{frame}{text}", text)

    assert reread is not None
    assert reread.html.startswith("<i>»»</i><li>关于印发")


def test_a_value_that_the_page_does_not_show_has_no_step() -> None:
    reread = reread_page(GARBLED)
    assert reread is not None

    assert reread.origin("http://www.qingshan.gov.cn/", "source") == Origin("http://www.qingshan.gov.cn/")
    assert reread.origin("完全无关的一句话", "title") == Origin("完全无关的一句话")
    assert reread.origin("", "author") == Origin("")


def test_a_run_that_cannot_be_read_costs_the_others_nothing() -> None:
    place = GARBLED.index("<p>") + 60
    document = document_of(GARBLED[:place] + "?" + GARBLED[place + 1 :])

    assert document.title == "县政府召开防汛工作会议"
    assert document.source == "青山县应急管理局"
    assert (
        "会议强调，各乡镇人民政府、县直各单位要提高政治站位，压实工作责任，确保人民群众生命财产安全。" in document.text
    )


@given(st.data())
def test_whatever_is_cut_out_of_a_page_its_step_replays_and_undoes(data: st.DataObject) -> None:
    reread = reread_page(GARBLED)
    assert reread is not None
    start = data.draw(st.integers(0, len(PAGE)))
    value = PAGE[start : start + data.draw(st.integers(0, 120))]
    shown, steps, *_ = reread.origin(value, "text")

    assert replay(shown, steps) == value
    assert undo(value, steps) == shown


def test_what_stays_doubtful_in_a_page_read_again_is_a_suggestion_at_its_place(channels: ModuleType) -> None:
    page = PAGE.replace("会议指出", "会议听取了淘宝网和新浪微博的介绍，指出")
    document = document_of(channels.SINGLE_BYTE_LOSSY["utf8_as_cp1252_holes_question"](page))

    assert any(step.name == STEP for step in document.steps)
    assert [one.field for one in document.suggestions if one.name == "restore_lost_latin"]
    assert "lost bytes" in document.flags
    for one in document.suggestions:
        value = document.original or document.text if one.field == "text" else getattr(document, one.field)
        assert value.startswith(one.before, one.start)
        assert one.after != one.before
