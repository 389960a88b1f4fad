"""Every family through the real crawler: a backfill of its replica holds every article, each fetched once; a second one asks nothing."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from replica.driver import replica_site, write_site
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

from spiders.page_files import page_files
from storage.captures import iter_capture_keys, read_capture
from storage.objects import open_store

REPLICAS = {
    "epaper": Newspaper,
    "feed": FeedSite,
    "gkmlpt": GkmlptSite,
    "hanweb": HanwebSite,
    "jpaas": JpaasSite,
    "links": GenericSite,
    "nfcms": NfcmsSite,
    "sitemap": SitemapSite,
    "trs": TrsSite,
    "ucap": UcapSite,
    "vsb": VsbSite,
}


def backfill(directory, since, until):
    """Run a backfill of the site in a directory to its end and return its report."""
    return crawl(directory, "backfill", "--from", str(since), "--to", str(until))


def crawl(directory, verb, *period):
    """Run a crawl of the site in a directory to its end and return its report."""
    command = [
        sys.executable,
        "-m",
        "spiders.crawl",
        "replica",
        "--archive",
        str(directory / "archive"),
        "--run-id",
        "r",
    ]
    command += ["--verb", verb, *period, "--sites", str(directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        return json.loads(child.stdout.read().splitlines()[-1])


@pytest.mark.parametrize("family", REPLICAS)
def test_a_backfill_holds_every_article_of_the_replica_and_fetches_each_once(family, tmp_path):
    replica = REPLICAS[family]()
    with serve(replica) as served:
        site = replica_site(served, **replica.keys(), delay_s=0, concurrency=8)
        write_site(site, tmp_path)
        # The latest year: enough pages for every trap, and a window that ends inside the listing.
        until = max(replica.truth().values())
        since = until - timedelta(days=365)
        wanted = {path for path, day in replica.truth().items() if day >= since}
        assert len(wanted) > 20

        report = backfill(tmp_path, since, until)
        asked = Counter(target for method, target, _ in served.asked if method == "GET")
        served.asked.clear()
        again = backfill(tmp_path, since, until)

        store = open_store(str(tmp_path / "archive"))
        captures = [read_capture(store, key) for key in iter_capture_keys(store, "replica")]
        held = {capture.uri.removeprefix(served.base_url) for capture in captures if capture.status == 200}
        assert wanted - held == set()
        assert {path: asked[path] for path in wanted if asked[path] != 1} == {}
        assert report["failures"] == []
        assert [target for _, target, _ in served.asked if target != "/robots.txt"] == []
        assert again["failures"] == []


def test_a_newspaper_s_page_pictures_and_pdfs_are_recorded_by_day_and_not_fetched(tmp_path):
    replica = Newspaper()
    with serve(replica) as served:
        write_site(replica_site(served, **replica.keys(), delay_s=0, concurrency=8), tmp_path)
        until = max(replica.truth().values())

        report = backfill(tmp_path, until - timedelta(days=30), until)

        files = list(page_files(open_store(str(tmp_path / "archive")), "replica"))
        asked = {served.base_url + target for _, target, _ in served.asked}
    assert report["counters"]["files"] == len(files) > 10
    assert len({file for _, _, file in files}) == len(files)
    assert {file for _, _, file in files} & asked == set()
    assert {page for _, page, _ in files} <= asked
    assert {file.rpartition(".")[2].lower() for _, _, file in files} == {"jpg", "pdf"}
    assert list(page_files(open_store(str(tmp_path / "archive")), "replica", until, until)) == [
        row for row in files if row[0] == until
    ]


@pytest.mark.parametrize("entry", ["meta", "script", "delayed", "http", "list"])
def test_a_collect_through_any_kind_of_entry_holds_today_s_issue(entry, tmp_path):
    replica = Newspaper(entry=entry)
    today = max(replica.truth().values())
    with serve(replica) as served:
        write_site(replica_site(served, "epaper", ["/"], delay_s=0, concurrency=8), tmp_path)

        report = crawl(tmp_path, "collect")

        store = open_store(str(tmp_path / "archive"))
        captures = [read_capture(store, key) for key in iter_capture_keys(store, "replica")]
        held = {capture.uri.removeprefix(served.base_url) for capture in captures if capture.role == "article"}
    assert held == {path for path, day in replica.truth().items() if day == today}
    assert {day for day, _, _ in page_files(store, "replica")} == {today}
    assert report["failures"] == []
