"""files: threads share the flush of a directory, and none returns before one that began after its own rename."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import files
from storage.files import Files

OTHERS = 8


class Disk:
    """Stands in for the flush of a directory: says which files each flush found there, and holds the first one up."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.go_on, self.failing = directory, threading.Event(), False
        self.found: list[set[str]] = []

    def flush(self, directory: Path) -> None:
        assert directory == self.directory
        self.found.append({path.name for path in directory.iterdir() if not path.name.startswith("~")})
        if len(self.found) == 1:
            assert self.go_on.wait(20)
        if self.failing:
            self.failing = False
            raise OSError(5, "Input/output error")


class Moments:
    """Counts up, and how often it was asked."""

    def __init__(self) -> None:
        self.taken, self._lock = 0, threading.Lock()

    def __next__(self) -> int:
        with self._lock:
            self.taken += 1
            return self.taken


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(tmp_path)
    monkeypatch.setattr(files, "sync_directory", disk.flush)
    return disk


def put_while_the_first_flush_is_held_up(disk: Disk) -> list[BaseException | None]:
    """Put a file, and others once its flush has begun; returns what each put raised."""
    several = Files()
    several._moments = Moments()  # type: ignore[assignment]
    with ThreadPoolExecutor(OTHERS + 1) as threads:
        puts = [threads.submit(several.put, disk.directory / "first", b"1")]
        while not disk.found:
            time.sleep(0.01)
        puts += [threads.submit(several.put, disk.directory / f"{number}", b"2") for number in range(OTHERS)]
        while several._moments.taken < 2 + OTHERS:  # type: ignore[attr-defined]  # each has its name, and waits
            time.sleep(0.01)
        assert not any(put.done() for put in puts)
        disk.go_on.set()
        return [put.exception(20) for put in puts]


def test_files_renamed_during_a_flush_wait_for_the_next_and_share_it(disk: Disk) -> None:
    raised = put_while_the_first_flush_is_held_up(disk)

    assert raised == [None] * (OTHERS + 1)
    assert len(disk.found) == 2
    assert disk.found[1] == {"first", *map(str, range(OTHERS))}


def test_a_flush_that_fails_is_the_failure_of_one_and_the_others_flush_for_themselves(disk: Disk) -> None:
    disk.failing = True

    raised = put_while_the_first_flush_is_held_up(disk)

    assert [type(error) for error in raised] == [OSError] + [type(None)] * OTHERS
    assert len(disk.found) == 2


def test_files_in_different_directories_are_flushed_each_in_its_own(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    flushed: list[Path] = []
    monkeypatch.setattr(files, "sync_directory", flushed.append)
    several = Files()

    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        several.put(tmp_path / name / "x", b"1")

    assert flushed == [tmp_path / "a", tmp_path / "b"]
