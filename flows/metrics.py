"""metrics.py — What runs counted, as OpenMetrics 1.0 text for Prometheus and its like. Format and file only.

Two ways: `fangzhi metrics` sums up stored reports; FANGZHI_METRICS names a file that every run on a machine adds to,
for a collector that reads files (node_exporter's textfile directory) or any web server. Names are those of the
report's counters (storage/records.py), labels are site and verb.
"""

import fcntl
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from storage.errors import RecordError
from storage.records import COUNTERS, RunReport

Labels = tuple[tuple[str, str], ...]
Samples = dict[tuple[str, Labels], float]
"""Values by metric name, without the suffix that OpenMetrics gives counters, and labels."""

_GAUGES = {
    "fangzhi_last_run_timestamp_seconds": "When the last run of a verb ended",
    "fangzhi_last_good_run_timestamp_seconds": "When the last run of a verb ended without a failure",
}
_HELP = {
    "fangzhi_runs": "Runs by the way they ended",
    "fangzhi_runs_failed": "Runs in which anything failed",
    "fangzhi_run_seconds": "Time spent in runs",
    "fangzhi_repairs": "Changes made to texts, by repair",
    **{f"fangzhi_{name}": f"{name} of run reports" for name in COUNTERS},
    **_GAUGES,
}


def samples_of(report: RunReport) -> Samples:
    """Return what one run adds to the counters, and its time for the gauges."""
    own: Labels = (("site", report.site), ("verb", report.verb))
    samples: Samples = {
        ("fangzhi_runs", (("finish", report.finish), *own)): 1,
        ("fangzhi_runs_failed", own): int(report.failed),
        ("fangzhi_run_seconds", own): (report.ended_at - report.started_at).total_seconds(),
        ("fangzhi_last_run_timestamp_seconds", own): report.ended_at.timestamp(),
    }
    if not report.failed:
        samples["fangzhi_last_good_run_timestamp_seconds", own] = report.ended_at.timestamp()
    for name, count in report.counters.items():
        samples[f"fangzhi_{name}", own] = count
    for repair, count in report.repairs.items():
        samples["fangzhi_repairs", (("repair", repair), *own)] = count
    return samples


def sum_of(parts: Iterable[Samples]) -> Samples:
    """Put samples together: counters add up, of times the latest stands."""
    total: Samples = {}
    for part in parts:
        for (name, labels), value in part.items():
            before = total.get((name, labels), 0)
            total[name, labels] = max(before, value) if name in _GAUGES else before + value
    return total


def to_text(samples: Samples) -> str:
    """Write samples as OpenMetrics text, sorted, so that the same samples give the same text.

    >>> to_text({("fangzhi_captures", (("site", "x"), ("verb", "collect"))): 3}).splitlines()[-2]
    'fangzhi_captures_total{site="x",verb="collect"} 3.0'
    """
    text: bytes = generate_latest(_Samples(samples))  # type: ignore[no-untyped-call]
    return text.decode()


def from_text(text: str, where: str = "metrics") -> Samples:
    """Read samples that to_text wrote. Raises RecordError for anything else."""
    try:
        return {
            (family.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
            for sample in family.samples
        }
    except (ValueError, KeyError, IndexError) as error:
        message = f"{where}: expected OpenMetrics text as written by fangzhi, found {error}; delete it to count anew"
        raise RecordError(message) from error


def add_to_file(path: Path, report: RunReport) -> None:
    """Add a run to the counters of a file; readers see the old file or the new one, and no run of this machine is lost.

    A file that is missing counts from zero, as after any restart of a counter.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = from_text(path.read_text(encoding="utf-8"), str(path)) if path.exists() else {}
        text = to_text(sum_of([before, samples_of(report)]))
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as made:
            made.write(text)
        Path(made.name).chmod(0o644)  # the collector is another user
        Path(made.name).replace(path)


class _Samples(Collector):
    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def collect(self) -> Iterator[Metric]:
        by_name: dict[str, list[tuple[Labels, float]]] = defaultdict(list)
        for (name, labels), value in sorted(self.samples.items()):
            by_name[name].append((tuple(sorted(labels)), value))
        for name, values in by_name.items():
            family = (GaugeMetricFamily if name in _GAUGES else CounterMetricFamily)(
                name, _HELP.get(name, name), labels=[label for label, _ in values[0][0]]
            )
            for labels, value in values:
                family.add_metric([each for _, each in labels], value)
            yield family
