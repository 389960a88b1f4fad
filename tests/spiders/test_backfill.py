"""Backfill: a period is fetched by the days of items and issues, can be killed at any point, and ends with its holes filled."""

import json
import random
import threading
import time
from datetime import date, timedelta

import pytest

from spiders.coverage import calendar
from storage.captures import iter_capture_keys

FIRST = date(2021, 1, 1)


def column(web, days, per_page=10):
    """Make a listing of one article a day, newest first, in pages; returns the article paths by day."""
    articles = {FIRST + timedelta(days=n): f"/a{n}.html" for n in range(days)}
    newest_first = sorted(articles.items(), reverse=True)
    pages = [newest_first[at : at + per_page] for at in range(0, days, per_page)]
    for number, page in enumerate(pages):
        path = "/list" if number == 0 else f"/list_{number}"
        following = f"/list_{number + 1}" if number + 1 < len(pages) else None
        web.listing(path, [(href, day) for day, href in page], next_page=following)
    for path in articles.values():
        web.article(path)
    return articles


def paper(web, days, articles=3, missing=()):
    """Make a newspaper of some days with two pages an issue; returns its article paths."""
    paths = []
    for n in range(days):
        day = FIRST + timedelta(days=n)
        if day in missing:
            continue
        base = f"/{day:%Y-%m/%d}"
        for page in (1, 2):
            links = [f'<a href="{base}/c{page}{a}.html">甲</a>' for a in range(articles)]
            pages = [f'<a rel=page href="{base}/node_{p}.html">版</a>' for p in (1, 2)]
            web.put(f"{base}/node_{page}.html", "\n".join(links + pages))
            for a in range(articles):
                web.article(f"{base}/c{page}{a}.html")
                paths.append(f"{base}/c{page}{a}.html")
    return paths


def paper_site(crawls):
    crawls.site(editions=[crawls.web.url + "/{yyyy}-{mm}/{dd}/node_1.html"], concurrency=4)


# ── listings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_backfill_fetches_its_days_and_stops_by_the_day_of_items(web, crawls):
    column(web, 100)
    crawls.site()

    report = crawls.run("backfill", "2021-02-01", "2021-02-28")

    asked = web.asked()
    assert sorted(path for path in asked if path.startswith("/a")) == sorted(f"/a{n}.html" for n in range(31, 59))
    # Day 31 stands on page 6 (from 0); page 7 is the first that is wholly older.
    assert sorted(path for path in asked if path.startswith("/list")) == ["/list"] + [f"/list_{n}" for n in range(1, 8)]
    assert (report["status"], report["counters"]["articles"]) == (0, 28)


def test_a_second_backfill_of_a_walked_period_asks_for_its_holes_only(web, crawls):
    column(web, 40)
    web.put("/a10.html", "down", status=500)
    web.put("/a11.html", "not here", status=404)
    crawls.site()
    assert crawls.run("backfill", "2021-01-05", "2021-01-20")["status"] == 1
    web.asked()
    web.article("/a10.html")

    report = crawls.run("backfill", "2021-01-05", "2021-01-20")

    assert web.asked() == {"/a10.html": 1}
    assert report["status"] == 0
    days = calendar(crawls.store, "replica")
    assert list(days) == [date(2021, 1, day) for day in range(5, 21)]
    assert [(day.captured, len(day.missing), len(day.gone)) for day in days.values()].count((1, 0, 0)) == 15
    assert len(days[date(2021, 1, 12)].gone) == 1


def test_a_backfill_without_a_beginning_reads_the_whole_listing(web, crawls):
    column(web, 30)
    crawls.site()

    assert crawls.run("backfill", until="2021-01-20")["counters"]["articles"] == 20


def test_a_longer_backfill_fetches_what_the_shorter_one_did_not(web, crawls):
    column(web, 40)
    crawls.site()
    crawls.run("backfill", "2021-01-05", "2021-01-20")
    web.asked()

    crawls.run("backfill", "2021-01-01", "2021-01-22")

    assert sorted(path for path in web.asked() if path.startswith("/a")) == sorted(
        f"/a{n}.html" for n in (0, 1, 2, 3, 20, 21)
    )


def test_pinned_old_items_do_not_end_a_backfill(web, crawls):
    column(web, 30)
    links = [(f"/a{n}.html", FIRST + timedelta(days=n)) for n in range(29, 19, -1)]
    web.listing("/list", [("/pinned.html", "2015-01-01", "data-pinned"), *links], next_page="/list_1")
    crawls.site()

    report = crawls.run("backfill", "2021-01-03", "2021-01-05")

    assert report["counters"]["articles"] == 3


def test_items_without_a_day_are_fetched_and_covered(web, crawls):
    web.listing("/list", [("/a.html", None), ("/b.html", None)])
    web.article("/a.html")
    web.put("/b.html", "down", status=500)
    crawls.site()
    assert crawls.run("backfill", "2021-01-01", "2021-01-31")["status"] == 1
    web.article("/b.html")
    web.asked()

    crawls.run("backfill", "2021-01-01", "2021-01-31")

    assert web.asked() == {"/b.html": 1}


# ── newspapers ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_newspaper_is_fetched_by_its_days_and_a_day_without_an_issue_is_no_failure(web, crawls):
    paths = paper(web, 5, missing=[date(2021, 1, 3)])
    paper_site(crawls)

    report = crawls.run("backfill", "2021-01-01", "2021-01-05")

    asked = web.asked()
    assert sorted(path for path in asked if "/c" in path) == sorted(paths)
    assert set(asked.values()) == {1}
    assert (report["status"], report["counters"]["articles"]) == (0, len(paths))
    days = calendar(crawls.store, "replica")
    assert [(day.state, day.captured) for day in days.values()] == [("walked", 6)] * 2 + [("no issue", 0)] + [
        ("walked", 6)
    ] * 2


def test_a_second_backfill_of_a_newspaper_fetches_exactly_the_holes(web, crawls):
    paper(web, 6)
    web.put("/2021-01/04/c10.html", "down", status=500)
    web.put("/2021-01/05/node_2.html", "down", status=500)
    paper_site(crawls)
    crawls.run("backfill", "2021-01-01", "2021-01-06")
    web.asked()
    paper(web, 6)

    report = crawls.run("backfill", "2021-01-01", "2021-01-06")

    holes = {"/2021-01/04/c10.html", "/2021-01/05/node_1.html", "/2021-01/05/node_2.html"}
    assert set(web.asked()) == holes | {f"/2021-01/05/c2{n}.html" for n in range(3)}
    assert report["status"] == 0


def test_a_collect_of_a_newspaper_asks_for_the_days_since_the_last_complete_one(web, crawls):
    today = date.today()  # noqa: DTZ011
    crawls.site(editions=[web.url + "/{yyyy}-{mm}/{dd}/node_1.html"])

    report = crawls.run()

    assert len(web.asked()) in (8, 9)  # seven days back and today; China may be a day ahead
    assert report["status"] == 0, report["failures"]
    crawls.run()
    again = web.asked()
    assert len(again) <= 3 and f"/{today:%Y-%m/%d}/node_1.html" in again


# ── stopping, killing, going on ──────────────────────────────────────────────────────────────────────────


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def articles_held(crawls):
    return len(list(iter_capture_keys(crawls.store, "replica", None, None)))


@pytest.mark.parametrize("how", ["end of input", "SIGTERM"])
def test_a_child_that_is_told_to_stop_closes_and_says_so(web, crawls, how):
    column(web, 60)
    for page in list(web.pages.values()):
        page.delay_s = 0.05
    crawls.site()
    process = crawls.start("backfill", "2021-01-01", "2021-12-31")
    wait_for(lambda: len(web.requests) > 5)

    if how == "SIGTERM":
        process.terminate()
        process.stdin, stdin = None, process.stdin
        report = crawls.end(process)
        stdin.close()
    else:
        report = crawls.end(process)  # closes standard input

    assert (report["finish"], report["status"]) == ("stopped", 1)
    assert len(web.requests) < 40
    web.asked()
    for page in list(web.pages.values()):
        page.delay_s = 0
    report = crawls.run("backfill", "2021-01-01", "2021-12-31")
    assert report["status"] == 0
    assert articles_held(crawls) >= 60


def test_a_stop_does_not_wait_for_a_server_that_hangs(web, crawls):
    released = threading.Event()

    def answer(handler):
        released.wait(120)
        return type(web.pages["/list"])(b"late")

    web.listing("/list", [("/slow.html", None)])
    web.pages["/slow.html"] = answer
    crawls.site()
    process = crawls.start(PLAIN_CLOSE_WITHIN="1")
    wait_for(lambda: "/slow.html" in web.requests)

    report = crawls.end(process)

    assert not released.is_set()
    released.set()
    assert report["finish"] == "stopped"


def test_a_backfill_killed_at_any_moment_goes_on_without_fetching_a_held_page_again(web, crawls):
    paths = paper(web, 20)
    paper_site(crawls)
    moments = random.Random(4)

    for _ in range(4):
        process = crawls.start("backfill", "2021-01-01", "2021-01-20")
        enough = len(web.requests) + moments.randint(1, 40)
        # Under load a few hundred requests may pass between two looks: then the crawl is over, and nothing is to wait for.
        wait_for(lambda enough=enough, process=process: len(web.requests) > enough or process.poll() is not None)
        process.kill()
        crawls.end(process)
    report = crawls.run("backfill", "2021-01-01", "2021-01-20")

    asked = web.asked()
    assert report["status"] == 0, report["failures"]
    captured = {capture.uri[len(web.url) :] for capture in crawls.captures()}
    assert captured >= set(paths)
    # A page that was on its way when the child was killed, or not stored yet, is asked for once more: eight at most.
    assert sum(asked[path] - 1 for path in paths) <= 4 * 8
    web.asked()
    crawls.run("backfill", "2021-01-01", "2021-01-20")
    assert web.asked() == {}


def test_a_report_survives_as_json_with_every_failure_explained(web, crawls):
    web.listing("/list", [("/a.html", None)])
    web.put("/a.html", "down", status=500)
    crawls.site()
    report = crawls.run()
    assert set(report["failures"][0]) == {"uri", "stage", "message"}
    assert json.loads(json.dumps(report)) == report
