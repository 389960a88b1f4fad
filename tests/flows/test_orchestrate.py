"""The verbs as Prefect flows, on a real Prefect server with nothing replaced."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from prefect_server import OFFLINE, PrefectServer

from flows.jobs import BULK
from flows.orchestrate import FLOWS


def test_every_verb_that_reads_stored_captures_and_both_that_fetch_are_flows() -> None:
    assert set(FLOWS) == {"collect", "backfill", *BULK}


def test_a_collect_through_prefect_gives_documents_and_a_completed_run(
    prefect_server: PrefectServer, site_files: Path, tmp_path: Path, fangzhi
) -> None:
    done = fangzhi(
        "collect",
        "demo-trs",
        "demo-links",
        "--process",
        "--prefect",
        "--archive",
        tmp_path / "a",
        "--site-files",
        site_files,
        "--json",
        **prefect_server.environment,
    )

    assert done.returncode == 0, done.stderr
    assert sum(json.loads(line)["counters"].get("documents", 0) for line in done.stdout.splitlines()) >= 10
    assert prefect_server.runs("collect")[0]["state"]["type"] == "COMPLETED"


def test_a_failing_site_stops_no_other_and_the_run_ends_failed(
    prefect_server: PrefectServer, site_files: Path, tmp_path: Path, fangzhi
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
    text = (site_files / "demo-trs.toml").read_text(encoding="utf-8")
    host = next(line.split('"')[1] for line in text.splitlines() if line.startswith("hosts"))
    (tmp_path / "demo-down.toml").write_text(
        text.replace(host, nobody).replace('"demo-trs"', '"demo-down"'), encoding="utf-8"
    )

    done = fangzhi(
        "collect",
        "demo-down",
        "demo-links",
        "--prefect",
        "--archive",
        tmp_path / "a",
        "--site-files",
        f"{site_files}{os.pathsep}{tmp_path}",
        "--json",
        **prefect_server.environment,
    )

    reports = {(report["site"], report["verb"]): report for report in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert reports["demo-down", "collect"]["counters"]["failed"] >= 1
    assert reports["demo-links", "collect"]["counters"]["captures"] >= 5
    run = prefect_server.runs("collect")[0]
    assert run["state"]["type"] == "FAILED"
    assert "demo-down" in run["state"]["message"]


def test_without_a_server_a_temporary_one_serves_the_run(archive: Path, tmp_path: Path, fangzhi) -> None:
    environment = {"PREFECT_HOME": str(tmp_path / "home"), **OFFLINE}

    done = fangzhi("verify", "--site", "demo-links", "--prefect", "--archive", archive, "--json", **environment)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counters"]["verified"] >= 10


def test_a_run_shows_its_progress_and_leaves_a_table_a_summary_and_a_readable_name(
    prefect_server: PrefectServer, site_files: Path, archive: Path, fangzhi
) -> None:
    where = ["--archive", archive, "--site-files", site_files]
    fangzhi("verify", "--site", "demo-links", "--prefect", *where, **prefect_server.environment)

    run = prefect_server.runs("verify")[0]
    left = prefect_server.post("/artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    by_type = {artifact["type"]: artifact for artifact in left}
    assert run["name"] == "verify demo-links"
    assert set(by_type) == {"progress", "table", "markdown"}
    assert by_type["progress"]["data"] == 100
    assert by_type["progress"]["created"] < by_type["table"]["created"]
    (row,) = json.loads(by_type["table"]["data"])
    assert row["site"] == "demo-links"
    assert (by_type["table"]["key"], by_type["markdown"]["key"]) == ("fangzhi-verify", "fangzhi-verify-summary")
    assert "| demo-links |" in by_type["markdown"]["data"]


def last_line(script: str, prefect_server: PrefectServer) -> str:
    """Run a script against the server and return what it prints last."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **prefect_server.environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    return done.stdout.splitlines()[-1]


TRIES = """
import asyncio, sys
from prefect import flow
from flows.orchestrate import tasks
from flows.run import crashed
from storage.errors import RecordError, StoreUnavailableError
from storage.records import RunReport

tasks.RETRY_DELAYS_S[:] = [0, 0]
causes = {
    "terminal": RecordError("a record that no second try mends"),
    "unexpected": KeyError("a mistake of ours"),
    "transient": StoreUnavailableError("a store that is away"),
}
tried = dict.fromkeys([*causes, "killed"], 0)

def job(site, **_):
    tried[site] += 1
    if site == "killed":
        return crashed("collect", site, RuntimeError("kill -9"))
    raise causes[site]

one = tasks.as_task(job, "job", lambda stop: {})

@flow
async def every():
    return await asyncio.gather(*(one(site=site) for site in tried), return_exceptions=True)

asyncio.run(every(return_state=True))
print(tried)
"""


def test_only_what_may_pass_by_itself_is_tried_again(prefect_server: PrefectServer) -> None:
    assert last_line(TRIES, prefect_server) == str({"terminal": 1, "unexpected": 1, "transient": 3, "killed": 3})


CANCELLED = """
import asyncio, sys, time
from contextlib import suppress
from datetime import UTC, datetime
from prefect import flow
from flows.orchestrate import tasks
from storage.records import RunReport

done = []

def job(site, on_progress=None):
    for number in range(600):
        on_progress(1)
        time.sleep(0.1)
        done.append(number)

one = tasks.as_task(job, "job", tasks.stop_at_record)

@flow
async def bulk():
    await one(site="x")

async def main():
    running = asyncio.ensure_future(bulk())
    while len(done) < 5 and not running.done():
        await asyncio.sleep(0.1)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    before = len(done)
    await asyncio.sleep(1)
    print("stopped" if len(done) == before < 50 else f"went on: {before} {len(done)}")

asyncio.run(main())
"""


def test_a_cancelled_bulk_job_stops_between_two_records(prefect_server: PrefectServer) -> None:
    assert last_line(CANCELLED, prefect_server) == "stopped"


def test_a_site_is_fetched_by_one_run_at_a_time(
    prefect_server: PrefectServer, site_files: Path, tmp_path: Path, fangzhi
) -> None:
    """Holding the site's slot as another run would; the collect leaves the site alone and says so."""
    script = tmp_path / "hold.py"
    script.write_text(
        "import asyncio\n"
        "from flows.orchestrate.slots import site_slot\n"
        "async def main():\n"
        "    async with site_slot('demo-links'):\n"
        "        print('held', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n",
        encoding="utf-8",
    )
    holder = subprocess.Popen(
        [sys.executable, script], env={**os.environ, **prefect_server.environment}, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    with holder, holder.stdout:
        assert holder.stdout.readline() == "held\n"
        busy = fangzhi(
            "collect",
            "demo-links",
            "demo-trs",
            "--prefect",
            "--archive",
            tmp_path / "a",
            "--site-files",
            site_files,
            "--json",
            **prefect_server.environment,
        )
        holder.kill()

    assert busy.returncode == 0, busy.stderr
    assert {json.loads(line)["site"] for line in busy.stdout.splitlines()} == {"demo-trs"}
    assert "skipped as busy: demo-links" in prefect_server.runs("collect")[0]["state"]["message"]


COMES = """
import asyncio, sys
from flows.orchestrate.slots import BusyError, site_slot

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        async with site_slot("demo-new"):
            print("held", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
    except BusyError:
        print("busy", flush=True)

asyncio.run(main())
"""


def test_of_runs_that_come_at_once_to_a_site_new_to_the_server_one_fetches_it(prefect_server: PrefectServer) -> None:
    """Whoever comes first creates the site's limit, so all of them find none."""
    environment = {**os.environ, **prefect_server.environment}
    with ExitStack() as running:
        runs = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", COMES],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    bufsize=1,
                )
            )
            for _ in range(4)
        ]
        assert [run.stdout.readline() for run in runs if run.stdout] == ["ready\n"] * 4
        for run in runs:
            print("go", file=run.stdin)
        said = [run.stdout.readline() for run in runs if run.stdout]

    assert sorted(said) == ["busy\n", "busy\n", "busy\n", "held\n"]


HEARTBEAT = """
import sys, time
from prefect.events import emit_event
while True:
    emit_event("prefect.flow-run.heartbeat", resource={"prefect.resource.id": f"prefect.flow-run.{sys.argv[1]}"})
    print("beat", flush=True)
    time.sleep(1)
"""


def test_runs_that_fell_silent_are_ended_and_others_left_alone(prefect_server: PrefectServer) -> None:
    """As after a power cut: what was going on stays Running on the server, though no process is left."""
    flow = prefect_server.post("/flows/", name="collect")["id"]

    def run(state: str) -> str:
        return str(prefect_server.post("/flow_runs/", flow_id=flow, state={"type": state})["id"])

    silent, cancelled, alive, scheduled = run("RUNNING"), run("CANCELLING"), run("RUNNING"), run("SCHEDULED")
    beating = subprocess.Popen(
        [sys.executable, "-c", HEARTBEAT, alive],
        env={**os.environ, **prefect_server.environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert beating.stdout is not None
    with beating, beating.stdout:
        for _ in range(8):
            beating.stdout.readline()
        done = prefect_server.module("recover", "--silence", "6")
        beating.kill()

    assert done.returncode == 0, done.stderr
    assert [prefect_server.state(each) for each in (silent, cancelled, alive, scheduled)] == [
        "CRASHED",
        "CANCELLED",
        "RUNNING",
        "SCHEDULED",
    ]
    assert done.stdout.count("no sign of life") == 2
    for each in (alive, scheduled):
        prefect_server.post(f"/flow_runs/{each}/set_state", state={"type": "CANCELLED"}, force=True)


def test_a_slot_whose_lease_was_lost_with_a_server_is_freed(prefect_server: PrefectServer) -> None:
    """The server keeps leases in memory and the taken slots in its database."""
    for name, limit in (("fangzhi-site-lost", 1), ("somebody-elses", 1)):
        prefect_server.post("/v2/concurrency_limits/", name=name, limit=limit, active_slots=1)

    done = prefect_server.module("recover", "--slot-age", "0")

    assert "slot fangzhi-site-lost: 1 taken, 0 in use" in done.stdout
    assert prefect_server.slots("fangzhi-site-lost") == 0
    assert prefect_server.slots("somebody-elses") == 1
