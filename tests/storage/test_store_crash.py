"""What a crash leaves behind: everything acknowledged, nothing half written, on a directory and on a real S3 server."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.errors import StoreUnavailableError
from storage.objects import LocalStore, ObjectStore, open_store

WORKERS = 4
ENOUGH = 60

ENDLESS_WRITER = """
import sys
from storage.objects import open_store
store = open_store(sys.argv[1])
for number in range(10**9):
    key = f"k/{number}"
    store.put(key, key.encode() * 5_000)
    print(key, flush=True)
"""


def content_of(key: str) -> bytes:
    return key.encode() * 5_000


def assert_whole(store: ObjectStore, acknowledged: set[str]) -> None:
    listed = set(store.list("k/"))
    assert acknowledged <= listed
    assert all(store.get(key) == content_of(key) for key in listed)


def test_a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    writer = subprocess.Popen([sys.executable, "-c", ENDLESS_WRITER, str(archive)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout

    acknowledged = {writer.stdout.readline().strip() for _ in range(ENOUGH)}
    writer.send_signal(signal.SIGKILL)
    acknowledged |= {line.strip() for line in writer.stdout if line.endswith("\n")}
    writer.wait()
    writer.stdout.close()

    assert_whole(LocalStore(archive), acknowledged)


def test_what_a_killed_writer_leaves_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    (tmp_path / "k/~0123456789abcdef").write_bytes(b"half of some")

    assert list(LocalStore(tmp_path).list("")) == []


def test_a_killed_server_loses_nothing_acknowledged_and_the_store_goes_on_after_its_restart(
    s3_archive: str,
    s3_server,  # type: ignore[no-untyped-def]
) -> None:
    store = open_store(s3_archive)
    acknowledged: set[str] = set()

    def write_until_refused(worker: int) -> str:
        for number in range(10**9):
            key = f"k/{worker}-{number}"
            try:
                store.put(key, content_of(key))
            except StoreUnavailableError as error:
                return str(error)
            acknowledged.add(key)
            if len(acknowledged) == ENOUGH:
                s3_server.kill()
        raise AssertionError

    try:
        with ThreadPoolExecutor(WORKERS) as threads:
            refusals = list(threads.map(write_until_refused, range(WORKERS)))
    finally:
        s3_server.start()

    assert all("does not answer" in refusal and s3_server.endpoint in refusal for refusal in refusals)
    assert len(acknowledged) >= ENOUGH
    assert_whole(store, acknowledged)
    store.put("k/after", content_of("k/after"))
    assert_whole(store, acknowledged | {"k/after"})


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_put_leaves_the_old_object_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    store = LocalStore(tmp_path)
    store.put("k/1", b"old")

    def interrupt(_: int) -> None:
        raise interruption

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(interruption):
        store.put("k/1", b"new")

    assert store.get("k/1") == b"old"
    assert [path.name for path in (tmp_path / "k").iterdir()] == ["1"]
