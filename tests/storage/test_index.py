"""The CDXJ index: one line per capture, derived, the same whoever builds it and in whatever order."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from storage.captures import History, make_capture, write_capture
from storage.errors import RecordError
from storage.index import build_index, read_index, surt
from storage.keys import index_key
from storage.objects import LocalStore
from storage.records import payload_digest

AT = datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


@pytest.fixture
def keys(store: LocalStore) -> list[str]:
    """Five captures of two months: a page, a revisit of it, another page, the first one gone, an image."""
    history = History("kaifeng")
    keys = []
    for days, uri, status, kind, payload in (
        (0, "http://www.kaifeng.gov.cn/1", "200 OK", "text/html; charset=gb2312", b"page"),
        (1, "http://www.kaifeng.gov.cn/1", "200 OK", "text/html", b"page"),
        (2, "http://www.kaifeng.gov.cn/2?b=1&a=2", "200 OK", "TEXT/HTML", b"other"),
        (40, "http://www.kaifeng.gov.cn/1", "404 Not Found", "text/html", b"none"),
        (41, "http://www.kaifeng.gov.cn/公.png", "200 OK", "", b"\x89PNG"),
    ):
        headers = (("Content-Type", kind),) if kind else ()
        at = AT + timedelta(days=days)
        capture = make_capture("kaifeng", uri, at, f"HTTP/1.1 {status}", headers, payload, "article", history)
        keys.append(write_capture(store, capture))
        history.add(keys[-1])
    return keys


def test_each_capture_has_a_line_in_the_file_of_its_month(store: LocalStore, keys: list[str]) -> None:
    indexed = build_index(store, "kaifeng")

    assert (indexed.lines, indexed.new, indexed.failures) == (5, 5, ())
    march = store.get(index_key("kaifeng", 2025, 3)).decode().splitlines()
    assert [line.split(" ", 2)[:2] for line in march] == [
        ["cn,gov,kaifeng)/1", "20250308010203"],
        ["cn,gov,kaifeng)/1", "20250309010203"],
        ["cn,gov,kaifeng)/2?a=2&b=1", "20250310010203"],
    ]
    assert json.loads(march[0].split(" ", 2)[2]) == {
        "url": "http://www.kaifeng.gov.cn/1",
        "mime": "text/html",
        "status": "200",
        "digest": payload_digest(b"page"),
        "length": str(len(store.get(keys[0]))),
        "offset": "0",
        "filename": keys[0],
        "kind": "response",
        "role": "article",
    }
    assert [(line.mime, line.status, line.kind) for line in read_index(store, "kaifeng")] == [
        ("text/html", "200", "response"),
        ("warc/revisit", "200", "revisit"),
        ("text/html", "200", "response"),
        ("text/html", "404", "gone"),
        ("unk", "200", "response"),
    ]


def test_an_index_is_the_same_built_at_once_bit_by_bit_or_afresh(
    store: LocalStore, keys: list[str], tmp_path: Path
) -> None:
    late = [(key, store.get(key)) for key in keys[1:4]]
    for key, _ in late:
        store.delete(key)
    build_index(store, "kaifeng")
    for key, data in late:
        store.put(key, data)

    indexed = build_index(store, "kaifeng")
    grown = {key: store.get(key) for key in store.list("index/")}
    build_index(store, "kaifeng", afresh=True)

    assert (indexed.lines, indexed.new) == (5, 3)
    assert {key: store.get(key) for key in store.list("index/")} == grown


def test_only_the_months_of_a_window_are_read(store: LocalStore, keys: list[str]) -> None:
    indexed = build_index(store, "kaifeng", date(2025, 4, 17), date(2025, 4, 17))

    assert indexed.lines == 2
    assert list(store.list("index/")) == [index_key("kaifeng", 2025, 4)]


def test_a_damaged_capture_is_told_and_the_others_are_indexed(store: LocalStore, keys: list[str]) -> None:
    store.put(keys[2], b"")

    indexed = build_index(store, "kaifeng")

    assert indexed.lines == 4
    assert [failure.uri for failure in indexed.failures] == [keys[2]]


def test_a_damaged_index_is_refused_and_built_anew(store: LocalStore, keys: list[str]) -> None:
    build_index(store, "kaifeng")
    place = index_key("kaifeng", 2025, 3)
    good = store.get(place)
    store.put(place, good[: len(good) - 40])

    with pytest.raises(RecordError, match=f"{place}, line 3: expected a CDXJ line"):
        list(read_index(store, "kaifeng"))
    build_index(store, "kaifeng")
    assert store.get(place) == good


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://www2.x.gov.cn:80/A/b.HTML#top", "cn,gov,x)/a/b.html"),
        ("https://x.gov.cn:443", "cn,gov,x)/"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080)/a"),
        ("http://[::1]/a", "::1)/a"),
        ("http://x.cn:bad/a", "http://x.cn:bad/a"),
        ("http://[x/a b", "http://[x/a%20b"),
        ("urn:x", "urn:x"),
    ],
)
def test_sort_keys_hold_no_space_and_take_every_address(uri: str, expected: str) -> None:
    assert surt(uri) == expected
