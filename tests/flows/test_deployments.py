"""deploy/prefect.yaml and automations.yaml on a real server with a real worker: what is refused, what fires, what stops,
what is told, and what is taken up again.

The tests run in the order in which they stand: the first ones need schedules without a worker, and what the fixture
`crash` leaves behind takes the server a minute to notice.
"""

import json
import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect_server import PrefectServer, Worker, wait_for
from replica.server import Replica, serve
from replica.slow import SlowSite, slow_sites

from flows.cadence import CHINA, last_due
from flows.orchestrate import ENVIRONMENT, FLOWS
from storage.documents import write_report
from storage.objects import LocalStore
from storage.records import RunReport

DEPLOY = Path(__file__).parents[2] / "deploy"
DAYS = {"since": "2023-04-01", "until": "2023-04-12"}
# A page of a slow site takes this long, so that there is something to interrupt.
PAGE_S = 0.7
# What a flow run needs to start through a worker when the machine has much else to do.
START_S = 180
# A run's heartbeat comes each 30 s, so this is the shortest silence that means anything.
SILENCE_S = 45


@pytest.fixture(scope="module")
def slow_replica() -> Iterator[Replica]:
    with serve(SlowSite(PAGE_S)) as replica:
        yield replica


@pytest.fixture(scope="module")
def all_site_files(site_files: Path, slow_replica: Replica, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo's sites, and the same as slow-…, one request at a time."""
    slow = tmp_path_factory.mktemp("slow-site-files")
    slow_sites(slow_replica.base_url, slow)
    return f"{site_files}{os.pathsep}{slow}"


@pytest.fixture(scope="module")
def worker_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that the worker's environment names."""
    return tmp_path_factory.mktemp("worker") / "archive"


@pytest.fixture(scope="module")
def deployed(prefect_server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> PrefectServer:
    """The server with every deployment of the file; the schedules are replaced by one that ticks for the demo alone."""
    text = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in text["deployments"]:
        deployment.pop("schedules", None)
        if deployment["entrypoint"].endswith(".collect") and deployment["name"] == "scheduled":
            deployment["parameters"]["sites"] = ["demo-links", "demo-trs"]
            deployment["schedules"] = [{"interval": 5}]
    copy = tmp_path_factory.mktemp("deploy") / "prefect.yaml"
    copy.write_text(yaml.safe_dump(text), encoding="utf-8")

    made = prefect_server.prefect("work-pool", "create", "fangzhi", "--type", "process")
    assert made.returncode == 0, made.stderr
    done = prefect_server.prefect("--no-prompt", "deploy", "--all", "--prefect-file", copy)
    assert done.returncode == 0, done.stdout + done.stderr
    return prefect_server


@pytest.fixture(scope="module")
def worker(
    deployed: PrefectServer, all_site_files: str, worker_archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """A worker, not yet started."""
    environment = {"FANGZHI_ARCHIVE": str(worker_archive), "FANGZHI_SITES": all_site_files}
    worker = deployed.worker(tmp_path_factory.mktemp("worker-log") / "worker.log", **environment)
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A receiver of messages on loopback: its address, and what it got."""
    got: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", got
        server.shutdown()


@pytest.fixture(scope="module")
def watched(
    deployed: PrefectServer, told: tuple[str, list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """What the automations of the file tell, once they are installed as the runbook says."""
    copy = tmp_path_factory.mktemp("automations") / "automations.yaml"
    text = (DEPLOY / "automations.yaml").read_text(encoding="utf-8")
    assert "within: 90\n" in text
    copy.write_text(text.replace("within: 90\n", f"within: {SILENCE_S}\n"), encoding="utf-8")

    for _ in range(2):  # the second time changes nothing
        done = deployed.module("watch", copy, FANGZHI_NOTIFY_URL=told[0])
        assert done.returncode == 0, done.stderr
    assert len(deployed.post("/automations/filter")) == 3
    return told[1]


def crawl_of(site: str) -> int | None:
    """Return the process that crawls a site on this machine."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if "spiders.crawl" in words and site in words:
                return int(entry.name)
    return None


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def captured(archive: Path) -> list[str]:
    return [path.name for path in (archive / "captures").rglob("*.warc.gz")]


def texts(archive: Path) -> set[tuple[str, str]]:
    documents = (json.loads(path.read_bytes()) for path in (archive / "documents").rglob("*.json"))
    return {(document["uri"], document["text"]) for document in documents}


def pages_sent(replica: Replica) -> list[str]:
    """Return the pages of the newspaper that were sent, in order."""
    return [target for _, target, status in replica.asked if "content" in target and status == 200]


@dataclass(frozen=True)
class Crash:
    """A run whose worker and flow were killed while its spider was at work, and the pages it had been sent."""

    run: str
    archive: Path
    held: set[str]


@pytest.fixture(scope="module")
def crash(
    deployed: PrefectServer,
    worker: Worker,
    watched: list[dict[str, Any]],
    slow_replica: Replica,
    tmp_path_factory: pytest.TempPathFactory,
) -> Crash:
    """kill -9 of worker and flow. The server needs a minute to notice, in which the tests after the first go on."""
    archive = tmp_path_factory.mktemp("crash")
    worker.start()
    run = deployed.run("collect/manual", sites=["slow-epaper"], archive=str(archive))
    wait_for(lambda: len(captured(archive)) >= 4, START_S, worker.tail)
    crawl = crawl_of("slow-epaper")
    assert crawl is not None
    flow = parent_of(crawl)
    worker.kill()
    os.kill(flow, signal.SIGKILL)
    wait_for(lambda: crawl_of("slow-epaper") is None, 25, "the spider outlived its flow")
    return Crash(run, archive, set(pages_sent(slow_replica)))


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_schedule_is_a_cron_line_in_china() -> None:
    deployments = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    schedules = [schedule for each in deployments for schedule in each.get("schedules", [])]

    assert len(schedules) == 4
    assert {schedule["timezone"] for schedule in schedules} == {str(CHINA)}
    assert all(last_due(schedule["cron"], datetime.now(UTC)) for schedule in schedules)


def test_every_entry_point_is_a_flow_and_every_flow_that_a_schedule_needs_has_one() -> None:
    deployments = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    named = {(each["name"], each["entrypoint"].removeprefix("flows.orchestrate.")) for each in deployments}

    assert {verb for _, verb in named} <= set(FLOWS)
    assert {verb for name, verb in named if name == "scheduled"} == {"collect", "process", "verify", "index"}
    told = yaml.safe_load((DEPLOY / "automations.yaml").read_text(encoding="utf-8"))["automations"][1]
    assert set(told["trigger"]["match_related"]["prefect.resource.name"]) == set(FLOWS)


def test_deployed_runs_have_the_settings_that_the_flows_need() -> None:
    deployments = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]

    for each in deployments:
        assert each["work_pool"]["job_variables"]["env"] == {"PYTHONSAFEPATH": "1", **ENVIRONMENT}


def test_the_form_of_a_backfill_says_what_to_type(deployed: PrefectServer) -> None:
    schema = deployed.get("/deployments/name/backfill/manual")["parameter_openapi_schema"]

    assert {"sites", "days"} == set(schema["required"])
    assert all(each.get("description") for each in schema["properties"].values())
    assert schema["properties"]["dry_run"]["type"] == "boolean"
    assert schema["definitions"]["Days"]["properties"]["since"]["format"] == "date"


# ── schedules and parameters ─────────────────────────────────────────────────────────────────────────────


def test_of_late_runs_only_the_newest_is_kept(deployed: PrefectServer) -> None:
    def late() -> set[str]:
        return {run["id"] for run in deployed.runs("collect") if run["state"]["name"] == "Late"}

    wait_for(lambda: len(late()) >= 2, 120, deployed.started.tail)
    before = late()
    done = deployed.module("recover")

    assert len(before & late()) <= 1
    assert "a later run makes up for it" in done.stdout


def test_a_schedule_fires_and_the_run_does_the_job(
    deployed: PrefectServer, worker: Worker, worker_archive: Path
) -> None:
    """The canary of operations.md: some releases of fastapi and sqlalchemy boot no server or never schedule."""

    def taken() -> list[dict[str, Any]]:
        return [run for run in deployed.runs("collect") if run["auto_scheduled"] and run["state"]["type"] == "PENDING"]

    worker.start()
    run = wait_for(taken, START_S, worker.tail)[0]["id"]
    deployed.pause("collect/scheduled")  # one is enough, and starting more each 5 s takes the machine
    state = deployed.end_of(run, START_S, worker.tail)
    wait_for(lambda: len(texts(worker_archive)) >= 10, START_S, worker.tail)

    assert state["type"] == "COMPLETED", f"{state['message']}\n{worker.tail()}"


def test_failed_runs_and_sites_that_are_stale_or_failing_are_told(
    deployed: PrefectServer,
    watched: list[dict[str, Any]],
    archive: Path,
    site_files: Path,
    tmp_path: Path,
    fangzhi: Any,
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
    text = (site_files / "demo-links.toml").read_text(encoding="utf-8")
    host = next(line.split('"')[1] for line in text.splitlines() if line.startswith("hosts"))
    (tmp_path / "demo-links.toml").write_text(text + "stale_after_days = 30\n", encoding="utf-8")
    (tmp_path / "demo-down.toml").write_text(
        text.replace(host, nobody).replace('"demo-links"', '"demo-down"'), encoding="utf-8"
    )
    shutil.copytree(archive / "captures", tmp_path / "a" / "captures")
    long_ago = datetime.now(UTC) - timedelta(days=40)
    write_report(
        LocalStore(tmp_path / "a"),
        RunReport(
            "20260101t000000-collect-demo-links-000000",
            "collect",
            "demo-links",
            long_ago,
            long_ago,
            {"articles": 3, "links": 3},
        ),
    )

    options = ["--prefect", "--archive", tmp_path / "a", "--site-files", tmp_path]
    fangzhi("collect", "demo-links", "demo-down", *options, **deployed.environment)

    def said() -> str:
        return "\n".join(each["text"] for each in watched)

    for expected in (
        "Fangzhi: collect demo-links, demo-down Failed\nfailed: demo-down",
        "Fangzhi: site demo-links fangzhi.site.stale\nnothing new for 40 days",
        "Fangzhi: site demo-down fangzhi.site.failing\n",
    ):
        wait_for(lambda expected=expected: expected in said(), 60, said)


def test_a_spider_does_not_outlive_its_flow(crash: Crash) -> None:
    assert crawl_of("slow-epaper") is None
    assert len(captured(crash.archive)) >= 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": {"since": "notadate", "until": "2023-04-12"}}, "days.since"),
        ({"days": {"since": "2023-04-01"}}, "until"),
        ({"days": {"since": "2023-04-01", "until": "2023-04-12", "step": 1}}, "step"),
        ({"sites": []}, "sites"),
        ({"sites": ["Demo TRS"]}, "sites[0]"),
        ({"sites": "demo-trs"}, "sites"),
        ({"dry_run": "maybe"}, "dry_run"),
    ],
    ids=["no-date", "no-end", "unknown-key", "no-site", "no-site-id", "no-list", "no-boolean"],
)
def test_a_wrong_parameter_is_refused_before_there_is_a_run(
    deployed: PrefectServer, wrong: dict[str, object], said: str
) -> None:
    answer = deployed.ask_for_run("backfill/manual", **{"sites": ["demo-trs"], "days": DAYS, **wrong})

    assert answer.status_code in (409, 422), answer.text
    assert said in answer.text


@pytest.mark.parametrize(
    ("deployment", "wrong"),
    [
        ("collect/manual", {"sites": ["../demo"]}),
        ("collect/manual", {"due": "sometimes"}),
        ("reprocess/manual", {"since": "yesterday"}),
        ("reprocess/manual", {"sites": "demo-trs"}),
        ("reprocess/manual", {"workers": 1000}),
    ],
    ids=["no-site-id", "no-boolean", "no-date", "no-list", "too-many"],
)
def test_the_other_verbs_refuse_wrong_parameters_too(
    deployed: PrefectServer, deployment: str, wrong: dict[str, object]
) -> None:
    assert deployed.ask_for_run(deployment, **wrong).status_code in (409, 422)


def test_what_only_the_flow_can_know_to_be_wrong_ends_before_anything_is_fetched(
    deployed: PrefectServer, worker: Worker, replica: Replica
) -> None:
    worker.start()
    asked = len(replica.asked)

    unknown = deployed.run("backfill/manual", sites=["demo-trs", "demo-nowhere"], days=DAYS)
    backwards = deployed.run("backfill/manual", sites=["demo-trs"], days={"since": "2023-04-12", "until": "2023-04-01"})
    relative = deployed.run("backfill/manual", sites=["demo-trs"], days=DAYS, archive="archive")
    unnamed = deployed.run("backfill/manual", sites=["demo-trs"], days=DAYS, speed=3)
    swapped = deployed.run("reprocess/manual", since="2023-04-12", until="2023-04-01")
    runs = (unknown, backwards, relative, unnamed, swapped)
    states = [deployed.end_of(run, START_S, worker.tail) for run in runs]

    assert [state["type"] for state in states] == ["FAILED", "FAILED", "FAILED", "CRASHED", "FAILED"]
    assert "on or after since" in states[4]["message"]
    assert "demo-nowhere" in states[0]["message"]
    assert "on or after 2023-04-12" in states[1]["message"]
    assert "FANGZHI_ARCHIVE" in states[2]["message"]
    assert len(replica.asked) == asked


def test_a_backfill_by_hand_does_what_the_console_script_does(
    deployed: PrefectServer, worker: Worker, all_site_files: str, tmp_path: Path, fangzhi: Any
) -> None:
    worker.start()
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    given = {"sites": ["demo-epaper"], "days": DAYS, "archive": str(theirs)}
    parameters = [word for name, value in given.items() for word in ("-p", f"{name}={json.dumps(value)}")]
    days = ["--from", DAYS["since"], "--to", DAYS["until"]]

    asked = deployed.prefect("deployment", "run", "backfill/manual", *parameters, "--watch")
    done = fangzhi("backfill", "demo-epaper", *days, "--process", "--archive", mine, "--site-files", all_site_files)

    assert asked.returncode == 0, asked.stdout + worker.tail()
    assert done.returncode == 0, done.stderr
    assert len(texts(mine)) >= 5
    assert texts(theirs) == texts(mine)
    assert deployed.runs("backfill")[0]["name"] == "backfill demo-epaper 2023-04-01 to 2023-04-12"


def test_a_deployed_bulk_run_can_use_more_processes_and_gives_the_same(
    deployed: PrefectServer, worker: Worker, archive: Path, tmp_path: Path
) -> None:
    worker.start()
    shutil.copytree(archive / "captures", tmp_path / "captures")

    run = deployed.run("process/scheduled", archive=str(tmp_path), workers=2)
    state = deployed.end_of(run, START_S, worker.tail)

    assert state["type"] == "COMPLETED", worker.tail()
    assert texts(tmp_path) == texts(archive)
    left = deployed.post(
        "/artifacts/filter", artifacts={"flow_run_id": {"any_": [run]}, "type": {"any_": ["progress"]}}
    )
    assert [artifact["data"] for artifact in left] == [100]


def test_what_jobs_and_spiders_log_reaches_the_run(deployed: PrefectServer) -> None:
    run = next(run for run in deployed.runs("backfill") if run["state"]["type"] == "COMPLETED")
    logs = deployed.post("/logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}}, limit=200)

    said = "\n".join(log["message"] for log in logs)
    assert "backfill ended site=demo-epaper" in said
    assert "Spider opened" in said


# ── when something breaks ────────────────────────────────────────────────────────────────────────────────


def test_cancel_stops_the_spider_and_keeps_what_was_captured(
    deployed: PrefectServer, worker: Worker, tmp_path: Path
) -> None:
    worker.start()
    run = deployed.run("collect/manual", sites=["slow-trs"], archive=str(tmp_path))
    wait_for(lambda: len(captured(tmp_path)) >= 3, START_S, worker.tail)

    deployed.cancel(run)
    wait_for(lambda: crawl_of("slow-trs") is None, 25, worker.tail)
    state = deployed.end_of(run, 60, worker.tail)

    (report,) = (json.loads(path.read_bytes()) for path in (tmp_path / "reports").rglob("*.json"))
    assert state["type"] == "CANCELLED"
    assert report["finish"] == "stopped"
    assert report["counters"]["captures"] == len(captured(tmp_path)) >= 3
    assert deployed.slots("fangzhi-site-slow-trs") == 0
    assert "ModuleNotFoundError" not in worker.tail()


def test_after_a_crash_of_worker_and_flow_the_next_run_goes_on_where_it_was(
    deployed: PrefectServer, worker: Worker, crash: Crash, slow_replica: Replica
) -> None:
    """What the fixture crashed a while ago: nobody was left who could report the run or give the slot back."""
    state = deployed.end_of(crash.run, 240, deployed.started.tail)
    wait_for(lambda: deployed.slots("fangzhi-site-slow-epaper") == 0, 150, "the slot is still held")
    worker.start()
    again = deployed.end_of(
        deployed.run("collect/manual", sites=["slow-epaper"], archive=str(crash.archive)), START_S, worker.tail
    )

    fetched = pages_sent(slow_replica)
    assert state["type"] == "CRASHED"
    assert "no sign of life" in state["message"]
    assert again["type"] == "COMPLETED"
    assert 1 <= len(crash.held) < 6
    assert len(fetched) == len(set(fetched)) == 6
    assert len(texts(crash.archive)) == 6
