"""Which sites a tick collects: those whose cron line fired since their last collect, read from the ids of runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.jobs import due_sites, health_of
from flows.run import parse_run_id
from spiders.site import Site, load_sites
from storage.documents import write_report
from storage.objects import LocalStore
from storage.records import RunReport

NOW = datetime(2026, 3, 4, 7, 5, tzinfo=UTC)  # 15:05 in China, a Wednesday


@pytest.fixture
def site(site_files: Path) -> Site:
    return load_sites(str(site_files)).require("demo-trs")


def collected(archive: Path, ago: timedelta, verb: str = "collect", site: str = "demo-trs") -> None:
    start = NOW - ago
    report = RunReport(f"{start:%Y%m%dt%H%M%S}-{verb}-{site}-0a1b2c", verb, site, start, start, {"articles": 1})
    write_report(LocalStore(archive), report)


@pytest.mark.parametrize(
    ("cadence", "minutes_ago", "due"),
    [
        ("0 * * * *", 4, False),
        ("0 * * * *", 6, True),
        ("0 15 * * *", 60 * 24, True),
        ("0 6 * * *", 60 * 9, False),
        ("0 6 * * *", 60 * 10, True),
        ("0 6 * * 1", 60 * 24 * 2, False),  # Monday's
        ("0 6 * * 1", 60 * 24 * 3, True),
        ("0 6 1 * *", 60 * 24 * 3, False),
        ("0 6 1 * *", 60 * 24 * 30, True),
    ],
)
def test_a_site_is_due_when_its_cron_line_fired_since_its_last_collect(
    site: Site, tmp_path: Path, cadence: str, minutes_ago: int, due: bool
) -> None:
    site = site.model_copy(update={"cadence": cadence})
    collected(tmp_path, timedelta(minutes=minutes_ago))
    collected(tmp_path, timedelta(minutes=1), verb="process")
    collected(tmp_path, timedelta(minutes=1), site="demo-trs-2")

    assert due_sites([site], str(tmp_path), NOW) == ([site] if due else [])


def test_a_site_never_collected_is_due(site: Site, tmp_path: Path) -> None:
    assert due_sites([site], str(tmp_path), NOW) == [site]


def test_health_reads_the_reports_of_the_sites_it_judges_alone(site: Site, tmp_path: Path) -> None:
    collected(tmp_path, timedelta(hours=1))
    other = tmp_path / "reports/2026/03/04/20260304t060000-collect-demo-epaper-0a1b2c.json"
    other.write_text("not a report")

    assert [health.status for health in health_of([site], str(tmp_path), NOW)] == ["ok"]


def test_other_run_ids_say_nothing() -> None:
    assert parse_run_id("yesterday") is None
