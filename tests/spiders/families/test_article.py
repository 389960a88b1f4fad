"""Articles that go on: further pages, and pages that only lead to one."""

from typing import Any

import pytest
from replica.generic import GenericSite
from replica.history import kind_of
from replica.server import Asked

from spiders.families import Page
from spiders.families.article import continued, may_continue, moved

BASE = "http://www.yunxi.gov.cn/xw/"


def test_pages_of_trs_count_from_1_after_the_first() -> None:
    page = Page(BASE + "t20230410_1.html", '<script>createPageHTML(3, 0, "t20230410_1", "html");</script>')

    assert continued(page) == (BASE + "t20230410_1_1.html", BASE + "t20230410_1_2.html")


def test_a_further_page_does_not_name_the_others_again() -> None:
    page = Page(BASE + "t20230410_1_1.html", '<script>createPageHTML(3, 1, "t20230410_1", "html");</script>')

    assert continued(page) == ()


@pytest.mark.parametrize(
    ("name", "html"),
    [
        (
            "content_9.htm",
            '<div id="displaypagenum"><a href="content_9_2.htm">2</a><a href="content_9_3.htm">[3]</a></div>',
        ),
        ("123.html", '<a href="123_2.html">2</a> <a href="123_3.html">3</a> <a href="123_2.html">下一页</a>'),
        ("page.htm", '<a href="page_3.htm">尾页</a><a href="page_2.htm">下一页</a>'),
    ],
)
def test_links_to_numbered_files_of_the_same_name_are_further_pages(name: str, html: str) -> None:
    stem, _, extension = name.partition(".")

    assert may_continue(BASE + name, html.encode())
    assert continued(Page(BASE + name, html)) == (f"{BASE}{stem}_2.{extension}", f"{BASE}{stem}_3.{extension}")


@pytest.mark.parametrize(
    "html",
    [
        '<a href="content_10_2.htm">2</a>',
        '<a href="/other/content_9_2.htm">2</a>',
        '<a href="content_9_2.htm">另一篇文章的标题</a>',
        "<script>createPageHTML(1, 0, 'content_9', 'htm');</script>",
        "<script>createPageHTML(5, 0, 'index', 'htm');</script>",
        "",
    ],
)
def test_other_links_and_other_pagers_are_not(html: str) -> None:
    assert continued(Page(BASE + "content_9.htm", html)) == ()


def test_an_ordinary_article_is_told_from_its_bytes() -> None:
    article = (
        "<html><p>" + "正文" * 4000 + "</p><script>location.href='/'; createPageHTML(1, 0, 'a', 'html')</script>"
    ).encode()

    assert not may_continue(BASE + "t20230410_1.html", article)


def test_the_long_articles_of_a_replica_have_their_second_page(drive: Any) -> None:
    replica = GenericSite("dede")
    entry = next(entry for entry in replica.history if kind_of(entry.number) == "pages")
    path = replica.path(entry)
    html = replica.answer(Asked(path)).body.decode()

    (further,) = continued(Page("http://www.yunxi.gov.cn" + path, html))
    assert replica.answer(Asked(further.removeprefix("http://www.yunxi.gov.cn"))).status == 200


@pytest.mark.parametrize(
    "html",
    [
        '<html><script>window.location.replace("/b.html")</script></html>',
        '<meta http-equiv="refresh" content="3;url=/b.html">',
        "<title>关于召开会议的通知</title><body onload=\"location='/b.html'\"></body>",
    ],
)
def test_a_page_without_text_that_leads_on_is_moved(html: str) -> None:
    page = Page(BASE + "a.html", html)

    assert may_continue(page.url, html.encode())
    assert moved(page) == "http://www.yunxi.gov.cn/b.html"


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "正文" * 40 + "</p><script>function home(){ location.href='/'; }</script>",
        '<meta http-equiv="refresh" content="300">',
        '<meta http-equiv="refresh" content="900;url=/b.html">',
        '<script>if (location.href == "/c.html") {}</script>',
        "<script>location.href = 'a.html'</script>",
    ],
)
def test_a_page_with_text_or_without_a_target_is_not(html: str) -> None:
    assert moved(Page(BASE + "a.html", html)) == ""
