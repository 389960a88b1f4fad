"""jobs.py — The verbs as plain functions over many captures: collect, backfill, process, reprocess, verify, import.

Every parameter is simple enough for JSON (ids, addresses, dates), every result is a RunReport, and the store is
the only state: a run can be repeated, killed and overlapped. Prefect wraps these (orchestrate.py), the console
script calls them (cli.py); neither adds logic.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from flows.cadence import is_due, last_due
from flows.child import run_crawl
from flows.health import Health, judge
from flows.learn import read_furniture
from flows.originals import iter_originals
from flows.process import PIPELINE_VERSION, ProcessError, process_capture
from flows.run import Progress, Run, finish, ignore, new_run_id, parse_run_id
from flows.upkeep import index_site, pack_site, verify_site
from flows.window import results_in_window, stem_of
from spiders.site import Site, load_sites
from storage.captures import (
    History,
    load_history,
    make_capture,
    payload_at,
    read_capture,
    read_warc,
    write_capture,
)
from storage.documents import (
    claimants_of,
    iter_reports,
    read_document,
    write_claim,
    write_document,
    write_outcome,
)
from storage.errors import FangzhiError, InputError, ObjectNotFoundError, RecordError
from storage.keys import (
    claim_key,
    document_key,
    documents_prefix,
    learned_key,
    outcome_key,
    outcomes_prefix,
    parse_capture_key,
    reports_prefix,
)
from storage.objects import ObjectStore, open_store
from storage.records import Capture, Document, Outcome, RunReport

logger = logging.getLogger(__name__)

# A crawl child waits between its requests most of the time; more at once only queue for the same cores.
MAX_SITES_AT_ONCE = 4

HEALTH_DAYS = 90

IMPORT_SITE = "import"
"""Site id of captures that came from files and not from a crawl."""


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────


def collect_site(
    site: str,
    archive: str,
    *,
    sites: str = "",
    verb: str = "collect",
    since: date | None = None,
    until: date | None = None,
    on_line: Callable[[str], None] | None = None,
    stop: Event | None = None,
) -> RunReport:
    """Crawl one site into the archive: what is new (collect) or what a period holds (backfill).

    The crawl is a child process; its report is checked, stored and returned. stop: ends it early when set.
    Raises SiteError for an unknown site.
    """
    load_sites(sites).require(site)
    store = open_store(archive)
    started = new_run_id(verb, site)
    extra: dict[str, Any] = {"on_line": on_line} if on_line else {}
    report = run_crawl(
        site, archive=archive, run_id=started, verb=verb, sites=sites, since=since, until=until, stop=stop, **extra
    )
    finish(store, report)
    return report


def import_files(
    files: Iterable[str], archive: str, *, site: str = IMPORT_SITE, on_progress: Progress = ignore
) -> RunReport:
    """Make captures from HTML, text and WARC files; the same file again is a revisit.

    A WARC keeps its own dates, addresses and headers. Another file is captured under its file: address, now.
    A file that cannot be read is a failure and stops no other; of a cut WARC everything whole is kept.
    """
    store = open_store(archive)
    run = Run("import", site)
    history = load_history(store, site)
    for name in files:
        try:
            for capture in _captures_in(Path(name), site, store, history):
                key = write_capture(store, capture)
                run.counters["captures"] += 1
                run.counters["revisits"] += capture.kind == "revisit" or key in history
                history.add(key)
                on_progress(1)
        except (RecordError, InputError, OSError) as error:
            run.fail(name, "import", error)
    # The next crawl of this site looks anew which of its captures are errors: keys do not tell.
    store.delete(learned_key(site, "marked"))
    return run.report(store)


def _captures_in(path: Path, site: str, store: ObjectStore, history: History) -> Iterator[Capture]:
    if not path.is_file():
        message = f"{path}: expected a file to import, found {'a directory' if path.is_dir() else 'nothing'}"
        raise InputError(message)
    if path.name.lower().endswith((".warc", ".warc.gz")):
        for found in read_warc(path, site, partial(payload_at, store, history)):
            yield make_capture(
                site, found.uri, found.captured_at, found.status_line, found.headers, found.payload, found.role, history
            )
        return
    kind = "text/plain" if path.suffix.lower() in (".txt", ".text") else "text/html"
    yield make_capture(
        site,
        path.resolve().as_uri(),
        datetime.now(UTC),
        "HTTP/1.1 200 OK",
        (("Content-Type", kind),),
        path.read_bytes(),
        "article",
        history,
    )


# ── processing ───────────────────────────────────────────────────────────────────────────────────────────


def process_site(
    site: str,
    archive: str,
    *,
    sites: str = "",
    since: date | None = None,
    until: date | None = None,
    redo: bool = False,
    on_progress: Progress = ignore,
) -> RunReport:
    """Turn the captures of one site into documents: those that have none yet, or all of them again (redo).

    since, until: UTC days of capture, both included. Killed and started again it goes on where it was.
    A capture that fails is counted with its stage and message and stops no other.
    """
    store = open_store(archive)
    run = Run("reprocess" if redo else "process", site)
    definition = load_sites(sites).get(site)
    furniture = read_furniture(store, site)
    done = frozenset() if redo else frozenset(_done(store, site, since, until))
    for key in iter_originals(store, site, since, until):
        on_progress(1)
        if parse_capture_key(key).stem in done:
            continue
        try:
            capture = read_capture(store, key)
            if capture.kind == "revisit":
                continue
            run.counters["processed"] += 1
            result = process_capture(key, capture, definition, furniture)
            duplicate = _is_duplicate(store, key, result, redo=redo)
            _store(store, key, result, redo=redo)
        except ProcessError as error:
            run.fail(key, error.stage, error)
        except RecordError as error:
            run.fail(key, "read", error)
        except FangzhiError:
            raise  # the store itself fails: every further capture would fail the same way
        except Exception as error:
            logger.exception("unexpected error key=%s", key)
            run.fail(key, "process", error)
        else:
            _count(run, result, duplicate=duplicate)
    return run.report(store)


def _done(store: ObjectStore, site: str, since: date | None, until: date | None) -> Iterator[str]:
    for prefix in (documents_prefix(PIPELINE_VERSION, site), outcomes_prefix(PIPELINE_VERSION, site)):
        for key in results_in_window(store, prefix, since, until):
            yield stem_of(key)


def _is_duplicate(store: ObjectStore, key: str, result: Document | Outcome, *, redo: bool) -> bool:
    """Tell whether another document claims the fingerprint already; of n equal texts n - 1 count, in any order.

    On a second processing all claims stand from the first, so the earliest capture is the one that does not count.
    """
    if isinstance(result, Outcome) or not result.fingerprint:
        return False
    claims = claimants_of(store, PIPELINE_VERSION, result.fingerprint)
    if redo and claims:
        return parse_capture_key(claims[0]).stem < parse_capture_key(key).stem
    return any(claim != key for claim in claims)


def _store(store: ObjectStore, key: str, result: Document | Outcome, *, redo: bool) -> None:
    """Write a result; the claim first, since the document's key is the mark that the work is done."""
    if redo:
        _forget(store, key, result)
    if isinstance(result, Outcome):
        write_outcome(store, result)
        return
    if result.fingerprint:
        write_claim(store, result)
    write_document(store, result)


def _forget(store: ObjectStore, key: str, result: Document | Outcome) -> None:
    """Remove what an earlier run with other rules left under this capture and this one does not overwrite."""
    try:
        earlier = read_document(store, document_key(PIPELINE_VERSION, key))
    except ObjectNotFoundError:
        earlier = None
    if isinstance(result, Outcome):
        store.delete(document_key(PIPELINE_VERSION, key))
    else:
        store.delete(outcome_key(PIPELINE_VERSION, key))
    if earlier and earlier.fingerprint and earlier.fingerprint != getattr(result, "fingerprint", ""):
        store.delete(claim_key(PIPELINE_VERSION, earlier.fingerprint, key))


def _count(run: Run, result: Document | Outcome, *, duplicate: bool) -> None:
    if isinstance(result, Outcome):
        run.counters["outcomes"] += 1
        run.counters["blocked"] += result.verdict == "blocked"
        run.counters["empty"] += result.verdict == "empty"
        return
    run.counters["documents"] += 1
    run.counters["duplicates"] += duplicate
    run.counters["titled"] += bool(result.title)
    run.counters["dated"] += result.published_at is not None
    run.counters["suggestions"] += len(result.suggestions)
    for step in result.steps:
        run.repairs[step.name] += len(step.changes)


# ── over sites ──────────────────────────────────────────────────────────────────────────────────────────


def due_sites(sites: Iterable[Site], archive: str, now: datetime) -> list[Site]:
    """Return the sites whose cadence came round since their last collect started.

    The ids of runs say enough, so that a tick each few minutes lists a few days and reads nothing.
    """
    sites = list(sites)
    store = open_store(archive)
    day = min((last_due(site.cadence, now) for site in sites), default=now).astimezone(UTC).date()
    started: dict[str, datetime] = {}
    while day <= now.astimezone(UTC).date():
        for key in store.list(reports_prefix(day)):
            run = parse_run_id(key.rsplit("/", 1)[1].removesuffix(".json"))
            if run and run.verb == "collect":
                started[run.site] = max(run.started_at, started.get(run.site, run.started_at))
        day += timedelta(days=1)
    return [site for site in sites if is_due(site.cadence, started.get(site.id), now)]


def health_of(sites: Iterable[Site], archive: str, now: datetime) -> list[Health]:
    """Judge sites by the reports of their runs in the last HEALTH_DAYS days."""
    sites = list(sites)
    by_site: dict[str, list[RunReport]] = {site.id: [] for site in sites}

    def wanted(run_id: str) -> bool:
        run = parse_run_id(run_id)
        return run is None or run.site in by_site

    today = now.astimezone(UTC).date()
    for report in iter_reports(open_store(archive), today - timedelta(days=HEALTH_DAYS), today, wanted):
        by_site.setdefault(report.site, []).append(report)
    return [judge(site, by_site[site.id], now) for site in sites]


def archived_sites(archive: str) -> list[str]:
    """Return the ids of the sites that have captures, sorted."""
    return sorted({key.split("/")[1] for key in open_store(archive).list("captures/")})


BULK: dict[str, Callable[..., RunReport]] = {
    "process": process_site,
    "reprocess": partial(process_site, redo=True),
    "verify": verify_site,
    "index": index_site,
    "pack": pack_site,
}
"""The verbs that work through stored captures, site by site."""
