"""TRS WCM: columns whose pages are drawn by script."""

from datetime import date
from typing import Any

import pytest
from replica.server import Asked
from replica.trs import TrsSite

from spiders.families import Page, Window
from spiders.families.article import continued, may_continue, moved

COLUMN = "http://www.yunxi.gov.cn/xw/yw/"


def following(found: Any) -> list[str]:
    return [ask.url for ask in found.following]


def test_page_two_is_index_1(read: Any) -> None:
    found = read("trs", '<script>createPageHTML(34, 0, "index", "html");</script>', COLUMN)

    assert following(found) == [COLUMN + "index_1.html"]


def test_the_last_page_has_no_next(read: Any) -> None:
    found = read("trs", "<script>createPageHTML( 34,33,'index','shtml', 15)</script>", COLUMN + "index_33.shtml")

    assert following(found) == []


def test_the_definition_of_the_pager_and_a_call_in_a_comment_do_not_count(read: Any) -> None:
    html = """<!--<script>createPageHTML(9, 0, "a", "html")</script>--><script>
    function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) { return; }
    //createPageHTML(8, 0, "b", "html");
    /* createPageHTML(7, 0, "c", "html"); */
    createPageHTML(3, 1, "index", "htm");</script>"""

    assert following(read("trs", html, COLUMN + "index_1.htm")) == [COLUMN + "index_2.htm"]


def test_an_index_that_stays_at_0_is_corrected_by_the_address(read: Any) -> None:
    html = "<script>createPageHTML(5, 0, 'index', 'html')</script>"

    assert following(read("trs", html, COLUMN + "index_3.html")) == [COLUMN + "index_4.html"]
    assert following(read("trs", html, COLUMN + "index_4.html")) == []


def test_variables_give_the_number_of_pages_under_misleading_names(read: Any) -> None:
    html = "<script>var currentPage = 0;//所在页从0开始\nvar countPage = 125//共多少页\nvar total = 8</script>"

    assert following(read("trs", html, COLUMN)) == [COLUMN + "index_1.html"]


def test_an_article_is_known_by_its_file_name_not_by_its_place(read: Any) -> None:
    html = """<ul><li><a href="../kyqgl/">考评</a></li><li><a href="./202304/t20230410_123.html">标题甲</a></li>
    <li><a href="../tzgg/202304/t20230409_122.html">标题乙</a></li></ul>"""

    assert [item.url for item in read("trs", html, COLUMN).items] == [
        COLUMN + "202304/t20230410_123.html",
        "http://www.yunxi.gov.cn/xw/tzgg/202304/t20230409_122.html",
    ]


def test_the_day_of_the_list_goes_before_the_day_of_filing_in_the_address(read: Any) -> None:
    html = '<li><a href="202303/t20230314_1.html">标题</a><span>\n  2023-03-11\n </span></li>'

    assert read("trs", html, COLUMN).items[0].day == date(2023, 3, 11)


def test_without_a_day_in_the_list_the_address_gives_it(read: Any) -> None:
    html = '<li><a href="202303/t20230314_1.html">2022年3月1日停水的公告</a></li>'

    assert read("trs", html, COLUMN).items[0].day == date(2023, 3, 14)


@pytest.mark.parametrize(
    "replica",
    [
        pytest.param(TrsSite(), id="call"),
        pytest.param(TrsSite(pager="variables"), id="variables"),
        pytest.param(TrsSite(past_end="home"), id="past-the-end-goes-home"),
        pytest.param(TrsSite(past_end="200", charset="gb18030", label="utf-8"), id="mislabelled-gbk"),
    ],
)
def test_every_article_of_a_column_is_found_once(drive: Any, replica: TrsSite) -> None:
    crawl = drive(replica, "trs", [replica.root])

    assert crawl.days == replica.truth()
    assert set(crawl.times.values()) == {1}
    assert len(crawl.asked) == 17


def test_pinned_items_are_flagged_and_only_they(drive: Any) -> None:
    replica = TrsSite()
    crawl = drive(replica, "trs", [replica.root])

    pinned = {replica.path(entry) for entry in replica.history if entry.pinned}
    assert {path for path, item in crawl.items.items() if item.pinned} == pinned


def test_titles_come_whole(drive: Any) -> None:
    replica = TrsSite()
    crawl = drive(replica, "trs", [replica.root])

    assert {path: item.title for path, item in crawl.items.items()} == {
        replica.path(entry): entry.story.title for entry in replica.history.listed()
    }


def test_a_window_ends_the_walk_once_a_page_is_wholly_older(drive: Any) -> None:
    replica, window = TrsSite(), Window(since=date(2024, 1, 1))
    crawl = drive(replica, "trs", [replica.root], window=window)

    wanted = {path for path, day in replica.truth().items() if day in window}
    assert wanted <= set(crawl.items)
    assert len(crawl.asked) < 6


def test_after_a_day_the_column_shows_what_changed(drive: Any) -> None:
    replica = TrsSite()
    before = replica.truth()
    changes = replica.history.advance()
    crawl = drive(replica, "trs", [replica.root])

    assert crawl.days == replica.truth()
    assert len(set(crawl.items) - set(before)) == len(changes.new) + len(changes.redated)


def test_a_long_article_names_its_further_pages() -> None:
    replica = TrsSite()
    for path, further in replica.further().items():
        html = article(replica, path)

        assert may_continue(path, html.encode())
        assert continued(Page("http://x.gov.cn" + path, html)) == tuple("http://x.gov.cn" + page for page in further)


def test_an_article_of_one_page_does_not_go_on() -> None:
    replica = TrsSite()
    path = next(path for path in replica.truth() if path not in replica.further())

    assert continued(Page("http://x.gov.cn" + path, article(replica, path))) == ()


def test_an_empty_body_that_leads_on_by_script_is_followed() -> None:
    page = Page("http://x.gov.cn/a.html", '<html><body><script>location.href = "/b.html";</script></body></html>')

    assert moved(page) == "http://x.gov.cn/b.html"
    assert moved(Page(page.url, page.text.replace("<body>", "<body>" + "正文" * 60))) == ""


def article(replica: TrsSite, path: str) -> str:
    return replica.answer(Asked(path)).body.decode()
