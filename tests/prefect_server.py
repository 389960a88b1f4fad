"""prefect_server.py — A Prefect server and workers on loopback for the tests and benches, as processes that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

PREFECT = Path(sys.executable).with_name("prefect")
OFFLINE = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

# A start takes 8 s on a calm machine and ten times that on a loaded one.
_READY_S = 180


def wait_for(condition: Callable[[], Any], seconds: float, why: str | Callable[[], str]) -> Any:
    """Return what the condition gives as soon as that is true."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, why if isinstance(why, str) else why()
        time.sleep(0.2)
    return found


class Started:
    """A process in a session of its own, its output in a file."""

    def __init__(self, command: list[Any], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, as a crash does; what it started in sessions of its own lives on."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Ask its whole session to end, and end it when it does not."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def tail(self) -> str:
        """Return the end of its output."""
        return self.log.read_text(errors="replace")[-3000:]


class PrefectServer:
    """One server; environment leads clients and workers to it. Keeps its port and database over a restart."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.settings = settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.environment = {"PREFECT_HOME": str(home), "PREFECT_API_URL": self.url, **OFFLINE}

    def start(self) -> None:
        """Run it and wait until it answers."""
        command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", self.port]
        self.started = Started(command, {**self.environment, **self.settings}, self.home / "server.log")
        wait_for(self.answers, _READY_S, self.started.tail)

    def answers(self) -> bool:
        """Tell whether it is up."""
        try:
            return httpx.get(self.url + "/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def post(self, path: str, **body: Any) -> Any:
        """Ask it something."""
        return self._ask("POST", path, body).raise_for_status().json()

    def get(self, path: str) -> Any:
        """Read something."""
        return self._ask("GET", path).raise_for_status().json()

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask as Prefect's clients do: a server on SQLite answers 503 now and then, and means later."""

        def answer() -> httpx.Response | None:
            try:
                got = httpx.request(method, self.url + path, json=body, timeout=30)
            except httpx.TimeoutException:
                if method == "POST" and not path.endswith("/filter"):
                    raise
                return None
            return None if got.status_code == 503 else got

        answered: httpx.Response = wait_for(lambda: (got := answer()) is not None and [got], 120, path)[0]
        return answered

    def runs(self, flow: str) -> list[dict[str, Any]]:
        """Return the runs of a flow, newest first."""
        found: list[dict[str, Any]] = self.post(
            "/flow_runs/filter", flows={"name": {"any_": [flow]}}, sort="START_TIME_DESC"
        )
        return found

    def pause(self, deployment: str) -> None:
        """Stop a deployment's schedules; those runs that are scheduled already are deleted."""
        found = self.get(f"/deployments/name/{deployment}")["id"]
        self._ask("POST", f"/deployments/{found}/pause_deployment").raise_for_status()

    def slots(self, limit: str) -> int:
        """Return how many slots of a global limit are taken."""
        return int(self.get(f"/v2/concurrency_limits/{limit}")["active_slots"])

    def module(self, *arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run `python -m flows.orchestrate` against it."""
        return subprocess.run(
            [sys.executable, "-m", "flows.orchestrate", *map(str, arguments)],
            env={**os.environ, **self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def cancel(self, run: str) -> None:
        """Ask for the end of a run, as the UI does."""
        self.post(f"/flow_runs/{run}/set_state", state={"type": "CANCELLING", "name": "Cancelling"})

    def state(self, run: str) -> str:
        """Return the type of a run's state, such as "RUNNING"."""
        return str(self.get(f"/flow_runs/{run}")["state"]["type"])

    def ask_for_run(self, deployment: str, **parameters: Any) -> httpx.Response:
        """Ask for a run of a deployment, "flow/name"; the answer has status 201 when it is to run."""
        found = self.get(f"/deployments/name/{deployment}")["id"]
        return self._ask("POST", f"/deployments/{found}/create_flow_run", {"parameters": parameters})

    def run(self, deployment: str, **parameters: Any) -> str:
        """Make a run of a deployment and return its id."""
        answer = self.ask_for_run(deployment, **parameters)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def end_of(self, run: str, seconds: float, why: Callable[[], str]) -> dict[str, Any]:
        """Wait for a run's end and return its state."""
        wait_for(lambda: self.state(run) in FINAL, seconds, why)
        state: dict[str, Any] = self.get(f"/flow_runs/{run}")["state"]
        return state

    def prefect(self, *arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run Prefect's console script against it."""
        return subprocess.run(
            [PREFECT, *map(str, arguments)],
            env={**os.environ, **self.environment, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def worker(self, log: Path, **environment: str) -> "Worker":
        """Make a worker of the pool `fangzhi`."""
        return Worker({**self.environment, "PREFECT_WORKER_QUERY_SECONDS": "1", **environment}, log)


class Worker:
    """A worker that can be started again."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.environment = environment
        self.log = log
        self.started: Started | None = None

    def start(self) -> None:
        """Run it, unless it runs."""
        if self.started is None:
            command = [PREFECT, "worker", "start", "--pool", "fangzhi", "--type", "process", "--limit", "2"]
            self.started = Started(command, self.environment, self.log)

    def kill(self) -> None:
        """End it at once; the flow runs it started live on."""
        if self.started is not None:
            self.started.kill()
            self.started = None

    def close(self) -> None:
        """End it."""
        if self.started is not None:
            self.started.close()
            self.started = None

    def tail(self) -> str:
        """Return the end of what it and its flow runs printed."""
        return self.log.read_text(errors="replace")[-3000:]
