"""UCAP: static lists counted from 1, and services in JSON."""

from datetime import date
from typing import Any

import pytest
from replica.ucap import UcapSite

COLUMN = "https://www.yunxi.gov.cn/yunxi/c100028/list.shtml"


def test_page_two_is_list_2(read: Any) -> None:
    html = "<script>createPageHTML('page_div',8, 1,'list','shtml',118);</script>"

    assert [ask.url for ask in read("ucap", html, COLUMN).following] == [COLUMN.replace("list.", "list_2.")]


def test_the_last_page_has_no_next(read: Any) -> None:
    html = "<script>createPageHTML('page_div',8, 8,'list','shtml',118);</script>"

    assert read("ucap", html, COLUMN.replace("list.", "list_8.")).following == ()


def test_a_page_without_rows_is_read_by_the_service_that_its_script_names(read: Any) -> None:
    html = f'<meta name="channelid" content="{"0a" * 16}"><script>var u="/common/search/";var p="_isAgg=true"</script>'
    (ask,) = read("ucap", html, COLUMN).following

    assert ask.url.startswith(f"https://www.yunxi.gov.cn/common/search/{'0a' * 16}?_isAgg=true&_isJson=true&")
    assert ask.url.endswith("&page=1")


def test_a_result_has_its_address_completed_and_its_day_read_from_milliseconds(read: Any) -> None:
    answer = '{"data":{"page":1,"rows":18,"total":1,"results":[{"title":"<em>标题</em>","url":"//www.yunxi.gov.cn/x/1.shtml","publishedTime":1681090200000}]}}'
    found = read("ucap", answer, "https://www.yunxi.gov.cn/common/search/1?page=1")

    assert [(item.url, item.title, item.day) for item in found.items] == [
        ("https://www.yunxi.gov.cn/x/1.shtml", "标题", date(2023, 4, 10))
    ]


@pytest.mark.parametrize("mode", ["static", "results", "infolist", "post"])
def test_every_article_of_a_column_is_found_once(drive: Any, mode: Any) -> None:
    replica = UcapSite(mode=mode)
    crawl = drive(replica, **replica.keys())

    assert crawl.days == replica.truth()
    assert set(crawl.times.values()) == {1}
    assert len(crawl.asked) <= 19
