"""The byte channel of test_desync*.py as a fixture."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def channel() -> ModuleType:
    path = Path(__file__).with_name("desync_channel.py")
    spec = importlib.util.spec_from_file_location("desync_channel", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
