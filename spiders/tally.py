"""tally.py — Counts what one crawl does, so that its report is true whatever Scrapy says. No Scrapy."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from storage.records import Failure, RunReport

# A dead site fails once per link; the first failures tell the cause, the counter tells the size.
MAX_FAILURES = 200


@dataclass(slots=True)
class Tally:
    """The counters and failures of a run in progress."""

    counters: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def count(self, name: str, number: int = 1) -> None:
        """Add to a counter of storage.records.COUNTERS."""
        self.counters[name] += number

    def fail(self, uri: str, stage: str, error: BaseException | str) -> None:
        """Count a failure; keep where it happened and what was said, up to MAX_FAILURES of them."""
        self.counters["failed"] += 1
        if len(self.failures) < MAX_FAILURES:
            said = str(error) or type(error).__name__
            self.failures.append(Failure(uri, stage, said))

    def report(
        self,
        *,
        run_id: str,
        verb: str,
        site: str,
        started_at: datetime,
        ended_at: datetime,
        finish: str,
        code_version: str,
    ) -> RunReport:
        """Close the run as its report."""
        counters = {name: number for name, number in sorted(self.counters.items()) if number}
        return RunReport(
            run_id, verb, site, started_at, ended_at, counters, {}, tuple(self.failures), finish, code_version
        )
