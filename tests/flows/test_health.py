"""How run reports become a site's health."""

from datetime import UTC, datetime, timedelta

from flows.health import judge
from spiders.site import Site
from storage.records import Failure, RunReport

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SITE = Site(
    id="xian", name="某县", region="410221", family="trs", hosts=("xian.example",), listings=("http://xian.example/",)
)


def run(
    days_ago: float = 0,
    verb: str = "collect",
    finish: str = "finished",
    failures: tuple[Failure, ...] = (),
    **counters: int,
) -> RunReport:
    at = NOW - timedelta(days=days_ago)
    return RunReport(f"r{days_ago}{verb}", verb, "xian", at, at, counters, {}, failures, finish)


def news(days_ago: float = 0, **more: int) -> RunReport:
    return run(days_ago, **{"captures": 12, "listings": 2, "links": 30, "articles": 9, **more})


def quiet(days_ago: float = 0) -> RunReport:
    return run(days_ago, captures=2, revisits=1, listings=1, links=30, held=30)


def test_a_run_with_new_articles_is_ok() -> None:
    health = judge(SITE, [news()], NOW)

    assert (health.status, health.last_good) == ("ok", NOW.date())


def test_a_listing_with_only_held_links_is_a_quiet_day_and_not_a_failure() -> None:
    assert judge(SITE, [news(1), quiet()], NOW).status == "quiet"


def test_a_listing_without_links_is_failing_though_nothing_new_came_either_way() -> None:
    health = judge(SITE, [news(1), run(captures=1, listings=1, barren=1)], NOW)

    assert health.status == "failing"
    assert "redesigned" in health.reason
    assert health.last_good == (NOW - timedelta(days=1)).date()


def test_a_failure_is_named_in_the_reason() -> None:
    health = judge(
        SITE, [run(captures=3, listings=1, failed=1, failures=(Failure("http://x/1", "fetch", "timeout"),))], NOW
    )

    assert health.status == "failing"
    assert "fetch: http://x/1: timeout" in health.reason


def test_a_crashed_run_is_failing() -> None:
    assert judge(SITE, [run(finish="crashed", failed=1)], NOW).status == "failing"


def test_a_blocked_run_is_blocked_even_when_it_failed() -> None:
    assert judge(SITE, [run(finish="blocked", blocked=3, failed=3)], NOW).status == "blocked"


def test_fields_below_the_floor_are_failing_and_above_it_are_not() -> None:
    processed = run(verb="process", documents=10, titled=10, dated=3)
    fine = run(verb="process", documents=10, titled=10, dated=9)

    assert "published found in 30%" in judge(SITE, [news(), processed], NOW).reason
    assert judge(SITE, [news(), fine], NOW).status == "ok"


def test_fields_that_are_missing_page_by_page_are_seen_over_several_runs_and_through_a_quiet_one() -> None:
    history = [item for day in (6, 5, 4, 3, 2) for item in (news(day), run(day, "process", documents=1, titled=1))]

    health = judge(SITE, [*history, quiet()], NOW)

    assert health.status == "failing"
    assert "published found in 0% of 5 new pages" in health.reason


def test_a_reprocess_with_a_mended_layout_settles_what_came_before() -> None:
    bad = run(2, "process", documents=10, titled=10)
    mended = run(1, "reprocess", documents=10, titled=10, dated=10)

    assert judge(SITE, [news(3), bad, quiet()], NOW).status == "failing"
    assert judge(SITE, [news(3), bad, mended, quiet()], NOW).status == "quiet"


def test_one_challenge_instead_of_the_only_listing_is_blocked() -> None:
    walled = run(blocked=1, failed=1, captures=1, failures=(Failure("http://x/", "blocked", "a challenge page"),))

    assert judge(SITE, [news(1), walled], NOW).status == "blocked"


def test_listings_whose_links_all_lead_to_a_new_host_are_no_quiet_day() -> None:
    moved = run(captures=1, listings=1, outside=20)

    health = judge(SITE, [news(1), moved], NOW)

    assert health.status == "failing"
    assert "outside" in health.reason


def test_a_site_that_was_collected_once_and_never_had_news_again_becomes_stale() -> None:
    assert judge(SITE, [news(70), quiet()], NOW).status == "stale"
    assert judge(SITE, [news(50), quiet()], NOW).status == "quiet"


def test_few_documents_say_nothing_about_a_layout() -> None:
    assert judge(SITE, [news(), run(verb="process", documents=2, titled=0, dated=0)], NOW).status == "ok"


def test_stale_after_days_is_believed_before_the_learned_cadence() -> None:
    site = SITE.model_copy(update={"stale_after_days": 2})
    history = [*(news(days) for days in range(9, 2, -1)), quiet()]

    assert judge(site, history, NOW).status == "stale"
    assert judge(SITE, history, NOW).status == "quiet"


def test_a_daily_site_silent_for_two_weeks_is_stale_and_a_monthly_one_is_not() -> None:
    daily = [*(news(days) for days in range(30, 14, -1)), quiet()]
    monthly = [*(news(days) for days in (150, 120, 90, 60, 30, 14)), quiet()]

    assert judge(SITE, daily, NOW).status == "stale"
    assert judge(SITE, monthly, NOW).status == "quiet"


def test_a_site_that_never_ran_is_unknown() -> None:
    assert judge(SITE, [], NOW).status == "unknown"
