"""The flows: one for each verb, with the parameters that people see in the Prefect UI.

They are async because a sync flow run joins its heartbeat thread for a second (measured). Their docstrings have a
section `Args`, unlike others: the UI shows it beside the fields of its form.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from anyio import to_thread
from prefect import flow, runtime
from prefect.states import Completed

from flows import jobs
from flows.orchestrate.ending import Reports, each, end, spread
from flows.orchestrate.parameters import CaptureDay, Days, SiteIds, SomeSiteIds, Workers
from flows.orchestrate.recovery import recover
from flows.orchestrate.slots import site_slot
from flows.orchestrate.tasks import as_task, stop_at_record, stop_crawl
from flows.runners import cut_for, in_processes
from flows.shards import merge
from spiders.site import load_sites
from storage.errors import InputError
from storage.records import RunReport
from storage.settings import Settings

logger = logging.getLogger(__name__)

_collect_site = as_task(jobs.collect_site, "collect", stop_crawl)
_process_site = as_task(jobs.process_site, "process", stop_at_record)


def _as_flow(function: Callable[..., Any]) -> Any:
    """Make a flow named as its function, so that a deployment finds it: flows.orchestrate.<verb>."""
    return flow(name=function.__name__, flow_run_name=_run_name)(function)


def _run_name() -> str:
    given = runtime.flow_run.parameters
    days = given.get("days")
    window = (days.since, days.until) if isinstance(days, Days) else (given.get("since"), given.get("until"))
    everything = "due sites" if given.get("due") else "all sites"
    return run_name(str(runtime.flow_run.flow_name), given.get("sites") or [], *window, everything=everything)


def run_name(
    verb: str, sites: Sequence[str], since: date | None, until: date | None, *, everything: str = "all sites"
) -> str:
    """Name a run by verb, sites and window, so that a list of runs can be read.

    >>> run_name("backfill", ["a", "b", "c", "d"], date(2023, 4, 1), None)
    'backfill a, b, c and 1 more 2023-04-01 to …'
    """
    parts = [verb, ", ".join(sites[:3]) if sites else everything]
    parts += [f"and {len(sites) - 3} more"] if len(sites) > 3 else []
    parts += [f"{since or '…'} to {until or '…'}"] if since or until else []
    return " ".join(parts)


@_as_flow
async def collect(
    archive: str = "", sites: SomeSiteIds | None = None, site_files: str = "", due: bool = False, process: bool = True
) -> Any:
    """Fetch what is new at each site, then process it.

    Args:
        archive: A directory or s3://bucket/prefix; the worker's FANGZHI_ARCHIVE if empty.
        sites: Ids of sites, as `fangzhi sites list` shows them; every known one if empty.
        site_files: Further directories of site files, joined by ":"; the worker's FANGZHI_SITES if empty.
        due: Only sites whose cadence came round since their last collect.
        process: Process what was captured right after.
    """
    archive, site_files = _from_settings(archive, site_files)
    known = load_sites(site_files)
    chosen = [known.require(site) for site in sites] if sites else list(known)
    # One schedule ticks for all sites, so its runs are where what a crash left behind is put right.
    recovery = asyncio.ensure_future(recover()) if due else None
    if due:
        chosen = await to_thread.run_sync(jobs.due_sites, chosen, archive, datetime.now(UTC))
    reports, busy = await each(
        "collect", [site.id for site in chosen], partial(_fetch, archive, site_files, process, verb="collect")
    )
    health = await to_thread.run_sync(
        jobs.health_of, [site for site in chosen if site.id not in busy], archive, datetime.now(UTC)
    )
    if recovery is not None:
        await asyncio.wait([recovery])
        if recovery.exception() is not None:
            logger.warning("recovery failed: %s", recovery.exception())
    return await end("collect", reports, busy, health)


@_as_flow
async def backfill(
    sites: SiteIds, days: Days, archive: str = "", site_files: str = "", process: bool = True, dry_run: bool = False
) -> Any:
    """Fetch what some sites published in a period, then process it; started again, fetch only what is missing.

    Args:
        sites: Ids of sites, as `fangzhi sites list` shows them.
        days: The period to fetch.
        archive: A directory or s3://bucket/prefix; the worker's FANGZHI_ARCHIVE if empty.
        site_files: Further directories of site files, joined by ":"; the worker's FANGZHI_SITES if empty.
        process: Process what was captured right after.
        dry_run: Say which sites and days, and fetch nothing.
    """
    archive, site_files = _from_settings(archive, site_files)
    known = load_sites(site_files)
    chosen = [known.require(site).id for site in sites]
    if dry_run:
        return Completed(message=f"would fetch {', '.join(chosen)} from {days.since} to {days.until}", data=[])
    period: dict[str, Any] = {"verb": "backfill", "since": days.since, "until": days.until}
    reports, busy = await each("backfill", chosen, partial(_fetch, archive, site_files, process, **period))
    return await end("backfill", reports, busy)


async def _fetch(archive: str, site_files: str, process: bool, site: str, **period: Any) -> Reports:
    async with site_slot(site):
        reports = [await _collect_site(site=site, archive=archive, sites=site_files, **period)]
    if process:
        reports.append(await _process_site(site=site, archive=archive, sites=site_files))
    return reports


def _bulk(verb: str, what: str) -> Any:
    """Make the flow of a verb that works through stored captures, site by site."""
    one_site = as_task(jobs.BULK[verb], verb, stop_at_record)

    async def bulk(
        archive: str = "",
        sites: SomeSiteIds | None = None,
        site_files: str = "",
        since: CaptureDay | None = None,
        until: CaptureDay | None = None,
        workers: Workers = 1,
    ) -> Any:
        """What the verb does.

        Args:
            archive: A directory or s3://bucket/prefix; the worker's FANGZHI_ARCHIVE if empty.
            sites: Ids of sites; all in the archive if empty.
            site_files: Further directories of site files, joined by ":"; the worker's FANGZHI_SITES if empty.
            since: First day of capture, UTC.
            until: Last day of capture, UTC, included.
            workers: Processes of the machine that share the work, by site and month.
        """
        archive, site_files = _from_settings(archive, site_files)
        if since and until and until < since:
            message = f"until: expected a day on or after since, {since}, found {until}"
            raise InputError(message)

        async def one(site: str) -> Reports:
            return [await one_site(site=site, archive=archive, sites=site_files, since=since, until=until)]

        if not sites:
            sites = await to_thread.run_sync(jobs.archived_sites, archive)
        if workers > 1:
            shards = await to_thread.run_sync(cut_for, verb, archive, sites, since, until)

            def work(on_done: Callable[[RunReport], None], stop: Event) -> list[RunReport]:
                return list(in_processes(verb, shards, archive, site_files, workers, on_done, stop))

            return await end(verb, merge(await spread(verb, len(shards), work)))
        reports, _ = await each(verb, sites, one)
        return await end(verb, reports)

    bulk.__name__ = bulk.__qualname__ = verb
    bulk.__doc__ = (bulk.__doc__ or "").replace("What the verb does.", what)
    return _as_flow(bulk)


def _from_settings(archive: str, site_files: str) -> tuple[str, str]:
    """Fill in what the worker's environment says.

    Raises InputError for a relative directory in a deployed run, which starts in a temporary one.
    """
    settings = Settings()
    archive = archive or settings.archive
    if runtime.deployment.id and "://" not in archive and not Path(archive).is_absolute():
        message = (
            f"archive {archive!r}: expected an absolute directory or s3://bucket/prefix in a deployed run, found a "
            "relative one, which would be lost with the run; set FANGZHI_ARCHIVE for the worker"
        )
        raise InputError(message)
    return archive, site_files or settings.sites


process = _bulk("process", "Turn captures that have no document yet into documents.")
reprocess = _bulk("reprocess", "Turn every capture into a document again, with the rules of today.")
verify = _bulk("verify", "Read captures and documents back: digests must match, steps must undo and replay.")
index = _bulk("index", "Bring the CDXJ index up to date: one line per capture, for other archive tools.")
pack = _bulk("pack", "Join closed days' captures into WARC files with their index; the captures stay.")
FLOWS: dict[str, Any] = {each.name: each for each in (collect, backfill, process, reprocess, verify, index, pack)}
