"""The places for fetching: one per site, and a number for all sites together. Held by leases on the Prefect server.

Deployment limits are not used: they cannot tell sites apart, and a run that died under a server that was restarted
since would hold its place for ever (recovery.py frees those of this module).
"""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError, concurrency
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_API_URL

logger = logging.getLogger(__name__)

SITE_SLOT = "fangzhi-site-"
"""Prefix of the limits that give each site its one place."""

OUTSIDE = "fangzhi-outside"
"""Name of the limit on sites fetched at once, by all runs of a server. Its number is the operator's to change."""

_OUTSIDE_AT_FIRST = 8
# A slot that its holder no longer renews, because worker or machine died, is free again after this long.
LEASE_S = 60
# What the server answers when the slot is taken. A time limit would take a slow server for a busy site.
_LOCKED = 423


class BusyError(Exception):
    """Another run is at this site."""


@asynccontextmanager
async def site_slot(site: str) -> AsyncIterator[None]:
    """Hold the one place there is for fetching a site, across schedules, backfills and manual runs of one server.

    Raises BusyError when another run holds it; waits while too many other sites are being fetched. Without a server
    there is nothing to ask: overlapping runs are harmless to the archive, and only cost the site requests. For the
    same reason a lease that is lost with its server does not end the fetch.
    """
    if not PREFECT_API_URL.value():
        yield
        return
    async with get_client() as client:
        await _make_limit(client, SITE_SLOT + site, 1)
        await make_outside_limit(client)
    held = AsyncExitStack()
    try:
        await held.enter_async_context(_leased(SITE_SLOT + site, max_retries=0))
    except ConcurrencySlotAcquisitionError as error:
        if getattr(getattr(error.__cause__, "response", None), "status_code", None) != _LOCKED:
            raise
        raise BusyError(site) from error
    try:
        await held.enter_async_context(_leased(OUTSIDE))
        yield
    finally:
        try:
            await held.aclose()
        except httpx.HTTPError as error:  # the lease runs out by itself; what was fetched must not be lost over it
            logger.warning("slot not given back site=%s error=%s", site, error)


def _leased(name: str, max_retries: int | None = None):  # type: ignore[no-untyped-def]  # Prefect's own type is private
    return concurrency(
        name, max_retries=max_retries, lease_duration=LEASE_S, strict=True, raise_on_lease_renewal_failure=False
    )


async def make_outside_limit(client: PrefectClient) -> None:
    """Create the limit on sites fetched at once, for the operator to see and change; one that exists is left alone."""
    await _make_limit(client, OUTSIDE, _OUTSIDE_AT_FIRST)


async def _make_limit(client: PrefectClient, name: str, limit: int) -> None:
    """Create a limit unless there is one; Prefect's own upsert fails in all but one of the runs that come at once."""
    try:
        await client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        with suppress(ObjectAlreadyExists):  # another run or another site's task was faster
            await client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=limit))
