"""Fixtures for every test: a clean AWS environment, and a real S3 store started when the first test asks for it."""

import importlib.util
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# The first example loads the models, which takes longer than a deadline on a busy machine: speed is for the benchmarks.
settings.register_profile("fangzhi", deadline=None)
settings.load_profile("fangzhi")

_count = itertools.count()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Collect only test files below tests/: doctests are looked for in every module, and some here are programs."""
    named = collection_path.name.startswith("test_") or collection_path.name == "conftest.py"
    return True if collection_path.suffix == ".py" and not named else None


def _load(name: str) -> ModuleType:
    """Load a module that lies beside this file: tests have no packages."""
    spec = importlib.util.spec_from_file_location(f"fangzhi_tests_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Start SeaweedFS, one for each worker of pytest-xdist."""
    server = _load("s3_server").S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.close()


@pytest.fixture
def s3_archive(s3_server, monkeypatch: pytest.MonkeyPatch) -> str:  # type: ignore[no-untyped-def]
    """Set the environment for the S3 store and return the address of an empty archive in it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    module = sys.modules[type(s3_server).__module__]
    for name, value in {
        "AWS_ENDPOINT_URL_S3": s3_server.endpoint,
        "AWS_ACCESS_KEY_ID": module.ADMIN[0],
        "AWS_SECRET_ACCESS_KEY": module.ADMIN[1],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CA_BUNDLE": str(s3_server.certificate),
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    return f"s3://{module.BUCKET}/t{next(_count)}"
