"""Documents, outcomes, claims and reports: exact round trip, the same bytes every time, strict reading."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import documents as docs
from storage.errors import ObjectNotFoundError, RecordError
from storage.keys import capture_key, claim_key, document_key, outcome_key
from storage.objects import LocalStore
from storage.records import Attachment, Change, Document, DroppedLine, Failure, Outcome, RunReport, Step, Suggestion

CHINA = timezone(timedelta(hours=8))
AT = datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC)
DIGEST = "sha256:" + "e" * 64
FINGERPRINT = "ab" * 32


def capture(minute: int = 0, site: str = "kaifeng") -> str:
    return capture_key(site, AT + timedelta(minutes=minute), "http://www.kaifeng.gov.cn/1", DIGEST)


DOCUMENT = Document(
    capture=capture(),
    site="kaifeng",
    uri="http://www.kaifeng.gov.cn/1",
    captured_at=AT,
    digest=DIGEST,
    pipeline=1,
    title="关于做好工作的通知",
    text="业绩\n第二行",
    original="業績\n第二行",
    published_at=datetime(2025, 3, 7, tzinfo=CHINA),
    source="开封日报",
    attachments=(Attachment("附件.doc", "http://www.kaifeng.gov.cn/1.doc"),),
    margin=1.5,
    fingerprint=FINGERPRINT,
    steps=(Step("text", "gloss", "pinyin in brackets", (Change(1, 1, "(yè)", ""),)),),
    suggestions=(Suggestion("text", "mojibake", 1, "a", "b", "c", 2.5, 0.25, "close"),),
    flags=("replaced characters",),
    dropped=(DroppedLine("分享到", "furniture"),),
)
OUTCOME = Outcome(capture(), "kaifeng", "http://www.kaifeng.gov.cn/1", AT, 1, "blocked", "412", "title", AT)
REPORT = RunReport(
    "20250308t010203-collect-kaifeng-abc123",
    "collect",
    "kaifeng",
    AT.replace(microsecond=5),
    AT + timedelta(hours=1),
    {"requests": 3, "captures": 2},
    {"gloss": 1},
    (Failure("http://x/", "fetch", "timeout"),),
    "stopped",
    "0.1.0",
)

texts = st.text(max_size=20)
whole = st.integers(-(2**60), 2**60)
moments = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.sampled_from([UTC, CHINA]))  # noqa: DTZ001
changes = st.builds(Change, whole, whole, texts, texts)
steps = st.builds(Step, texts, texts, texts, st.lists(changes, max_size=3).map(tuple))
finite = st.floats(allow_nan=False, allow_infinity=False)
attachments = st.lists(st.builds(Attachment, texts, texts), max_size=2).map(tuple)
document_records = st.builds(
    Document,
    pipeline=whole,
    captured_at=moments,
    published_at=st.none() | moments,
    attachments=attachments,
    replaced=whole,
    margin=finite,
    steps=st.lists(steps, max_size=3).map(tuple),
    suggestions=st.lists(st.builds(Suggestion, start=whole, gain=finite, gap=finite), max_size=2).map(tuple),
    flags=st.lists(texts, max_size=2).map(tuple),
    dropped=st.lists(st.builds(DroppedLine, texts, texts), max_size=2).map(tuple),
    **dict.fromkeys(("capture", "site", "uri", "digest", "title", "text", "original", "source", "author"), texts),
)
outcome_records = st.builds(
    Outcome, captured_at=moments, published_at=st.none() | moments, attachments=attachments, pipeline=whole
)
report_records = st.builds(
    RunReport,
    started_at=moments,
    ended_at=moments,
    counters=st.dictionaries(texts, whole, max_size=3),
    repairs=st.dictionaries(texts, whole, max_size=3),
    failures=st.lists(st.builds(Failure, texts, texts, texts), max_size=2).map(tuple),
)

FORMS: dict[str, tuple[Any, Callable[[Any], bytes], Callable[[bytes], Any]]] = {
    "document": (DOCUMENT, docs.document_to_json, docs.document_from_json),
    "outcome": (OUTCOME, docs.outcome_to_json, docs.outcome_from_json),
    "report": (REPORT, docs.report_to_json, docs.report_from_json),
}
each_form = pytest.mark.parametrize(("record", "to_json", "from_json"), FORMS.values(), ids=FORMS)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path)


@given(document_records)
def test_every_document_comes_back_as_it_was(document: Document) -> None:
    assert docs.document_from_json(docs.document_to_json(document)) == document


@given(outcome_records)
def test_every_outcome_comes_back_as_it_was(outcome: Outcome) -> None:
    assert docs.outcome_from_json(docs.outcome_to_json(outcome)) == outcome


@given(report_records)
def test_every_report_comes_back_as_it_was(report: RunReport) -> None:
    assert docs.report_from_json(docs.report_to_json(report)) == report


@each_form
def test_a_record_is_one_line_of_utf_8_with_sorted_keys(record: Any, to_json: Any, from_json: Any) -> None:
    data = to_json(record)

    assert data.endswith(b"\n")
    assert data.count(b"\n") == 1
    assert b"\\u" not in data
    keys = list(json.loads(data))
    assert keys == sorted(keys)
    assert to_json(from_json(data)) == data


def test_the_order_in_which_counters_were_made_does_not_show() -> None:
    counters = [("b", 1), ("a", 2), ("c", 3)]
    forms = set()
    for _ in range(6):
        random.shuffle(counters)
        forms.add(docs.report_to_json(replace(REPORT, counters=dict(counters))))

    assert len(forms) == 1


def test_changes_are_short_arrays_and_times_carry_their_zone() -> None:
    written = json.loads(docs.document_to_json(DOCUMENT))

    assert written["steps"][0]["changes"] == [[1, 1, "(yè)", ""]]
    assert written["captured_at"] == "2025-03-08T01:02:03Z"
    assert written["published_at"] == "2025-03-07T00:00:00+08:00"


@each_form
def test_a_record_without_optional_keys_takes_their_defaults(record: Any, to_json: Any, from_json: Any) -> None:
    written = json.loads(to_json(record))
    for name in ("attachments", "dropped", "margin", "reason", "finish", "failures"):
        written.pop(name, None)

    found = from_json(json.dumps(written).encode())

    assert getattr(found, "attachments", ()) == ()
    assert getattr(found, "finish", "finished") == "finished"


@each_form
@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"\xff\xfe",
        lambda data: data[: len(data) // 2],
        lambda _: b"[]",
        lambda _: b"null",
        lambda _: b"[" * 100_000,
        lambda data: data.replace(b'"site"', b'"sight"'),
        lambda data: data.replace(b'"site":"kaifeng"', b'"site":7'),
        lambda data: data.replace(b'"site":"kaifeng"', b'"site":null'),
        lambda data: data.replace(b"/1", b"/9", 1) if b'"format":"' in data else data,
        lambda data: data.replace(b"2025-03-08T01:02:03", b"2025-33-08T01:02:03"),
        lambda data: data.replace(b'03Z"', b'03"').replace(b'000005Z"', b'000005"'),
        lambda data: data[:-2] + b',"another":1}\n',
    ],
)  # fmt: skip
def test_bytes_that_are_not_the_record_are_refused_with_the_place(
    record: Any, to_json: Any, from_json: Any, damage: Callable[[bytes], bytes]
) -> None:
    damaged = damage(to_json(record).replace(b"/1.doc", b"").replace(b"cn/1", b"cn"))

    with pytest.raises(RecordError, match="some/key: expected a"):
        from_json(damaged, "some/key")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'[1,1,"(y\xc3\xa8)",""]', b'[1,1,"(y\xc3\xa8)"]', r"\.steps\[0\]\.changes\[0\]"),
        (b'[1,1,"(y\xc3\xa8)",""]', b'[true,1,"(y\xc3\xa8)",""]', r"\.steps\[0\]\.changes\[0\]"),
        (b'"margin":1.5', b'"margin":"1.5"', r"\.margin: expected float"),
        (b'"pipeline":1', b'"pipeline":true', r"\.pipeline: expected int"),
        (b'"flags":["replaced characters"]', b'"flags":"x"', r"\.flags: expected list"),
        (b'"name":"gloss"', b'"nom":"gloss"', r"\.steps\[0\] has unknown keys \['nom'\] and lacks \['name'\]"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(old: bytes, new: bytes, told: str) -> None:
    with pytest.raises(RecordError, match=told):
        docs.document_from_json(docs.document_to_json(DOCUMENT).replace(old, new))


@pytest.mark.parametrize(
    "change",
    [
        {"text": "half \ud83d"},
        {"margin": float("nan")},
        {"margin": float("inf")},
        {"captured_at": AT.replace(tzinfo=None)},
    ],
)
def test_what_json_cannot_hold_is_not_written(store: LocalStore, change: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="cannot be written as JSON"):
        docs.write_document(store, replace(DOCUMENT, **change))
    assert list(store.list("")) == []


def test_a_verdict_that_is_none_is_refused() -> None:
    with pytest.raises(RecordError, match="expected one of 'article'"):
        docs.outcome_from_json(docs.outcome_to_json(OUTCOME).replace(b'"blocked"', b'"wondrous"'))


# ── in a store ───────────────────────────────────────────────────────────────────────────────────────────


def test_documents_and_outcomes_stand_under_their_captures_key(store: LocalStore) -> None:
    assert docs.write_document(store, DOCUMENT) == document_key(1, capture())
    assert docs.write_outcome(store, OUTCOME) == outcome_key(1, capture())

    assert docs.read_document(store, document_key(1, capture())) == DOCUMENT
    assert docs.read_outcome(store, outcome_key(1, capture())) == OUTCOME


def test_a_document_under_another_key_is_refused(store: LocalStore) -> None:
    store.put(document_key(1, capture(1)), docs.document_to_json(DOCUMENT))

    with pytest.raises(RecordError, match="expected the record of this key"):
        docs.read_document(store, document_key(1, capture(1)))


def test_a_missing_document_is_not_found(store: LocalStore) -> None:
    with pytest.raises(ObjectNotFoundError):
        docs.read_document(store, document_key(1, capture()))


def test_the_earliest_capture_is_the_original_in_whatever_order_claims_are_written(store: LocalStore) -> None:
    claimants = [capture(0, "zhengzhou"), capture(1, "anyang"), capture(2, "kaifeng")]
    for claimant in random.sample(claimants, 3):
        docs.write_claim(store, replace(DOCUMENT, capture=claimant))

    assert docs.original_of(store, 1, FINGERPRINT) == claimants[0]
    assert docs.claimants_of(store, 1, FINGERPRINT) == claimants


def test_a_fingerprint_nobody_claims_has_no_original(store: LocalStore) -> None:
    docs.write_claim(store, DOCUMENT)

    assert docs.original_of(store, 1, "cd" * 32) is None
    assert docs.original_of(store, 2, FINGERPRINT) is None


def test_a_claim_names_its_capture(store: LocalStore) -> None:
    key = docs.write_claim(store, DOCUMENT)

    assert key == claim_key(1, FINGERPRINT, capture())
    assert json.loads(store.get(key))["capture"] == capture()


def test_reports_come_by_day_from_a_day_on(store: LocalStore) -> None:
    reports = [
        replace(REPORT, run_id=f"{name}-run", started_at=AT + timedelta(days=day))
        for day, name in ((2, "c"), (0, "a"), (1, "b"))
    ]
    for report in reports:
        docs.write_report(store, report)

    assert [report.run_id for report in docs.iter_reports(store)] == ["a-run", "b-run", "c-run"]
    assert [report.run_id for report in docs.iter_reports(store, date(2025, 3, 9))] == ["b-run", "c-run"]
