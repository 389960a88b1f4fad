"""What runs counted, as OpenMetrics text: read back by a parser of the format, added up without losing a run."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from flows.metrics import add_to_file, from_text, samples_of, sum_of, to_text
from storage.errors import RecordError
from storage.records import COUNTERS, Failure, RunReport

START = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def report(site: str = "x", verb: str = "collect", minutes: float = 1, **parts: Any) -> RunReport:
    return RunReport("run", verb, site, START, START + timedelta(minutes=minutes), **parts)


def test_counters_repairs_and_the_way_runs_ended_are_told_by_site_and_verb() -> None:
    text = to_text(
        sum_of(
            samples_of(each)
            for each in (
                report(counters={"captures": 3, "failed": 1}, failures=(Failure("u", "s", "m"),), finish="stopped"),
                report(counters={"captures": 4}, minutes=2),
                report(verb="process", repairs={"fix_desync": 7}),
            )
        )
    )

    lines = text.splitlines()
    assert 'fangzhi_captures_total{site="x",verb="collect"} 7.0' in lines
    assert 'fangzhi_repairs_total{repair="fix_desync",site="x",verb="process"} 7.0' in lines
    assert 'fangzhi_runs_total{finish="stopped",site="x",verb="collect"} 1.0' in lines
    assert 'fangzhi_runs_failed_total{site="x",verb="collect"} 1.0' in lines
    assert 'fangzhi_run_seconds_total{site="x",verb="collect"} 180.0' in lines
    good = 'fangzhi_last_good_run_timestamp_seconds{site="x",verb="collect"} '
    assert any(line.startswith(good) and float(line.removeprefix(good)) == START.timestamp() + 120 for line in lines)
    assert lines[-1] == "# EOF"


def test_every_family_has_a_type_and_a_help_text() -> None:
    families = list(text_string_to_metric_families(to_text(samples_of(report(counters=dict.fromkeys(COUNTERS, 0))))))

    assert len(families) == len(COUNTERS) + 5
    assert all(family.type in ("counter", "gauge") and family.documentation for family in families)


REPORTS = st.builds(
    report,
    site=st.text(min_size=1, max_size=8),  # a label may hold anything
    verb=st.sampled_from(["collect", "process"]),
    counters=st.dictionaries(st.sampled_from(COUNTERS), st.integers(0, 10**9), max_size=4),
    repairs=st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 10**9), max_size=2),
)


@given(st.lists(REPORTS, max_size=5))
def test_text_says_what_the_samples_say(reports: list[RunReport]) -> None:
    total = sum_of(map(samples_of, reports))

    expected = {(name, tuple(sorted(labels))): value for (name, labels), value in total.items()}
    assert from_text(to_text(total)) == expected


def test_processes_that_add_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "metrics" / "fangzhi.prom"
    code = (
        "from datetime import UTC, datetime; from pathlib import Path\n"
        "from flows.metrics import add_to_file; from storage.records import RunReport\n"
        "now = datetime.now(UTC)\n"
        f"for _ in range(25): add_to_file(Path({str(file)!r}), RunReport('r', 'collect', 'x', now, now, {{'captures': 2}}))\n"
    )
    adding = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]

    assert [each.wait() for each in adding] == [0, 0, 0]
    samples = from_text(file.read_text(encoding="utf-8"))
    assert samples["fangzhi_captures", (("site", "x"), ("verb", "collect"))] == 150
    assert sorted(path.name for path in file.parent.iterdir()) == [".fangzhi.prom.lock", "fangzhi.prom"]


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not { metrics", encoding="utf-8")

    with pytest.raises(RecordError, match=r"notes\.txt: expected OpenMetrics"):
        add_to_file(file, report())
    assert file.read_text(encoding="utf-8") == "not { metrics"


def test_the_verb_sums_up_stored_reports_and_the_setting_names_a_file(
    archive: Path, reports: list[dict[str, Any]], fangzhi: Any, tmp_path: Path
) -> None:
    file = tmp_path / "fangzhi.prom"

    printed = fangzhi("metrics", "--archive", archive)
    fangzhi("verify", "--site", "demo-links", "--archive", archive, FANGZHI_METRICS=str(file))

    documents: Counter[str] = Counter()
    for each in reports:
        documents[str(each["site"])] += each["counters"].get("documents", 0)
    samples = from_text(printed.stdout)
    for site, count in documents.items():
        assert samples["fangzhi_documents", (("site", site), ("verb", "process"))] == count
    assert any(name == "fangzhi_verified" for name, _ in from_text(file.read_text(encoding="utf-8")))


def test_as_json_each_value_is_a_line(archive: Path, fangzhi: Any) -> None:
    lines = [json.loads(line) for line in fangzhi("metrics", "--archive", archive, "--json").stdout.splitlines()]

    assert {"name", "labels", "value"} == set(lines[0])
