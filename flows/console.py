"""console.py — What all verbs of the console script share: options, error lines, progress, reports and exit status.

The one place that prints, with cli.py and cli_sites.py. Exit status: 0 all well; 1 something failed, and the reports
say what; 2 the command could not run.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows import jobs, show
from flows.health import Health
from flows.run import crashed
from storage.documents import report_to_json
from storage.errors import FangzhiError
from storage.records import RunReport
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


def each(
    chosen: Sequence[str], verb: str, job: Callable[[str, Callable[[int], None]], list[RunReport]]
) -> list[RunReport]:
    """Run a job for each site, a few at a time, with progress on a terminal; a failing site stops no other."""
    with (
        progress(len(chosen), verb) as (advance_sites, advance),
        ThreadPoolExecutor(max_workers=jobs.MAX_SITES_AT_ONCE) as pool,
    ):
        futures = {site: pool.submit(job, site, advance) for site in chosen}
        reports: list[RunReport] = []
        for site, future in futures.items():
            try:
                reports += future.result()
            except FangzhiError as error:
                if len(futures) == 1:
                    raise
                reports.append(crashed(verb, site, error))
            advance_sites()
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


def finish(reports: Sequence[RunReport], as_json: bool, unwell: Sequence[Health] = ()) -> None:
    """Print reports and the sites that are not well, and end with status 1 when anything failed."""
    if as_json:
        for report in reports:
            click.echo(report_to_json(report).decode().rstrip("\n"))
    else:
        out.print(show.reports_table(reports))
    for health in unwell:
        fail(f"site {health.site} is {health.status}: {health.reason}")
    if unwell or any(report.failed for report in reports):
        sys.exit(1)
