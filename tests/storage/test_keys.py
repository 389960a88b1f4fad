"""Keys: built and read back without loss, refused when they could mean something else."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import keys
from storage.errors import InputError, RecordError
from storage.keys import CaptureKey, capture_key, check_key, parse_capture_key
from storage.records import RunReport

AT = datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC)
URI = "http://www.kaifeng.gov.cn/"
KEY = capture_key("kaifeng", AT, URI, "sha256:" + "e" * 64)

capture_keys = st.builds(
    CaptureKey,
    site=st.text("abz019-", min_size=1, max_size=63).filter(lambda site: site[0] != "-"),
    captured_at=st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    uri_hash=st.binary(min_size=8, max_size=8).map(bytes.hex),
    digest=st.binary(min_size=16, max_size=16).map(bytes.hex),
)


@given(capture_keys)
def test_a_capture_key_is_read_back(key: CaptureKey) -> None:
    assert parse_capture_key(key.key) == key
    assert check_key(key.key) == key.key


@given(capture_keys, capture_keys)
def test_keys_of_a_site_sort_by_time(one: CaptureKey, other: CaptureKey) -> None:
    other = CaptureKey(one.site, other.captured_at, other.uri_hash, other.digest)

    if one.captured_at < other.captured_at:
        assert one.key < other.key


@given(capture_keys)
def test_everything_made_of_a_capture_carries_its_stem(key: CaptureKey) -> None:
    for made in (keys.document_key(3, key.key), keys.outcome_key(3, key.key), keys.claim_key(3, "ab" * 32, key.key)):
        assert check_key(made)
        assert key.stem in made
    assert keys.parse_claim_key(keys.claim_key(3, "ab" * 32, key.key)) == key
    assert keys.document_key(3, key.key).startswith(keys.documents_prefix(3, key.site))
    assert keys.outcome_key(3, key.key).startswith(keys.outcomes_prefix(3, key.site))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "captures/kaifeng/x.warc.gz",
        KEY.removesuffix(".gz"),
        KEY + "x",
        KEY.replace("/03/", "/04/"),
        KEY.replace("20250308010203", "20250308250203"),
        KEY.replace("2025/03/08/20250308", "2025/02/30/20250230"),
        KEY.replace("kaifeng", "Kaifeng"),
        KEY.replace("kaifeng", "../kaifeng"),
        KEY + "\n",
    ],
)
def test_what_is_no_capture_key_is_refused(wrong: str) -> None:
    with pytest.raises(RecordError, match="expected a capture key such as"):
        parse_capture_key(wrong)


@pytest.mark.parametrize("digest", ["", "sha256:", "sha1:" + "a" * 40, "sha256:" + "E" * 64, "e" * 64])
def test_only_sha256_digests_make_keys(digest: str) -> None:
    with pytest.raises(RecordError, match="expected sha256:"):
        capture_key("kaifeng", AT, URI, digest)


@pytest.mark.parametrize("site", ["", "A", "a_b", "-a", "a" * 64, "a/b", "a.b", "方志"])
def test_a_site_id_that_cannot_stand_in_a_key_is_refused(site: str) -> None:
    with pytest.raises(InputError, match="site id"):
        capture_key(site, AT, URI, "sha256:" + "e" * 64)


@pytest.mark.parametrize("fingerprint", ["", "xyz", "AB" * 32, "ab/../ab"])
def test_a_fingerprint_that_is_none_is_refused(fingerprint: str) -> None:
    with pytest.raises(RecordError, match="fingerprint"):
        keys.claims_prefix(1, fingerprint)


def test_claims_sort_by_capture_time_before_site() -> None:
    early = capture_key("zhengzhou", AT, URI, "sha256:" + "f" * 64)
    late = capture_key("anyang", AT + timedelta(seconds=1), URI, "sha256:" + "0" * 64)

    assert keys.claim_key(1, "ab" * 32, early) < keys.claim_key(1, "ab" * 32, late)


def test_a_report_stands_under_the_utc_day_of_its_start() -> None:
    started = datetime(2025, 3, 8, 7, 0, tzinfo=timezone(timedelta(hours=8)))
    report = RunReport("20250307t230000-collect-kaifeng-abc123", "collect", "kaifeng", started, started)

    assert keys.report_key(report) == "reports/2025/03/07/20250307t230000-collect-kaifeng-abc123.json"
    assert keys.report_key(report).startswith(keys.reports_prefix(date(2025, 3, 7)))


@pytest.mark.parametrize("run_id", ["", "A", "a/b", "../x", "a b"])
def test_a_run_id_that_cannot_stand_in_a_key_is_refused(run_id: str) -> None:
    with pytest.raises(InputError, match="run id"):
        keys.report_key(RunReport(run_id, "collect", "kaifeng", AT, AT))


def test_marks_are_read_back_and_other_keys_refused() -> None:
    hashed = keys.uri_hash(URI)

    assert keys.parse_mark_key(keys.mark_key("kaifeng", hashed, "open")) == (hashed, "open")
    with pytest.raises(RecordError, match="expected a mark key"):
        keys.parse_mark_key("index/kaifeng/marks/x.open")


def test_derived_keys_are_portable() -> None:
    for key in (
        keys.index_key("kaifeng", 2025, 3),
        keys.learned_key("kaifeng", "furniture"),
        keys.coverage_key("kaifeng", "2025-03"),
        keys.mark_key("kaifeng", keys.uri_hash(URI), "dead"),
    ):
        assert check_key(key).startswith("index/kaifeng/")
