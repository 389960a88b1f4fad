"""cli.py — The console script `fangzhi`: the verbs of jobs.py for people and, with --json, for machines.

The one place that prints. Needs no server: --prefect runs the same jobs as Prefect flows instead.
Exit status: 0 all well; 1 something failed, and the reports say what; 2 the command could not run.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from flows import jobs, show
from flows.explain import explain as explain_page
from flows.text.provenance import replay
from flows.text.repair import repair as repair_text
from spiders.site import load_sites, site_skeleton
from storage.documents import document_to_json, outcome_to_json, report_to_json
from storage.errors import FangzhiError, InputError
from storage.objects import open_store
from storage.records import Document, RunReport
from storage.settings import Settings

Command = Callable[..., Any]
DAY = click.DateTime(["%Y-%m-%d"])

out = Console(soft_wrap=False)
err = Console(stderr=True)


def fail(problem: FangzhiError | str) -> None:
    """Say on standard error, in one line, what is wrong and what to do."""
    err.print(f"fangzhi: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)


def options(command: Command) -> Command:
    """Give a command the options every verb has, with defaults from the environment, and explain its errors."""

    @click.option("--archive", help="Where the archive lies: a directory or s3://bucket/prefix. [env: FANGZHI_ARCHIVE]")
    @click.option("--site-files", help="Further directories of site files, joined by ':'. [env: FANGZHI_SITES]")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON lines instead of tables.")
    @click.option("-v", "--verbose", is_flag=True, help="Log what happens to standard error.")
    @wraps(command)
    def wrapped(archive: str | None, site_files: str | None, verbose: bool, **rest: Any) -> None:
        settings = Settings()
        logging.basicConfig(
            level=logging.INFO if verbose else logging.ERROR,
            stream=sys.stderr,
            format="%(asctime)s %(levelname)s %(name)s %(message)s",
        )
        try:
            command(
                archive=archive or settings.archive,
                site_files=settings.sites if site_files is None else site_files,
                **rest,
            )
        except FangzhiError as error:
            fail(error)
            sys.exit(2)

    return wrapped


def window(required: bool) -> Callable[[Command], Command]:
    """Give a command --from and --to: days, both included."""

    def decorate(command: Command) -> Command:
        for name, parameter, text in (
            ("--to", "until", "Last day, included."),
            ("--from", "since", "First day, included."),
        ):
            command = click.option(name, parameter, type=DAY, required=required, help=f"{text} Format YYYY-MM-DD.")(
                command
            )
        return command

    return decorate


def prefect_option(command: Command) -> Command:
    """Give a command --prefect."""
    return click.option(
        "--prefect",
        "use_prefect",
        is_flag=True,
        help="Run as a Prefect flow: with the API in PREFECT_API_URL, else a temporary one.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="fangzhi")
def main() -> None:
    """Collect Chinese local-government news pages, keep every byte, and repair their text with provenance."""


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────


@main.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--process/--no-process", "process", default=False, help="Process what was captured right after.")
@prefect_option
@options
def collect(
    sites: tuple[str, ...], process: bool, use_prefect: bool, archive: str, site_files: str, as_json: bool
) -> None:
    """Fetch what is new at each SITE (all known sites when none is named) into the archive."""
    known = load_sites(site_files)
    chosen = [known.require(site).id for site in sites] or [site.id for site in known]
    if use_prefect:
        finish(_prefect("collect", archive=archive, sites=chosen, site_files=site_files, process=process), as_json)
        return
    finish(
        each(
            chosen,
            "collect",
            partial(_collect_one, archive=archive, site_files=site_files, verb="collect", process=process),
        ),
        as_json,
    )


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
        finish(
            _prefect("backfill", archive=archive, site=site, site_files=site_files, process=process, **period), as_json
        )
        return
    finish(
        each(
            [site],
            "backfill",
            partial(_collect_one, archive=archive, site_files=site_files, verb="backfill", process=process, **period),
        ),
        as_json,
    )


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
    @window(required=False)
    @prefect_option
    @options
    def bulk(
        sites: tuple[str, ...],
        since: datetime | None,
        until: datetime | None,
        use_prefect: bool,
        archive: str,
        site_files: str,
        as_json: bool,
    ) -> None:
        chosen = list(sites) or jobs.archived_sites(archive)
        period = _window(since, until)
        if use_prefect:
            finish(_prefect(verb, archive=archive, sites=chosen, site_files=site_files, **period), as_json)
            return
        job = partial(jobs.BULK[verb], archive=archive, sites=site_files, **period)
        finish(each(chosen, verb, lambda site, advance: [job(site, on_progress=advance)]), as_json)


_bulk(
    "process",
    "Turn captures that have no document yet into documents: decode, extract, repair, normalize, fingerprint.",
)
_bulk("reprocess", "Do the same again for every capture, with the rules of today; nothing is fetched.")
_bulk("verify", "Read captures and documents back: digests must match, steps must undo and replay.")


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


# ── sites ────────────────────────────────────────────────────────────────────────────────────────────────


@main.group()
def sites() -> None:
    """List, check and add site files."""


@sites.command("list")
@options
def sites_list(archive: str, site_files: str, as_json: bool) -> None:
    """List the known sites."""
    del archive
    known = load_sites(site_files)
    if as_json:
        for site in known:
            click.echo(site.model_dump_json())
        return
    table = Table("id", "name", "region", "family", "hosts", "checked", header_style="bold")
    for site in known:
        table.add_row(site.id, site.name, site.region, site.family, " ".join(site.hosts), site.checked)
    out.print(table)


@sites.command("check")
@click.argument("names", nargs=-1, metavar="[SITE]...")
@options
def sites_check(names: tuple[str, ...], archive: str, site_files: str, as_json: bool) -> None:
    """Check site files, and print what must be confirmed on a connected machine."""
    del archive
    known = load_sites(site_files)
    chosen = [known.require(name) for name in names] or list(known)
    for site in chosen:
        confirm = site.to_confirm()
        if as_json:
            click.echo(json.dumps({"site": site.id, "ok": True, "confirm": confirm}, ensure_ascii=False))
        else:
            out.print(
                f"[green]ok[/] {site.id}", *(f"   confirm: {line}" for line in confirm), sep="\n", highlight=False
            )


@sites.command("add")
@click.argument("site")
@click.option("--name", required=True, help="Name of the site, in Chinese.")
@click.option("--region", required=True, help="GB/T 2260 code, six digits.")
@click.option("--family", required=True, help="CMS family; see `fangzhi sites list` for examples.")
@click.option(
    "--listing", "listings", multiple=True, required=True, help="Address of a listing; may be given several times."
)
@click.option(
    "--directory", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where to write SITE.toml."
)
@options
def sites_add(
    site: str,
    name: str,
    region: str,
    family: str,
    listings: tuple[str, ...],
    directory: Path,
    archive: str,
    site_files: str,
    as_json: bool,
) -> None:
    """Write a new site file."""
    del archive, site_files
    path = directory / f"{site}.toml"
    if path.exists():
        message = f"{path} exists already; edit it, or choose another id"
        raise InputError(message)
    text = site_skeleton(site, name, region, family, listings)
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    click.echo(json.dumps({"site": site, "file": str(path)}) if as_json else f"wrote {path}")


# ── running and reporting ────────────────────────────────────────────────────────────────────────────────


def each(
    chosen: Sequence[str], verb: str, job: Callable[[str, Callable[[int], None]], list[RunReport]]
) -> list[RunReport]:
    """Run a job for each site, a few at a time, with progress on a terminal; a failing site stops no other."""
    with (
        progress(len(chosen), verb) as (advance_sites, advance),
        ThreadPoolExecutor(max_workers=jobs.MAX_SITES_AT_ONCE) as pool,
    ):
        futures = [pool.submit(job, site, advance) for site in chosen]
        reports: list[RunReport] = []
        errors: list[FangzhiError] = []
        for future in futures:
            try:
                reports += future.result()
            except FangzhiError as error:
                errors.append(error)
            advance_sites()
    if errors and not reports:
        raise errors[0]
    for failed in errors:
        fail(failed)
    return reports


@contextmanager
def progress(total: int, verb: str) -> Iterator[tuple[Callable[[], None], Callable[[int], None]]]:
    """Show sites done and records handled on a terminal; show nothing elsewhere."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[records]} records"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(verb, total=total, records=0)
        handled = 0

        def advance(count: int) -> None:
            nonlocal handled
            handled += count
            bar.update(task, records=handled)

        yield partial(bar.advance, task), advance


def finish(reports: Sequence[RunReport], as_json: bool) -> None:
    """Print reports and end with status 1 when anything failed."""
    if as_json:
        for report in reports:
            click.echo(report_to_json(report).decode().rstrip("\n"))
    else:
        out.print(show.reports_table(reports))
    if any(report.failed for report in reports):
        sys.exit(1)


def _prefect(verb: str, **parameters: Any) -> list[RunReport]:
    from flows import orchestrate  # noqa: PLC0415 — Prefect takes most of a second to import; only --prefect pays

    return orchestrate.run(verb, **parameters)


def _window(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    first, last = (day.date() if day else None for day in (since, until))
    if first and last and first > last:
        message = f"--from {first} lies after --to {last}; swap them"
        raise InputError(message)
    return {"since": first, "until": last}
