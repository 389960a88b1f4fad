"""Shared pieces: the demo's replica site, collected and processed once into an archive that tests only read."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from replica.demo import demo_site, demo_sites
from replica.server import Replica, serve

PREFECT = Path(sys.executable).with_name("prefect")
OFFLINE = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
FANGZHI = Path(sys.executable).with_name("fangzhi")

Fangzhi = Callable[..., "subprocess.CompletedProcess[str]"]


def run_fangzhi(*arguments: object, stdin: str | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the console script as a user would."""
    return subprocess.run(
        [FANGZHI, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
        env={**os.environ, "COLUMNS": "120", **environment},
    )


@pytest.fixture(scope="session")
def fangzhi() -> Fangzhi:
    """The console script."""
    return run_fangzhi


@pytest.fixture(scope="session")
def replica() -> Iterator[Replica]:
    """The demo's site on loopback."""
    with serve(demo_site()) as replica:
        yield replica


@pytest.fixture(scope="session")
def site_files(replica: Replica, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the demo's site files."""
    directory = tmp_path_factory.mktemp("site-files")
    demo_sites(replica.base_url, directory)
    return directory


@pytest.fixture(scope="session")
def archive(site_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's archive, collected and processed; tests that write take a copy."""
    archive = tmp_path_factory.mktemp("demo") / "archive"
    sites = [path.stem for path in sorted(site_files.glob("*.toml"))]
    done = run_fangzhi("collect", *sites, "--process", "--archive", archive, "--site-files", site_files, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (archive.parent / "reports.jsonl").write_text(done.stdout, encoding="utf-8")
    return archive


@pytest.fixture(scope="session")
def reports(archive: Path) -> list[dict[str, object]]:
    """The reports of the demo's run."""
    return [json.loads(line) for line in (archive.parent / "reports.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server on loopback; gives the environment that leads to it."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PREFECT_HOME": str(home), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", **OFFLINE}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    try:
        _wait(lambda: _healthy(environment), 120, f"the server's log: {(home / 'server.log').read_text()}")
        yield environment
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _healthy(environment: dict[str, str]) -> bool:
    try:
        return httpx.get(environment["PREFECT_API_URL"] + "/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _wait(condition, seconds: float, why: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, why
        time.sleep(0.3)
