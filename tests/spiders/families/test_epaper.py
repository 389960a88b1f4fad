"""Digital newspapers: issues by day, pages, articles."""

from datetime import date, timedelta
from typing import Any

import pytest
from replica.epaper import Newspaper, Redesigned
from replica.history import NEWEST
from replica.newspaper_issues import issue_kind

from spiders.families import Ask, Window

DAY = date(2023, 4, 10)
FRONT = "http://paper.yunxi.cn/yxrb/html/2023-04/10/node_1.htm"
PAGE = """<map name=PagePicMap><Area href="./content_5101_1.htm"></map>
<a href=node_1.htm id=pageLink>第A01版：头版</a><a href=node_58464.htm id=pageLink>第A02版：民生</a>
<a href=../../2023-04/09/node_1.htm>上一期</a>
<a href=./content_5101_1.htm><div style="display:inline" id=mp1>标题甲</div></a>"""
ALL_DAYS = Window(NEWEST - timedelta(days=33), NEWEST + timedelta(days=1))


def test_a_page_gives_its_articles_and_the_issues_other_pages_but_not_other_issues(read: Any) -> None:
    found = read("epaper", PAGE, FRONT)

    assert [(item.url, item.title) for item in found.items] == [(FRONT.replace("node_1", "content_5101_1"), "标题甲")]
    assert [ask.url for ask in found.following] == [FRONT.replace("node_1", "node_58464")]


@pytest.mark.parametrize(
    "html",
    [
        '<html><head><META HTTP-EQUIV="REFRESH" CONTENT="0; URL=html/2023-04/10/node_1.htm"></head></html>',
        '<script>window.location.href = "html/2023-04/10/node_1.htm";</script>',
        "<script>setTimeout(\"javascript:location.href='html/2023-04/10/node_1.htm'\", 3000)</script>",
        "<body onload=\"location='html/2023-04/10/node_1.htm'\">",
        '<frameset><frame src="html/2023-04/10/node_1.htm"></frameset>',
    ],
    ids=["meta", "script", "delayed", "onload", "frame"],
)
def test_an_entry_page_leads_on(read: Any, html: str) -> None:
    found = read("epaper", html, "http://paper.yunxi.cn/yxrb/paperindex.htm")

    assert [ask.url for ask in found.following] == [FRONT]


def test_pages_that_lead_to_one_another_are_left_after_a_few(read: Any) -> None:
    ask = Ask(FRONT, state={"hops": "4"})

    assert read("epaper", "<script>location.href='a.htm'</script>", FRONT, ask=ask).following == ()


def test_a_day_that_answers_404_has_no_issue(read: Any) -> None:
    found = read("epaper", "404", FRONT, ask=Ask(FRONT, day=DAY), status=404)

    assert (found.note, found.items, found.following) == ("no issue", (), ())


def test_a_page_of_an_issue_that_answers_404_is_named(read: Any) -> None:
    ask = Ask(FRONT.replace("node_1", "node_7"), day=DAY, state={"front": FRONT})

    assert read("epaper", "404", ask.url, ask=ask, status=404).note == "page node_7.htm is missing"


def test_the_latest_issue_instead_of_the_day_asked_for_is_no_issue(read: Any) -> None:
    asked = Ask(FRONT.replace("/10/", "/09/"), day=date(2023, 4, 9))

    assert read("epaper", PAGE, FRONT, ask=asked).note == "no issue"


def test_the_day_in_the_text_counts_where_the_address_has_none(read: Any) -> None:
    asked, html = Ask(FRONT, day=DAY), "<span>2023年04月11日 星期二</span><a href=content_1_2.htm>标题</a>"

    assert read("epaper", html, "http://paper.yunxi.cn/", ask=asked).note == "no issue"


def test_page_pictures_and_pdfs_are_recorded(read: Any) -> None:
    html = (
        PAGE
        + '<img src=../../../images/A01/Page_b.jpg USEMAP=#PagePicMap><a href="../../../images/A01/周六A01.pdf">PDF</a>'
    )
    found = read("epaper", html, FRONT)

    assert found.files == (
        "http://paper.yunxi.cn/yxrb/images/A01/%E5%91%A8%E5%85%ADA01.pdf",
        "http://paper.yunxi.cn/yxrb/images/A01/Page_b.jpg",
    )


def test_the_site_file_may_say_where_the_links_to_other_pages_stand(read: Any) -> None:
    html = PAGE + '<div class="banmian"><a href="banmian-2.htm">第2版</a></div>'
    found = read("epaper", html, FRONT, listing={"link": ".banmian a"})

    assert [ask.url for ask in found.following] == [FRONT.replace("node_1", "banmian-2")]


def test_without_a_window_only_the_entry_is_asked(drive: Any) -> None:
    paper = Newspaper()
    crawl = drive(paper, **paper.keys())

    today = {path for path, day in paper.truth().items() if day == NEWEST}
    assert set(crawl.items) == today


@pytest.mark.parametrize("entry", ["meta", "script", "delayed", "http"])
def test_every_kind_of_entry_leads_to_the_current_issue(drive: Any, entry: Any) -> None:
    paper = Newspaper(entry=entry)
    crawl = drive(paper, "epaper", ["/"])

    assert set(crawl.items) == {path for path, day in paper.truth().items() if day == NEWEST}


def test_a_list_of_todays_pages_is_an_entry(drive: Any) -> None:
    paper = Newspaper("g3", entry="list")
    crawl = drive(paper, "epaper", [paper.entry_path])

    assert set(crawl.items) == {path for path, day in paper.truth().items() if day == NEWEST}


@pytest.mark.parametrize(
    "paper",
    [
        pytest.param(Newspaper("g1"), id="g1"),
        pytest.param(Newspaper("g1", charset="gb18030", without="latest"), id="g1-gbk-latest-instead"),
        pytest.param(Newspaper("g2", without="entry", lettered=False), id="g2-entry-instead"),
        pytest.param(Newspaper("g3"), id="g3"),
        pytest.param(Newspaper("g3", lettered=False, without="latest"), id="g3-numbers"),
        pytest.param(Newspaper("g3col", lettered=False), id="g3-col"),
        pytest.param(Newspaper("flat", lettered=False, without="entry", entry="script"), id="flat"),
        pytest.param(Newspaper("flatcol", lettered=False), id="flat-col"),
        pytest.param(Newspaper("folders", lettered=False), id="a-folder-per-page"),
        pytest.param(Newspaper("product", lettered=False), id="page-articel"),
        pytest.param(Newspaper("shtml", lettered=False, without="entry"), id="shtml"),
        pytest.param(Newspaper("data", lettered=False), id="one-script-per-issue"),
        pytest.param(Redesigned.on(NEWEST - timedelta(days=12)), id="redesigned"),
    ],
)
def test_every_article_of_every_issue_is_found_once_on_its_day(drive: Any, paper: Any) -> None:
    crawl = drive(paper, **paper.keys(), window=ALL_DAYS)

    assert crawl.days == paper.truth()
    assert set(crawl.times.values()) == {1}


def test_days_without_an_issue_and_without_text_are_reported_as_such(drive: Any) -> None:
    paper = Newspaper(without="entry")
    crawl = drive(paper, **paper.keys(), window=ALL_DAYS)

    empty = [day for day in [*paper.days(), NEWEST + timedelta(days=1)] if not paper.issue(day)]
    pictures = [day for day in paper.days() if paper.issue(day) and issue_kind(day) != "text"]
    assert crawl.notes.count("no issue") == len(empty)
    # Pages of advertising in ordinary issues have a picture and no article as well.
    assert crawl.notes.count("no text edition") == len(pictures) + sum(
        1 for day in paper.days() if len(paper.issue(day)) > 1
    )


def test_headlines_over_several_lines_become_one(drive: Any) -> None:
    paper = Newspaper()
    crawl = drive(paper, **paper.keys())

    assert all("\n" not in item.title for item in crawl.items.values())
