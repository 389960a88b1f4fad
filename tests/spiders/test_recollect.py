"""Collecting again: an unchanged site costs its listings; changes, disappearances and errors of held pages are evidence."""

import shutil
from datetime import date, timedelta

import pytest

TODAY = date.today()  # noqa: DTZ011 — a day more or less does not matter here


def recent(web, numbers, path="/list", **more):
    """Make a listing of recent articles, and the articles."""
    web.listing(path, [(f"/a{n}.html", TODAY - timedelta(days=1)) for n in numbers], **more)
    for n in numbers:
        web.article(f"/a{n}.html")


def test_a_second_run_over_an_unchanged_site_asks_for_its_listings_only(web, crawls):
    recent(web, range(5), next_page="/list2")
    recent(web, range(5, 10), "/list2")
    crawls.site()
    crawls.run()
    web.asked()

    report = crawls.run()

    # The first page is all held and the run before it was complete, so the second need not be read.
    assert web.asked() == {"/list": 1}
    assert (report["counters"]["held"], report["counters"]["revisits"], report["status"]) == (5, 1 + 1, 0)


def test_new_articles_are_fetched_and_held_ones_are_not(web, crawls):
    recent(web, range(3))
    crawls.site()
    crawls.run()
    web.asked()
    recent(web, range(-1, 3))

    report = crawls.run()

    assert web.asked() == {"/list": 1, "/a-1.html": 1}
    assert report["counters"]["articles"] == 1


def test_after_a_run_that_was_not_complete_a_held_page_does_not_end_the_listing(web, crawls):
    recent(web, range(3), next_page="/list2")
    recent(web, range(3, 6), "/list2")
    web.put("/list2", "broken", status=500)
    crawls.site()
    assert crawls.run()["status"] == 1
    recent(web, range(3, 6), "/list2")
    web.asked()

    report = crawls.run()

    assert web.asked() == {"/list": 1, "/list2": 1, "/a3.html": 1, "/a4.html": 1, "/a5.html": 1}
    assert report["status"] == 0


def test_a_listing_that_keeps_failing_holds_up_no_other(web, crawls):
    recent(web, range(3), next_page="/list2")
    recent(web, range(3, 6), "/list2")
    crawls.site(listings=[f"{web.url}/list", f"{web.url}/removed"])
    assert crawls.run()["status"] == 1
    web.asked()

    crawls.run()

    assert web.asked() == {"/list": 1, "/removed": 1}


def test_a_due_page_is_asked_for_conditionally_and_304_is_a_revisit(web, crawls):
    crawls.hold(
        "/old.html", "text", days_ago=10, headers=[("ETag", '"v1"'), ("Last-Modified", "Mon, 02 Nov 2026 00:00:00 GMT")]
    )
    recent(web, [1])
    sent = {}

    def answer(handler):
        sent.update(handler.headers.items())
        return type(web.pages["/list"])(status=304, headers=(("ETag", '"v1"'),))

    web.pages["/old.html"] = answer
    crawls.site()

    report = crawls.run()

    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"v1"', "Mon, 02 Nov 2026 00:00:00 GMT")
    first, second = crawls.captures("/old.html")
    assert (second.kind, second.status, second.digest, second.refers_to_at) == (
        "revisit",
        304,
        first.digest,
        first.captured_at,
    )
    assert (report["status"], report["counters"]["revisits"]) == (0, 1)
    web.asked()
    crawls.run()
    assert web.asked()["/old.html"] == 0


def test_the_condition_of_a_page_is_not_asked_of_the_page_it_now_redirects_to(web, crawls):
    crawls.hold("/old.html", "text", days_ago=10, headers=[("ETag", '"v1"')])
    recent(web, [1])
    web.put("/old.html", status=301, headers=(("Location", "/new.html"), ("ETag", '"v2"')))
    sent = []

    def answer(handler):
        sent.append(handler.headers["If-None-Match"])
        return type(web.pages["/list"])(b"moved here")

    web.pages["/new.html"] = answer
    crawls.site()

    assert crawls.run()["status"] == 0
    assert sent == [None]
    assert [(capture.kind, capture.status) for capture in crawls.captures("/new.html")] == [("response", 200)]


def test_a_due_page_that_changed_is_a_new_capture_of_its_address(web, crawls):
    crawls.hold("/old.html", "text", days_ago=10)
    recent(web, [1])
    web.article("/old.html", "corrected")
    crawls.site()

    report = crawls.run()

    first, second = crawls.captures("/old.html")
    assert (second.kind, second.uri, second.digest != first.digest) == ("response", first.uri, True)
    assert report["counters"]["articles"] == 2


def test_a_due_page_that_did_not_change_is_a_revisit(web, crawls):
    crawls.hold("/old.html", "text", days_ago=10)
    recent(web, [1])
    web.put("/old.html", "text")
    crawls.site()

    crawls.run()

    assert [capture.kind for capture in crawls.captures("/old.html")] == ["response", "revisit"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_held_page_that_disappears_is_gone_once_and_not_asked_for_daily(web, crawls, status):
    crawls.hold("/old.html", "text", days_ago=10)
    recent(web, [1])
    web.put("/old.html", "not here", status=status)
    crawls.site()

    report = crawls.run()

    assert [capture.kind for capture in crawls.captures("/old.html")] == ["response", "gone"]
    assert (report["counters"]["gone"], report["status"]) == (1, 0)
    web.asked()
    crawls.run()
    assert web.asked()["/old.html"] == 0


def test_a_page_held_for_an_hour_is_not_due(web, crawls):
    crawls.hold("/old.html", "text", days_ago=0.04)
    recent(web, [1])
    crawls.site()
    crawls.run()
    assert web.asked()["/old.html"] == 0


def test_listings_are_never_revisited_as_pages(web, crawls):
    crawls.hold("/list?page=9", "old listing", days_ago=10, role="listing")
    recent(web, [1])
    crawls.site()
    crawls.run()
    crawls.run()
    assert web.asked()["/list?page=9"] == 0


def test_a_dead_link_is_counted_and_asked_for_again_only_when_due(web, crawls):
    web.listing("/list", [("/dead.html", None)])
    crawls.site()

    report = crawls.run()
    assert (report["counters"]["dead"], report["status"], "gone" in report["counters"]) == (1, 0, False)
    web.asked()

    report = crawls.run()
    assert (report["counters"]["dead"], web.asked()) == (1, {"/list": 1})


def test_a_soft_404_is_noted_and_not_taken_for_an_article(web, crawls):
    web.listing("/list", [("/soft.html", None)])
    web.put("/soft.html", "<p>您访问的页面不存在</p>")
    crawls.site()

    report = crawls.run()

    assert (report["counters"]["soft_404"], "articles" in report["counters"], report["status"]) == (1, False, 0)


def test_an_article_that_leads_to_the_home_page_is_a_soft_404(web, crawls):
    web.listing("/list", [("/old.html", None)])
    web.put("/old.html", status=302, headers=(("Location", "/"),))
    web.article("/", "home")
    crawls.site()

    report = crawls.run()

    assert (report["counters"]["soft_404"], "articles" in report["counters"], report["status"]) == (1, False, 0)
    assert crawls.captures("/")[0].role == "listing"
    web.asked()
    crawls.run()
    assert web.asked() == {"/list": 1}


def test_an_error_of_a_held_page_leaves_it_to_the_next_run(web, crawls):
    crawls.hold("/old.html", "text", days_ago=10)
    recent(web, [1])
    web.put("/old.html", "down", status=500)
    crawls.site()
    assert crawls.run()["status"] == 1

    web.put("/old.html", "text")
    web.listing("/list", [("/old.html", TODAY)])
    web.asked()
    crawls.run()
    assert web.asked()["/old.html"] == 1


def test_a_listing_that_repeats_its_first_page_for_ever_is_left(web, crawls):
    recent(web, range(3), next_page="/list?page=2")
    for number in range(2, 9):
        web.listing(
            f"/list?page={number}", [(f"/a{n}.html", None) for n in range(3)], next_page=f"/list?page={number + 1}"
        )
    crawls.site()

    report = crawls.run()

    assert sum(count for path, count in web.asked().items() if path.startswith("/list")) == 2
    assert report["status"] == 0


def test_after_its_index_was_lost_an_archive_knows_again_what_is_held(web, crawls):
    web.listing("/list", [("/a.html", None), ("/down.html", None), ("/dead.html", None), ("/paged.html", None)])
    web.article("/a.html")
    web.put("/down.html", "down", status=500)
    web.put("/paged.html", '<a href="paged_2.html">2</a>')
    web.put("/paged_2.html", "down", status=500)
    crawls.site()
    crawls.run()
    shutil.rmtree(crawls.archive / "index")
    web.asked()

    crawls.run()

    asked = web.asked()
    assert (asked["/a.html"], asked["/dead.html"]) == (0, 0)
    assert asked["/down.html"] and asked["/paged.html"] and asked["/paged_2.html"]
