"""The site files that come with the project: they load, begin somewhere, and know their articles."""

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from spiders.detect import skeleton
from spiders.families import Ask, Page, Window, load_family
from spiders.site import FamilyName, Site, load_sites, read_site
from storage.errors import SiteError

SITES = list(load_sites())
DAY = date(2022, 8, 16)


def site(name: str) -> Site:
    return load_sites().require(name)


def test_there_are_thirty_sites_of_every_family_in_twelve_provinces() -> None:
    assert len(SITES) >= 30
    assert {one.family for one in SITES} == set(get_args(FamilyName))
    assert len({one.region[:2] for one in SITES}) >= 12


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("kaifeng-daily", "410200"),
        ("kaifeng", "410200"),
        ("puyang-daily", "410900"),
        ("ningjin-dezhou", "371422"),
        ("luoyang-jianxi", "410305"),
        ("taihe-fuyang", "341222"),
    ],
)
def test_the_places_whose_texts_the_client_gave_are_among_them(name: str, region: str) -> None:
    assert site(name).region == region


@pytest.mark.parametrize("one", SITES, ids=lambda one: one.id)
def test_a_site_begins_within_its_own_hosts_and_its_pattern_is_one(one: Site) -> None:
    asks = list(load_family(one.family).entries(one, Window(DAY, DAY)))

    # A paper of several periods has one beginning for a day; a later period has none for an earlier day.
    assert asks
    assert all(one.owns(ask.url) for ask in asks)
    re.compile(one.article)


@pytest.mark.parametrize("one", SITES, ids=lambda one: one.id)
def test_a_site_that_nobody_has_looked_at_says_so_and_what_to_look_at(one: Site) -> None:
    assert one.checked.startswith("unconfirmed: ")
    assert one.to_confirm()


def test_a_pattern_that_is_none_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    text = skeleton("http://x.gov.cn/", Page("http://x.gov.cn/", ""), "links") + "article = '(unclosed'\n"
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")

    with pytest.raises(SiteError, match="key article: expected a regular expression"):
        read_site(tmp_path / "x.toml")


def test_regions_are_codes_of_provinces_and_below() -> None:
    provinces = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54}
    assert {int(one.region[:2]) for one in SITES} <= provinces | {61, 62, 63, 64, 65}


def test_some_layouts_end_on_a_day() -> None:
    ended = [one.id for one in SITES if any(layout.valid_until for layout in one.layouts)]

    assert len(ended) >= 3
    paper = site("peoples-daily")
    assert paper.layout_on(date(2024, 11, 30)) != paper.layout_on(date(2024, 12, 1))


def test_a_paper_that_moved_is_asked_under_the_address_of_the_day() -> None:
    paper, family = site("peoples-daily"), load_family("epaper")
    fronts = [ask.url for ask in family.entries(paper, Window(date(2024, 11, 30), date(2024, 12, 1)))]

    assert fronts == [
        "http://paper.people.com.cn/rmrb/html/2024-11/30/nbs.D110000renmrb_01.htm",
        "https://paper.people.com.cn/rmrb/pc/layout/202412/01/node_01.html",
    ]


@pytest.mark.parametrize(
    ("name", "page", "article", "other"),
    [
        ("puyang-daily", "/202208/16/l01.html", "/content/202208/16/c103300.html", "/202208/16/l02.html"),
        ("luoyang-daily", "/html2/2022-08/16/node_4.htm", "/html2/2022-08/16/content_311226.htm", "/html2/2022-08/16/node_5.htm"),
        ("chongqing-daily", "/cqrb/2022-08/16/001/node.htm", "/cqrb/2022-08/16/001/content_rb_1.htm", "/cqrb/2022-08/16/002/node.htm"),
        ("gansu-daily", "/gsrb/202208/16/col01.html", "/gsrb/202208/16/c123456.html", "/gsrb/202208/16/col02.html"),
        ("fujian-daily", "/pc/col/202208/16/node_01.html", "/pc/con/202208/16/content_1.html", "/pc/col/202208/16/node_02.html"),
        ("shanxi-daily", "/shtml/sxrb/20220816/v01.shtml", "/shtml/sxrb/20220816/577605.shtml", "/shtml/sxrb/20220816/v02.shtml"),
        ("nantong-daily", "/ntrbszb/pc/layout/202208/16/node_A01.html", "/ntrbszb/pc/c/202208/16/content_1.html", "/ntrbszb/pc/layout/202208/16/node_A02.html"),
        ("guangming-daily", "/gmrb/html/2022-08/16/nbs.D110000gmrb_01.htm", "/gmrb/html/2022-08/16/nw.D110000gmrb_20220816_1-01.htm", "/gmrb/html/2022-08/16/nbs.D110000gmrb_02.htm"),
    ],
)  # fmt: skip
def test_a_paper_tells_its_articles_from_its_pages(name: str, page: str, article: str, other: str) -> None:
    paper = site(name)
    base = f"https://{paper.hosts[0]}"
    html = f'<a href="{article}">标题</a><a href="{other}">第二版</a><a href="{page}">第一版</a>'
    ask = Ask(base + page, day=DAY)
    found = load_family("epaper").read(paper, ask, Page(base + page, html), Window())

    assert [item.url for item in found.items] == [base + article]
    assert [following.url for following in found.following] == [base + other]


@pytest.mark.parametrize(
    ("name", "article", "other"),
    [
        ("kaifeng", "/kfsrmzfwz/xqdt/pc/content/content_2069349989317390336.html", "/kfsrmzfwz/xqdt/pc/list.html"),
        (
            "ningjin-dezhou",
            "/n50593809/n50593811/n50593829/n73677400/c94278805/content.html",
            "/n50593809/n50593811/index.html",
        ),
        ("luoyang-jianxi", "/2025/12-29/1025739.html", "/ldzc/"),
        ("taihe-fuyang", "/content/detail/59102d0e7f8b9aa31fac7cd7.html", "/content/channel/59102d0e7f8b9aa31fac7cd7/"),
        ("henan", "/2023/04-10/2722345.html", "/zwgk/gggs/"),
        ("beijing", "/zwgk/tzgg/202304/t20230410_2992345.html", "/zwgk/tzgg/"),
        ("shandong", "/art/2023/4/10/art_94237_10312345.html", "/col/col94237/index.html"),
        ("yantai", "/col/col43304/art/2026/art_4583d515ea8241c287923bc9ca6480d8.html", "/col/col43304/index.html"),
        ("sichuan", "/10462/c103042/2023/4/10/0123456789abcdef0123456789abcdef.shtml", "/10462/c103042/stt_list.shtml"),
        ("huaxian", "/info/1023/4567.htm", "/xwzx/tzgg.htm"),
        ("guangdong", "/zwgk/tzgg/content/post_4123456.html", "/zwgk/tzgg/"),
    ],
)
def test_a_site_tells_its_articles_from_its_columns(name: str, article: str, other: str) -> None:
    one = site(name)
    base = f"https://{one.hosts[0]}"
    html = (
        f'<ul><li><a href="{base}{article}">标题标题标题</a></li><li><a href="{base}{other}">栏目栏目栏目</a></li></ul>'
    )
    found = load_family(one.family).read(one, Ask(base), Page(base, html), Window())

    assert [item.url for item in found.items] == [base + article]
