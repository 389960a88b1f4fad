"""Packs: a day's captures as WARC files that other tools read, made again to the byte."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage import pack
from storage.captures import History, make_capture, write_capture
from storage.errors import RecordError
from storage.objects import LocalStore
from storage.pack import pack_days
from storage.warc import decode_capture

AT = datetime(2025, 3, 8, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Captures every 20 minutes over midnight: three on one UTC day, three on the next."""
    store, history = LocalStore(tmp_path), History("kaifeng")
    for number in range(6):
        uri, at = f"http://www.kaifeng.gov.cn/{number % 4}", AT + timedelta(minutes=20 * number)
        capture = make_capture("kaifeng", uri, at, "HTTP/1.1 200 OK", (), b"page %d" % (number % 4), "article", history)
        history.add(write_capture(store, capture))
    return store


def test_each_day_becomes_a_warc_file_that_warcio_accepts(store: LocalStore) -> None:
    packed = pack_days(store, "kaifeng")

    assert packed.parts == (
        "packs/kaifeng/2025/03/20250308-000.warc.gz",
        "packs/kaifeng/2025/03/20250309-000.warc.gz",
    )
    assert (packed.captures, packed.failures) == (6, ())
    for key in packed.parts:
        command = [str(Path(sys.executable).with_name("warcio")), "check", str(store.root / key)]
        assert subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_the_index_of_a_pack_leads_to_each_record(store: LocalStore) -> None:
    captures = {key.rsplit("/", 1)[1].split("-")[0]: key for key in store.list("captures/")}

    for key in pack_days(store, "kaifeng").parts:
        data = store.get(key)
        lines = [line.split(" ", 2) for line in store.get(key.replace(".warc.gz", ".cdxj")).decode().splitlines()]
        assert len(lines) == 3
        for _, timestamp, values in lines:
            found = json.loads(values)
            start = int(found["offset"])
            capture = decode_capture(data[start : start + int(found["length"])], captures[timestamp])
            assert (capture.uri, found["filename"]) == (found["url"], key.rsplit("/", 1)[1])


def test_packing_again_gives_the_same_bytes_and_leaves_the_captures(store: LocalStore) -> None:
    captures = {key: store.get(key) for key in store.list("captures/")}
    pack_days(store, "kaifeng")
    packs = {key: store.get(key) for key in store.list("packs/")}

    pack_days(store, "kaifeng")

    assert {key: store.get(key) for key in store.list("packs/")} == packs
    assert {key: store.get(key) for key in store.list("captures/")} == captures


def test_only_the_days_asked_for_are_packed(store: LocalStore) -> None:
    assert pack_days(store, "kaifeng", date(2025, 3, 9), date(2025, 3, 9)).captures == 3


def test_a_large_day_has_several_parts(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MAX_PART_BYTES", 1_000)

    packed = pack_days(store, "kaifeng", until=date(2025, 3, 8))

    assert len(packed.parts) == 2
    joined = b"".join(store.get(key) for key in packed.parts)
    assert joined == b"".join(store.get(key) for key in store.list("captures/kaifeng/2025/03/08/"))


def test_a_damaged_capture_is_told_and_left_out(store: LocalStore) -> None:
    damaged = next(iter(store.list("captures/")))
    store.put(damaged, store.get(damaged)[:-1])

    packed = pack_days(store, "kaifeng")

    assert packed.captures == 5
    assert [failure.uri for failure in packed.failures] == [damaged]


def test_a_pack_that_reads_back_otherwise_does_not_count(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put = store.put
    monkeypatch.setattr(store, "put", lambda key, data: put(key, data[:-1] if key.endswith(".gz") else data))

    with pytest.raises(RecordError, match=r"expected the .* bytes that were written"):
        pack_days(store, "kaifeng")
    assert [key for key in store.list("packs/") if key.endswith(".cdxj")] == []
