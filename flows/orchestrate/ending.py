"""What a run leaves behind in Prefect: progress while it goes on, tables, events, and a state that is true."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Event
from typing import Any

from prefect import get_run_logger
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed, Failed

from flows import jobs, show
from flows.health import UNWELL, Health
from flows.orchestrate.slots import BusyError
from flows.orchestrate.tasks import in_thread
from flows.run import crashed
from storage.documents import report_from_json, report_to_json
from storage.records import RunReport

logger = logging.getLogger(__name__)

Reports = list[str]
"""Reports as JSON text, as they pass through Prefect."""


def parse(report: str) -> RunReport:
    """Read a report as tasks return it."""
    return report_from_json(report.encode())


async def each(
    verb: str, sites: Sequence[str], one: Callable[[str], Awaitable[Reports]]
) -> tuple[list[RunReport], list[str]]:
    """Run one coroutine per site, a few at a time, with a progress artifact; return reports and the sites left alone."""
    gate = asyncio.Semaphore(jobs.MAX_SITES_AT_ONCE)
    progress = await _told(acreate_progress_artifact(0.0, description=f"{verb}: {len(sites)} sites"))
    reports: list[RunReport] = []
    busy: list[str] = []
    done = 0

    async def guarded(site: str) -> None:
        nonlocal done
        async with gate:
            try:
                reports.extend(map(parse, await one(site)))
            except BusyError:
                busy.append(site)
                get_run_logger().warning("skipped site=%s: another run is fetching it", site)
            except Exception as error:  # noqa: BLE001 — a failing site stops no other; it becomes a failed report
                report = crashed(verb, site, error)
                get_run_logger().error("failed site=%s error=%s", site, report.failures[0].message)
                reports.append(report)
        done += 1
        if progress is not None:
            await _told(aupdate_progress_artifact(progress, 100 * done / len(sites)))

    await asyncio.gather(*map(guarded, sites))
    return reports, busy


async def spread(
    verb: str, shards: int, work: Callable[[Callable[[RunReport], None], Event], list[RunReport]]
) -> list[RunReport]:
    """Run work that goes to processes of this machine, with a progress artifact; return its reports.

    work: called in a thread with what to call after each shard, and with what is set when the run is cancelled.
    """
    progress = await _told(acreate_progress_artifact(0.0, description=f"{verb}: {shards} shards"))
    loop, stop = asyncio.get_running_loop(), Event()
    told: list[Future[None]] = []

    async def tell(percent: float) -> None:
        if progress is not None:
            await _told(aupdate_progress_artifact(progress, percent))

    def on_done(_: RunReport) -> None:
        told.append(asyncio.run_coroutine_threadsafe(tell(100 * (len(told) + 1) / shards), loop))

    reports = await in_thread(partial(work, on_done, stop), stop)
    await asyncio.gather(*map(asyncio.wrap_future, told))
    await tell(100)  # whatever came last
    return reports


async def end(
    verb: str, reports: Sequence[RunReport], busy: Sequence[str] = (), health: Sequence[Health] = ()
) -> State[Any]:
    """Leave the run's tables behind and say truly how it ended."""
    rows = show.artifact_rows(reports, health)
    await _told(acreate_table_artifact(rows, key=f"fangzhi-{verb}", description=f"{verb}: what each site gave"))
    markdown = show.artifact_markdown(verb, rows, reports, busy)
    await _told(acreate_markdown_artifact(markdown, key=f"fangzhi-{verb}-summary"))
    unwell = [one for one in health if one.status in UNWELL]
    for one in health:
        if one.status in (*UNWELL, "stale"):
            emit_event(
                f"fangzhi.site.{one.status}",
                resource={
                    "prefect.resource.id": f"fangzhi.site.{one.site}",
                    "prefect.resource.name": one.site,
                    "fangzhi.reason": one.reason,
                },
            )
    data = [report_to_json(report).decode() for report in reports]
    failed = [*dict.fromkeys(report.site for report in reports if report.failed), *(one.site for one in unwell)]
    skipped = f", skipped as busy: {', '.join(busy)}" if busy else ""
    if failed:
        return Failed(message=f"failed: {', '.join(dict.fromkeys(failed))}{skipped}", data=data)
    return Completed(message=f"{len(rows)} sites{skipped}", data=data)


async def _told(artifact: Awaitable[Any]) -> Any:
    """Tell the server, and go on without it: a table that is missing must not cost the run its work."""
    try:
        return await artifact
    except Exception as error:  # noqa: BLE001 — whatever a server that is away makes the client raise
        logger.warning("artifact not stored: %s", error)
        return None
