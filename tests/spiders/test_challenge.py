"""challenge: pages of a protection are told from content. The pages are written for the tests, after the platform notes."""

import gzip

import pytest

from spiders.challenge import judge_page

ARTICLE = (
    "<html><body><h1>市政府召开常务会议</h1>"
    + "<p>　　会议研究了当前经济运行和安全生产等工作，听取了有关部门的汇报。</p>" * 3
    + "</body></html>"
)
JSL = "<script>document.cookie=('_')+('_')+('jsl');location.href=location.pathname</script>"
BLOCKED = {
    "jiasule 521": (521, JSL),
    "jiasule answered with 200": (200, "<script>document.cookie='__jsl_clearance_s=1|0|x';location.reload()</script>"),
    "river security 412": (412, "<script>$_ts=window['$_ts'];</script>"),
    "river security 202": (202, "<html><script src='/x.js'></script><script>_$aB(1)</script></html>"),
    "plain 202 with script": (202, "<html><script>go()</script></html>"),
    "c3vk": (200, "<script>document.cookie='C3VK=0a1b2c; path=/; max-age=300';location.reload()</script>"),
    "yunsuo": (200, "<script>function YunSuoAutoJump(){}</script>"),
    "aliyun": (200, "<script>var arg1='ABCDEF';setCookie('acw_sc__v2')</script>"),
    "wzws": (491, ""),
    "text": (200, "<html><body>网站防火墙：您的请求带有不合法参数</body></html>"),
    "often": (403, "<html><body>访问过于频繁，请稍后再试</body></html>"),
}


@pytest.mark.parametrize("status, page", BLOCKED.values(), ids=BLOCKED)
def test_a_challenge_is_blocked(status, page):
    assert judge_page(status, (), page.encode()) == "blocked"


@pytest.mark.parametrize("status, page", BLOCKED.values(), ids=BLOCKED)
def test_a_challenge_is_blocked_under_gzip(status, page):
    assert judge_page(status, (("content-encoding", "gzip"),), gzip.compress(page.encode())) == "blocked"


@pytest.mark.parametrize(
    "page",
    [
        ARTICLE,
        ARTICLE.replace("</body>", "<script>document.cookie='seen=1'</script></body>"),
        ARTICLE + "<p>" + "市政务服务中心网站防火墙升级工程完工。" * 20,
        "<html><frameset><frame src='a.htm'></frameset></html>",
        "<meta http-equiv=refresh content='0; URL=html/2023-04/10/node_1.htm'>",
        "<script>window.location.href='html/2023-04/10/node_1.htm'</script>",
        "",
    ],
)
def test_content_and_entry_pages_are_not_blocked(page):
    for data in (page.encode(), page.encode("gb18030")):
        assert judge_page(200, (), data) == ""


def test_a_large_page_is_content_whatever_it_says():
    assert judge_page(200, (), (ARTICLE + JSL * 400).encode()) == ""


def test_a_small_page_that_says_not_found_is_a_soft_404_and_an_article_about_it_is_not():
    assert judge_page(200, (), "<p>您访问的页面不存在或已删除</p>".encode("gbk")) == "soft_404"
    assert judge_page(200, (), (ARTICLE * 6 + "页面不存在").encode()) == ""


def test_a_broken_gzip_body_is_judged_as_it_stands():
    assert judge_page(200, (("Content-Encoding", "gzip"),), b"\x1f\x8bbroken") == ""
