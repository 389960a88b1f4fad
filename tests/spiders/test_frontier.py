"""frontier: listings are followed by the days of their items and by what they repeat."""

from datetime import date
from urllib.parse import urldefrag

import pytest
from hypothesis import given
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from spiders import frontier
from spiders.families import Ask, Item, Window
from spiders.frontier import MAX_EMPTY, Walk, address, wholly_older

WINDOW = Window(date(2021, 1, 1), date(2021, 12, 31))
NEW, OLD, LATER = date(2021, 6, 1), date(2020, 12, 31), date(2022, 3, 1)


def page(*days, start=0, pinned=()):
    return [Item(f"http://x/{start + n}", day=day, pinned=n in pinned) for n, day in enumerate(days)]


def test_a_page_with_one_item_in_the_window_is_followed():
    assert Walk("e", WINDOW).turn(page(OLD, OLD, NEW)) == ""


def test_a_page_wholly_older_ends_the_walk_even_under_pinned_new_items():
    assert Walk("e", WINDOW).turn(page(NEW, OLD, OLD, pinned=(0,))) == "older"


def test_old_pinned_items_do_not_end_the_walk():
    assert Walk("e", WINDOW).turn(page(OLD, OLD, LATER, pinned=(0, 1))) == ""


def test_items_later_than_the_window_do_not_end_the_walk():
    assert Walk("e", WINDOW).turn(page(LATER, LATER)) == ""


def test_items_without_a_day_never_end_the_walk_by_date():
    assert not wholly_older(page(None, None), WINDOW)
    assert not wholly_older(page(OLD), Window())


def test_a_page_that_repeats_earlier_pages_ends_the_walk():
    walk = Walk("e", WINDOW)
    walk.turn(page(NEW, NEW, NEW))
    walk.turn(page(NEW, NEW, start=3))

    assert walk.turn(page(NEW, NEW, NEW)) == "repeats"


def test_a_page_that_overlaps_by_one_record_is_followed():
    walk = Walk("e", WINDOW)
    walk.turn(page(NEW, NEW))

    assert walk.turn(page(NEW, NEW, start=1)) == ""


def test_the_pages_of_an_issue_may_share_links():
    walk = Walk("e", WINDOW, NEW)
    walk.turn(page(None, None))

    assert walk.turn(page(None, None)) == ""


def test_pages_that_only_lead_on_end_after_a_few():
    walk = Walk("e", WINDOW)
    stops = [walk.turn([], all_held=True) for _ in range(MAX_EMPTY)]
    assert stops == [""] * (MAX_EMPTY - 1) + ["empty"]


def test_held_links_end_the_walk_only_when_that_was_said():
    assert Walk("e", WINDOW, held_stops=True).turn(page(NEW), all_held=True) == "held"
    assert Walk("e", WINDOW).turn(page(NEW), all_held=True) == ""


def test_a_listing_request_is_made_once_in_a_walk():
    walk = Walk("e", WINDOW)
    assert walk.ask_once(Ask("http://x/?p=1", state={"page": "1"}))
    assert not walk.ask_once(Ask("http://x/?p=1", state={"page": "1"}))
    assert walk.ask_once(Ask("http://x/?p=1", method="POST", body=b"page=2"))


@pytest.mark.parametrize(
    "url, asked",
    [
        ("http://x.cn/a b.html#c", "http://x.cn/a%20b.html"),
        ("http://x.cn/%E8%A6%81?q=1&amp", "http://x.cn/%E8%A6%81?q=1&amp"),
        ("http://[broken/", "http://[broken/"),
        ("javascript:void(0)", "javascript:void(0)"),
    ],
)
def test_an_address_is_escaped_and_without_fragment(url, asked):
    assert address(url) == asked


@given(st.from_regex(frontier._PLAIN, fullmatch=True))
def test_the_addresses_that_are_taken_as_they_are_would_come_out_so_anyway(url):
    assert frontier.address(url) == urldefrag(safe_url_string(url))[0]
