"""cli_sites: what is known of sites, as the console script says it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from replica.epaper import Newspaper
from replica.guangdong import GkmlptSite
from replica.server import serve
from replica.trs import TrsSite

from flows.cli_sites import sites
from spiders.page_files import PageFiles
from spiders.site import read_site
from storage.objects import open_store

PAPER = """
id = "mou-ribao"
name = "某日报"
region = "410200"
family = "epaper"
hosts = ["paper.example"]
listings = ["http://paper.example/paperindex.htm"]
checked = "{checked}"
[[editions]]
front = "http://paper.example/html/{{yyyy}}-{{mm}}/{{dd}}/node_1.htm"
since = 2015-01-01
until = 2020-12-31
"""


@pytest.fixture
def site_files(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites/mou-ribao.toml").write_text(PAPER.format(checked="not yet"), encoding="utf-8")
    return tmp_path / "sites"


def run(*arguments: object) -> str:
    done = CliRunner().invoke(sites, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_files_lists_the_pictures_and_pdfs_of_the_issues_of_a_period(tmp_path: Path, site_files: Path) -> None:
    store = open_store(str(tmp_path / "archive"))
    known = PageFiles(store, "mou-ribao")
    known.note(date(2020, 1, 31), "http://paper.example/a/node_1.htm", ["http://paper.example/a/1.pdf"])
    known.note(date(2020, 2, 1), "http://paper.example/b/node_1.htm", ["http://paper.example/b/1.jpg"])
    for key, data in known.changed():
        store.put(key, data)
    where = ("--archive", tmp_path / "archive", "--site-files", site_files)

    all_of_them = run("files", "mou-ribao", *where)
    one = json.loads(run("files", "mou-ribao", "--from", "2020-02-01", "--json", *where))

    assert [line.split()[:2] for line in all_of_them.splitlines()] == [
        ["2020-01-31", "http://paper.example/a/1.pdf"],
        ["2020-02-01", "http://paper.example/b/1.jpg"],
    ]
    assert one == {
        "day": "2020-02-01",
        "page": "http://paper.example/b/node_1.htm",
        "file": "http://paper.example/b/1.jpg",
    }


def test_check_says_exactly_what_to_look_at_until_a_day_says_that_it_was(tmp_path: Path, site_files: Path) -> None:
    open_points = json.loads(run("check", "mou-ribao", "--site-files", site_files, "--json"))["confirm"]
    (site_files / "mou-ribao.toml").write_text(PAPER.format(checked="2026-11-25"), encoding="utf-8")
    closed = json.loads(run("check", "mou-ribao", "--site-files", site_files, "--json"))["confirm"]

    assert len(open_points) == 3
    assert open_points[0] == "http://paper.example/paperindex.htm answers with a listing of family epaper"
    assert open_points[1].startswith("http://paper.example/html/{yyyy}-{mm}/{dd}/node_1.htm ")
    assert "2015-01-01" in open_points[1] and "2020-12-31" in open_points[1]
    assert "2026-11-25" in open_points[2]
    assert closed == []


@pytest.mark.parametrize("replica", [Newspaper(), TrsSite(), GkmlptSite()], ids=["epaper", "trs", "gkmlpt"])
def test_detect_writes_a_site_file_that_loads_for_a_test_site_too(tmp_path: Path, replica: Any) -> None:
    keys = replica.keys()
    with serve(replica) as served:
        url = served.base_url + keys["paths"][0]
        told = json.loads(run("detect", url, "--test-site", "--directory", tmp_path, "--json"))
    site = read_site(tmp_path / "127-0-0-1.toml")

    assert told["guesses"][0]["family"] == site.family == keys["family"]
    assert site.test_site
    assert bool(site.editions) == (site.family == "epaper")
