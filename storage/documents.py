"""documents.py — Documents, outcomes, claims and run reports in a store, as JSON. Decides nothing about text.

The form is in json_form.py, the keys in keys.py. A document's claim is written before the document, whose key is
the mark that a capture is done.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from storage.errors import RecordError
from storage.json_form import from_json, to_json
from storage.keys import (
    claim_key,
    claims_prefix,
    document_key,
    outcome_key,
    parse_claim_key,
    report_key,
    reports_prefix,
)
from storage.objects import ObjectStore
from storage.records import Document, Outcome, RunReport

DOCUMENT_FORMAT = "document/1"
OUTCOME_FORMAT = "outcome/1"
CLAIM_FORMAT = "claim/1"
REPORT_FORMAT = "report/1"

# An object store answers in milliseconds, and years of hourly runs are many reports.
_READERS, _BATCH = 16, 1000


@dataclass(frozen=True, slots=True)
class _Claim:
    capture: str
    fingerprint: str
    pipeline: int


# ── documents and outcomes ───────────────────────────────────────────────────────────────────────────────


def document_to_json(document: Document) -> bytes:
    """Return the stored form of a document. Raises RecordError for one that JSON cannot hold."""
    return to_json(document, DOCUMENT_FORMAT)


def document_from_json(data: bytes, where: str = "document") -> Document:
    """Read the stored form of a document. Raises RecordError for anything else."""
    return from_json(Document, DOCUMENT_FORMAT, data, where)


def write_document(store: ObjectStore, document: Document) -> str:
    """Store a document and return its key."""
    key = document_key(document.pipeline, document.capture)
    store.put(key, document_to_json(document))
    return key


def read_document(store: ObjectStore, key: str) -> Document:
    """Read a document. Raises ObjectNotFoundError, or RecordError for an object that is not the one of this key."""
    document = document_from_json(store.get(key), key)
    _check_place(document_key(document.pipeline, document.capture), key)
    return document


def outcome_to_json(outcome: Outcome) -> bytes:
    """Return the stored form of an outcome."""
    return to_json(outcome, OUTCOME_FORMAT)


def outcome_from_json(data: bytes, where: str = "outcome") -> Outcome:
    """Read the stored form of an outcome. Raises RecordError for anything else."""
    return from_json(Outcome, OUTCOME_FORMAT, data, where)


def write_outcome(store: ObjectStore, outcome: Outcome) -> str:
    """Store an outcome and return its key."""
    key = outcome_key(outcome.pipeline, outcome.capture)
    store.put(key, outcome_to_json(outcome))
    return key


def read_outcome(store: ObjectStore, key: str) -> Outcome:
    """Read an outcome. Raises ObjectNotFoundError, or RecordError for an object that is not the one of this key."""
    outcome = outcome_from_json(store.get(key), key)
    _check_place(outcome_key(outcome.pipeline, outcome.capture), key)
    return outcome


def _check_place(expected: str, key: str) -> None:
    if expected != key:
        message = f"{key}: expected the record of this key, found the one of {expected}; restore it from a copy"
        raise RecordError(message)


# ── claims ───────────────────────────────────────────────────────────────────────────────────────────────


def write_claim(store: ObjectStore, document: Document) -> str:
    """Mark that a document has its fingerprint, and return the claim's key."""
    key = claim_key(document.pipeline, document.fingerprint, document.capture)
    claim = _Claim(document.capture, document.fingerprint, document.pipeline)
    store.put(key, to_json(claim, CLAIM_FORMAT))
    return key


def claimants_of(store: ObjectStore, pipeline: int, fingerprint: str) -> list[str]:
    """Return the keys of all captures whose documents have a fingerprint, earliest first: the original, duplicates."""
    claims = sorted(store.list(claims_prefix(pipeline, fingerprint)))
    return [parse_claim_key(claim).key for claim in claims]


def original_of(store: ObjectStore, pipeline: int, fingerprint: str) -> str | None:
    """Return the key of the earliest capture whose document has a fingerprint, or None when none has."""
    return next(iter(claimants_of(store, pipeline, fingerprint)), None)


# ── run reports ──────────────────────────────────────────────────────────────────────────────────────────


def report_to_json(report: RunReport) -> bytes:
    """Return the stored form of a run report: one line."""
    return to_json(report, REPORT_FORMAT)


def report_from_json(data: bytes, where: str = "run report") -> RunReport:
    """Read the stored form of a run report. Raises RecordError for anything else."""
    return from_json(RunReport, REPORT_FORMAT, data, where)


def write_report(store: ObjectStore, report: RunReport) -> str:
    """Store a run report and return its key."""
    key = report_key(report)
    store.put(key, report_to_json(report))
    return key


def iter_reports(
    store: ObjectStore,
    since: date | None = None,
    until: date | None = None,
    wanted: Callable[[str], bool] = lambda _: True,
) -> Iterator[RunReport]:
    """Yield the reports of all runs, or of those that started on some UTC days, earliest day first.

    since, until: both included; with both, only their days are listed. wanted: tells by its id whether a run is read.
    """
    first = reports_prefix(since) if since else ""
    last = reports_prefix(until) if until else "reports/~"
    prefixes = map(reports_prefix, _days(since, until)) if since and until else [reports_prefix()]
    keys = (key for prefix in prefixes for key in sorted(store.list(prefix)) if first <= key <= last + "~")
    chosen = (key for key in keys if wanted(key.rsplit("/", 1)[1].removesuffix(".json")))
    with ThreadPoolExecutor(_READERS) as readers:
        while batch := list(islice(chosen, _BATCH)):
            for key, data in zip(batch, readers.map(store.get, batch), strict=True):
                yield report_from_json(data, key)


def _days(since: date, until: date) -> Iterator[date]:
    return (since + timedelta(days=number) for number in range((until - since).days + 1))
