"""The history of a site: what its keys say, and in how little memory."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage.history as history_module
from storage.history import History, load_history
from storage.keys import CaptureKey, capture_key, captures_prefix, parse_capture_key
from storage.objects import ObjectStore

AT = datetime(2025, 3, 8, tzinfo=UTC)
URIS = ["http://a/1", "http://a/2", "http://a/3"]
DIGESTS = ["sha256:" + digit * 64 for digit in "abc"]


class Listing:
    """A store that has only a listing."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys

    def list(self, prefix: str) -> Iterator[str]:
        return (key for key in self.keys if key.startswith(prefix))

    def get(self, key: str) -> bytes:
        raise AssertionError(key)

    put = delete = get


sightings = st.lists(
    st.tuples(st.sampled_from(URIS), st.integers(-(10**9), 10**9), st.sampled_from(DIGESTS)), max_size=30, unique=True
)


def keys_of(seen: list[tuple[str, int, str]]) -> list[str]:
    return [capture_key("a", AT + timedelta(seconds=at), uri, digest) for uri, at, digest in seen]


@given(sightings, st.integers(0, 30))
def test_loaded_and_added_captures_give_one_history(seen: list[tuple[str, int, str]], split: int) -> None:
    keys = keys_of(seen)
    store: ObjectStore = Listing(keys[:split])  # type: ignore[assignment]
    history = load_history(store, "a")
    for key in keys[split:]:
        history.add(key)
        history.add(key)

    assert len(history) == len(keys)
    assert all(key in history for key in keys)
    for uri in URIS:
        expected = sorted(key for key, (seen_uri, _, _) in zip(keys, seen, strict=True) if seen_uri == uri)
        assert [found.key for found in history.captures_of(uri)] == expected
        assert history.holds(uri) == bool(expected)


@given(sightings)
def test_the_last_original_is_where_the_last_run_of_equal_payloads_begins(seen: list[tuple[str, int, str]]) -> None:
    history = History("a")
    for key in keys_of(seen):
        history.add(key)

    for uri in URIS:
        run: list[CaptureKey] = []
        for key in history.captures_of(uri):
            run = [*run, key] if run and run[0].digest == key.digest else [key]
        assert history.last_original(uri) == (run[0] if run else None)


def test_an_unknown_uri_is_not_held() -> None:
    history = History("a")

    assert not history.holds("http://a/1")
    assert history.captures_of("http://a/1") == []
    assert history.last_original("http://a/1") is None


def test_a_capture_of_another_site_is_not_in_the_history() -> None:
    history = History("a")
    key = capture_key("a", AT, URIS[0], DIGESTS[0])
    history.add(key)

    assert key in history
    assert capture_key("b", AT, URIS[0], DIGESTS[0]) not in history


def test_a_capture_takes_thirty_two_bytes_once_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "_BATCH", 1_000)
    count = 20_000
    prefix = captures_prefix("a", 2025, 3, 8)
    listed = Listing([])
    listed.list = lambda _: (  # type: ignore[method-assign]
        f"{prefix}20250308{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}-{number:016x}-{number:032x}.warc.gz"
        for number in range(count)
    )
    tracemalloc.start()
    try:
        history = load_history(listed, "a")  # type: ignore[arg-type]
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(history) == count
    assert kept < 33 * count
    assert peak < 120 * count


def test_times_before_1970_keep_their_order() -> None:
    history = History("a")
    for year in (1999, 1969, 2025, 1900):
        history.add(capture_key("a", datetime(year, 1, 1, tzinfo=UTC), URIS[0], DIGESTS[0]))

    assert [key.captured_at.year for key in history.captures_of(URIS[0])] == [1900, 1969, 1999, 2025]
    assert all(parse_capture_key(key.key) == key for key in history.captures_of(URIS[0]))
