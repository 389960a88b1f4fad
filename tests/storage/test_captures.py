"""Captures: what comes back is what was received, each record stands alone, and damage is never taken for a capture."""

import gzip
import hashlib
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.captures import (
    History,
    iter_capture_keys,
    load_history,
    make_capture,
    read_capture,
    resolve_payload,
    write_capture,
)
from storage.errors import DigestError, ObjectNotFoundError, RecordError
from storage.keys import capture_key
from storage.objects import LocalStore
from storage.records import Capture
from storage.warc import decode_capture, encode_capture, tidy_headers

URI = "http://www.kaifeng.gov.cn/art/2025/3/8/art_1.html"
AT = datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC)
HEADERS = (("server", "nginx"), ("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
PAGE = "<html>关于做好工作的通知</html>".encode("gb18030")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "archive")


class Crawl:
    """Captures one URI again and again, a minute apart, as a crawler would."""

    def __init__(self, store: LocalStore, site: str = "kaifeng") -> None:
        self.store, self.site, self.at = store, site, AT
        self.history = load_history(store, site)

    def capture(self, payload: bytes, status: str = "200 OK", uri: str = URI) -> Capture:
        capture = make_capture(self.site, uri, self.at, f"HTTP/1.1 {status}", HEADERS, payload, "article", self.history)
        self.key = write_capture(self.store, capture)
        self.history.add(self.key)
        self.at += timedelta(minutes=1)
        return capture


# ── round trip ───────────────────────────────────────────────────────────────────────────────────────────

latin1 = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=30).map(
    lambda s: s.strip(" \t")
)
header = st.tuples(latin1.filter(lambda name: ":" not in name and name), latin1)
captures = st.builds(
    make_capture,
    site=st.sampled_from(["kaifeng", "a-1"]),
    uri=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=60).map(str.strip).filter(bool),
    captured_at=st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 — hypothesis adds the zone itself
        max_value=datetime(9000, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
    ),
    status_line=st.sampled_from(["HTTP/1.1 200 OK", "HTTP/1.0 404 Not Found", "HTTP/1.1 200", "HTTP/1.1 500 \xe9\xff"]),
    headers=st.lists(header, max_size=6).map(tuple),
    payload=st.binary(max_size=300) | st.sampled_from([b"", b"\r\n\r\n", b"WARC/1.1\r\n", zlib.compress(b"x")]),
    role=st.sampled_from(["article", "listing", "robots", "attachment"]),
    history=st.just(History("kaifeng")),
)


@given(captures)
def test_every_capture_comes_back_as_it_was(capture: Capture) -> None:
    record = encode_capture(capture)

    assert decode_capture(record, key_of(capture)) == capture


@given(captures)
def test_the_same_capture_gives_the_same_bytes(capture: Capture) -> None:
    assert encode_capture(capture) == encode_capture(replace(capture))


def key_of(capture: Capture) -> str:
    return capture_key(capture.site, capture.captured_at, capture.uri, capture.digest)


def test_the_payload_keeps_its_content_encoding(store: LocalStore) -> None:
    packed = gzip.compress(PAGE, mtime=0)
    capture = make_capture(
        "kaifeng", URI, AT, "HTTP/1.1 200 OK", (("Content-Encoding", "gzip"),), packed, "article", History("kaifeng")
    )

    assert read_capture(store, write_capture(store, capture)).payload == packed


def test_header_lines_keep_their_order_their_case_and_bytes_outside_ascii(store: LocalStore) -> None:
    headers = (("X-b", "\xb7\xbd\xd6\xbe"), ("x-A", ""), ("X-b", "2"))
    capture = make_capture("kaifeng", URI, AT, "HTTP/1.1 200 OK", headers, b"", "article", History("kaifeng"))

    key = write_capture(store, capture)

    assert read_capture(store, key).headers == headers
    assert b"X-b: \xb7\xbd\xd6\xbe\r\nx-A: \r\nX-b: 2\r\n" in gzip.decompress(store.get(key))


def test_headers_with_line_breaks_or_outside_latin_1_are_tidied() -> None:
    assert tidy_headers((("A", "one\r\n two"), ("B", "方"))) == (("A", "one two"), ("B", "\xe6\x96\xb9"))


def test_a_capture_is_dated_to_the_second_in_utc() -> None:
    at = datetime(2025, 3, 8, 7, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=8)))

    capture = make_capture("kaifeng", URI, at, "HTTP/1.1 200 OK", (), b"", "article", History("kaifeng"))

    assert capture.captured_at == datetime(2025, 3, 7, 23, 59, 59, tzinfo=UTC)
    assert key_of(capture).startswith("captures/kaifeng/2025/03/07/20250307235959-")


def test_two_payloads_of_one_uri_in_one_second_are_two_captures(store: LocalStore) -> None:
    for payload in (b"challenge", b"page"):
        write_capture(
            store, make_capture("kaifeng", URI, AT, "HTTP/1.1 200 OK", (), payload, "article", History("kaifeng"))
        )

    assert {read_capture(store, key).payload for key in iter_capture_keys(store, "kaifeng")} == {b"challenge", b"page"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"uri": "http://x/\r\nWARC-Type: request"}, "without control characters"),
        ({"uri": ""}, "without control characters"),
        ({"uri": "http://x/\ud800"}, "UTF-8"),
        ({"captured_at": AT.replace(microsecond=1)}, "whole seconds"),
        ({"status": 404}, "status 404"),
        ({"status_line": "nonsense"}, "status line"),
        ({"headers": (("A", "b\r\nC: d"),)}, "tidy headers"),
        ({"headers": (("A:B", "c"),)}, "without a colon"),
        ({"payload": b"other"}, "digest is not that of the payload"),
        ({"digest": "sha1:abc"}, "sha256:"),
        ({"kind": "revisit"}, "refers to a time"),
        ({"refers_to_at": AT}, "refers to a time"),
        ({"kind": "revisit", "refers_to_at": AT}, "no payload"),
    ],
)
def test_a_capture_that_would_not_come_back_is_not_stored(change: dict[str, object], expected: str) -> None:
    capture = make_capture("kaifeng", URI, AT, "HTTP/1.1 200 OK", (), PAGE, "article", History("kaifeng"))

    with pytest.raises(RecordError, match=expected):
        encode_capture(replace(capture, **change))  # type: ignore[arg-type]


# ── response, revisit, gone ──────────────────────────────────────────────────────────────────────────────


def test_the_same_payload_again_is_a_revisit_that_leads_to_it(store: LocalStore) -> None:
    crawl = Crawl(store)
    first, again, third = crawl.capture(PAGE), crawl.capture(PAGE), crawl.capture(PAGE)

    assert [first.kind, again.kind, third.kind] == ["response", "revisit", "revisit"]
    assert third.payload == b""
    assert third.refers_to_at == first.captured_at
    assert resolve_payload(store, read_capture(store, crawl.key)) == PAGE


def test_a_changed_page_is_an_original_and_so_is_its_return(store: LocalStore) -> None:
    crawl = Crawl(store)

    kinds = [crawl.capture(payload).kind for payload in (b"a", b"b", b"b", b"a", b"a")]

    assert kinds == ["response", "response", "revisit", "response", "revisit"]


def test_a_page_that_was_there_and_answers_404_is_gone_and_its_answer_kept(store: LocalStore) -> None:
    crawl = Crawl(store)

    captures = [crawl.capture(PAGE), crawl.capture(b"none", "404 Not Found"), crawl.capture(b"none", "410 Gone")]

    assert [capture.kind for capture in captures] == ["response", "gone", "revisit"]
    assert captures[1].payload == b"none"


def test_a_page_that_never_was_there_is_not_gone(store: LocalStore) -> None:
    assert Crawl(store).capture(b"none", "404 Not Found").kind == "response"


def test_the_same_payload_under_another_uri_is_no_revisit(store: LocalStore) -> None:
    crawl = Crawl(store)
    crawl.capture(PAGE)

    assert crawl.capture(PAGE, uri=f"{URI}?print=1").kind == "response"


def test_a_capture_made_twice_is_never_turned_into_a_revisit_of_itself(store: LocalStore) -> None:
    crawl = Crawl(store)
    first = crawl.capture(PAGE)

    crawl.at = AT
    again = crawl.capture(PAGE)

    assert again == first
    assert resolve_payload(store, read_capture(store, crawl.key)) == PAGE


def test_an_older_capture_that_comes_later_does_not_disturb_the_newer_ones(store: LocalStore) -> None:
    crawl = Crawl(store)
    crawl.capture(PAGE)
    crawl.at = AT - timedelta(days=365)
    older = crawl.capture(PAGE)
    crawl.at = AT + timedelta(days=365)
    newest = crawl.capture(PAGE)

    assert older.kind == "response"
    assert newest.refers_to_at == older.captured_at
    assert resolve_payload(store, newest) == PAGE


def test_a_revisit_of_a_revisit_leads_to_the_payload(store: LocalStore) -> None:
    crawl = Crawl(store)
    first, second = crawl.capture(PAGE), crawl.capture(PAGE)
    chained = replace(second, captured_at=second.captured_at + timedelta(days=1), refers_to_at=second.captured_at)
    assert first.kind == "response"

    assert resolve_payload(store, chained) == PAGE


def test_a_revisit_whose_original_is_missing_says_which_object_is(store: LocalStore) -> None:
    crawl = Crawl(store)
    crawl.capture(PAGE)
    original = crawl.key
    revisit = crawl.capture(PAGE)
    store.delete(original)

    with pytest.raises(RecordError, match=original):
        resolve_payload(store, revisit)


def test_a_revisit_that_refers_to_itself_is_refused_and_not_followed_for_ever(store: LocalStore) -> None:
    crawl = Crawl(store)
    crawl.capture(PAGE)
    revisit = crawl.capture(PAGE)

    with pytest.raises(RecordError, match="earlier capture"):
        resolve_payload(store, replace(revisit, refers_to_at=revisit.captured_at))


def test_an_answer_of_not_modified_is_stored_as_a_revisit_of_its_own_profile(store: LocalStore) -> None:
    crawl = Crawl(store)
    first = crawl.capture(PAGE)
    answer = make_capture("kaifeng", URI, crawl.at, "HTTP/1.1 304 Not Modified", (), b"", "article", crawl.history)
    revisit = replace(answer, kind="revisit", digest=first.digest, refers_to_at=first.captured_at)

    key = write_capture(store, revisit)

    assert b"revisit/server-not-modified" in gzip.decompress(store.get(key))
    assert resolve_payload(store, read_capture(store, key)) == PAGE


@pytest.mark.parametrize("status_line", ["", "nonsense", "HTTP/1.1", "HTTP/1.1 20 OK", "HTTP/1.1 abc"])
def test_a_status_line_without_a_status_is_refused(status_line: str) -> None:
    with pytest.raises(RecordError, match="status line"):
        make_capture("kaifeng", URI, AT, status_line, (), b"", "article", History("kaifeng"))


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def record() -> tuple[str, bytes]:
    payload = hashlib.sha512(PAGE).digest() * 20
    capture = make_capture("kaifeng", URI, AT, "HTTP/1.1 200 OK", HEADERS, payload, "article", History("kaifeng"))
    return key_of(capture), encode_capture(capture)


def test_an_empty_object_is_no_capture(record: tuple[str, bytes]) -> None:
    with pytest.raises(RecordError, match=r"found 0 bytes that end before"):
        decode_capture(b"", record[0])


def test_a_cut_object_is_no_capture_wherever_it_is_cut(record: tuple[str, bytes]) -> None:
    key, data = record
    for length in range(len(data)):
        with pytest.raises(RecordError, match=key):
            decode_capture(data[:length], key)


def test_a_flipped_bit_never_goes_unnoticed(record: tuple[str, bytes]) -> None:
    key, data = record
    whole = decode_capture(data, key)
    for position in range(0, len(data) * 8, 3):
        damaged = bytearray(data)
        damaged[position // 8] ^= 1 << position % 8
        try:
            found = decode_capture(bytes(damaged), key)
        except RecordError as error:
            assert key in str(error)
        else:
            assert found == whole, "only bits without content: the gzip header's time, padding"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (b"nginx", b"other", DigestError),
        (b"sha256:", b"sha255:", RecordError),
        (b"WARC/1.1", b"WARC/1.0", RecordError),
        (b"Fangzhi-Kind: response", b"Fangzhi-Kind: wondrous", RecordError),
        (b"Fangzhi-Role: article", b"Fangzhi-Role: nothing", RecordError),
        (b"art_1.html", b"art_2.html", RecordError),
        (b"Fangzhi-Site: kaifeng", b"Fangzhi-Site: xxxfeng", RecordError),
        (b"WARC-Date: 2025-03-08T01", b"WARC-Date: 2025-03-08T02", RecordError),
        (b"WARC-Date: 2025-03-08T01", b"WARC-Date: 2025-33-08T01", RecordError),
        (b"Content-Length: ", b"Content-Length: 1", RecordError),
        (b"Content-Length", b"Content-Lungth", RecordError),
        (b"WARC-Target-URI", b"WARC-Target-URL", RecordError),
    ],
)
def test_a_record_that_is_not_what_its_key_promises_is_refused(
    record: tuple[str, bytes], old: bytes, new: bytes, error: type[RecordError]
) -> None:
    key, data = record
    changed = gzip.decompress(data).replace(old, new, 1)

    with pytest.raises(error, match=key):
        decode_capture(gzip.compress(changed), key)


def test_a_payload_that_does_not_match_its_digest_is_told_with_both(store: LocalStore) -> None:
    capture = make_capture("kaifeng", URI, AT, "HTTP/1.1 200 OK", (), b"page one", "article", History("kaifeng"))
    key = write_capture(store, capture)
    plain = gzip.decompress(store.get(key))
    block = plain.split(b"\r\n\r\n", 1)[1][:-4]
    forged = block.replace(b"page one", b"page two")
    changed = plain.replace(block, forged).replace(
        hashlib.sha256(block).hexdigest().encode(), hashlib.sha256(forged).hexdigest().encode()
    )
    store.put(key, gzip.compress(changed))

    with pytest.raises(DigestError, match=rf"{capture.digest}.*{hashlib.sha256(b'page two').hexdigest()}"):
        read_capture(store, key)


def test_two_records_in_one_object_are_refused(record: tuple[str, bytes]) -> None:
    key, data = record
    with pytest.raises(RecordError, match="more bytes after it"):
        decode_capture(data + data, key)


def test_a_missing_capture_is_not_found(store: LocalStore, record: tuple[str, bytes]) -> None:
    with pytest.raises(ObjectNotFoundError):
        read_capture(store, record[0])


# ── listing ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("since", "until"), [(None, None), (2, 9), (9, 9), (None, 9), (15, None), (31, 30), (10, 14)])
def test_keys_come_by_time_within_a_window_of_utc_days(store: LocalStore, since: int | None, until: int | None) -> None:
    crawl = Crawl(store)
    expected = []
    for day in (9, 1, 30, 15, 2):
        crawl.at = datetime(2025, 3, day, 23, 58, tzinfo=UTC)
        for number in range(2):
            crawl.capture(b"%d" % number, uri=f"{URI}?{number}")
            if (since or 1) <= day <= (until or 31):
                expected.append(crawl.key)
    Crawl(store, "other").capture(PAGE)

    found = list(iter_capture_keys(store, "kaifeng", since and date(2025, 3, since), until and date(2025, 3, until)))

    assert found == sorted(expected)


# ── with the tools of others ─────────────────────────────────────────────────────────────────────────────


def warcio(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("warcio")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_objects_joined_end_to_end_are_a_warc_file_to_warcio(store: LocalStore, tmp_path: Path) -> None:
    crawl = Crawl(store)
    for payload, status in (
        (PAGE, "200 OK"),
        (PAGE, "200 OK"),
        (b"", "404 Not Found"),
        (b"", "404 Not Found"),
        (b"\x00\xff", "200 OK"),
    ):
        crawl.capture(payload, status)
    joined = tmp_path / "joined.warc.gz"
    joined.write_bytes(b"".join(store.get(key) for key in iter_capture_keys(store, "kaifeng")))

    checked, indexed = warcio("check", "-v", str(joined)), warcio("index", "-f", "warc-type,http:status", str(joined))

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.count("digest pass") == 3
    assert [line for line in indexed.stdout.splitlines() if line] == [
        '{"warc-type": "response", "http:status": "200"}',
        '{"warc-type": "revisit", "http:status": "200"}',
        '{"warc-type": "response", "http:status": "404"}',
        '{"warc-type": "revisit", "http:status": "404"}',
        '{"warc-type": "response", "http:status": "200"}',
    ]


def test_warcio_extracts_a_payload_whose_chunks_were_undone(store: LocalStore, tmp_path: Path) -> None:
    headers = (("Transfer-Encoding", "chunked"), ("Content-Type", "text/html"))
    capture = make_capture("kaifeng", URI, AT, "HTTP/1.1 200 OK", headers, PAGE, "article", History("kaifeng"))
    file = tmp_path / "one.warc.gz"
    file.write_bytes(store.get(write_capture(store, capture)))

    command = [str(Path(sys.executable).with_name("warcio")), "extract", "--payload", str(file), "0"]
    extracted = subprocess.run(command, capture_output=True, check=True)

    assert extracted.stdout == PAGE
