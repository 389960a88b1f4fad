"""upkeep.py — What keeps an archive trustworthy and handy: verify reads it back, index and pack derive from it."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from flows.process import PIPELINE_VERSION
from flows.run import Progress, Run, ignore
from flows.text.provenance import ReplayError, replay, undo
from flows.window import results_in_window
from storage.captures import iter_capture_keys, read_capture
from storage.documents import read_document, read_outcome
from storage.errors import ObjectNotFoundError, RecordError
from storage.index import build_index
from storage.keys import claim_key, documents_prefix, outcomes_prefix
from storage.objects import ObjectStore, open_store
from storage.pack import pack_days
from storage.records import Failure, RunReport


def verify_site(
    site: str,
    archive: str,
    *,
    sites: str = "",
    since: date | None = None,
    until: date | None = None,
    on_progress: Progress = ignore,
) -> RunReport:
    """Read every capture and document of one site back: digests match, and steps undo and replay to the stored text."""
    del sites  # every verb takes the same options; a check of stored records needs no site file
    store = open_store(archive)
    run = Run("verify", site)
    checks: Iterable[tuple[str, Callable[[ObjectStore, str], object]]] = chain(
        ((key, read_capture) for key in iter_capture_keys(store, site, since, until)),
        (
            (key, _verify_document)
            for key in results_in_window(store, documents_prefix(PIPELINE_VERSION, site), since, until)
        ),
        (
            (key, read_outcome)
            for key in results_in_window(store, outcomes_prefix(PIPELINE_VERSION, site), since, until)
        ),
    )
    for key, check in checks:
        on_progress(1)
        try:
            check(store, key)
        except (RecordError, ReplayError, ObjectNotFoundError) as error:
            run.fail(key, "verify", error)
        else:
            run.counters["verified"] += 1
    return run.report(store)


def _verify_document(store: ObjectStore, key: str) -> None:
    document = read_document(store, key)
    for field, text in (
        ("text", document.text),
        ("title", document.title),
        ("source", document.source),
        ("author", document.author),
    ):
        steps = [step for step in document.steps if step.field == field]
        if replay(undo(text, steps), steps) != text:
            message = f"{key}: the steps of {field} do not give the stored text again"
            raise RecordError(message)
    if document.fingerprint:
        store.get(claim_key(PIPELINE_VERSION, document.fingerprint, document.capture))


def index_site(
    site: str,
    archive: str,
    *,
    sites: str = "",
    since: date | None = None,
    until: date | None = None,
    on_progress: Progress = ignore,
) -> RunReport:
    """Bring the CDXJ index of one site up to date: a line for each capture that has none yet."""
    del sites
    store = open_store(archive)
    run = Run("index", site)
    done = build_index(store, site, since, until)
    on_progress(done.lines)
    run.counters["indexed"] = done.new
    return _with_failures(run, done.failures).report(store)


def pack_site(
    site: str,
    archive: str,
    *,
    sites: str = "",
    since: date | None = None,
    until: date | None = None,
    on_progress: Progress = ignore,
) -> RunReport:
    """Join each closed day's captures of one site into WARC files with their index; the captures stay."""
    del sites
    store = open_store(archive)
    run = Run("pack", site)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    done = pack_days(store, site, since, min(until or yesterday, yesterday))
    on_progress(done.captures)
    run.counters["packed"] = done.captures
    return _with_failures(run, done.failures).report(store)


def _with_failures(run: Run, failures: Iterable[Failure]) -> Run:
    for failure in failures:
        run.counters["failed"] += 1
        run.failures.append(failure)
    return run
