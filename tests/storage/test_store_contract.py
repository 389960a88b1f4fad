"""What every object store does, whichever it is: one suite over a directory and over S3, with and without TLS."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.errors import InputError, ObjectNotFoundError
from storage.objects import ObjectStore, open_store

KEY = "captures/kaifeng/2025/03/08/x.warc.gz"
MANY = 1_003
WRITERS = 8
ROUNDS = 6
BYTES = 70_000

# Forked from one process that has boto3 loaded: eight imports would cost more than the test.
WRITERS_PROGRAM = f"""
import multiprocessing, sys
import storage.s3
from storage.objects import open_store

def write(number):
    store = open_store(sys.argv[1])
    for value in range(number * {ROUNDS}, (number + 1) * {ROUNDS}):
        store.put("contested", bytes([value]) * {BYTES})

processes = [multiprocessing.get_context("fork").Process(target=write, args=(number,)) for number in range({WRITERS})]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(any(process.exitcode for process in processes))
"""


@pytest.fixture(params=["directory", "s3-http", "s3-tls"])
def archive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty archive, reachable from other processes too."""
    if request.param == "directory":
        return str(tmp_path / "archive")
    address = str(request.getfixturevalue("s3_archive"))
    if request.param == "s3-tls":
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", request.getfixturevalue("s3_server").tls_endpoint)
    return address


@pytest.fixture
def store(archive: str) -> ObjectStore:
    return open_store(archive)


@pytest.mark.parametrize("size", [0, 1, 4_096, 65_537, 9_000_000])
def test_get_returns_the_bytes_that_were_put(store: ObjectStore, size: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]

    store.put(KEY, data)

    assert store.get(KEY) == data


def test_put_replaces_an_object_by_a_longer_and_by_a_shorter_one(store: ObjectStore) -> None:
    for data in (b"first", b"second and longer", b"", b"3"):
        store.put(KEY, data)

        assert store.get(KEY) == data


def test_get_of_a_missing_object_names_its_key(store: ObjectStore) -> None:
    store.put(KEY, b"other")

    with pytest.raises(ObjectNotFoundError, match="captures/kaifeng/none"):
        store.get("captures/kaifeng/none")


def test_a_prefix_of_keys_is_not_an_object(store: ObjectStore) -> None:
    store.put(KEY, b"x")

    with pytest.raises(ObjectNotFoundError):
        store.get("captures/kaifeng")
    store.delete("captures/kaifeng")

    assert store.get(KEY) == b"x"


def test_delete_removes_one_object_and_is_content_when_there_is_none(store: ObjectStore) -> None:
    store.put(KEY, b"x")
    store.put(f"{KEY}.copy", b"y")

    store.delete(KEY)
    store.delete(KEY)
    store.delete("never/was")

    assert list(store.list("captures/")) == [f"{KEY}.copy"]


def test_list_yields_the_keys_with_the_prefix_and_no_others(store: ObjectStore) -> None:
    keys = {"a/b/1", "a/b/2", "a/bc/1", "a/b-c/1", "a/b.x", "b/1", "ab/1"}
    for key in keys:
        store.put(key, b"")

    listed = {prefix: sorted(store.list(prefix)) for prefix in ("", "a/b/", "a/b", "a/", "a", "c/", "a/b/1")}

    assert listed == {
        "": sorted(keys),
        "a/b/": ["a/b/1", "a/b/2"],
        "a/b": sorted(["a/b/1", "a/b/2", "a/bc/1", "a/b-c/1", "a/b.x"]),
        "a/": sorted(keys - {"b/1", "ab/1"}),
        "a": sorted(keys - {"b/1"}),
        "c/": [],
        "a/b/1": ["a/b/1"],
    }


def test_an_empty_store_lists_nothing(store: ObjectStore) -> None:
    assert list(store.list("")) == []


def test_list_goes_on_past_a_thousand_keys(store: ObjectStore) -> None:
    keys = {f"many/{number % 7}/{number:05}" for number in range(MANY)}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: store.put(key, b"x"), keys))

    listed = list(store.list("many/"))

    assert len(listed) == MANY
    assert set(listed) == keys


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "a/../b",
        "./a",
        "a b",
        "A",
        "方志",
        "a\\b",
        "a\n",
        "a/" + "x" * 255,
        "~tmp",
        "a?b",
        "a%20b",
    ],
)
def test_keys_that_stores_take_differently_are_refused_by_all(store: ObjectStore, key: str) -> None:
    for attempt in (lambda: store.put(key, b""), lambda: store.get(key), lambda: store.delete(key)):
        with pytest.raises(InputError, match="expected segments"):
            attempt()


def test_a_segment_of_254_bytes_is_taken(store: ObjectStore) -> None:
    key = f"a/{'x' * 254}"

    store.put(key, b"x")

    assert list(store.list("a/")) == [key]


def test_readers_never_see_a_mixture_while_eight_processes_write_one_key(archive: str, store: ObjectStore) -> None:
    store.put("contested", b"\xff" * BYTES)
    writers = subprocess.Popen([sys.executable, "-c", WRITERS_PROGRAM, archive])

    def readings() -> Iterator[bytes]:
        while writers.poll() is None:
            yield store.get("contested")
        yield store.get("contested")

    seen = set()
    for data in readings():
        assert len(data) == BYTES
        assert data == data[:1] * BYTES
        seen.add(data[0])

    assert writers.returncode == 0
    assert seen - {0xFF}, "the writers were never seen"
    assert list(store.list("")) == ["contested"]
