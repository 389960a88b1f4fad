"""parts: the further pages of an article are captures of their own, and an article is held when all of them are."""

import gzip
import zlib

import pytest

from spiders.content_coding import inflated
from spiders.parts import Whole, parts_of
from spiders.site import Site

SITE = Site.model_validate(
    {"id": "xx", "name": "甲县", "region": "410200", "family": "trs", "hosts": ["x.cn"], "listings": ["http://x.cn/"]}
)
PAGED = '<p>第一页</p><a href="t20230410_9_1.html">2</a><script>createPageHTML(3, 0, "t20230410_9", "html")</script>'
URI = "http://x.cn/202304/t20230410_9.html"


@pytest.mark.parametrize(
    "headers, payload",
    [
        ((), PAGED.encode("gbk")),
        ((("Content-Encoding", "gzip"),), gzip.compress(PAGED.encode())),
        ((("content-encoding", "deflate"),), zlib.compress(PAGED.encode())),
        ((("content-encoding", "deflate"),), zlib.compress(PAGED.encode(), wbits=-15)),
    ],
    ids=["plain", "gzip", "deflate", "raw deflate"],
)
def test_the_further_pages_of_an_article_are_found(headers, payload):
    assert parts_of(SITE, URI, headers, payload) == (
        "http://x.cn/202304/t20230410_9_1.html",
        "http://x.cn/202304/t20230410_9_2.html",
    )


def test_a_page_that_leads_elsewhere_by_script_names_that_place_if_it_is_of_the_site():
    inside, outside = (f'<script>location.href="{target}"</script>' for target in ("/b.html", "http://y.cn/b.html"))
    assert parts_of(SITE, URI, (), inside.encode()) == ("http://x.cn/b.html",)
    assert parts_of(SITE, URI, (), outside.encode()) == ()


def test_a_single_page_has_no_parts():
    assert (
        parts_of(SITE, URI, (), "<p>正文</p><script>createPageHTML(1, 0, 't20230410_9', 'html')</script>".encode())
        == ()
    )


def test_a_body_in_an_unknown_or_broken_coding_is_left_as_it_is():
    for coding in ("br", "gzip", "deflate"):
        assert inflated((("Content-Encoding", coding),), b"\x1f\x8bnot", 100) == b"\x1f\x8bnot"


def test_inflating_stops_at_the_limit():
    assert len(inflated((("Content-Encoding", "gzip"),), gzip.compress(bytes(10_000_000)), 1000)) == 1000


def test_a_whole_is_done_with_its_last_part_and_so_is_the_whole_around_it():
    top = Whole("a", ("a",), {"b"})
    inner = Whole("b", ("b", "b2"), {"c", "d"}, top)
    assert inner.done("c") == []
    assert inner.done("d") == [("b", "b2"), ("a",)]
    assert inner.top == "a"


def paged(web, *, second=200):
    web.listing("/list", [("/a_b.html", None)])
    web.put("/a_b.html", '<p>一</p><a href="a_b_2.html">2</a>')
    web.put("/a_b_2.html", "<p>二</p>", status=second)


def test_the_pages_of_an_article_are_captured_once(web, crawls):
    paged(web)
    crawls.site()

    report = crawls.run()

    assert (report["status"], report["counters"]["links"], report["counters"]["articles"]) == (0, 1, 2)
    web.asked()
    crawls.run()
    assert web.asked() == {"/list": 1}


def test_an_article_whose_second_page_failed_is_not_held(web, crawls):
    paged(web, second=500)
    crawls.site()
    assert crawls.run()["status"] == 1
    paged(web)
    web.asked()

    report = crawls.run()

    assert web.asked() == {"/list": 1, "/a_b.html": 1, "/a_b_2.html": 1}
    assert report["status"] == 0
    crawls.run()
    assert web.asked() == {"/list": 1}


def test_a_second_page_that_is_not_there_settles_the_article(web, crawls):
    paged(web, second=404)
    crawls.site()
    assert crawls.run()["status"] == 0
    web.asked()

    crawls.run()

    assert web.asked() == {"/list": 1}


def test_a_failed_second_page_is_a_hole_of_the_articles_day(web, crawls):
    paged(web, second=500)
    web.listing("/list", [("/a_b.html", "2021-01-05")])
    crawls.site()
    crawls.run("backfill", "2021-01-01", "2021-01-31")
    paged(web)
    web.asked()

    report = crawls.run("backfill", "2021-01-01", "2021-01-31")

    assert (web.asked(), report["status"]) == ({"/a_b.html": 1, "/a_b_2.html": 1}, 0)
