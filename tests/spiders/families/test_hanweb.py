"""Hanweb JCMS: an XML island in the page, then calls."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from replica.hanweb import HanwebSite

from spiders.families import Ask, Window

COLUMN = "http://www.yunxi.gov.cn/col/col33718/index.html"
ISLAND = """<div id="212860"><script type="text/xml"><datastore>{next}<recordset>
<record><![CDATA[<li><a href='/art/2023/4/10/art_33718_900123.html' title='完整标题甲'>完整标…</a><span>2023-04-10</span></li>]]></record>
</recordset></datastore></script></div>
<script>var param_212860={{col:1,appid:1,webid:7,path:'/',columnid:33718,sourceContentType:3,unitid:'212860',webname:'某县政府',permissiontype:1}};
$('#212860').jpage({{perPage:20,totalRecord:487}});</script>"""
NEXT = '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=7&path=/&columnid=33718&unitid=212860&webname=某县政府&permissiontype=0"></a>]]></nextgroup>'


def test_the_records_of_the_island_are_read_with_whole_titles(read: Any) -> None:
    found = read("hanweb", ISLAND.format(next=""), COLUMN)

    assert [(item.url, item.title, item.day) for item in found.items] == [
        ("http://www.yunxi.gov.cn/art/2023/4/10/art_33718_900123.html", "完整标题甲", date(2023, 4, 10))
    ]


def test_the_group_link_of_the_island_is_followed_as_it_stands(read: Any) -> None:
    (ask,) = read("hanweb", ISLAND.format(next=NEXT), COLUMN).following

    assert ask.method == "GET"
    assert parse_qs(urlsplit(ask.url).query)["webname"] == ["某县政府"]
    assert ("Referer", COLUMN) in ask.headers


def test_without_a_group_link_records_are_asked_by_number_from_the_first_that_is_missing(read: Any) -> None:
    (ask,) = read("hanweb", ISLAND.format(next=""), COLUMN).following

    assert (ask.method, urlsplit(ask.url).query) == ("POST", "startrecord=2&endrecord=61&perpage=20")
    assert urlsplit(ask.url).path == "/module/web/jpage/dataproxy.jsp"
    assert parse_qs(ask.body.decode()) == {
        "col": ["1"],
        "appid": ["1"],
        "webid": ["7"],
        "path": ["/"],
        "columnid": ["33718"],
        "sourceContentType": ["3"],
        "unitid": ["212860"],
        "webname": ["某县政府"],
        "permissiontype": ["1"],
    }


def test_an_empty_answer_is_the_end(read: Any) -> None:
    answer = (
        "<datastore><totalrecord>487</totalrecord><totalpage>5</totalpage>"
        + NEXT
        + "<recordset></recordset></datastore>"
    )

    assert read("hanweb", answer, COLUMN, ask=Ask(COLUMN, state={"column": COLUMN})).following == ()


def test_a_record_cut_at_an_open_attribute_spoils_no_other(read: Any) -> None:
    broken = ISLAND.replace("<recordset>", '<recordset><record><![CDATA[<li style="<br/>]]></record>')

    assert len(read("hanweb", broken.format(next=""), COLUMN).items) == 1


def test_plumbing_is_no_article_and_a_record_that_leaves_the_site_is_shown(read: Any) -> None:
    records = "".join(
        f"<record><![CDATA[<li><a href='{href}'>标题文字</a></li>]]></record>"
        for href in ("/module/download/down.jsp?i_ID=1", "https://mp.weixin.qq.com/s/abc")
    )
    html = ISLAND.replace("<recordset>", "<recordset>" + records)

    assert [item.url for item in read("hanweb", html.format(next=""), COLUMN).items][:-1] == [
        "https://mp.weixin.qq.com/s/abc"
    ]


@pytest.mark.parametrize(
    "replica",
    [
        pytest.param(HanwebSite(), id="group"),
        pytest.param(HanwebSite(style="range"), id="range"),
        pytest.param(HanwebSite(style="range", inline=1, clamp=20), id="range-clamped"),
        pytest.param(HanwebSite(proxy="/module/jpage/dataproxy.jsp", style="range", charset="gbk"), id="old-path-gbk"),
        pytest.param(
            HanwebSite(proxy="/module/web/jpage/morecolumndataproxy.jsp", style="range", column="33718,33720"),
            id="more-columns",
        ),
    ],
)
def test_every_article_of_a_column_is_found_once(drive: Any, replica: HanwebSite) -> None:
    crawl = drive(replica, "hanweb", [replica.root])

    assert crawl.days == replica.truth()
    assert set(crawl.times.values()) == {1}
    assert len(crawl.asked) < 30


def test_a_window_ends_the_walk(drive: Any) -> None:
    replica, window = HanwebSite(style="range"), Window(since=date(2024, 3, 1))
    crawl = drive(replica, "hanweb", [replica.root], window=window)

    assert {path for path, day in replica.truth().items() if day in window} <= set(crawl.items)
    assert len(crawl.asked) < 5
