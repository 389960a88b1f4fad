"""one_machine.py — All of Fangzhi on one machine for tests and benches: PostgreSQL, Prefect server, worker, S3 store, a site.

As processes, with the environment that the systemd units of deploy/ give them; every part can be killed by itself.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from prefect_server import PrefectServer, Started, Worker

DEPLOY = Path(__file__).parents[1] / "deploy"
PASSWORD = "only-for-this-test"


def postgresql() -> Path | None:
    """Return where the newest PostgreSQL of this machine has its programs: Debian keeps them off the PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def unit_environment(unit: str) -> dict[str, str]:
    """Read the variables that a systemd unit of deploy/ sets."""
    lines = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8").splitlines()
    words = [
        word for line in lines if line.startswith("Environment=") for word in line.removeprefix("Environment=").split()
    ]
    return dict(word.split("=", 1) for word in words)


class Database:
    """One PostgreSQL on loopback with a role and a database named prefect. Run as root, it becomes the user postgres."""

    def __init__(self) -> None:
        programs = postgresql()
        assert programs
        self.programs = programs
        # Not below pytest's directory, which only its own user may enter; and its socket's path must be short.
        self.directory = Path(tempfile.mkdtemp(prefix="fangzhi-pg-"))
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (self.directory / "password").write_text(PASSWORD)
        if self.user:
            owner = pwd.getpwnam("postgres")
            for path in (self.directory, self.directory / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "--pgdata", self.directory / "data", "--username", "prefect", "--pwfile", self.directory / "password",
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync")  # fmt: skip
        self.started: Started | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a Prefect server to it, as in env.example."""
        return {
            "PREFECT_SERVER_DATABASE_DRIVER": "postgresql+asyncpg",
            "PREFECT_SERVER_DATABASE_HOST": "127.0.0.1",
            "PREFECT_SERVER_DATABASE_PORT": str(self.port),
            "PREFECT_SERVER_DATABASE_NAME": "prefect",
            "PREFECT_SERVER_DATABASE_USER": "prefect",
            "PREFECT_SERVER_DATABASE_PASSWORD": PASSWORD,
        }

    def start(self) -> None:
        """Run it and wait until it answers; after a kill it first repairs itself."""
        command = [*self.user, self.programs / "postgres", "-D", self.directory / "data", "-p", self.port,
                   "-h", "127.0.0.1", "-k", self.directory, "-c", "max_connections=60"]  # fmt: skip
        self.started = Started(command, {}, self.directory.with_name(f"{self.directory.name}.log"))
        end = time.monotonic() + 90
        while not self.answers():
            assert time.monotonic() < end, self.started.tail()
            time.sleep(0.3)
        if not self.query("postgres", "SELECT 1 FROM pg_database WHERE datname = 'prefect'"):
            self.query("postgres", "CREATE DATABASE prefect")

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        ready = [self.programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run(ready, check=False).returncode == 0

    def kill(self) -> None:
        """End all its processes at once."""
        pid = int((self.directory / "data" / "postmaster.pid").read_text().split()[0])
        for process in [pid, *children(pid)]:
            subprocess.run(["kill", "-9", str(process)], check=False)
        if self.started:
            self.started.process.wait(30)

    def close(self) -> None:
        """End it and remove its files."""
        if self.started:
            self.started.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.with_name(f"{self.directory.name}.log").unlink(missing_ok=True)

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self.user, str(self.programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, cwd=self.directory)

    def query(self, database: str, statement: str) -> str:
        """Run a statement and return its rows as text."""
        command = [
            self.programs / "psql",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "prefect",
            "-d",
            database,
            "-Atqc",
            statement,
        ]
        done = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": PASSWORD}, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


class Installation:
    """Database, server and worker as deploy/systemd runs them; the archive and the sites are the caller's."""

    def __init__(self, directory: Path, worker_environment: Mapping[str, str]) -> None:
        self.directory = directory
        self.database = Database() if postgresql() else None
        database = self.database.environment if self.database else {}
        unit = {
            name: value
            for name, value in unit_environment("fangzhi-server.service").items()
            if not name.startswith("PREFECT_HOME")
        }
        unit["PREFECT_UI_STATIC_DIRECTORY"] = str(directory / "ui")
        self.server = PrefectServer(directory, **unit, **database)
        self.worker_environment = {
            **{
                name: value
                for name, value in unit_environment("fangzhi-worker.service").items()
                if name not in ("PREFECT_HOME", "PREFECT_API_URL")
            },
            **worker_environment,
        }
        self.worker: Worker = self.server.worker(directory / "worker.log", **self.worker_environment)
        self._copy_deployments()

    @property
    def environment(self) -> dict[str, str]:
        """What an operator's shell has."""
        return {**self.server.environment, **self.worker_environment}

    def start(self) -> None:
        """Run database, server and the unit that registers deployments; the worker is started by who needs it."""
        if self.database:
            self.database.start()
        self.server.start()
        self.sh(
            "prefect work-pool create fangzhi --type process && prefect --no-prompt deploy --all --prefect-file deploy/prefect.yaml"
        )

    def sh(self, script: str, **environment: str) -> str:
        """Run a script as an operator would, from the top of the installation; return what it printed."""
        venv = Path(sys.executable).parent
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={
                **os.environ,
                **self.environment,
                "PATH": f"{venv}:{os.environ['PATH']}",
                "COLUMNS": "150",
                **environment,
            },
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{self.worker.tail()}"
        return done.stdout

    def close(self) -> None:
        """End everything."""
        self.worker.close()
        if hasattr(self.server, "started"):
            self.server.started.close()
        if self.database:
            self.database.close()

    def _copy_deployments(self) -> None:
        """Copy deploy/, without schedules: the sites that they are for are on the internet."""
        copy = self.directory / "deploy"
        copy.mkdir(parents=True)
        shutil.copy(DEPLOY / "automations.yaml", copy)
        text: dict[str, Any] = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))
        for deployment in text["deployments"]:
            deployment.pop("schedules", None)
        (copy / "prefect.yaml").write_text(yaml.safe_dump(text), encoding="utf-8")
