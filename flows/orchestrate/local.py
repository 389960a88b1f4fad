"""Runs a flow for the console script: here, with the API of Prefect's settings or a temporary one, or on Dask."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import flow, runtime, task
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL

from flows.orchestrate.ending import Reports, end, parse
from flows.orchestrate.verbs import FLOWS, run_name
from flows.run import crashed
from flows.runners import as_text, cut_for, run_batch
from flows.shards import batches, merge
from storage.errors import InputError
from storage.records import RunReport


def _name_of_batch() -> str:
    given = runtime.task_run.parameters
    first, last = given["shards"][0], given["shards"][-1]
    return f"{given['verb']} {first[0]} {first[1]} to {last[0]} {last[2]}"


_batch = task(name="batch", task_run_name=_name_of_batch, persist_result=False)(run_batch)


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
    Raises InputError without an address, and without a Prefect server: each Dask worker would start a temporary server of its own on one
    database (measured: 19 s for 20 tasks).
    """
    if not PREFECT_API_URL.value():
        message = "--runner dask: expected a Prefect server in PREFECT_API_URL, found none; start one, or use --workers on this machine"
        raise InputError(message)
    if not address:
        message = (
            "--runner dask: expected --address tcp://host:port of a scheduler, found none; `dask scheduler` starts one"
        )
        raise InputError(message)
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 — an optional dependency
    except ImportError as error:
        message = "--runner dask: expected the package prefect-dask, found none; install fangzhi[dask]"
        raise InputError(message) from error
    work = batches(verb, cut_for(verb, archive, sites, since, until))
    runner: Any = DaskTaskRunner(address=address)

    @flow(name=verb, flow_run_name=f"{run_name(verb, sites, since, until)} on Dask", task_runner=runner)
    def on_dask() -> State[Any]:
        given = [_batch.submit(verb, [as_text(shard) for shard in shards], archive, site_files) for shards in work]
        reports: list[RunReport] = []
        for shards, future in zip(work, given, strict=True):
            done: Any = future.result(raise_on_failure=False)
            if isinstance(done, Exception):  # such as a worker that died again and again; the other batches go on
                reports += [crashed(verb, site, done) for site in dict.fromkeys(shard.site for shard in shards)]
            else:
                reports += map(parse, done)
        return asyncio.run(end(verb, merge(reports)))

    state: State[Any] = on_dask(return_state=True)
    result: Any = state.result(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return [parse(report) for report in result]
