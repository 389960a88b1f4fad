"""Bulk work gives the same archive whoever does it: this process, processes, or a Dask cluster."""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect_server import PrefectServer, wait_for

from flows.runners import cut_for, in_processes
from flows.shards import Shard, batches, cut, months_between
from storage.objects import LocalStore

PARTS = ("documents", "outcomes", "fingerprints")


def stored(archive: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(archive)): path.read_bytes()
        for part in PARTS
        for path in sorted((archive / part).rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def unprocessed(archive: Path, tmp_path: Path) -> Path:
    """The demo's captures alone."""
    shutil.copytree(archive / "captures", tmp_path / "bulk" / "captures")
    return tmp_path / "bulk"


def test_processes_give_the_same_archive_byte_for_byte(
    unprocessed: Path, archive: Path, site_files: Path, fangzhi
) -> None:
    done = fangzhi("process", "--workers", "2", "--archive", unprocessed, "--site-files", site_files, "--json")

    assert done.returncode == 0, done.stderr
    assert stored(unprocessed) == stored(archive)
    assert len(done.stdout.splitlines()) == 3


BUSY = """
import sys, time
from flows.runners import cut_for, in_processes

def stay(_):
    print("working", flush=True)
    time.sleep(60)

if __name__ == "__main__":
    archive = sys.argv[1]
    list(in_processes("verify", cut_for("verify", archive, ["demo-trs", "demo-links"]), archive, "", 2, stay))
"""


def alive(mark: str) -> list[str]:
    """Return the processes with a word of their own in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if mark.encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_processes_end_with_the_one_that_started_them(archive: Path, tmp_path: Path) -> None:
    """kill -9 of the parent: without a watch its workers wait for work for ever, some 200 MB each."""
    (tmp_path / "busy.py").write_text(BUSY)
    command = [sys.executable, tmp_path / "busy.py", archive]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "MARK": str(tmp_path)})
    assert parent.stdout is not None
    with parent, parent.stdout:
        assert parent.stdout.readline() == "working\n"
        assert len(alive(str(tmp_path))) >= 3
        parent.kill()

    wait_for(lambda: not alive(str(tmp_path)), 30, lambda: str(alive(str(tmp_path))))


def test_processes_that_are_told_to_stop_end_between_two_records(archive: Path) -> None:
    shards = cut_for("verify", str(archive), ["demo-trs", "demo-links", "demo-epaper"]) * 200
    stop = threading.Event()

    reports = list(in_processes("verify", shards, str(archive), "", 2, lambda _: stop.set(), stop))

    assert 1 <= len(reports) < len(shards)
    assert not multiprocessing.active_children()


@pytest.fixture
def dask_address(tmp_path: Path) -> Iterator[str]:
    """A Dask scheduler and one worker on loopback."""
    here = Path(sys.executable).parent
    file = tmp_path / "scheduler.json"
    scheduler = subprocess.Popen(
        [here / "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file],
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < end
        time.sleep(0.1)
    worker = subprocess.Popen(
        [
            here / "dask",
            "worker",
            "--scheduler-file",
            file,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            "--nworkers",
            "1",
            "--nthreads",
            "1",
            "--local-directory",
            tmp_path / "spill",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield json.loads(file.read_text())["address"]
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait(30)


def test_a_dask_cluster_gives_the_same_archive_byte_for_byte_and_runs_that_end_truly(
    prefect_server: PrefectServer, dask_address: str, unprocessed: Path, archive: Path, site_files: Path, fangzhi
) -> None:
    where = ["--archive", unprocessed, "--site-files", site_files]
    options = ["--runner", "dask", "--address", dask_address, *where]

    done = fangzhi("process", *options, **prefect_server.environment)

    assert done.returncode == 0, done.stderr
    assert stored(unprocessed) == stored(archive)
    run = prefect_server.runs("process")[0]
    assert run["state"]["type"] == "COMPLETED"
    assert run["name"].endswith("on Dask")

    next((unprocessed / "documents").rglob("*.json")).write_text("{}")
    done = fangzhi("verify", *options, **prefect_server.environment)

    assert done.returncode == 1
    assert prefect_server.runs("verify")[0]["state"]["type"] == "FAILED"


def test_dask_without_a_prefect_server_is_refused_with_the_reason(archive: Path, tmp_path: Path, fangzhi) -> None:
    done = fangzhi(
        "verify",
        "--runner",
        "dask",
        "--address",
        "tcp://127.0.0.1:1",
        "--archive",
        archive,
        PREFECT_HOME=str(tmp_path),
        PREFECT_API_URL="",
    )

    assert done.returncode == 2
    assert "PREFECT_API_URL" in done.stderr


def test_dask_without_an_address_is_refused_with_the_reason(
    prefect_server: PrefectServer, archive: Path, fangzhi
) -> None:
    done = fangzhi("verify", "--runner", "dask", "--archive", archive, **prefect_server.environment)

    assert done.returncode == 2
    assert "--address tcp://host:port" in done.stderr


def test_a_window_is_cut_at_the_ends_of_months(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for day in ("20211230", "20220102", "20220301"):
        store.put(f"captures/x/{day[:4]}/{day[4:6]}/{day[6:]}/{day}010203-{'a' * 16}-{'b' * 32}.warc.gz", b"x")

    assert cut(store, ["x"], date(2021, 12, 31), date(2022, 3, 15)) == [
        Shard("x", date(2022, 1, 1), date(2022, 1, 31), 1),
        Shard("x", date(2022, 3, 1), date(2022, 3, 15), 1),
    ]
    assert len(cut(store, ["x"])) == 3


def test_a_month_of_many_captures_is_cut_at_days_unless_it_must_be_whole(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for day, captures in ((1, 2), (5, 2), (6, 1), (7, 9), (9, 1)):
        for number in range(captures):
            uri, digest = f"{number:016}", "b" * 32
            store.put(f"captures/x/2022/04/{day:02}/202204{day:02}010203-{uri}-{digest}.warc.gz", b"x")

    days = [(shard.since.day, shard.until.day, shard.captures) for shard in cut(store, ["x"], most=4)]

    assert days == [(1, 5, 4), (6, 6, 1), (7, 8, 9), (9, 30, 1)]
    assert [shard.captures for shard in cut(store, ["x"], most=0)] == [15]
    assert [shard.captures for shard in cut_for("index", str(tmp_path), ["x"])] == [15]


@given(st.lists(st.integers(1, 4000), max_size=30), st.sampled_from(["process", "verify"]))
def test_batches_keep_every_shard_in_its_order_and_none_but_the_last_is_small(counts: list[int], verb: str) -> None:
    """A remote task costs 0.1 s: that is 5 % of 500 captures to process, and of 6,000 to verify."""
    shards = [Shard(f"s{number}", date(2022, 1, 1), date(2022, 1, 31), n) for number, n in enumerate(counts)]
    least = {"process": 500, "verify": 6000}[verb]

    made = batches(verb, shards)

    assert [shard for batch in made for shard in batch] == shards
    assert all(sum(shard.captures for shard in batch) >= least for batch in made[:-1])
    assert all(sum(shard.captures for shard in batch[:-1]) < least for batch in made)


def test_months_of_a_window_are_those_it_touches() -> None:
    assert list(months_between(date(2022, 1, 1), date(2022, 1, 31))) == ["2022/01/"]
