"""What a run leaves behind for people to read."""

from datetime import UTC, date, datetime
from io import StringIO

from rich.console import Console

from flows.health import Health
from flows.show import MAX_FAILURES, artifact_markdown, artifact_rows, coverage_table, reports_table
from spiders.coverage import Day
from storage.records import Failure, RunReport

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def report(verb: str, site: str, **parts: object) -> RunReport:
    return RunReport("run", verb, site, NOW, NOW, **parts)  # type: ignore[arg-type]


def test_the_table_has_a_row_for_each_site_with_all_that_was_asked_for() -> None:
    reports = [
        report("collect", "x", counters={"captures": 7, "failed": 1}),
        report("collect", "y", counters={"captures": 2}),
        report("process", "x", counters={"documents": 5, "duplicates": 2}, repairs={"fix_desync": 3, "fix_utf8": 1}),
    ]

    x, y = artifact_rows(reports, [Health("x", "failing", "why")])

    wanted = {
        "site": "x",
        "captures": 7,
        "documents": 5,
        "duplicates": 2,
        "repairs": 4,
        "failed": 1,
        "health": "failing",
    }
    assert wanted.items() <= x.items()
    assert (y["site"], y["captures"], y["health"]) == ("y", 2, "")


def test_the_summary_names_sites_left_alone_and_failures_but_not_thousands() -> None:
    failures = tuple(Failure(f"http://x/{number}", "fetch", "refused") for number in range(MAX_FAILURES + 5))
    reports = [report("collect", "x", failures=failures)]

    text = artifact_markdown("collect", artifact_rows(reports, []), reports, ["z"])

    assert "skipped, another run is fetching it: z" in text
    assert "- x: fetch: http://x/0: refused" in text
    assert text.count("refused") == MAX_FAILURES
    assert text.endswith("and 5 more failures, in the reports of the archive")


def test_a_run_without_sites_has_a_summary_too() -> None:
    assert artifact_markdown("collect", [], [], []).startswith("# collect")


def test_a_run_s_table_says_how_many_requests_a_new_document_cost() -> None:
    def drawn(**counters: int) -> str:
        console = Console(file=StringIO(), width=200)
        console.print(reports_table([report("collect", "x", counters=counters)]))
        return console.file.getvalue()  # type: ignore[attr-defined]

    assert "requests 12, articles 8, 1.5 requests per new document" in drawn(requests=12, articles=8)
    assert "requests 3, no new document" in drawn(requests=3)
    assert "new document" not in drawn(documents=3)


def test_the_calendar_has_a_line_for_links_that_show_no_day() -> None:
    def drawn(undated: Day) -> list[list[str]]:
        console = Console(file=StringIO(), width=200)
        console.print(coverage_table({date(2021, 1, 2): Day("walked", 3, missing=("u",))}, undated))
        return [line.split() for line in console.file.getvalue().splitlines() if "1" in line]  # type: ignore[attr-defined]

    assert drawn(Day("open", 4, missing=("v",), gone=("w",)))[1:] == [["no", "day", "shown", "2", "1", "1"]]
    assert drawn(Day()) == [["2021-01-02", "walked", "2", "1", "0"]]
