"""WARC files of other tools: each response becomes a capture, whatever the tool's habits; damage loses nothing else."""

import base64
import gzip
import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.captures import History, load_history, make_capture, payload_at, read_warc, resolve_payload, write_capture
from storage.errors import RecordError
from storage.objects import LocalStore
from storage.records import Capture

DAY = "2024-05-06T07:08:{:02}Z"
PAGES = [f"<p>第{number}页".encode("gb18030") * 40 for number in range(5)]


def response(number: int, payload: bytes, *, headers: Iterable[tuple[str, str]] = (), **fields: str):  # type: ignore[no-untyped-def]
    return ("response", f"http://x.cn/{number}", DAY.format(number), payload, tuple(headers), fields)


def warc(*records, packed: bool = True, version: str = "1.0") -> bytes:  # type: ignore[no-untyped-def]
    """Write records with warcio, as other tools do: SHA-1 in base32, random ids."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed, warc_version=version)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "another"}))
    for kind, uri, at, payload, headers, fields in records:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
        given = {"WARC-Date": at, **{name.replace("_", "-"): value for name, value in fields.items()}}
        body = io.BytesIO(payload)
        if kind == "revisit":
            record = writer.create_revisit_record(
                uri, fields["digest"], fields["of"], fields["at"], head, {"WARC-Date": at}
            )
        elif kind == "response":
            record = writer.create_warc_record(
                uri, kind, body, len(payload), http_headers=head, warc_headers_dict=given
            )
        else:
            record = writer.create_warc_record(uri, kind, body, len(payload), warc_headers_dict=given)
        writer.write_record(record)
    return out.getvalue()


def read(data: bytes) -> tuple[list[Capture], str]:
    """Return the captures of a WARC and what was said at its end."""
    captures: list[Capture] = []
    try:
        for capture in read_warc(io.BytesIO(data), "import"):
            captures.append(capture)  # noqa: PERF402 — extend would lose what came before the error
    except RecordError as error:
        return captures, str(error)
    return captures, ""


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_responses_become_captures_with_their_own_time_head_and_payload(packed: bool, version: str) -> None:
    captures, said = read(warc(*(response(n, page) for n, page in enumerate(PAGES)), packed=packed, version=version))

    assert said == ""
    assert [capture.payload for capture in captures] == PAGES
    assert captures[2].uri == "http://x.cn/2"
    assert captures[2].captured_at == datetime(2024, 5, 6, 7, 8, 2, tzinfo=UTC)
    assert (captures[2].status, captures[2].status_line) == (200, "HTTP/1.1 200 OK")
    assert captures[2].header("content-type") == "text/html"
    assert captures[2].digest == "sha256:" + hashlib.sha256(PAGES[2]).hexdigest()
    assert {capture.site for capture in captures} == {"import"}


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(warc(response(1, PAGES[1])))

    assert [capture.payload for capture in read_warc(file, "import")] == [PAGES[1]]
    assert [capture.payload for capture in read_warc(str(file), "import")] == [PAGES[1]]


def test_one_gzip_stream_around_many_records_is_read_too() -> None:
    data = gzip.compress(warc(*(response(n, page) for n, page in enumerate(PAGES)), packed=False))

    assert [capture.payload for capture in read(data)[0]] == PAGES


def test_requests_metadata_and_other_protocols_are_passed_over() -> None:
    others = [
        ("request", "http://x.cn/1", DAY.format(1), b"GET / HTTP/1.1\r\nHost: x.cn\r\n\r\n", (), {}),
        ("metadata", "http://x.cn/1", DAY.format(1), b"a: b\r\n", (), {}),
        ("response", "dns:x.cn", DAY.format(1), b"20240506 x.cn. 60 IN A 127.0.0.1", (), {"Content_Type": "text/dns"}),
    ]

    captures, said = read(warc(others[0], response(1, PAGES[1]), *others[1:]))

    assert ([capture.payload for capture in captures], said) == ([PAGES[1]], "")


def test_a_resource_becomes_a_capture_of_its_own_type() -> None:
    (capture,), said = read(
        warc(("resource", "file:///a.txt", DAY.format(1), "文".encode(), (), {"Content_Type": "text/plain"}))
    )

    assert said == ""
    assert (capture.uri, capture.payload, capture.header("Content-Type")) == (
        "file:///a.txt",
        "文".encode(),
        "text/plain",
    )


def test_robots_txt_is_known_by_its_address() -> None:
    (capture,), _ = read(warc(("response", "http://x.cn/robots.txt", DAY.format(1), b"User-agent: *", (), {})))

    assert capture.role == "robots"


def test_header_bytes_come_as_they_are() -> None:
    block = b"HTTP/1.1 200 OK\r\nX-Name: \xb7\xbd\xd6\xbe\r\nX-Folded: one\r\n  two\r\nno colon\r\n\r\npage"
    (capture,), said = read(raw_record(block))

    assert said == ""
    assert capture.headers == (("X-Name", "\xb7\xbd\xd6\xbe"), ("X-Folded", "one two"), ("no colon", ""))
    assert capture.payload == b"page"


def raw_record(block: bytes, *fields: bytes) -> bytes:
    head = [
        b"WARC/1.0",
        b"WARC-Type: response",
        b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>",
        b"WARC-Date: 2024-05-06T07:08:09Z",
        b"WARC-Target-URI: <http://x.cn/1>",
        *fields,
        b"Content-Length: %d" % len(block),
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + block + b"\r\n\r\n"


# ── chunks ───────────────────────────────────────────────────────────────────────────────────────────────


def chunked(payload: bytes) -> bytes:
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in (payload[:7], payload[7:])) + b"0\r\n\r\n"


@pytest.mark.parametrize("digest_of", [chunked, bytes], ids=["digest with chunks", "digest without"])
def test_chunks_are_undone_whichever_body_the_digest_is_of(digest_of) -> None:  # type: ignore[no-untyped-def]
    digest = b"WARC-Payload-Digest: sha1:" + base64.b32encode(hashlib.sha1(digest_of(PAGES[0])).digest())
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(PAGES[0])

    (capture,), said = read(raw_record(block, digest))

    assert (capture.payload, said) == (PAGES[0], "")


@pytest.mark.parametrize("body", [b"<p>no chunks", b"5\r\nab", b"3\r\nabcd\r\n0\r\n\r\n", b""])
def test_a_body_that_only_says_it_is_chunked_stays_as_it_is(body: bytes) -> None:
    (capture,), _ = read(raw_record(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body))

    assert capture.payload == body


def test_our_own_records_are_not_unchunked_twice(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    looks_chunked = b"3\r\nabc\r\n0\r\n\r\n"
    headers = (("Transfer-Encoding", "chunked"),)
    made = make_capture(
        "a",
        "http://x.cn/1",
        datetime(2024, 1, 1, tzinfo=UTC),
        "HTTP/1.1 200 OK",
        headers,
        looks_chunked,
        "listing",
        History("a"),
    )

    (read_back,), _ = read(store.get(write_capture(store, made)))

    assert (read_back.payload, read_back.role) == (looks_chunked, "listing")


# ── revisits ─────────────────────────────────────────────────────────────────────────────────────────────


def sha1(payload: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()


def revisit(number: int, of: int, payload: bytes):  # type: ignore[no-untyped-def]
    fields = {"digest": sha1(payload), "of": f"http://x.cn/{of}", "at": DAY.format(of)}
    return ("revisit", f"http://x.cn/{number}", DAY.format(number), b"", (), fields)


def import_into(store: LocalStore, data: bytes) -> str:
    """Store the captures of a WARC as the import verb does; return what was said at its end."""
    history = load_history(store, "import")
    try:
        for found in read_warc(io.BytesIO(data), "import", lambda uri, at: payload_at(store, history, uri, at)):
            capture = make_capture(
                "import",
                found.uri,
                found.captured_at,
                found.status_line,
                found.headers,
                found.payload,
                found.role,
                history,
            )
            history.add(write_capture(store, capture))
    except RecordError as error:
        return str(error)
    return ""


def payloads(store: LocalStore) -> dict[str, bytes]:
    history = load_history(store, "import")
    uris = [f"http://x.cn/{number}" for number in range(10)]
    found = [(uri, history.last_original(uri)) for uri in uris]
    return {uri: payload_at(store, history, uri, key.captured_at) or b"" for uri, key in found if key}


def test_a_revisit_gets_its_payload_from_the_record_it_refers_to(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)

    said = import_into(store, warc(response(1, PAGES[1]), revisit(2, 1, PAGES[1])))

    assert said == ""
    assert payloads(store) == {"http://x.cn/1": PAGES[1], "http://x.cn/2": PAGES[1]}


def test_a_revisit_gets_its_payload_from_a_file_imported_before(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    import_into(store, warc(response(1, PAGES[1])))

    assert import_into(store, warc(revisit(2, 1, PAGES[1]))) == ""
    assert payloads(store)["http://x.cn/2"] == PAGES[1]


@pytest.mark.parametrize("payload", [PAGES[1], PAGES[2]], ids=["unknown record", "another payload"])
def test_a_revisit_that_leads_nowhere_is_told_and_the_rest_is_read(tmp_path: Path, payload: bytes) -> None:
    store = LocalStore(tmp_path)
    before = [response(1, PAGES[1])] if payload == PAGES[2] else []

    said = import_into(store, warc(*before, revisit(2, 1, payload), response(3, PAGES[3])))

    assert "1 of" in said
    assert "a revisit of http://x.cn/1 at 2024-05-06 07:08:01" in said
    assert payloads(store)["http://x.cn/3"] == PAGES[3]
    assert "http://x.cn/2" not in payloads(store)


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    data = warc(response(1, PAGES[1]), response(2, PAGES[2]), revisit(3, 1, PAGES[1]))
    import_into(store, data)
    before = {key: store.get(key) for key in store.list("")}

    assert import_into(store, data) == ""
    assert {key: store.get(key) for key in store.list("")} == before


def test_our_own_archive_can_be_imported_into_another(tmp_path: Path) -> None:
    first, second = LocalStore(tmp_path / "1"), LocalStore(tmp_path / "2")
    import_into(first, warc(response(1, PAGES[1]), response(2, PAGES[2]), revisit(3, 1, PAGES[1])))

    said = import_into(second, b"".join(first.get(key) for key in first.list("captures/")))

    assert said == ""
    assert {key: second.get(key) for key in second.list("")} == {key: first.get(key) for key in first.list("")}


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_file_cut_anywhere_gives_every_whole_record_before_the_cut(packed: bool) -> None:
    pieces = [warc(response(n, page), packed=packed) for n, page in enumerate(PAGES[:3])]
    data = b"".join(pieces)
    ends = [sum(map(len, pieces[: n + 1])) for n in range(3)]
    for length in range(1, len(data), 7):
        captures, said = read(data[:length])

        whole = sum(end <= length for end in ends)
        assert len(captures) in (whole, whole + 1), "the end of its compression may be cut, and the record whole"
        assert [capture.payload for capture in captures] == PAGES[: len(captures)]
        assert said or ends_after_a_record(data[:length], packed)


def ends_after_a_record(data: bytes, packed: bool) -> bool:
    """Tell whether data ends with a record, whole but for the blank lines after it."""
    if not packed:
        head, _, rest = data[data.rindex(b"WARC/1.0\r\n") :].partition(b"\r\n\r\n")
        length = int(head.rsplit(b"Content-Length: ", 1)[1].split()[0])
        return length <= len(rest) <= length + 4
    try:
        return bool(gzip.decompress(data))
    except EOFError:
        return False


def test_a_cut_file_says_at_which_byte_and_after_how_many_records() -> None:
    data = warc(*(response(n, page) for n, page in enumerate(PAGES)), packed=False)

    captures, said = read(data[: len(data) - 40])

    assert len(captures) == 4
    assert "after 5 whole records, at byte " in said
    assert "everything before it was read" in said
    offset = int(said.split("at byte ")[1].split()[0])
    assert data[offset:].startswith(b"WARC/1.0\r\n")


def test_a_damaged_gzip_member_ends_the_file_with_its_place() -> None:
    first, second = warc(response(1, PAGES[1])), bytearray(warc(response(2, PAGES[2])))
    second[-30] ^= 0xFF

    captures, said = read(first + bytes(second) + first)

    assert [capture.payload for capture in captures][:1] == [PAGES[1]]
    assert "whole records, at byte" in said


def test_a_record_with_a_wrong_digest_is_left_out_and_told() -> None:
    data = warc(*(response(n, page) for n, page in enumerate(PAGES[:3])), packed=False)

    captures, said = read(data.replace(PAGES[1][:20], PAGES[2][:20], 1))

    assert [capture.payload for capture in captures] == [PAGES[0], PAGES[2]]
    assert "1 of 4 records could not be used: http://x.cn/1 at byte" in said
    assert "digest" in said


def test_the_end_of_a_cut_file_tells_of_bad_records_before_it_too() -> None:
    data = warc(*(response(n, page) for n, page in enumerate(PAGES[:3])), packed=False)

    captures, said = read(data.replace(PAGES[1][:20], PAGES[2][:20], 1)[:-40])

    assert [capture.payload for capture in captures] == [PAGES[0]]
    assert "after 3 whole records" in said
    assert "1 of 3 records could not be used: http://x.cn/1" in said


@pytest.mark.parametrize(
    "data",
    [b"<html>no WARC", b"\x89PNG\r\n\x1a\n", b"\x1f\x8bno gzip", gzip.compress(b"text")],
    ids=["html", "png", "false gzip", "text"],
)
def test_what_is_no_warc_is_refused(data: bytes) -> None:
    captures, said = read(data)

    assert captures == []
    assert "expected another record or the end" in said


@pytest.mark.parametrize("data", [b"", gzip.compress(b"")], ids=["plain", "gzip"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert "found an empty file" in read(data)[1]


@pytest.mark.parametrize("field", [b"WARC-Date: yesterday", b"WARC-Type: response\r\nWARC-Date:"])
def test_a_record_without_a_date_is_left_out_and_told(field: bytes) -> None:
    data = raw_record(b"HTTP/1.1 200 OK\r\n\r\n").replace(b"WARC-Date: 2024-05-06T07:08:09Z", field)

    captures, said = read(data + raw_record(b"HTTP/1.1 200 OK\r\n\r\npage"))

    assert [capture.payload for capture in captures] == [b"page"]
    assert "expected a date" in said


def test_a_record_without_a_status_line_is_left_out_and_told() -> None:
    captures, said = read(raw_record(b"<p>no head") + raw_record(b"HTTP/1.1 200 OK\r\n\r\npage"))

    assert [capture.payload for capture in captures] == [b"page"]
    assert "status line" in said


def test_arc_files_are_read(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\npage"
    arc = (
        b"filedesc://x.arc 127.0.0.1 20050607080910 text/plain 76\n1 0 Alexa Internet\nURL IP-address Archive-date Content-type Archive-length\n\n\n"
        + b"http://x.cn/1 127.0.0.1 20050607080910 text/html %d\n%s\n" % (len(block), block)
    )

    (capture,), said = read(arc)

    assert said == ""
    assert (capture.payload, capture.captured_at) == (b"page", datetime(2005, 6, 7, 8, 9, 10, tzinfo=UTC))


def test_a_resolved_revisit_is_stored_as_one(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    import_into(store, warc(response(1, PAGES[1])))
    again = ("response", "http://x.cn/1", DAY.format(5), PAGES[1], (), {})
    import_into(store, warc(again))
    history = load_history(store, "import")

    first, second = history.captures_of("http://x.cn/1")
    made = next(
        iter(
            read_warc(io.BytesIO(store.get(second.key)), "import", lambda uri, at: payload_at(store, history, uri, at))
        )
    )

    assert b"WARC-Type: revisit" in gzip.decompress(store.get(second.key))
    assert made.payload == PAGES[1]
    assert resolve_payload(store, made) == PAGES[1]
    assert first.captured_at < second.captured_at
