"""runners.py — Where the shards of a bulk verb run: in this process, in processes of this machine, or elsewhere.

A runner is a function from shards to reports. The Dask runner is a Prefect flow and lives in orchestrate.py.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from multiprocessing import get_context, parent_process
from multiprocessing.synchronize import Event

from flows import jobs
from flows.run import crashed
from flows.shards import Shard, cut
from storage.documents import report_from_json, report_to_json
from storage.errors import FangzhiError
from storage.objects import open_store
from storage.records import RunReport

_LOOK_EVERY_S = 0.2


def run_shard(verb: str, site: str, since: str, until: str, archive: str, site_files: str) -> str:
    """Do one shard's work and return its report as JSON: text in, text out, so that it can run anywhere."""
    try:
        report = jobs.BULK[verb](
            site,
            archive,
            sites=site_files,
            since=date.fromisoformat(since),
            until=date.fromisoformat(until),
            on_progress=_go_on,
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
    stop: threading.Event | None = None,
) -> Iterator[RunReport]:
    """Run shards in processes of this machine and yield their reports as they come.

    stop: when another thread sets it, or the caller gives up, the processes end between two records.
    Spawned, not forked: the parent has threads, and a forked child inherits their locks.
    """
    context = get_context("spawn")
    stopping = context.Event()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(stopping,))
    try:
        futures = {pool.submit(run_shard, verb, *as_text(shard), archive, site_files): shard for shard in shards}
        waiting = set(futures)
        while waiting and not (stop and stop.is_set()):
            done, waiting = wait(waiting, _LOOK_EVERY_S, FIRST_COMPLETED)
            for future in done:
                try:
                    report = report_from_json(future.result().encode())
                except BrokenProcessPool as error:  # killed, for want of memory most often; what was done stands
                    report = crashed(verb, futures[future].site, error)
                on_done(report)
                yield report
    finally:
        stopping.set()
        pool.shutdown(cancel_futures=True)


class _StoppedError(Exception):
    """The pool was told to stop between two records."""


_stopping: Event | None = None


def _go_on(_: int) -> None:
    if _stopping is not None and _stopping.is_set():
        raise _StoppedError


def _begin(stopping: Event) -> None:
    """Prepare a pool's process: it looks whether to stop, and ends when the one that started it dies.

    A pool's workers would wait for work for ever (measured).
    """
    global _stopping  # noqa: PLW0603 — a process of a pool gets what all its work shares when it begins
    _stopping = stopping
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
