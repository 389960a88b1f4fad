"""Hanweb jpaas: blocks fetched as HTML in JSON."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from replica.jpaas import JpaasSite

from spiders.families import Ask

COLUMN = "https://www.yunxi.gov.cn/col/col53159/index.html"
SHELL = """<div url="/api-gateway/jpaas-publish-server/front/page/build/unit"
queryData="{'parseType':'%s','webId':'44','tplSetId':'x','pageType':'column','tagId':'右侧列表','editType':'null','pageId':'53159'}"></div>"""


@pytest.mark.parametrize("spelling", ["bulidstatic", "buildstatic"])
def test_the_call_copies_the_page_in_its_own_spelling(read: Any, spelling: str) -> None:
    (ask,) = read("jpaas", SHELL % spelling, COLUMN).following

    query = parse_qs(urlsplit(ask.url).query)
    assert (query["parseType"], query["tagId"], query["pageId"]) == ([spelling], ["右侧列表"], ["53159"])


def test_the_second_page_is_asked_in_a_json_parameter(read: Any) -> None:
    (first,) = read("jpaas", SHELL % "bulidstatic", COLUMN).following
    html = '<ul><li><a href="/art/2023/art_0123456789abcdef0123456789abcdef.html">标题</a><span>2023-04-10</span></li></ul><div class="pagination" rows="15" count="312"></div>'
    answer = json.dumps({"success": True, "data": {"html": html}})
    (second,) = read("jpaas", answer, first.url, ask=first).following

    assert json.loads(parse_qs(urlsplit(second.url).query)["paramJson"][0]) == {"pageNo": 2, "pageSize": 15}


def test_a_refusal_is_reported_in_the_services_words(read: Any) -> None:
    found = read("jpaas", '{"success":false,"message":"页面不存在"}', COLUMN, ask=Ask(COLUMN))

    assert (found.items, found.note) == ((), "refused: 页面不存在")


@pytest.mark.parametrize("replica", [JpaasSite(), JpaasSite(parse_type="buildstatic", size=20)], ids=["bulid", "build"])
def test_every_article_of_a_column_is_found_once(drive: Any, replica: JpaasSite) -> None:
    crawl = drive(replica, "jpaas", [replica.root])

    assert crawl.days == replica.truth()
    assert set(crawl.times.values()) == {1}
    assert all(not item.title.endswith("...") for item in crawl.items.values())
