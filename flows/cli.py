"""cli.py — The console script `fangzhi`: the verbs of jobs.py for people and, with --json, for machines.

Needs no server: --prefect runs the same jobs as Prefect flows instead. What all verbs share is in console.py.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import click

from flows import jobs, show
from flows.cli_sites import sites
from flows.console import DAY, each, fail, finish, options, out, prefect_option, progress, window
from flows.explain import explain as explain_page
from flows.health import UNWELL
from flows.metrics import samples_of, sum_of, to_text
from flows.runners import cut_for, in_processes
from flows.shards import merge
from flows.text.provenance import replay
from flows.text.repair import repair as repair_text
from spiders.coverage import Coverage, Day, calendar
from spiders.site import load_sites
from storage.documents import document_to_json, iter_reports, outcome_to_json
from storage.errors import InputError
from storage.objects import open_store
from storage.records import Document, RunReport


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="fangzhi")
def main() -> None:
    """Collect Chinese local-government news pages, keep every byte, and repair their text with provenance."""


main.add_command(sites)


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────


@main.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@click.option("--due", is_flag=True, help="Only sites whose cadence came round since their last collect.")
@click.option("--process/--no-process", "process", default=False, help="Process what was captured right after.")
@prefect_option
@options
def collect(
    names: tuple[str, ...], due: bool, process: bool, use_prefect: bool, archive: str, site_files: str, as_json: bool
) -> None:
    """Fetch what is new at each SITE (all known sites when none is named) into the archive."""
    known = load_sites(site_files)
    chosen = [known.require(name) for name in names] or list(known)
    now = datetime.now(UTC)
    ids = [site.id for site in (jobs.due_sites(chosen, archive, now) if due else chosen)]
    if use_prefect and ids:  # a flow without sites takes all
        reports = _prefect("collect", archive=archive, sites=ids, site_files=site_files, process=process)
    else:
        job = partial(_collect_one, archive=archive, site_files=site_files, verb="collect", process=process)
        reports = each(ids, "collect", job)
    unwell = [one for one in jobs.health_of(chosen, archive, datetime.now(UTC)) if one.status in UNWELL]
    finish(reports, as_json, unwell)


@main.command()
@click.argument("site")
@window(required=True)
@click.option("--process/--no-process", "process", default=False, help="Process what was captured right after.")
@prefect_option
@options
def backfill(
    site: str,
    since: datetime,
    until: datetime,
    process: bool,
    use_prefect: bool,
    archive: str,
    site_files: str,
    as_json: bool,
) -> None:
    """Fetch what SITE published in a period; started again, it fetches only what is still missing."""
    period = _window(since, until)
    load_sites(site_files).require(site)
    if use_prefect:
        days = {"since": period["since"], "until": period["until"]}
        reports = _prefect("backfill", archive=archive, sites=[site], days=days, site_files=site_files, process=process)
    else:
        job = partial(_collect_one, archive=archive, site_files=site_files, verb="backfill", process=process, **period)
        reports = each([site], "backfill", job)
    if not as_json:
        asked = calendar(open_store(archive), site).items()
        out.print(show.coverage_table({day: known for day, known in asked if _within(day, since, until)}))
    finish(reports, as_json)


def _collect_one(
    site: str,
    advance: Callable[[int], None],
    *,
    archive: str,
    site_files: str,
    verb: str,
    process: bool,
    since: date | None = None,
    until: date | None = None,
) -> list[RunReport]:
    reports = [
        jobs.collect_site(
            site, archive, sites=site_files, verb=verb, on_line=lambda _: advance(0), since=since, until=until
        )
    ]
    if process:
        reports.append(jobs.process_site(site, archive, sites=site_files, on_progress=advance))
    return reports


@main.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--site", default=jobs.IMPORT_SITE, show_default=True, help="Site id to keep the captures under.")
@options
def import_(files: tuple[str, ...], site: str, archive: str, site_files: str, as_json: bool) -> None:
    """Make captures from HTML, text or WARC files. The same FILE twice is a revisit."""
    del site_files
    finish(
        each(
            [site], "import", lambda site, advance: [jobs.import_files(files, archive, site=site, on_progress=advance)]
        ),
        as_json,
    )


# ── processing and checking ──────────────────────────────────────────────────────────────────────────────


def _bulk(verb: str, help_text: str) -> None:
    """Add one of the verbs that work through stored captures site by site."""

    @main.command(verb, help=help_text)
    @click.option("--site", "sites", multiple=True, help="Only this site; may be given several times.")
    @click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes here.")
    @click.option("--runner", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Where.")
    @click.option("--address", default="", help="The Dask scheduler, tcp://host:port, for --runner dask.")
    @window(required=False)
    @prefect_option
    @options
    def bulk(
        sites: tuple[str, ...],
        workers: int,
        runner: str,
        address: str,
        since: datetime | None,
        until: datetime | None,
        use_prefect: bool,
        archive: str,
        site_files: str,
        as_json: bool,
    ) -> None:
        chosen = list(sites) or jobs.archived_sites(archive)
        period = _window(since, until)
        if runner == "dask":
            reports = _on_dask(verb, chosen, archive, site_files, address=address, **period)
        elif use_prefect:
            reports = _prefect(verb, archive=archive, sites=chosen, site_files=site_files, **period)
        elif workers > 1:
            reports = _in_processes(verb, chosen, archive, site_files, workers=workers, **period)
        else:
            job = partial(jobs.BULK[verb], archive=archive, sites=site_files, **period)
            reports = each(chosen, verb, lambda site, advance: [job(site, on_progress=advance)])
        finish(reports, as_json)


def _in_processes(
    verb: str, sites: list[str], archive: str, site_files: str, *, workers: int, **period: Any
) -> list[RunReport]:
    shards = cut_for(verb, archive, sites, **period)
    with progress(len(shards), verb) as (advance_shards, advance):

        def on_done(report: RunReport) -> None:
            advance_shards()
            advance(report.counters.get("processed", 0) + report.counters.get("verified", 0))

        return merge(list(in_processes(verb, shards, archive, site_files, workers, on_done)))


_bulk(
    "process",
    "Turn captures that have no document yet into documents: decode, extract, repair, normalize, fingerprint.",
)
_bulk("reprocess", "Do the same again for every capture, with the rules of today; nothing is fetched.")
_bulk("verify", "Read captures and documents back: digests must match, steps must undo and replay.")
_bulk("index", "Bring the CDXJ index up to date: one line per capture, for other archive tools.")
_bulk("pack", "Join closed days' captures into WARC files with their index, to hand on; the captures stay.")


@main.command()
@click.argument("target", metavar="URL|KEY")
@click.option("--all", "show_all", is_flag=True, help="Show every change of every step.")
@options
def explain(target: str, show_all: bool, archive: str, site_files: str, as_json: bool) -> None:
    """Show the provenance of a page: bytes, choices, and before and after of every change."""
    found = explain_page(open_store(archive), target, load_sites(site_files))
    if not as_json:
        out.print(show.explanation(found, changes_per_step=None if show_all else 5))
        return
    result = found.result
    stored = (
        None
        if result is None
        else json.loads(document_to_json(result) if isinstance(result, Document) else outcome_to_json(result))
    )
    line = {
        "captures": found.captures,
        "capture": found.key,
        "result": stored,
        "extracted": found.extracted,
        "proven": found.proven,
        "duplicate_of": found.duplicate_of,
    }
    click.echo(json.dumps(line, ensure_ascii=False, sort_keys=True))


@main.command()
@click.argument("file", default="-", type=click.File("rb"))
@click.option(
    "--explain",
    "as_steps",
    is_flag=True,
    help="Print the steps as JSON lines (coloured on a terminal) instead of the text.",
)
def repair(file: Any, as_steps: bool) -> None:
    """Filter: damaged UTF-8 text in, repaired text out. FILE defaults to standard input."""
    try:
        text = file.read().decode("utf-8")
    except UnicodeDecodeError as error:
        fail(
            f"{file.name}: expected UTF-8 text, found byte 0x{error.object[error.start]:02X} at offset {error.start}; for bytes in other encodings use `fangzhi import`"
        )
        sys.exit(2)
    repaired = repair_text(text)
    if not as_steps:
        sys.stdout.buffer.write(repaired.text.encode("utf-8"))
        return
    if out.is_terminal:
        before = text
        for step in repaired.steps:
            out.rule(step.name, align="left")
            out.print(*show.step_changes(step, before), sep="\n")
            before = replay(before, [step])
        return
    for step in repaired.steps:
        click.echo(json.dumps({"kind": "step", **asdict(step)}, ensure_ascii=False))
    for suggestion in repaired.suggestions:
        click.echo(json.dumps({"kind": "suggestion", **asdict(suggestion)}, ensure_ascii=False))
    for flag in repaired.flags:
        click.echo(json.dumps({"kind": "flag", "name": flag}, ensure_ascii=False))


@main.command()
@click.argument("site")
@window(required=False)
@options
def coverage(
    site: str, since: datetime | None, until: datetime | None, archive: str, site_files: str, as_json: bool
) -> None:
    """Show what is known of each day of SITE: articles captured, missing, gone, and days without any."""
    load_sites(site_files).require(site)
    store = open_store(archive)
    days = {day: known for day, known in calendar(store, site).items() if _within(day, since, until)}
    undated = None if since or until else Coverage(store, site).day(None)
    if as_json:
        lines: list[tuple[date | None, Day]] = [
            *days.items(),
            *([(None, undated)] if undated and undated.links else []),
        ]
        for day, known in lines:
            line = {"day": day and str(day), "state": known.state, "captured": known.captured, "missing": known.missing}
            click.echo(json.dumps({**line, "gone": known.gone, "empty": known.empty}))
    else:
        out.print(show.coverage_table(days, undated))


@main.command()
@click.option("--from", "since", type=DAY, help="Only runs that started on this UTC day or later.")
@options
def metrics(since: datetime | None, archive: str, site_files: str, as_json: bool) -> None:
    """Print what all stored runs counted as OpenMetrics text, for Prometheus and its like."""
    del site_files
    total = sum_of(map(samples_of, iter_reports(open_store(archive), since.date() if since else None)))
    if as_json:
        for (name, labels), value in sorted(total.items()):
            click.echo(json.dumps({"name": name, "labels": dict(labels), "value": value}))
    else:
        click.echo(to_text(total), nl=False)


def _on_dask(verb: str, *arguments: Any, **options: Any) -> list[RunReport]:
    from flows import orchestrate  # noqa: PLC0415 — as in _prefect

    return orchestrate.run_on_dask(verb, *arguments, **options)


def _prefect(verb: str, **parameters: Any) -> list[RunReport]:
    from flows import orchestrate  # noqa: PLC0415 — Prefect takes most of a second to import; only --prefect pays

    return orchestrate.run(verb, **parameters)


def _within(day: date, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or day >= since.date()) and (until is None or day <= until.date())


def _window(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    first, last = (day.date() if day else None for day in (since, until))
    if first and last and first > last:
        message = f"--from {first} lies after --to {last}; swap them"
        raise InputError(message)
    return {"since": first, "until": last}
