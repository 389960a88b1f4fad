"""run.py — One run of one verb for one site: what it counts, and the report it ends as."""

import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex

from flows.metrics import add_to_file
from storage.documents import write_report
from storage.errors import RecordError
from storage.objects import ObjectStore
from storage.records import Failure, RunReport
from storage.settings import Settings

logger = logging.getLogger(__name__)

_RUN_ID = re.compile(r"(\d{8}t\d{6})-([a-z]+)-(.+)-[0-9a-f]{6}")

Progress = Callable[[int], None]
"""Called with the number of records handled since the last call."""


def ignore(_: int) -> None:
    """Show no progress."""


def new_run_id(verb: str, site: str) -> str:
    """Return a run id that sorts by time and says what ran."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%S}-{verb}-{site}-{token_hex(3)}"


@dataclass(frozen=True, slots=True)
class RunId:
    """What a run id says."""

    started_at: datetime
    verb: str
    site: str


def parse_run_id(run_id: str) -> RunId | None:
    """Read a run id; None for one that this module did not make.

    >>> parse_run_id("20260301t063000-collect-hangzhou-gov-0a1b2c").site
    'hangzhou-gov'
    """
    found = _RUN_ID.fullmatch(run_id)
    if not found:
        return None
    return RunId(datetime.strptime(found[1], "%Y%m%dt%H%M%S").replace(tzinfo=UTC), found[2], found[3])


class Run:
    """Counts what one verb does for one site and ends as its report."""

    def __init__(self, verb: str, site: str) -> None:
        """Start the clock."""
        self.verb, self.site, self.run_id = verb, site, new_run_id(verb, site)
        self.started_at = datetime.now(UTC)
        self.counters: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()
        self.failures: list[Failure] = []
        logger.info("%s started site=%s run=%s", verb, site, self.run_id)

    def fail(self, uri: str, stage: str, error: BaseException) -> None:
        """Count one failure and keep where it happened and what was said."""
        self.counters["failed"] += 1
        self.failures.append(Failure(uri, stage, str(error) or type(error).__name__))
        logger.warning("failed uri=%s stage=%s error=%s", uri, stage, error)

    def report(self, store: ObjectStore) -> RunReport:
        """Close the run: store and return its report."""
        report = RunReport(
            self.run_id,
            self.verb,
            self.site,
            self.started_at,
            datetime.now(UTC),
            dict(self.counters),
            dict(self.repairs),
            tuple(self.failures),
            code_version=code_version(),
        )
        finish(store, report)
        return report


def code_version() -> str:
    """Return the version of the installed package."""
    return version("fangzhi")


def finish(store: ObjectStore, report: RunReport) -> None:
    """Store a report, add it to the metrics file if there is one, and log its counters in one line."""
    write_report(store, report)
    if path := Settings().metrics:
        try:
            add_to_file(Path(path), report)
        except (OSError, RecordError) as error:  # a full disk for metrics must not cost the run its result
            logger.warning("metrics not written file=%s error=%s", path, error)
    seconds = (report.ended_at - report.started_at).total_seconds()
    counts = " ".join(f"{name}={count}" for name, count in sorted(report.counters.items()))
    logger.info("%s ended site=%s %s seconds=%.1f finish=%s", report.verb, report.site, counts, seconds, report.finish)


def crashed(verb: str, site: str, error: BaseException) -> RunReport:
    """Return the report of a run that an error ended before it could report itself."""
    now = datetime.now(UTC)
    failure = Failure(site, verb, str(error) or type(error).__name__)
    return RunReport(
        new_run_id(verb, site), verb, site, now, now, {"failed": 1}, {}, (failure,), "crashed", code_version()
    )
