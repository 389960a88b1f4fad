"""Puts right what a crash left behind on the Prefect server: silent runs, slots nobody holds, and runs that are late.

The archive needs none of it; a run that Prefect believes to be going on, and a slot it believes to be held, would
keep sites from being fetched. Called by every tick of the collect schedule and by `python -m flows.orchestrate
recover` when a service starts.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter, EventResourceFilter
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled, Crashed
from prefect.types._datetime import create_datetime_instance

from flows.jobs import BULK
from flows.orchestrate.slots import LEASE_S, OUTSIDE, SITE_SLOT

logger = logging.getLogger(__name__)

VERBS = ("collect", "backfill", *BULK)

SILENCE_S = 75.0
"""A run that gave no sign of life for this long, twice, is dead: two and a half of its heartbeats."""

SLOT_AGE_S = LEASE_S + 15.0
"""A slot without a holder that was taken this long ago is no longer held by any lease."""

# A worker that took a run starts it within seconds; on a loaded machine within a minute.
_SUBMITTING_S = 300
_PAGE = 200


async def recover(silence_s: float = SILENCE_S, slot_age_s: float = SLOT_AGE_S) -> list[str]:
    """Force silent runs to a final state, free slots without a holder, skip late runs; return what was done in words.

    A run is silent when it gave no heartbeat during the last silence_s seconds and none during the next: the second
    look tells a dead run from one whose server was away. Waits only when there is one. A slot is freed when its limit
    did not change for slot_age_s, longer than a lease lasts. Does nothing without a server.
    """
    if not PREFECT_API_URL.value():
        return []
    async with get_client() as client:
        done = [
            *await _skip_late(client),
            *await _end_silent(client, silence_s),
            *await _free_slots(client, slot_age_s),
        ]
    for each in done:
        logger.warning("recovered %s", each)
    return done


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────


async def _end_silent(client: PrefectClient, silence_s: float) -> list[str]:
    looked = datetime.now(UTC)
    suspects = await _silent(client, looked - timedelta(seconds=silence_s))
    if not suspects:
        return []
    await asyncio.sleep(silence_s)
    done = []
    for run in await _silent(client, looked):
        if run.id in {suspect.id for suspect in suspects} and run.state is not None:
            message = f"no sign of life since {run.state.timestamp:%Y-%m-%d %H:%M} UTC; its process is gone"
            cancelled = run.state.type == StateType.CANCELLING
            await client.set_flow_run_state(run.id, (Cancelled if cancelled else Crashed)(message=message), force=True)
            done.append(f"run {run.name}: {message}")
    return done


async def _silent(client: PrefectClient, since: datetime) -> list[FlowRun]:
    """Return the runs of our flows that should be going on, and entered their state and were last heard before `since`."""
    own = str(runtime.flow_run.id or "")
    waiting = since - timedelta(seconds=_SUBMITTING_S)
    found = [
        run
        for run in await _runs(client, [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        if str(run.id) != own
        and run.state is not None
        and run.state.timestamp < (waiting if run.state.type == StateType.PENDING else since)
    ]
    heard = await _heard(client, [run.id for run in found], since)
    return [run for run in found if str(run.id) not in heard]


async def _heard(client: PrefectClient, runs: Sequence[UUID], since: datetime) -> set[str]:
    """Return which runs gave a heartbeat since then."""
    if not runs:
        return set()
    wanted = EventFilter(
        event=EventNameFilter(name=["prefect.flow-run.heartbeat"]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run}" for run in runs]),
        occurred=EventOccurredFilter(since=create_datetime_instance(since)),
    )
    page = await client.read_events(wanted, limit=50)
    heard = {event.resource.id.rsplit(".", 1)[1] for event in page.events}
    while page.next_page:
        page = await client.read_events_page(str(page.next_page))
        heard |= {event.resource.id.rsplit(".", 1)[1] for event in page.events}
    return heard


async def _skip_late(client: PrefectClient) -> list[str]:
    """Of the late runs of a schedule keep the newest: it makes up for all of them."""
    late = sorted(
        (run for run in await _runs(client, [StateType.SCHEDULED], "Late") if run.auto_scheduled),
        key=lambda run: (str(run.deployment_id), run.expected_start_time or run.created),
    )
    done = []
    for run, later in pairwise(late):
        if run.deployment_id == later.deployment_id:
            message = f"late since {run.expected_start_time:%Y-%m-%d %H:%M} UTC, and a later run makes up for it"
            await client.set_flow_run_state(run.id, Cancelled(message=message), force=True)
            done.append(f"run {run.name}: {message}")
    return done


async def _runs(client: PrefectClient, types: Sequence[StateType], name: str | None = None) -> list[FlowRun]:
    state = FlowRunFilterState(
        type=FlowRunFilterStateType(any_=list(types)), name=FlowRunFilterStateName(any_=[name]) if name else None
    )
    runs: list[FlowRun] = []
    while True:
        page = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=list(VERBS))),
            flow_run_filter=FlowRunFilter(state=state),
            limit=_PAGE,
            offset=len(runs),
        )
        runs += page
        if len(page) < _PAGE:
            return runs


# ── slots ────────────────────────────────────────────────────────────────────────────────────────────────


async def _free_slots(client: PrefectClient, age_s: float) -> list[str]:
    """Free the slots of sites that no run is fetching: their lease was lost with a server that was restarted.

    The server keeps leases in memory and the number of taken slots in its database; without this, such a site would
    be skipped as busy for ever.
    """
    fetching = await _sites_being_fetched(client)
    before = datetime.now(UTC) - timedelta(seconds=age_s)
    done = []
    offset = 0
    while limits := await client.read_global_concurrency_limits(limit=_PAGE, offset=offset):
        offset += len(limits)
        for limit in limits:
            if limit.name == OUTSIDE:
                in_use = len(fetching)
            elif limit.name.startswith(SITE_SLOT):
                in_use = int(limit.name.removeprefix(SITE_SLOT) in fetching)
            else:
                continue
            # A slot just taken may belong to a task that the server has not heard of yet.
            if limit.active_slots <= in_use or limit.updated is None or limit.updated > before:
                continue
            await client.update_global_concurrency_limit(limit.name, GlobalConcurrencyLimitUpdate(active_slots=in_use))
            done.append(f"slot {limit.name}: {limit.active_slots} taken, {in_use} in use")
    return done


async def _sites_being_fetched(client: PrefectClient) -> set[str]:
    runs = [run.id for run in await _runs(client, [StateType.RUNNING, StateType.CANCELLING])]
    if not runs:
        return set()
    tasks = await client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=runs)),
        task_run_filter=TaskRunFilter(
            state=TaskRunFilterState(
                type=TaskRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.SCHEDULED])
            )
        ),
        limit=_PAGE,
    )
    return set(_sites_of(task.name for task in tasks))


def _sites_of(names: Iterable[str]) -> Iterable[str]:
    """Read site ids from the names of tasks, "collect <site>"."""
    return (name.removeprefix("collect ") for name in names if name.startswith("collect "))
