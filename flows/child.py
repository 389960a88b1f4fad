"""child.py — Runs one crawl in a process of its own and believes only its report.

Scrapy exits 0 whatever happened and its reactor starts once per process, so a crawl is a child that prints a
RunReport as its last line. Closing its standard input is the one clean way to stop it: that also happens by
itself when this process dies.
"""

import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import IO

from storage.documents import report_from_json
from storage.errors import RecordError
from storage.records import Failure, RunReport

logger = logging.getLogger(__name__)

# Prefect kills a cancelled run's process after 30 s; a crawl closes in about one.
GRACE_S = 20
_LAST_LINES = 12
_LOOK_EVERY_S = 0.1


def run_crawl(
    site: str,
    *,
    archive: str,
    run_id: str,
    verb: str,
    sites: str = "",
    since: date | None = None,
    until: date | None = None,
    on_line: Callable[[str], None] = logger.debug,
    stop: threading.Event | None = None,
) -> RunReport:
    """Crawl one site in a child process and return its report, or a report of finish "crashed".

    sites: extra site directories as in Settings. on_line: gets every line the child logs. stop: when it is set, by
    another thread, the child is told to stop; its report then says "stopped".
    An exception here (an interrupt, a cancelled run) stops the child cleanly and goes on upwards.
    """
    command = [sys.executable, "-m", "spiders.crawl", site, "--archive", archive, "--run-id", run_id, "--verb", verb]
    for option, value in (("--sites", sites), ("--from", since), ("--to", until)):
        command += [option, str(value)] if value else []
    started_at = datetime.now(UTC)
    # A session of its own keeps Ctrl-C away from the child: it is told to stop through its standard input alone.
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    log: deque[str] = deque(maxlen=_LAST_LINES)
    out: deque[str] = deque(maxlen=1)
    readers = [_reader(child.stderr, log, on_line), _reader(child.stdout, out, None)]
    try:
        if stop is None:
            child.wait()
        else:
            while child.poll() is None and not stop.wait(_LOOK_EVERY_S):
                pass
    finally:
        _stop(child)
        for reader in readers:
            reader.join(GRACE_S)
    return _report(
        out, log, child.returncode, RunReport(run_id, verb, site, started_at, datetime.now(UTC), finish="crashed")
    )


def _reader(stream: IO[str] | None, lines: deque[str], on_line: Callable[[str], None] | None) -> threading.Thread:
    def read(stream: IO[str]) -> None:
        with stream:
            for line in stream:
                lines.append(line.rstrip("\n"))
                if on_line is not None:
                    on_line(line.rstrip("\n"))

    assert stream is not None
    thread = threading.Thread(target=read, args=(stream,), daemon=True)
    thread.start()
    return thread


def _stop(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.close()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _report(out: Sequence[str], log: Sequence[str], status: int, crashed: RunReport) -> RunReport:
    try:
        report = report_from_json(out[-1].encode() if out else b"")
    except RecordError as error:
        last = " | ".join(log) or "it logged nothing"
        message = (
            f"crawl of {crashed.site} ended with status {status} and without a report ({error}); last lines: {last}"
        )
        return replace(crashed, counters={"failed": 1}, failures=(Failure(crashed.site, "crawl", message),))
    if status != 0 and not report.failed:
        message = f"crawl of {crashed.site} reported success and ended with status {status}"
        return replace(report, failures=(*report.failures, Failure(report.site, "crawl", message)))
    return report
