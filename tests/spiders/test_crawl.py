"""crawl: one site in a real child process against a real server on loopback; everything is archived, and the report is true."""

import gzip
import json
import time
from itertools import pairwise

import pytest

from storage.captures import iter_capture_keys
from storage.objects import open_store


def simple(web, *, articles=3):
    """Make a listing of some articles."""
    web.listing("/list", [(f"/a{n}.html", "2026-11-20") for n in range(articles)])
    for n in range(articles):
        web.article(f"/a{n}.html")


# ── every answer is archived as it came ──────────────────────────────────────────────────────────────────


def test_a_listing_and_its_articles_are_archived_with_their_roles(web, crawls):
    simple(web)
    crawls.site()

    report = crawls.run()

    assert report["status"] == 0, report
    assert report["finish"] == "finished"
    assert {capture.uri[len(web.url) :]: capture.role for capture in crawls.captures()} == {
        "/list": "listing",
        "/a0.html": "article",
        "/a1.html": "article",
        "/a2.html": "article",
    }
    counters = report["counters"]
    assert (counters["listings"], counters["links"], counters["articles"], counters["requests"]) == (1, 3, 3, 5)


def test_robots_txt_is_archived_and_obeyed(web, crawls):
    simple(web)
    web.put("/robots.txt", "User-agent: *\nDisallow: /a1.html\n", headers=(("Content-Type", "text/plain"),))
    crawls.site()

    report = crawls.run()

    assert web.requests.count("/robots.txt") == 1
    assert web.asked()["/a1.html"] == 0
    assert crawls.captures("/robots.txt")[0].role == "robots"
    assert report["counters"]["disallowed"] == 1
    assert report["status"] == 0


def test_a_listing_that_robots_txt_forbids_is_a_failure(web, crawls):
    simple(web)
    web.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    crawls.site()

    report = crawls.run()

    assert web.asked() == {}
    assert (report["status"], report["failures"][0]["stage"]) == (1, "robots")


def test_a_crawl_delay_of_robots_txt_is_heeded(web, crawls):
    simple(web)
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.5\n")
    times = []
    web.on_request = lambda _: times.append(time.monotonic())
    crawls.site(concurrency=4)

    assert crawls.run()["status"] == 0

    # Scrapy varies a delay by half, so the least is 0.25 s; robots.txt itself came before the rule was known.
    assert all(later - earlier > 0.2 for earlier, later in pairwise(times[1:]))


def test_a_robots_txt_that_answers_a_server_error_forbids_everything_for_now(web, crawls):
    simple(web)
    web.put("/robots.txt", "down", status=500)
    crawls.site()

    report = crawls.run()

    assert web.asked() == {}
    assert (report["status"], report["failures"][0]["stage"]) == (1, "robots")


def test_header_lines_are_archived_as_sent(web, crawls):
    simple(web, articles=1)
    lines = (
        ("content-TYPE", "text/html"),
        ("X-Twice", "a"),
        ("Server", "nginx"),
        ("x-twice", "b"),
        ("X-Latin", "caf\xe9"),
    )
    web.article("/a0.html", headers=lines)
    crawls.site()

    crawls.run()

    (capture,) = crawls.captures("/a0.html")
    assert capture.status_line == "HTTP/1.1 200 OK"
    assert capture.headers[:5] == lines


def test_a_gzip_body_is_archived_still_compressed(web, crawls):
    body = gzip.compress("<p>正文</p>".encode())
    web.listing("/list", [("/a0.html", None)])
    web.put("/a0.html", body, headers=(("Content-Encoding", "gzip"), ("Content-Type", "text/html")))
    crawls.site()

    crawls.run()

    assert crawls.captures("/a0.html")[0].payload == body


def test_a_listing_in_gb18030_under_a_utf8_label_and_gzip_is_read(web, crawls):
    listing = '<a href="/要闻/a.html" data-day="2026-11-20">标题喆</a>'.encode("gb18030")
    web.put(
        "/list",
        gzip.compress(listing),
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")),
    )
    web.article("/%E8%A6%81%E9%97%BB/a.html")
    crawls.site()

    assert crawls.run()["counters"]["articles"] == 1


def test_a_redirect_is_followed_and_both_answers_are_archived(web, crawls):
    web.listing("/list", [("/old.html", None)])
    web.put("/old.html", status=301, headers=(("Location", "/new.html"),))
    web.article("/new.html")
    crawls.site()

    report = crawls.run()

    assert {(c.uri[len(web.url) :], c.status, c.role) for c in crawls.captures()} == {
        ("/list", 200, "listing"),
        ("/old.html", 301, "article"),
        ("/new.html", 200, "article"),
    }
    assert report["status"] == 0
    web.asked()
    crawls.run()
    assert web.asked() == {"/list": 1}


def test_every_try_of_a_retried_page_is_archived_and_retry_after_is_waited_for(web, crawls):
    web.listing("/list", [("/a0.html", None)])
    busy = [True]

    def answer(handler):
        if busy:
            busy.pop()
            return type(web.pages["/list"])(b"busy", 503, (("Retry-After", "1"),))
        return type(web.pages["/list"])(b"<p>text</p>")

    web.pages["/a0.html"] = answer
    crawls.site()

    report = crawls.run()

    first, second = crawls.captures("/a0.html")
    assert (first.status, second.status) == (503, 200)
    assert (second.captured_at - first.captured_at).total_seconds() >= 1
    assert (report["status"], report["counters"]["articles"]) == (0, 1)


def test_a_server_that_asks_for_a_long_pause_ends_the_run(web, crawls):
    simple(web)
    web.put("/a2.html", status=503, headers=(("Retry-After", "3600"),))
    crawls.site()

    report = crawls.run()

    assert (report["finish"], report["status"]) == ("busy", 1)
    assert "3600" in report["failures"][0]["message"]


def test_a_page_that_keeps_failing_is_a_failure_and_is_not_held(web, crawls):
    web.listing("/list", [("/a0.html", None)])
    web.put("/a0.html", "down", status=500)
    crawls.site()

    report = crawls.run()
    assert report["status"] == 1
    assert report["failures"][0]["stage"] == "fetch"
    assert {capture.status for capture in crawls.captures("/a0.html")} == {500}

    web.article("/a0.html")
    report = crawls.run()
    assert (report["status"], report["counters"]["articles"]) == (0, 1)


def test_a_page_larger_than_the_limit_is_a_failure_and_nothing_of_it_is_stored(web, crawls):
    simple(web, articles=2)
    web.put("/a0.html", b"x" * 5_000)
    web.put("/a1.html", b"1388\r\n" + b"x" * 5_000 + b"\r\n0\r\n\r\n", headers=(("Transfer-Encoding", "chunked"),))
    crawls.site(max_bytes=2_000)

    report = crawls.run()

    assert report["status"] == 1
    assert sorted(failure["uri"][-8:] for failure in report["failures"]) == ["/a0.html", "/a1.html"]
    assert all("2000" in failure["message"] for failure in report["failures"])
    assert crawls.captures("/a0.html") == crawls.captures("/a1.html") == []


def test_a_connection_cut_in_a_body_is_a_failure_and_nothing_of_it_is_stored(web, crawls):
    simple(web, articles=1)
    web.put("/a0.html", b"half", headers=(("Content-Length", "8"), ("Connection", "close")))
    crawls.site()

    report = crawls.run()

    assert (report["status"], report["failures"][0]["stage"]) == (1, "fetch")
    assert crawls.captures("/a0.html") == []


# ── the report is true ───────────────────────────────────────────────────────────────────────────────────


def test_a_listing_without_links_is_barren_and_a_failure(web, crawls):
    web.put("/list", "<p>new design</p>")
    crawls.site()

    report = crawls.run()

    assert (report["counters"]["barren"], report["status"]) == (1, 1)


def test_a_listing_that_answers_an_error_is_a_failure(web, crawls):
    crawls.site()
    report = crawls.run()
    assert report["status"] == 1
    assert "404" in report["failures"][0]["message"]


def test_an_error_in_a_family_is_a_failure(web, crawls):
    web.put("/list", "explode")
    crawls.site()

    report = crawls.run()

    assert (report["status"], report["failures"][0]["stage"]) == (1, "read")


def test_a_host_that_does_not_resolve_is_a_failure(web, crawls):
    crawls.site(hosts=["no-such-host.invalid"], listings=["http://no-such-host.invalid/"])
    report = crawls.run()
    assert report["status"] == 1
    assert "no-such-host.invalid" in json.dumps(report["failures"])


def test_an_unknown_site_is_reported_with_a_hint(web, crawls):
    crawls.site(id="replica")
    (crawls.directory / "sites" / "replica.toml").rename(crawls.directory / "sites" / "other.toml")

    report = crawls.run()

    assert report["status"] == 1
    assert "other.toml" in report["failures"][0]["message"]


def test_a_store_that_fails_stops_the_crawl_and_nothing_goes_on(web, crawls):
    simple(web, articles=40)
    crawls.site()
    blocker = crawls.archive / "captures"
    crawls.archive.mkdir()
    blocker.write_text("a file where a directory must be")

    report = crawls.run()

    assert (report["finish"], report["status"]) == ("store", 1)
    assert {failure["stage"] for failure in report["failures"]} == {"store"}
    assert report["counters"].get("captures", 0) == 0
    assert "/a39.html" not in web.requests


def test_a_crawl_archives_into_a_bucket_and_holds_what_is_there(web, crawls, s3_archive):
    simple(web)
    crawls.site()

    report = crawls.run(archive=s3_archive)

    assert (report["status"], report["counters"]["articles"]) == (0, 3), report
    assert len(list(iter_capture_keys(open_store(s3_archive), "replica"))) == 5
    web.asked()
    assert crawls.run(archive=s3_archive)["counters"]["held"] == 3
    assert web.asked() == {"/list": 1}


def test_a_store_that_does_not_answer_is_reported_before_anything_is_fetched(web, crawls):
    simple(web)
    crawls.site()

    # Port 9 is discard: nothing listens there.
    away = {"FANGZHI_S3_ENDPOINT": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    report = crawls.run(archive="s3://bucket/prefix", **away)

    assert (report["finish"], report["status"], web.requests) == ("store", 1, [])
    assert "127.0.0.1:9" in report["failures"][0]["message"]


# ── scope and safety ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "[::1]"])
def test_a_private_address_is_refused_unless_the_site_is_a_test_site(web, crawls, host):
    simple(web)
    crawls.site(test_site=False, hosts=[host], listings=[web.url.replace("127.0.0.1", host) + "/list"])

    report = crawls.run()

    assert web.requests == []
    assert (report["status"], report["failures"][0]["stage"]) == (1, "guard")
    assert ("::1" if host == "[::1]" else "127.0.0.1") in report["failures"][0]["message"]


def test_a_redirect_to_a_private_address_is_refused(web, crawls):
    simple(web, articles=1)
    web.put("/a0.html", status=302, headers=(("Location", web.url.replace("127.0.0.1", "127.0.0.2") + "/secret"),))
    crawls.site(test_site=False, hosts=["127.0.0.1", "127.0.0.2"])

    report = crawls.run(PLAIN_PUBLIC="127.0.0.1")

    assert (report["status"], report["failures"][0]["stage"]) == (1, "guard")
    assert "127.0.0.2" in report["failures"][0]["message"]


def test_links_outside_the_site_are_counted_and_not_fetched(web, crawls):
    simple(web, articles=1)
    web.listing("/list", [("/a0.html", None), ("http://mp.weixin.example/s", None), ("javascript:void(0)", None)])
    crawls.site()

    report = crawls.run()

    assert (report["counters"]["outside"], report["counters"]["links"], report["status"]) == (2, 1, 0)


def test_a_redirect_out_of_the_site_is_archived_and_not_followed(web, crawls):
    simple(web, articles=1)
    web.put("/a0.html", status=302, headers=(("Location", "http://127.0.0.9:1/elsewhere"),))
    crawls.site(hosts=[web.url.removeprefix("http://")])

    report = crawls.run()

    assert [capture.status for capture in crawls.captures("/a0.html")] == [302]
    assert (report["counters"]["outside"], report["status"]) == (1, 0)
    web.asked()
    crawls.run()
    assert web.asked() == {"/list": 1}


CHALLENGE = "<html><script>document.cookie='__jsl_clearance_s=1';location.reload()</script></html>"


def test_challenges_are_archived_counted_and_stop_the_site_after_three(web, crawls):
    simple(web, articles=30)
    for n in range(30):
        web.put(f"/a{n}.html", CHALLENGE, status=521 if n % 2 else 200)
    crawls.site()

    report = crawls.run()

    assert (report["finish"], report["status"]) == ("blocked", 1)
    assert 3 <= report["counters"]["blocked"] <= 6
    assert len(web.asked()) < 12
    assert "articles" not in report["counters"]


def test_a_challenge_is_not_held_and_its_listing_is_not_parsed(web, crawls):
    simple(web, articles=1)
    web.put("/a0.html", CHALLENGE)
    crawls.site()
    assert crawls.run()["counters"]["blocked"] == 1

    web.article("/a0.html")
    assert crawls.run()["counters"]["articles"] == 1

    web.put("/list", CHALLENGE)
    report = crawls.run()
    assert (report["failures"][0]["stage"], report["counters"].get("barren", 0)) == ("blocked", 0)


def test_a_redirect_to_itself_with_a_cookie_is_a_challenge(web, crawls):
    simple(web, articles=1)
    web.put("/a0.html", status=307, headers=(("Location", "/a0.html"), ("Set-Cookie", "C3VK=0a1b2c; Max-Age=300")))
    crawls.site()

    report = crawls.run()

    assert report["counters"]["blocked"] == 1
    assert web.asked()["/a0.html"] == 1
