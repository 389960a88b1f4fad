"""The systemd units: accepted by systemd, on loopback only, stopped as a group."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

Units = dict[str, list[tuple[str, str, str]]]


def values(units: Units, unit: str, key: str) -> list[str]:
    return [value for _, name, value in units[unit] if name == key]


def test_services_have_an_ordinary_user_and_may_write_only_their_state(units: Units) -> None:
    for name in (name for name in units if name.endswith(".service")):
        assert values(units, name, "User") == ["fangzhi"]
        assert values(units, name, "ProtectSystem") == ["strict"]
        assert values(units, name, "NoNewPrivileges") == ["true"]
        assert values(units, name, "StateDirectory")[0].startswith("fangzhi")
        assert values(units, name, "EnvironmentFile") == ["/etc/fangzhi/env"]


def test_services_listen_on_loopback_only(units: Units) -> None:
    commands = [value for lines in units.values() for _, key, value in lines if key == "ExecStart"]

    (server,) = (command for command in commands if "server start" in command)
    (store,) = (command for command in commands if "weed" in command)
    assert "--host 127.0.0.1" in server
    assert "-ip.bind=127.0.0.1" in store
    # Its health check would listen on every address.
    assert not any("--with-healthcheck" in command for command in commands)


def test_the_worker_is_stopped_with_everything_it_started(units: Units) -> None:
    assert values(units, "fangzhi-worker.service", "KillMode") == ["control-group"]
    assert int(values(units, "fangzhi-worker.service", "TimeoutStopSec")[0]) > 30


def test_units_name_units_that_are_there(units: Units) -> None:
    mentioned = {
        name
        for lines in units.values()
        for _, key, value in lines
        if key in ("Wants", "Requires", "After", "Before", "PartOf", "WantedBy")
        for name in value.split()
        if name.startswith("fangzhi")
    }

    assert mentioned <= set(units)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units(deploy: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in (deploy / "systemd").iterdir():
        # systemd looks whether the programs are there; here they are not.
        text = re.sub(r"/srv/fangzhi/\.venv/bin/\w+|/usr/local/bin/weed", str(program), unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text)

    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.glob("fangzhi*")))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    ours = [line for line in result.stderr.splitlines() if "fangzhi" in line]
    assert ours == []
