"""Families by their fingerprints, and the site file that a page gives."""

from pathlib import Path
from typing import Any

import pytest
from replica.demo import demo_site
from replica.driver import fetch, follow
from replica.epaper import Newspaper
from replica.feeds import FeedSite, SitemapSite
from replica.generic import GenericSite
from replica.guangdong import GkmlptSite, NfcmsSite
from replica.hanweb import HanwebSite
from replica.jpaas import JpaasSite
from replica.server import serve
from replica.trs import TrsSite
from replica.ucap import UcapSite
from replica.vsb import VsbSite

from spiders.detect import detect, skeleton
from spiders.families import Page
from spiders.site import read_site

REPLICAS = [
    pytest.param(TrsSite(), id="trs"),
    pytest.param(TrsSite(pager="variables"), id="trs-variables"),
    pytest.param(HanwebSite(), id="hanweb"),
    pytest.param(JpaasSite(), id="jpaas"),
    pytest.param(VsbSite(), id="vsb"),
    pytest.param(VsbSite(template="dynamic"), id="vsb-dynamic"),
    pytest.param(UcapSite(), id="ucap"),
    pytest.param(UcapSite(mode="infolist"), id="ucap-infolist"),
    pytest.param(UcapSite(mode="results"), id="ucap-results"),
    pytest.param(NfcmsSite(), id="nfcms"),
    pytest.param(GkmlptSite(), id="gkmlpt"),
    pytest.param(Newspaper(), id="epaper-g1"),
    pytest.param(Newspaper("g3", entry="script"), id="epaper-g3"),
    pytest.param(FeedSite(), id="feed"),
    pytest.param(FeedSite("atom"), id="atom"),
    pytest.param(SitemapSite(), id="sitemap"),
    pytest.param(GenericSite("dede"), id="links"),
    pytest.param(GenericSite("script"), id="links-script"),
]


@pytest.mark.parametrize("replica", REPLICAS)
def test_a_listing_names_its_family_and_an_article_does_not_contradict(replica: Any) -> None:
    keys = replica.keys()
    with serve(replica) as served:
        page = fetch(served.base_url + keys["paths"][0])

        assert detect(served.base_url + keys["paths"][0], page)[0].family == keys["family"]


ARTICLES = [
    param for param in REPLICAS if param.id not in ("feed", "atom", "sitemap", "links", "links-script", "epaper-g3")
]


@pytest.mark.parametrize("replica", ARTICLES)
def test_an_article_names_its_family(replica: Any) -> None:
    # The longest page is an ordinary article: some are only a redirect, a picture or a file.
    with serve(replica) as served:
        pages = [fetch(served.base_url + path) for path in list(replica.truth())[:6]]
    guesses = detect("", max(pages, key=lambda page: len(page.text)))

    assert guesses[0].family == replica.keys()["family"]


@pytest.mark.parametrize("replica", REPLICAS)
def test_the_skeleton_of_a_listing_loads_and_collects_as_it_stands(replica: Any, tmp_path: Path) -> None:
    keys = replica.keys()
    with serve(replica) as served:
        url = served.base_url + keys["paths"][0]
        text = skeleton(url, fetch(url))
        path = tmp_path / "127-0-0-1.toml"
        path.write_text(text, encoding="utf-8")
        crawl = follow(read_site(path), served.base_url)

    assert crawl.items
    assert set(crawl.items) <= set(replica.truth())
    assert keys["family"] == "epaper" or len(crawl.items) == len(replica.truth())


def test_the_region_and_the_name_come_from_the_page() -> None:
    html = '<title>要闻_开封市人民政府</title><meta name="SiteIDCode" content="4102000012"><script>createPageHTML(3,0,"index","html")</script>'
    text = skeleton("http://www.kaifeng.gov.cn/yw/", Page("http://www.kaifeng.gov.cn/yw/", html), "trs")

    assert 'id = "kaifeng"' in text
    assert 'name = "开封市人民政府"' in text
    assert 'region = "410200"' in text


def test_an_entry_of_a_newspaper_gives_its_edition() -> None:
    html = '<META HTTP-EQUIV="REFRESH" CONTENT="0; URL=html/2023-04/10/node_1.htm">'
    url = "http://paper.yunxi.cn/yxrb/paperindex.htm"

    assert 'front = "http://paper.yunxi.cn/yxrb/html/{yyyy}-{mm}/{dd}/node_1.htm"' in skeleton(url, Page(url, html))


def test_every_guess_says_what_speaks_for_it() -> None:
    page = Page("http://x.gov.cn/", "<script>createPageHTML(3,0,'index','html')</script><div class=TRS_Editor>")

    assert detect(page.url, page)[0].why == "createPageHTML with a number first, an editor of TRS"


def test_a_page_of_nothing_is_no_sure_guess() -> None:
    assert all(guess.score < 0.1 for guess in detect("http://x.cn/", Page("http://x.cn/", "")))


def test_the_demo_is_recognised(tmp_path: Path) -> None:
    with serve(demo_site()) as served:
        families = [
            fetch_family(served.base_url + path) for path in ("/yxrb/paperindex.htm", "/xw/yw/", "/wk/list.html")
        ]

    assert families == ["epaper", "trs", "links"]


def fetch_family(url: str) -> str:
    return detect(url, fetch(url))[0].family
