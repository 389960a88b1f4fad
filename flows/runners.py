"""runners.py — Where the shards of a bulk verb run: in this process, in processes of this machine, or elsewhere.

A runner is a function from shards to reports. The Dask runner is a Prefect flow and lives in orchestrate.py.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from multiprocessing import get_context

from flows import jobs
from flows.run import crashed
from flows.shards import Shard
from storage.documents import report_from_json, report_to_json
from storage.errors import FangzhiError
from storage.records import RunReport


def run_shard(verb: str, site: str, since: str, until: str, archive: str, site_files: str) -> str:
    """Do one shard's work and return its report as JSON: text in, text out, so that it can run anywhere."""
    try:
        report = jobs.BULK[verb](
            site, archive, sites=site_files, since=date.fromisoformat(since), until=date.fromisoformat(until)
        )
    except FangzhiError as error:  # the other shards go on; this one is a failure in the merged report
        report = crashed(verb, site, error)
    return report_to_json(report).decode()


def arguments(verb: str, shard: Shard, archive: str, site_files: str) -> tuple[str, str, str, str, str, str]:
    """Return the arguments of run_shard for a shard."""
    return verb, shard.site, str(shard.since), str(shard.until), archive, site_files


def in_processes(
    verb: str,
    shards: Iterable[Shard],
    archive: str,
    site_files: str,
    workers: int,
    on_done: Callable[[RunReport], None],
) -> Iterator[RunReport]:
    """Run shards in processes of this machine and yield their reports as they come.

    Spawned, not forked: the parent has threads, and a forked child inherits their locks.
    """
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed(
            [pool.submit(run_shard, *arguments(verb, shard, archive, site_files)) for shard in shards]
        ):
            report = report_from_json(future.result().encode())
            on_done(report)
            yield report
