"""Shared pieces: the demo's replica site, collected and processed once into an archive that tests only read."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prefect_server import PrefectServer
from replica.demo import demo_site, demo_sites
from replica.server import Replica, serve

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
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A Prefect server on loopback, shared by all tests of a session."""
    # A run is "Late" after 15 s; a test waits for two of them.
    late = "PREFECT_SERVER_SERVICES_LATE_RUNS"
    server = PrefectServer(
        tmp_path_factory.mktemp("prefect"), **{f"{late}_AFTER_SECONDS": "4", f"{late}_LOOP_SECONDS": "2"}
    )
    server.start()
    yield server
    server.started.close()


@pytest.fixture(scope="session")
def prefect_api(prefect_server: PrefectServer) -> dict[str, str]:
    """The environment that leads to the server."""
    return prefect_server.environment
