"""What every family promises for any page at all: no error, addresses of the web only, each once."""

import json
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.detect import detect
from spiders.families import Ask, Page, Window, load_family
from spiders.families.article import continued, may_continue, moved
from spiders.site import FamilyName

FAMILIES = get_args(FamilyName)
URL = "http://www.yunxi.gov.cn/nyj/gkmlpt/index.html"
PARTS = (
    '<a href="/art/2023/4/10/art_1_2.html" title="标题">标题…</a><span>2023-04-10</span>',
    '<a href="./202304/t20230410_1.html">标题</a>[04-10]',
    '<a href="info/1023/4567.htm">标题</a>',
    '<a href="http://[bad">坏</a><a href="//:x/">坏</a><a href="javascript:x(\'a.html\')">脚本</a>',
    "<script>createPageHTML(3, 0, 'index', 'html')</script>",
    "<script>createPageHTML('d', 3, 1, 'list', 'shtml')</script>",
    "<script>createPageHTML(99999999999999999999, 0)</script>",
    "<script>var countPage = 3; location.href='a.html'</script>",
    '<script type="text/xml"><datastore><nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=2"></a>]]></nextgroup><recordset><record><![CDATA[<li style=<br/>]]></record>',
    "param_1={col:1,unitid:'1'};jpage({perPage:0,totalRecord:9})",
    "<div url='/x' queryData=\"{'a':'b'}\"></div>",
    "<a id=pageLink href=node_2.htm>第二版</a><map name=PagePicMap><area href=content_1_1.htm></map>",
    '<meta http-equiv=refresh content="0;url=html/2023-04/10/node_1.htm">',
    "SID: '12'",
    '<a class=next href="?page=2">下一页</a>',
    "</html>",
    "<!--",
    "\x00\ufeff",
    "{",
    "var docs=[{title:'标题标题标题',url:'/a/12.html'}]",
    "<rss><item><link>http://x.cn/1</link></item></rss>",
)
pages = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=12)), max_size=12).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "html",
                    "results",
                    "infolist",
                    "articles",
                    "total",
                    "url",
                    "link",
                    "title",
                    "page",
                    "rows",
                    "success",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=pages, state=st.sampled_from([{}, {"column": URL}, {"front": URL}, {"hops": "9"}]))
def test_any_page_is_read_without_an_error(site_of: Any, family: Any, text: str, state: dict[str, str]) -> None:
    site = site_of(family, "www.yunxi.gov.cn", [URL])
    found = load_family(family).read(site, Ask(URL, state=state), Page(URL, text), Window())

    addresses = [item.url for item in found.items]
    assert len(addresses) == len(set(addresses))
    for address in [*addresses, *(ask.url for ask in found.following), *found.files]:
        assert address.startswith(("http://", "https://"))
        assert address.isascii()


@pytest.mark.parametrize("family", ["ucap", "gkmlpt", "jpaas"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=values)
def test_any_json_is_read_without_an_error(site_of: Any, family: Any, value: object) -> None:
    site = site_of(family, "www.yunxi.gov.cn", [URL])
    text = json.dumps(value, ensure_ascii=False)

    load_family(family).read(site, Ask(URL), Page(URL, text), Window())


@settings(max_examples=60, deadline=None)
@given(text=pages)
def test_any_page_is_given_a_family_or_none_without_an_error(text: str) -> None:
    guesses = detect(URL, Page(URL, text))

    assert all(0 < guess.score <= 1 for guess in guesses)


HOSTILE = {
    "comments": "<!-- x -->" * 20_000,
    "open comments": "<!--" * 40_000,
    "declarations": "<!DOCTYPE a>" * 10_000,
    "open tags": "<item><" * 20_000,
    "open records": "<record><![CDATA[" * 20_000,
    "open blocks": "<script>" + "/* " * 40_000 + "</script>",
    "blank lines": "<script>" + "\n" * 100_000 + "createPageHTML(</script>",
    "an open call": "<script>createPageHTML(" + " " * 100_000 + "</script>",
    "open calls": "<script>" + "createPageHTML(" * 20_000 + "</script>",
    "one long word": "<script>var a = {" + "文" * 100_000 + "}</script>",
    "open objects": "<script>" + "{a:'" * 20_000 + "</script>",
    "a long refresh": f'<meta http-equiv=refresh content="{"1" * 100_000}">',
    "a long address": f'<a href="/{"1" * 100_000}.html">云溪县召开会议部署工作</a>',
    "a long space": '<li><a href="/n/12345.html">云溪县召开会议</a>a' + " " * 100_000 + "b</li>",
    "a long title": f"<rss><item><title>{'&lt;' * 40_000}</title><link>http://x.cn/1</link></item></rss>",
    "ampersands": "<rss>" + "&" * 100_000 + "</rss>",
    "one row of many": "<li>" + '<a href="/n/12345.html">云溪县召开会议部署工作</a>2023-01-01' * 400 + "</li>",
    "a callback": "f(" + " " * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_page_made_to_take_for_ever_is_read_like_any_other(site_of: Any, text: str) -> None:
    # No clock here: what takes quadratic time does not end while anyone waits.
    for family in FAMILIES:
        site = site_of(family, "www.yunxi.gov.cn", [URL])
        load_family(family).read(site, Ask(URL), Page(URL, text), Window())
    assert all(guess.score <= 1 for guess in detect(URL, Page(URL, text)))
    may_continue(URL, text.encode())
    continued(Page(URL, text))
    moved(Page(URL, text))
