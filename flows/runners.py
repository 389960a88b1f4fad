"""runners.py — Where the shards of a bulk verb run: in this process, in processes of this machine, or elsewhere.

A runner is a function from shards to reports. The Dask runner is a Prefect flow and lives in orchestrate.py.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from multiprocessing import get_context, parent_process

from flows import jobs
from flows.run import crashed
from flows.shards import Shard, cut
from storage.documents import report_from_json, report_to_json
from storage.errors import FangzhiError
from storage.objects import open_store
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


def run_batch(verb: str, shards: Sequence[tuple[str, str, str]], archive: str, site_files: str) -> list[str]:
    """Do some shards' work, one after the other; each is a site and its first and last day."""
    return [run_shard(verb, *shard, archive, site_files) for shard in shards]


def as_text(shard: Shard) -> tuple[str, str, str]:
    """Return a shard as run_shard wants it."""
    return shard.site, str(shard.since), str(shard.until)


def cut_for(
    verb: str, archive: str, sites: Iterable[str], since: date | None = None, until: date | None = None
) -> list[Shard]:
    """Cut a verb's work. Of an index there is one object a month, which two workers must not write at once."""
    whole = {"most": 0} if verb == "index" else {}
    return cut(open_store(archive), sites, since, until, **whole)


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
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_end_with_parent)
    try:
        futures = {pool.submit(run_shard, verb, *as_text(shard), archive, site_files): shard for shard in shards}
        for future in as_completed(futures):
            try:
                report = report_from_json(future.result().encode())
            except BrokenProcessPool as error:  # killed, for want of memory most often; what was done stands
                report = crashed(verb, futures[future].site, error)
            on_done(report)
            yield report
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process when the one that started it dies: a pool's workers would wait for work for ever (measured)."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
