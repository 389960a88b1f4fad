"""The verbs as Prefect flows, on a real Prefect server with nothing replaced."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

OFFLINE = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


def _wait(condition, seconds: float, why: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, why
        time.sleep(0.3)


def flow_runs(environment: dict[str, str], flow: str) -> list[dict]:
    """Return the runs of a flow, newest first."""
    body = {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_DESC"}
    return httpx.post(environment["PREFECT_API_URL"] + "/flow_runs/filter", json=body, timeout=30).json()


def test_a_collect_through_prefect_gives_documents_and_a_completed_run(
    prefect_api: dict[str, str], site_files: Path, tmp_path: Path, fangzhi
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
        **prefect_api,
    )

    assert done.returncode == 0, done.stderr
    assert sum(json.loads(line)["counters"].get("documents", 0) for line in done.stdout.splitlines()) >= 10
    assert flow_runs(prefect_api, "collect")[0]["state"]["type"] == "COMPLETED"


def test_a_failing_site_stops_no_other_and_the_run_ends_failed(
    prefect_api: dict[str, str], site_files: Path, tmp_path: Path, fangzhi
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
        **prefect_api,
    )

    reports = {(report["site"], report["verb"]): report for report in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert reports["demo-down", "collect"]["counters"]["failed"] >= 1
    assert reports["demo-links", "collect"]["counters"]["captures"] >= 5
    run = flow_runs(prefect_api, "collect")[0]
    assert run["state"]["type"] == "FAILED"
    assert "demo-down" in run["state"]["message"]


def test_without_a_server_a_temporary_one_serves_the_run(archive: Path, tmp_path: Path, fangzhi) -> None:
    environment = {"PREFECT_HOME": str(tmp_path / "home"), **OFFLINE}

    done = fangzhi("verify", "--site", "demo-links", "--prefect", "--archive", archive, "--json", **environment)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counters"]["verified"] >= 10


def test_a_deployed_schedule_fires_and_the_run_does_the_job(
    prefect_api: dict[str, str], archive: Path, tmp_path: Path
) -> None:
    """The canary of operations.md: some releases of fastapi and sqlalchemy boot no server or never schedule."""
    script = tmp_path / "deploy.py"
    script.write_text(
        "from datetime import timedelta\n"
        "from flows.orchestrate import verify\n"
        f"verify.serve(name='canary', interval=timedelta(seconds=3), parameters={{'archive': {str(archive)!r}, 'sites': ['demo-links']}}, limit=1)\n",
        encoding="utf-8",
    )
    before = len(flow_runs(prefect_api, "verify"))
    serving = subprocess.Popen(
        [sys.executable, script],
        env={**os.environ, **prefect_api, "PREFECT_RUNNER_POLL_FREQUENCY": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(
            lambda: any(
                run["state"]["type"] == "COMPLETED" and run["auto_scheduled"]
                for run in flow_runs(prefect_api, "verify")
            ),
            150,
            "no scheduled run completed",
        )
    finally:
        os.killpg(serving.pid, signal.SIGINT)
        serving.wait(60)

    assert len(flow_runs(prefect_api, "verify")) > before


def test_a_run_leaves_a_table_and_a_readable_name(
    prefect_api: dict[str, str], site_files: Path, archive: Path, fangzhi
) -> None:
    fangzhi("verify", "--site", "demo-links", "--prefect", "--archive", archive, **prefect_api)

    artifacts = httpx.post(prefect_api["PREFECT_API_URL"] + "/artifacts/filter", json={}, timeout=30).json()

    assert flow_runs(prefect_api, "verify")[0]["name"] == "verify demo-links"
    assert {artifact["key"] for artifact in artifacts} >= {"fangzhi-verify", "fangzhi-verify-summary"}


def test_a_site_is_fetched_by_one_run_at_a_time(
    prefect_api: dict[str, str], site_files: Path, tmp_path: Path, fangzhi
) -> None:
    """Holding the site's slot as another run would; the collect leaves the site alone and says so."""
    script = tmp_path / "hold.py"
    script.write_text(
        "import asyncio\n"
        "from flows.orchestrate import _site_slot\n"
        "async def main():\n"
        "    async with _site_slot('demo-links'):\n"
        "        print('held', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n",
        encoding="utf-8",
    )
    holder = subprocess.Popen(
        [sys.executable, script], env={**os.environ, **prefect_api}, stdout=subprocess.PIPE, text=True
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
            **prefect_api,
        )
        holder.kill()

    assert busy.returncode == 0, busy.stderr
    assert {json.loads(line)["site"] for line in busy.stdout.splitlines()} == {"demo-trs"}
    assert "skipped as busy: demo-links" in flow_runs(prefect_api, "collect")[0]["state"]["message"]
