"""plan: which days a crawl asks for, what it fetches there, and which pages are due."""

from datetime import UTC, date, datetime, timedelta

import pytest

from spiders.families import Item
from spiders.plan import ISSUES, WHOLE_SITE, Plan
from spiders.site import Site
from storage.keys import CaptureKey

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # already the 25th in China
TODAY = date(2026, 11, 25)
LIST = "http://x.cn/"


def site(**keys):
    values = {"id": "xx", "name": "甲县", "region": "410200", "family": "trs", "hosts": ["x.cn"]}
    return Site.model_validate(values | ({"listings": ["http://x.cn/"]} | keys if "editions" not in keys else keys))


PAPER = site(editions=[{"front": "http://x.cn/{yyyy}/{mm}/{dd}"}])


def test_days_are_those_of_china():
    assert Plan("collect", site(), NOW).today == TODAY


@pytest.mark.parametrize("which, days", [(site(), 30), (PAPER, 7)])
def test_the_first_collect_takes_what_is_recent(which, days):
    window = Plan("collect", which, NOW).window_of(LIST)
    assert (window.since, window.until) == (TODAY - timedelta(days=days), TODAY)


def test_a_collect_goes_back_to_the_day_before_the_last_complete_one_of_each_listing():
    plan = Plan("collect", site(), NOW, complete={LIST: date(2026, 6, 2)})
    assert plan.window_of(LIST).since == date(2026, 6, 1)
    assert plan.window_of(LIST + "other").since == TODAY - timedelta(days=30)
    assert plan.held_stops(LIST) and not plan.held_stops(LIST + "other")


def test_the_issues_of_a_newspaper_are_one_listing():
    plan = Plan("collect", PAPER, NOW, complete={ISSUES: date(2026, 11, 20)})
    assert plan.days == [date(2026, 11, day) for day in range(19, 26)]


def test_a_backfill_never_asks_for_days_to_come():
    plan = Plan("backfill", site(), NOW, since=TODAY - timedelta(days=1), until=date(2030, 1, 1))
    assert plan.days == [TODAY - timedelta(days=1), TODAY]


def test_a_backfill_fetches_items_of_its_window_and_those_without_a_day():
    plan = Plan("backfill", site(), NOW, since=date(2021, 1, 1), until=date(2021, 1, 31))
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 31), date(2021, 2, 1), None]
    assert [plan.fetches(Item("u", day=day), plan.window_of(LIST), 10) for day in days] == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_collect_fetches_older_items_of_a_listing_but_not_of_a_map_of_the_whole_site():
    plan = Plan("collect", site(), NOW)
    old = Item("u", day=date(2019, 1, 1))
    window = plan.window_of(LIST)
    assert plan.fetches(old, window, 20)
    assert not plan.fetches(old, window, WHOLE_SITE)
    assert plan.fetches(Item("u", day=TODAY), window, WHOLE_SITE)


def captured(hashed, *days_ago):
    return hashed, [
        CaptureKey("xx", NOW - timedelta(days=days), hashed, "0" * 32) for days in sorted(days_ago, reverse=True)
    ]


def test_the_most_overdue_page_comes_first_and_addresses_set_aside_never():
    known = [captured("a" * 16, 2), captured("b" * 16, 0.5), captured("c" * 16, 30), captured("d" * 16, 40)]
    due = Plan("collect", site(), NOW).due(known, {"d" * 16})
    assert [key.uri_hash[0] for key in due] == ["c", "a"]


def test_a_backfill_revisits_nothing():
    assert Plan("backfill", site(), NOW, since=TODAY).due([captured("c" * 16, 30)], ()) == []
