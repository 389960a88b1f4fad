"""Guangdong's platforms: NFCMS portals and gkmlpt catalogues."""

from typing import Any

import pytest
from replica.guangdong import GkmlptSite, NfcmsSite

from spiders.families import Ask, Window, load_family


@pytest.mark.parametrize("numbers", [False, True], ids=["next-link", "numbers-only"])
def test_every_article_of_a_portal_column_is_found_once(drive: Any, numbers: bool) -> None:
    replica = NfcmsSite(numbers=numbers)
    crawl = drive(replica, **replica.keys())

    assert crawl.days == replica.truth()
    assert set(crawl.times.values()) == {1}
    assert len(crawl.asked) == 13


def test_every_article_of_a_catalogue_is_found_once_in_pages_of_100(drive: Any) -> None:
    replica = GkmlptSite()
    crawl = drive(replica, **replica.keys())

    assert crawl.days == replica.truth()
    assert len(crawl.asked) == 5


def test_the_category_is_the_fragment_and_0_means_everything(site_of: Any) -> None:
    root = "http://www.yunxi.gov.cn/nyj/gkmlpt/"
    site = site_of("gkmlpt", "www.yunxi.gov.cn", [root + "index#4567", root + "policy"])

    asks = list(load_family("gkmlpt").entries(site, Window()))

    assert asks == [Ask(root + "index", state={"category": "4567"}), Ask(root + "policy", state={"category": "0"})]


def test_a_shell_without_a_key_gives_nothing(read: Any) -> None:
    found = read("gkmlpt", "<html>维护中</html>", "http://www.yunxi.gov.cn/nyj/gkmlpt/index")

    assert not (found.items or found.following)
