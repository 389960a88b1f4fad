"""One machine, really run: PostgreSQL, object store, Prefect server and worker by the commands of the systemd units.

A schedule fires, the worker collects a site into the bucket, and when the worker's group is told to end, as systemd
does, nothing of it stays. Needs PostgreSQL's programs; takes about a minute.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import yaml
from one_machine import Database, postgresql
from replica.demo import demo_site, demo_sites
from replica.server import serve

from storage.objects import open_store

PROGRAMS = Path(sys.executable).parent
SECRETS = {"PREFECT_SERVER_API_AUTH_STRING": "tester:only"}

Units = dict[str, list[tuple[str, str, str]]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(condition: Callable[[], bool], seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, log.read_text(errors="replace")[-3000:]
        time.sleep(0.3)


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run a program, and end it with all it started."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield process.pid
    finally:
        end(family(process.pid))
        process.wait(10)


def family(pid: int) -> set[int]:
    """Return a process and all it started, in whatever session: what systemd keeps in one control group."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def end(pids: set[int], seconds: float = 30) -> set[int]:
    """End processes as systemd does: TERM to all at once, KILL to those who stay; return those."""
    tell(pids, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while (staying := {pid for pid in pids if is_running(pid)}) and time.monotonic() < deadline:
        time.sleep(0.2)
    tell(staying, signal.SIGKILL)
    return staying


def tell(pids: set[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def database() -> Iterator[Database]:
    """A PostgreSQL server with the role and the database that env.example names."""
    if postgresql() is None:
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    database = Database()
    try:
        database.start()
        yield database
    finally:
        database.close()


def test_one_machine_collects_on_schedule_and_stops_as_a_group(
    units: Units,
    env_example: dict[str, str],
    deploy: Path,
    database: Database,
    s3_archive: str,
    tmp_path: Path,
) -> None:
    api = free_port()
    environment = {
        **os.environ,
        **{name: value for name, value in env_example.items() if value and not name.startswith("AWS_")},
        **given(units, tmp_path),
        **SECRETS,
        "PREFECT_API_AUTH_STRING": SECRETS["PREFECT_SERVER_API_AUTH_STRING"],
        **database.environment,
        "PREFECT_API_URL": f"http://127.0.0.1:{api}/api",
        "FANGZHI_ARCHIVE": s3_archive,
        "FANGZHI_S3_ENDPOINT": os.environ["AWS_ENDPOINT_URL_S3"],
        "FANGZHI_SITES": str(tmp_path / "sites"),
    }
    server = [*command(units, "fangzhi-server.service"), "--port", str(api)]

    with (
        httpx.Client(base_url=environment["PREFECT_API_URL"], auth=("tester", "only"), timeout=30) as client,
        serve(demo_site()) as replica,
        running(server, environment, tmp_path / "server.log"),
    ):
        (tmp_path / "sites").mkdir()
        demo_sites(replica.base_url, tmp_path / "sites")
        wait(lambda: is_healthy(client), 120, tmp_path / "server.log")
        assert httpx.post(f"{environment['PREFECT_API_URL']}/flow_runs/filter", json={}).status_code == 401

        write_deployments(deploy / "prefect.yaml", tmp_path / "prefect.yaml")
        register(units, environment, tmp_path / "prefect.yaml")
        with running(command(units, "fangzhi-worker.service"), environment, tmp_path / "worker.log") as worker:
            wait(lambda: scheduled(client, "PENDING", "RUNNING", "COMPLETED") > 0, 240, tmp_path / "worker.log")
            # One is enough: on a loaded machine each further run would hold up the first.
            ticking = client.get("/deployments/name/collect/scheduled").json()["id"]
            client.post(f"/deployments/{ticking}/pause_deployment").raise_for_status()
            # A scheduled run that finds the site being fetched by another is skipped, and complete too.
            wait(
                lambda: documents(s3_archive) >= 4 and scheduled(client, "COMPLETED") > 0, 240, tmp_path / "worker.log"
            )
            group = {pid: command_line(pid) for pid in family(worker)}
            stayed = end(set(group), given_to_stop(units))

    assert [group[pid] for pid in stayed] == []


def documents(archive: str) -> int:
    return len(list(open_store(archive).list("documents/")))


def given_to_stop(units: Units) -> float:
    """Return the seconds after which systemd kills what is left of the worker's group."""
    return float(next(value for _, key, value in units["fangzhi-worker.service"] if key == "TimeoutStopSec"))


def command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    return "?"


def given(units: Units, state: Path) -> dict[str, str]:
    """Return what the units set in the environment, with the state directory of the test."""
    pairs = [
        part.split("=", 1)
        for lines in units.values()
        for _, key, value in lines
        if key == "Environment"
        for part in value.split()
    ]
    return {name: value.replace("/var/lib/fangzhi", str(state / "state")) for name, value in pairs}


def command(units: Units, unit: str) -> list[str]:
    """Return a unit's (last) command with the programs of this environment."""
    line = [value for _, key, value in units[unit] if key == "ExecStart"][-1]
    return re.sub(r"/srv/fangzhi/\.venv/bin/", f"{PROGRAMS}/", line).replace("--port 4200", "").split()


def register(units: Units, environment: dict[str, str], deployments: Path) -> None:
    """Run the steps of fangzhi-deployments.service with other deployments."""
    for line in [value for _, key, value in units["fangzhi-deployments.service"] if key == "ExecStart"]:
        shell = line.removeprefix("/bin/sh -ec ").strip("'").replace("/srv/fangzhi/.venv/bin/", f"{PROGRAMS}/")
        shell = shell.replace("deploy/prefect.yaml", str(deployments))
        done = subprocess.run(
            ["/bin/sh", "-ec", shell], env=environment, check=False, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stdout + done.stderr


def write_deployments(original: Path, copy: Path) -> None:
    """Write prefect.yaml anew for the replica alone, with a schedule of seconds where it has minutes."""
    project = yaml.safe_load(original.read_text("utf-8"))
    for deployment in project["deployments"]:
        deployment["parameters"] = {**deployment.get("parameters", {}), "sites": ["demo-links"]}
        if deployment["entrypoint"].endswith("collect") and deployment.get("schedules"):
            deployment["schedules"] = [{"interval": 30}]
    copy.write_text(yaml.safe_dump(project), "utf-8")


def is_healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.HTTPError:
        return False


def scheduled(client: httpx.Client, *types: str) -> int:
    """Count the runs that a schedule made and that are in one of these states."""
    runs = client.post("/flow_runs/filter", json={"flow_runs": {"state": {"type": {"any_": types}}}}).json()
    return sum(run["auto_scheduled"] for run in runs)
