"""A job as a Prefect task: it runs in a thread, is retried when that may help, and stops when the run is cancelled."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextvars import copy_context
from functools import partial, wraps
from threading import Event
from typing import Any, TypeVar

from prefect import task
from prefect.client.schemas.objects import State

from flows.child import GRACE_S
from storage.documents import report_to_json
from storage.errors import TransientError
from storage.records import RunReport

logger = logging.getLogger(__name__)

T = TypeVar("T")

# A killed crawl goes on at once; a store that is away is back after a restart, or after what a person does.
RETRY_DELAYS_S: list[float] = [5, 60, 300]

_LINE = re.compile(r"\S+ \S+ (?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<rest>(?P<name>\S+) .*)")
_TALK = {"scrapy.utils.log", "scrapy.addons", "scrapy.middleware", "scrapy.crawler"}


class CrawlCrashedError(TransientError):
    """The crawl child ended without a report of its own."""


class CancelledError(Exception):
    """The run was cancelled between two records."""


def as_task(job: Callable[..., RunReport], name: str, control: Callable[[Event], dict[str, Any]]) -> Any:
    """Wrap a job as a task that runs it in a thread and returns its report as JSON text.

    control: makes the parameters through which the job learns that it must stop.
    """

    @wraps(job)
    async def run(**parameters: Any) -> str:
        stop = Event()
        report = await in_thread(partial(job, **(parameters | control(stop))), stop)
        if report.finish == "crashed":
            message = "; ".join(failure.message for failure in report.failures)
            raise CrawlCrashedError(message)
        return report_to_json(report).decode()

    return task(
        name=name,
        task_run_name=name + " {site}",
        persist_result=False,
        retries=len(RETRY_DELAYS_S),
        retry_delay_seconds=RETRY_DELAYS_S,
        retry_condition_fn=_is_transient,
    )(run)


def stop_crawl(stop: Event) -> dict[str, Any]:
    """Let a crawl end its child, which keeps what it captured and reports it, and log what the child logs."""
    # The lines come in a thread of their own, which knows of no run without this.
    context, forward = copy_context(), _Forwarding()
    return {"stop": stop, "on_line": lambda line: context.run(forward, line)}


class _Forwarding:
    """Logs what a crawl says, at its own level, without the pages of settings that Scrapy begins with."""

    def __init__(self) -> None:
        self.level = logging.DEBUG

    def __call__(self, line: str) -> None:
        found = _LINE.match(line)
        if found:  # any other line goes on with the one before
            self.level = logging.DEBUG if found["name"] in _TALK else logging.getLevelNamesMapping()[found["level"]]
        logger.log(self.level, "%s", found["rest"] if found else line)


def stop_at_record(stop: Event) -> dict[str, Any]:
    """Let a bulk job end between two records; what it wrote is whole, and the next run goes on there."""

    def go_on(_: int) -> None:
        if stop.is_set():
            raise CancelledError

    return {"on_progress": go_on}


async def in_thread(job: Callable[[], T], stop: Event) -> T:
    """Run a job in a thread; when the run is cancelled, set `stop` and give the job time to end."""
    # Not anyio's threads: those a cancelled task leaves behind keep the process alive, and nobody tells them.
    done = asyncio.get_running_loop().run_in_executor(None, partial(copy_context().run, job))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([done], timeout=GRACE_S + 5)
        raise


def _is_transient(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Tell Prefect whether a second try may work: what the store or a killed child caused, and nothing else."""
    return isinstance(state.data, TransientError) or isinstance(getattr(state.data, "exception", None), TransientError)
