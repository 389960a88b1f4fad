"""bench_scale.py — Bulk work on 1, 2 and 4 workers, and what is lost when a part of the machine is killed during a run.

Use: .venv/bin/python tests/bench_scale.py                             2,000 captures: two minutes
     .venv/bin/python tests/bench_scale.py workers --captures 20000 --dask
     .venv/bin/python tests/bench_scale.py kills                       a quarter of an hour
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from distributed import Client
from one_machine import Installation
from prefect_server import FINAL, PrefectServer, wait_for
from replica.demo import demo_site
from replica.server import Replica, serve
from replica.slow import SlowSite, slow_sites
from s3_server import ADMIN, BUCKET, S3Server

from flows.runners import cut_for, in_processes
from spiders.site import load_sites
from storage.captures import iter_capture_keys, load_history, make_capture, read_capture, write_capture
from storage.objects import LocalStore, ObjectStore, open_store
from storage.records import Capture

# 20,000 captures in 48 shards: about 400 articles a month, as a county's paper has.
SITES, MONTHS = 2, 24
DAMAGED_EVERY = 250
# The demo's pages of damaged text are the long ones.
DAMAGED_BYTES = 5000

PARTS = ("crawl", "flow process", "worker", "worker and flow", "server", "database", "object store")


# ── workers ──────────────────────────────────────────────────────────────────────────────────────────────


def make_captures(root: Path, count: int) -> None:
    """Store captures cheaply: the demo's article pages in all their encodings, each with a number of its own in it.

    Of the pages that repair works on for long, the demo has far more than a site has: here one comes in DAMAGED_EVERY.
    """
    store = LocalStore(root)
    known = [site.id for site in load_sites("")][:SITES]
    histories = {site: load_history(store, site) for site in known}
    start = datetime(2022, 1, 1, tzinfo=UTC)
    step = timedelta(days=30 * MONTHS) / count
    pages = [
        (answer.headers, answer.body)
        for target, answer in demo_site().answers.items()
        if ("content_" in target or "/t2023" in target) and not answer.header("Content-Encoding")
    ]
    damaged = [page for page in pages if len(page[1]) > DAMAGED_BYTES]
    sound = [page for page in pages if len(page[1]) <= DAMAGED_BYTES]
    for number in range(count):
        some = sound if number % DAMAGED_EVERY else damaged
        headers, body = some[number // (1 if some is sound else DAMAGED_EVERY) % len(some)]
        # Digits are the same bytes in every encoding of the pages. A text of its own each, as news are: one that
        # thousands of pages share would measure the listing of its claims.
        for end in (b"</p>", b"</P>", b"</span>", b"</div>"):
            body = body.replace(end, f"{number:06}".encode() + end)
        site = known[number % SITES]
        capture = make_capture(
            site, f"http://www.example.org/art/{number}.html", start + step * number, "HTTP/1.1 200 OK", headers, body,
            "article", histories[site],
        )  # fmt: skip
        histories[site].add(write_capture(store, capture))


def digest_of(root: Path) -> str:
    """Return one digest over everything that processing wrote."""
    total = hashlib.sha256()
    for part in ("documents", "outcomes", "fingerprints"):
        for path in sorted((root / part).rglob("*.json")):
            total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()[:16]


def workers(count: int, dask: bool) -> None:
    """Process the same captures with 1, 2 and 4 processes, and with two workers of a Dask cluster; print the table."""
    with tempfile.TemporaryDirectory() as made:
        source = Path(made) / "source"
        make_captures(source, count)
        sites = sorted(path.name for path in (source / "captures").iterdir())
        shards = cut_for("process", str(source), sites)
        cores = len(os.sched_getaffinity(0))
        print(f"{count} captures in {len(shards)} shards of a site and month; {cores} cores")
        print(f"{'workers':>10} {'s':>7} {'documents/s':>12} {'efficiency':>11} {'CPU s':>7} {'of its cores':>13} {'load':>5} {'digest of what was written':>28}")  # fmt: skip
        rows: list[Row] = []
        for number in (1, 2, 4):
            root = twin(source, Path(made) / f"with{number}")
            before, start = os.times(), time.perf_counter()
            reports = list(in_processes("process", shards, str(root), "", number, lambda _: None))
            seconds, after = time.perf_counter() - start, os.times()
            documents = sum(report.counters.get("documents", 0) for report in reports)
            cpu = after.children_user + after.children_system - before.children_user - before.children_system
            rows.append(Row(str(number), number, seconds, documents, cpu, digest_of(root)))
            rows[-1].show(rows[0], cores)
        one, most = rows[0], rows[-1]
        if dask:
            root = twin(source, Path(made) / "dask")
            seconds, documents = on_dask(Path(made), root)
            rows.append(Row("2 on Dask", 2, seconds, documents, None, digest_of(root)))
            rows[-1].show(one, cores)
        assert len({row.digest for row in rows}) == 1, "the archives differ"
        limit(one, most, cores)


@dataclass(frozen=True)
class Row:
    """What one number of workers took."""

    name: str
    workers: int
    seconds: float
    documents: int
    cpu: float | None
    digest: str

    def show(self, first: "Row", cores: int) -> None:
        """Print it; efficiency is what each worker gives of what the first row's one gave, load all that wanted a core."""
        rate = self.documents / self.seconds
        efficiency = rate / self.workers / (first.documents / first.seconds)
        cpu = "" if self.cpu is None else f"{self.cpu:.0f}"
        busy = "" if self.cpu is None else f"{self.cpu / self.seconds / min(self.workers, cores):.0%}"
        print(f"{self.name:>10} {self.seconds:7.0f} {rate:12.1f} {efficiency:11.0%} {cpu:>7} {busy:>13} {os.getloadavg()[0]:5.1f} {self.digest:>28}", flush=True)  # fmt: skip


def limit(one: Row, most: Row, cores: int) -> None:
    """Say what the last workers waited for, as far as these figures tell."""
    assert one.cpu is not None
    assert most.cpu is not None
    used, added = most.cpu / most.seconds / cores, most.cpu / one.cpu - 1
    print(f"\n{most.workers} workers used {used:.0%} of {cores} cores, and {added:+.0%} CPU for the same work.")
    if used > 0.8:
        print("The cores limit them: a worker beyond the number of cores adds nothing.")
    else:
        idle = 1 - one.cpu / one.seconds
        print(f"They waited: for the disk, which flushes every object (one worker alone waits {idle:.0%} of its time), or for cores that others used.")  # fmt: skip


def twin(source: Path, root: Path) -> Path:
    """Make an archive with the same captures and nothing else."""
    root.mkdir()
    (root / "captures").symlink_to(source / "captures")
    return root


def on_dask(directory: Path, root: Path) -> tuple[float, int]:
    """Process through Prefect on a Dask cluster of two workers."""
    server = PrefectServer(directory / "prefect")
    server.home.mkdir()
    server.start()
    programs = Path(sys.executable).parent
    file = directory / "scheduler.json"
    common = ["--no-dashboard", "--scheduler-file", file, "--host", "127.0.0.1"]
    cluster = [subprocess.Popen([programs / "dask", "scheduler", "--port", "0", *common], stderr=subprocess.DEVNULL)]
    try:
        wait_for(lambda: file.exists() and file.read_text(), 60, "no scheduler")
        for number in range(2):
            options = ["--nworkers", "1", "--nthreads", "1", "--local-directory", directory / f"spill{number}"]
            cluster.append(
                subprocess.Popen([programs / "dask", "worker", *common, *options], stderr=subprocess.DEVNULL)
            )
        address = json.loads(file.read_text())["address"]
        with Client(address) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2)  # type: ignore[no-untyped-call]  # the cluster's start is not what is measured
        command = [
            programs / "fangzhi",
            "process",
            "--runner",
            "dask",
            "--address",
            address,
            "--archive",
            root,
            "--json",
        ]
        start = time.perf_counter()
        done = subprocess.run(
            list(map(str, command)),
            env={**os.environ, **server.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        assert done.returncode == 0, done.stderr[-2000:]
        return seconds, sum(json.loads(report)["counters"].get("documents", 0) for report in done.stdout.splitlines())
    finally:
        for process in reversed(cluster):
            process.terminate()
            process.wait(30)
        server.started.close()


# ── kills ────────────────────────────────────────────────────────────────────────────────────────────────


def fetched(replica: Replica) -> list[str]:
    """Return the article pages that were sent whole, in order."""
    return [
        f"{replica.base_url}{target}" for _, target, status in replica.asked if "content_" in target and status == 200
    ]


def articles(replica: Replica) -> int:
    """Count the article pages of the newspaper."""
    return len({target for target in demo_site().answers if "content_" in target})


@contextmanager
def machine() -> Iterator[tuple[Installation, S3Server, Replica]]:
    """Run all there is, with a bucket and a slow site of its own."""
    with tempfile.TemporaryDirectory() as made, serve(SlowSite(1.0)) as replica:
        store = S3Server(Path(made) / "s3")
        store.start()
        slow_sites(replica.base_url, Path(made) / "sites")
        environment = {
            "FANGZHI_ARCHIVE": f"s3://{BUCKET}/kills", "FANGZHI_S3_ENDPOINT": store.endpoint, "FANGZHI_S3_ADDRESSING": "path",
            "FANGZHI_SITES": str(Path(made) / "sites"), "AWS_ACCESS_KEY_ID": ADMIN[0], "AWS_SECRET_ACCESS_KEY": ADMIN[1],
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        installation = Installation(Path(made) / "installation", environment)
        try:
            installation.start()
            installation.sh("python -m flows.orchestrate watch deploy/automations.yaml")
            installation.worker.start()
            yield installation, store, replica
        finally:
            installation.close()
            store.close()


def kills(parts: Sequence[str]) -> None:
    """Kill each part while a site is being fetched, start it again after 5 s, and tell what was lost and how long it took."""
    print(
        f"{'killed':26} {'its run ended':>14} {'captures lost':>14} {'documents lost':>15} {'fetched twice':>14} {'s to the next page':>19} {'s until all was done':>21}"
    )
    for name in parts:
        with machine() as (installation, store, replica):
            kill_one(name, installation, store, replica)


def kill_one(name: str, installation: Installation, store: S3Server, replica: Replica) -> None:
    """Kill one part, and print a line."""
    server, worker = installation.server, installation.worker
    run = server.run("collect/manual", sites=["slow-epaper"])
    wait_for(lambda: len(fetched(replica)) >= 2, 240, worker.tail)
    killed = time.time()
    before = len(fetched(replica))
    crawl = crawl_of("slow-epaper")
    flow = parent_of(crawl)
    if name == "crawl":
        os.kill(crawl, 9)
    elif name == "flow process":
        os.kill(flow, 9)
    elif name == "worker":
        worker.kill()
    elif name == "worker and flow":
        worker.kill()
        os.kill(flow, 9)
    elif name == "server":
        server.started.kill()
    elif name == "database":
        assert installation.database
        installation.database.kill()
    else:
        store.kill()
    time.sleep(5)
    if name in ("worker", "worker and flow"):
        worker.start()
    elif name == "server":
        server.start()
    elif name == "database":
        assert installation.database
        installation.database.start()
    elif name == "object store":
        store.start()
    next_page = 0.0
    state = ""
    while True:
        next_page = next_page or (time.time() - killed if len(fetched(replica)) > before + 1 else 0.0)
        try:
            state = server.state(run)
        except Exception:  # noqa: BLE001 — whatever a server says whose database is not there yet
            state = ""
        if state in FINAL:
            break
        time.sleep(0.3)
        assert time.time() - killed < 600, worker.tail()
    ended = state
    while state != "COMPLETED":  # the schedule's next tick would do this
        wait_for(lambda: server.slots("fangzhi-site-slow-epaper") == 0, 200, "the slot is held")
        state = server.end_of(server.run("collect/manual", sites=["slow-epaper"]), 300, worker.tail)["type"]
        next_page = next_page or time.time() - killed
    done = time.time() - killed
    os.environ.update(
        {key: value for key, value in installation.worker_environment.items() if key.startswith(("AWS_", "FANGZHI_"))}
    )
    archive = open_store(os.environ["FANGZHI_ARCHIVE"])
    held = {capture.uri for capture in captures(archive)}
    sent = fetched(replica)
    documents = {json.loads(archive.get(key))["uri"] for key in archive.list("documents/")}
    print(
        f"{name:26} {ended:>14} {len(set(sent) - held):14} {articles(replica) - len(documents):15} {len(sent) - len(set(sent)):14} {next_page:19.0f} {done:21.0f}",
        flush=True,
    )


def captures(store: ObjectStore) -> Iterator[Capture]:
    """Read every capture of the slow newspaper."""
    return (read_capture(store, key) for key in iter_capture_keys(store, "slow-epaper"))


def crawl_of(site: str) -> int:
    """Return the process that crawls a site."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if "spiders.crawl" in words and site in words:
                return int(entry.name)
    message = f"nobody crawls {site}"
    raise LookupError(message)


def parent_of(pid: int) -> int:
    """Return the process that started one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="workers", choices=["workers", "kills"])
    parser.add_argument("--captures", type=int, default=2000)
    parser.add_argument(
        "--parts", nargs="*", choices=PARTS, help="what to kill; everything, one after the other, if empty"
    )
    parser.add_argument("--dask", action="store_true")
    given = parser.parse_args()
    if given.what == "workers":
        workers(given.captures, given.dask)
    else:
        kills(given.parts or PARTS)


if __name__ == "__main__":
    main()
