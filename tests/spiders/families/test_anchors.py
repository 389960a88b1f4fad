"""Addresses: one page, one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from spiders.families.anchors import absolute, anchors

PAGE = "http://www.yunxi.gov.cn/xw/yw/index.html"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("./202304/t1.html", "http://www.yunxi.gov.cn/xw/yw/202304/t1.html"),
        (" ../a.html\n", "http://www.yunxi.gov.cn/xw/a.html"),
        ("../../../../a.html", "http://www.yunxi.gov.cn/a.html"),
        ("//yunxi.gov.cn/a", "http://yunxi.gov.cn/a"),
        ("HTTP://WWW.Yunxi.GOV.cn:80/A", "http://www.yunxi.gov.cn/A"),
        ("/a.jsp;jsessionid=0AF3?b=1#c", "http://www.yunxi.gov.cn/a.jsp?b=1"),
        ("/名单.html?k=值", "http://www.yunxi.gov.cn/%E5%90%8D%E5%8D%95.html?k=%E5%80%BC"),
        ("/a%20b.html", "http://www.yunxi.gov.cn/a%20b.html"),
        ("\\a\\b.html", "http://www.yunxi.gov.cn/a/b.html"),
        ("#top", ""),
        ("", ""),
        ("javascript:void(0)", ""),
        ("mailto:a@b.cn", ""),
        ("http://[half", ""),
        ("http://x:port/", ""),
    ],
)
def test_a_link_has_one_spelling(href: str, url: str) -> None:
    assert absolute(PAGE, href) == url


@given(st.text(max_size=40))
def test_an_address_is_a_fixed_point(href: str) -> None:
    url = absolute(PAGE, href)

    assert absolute(PAGE, url) == url
    assert url.isascii()


@pytest.mark.parametrize(
    "html",
    [
        """<a href="javascript:void(0)" onclick="window.open('./202304/t1.html','_blank')">标题</a>""",
        """<a href="javascript:openw('./202304/t1.html')">标题</a>""",
        """<a href="#" onclick='location.href="./202304/t1.html"'>标题</a>""",
    ],
)
def test_a_link_by_script_counts_when_its_code_quotes_an_address(html: str) -> None:
    assert [anchor.url for anchor in anchors(LexborHTMLParser(html), PAGE)] == [
        "http://www.yunxi.gov.cn/xw/yw/202304/t1.html"
    ]


def test_a_base_element_moves_relative_links() -> None:
    html = '<base href="/other/"><a href="a.html">标题</a>'

    assert [anchor.url for anchor in anchors(LexborHTMLParser(html), PAGE)] == ["http://www.yunxi.gov.cn/other/a.html"]
