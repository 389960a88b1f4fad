"""orchestrate.py — The verbs as Prefect flows; the only module that imports Prefect.

It wraps the job functions and adds no logic of its own: a flow is one task per site, a failing site stops no other,
and the run ends failed when any site failed, after all ran. Parameters and results are JSON-simple; no payload passes
through Prefect. The flows are async because a sync flow run joins its heartbeat thread for a second (measured).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial, wraps
from typing import Any

# Prefect reads its settings when it is imported: nothing may be looked up on the internet, and a first start on a
# loaded machine takes longer than the 20 s it allows.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "flows,spiders,storage")

from anyio import to_thread
from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import jobs
from spiders.site import load_sites
from storage.documents import report_from_json, report_to_json
from storage.records import RunReport


def _as_task(job: Callable[..., RunReport], name: str) -> Any:
    """Wrap a job as a task that runs it in a thread and returns its report as JSON text."""

    @wraps(job)
    async def run(**parameters: Any) -> str:
        report = await to_thread.run_sync(partial(job, **parameters), abandon_on_cancel=True)
        return report_to_json(report).decode()

    return task(name=name, task_run_name=name + " {site}", persist_result=False)(run)


collect_site = _as_task(jobs.collect_site, "collect")
process_site = _as_task(jobs.process_site, "process")


async def _each(sites: list[str], one: Callable[[str], Awaitable[list[str]]]) -> State[Any]:
    """Run one coroutine per site, a few at a time; end failed if any site failed, after all ran."""
    gate = asyncio.Semaphore(jobs.MAX_SITES_AT_ONCE)

    async def guarded(site: str) -> list[str]:
        async with gate:
            return await one(site)

    results = await asyncio.gather(*(guarded(site) for site in sites), return_exceptions=True)
    reports = [report for result in results if isinstance(result, list) for report in result]
    broken = [
        f"{site}: {result}" for site, result in zip(sites, results, strict=True) if isinstance(result, BaseException)
    ]
    failed = [report.site for report in map(parse, reports) if report.failed]
    if broken or failed:
        return Failed(
            message="; ".join([*broken, *(f"{site}: see its report" for site in dict.fromkeys(failed))]), data=reports
        )
    return Completed(message=f"{len(sites)} sites", data=reports)


def parse(report: str) -> RunReport:
    """Read a report as tasks return it."""
    return report_from_json(report.encode())


async def _collect(archive: str, sites: list[str] | None = None, site_files: str = "", process: bool = True) -> Any:
    """Fetch what is new at each site (every known site when none is named), then process it."""
    return await _each(
        sites or [site.id for site in load_sites(site_files)], partial(_fetch, archive, site_files, process)
    )


async def _backfill(
    archive: str, site: str, since: date, until: date, site_files: str = "", process: bool = True
) -> Any:
    """Fetch what a site published in a period, both days included, then process it."""
    return await _each([site], partial(_fetch, archive, site_files, process, verb="backfill", since=since, until=until))


async def _fetch(archive: str, site_files: str, process: bool, site: str, **period: Any) -> list[str]:
    reports = [await collect_site(site=site, archive=archive, sites=site_files, **period)]
    if process:
        reports.append(await process_site(site=site, archive=archive, sites=site_files))
    return reports


def _bulk(verb: str) -> Any:
    """Make the flow of a verb that works through stored captures, site by site."""
    one_site = _as_task(jobs.BULK[verb], verb)

    async def bulk(
        archive: str,
        sites: list[str] | None = None,
        site_files: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> Any:
        async def one(site: str) -> list[str]:
            return [await one_site(site=site, archive=archive, sites=site_files, since=since, until=until)]

        return await _each(sites or jobs.archived_sites(archive), one)

    return flow(name=verb)(bulk)


collect: Any = flow(name="collect")(_collect)
backfill: Any = flow(name="backfill", flow_run_name="backfill {site} {since} to {until}")(_backfill)
process, reprocess, verify = map(_bulk, ("process", "reprocess", "verify"))
FLOWS: dict[str, Any] = {each.name: each for each in (collect, backfill, process, reprocess, verify)}


def run(verb: str, **parameters: Any) -> list[RunReport]:
    """Run a flow here, with the API that Prefect's settings name or a temporary one, and return its reports.

    A failed flow run is no exception: the reports say what failed.
    """

    async def go() -> list[str]:
        state: State[Any] = await FLOWS[verb](**parameters, return_state=True)
        result = await state.aresult(raise_on_failure=False)
        if isinstance(result, BaseException):
            raise result
        return list(result)

    return [parse(report) for report in asyncio.run(go())]
