"""bench_prefect.py — What Prefect costs a site's run, and how long a schedule takes to its first request.

Use: .venv/bin/python tests/bench_prefect.py [--rounds 5]. Starts a server, a worker and the demo's site on loopback.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from one_machine import Installation
from prefect_server import wait_for
from replica.demo import demo_site, demo_sites
from replica.server import Answer, Asked, serve

SITE = "demo-links"
# A site of 300 new pages and listings a day at its polite second per page.
TYPICAL_S = 300.0


class Clocked:
    """The demo's site; notes when it was asked first."""

    def __init__(self) -> None:
        self.site = demo_site()
        self.first: float | None = None

    def answer(self, asked: Asked) -> Answer:
        """Answer as the demo does."""
        self.first = self.first or time.time()
        return self.site.answer(asked)


def timed(job: Callable[[], object]) -> tuple[float, float]:
    """Return a job's wall and CPU seconds, its children's included."""
    before, start = os.times(), time.perf_counter()
    job()
    after = os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return time.perf_counter() - start, cpu


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    clocked = Clocked()
    with tempfile.TemporaryDirectory() as made, serve(clocked) as replica:
        directory = Path(made)
        (directory / "sites").mkdir()
        demo_sites(replica.base_url, directory / "sites")
        installation = Installation(
            directory / "installation",
            {"FANGZHI_ARCHIVE": str(directory / "deployed"), "FANGZHI_SITES": str(directory / "sites")},
        )
        installation.start()
        try:
            overhead(installation, directory, rounds)
            latency(installation, clocked, rounds)
        finally:
            installation.close()


def overhead(installation: Installation, directory: Path, rounds: int) -> None:
    """Compare the job called directly, the flow in this process, and the flow through deployment and worker."""
    os.environ.update(installation.server.environment)
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "WARNING"  # the table is what is to be read
    from flows import jobs  # noqa: PLC0415 — Prefect takes its settings from the environment set above
    from flows.orchestrate import FLOWS  # noqa: PLC0415

    files = str(directory / "sites")
    figures: dict[str, list[tuple[float, float]]] = {"job called directly": [], "flow in this process": []}
    for number in range(rounds):
        one, two = str(directory / f"direct{number}"), str(directory / f"flow{number}")
        figures["job called directly"].append(
            timed(lambda: (jobs.collect_site(SITE, one, sites=files), jobs.process_site(SITE, one, sites=files)))  # noqa: B023
        )
        figures["flow in this process"].append(
            timed(lambda: asyncio.run(FLOWS["collect"](archive=two, sites=[SITE], site_files=files)))  # noqa: B023
        )
    installation.worker.start()
    through = []
    for number in range(rounds + 1):
        start = time.time()
        run = installation.server.run("collect/manual", sites=[SITE], archive=str(directory / f"worker{number}"))
        state = installation.server.end_of(run, 300, installation.worker.tail)
        through.append(datetime.fromisoformat(state["timestamp"]).timestamp() - start)
    direct = median(wall for wall, _ in figures["job called directly"])
    print(
        f"{'one site: collect and process 4 articles':44} {'wall s':>8} {'CPU s':>7} {'more s':>7} {'of a typical run':>17}"
    )
    for name, values in figures.items():
        row(name, median(wall for wall, _ in values), median(cpu for _, cpu in values), direct)
    row("flow through deployment and worker", median(through[1:]), None, direct)


def row(name: str, wall: float, cpu: float | None, direct: float) -> None:
    """Print one line of the first table."""
    more = wall - direct
    print(f"{name:44} {wall:8.2f} {'' if cpu is None else f'{cpu:.2f}':>7} {more:7.2f} {more / TYPICAL_S:17.1%}")


def latency(installation: Installation, clocked: Clocked, rounds: int) -> None:
    """Measure from the time a run is scheduled for to the first request at the site."""
    print(f"\n{'from schedule to':24} {'median s':>9} {'worst s':>9}")
    started, asked = [], []
    deployment = installation.server.get("/deployments/name/collect/manual")["id"]
    for number in range(rounds):
        due = datetime.now(UTC) + timedelta(seconds=15)
        clocked.first = None
        body = {
            "parameters": {"sites": [SITE], "archive": str(installation.directory / f"late{number}"), "process": False},
            "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}},
        }
        run = installation.server.post(f"/deployments/{deployment}/create_flow_run", **body)["id"]
        wait_for(lambda: clocked.first, 300, installation.worker.tail)
        assert clocked.first
        asked.append(clocked.first - due.timestamp())
        installation.server.end_of(run, 300, installation.worker.tail)
        begun = installation.server.get(f"/flow_runs/{run}")["start_time"]
        started.append(datetime.fromisoformat(begun).timestamp() - due.timestamp())
    for name, values in (("the flow's start", started), ("the first request", asked)):
        print(f"{name:24} {median(values):9.2f} {max(values):9.2f}")


if __name__ == "__main__":
    main()
