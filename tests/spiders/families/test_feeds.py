"""RSS, Atom and sitemaps."""

from datetime import date
from typing import Any

import pytest
from replica.feeds import FeedSite, SitemapSite

from spiders.families import Ask, Window


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_every_entry_of_a_feed_is_found_on_its_day_in_china(drive: Any, form: Any) -> None:
    replica = FeedSite(form)
    crawl = drive(replica, **replica.keys())

    assert crawl.days == replica.truth()
    assert all("<" not in item.title and "nbsp" not in item.title for item in crawl.items.values())


def test_every_article_of_the_sitemaps_is_found_on_the_day_of_its_address(drive: Any) -> None:
    replica = SitemapSite()
    crawl = drive(replica, **replica.keys())

    assert crawl.days == replica.truth()
    assert crawl.asked == [
        "GET /robots.txt",
        "GET /sitemap.xml",
        "GET /sitemap_0.xml",
        "GET /sitemap_1.xml.gz",
        "GET /sitemap_2.xml",
    ]


def test_lists_that_did_not_change_since_the_window_began_are_not_asked_for(drive: Any) -> None:
    replica = SitemapSite()
    crawl = drive(replica, **replica.keys(), window=Window(since=date(2024, 1, 1)))

    assert crawl.asked[-1] == "GET /sitemap_0.xml"


def test_a_document_that_declares_entities_is_not_read(read: Any) -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item><link>http://x.cn/&b;</link></item></rss>'

    assert read("feed", bomb, "http://x.cn/rss.xml").items == ()


def test_a_feed_of_several_pages_names_the_next(read: Any) -> None:
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed?page=2"/></feed>'

    assert read("feed", atom, "http://x.cn/feed").following == (Ask("http://x.cn/feed?page=2"),)


def test_a_page_of_html_is_no_feed(read: Any) -> None:
    assert read("feed", "<html><body><p>维护中</body></html>", "http://x.cn/rss.xml").items == ()
