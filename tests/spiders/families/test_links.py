"""Any listing: by selectors, by a pattern, or by what looks like articles."""

from datetime import date
from typing import Any

import pytest
from replica.generic import GenericSite

LIST = "http://www.yunxi.gov.cn/list.jsp"
MENU = '<div class="nav"><a href="/about/1001.html">单位概况介绍</a><a href="/xw/">新闻</a></div>'


@pytest.mark.parametrize("product", ["phpcms", "dede", "webplus", "dateless", "script", "table"])
def test_every_article_of_a_listing_is_found_once_without_any_selector(drive: Any, product: Any) -> None:
    replica = GenericSite(product)
    crawl = drive(replica, **replica.keys())

    assert set(crawl.items) == set(replica.truth())
    assert set(crawl.times.values()) == {1}
    if product != "dateless":
        assert {path: day for path, day in crawl.days.items() if day} == crawl.days == replica.truth()


def test_selectors_of_the_site_file_say_what_counts(read: Any) -> None:
    html = """<div class="box"><h3><a href="/a/1.html">标题甲</a></h3><em>2023-04-10</em><a href="/tag/1.html">标签</a></div>
    <div class="box"><h3><a href="/a/2.html">标题乙</a></h3><em>2023-04-09</em></div><a class="more" href="?p=2">more</a>"""
    listing = {"item": "div.box", "link": "h3 a", "date": "em", "next_page": "a.more"}
    found = read("links", html, LIST, listing=listing)

    assert [(item.url, item.title, item.day) for item in found.items] == [
        ("http://www.yunxi.gov.cn/a/1.html", "标题甲", date(2023, 4, 10)),
        ("http://www.yunxi.gov.cn/a/2.html", "标题乙", date(2023, 4, 9)),
    ]
    assert [ask.url for ask in found.following] == [LIST + "?p=2"]


def test_a_pattern_of_the_site_file_says_which_addresses_count(read: Any) -> None:
    html = MENU + '<p><a href="/a/1.html">甲</a></p><p><a href="/b/2.html">乙</a></p>'

    assert [item.title for item in read("links", html, LIST, article=r"/a/\d+\.html").items] == ["甲"]


def test_menus_and_friend_links_are_no_articles(read: Any) -> None:
    rows = "".join(
        f'<li><a href="/news/{number}.html">云溪县召开第{number}次会议</a><span>2023-04-{number}</span></li>'
        for number in range(10, 16)
    )

    assert len(read("links", f"{MENU}<ul>{rows}</ul>", LIST).items) == 6


def test_an_array_in_a_script_is_a_listing(read: Any) -> None:
    html = r"""<script>var list = [{title:'\u5f00\u5c01\u8981\u95fb\u4e00\u5219', url:'\/a\/11.html', time:"2023-04-10 09:30"}];</script>"""
    found = read("links", html, LIST)

    assert [(item.url, item.title, item.day) for item in found.items] == [
        ("http://www.yunxi.gov.cn/a/11.html", "开封要闻一则", date(2023, 4, 10))
    ]


def test_an_empty_page_gives_nothing(read: Any) -> None:
    found = read("links", "", LIST)

    assert not (found.items or found.following)
