"""orchestrate.py — The verbs as Prefect flows; the only module that imports Prefect.

It wraps the job functions and adds no logic of its own: a flow is one task per site (or shard), a failing site stops
no other, and the run ends failed when any site failed, after all ran. Parameters and results are JSON-simple; no
payload passes through Prefect. The flows are async because a sync flow run joins its heartbeat thread for a second
(measured); the Dask flow is sync, for its futures are.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from functools import partial, wraps
from typing import Annotated, Any

# Prefect reads its settings when it is imported: nothing may be looked up on the internet, and a first start on a
# loaded machine takes longer than the 20 s it allows.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "flows,spiders,storage")

from anyio import to_thread
from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError, concurrency
from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows import jobs, show
from flows.health import UNWELL, Health
from flows.run import crashed
from flows.runners import arguments, run_shard
from flows.shards import cut, merge
from spiders.site import load_sites
from storage.documents import report_from_json, report_to_json
from storage.errors import InputError, TransientError
from storage.objects import open_store
from storage.records import RunReport
from storage.settings import Settings

Reports = list[str]

# A slot that its holder no longer renews, because worker or machine died, is free again after this long.
_LEASE_S = 60
# What the server answers when the slot is taken. A time limit would take a slow server for a busy site.
_LOCKED = 423
_RETRY_DELAYS_S: list[float] = [30, 300]


class _BusyError(Exception):
    """Another run is at this site."""


class CrawlCrashedError(TransientError):
    """The crawl child ended without a report of its own."""


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────


def _is_transient(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Tell Prefect whether a second try may work: what the store or a killed child caused, and nothing else."""
    return isinstance(state.data, TransientError) or isinstance(getattr(state.data, "exception", None), TransientError)


def _as_task(job: Callable[..., RunReport], name: str) -> Any:
    """Wrap a job as a task that runs it in a thread and returns its report as JSON text."""

    @wraps(job)
    async def run(**parameters: Any) -> str:
        report = await to_thread.run_sync(partial(job, **parameters), abandon_on_cancel=True)
        if report.finish == "crashed":
            message = "; ".join(failure.message for failure in report.failures)
            raise CrawlCrashedError(message)
        return report_to_json(report).decode()

    return task(
        name=name,
        task_run_name=name + " {site}",
        persist_result=False,
        retries=len(_RETRY_DELAYS_S),
        retry_delay_seconds=_RETRY_DELAYS_S,
        retry_condition_fn=_is_transient,
    )(run)


_collect_site = _as_task(jobs.collect_site, "collect")
_process_site = _as_task(jobs.process_site, "process")
_shard = task(name="shard", task_run_name="{verb} {site} {since}", persist_result=False)(run_shard)


@asynccontextmanager
async def _site_slot(site: str) -> AsyncIterator[None]:
    """Hold the one place there is for fetching a site, across schedules, backfills and manual runs of one server.

    Raises _BusyError when another run holds it. Without a server there is nothing to ask: overlapping runs are harmless
    to the archive, and only cost the site requests.
    """
    if not PREFECT_API_URL.value():
        yield
        return
    name = f"fangzhi-site-{site}"
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(name, 1)
    async with AsyncExitStack() as held:
        try:
            await held.enter_async_context(concurrency(name, max_retries=0, lease_duration=_LEASE_S, strict=True))
        except ConcurrencySlotAcquisitionError as error:
            if getattr(getattr(error.__cause__, "response", None), "status_code", None) != _LOCKED:
                raise
            raise _BusyError(site) from error
        yield


# ── runs over sites ──────────────────────────────────────────────────────────────────────────────────────


async def _each(
    verb: str, sites: Sequence[str], one: Callable[[str], Awaitable[Reports]]
) -> tuple[list[RunReport], list[str]]:
    """Run one coroutine per site, a few at a time, with a progress artifact; return reports and the sites left alone."""
    gate = asyncio.Semaphore(jobs.MAX_SITES_AT_ONCE)
    progress = await acreate_progress_artifact(0.0, description=f"{verb}: {len(sites)} sites")
    reports: list[RunReport] = []
    busy: list[str] = []
    done = 0

    async def guarded(site: str) -> None:
        nonlocal done
        async with gate:
            try:
                reports.extend(map(parse, await one(site)))
            except _BusyError:
                busy.append(site)
                get_run_logger().warning("skipped site=%s: another run is fetching it", site)
            except Exception as error:  # noqa: BLE001 — a failing site stops no other; it becomes a failed report
                reports.append(crashed(verb, site, error))
        done += 1
        await aupdate_progress_artifact(progress, 100 * done / len(sites))

    await asyncio.gather(*map(guarded, sites))
    return reports, busy


async def _end(
    verb: str, reports: Sequence[RunReport], busy: Sequence[str] = (), health: Sequence[Health] = ()
) -> State[Any]:
    """Leave the run's tables behind and say truly how it ended."""
    rows = show.artifact_rows(reports, health)
    await acreate_table_artifact(rows, key=f"fangzhi-{verb}", description=f"{verb}: what each site gave")
    await acreate_markdown_artifact(show.artifact_markdown(verb, rows, reports, busy), key=f"fangzhi-{verb}-summary")
    unwell = [one for one in health if one.status in UNWELL]
    for one in health:
        if one.status in (*UNWELL, "stale"):
            emit_event(
                f"fangzhi.site.{one.status}",
                resource={"prefect.resource.id": f"fangzhi.site.{one.site}"},
                payload={"reason": one.reason},
            )
    data = [report_to_json(report).decode() for report in reports]
    failed = [*dict.fromkeys(report.site for report in reports if report.failed), *(one.site for one in unwell)]
    skipped = f", skipped as busy: {', '.join(busy)}" if busy else ""
    if failed:
        return Failed(message=f"failed: {', '.join(dict.fromkeys(failed))}{skipped}", data=data)
    return Completed(message=f"{len(rows)} sites{skipped}", data=data)


# ── flows ────────────────────────────────────────────────────────────────────────────────────────────────


class Days(BaseModel):
    """The days of a backfill, in China time, both included."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[date, Field(description="First day, such as 2021-01-01.", ge=date(1995, 1, 1))]
    until: Annotated[date, Field(description="Last day, included.")]

    @model_validator(mode="after")
    def _in_order(self) -> "Days":
        if self.until < self.since:
            message = f"expected until on or after {self.since}, found {self.until}"
            raise ValueError(message)
        return self


async def _collect(
    archive: str = "", sites: list[str] | None = None, site_files: str = "", due: bool = False, process: bool = True
) -> Any:
    """Fetch what is new at each site, then process it.

    archive, site_files: as in Settings when empty. sites: ids; every known one when none is named. due: only those
    whose cadence came round since their last collect.
    """
    archive, site_files = _from_settings(archive, site_files)
    known = load_sites(site_files)
    chosen = [known.require(site) for site in sites] if sites else list(known)
    if due:
        chosen = jobs.due_sites(chosen, archive, datetime.now(UTC))
    reports, busy = await _each(
        "collect", [site.id for site in chosen], partial(_fetch, archive, site_files, process, verb="collect")
    )
    health = await to_thread.run_sync(
        jobs.health_of, [site for site in chosen if site.id not in busy], archive, datetime.now(UTC)
    )
    return await _end("collect", reports, busy, health)


async def _backfill(
    sites: list[str], days: Days, archive: str = "", site_files: str = "", process: bool = True, dry_run: bool = False
) -> Any:
    """Fetch what some sites published in a period, then process it; started again, fetch only what is missing.

    dry_run: say which sites and days, and fetch nothing.
    """
    archive, site_files = _from_settings(archive, site_files)
    known = load_sites(site_files)
    chosen = [known.require(site).id for site in sites]
    if dry_run:
        return Completed(message=f"would fetch {', '.join(chosen)} from {days.since} to {days.until}", data=[])
    period: dict[str, Any] = {"verb": "backfill", "since": days.since, "until": days.until}
    reports, busy = await _each("backfill", chosen, partial(_fetch, archive, site_files, process, **period))
    return await _end("backfill", reports, busy)


async def _fetch(archive: str, site_files: str, process: bool, site: str, **period: Any) -> Reports:
    async with _site_slot(site):
        reports = [await _collect_site(site=site, archive=archive, sites=site_files, **period)]
    if process:
        reports.append(await _process_site(site=site, archive=archive, sites=site_files))
    return reports


def _bulk(verb: str) -> Any:
    """Make the flow of a verb that works through stored captures, site by site."""
    one_site = _as_task(jobs.BULK[verb], verb)

    async def bulk(
        archive: str = "",
        sites: list[str] | None = None,
        site_files: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> Any:
        archive, site_files = _from_settings(archive, site_files)

        async def one(site: str) -> Reports:
            return [await one_site(site=site, archive=archive, sites=site_files, since=since, until=until)]

        reports, _ = await _each(verb, sites or jobs.archived_sites(archive), one)
        return await _end(verb, reports)

    return _as_flow(bulk, verb)


def _as_flow(function: Any, verb: str) -> Any:
    """Make a flow that a deployment finds again by its entry point, flows/orchestrate.py:<verb>."""
    function.__name__ = function.__qualname__ = verb
    return flow(name=verb, flow_run_name=_run_name)(function)


def _from_settings(archive: str, site_files: str) -> tuple[str, str]:
    settings = Settings()
    return archive or settings.archive, site_files or settings.sites


def _run_name() -> str:
    """Name a run by verb, sites and window, so that a list of runs can be read."""
    given = runtime.flow_run.parameters
    sites = given.get("sites") or []
    days = given.get("days")
    window = (days.since, days.until) if isinstance(days, Days) else (given.get("since"), given.get("until"))
    parts = [
        runtime.flow_run.flow_name or "",
        ", ".join(sites[:3]) + (f" and {len(sites) - 3} more" if len(sites) > 3 else "") if sites else "all sites",
    ]
    parts += [f"{window[0] or '…'} to {window[1] or '…'}"] if any(window) else []
    return " ".join(parts)


collect: Any = _as_flow(_collect, "collect")
backfill: Any = _as_flow(_backfill, "backfill")
process, reprocess, verify = map(_bulk, ("process", "reprocess", "verify"))
FLOWS: dict[str, Any] = {each.name: each for each in (collect, backfill, process, reprocess, verify)}


# ── from the console script ──────────────────────────────────────────────────────────────────────────────


def parse(report: str) -> RunReport:
    """Read a report as tasks return it."""
    return report_from_json(report.encode())


def run(verb: str, **parameters: Any) -> list[RunReport]:
    """Run a flow here, with the API that Prefect's settings name or a temporary one, and return its reports.

    A failed flow run is no exception: the reports say what failed.
    """

    async def go() -> Reports:
        state: State[Any] = await FLOWS[verb](**parameters, return_state=True)
        result = await state.aresult(raise_on_failure=False)
        if isinstance(result, BaseException):
            raise result
        return list(result)

    return [parse(report) for report in asyncio.run(go())]


def run_on_dask(
    verb: str,
    sites: Sequence[str],
    archive: str,
    site_files: str,
    since: date | None,
    until: date | None,
    *,
    address: str,
) -> list[RunReport]:
    """Run a bulk verb's shards on a Dask cluster through prefect-dask and return a report per site.

    The archive must be one that every worker reaches under the same address. Raises InputError without a Prefect
    server: each Dask worker would start a temporary server of its own on one database (measured: 19 s for 20 tasks).
    """
    if not PREFECT_API_URL.value():
        message = "--runner dask: expected a Prefect server in PREFECT_API_URL, found none; start one, or use --workers on this machine"
        raise InputError(message)
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 — an optional dependency
    except ImportError as error:
        message = "--runner dask: expected the package prefect-dask, found none; install fangzhi[dask]"
        raise InputError(message) from error
    shards = cut(open_store(archive), sites, since, until)

    runner: Any = DaskTaskRunner(address=address)

    @flow(name=f"{verb}-on-dask", task_runner=runner)
    def on_dask() -> Reports:
        futures = [_shard.submit(*arguments(verb, shard, archive, site_files)) for shard in shards]
        return [future.result() for future in futures]

    return merge([parse(report) for report in on_dask()])
