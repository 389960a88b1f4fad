"""Rows of a listing: title, day, pinned."""

from datetime import date

import pytest
from selectolax.lexbor import LexborHTMLParser

from spiders.families import Item
from spiders.families.rows import rows

BASE = "http://www.yunxi.gov.cn/xw/"


def read(html: str) -> tuple[Item, ...]:
    return rows(LexborHTMLParser(html), BASE, lambda url: "/a/" in url)


@pytest.mark.parametrize(
    "row",
    [
        '<li><a href="/a/1">标题</a><span>2023-04-10</span></li>',
        '<li><span class="date">[2023-04-10]</span><a href="/a/1">标题</a></li>',
        '<tr><td>1</td><td><a href="/a/1">标题</a></td><td>2023.4.10</td></tr>',
        '<dl><dt><a href="/a/1">标题</a></dt><dd>摘要摘要</dd><dd>发布时间：2023-04-10 来源：本站</dd></dl>',
        '<a href="/a/1"><h1>标题</h1><div class="info"><span>2023年04月10日 09:30</span></div></a>',
        '<li><a href="/a/1">标题 <i>10</i><b>2023-04</b></a></li>',
        '<li><div class="d"><b>2023-04</b><i>10</i></div><a href="/a/1">标题</a></li>',
        '<li><a href="/a/1">标题</a> 2023-04-10 星期一</li>',
        '<p><a href="/a/1">标题</a></p><span>2023-04-10</span>',
    ],
)
def test_the_day_of_a_row_is_found_wherever_it_stands(row: str) -> None:
    html = f"<table>{row}</table>" if row.startswith("<tr") else row
    (item,) = read(html)

    assert (item.url, item.title, item.day) == ("http://www.yunxi.gov.cn/a/1", "标题", date(2023, 4, 10))


def test_a_day_within_a_title_is_not_the_rows() -> None:
    (item,) = read('<li><a href="/a/1">关于2022年3月1日停水的公告</a><span>2023-04-10</span></li>')

    assert item.day == date(2023, 4, 10)


def test_a_row_does_not_take_its_neighbours_day() -> None:
    items = read('<ul><li><a href="/a/1">标题甲</a></li><li><a href="/a/2">标题乙</a><span>2023-04-10</span></li></ul>')

    assert [item.day for item in items] == [None, date(2023, 4, 10)]


def test_years_are_taken_from_the_rows_before() -> None:
    days = ["2023-01-05", "[01-02]", "[12-30]", "[12-29]"]
    html = "".join(f'<li><a href="/a/{at}">标题</a><span>{day}</span></li>' for at, day in enumerate(days))

    assert [str(item.day) for item in read(html)] == ["2023-01-05", "2023-01-02", "2022-12-30", "2022-12-29"]


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ('<a href="/a/1" title="很长的完整标题">很长的…</a>', "很长的完整标题"),
        ('<a href="/a/1" title="很长的完整标题">很长的...</a>', "很长的完整标题"),
        ('<a href="/a/1" title="模板">完整的标题</a>', "完整的标题"),
        ('<a href="/a/1"><h3>标题</h3><p>摘要摘要摘要</p></a>', "标题"),
        ('<a href="/a/1">· 标题[图]</a>', "标题"),
        ('<a href="/a/1">主标题<br>副标题</a>', "主标题 副标题"),
        ('<a href="/a/1"><font color="red">[置顶]</font>标题</a>', "标题"),
    ],
)
def test_titles_are_whole_and_without_ornament(link: str, title: str) -> None:
    assert read(f"<li>{link}</li>")[0].title == title


@pytest.mark.parametrize(
    "row",
    [
        '<li><a href="/a/1">[置顶]标题</a></li>',
        '<li><span class="top-icon"></span><a href="/a/1">标题</a></li>',
        '<li><a href="/a/1" style="color:red">标题</a></li>',
        '<li><img src="/images/zhiding.gif"><a href="/a/1">标题</a></li>',
    ],
)
def test_a_pinned_row_is_known_by_its_look(row: str) -> None:
    assert read(row)[0].pinned


def test_older_rows_above_newer_ones_are_pinned_whatever_their_look() -> None:
    days = ["2019-05-01", "2023-04-10", "2023-04-09", "2023-04-08", "2023-04-07"]
    html = "".join(f'<li><a href="/a/{at}">标题</a><span>{day}</span></li>' for at, day in enumerate(days))

    assert [item.pinned for item in read(html)] == [True, False, False, False, False]


def test_a_picture_and_a_headline_of_one_article_are_one_item() -> None:
    html = '<li><a href="/a/1"><img src="1.jpg"></a><a href="/a/1">标题</a><span>2023-04-10</span></li>'

    assert [(item.title, str(item.day)) for item in read(html)] == [("标题", "2023-04-10")]


def test_a_hidden_list_counts_only_when_there_is_no_other() -> None:
    hidden = '<ul style="DISPLAY: none"><li><a href="/a/2">别的栏目</a></li></ul>'

    assert [item.url[-1] for item in read('<li><a href="/a/1">标题</a></li>' + hidden)] == ["1"]
    assert [item.url[-1] for item in read(hidden)] == ["2"]
