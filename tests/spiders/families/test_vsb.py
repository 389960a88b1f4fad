"""VSB: pages numbered backwards."""

from typing import Any

import pytest
from replica.vsb import VsbSite

COLUMN = "http://www.yunxi.gov.cn/xwzx/zbgg.htm"


def test_the_link_to_the_next_page_is_followed_and_no_number_computed(read: Any) -> None:
    html = """<span class="p_pages"><span class="p_first_d p_fun_d">首页</span><span class="p_prev_d p_fun_d">上页</span>
    <span class="p_no_d">1</span><span class="p_no"><a href="zbgg/10.htm">2</a></span><span class="p_no"><a href="zbgg/1.htm">11</a></span>
    <span class="p_next p_fun"><a href="zbgg/10.htm">下页</a></span><span class="p_last p_fun"><a href="zbgg/1.htm">尾页</a></span></span>"""

    assert [ask.url for ask in read("vsb", html, COLUMN).following] == ["http://www.yunxi.gov.cn/xwzx/zbgg/10.htm"]


def test_the_last_page_has_a_control_without_a_link(read: Any) -> None:
    html = '<span class="p_next_d p_fun_d">下页</span><span class="p_first p_fun"><a href="../zbgg.htm">首页</a></span>'

    assert read("vsb", html, "http://www.yunxi.gov.cn/xwzx/zbgg/1.htm").following == ()


def test_the_older_pager_is_followed_by_its_text(read: Any) -> None:
    html = '<a class="Next" href="zbgg/10.htm">下页</a> <a class="Next" href="zbgg/1.htm">尾页</a>'

    assert [ask.url for ask in read("vsb", html, COLUMN).following] == ["http://www.yunxi.gov.cn/xwzx/zbgg/10.htm"]


@pytest.mark.parametrize("template", ["list", "table", "dynamic"])
def test_every_article_of_a_column_is_found_once(drive: Any, template: Any) -> None:
    replica = VsbSite(template=template)
    crawl = drive(replica, **replica.keys())

    assert crawl.days == replica.truth()
    assert set(crawl.times.values()) == {1}
    assert len(crawl.asked) == 11


def test_nothing_is_missed_when_the_pages_move_while_they_are_read(drive: Any) -> None:
    replica = VsbSite(publish_at=4)
    before = replica.truth()
    crawl = drive(replica, **replica.keys())

    assert set(crawl.items) == set(before)
    assert len(replica.truth()) == len(before) + 20


def test_titles_come_whole(drive: Any) -> None:
    replica = VsbSite(template="table")
    crawl = drive(replica, **replica.keys())

    assert all("…" not in item.title for item in crawl.items.values())
