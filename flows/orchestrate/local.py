"""Runs a flow for the console script: here, with the API of Prefect's settings or a temporary one, or on Dask."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL

from flows.orchestrate.ending import Reports, parse
from flows.orchestrate.verbs import FLOWS
from flows.runners import arguments, run_shard
from flows.shards import cut, merge
from storage.errors import InputError
from storage.objects import open_store
from storage.records import RunReport

_shard = task(name="shard", task_run_name="{verb} {site} {since}", persist_result=False)(run_shard)


def run(verb: str, **parameters: Any) -> list[RunReport]:
    """Run a flow here and return its reports. A failed flow run is no exception: the reports say what failed."""

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

    The archive must be one that every worker reaches under the same address. The flow is sync, for its futures are.
    Raises InputError without a Prefect server: each Dask worker would start a temporary server of its own on one
    database (measured: 19 s for 20 tasks).
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
