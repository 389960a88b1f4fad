"""One machine whose parts die: the server, the database and the store while a site is being fetched. No page is lost."""

import pytest
from one_machine import Installation
from prefect_server import wait_for
from replica.server import Replica

from storage.captures import iter_capture_keys, read_capture
from storage.objects import open_store

# A flow run through a worker starts in 5 s on a calm machine.
START_S = 240


def fetched(replica: Replica) -> list[str]:
    """Return the article pages that were sent, in order."""
    return [target for _, target, status in replica.asked if "content_" in target and status == 200]


@pytest.fixture
def _worker(installation: Installation) -> None:
    installation.worker.start()


@pytest.mark.usefixtures("_worker")
def test_a_server_that_dies_costs_a_run_neither_pages_nor_its_end(
    installation: Installation, archive_url: str, slow_replica: Replica
) -> None:
    """kill -9; its memory is gone, and with it the lease of the site's slot."""
    server, worker = installation.server, installation.worker
    run = server.run("collect/manual", sites=["slow-epaper"])
    wait_for(lambda: len(fetched(slow_replica)) >= 2, START_S, worker.tail)

    server.started.kill()
    wait_for(lambda: len(fetched(slow_replica)) >= 4, START_S, "the spider does not go on without the server")
    server.start()
    state = server.end_of(run, START_S, worker.tail)

    store = open_store(archive_url)
    held = {read_capture(store, key).uri for key in iter_capture_keys(store, "slow-epaper")}
    assert state["type"] == "COMPLETED", state
    assert {f"{slow_replica.base_url}{target}" for target in fetched(slow_replica)} <= held
    assert len(fetched(slow_replica)) == len(set(fetched(slow_replica))) == 6


def test_the_slot_whose_lease_died_with_the_server_is_freed(installation: Installation) -> None:
    installation.sh("python -m flows.orchestrate recover --slot-age 0")

    assert installation.server.slots("fangzhi-site-slow-epaper") == 0


def test_runs_lie_in_postgresql(installation: Installation) -> None:
    assert installation.database is not None
    assert "COMPLETED" in installation.database.query("prefect", "SELECT DISTINCT state_type FROM flow_run").split()
