"""What the tests of the deploy kit share: its files, parsed."""

import itertools
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from one_machine import Installation, postgresql
from replica.demo import demo_site, demo_sites
from replica.server import Replica, serve
from replica.slow import SlowSite, slow_sites

from storage.objects import open_store

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def deploy() -> Path:
    """The folder of the kit."""
    return DEPLOY


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """compose.yaml as parsed; variables not yet filled in."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="session")
def manifests() -> list[dict[str, Any]]:
    """Every Kubernetes object of the kit, in the order kustomization.yaml names their files."""
    folder = DEPLOY / "kubernetes"
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    files = kustomization["resources"]
    assert sorted(files) == sorted(path.name for path in folder.glob("*.yaml") if path.name != "kustomization.yaml")
    return [found for name in files for found in yaml.safe_load_all((folder / name).read_text("utf-8"))]


@pytest.fixture(scope="session")
def env_example() -> dict[str, str]:
    """env.example as names and values."""
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    pairs = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*=\S*", pair) for pair in pairs)
    return dict(pair.split("=", 1) for pair in pairs)


@pytest.fixture(scope="session")
def units() -> dict[str, list[tuple[str, str, str]]]:
    """Each systemd unit as (section, key, value), in order."""
    parsed: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted((DEPLOY / "systemd").iterdir()):
        section = ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith("#"):
                key, _, value = line.partition("=")
                parsed.setdefault(path.name, []).append((section, key, value))
    return parsed


@pytest.fixture(scope="session")
def settings_given(
    compose: dict[str, Any],
    manifests: list[dict[str, Any]],
    env_example: dict[str, str],
    units: dict[str, list[tuple[str, str, str]]],
) -> dict[str, set[str]]:
    """Every environment variable that any part of the kit sets, and the values it is given."""
    given: dict[str, set[str]] = {}
    pairs = list(env_example.items())
    pairs += [pair for service in compose["services"].values() for pair in service.get("environment", {}).items()]
    for found in manifests:
        pairs += found.get("data", {}).items()
        pod = found.get("spec", {}).get("template", {}).get("spec", {})
        pairs += [(each["name"], "") for container in pod.get("containers", []) for each in container.get("env", [])]
    for lines in units.values():
        pairs += [
            (part.split("=", 1)[0], part.split("=", 1)[1])
            for _, key, value in lines
            if key == "Environment"
            for part in value.split()
        ]
    pairs += re.findall(r"\b((?:PREFECT|FANGZHI)_[A-Z_]+)=([^\s\\]+)", (DEPLOY / "Dockerfile").read_text("utf-8"))
    for name, value in pairs:
        given.setdefault(name, set()).add(str(value))
    return given


# ── one machine, running ─────────────────────────────────────────────────────────────────────────────────

_copies = itertools.count()


@pytest.fixture(scope="session")
def replica() -> Iterator[Replica]:
    """The demo's site on loopback."""
    with serve(demo_site()) as replica:
        yield replica


@pytest.fixture(scope="session")
def slow_replica() -> Iterator[Replica]:
    """The same, with a wait before each page."""
    with serve(SlowSite(1.0)) as replica:
        yield replica


@pytest.fixture(scope="session")
def installation(
    s3_server: Any, replica: Replica, slow_replica: Replica, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Database, server and bucket of one machine; the worker is started by the tests that need it."""
    if postgresql() is None:
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    files = tmp_path_factory.mktemp("one-machine-sites")
    slow_sites(slow_replica.base_url, files)
    demo_sites(replica.base_url, files)
    keys = sys.modules[type(s3_server).__module__]
    environment = {
        "FANGZHI_ARCHIVE": f"s3://{keys.BUCKET}/one-machine",
        "FANGZHI_S3_ENDPOINT": s3_server.endpoint,
        "FANGZHI_S3_ADDRESSING": "path",
        "FANGZHI_SITES": str(files),
        "AWS_ACCESS_KEY_ID": keys.ADMIN[0],
        "AWS_SECRET_ACCESS_KEY": keys.ADMIN[1],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    installation = Installation(tmp_path_factory.mktemp("one-machine"), environment)
    try:
        installation.start()
        yield installation
    finally:
        installation.close()


@pytest.fixture
def archive_url(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> str:
    """The installation's archive, for this process to look into."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in installation.worker_environment.items():
        if name.startswith(("AWS_", "FANGZHI_")):
            monkeypatch.setenv(name, value)
    return installation.worker_environment["FANGZHI_ARCHIVE"]


@pytest.fixture
def copy_of_archive(archive_url: str, tmp_path: Path) -> Callable[[], Path]:
    """Copy the bucket into a directory, as the store's own tools would."""

    def copy() -> Path:
        store, directory = open_store(archive_url), tmp_path / f"copy{next(_copies)}"
        for key in store.list(""):
            (directory / key).parent.mkdir(parents=True, exist_ok=True)
            (directory / key).write_bytes(store.get(key))
        return directory

    return copy
