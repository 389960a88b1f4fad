"""One machine with everything there is, running: the runbook's blocks do what they say, and no page is lost when a part dies.

One file, so that both share the machine: it takes half a minute to start.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from one_machine import Installation
from prefect_server import wait_for
from replica.server import Replica

from flows.cli import main
from storage.captures import iter_capture_keys, read_capture
from storage.objects import open_store

RUNBOOK = (Path(__file__).parents[2] / "deploy" / "RUNBOOK.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- run: ([a-z-]+) -->\n```sh\n(.*?)```", RUNBOOK, re.DOTALL))

# What a reader would see when it worked.
SAYS: dict[str, tuple[str, ...]] = {
    "deploy": ("'backfill/manual' successfully", "installed fangzhi-silent-runs"),
    "look": ("demo-epaper", "READY", "fangzhi-o"),  # a narrow table cuts the name
    "backfill": ("Completed", "2023-04-10"),
    "backfill-here": ("demo-epaper",),
    "cancel": ("successfully scheduled for cancellation",),
    "red": ("demo-epaper", "payload"),
    "mended": ("demo-epaper",),
    "full": ("captures ", "documents "),
    "restore": ("also: verified", "also: processed", "also: indexed"),
    "credentials": ("# EOF",),
    "reprocess": ("Completed", "demo-epaper"),
    "scale": ("demo-epaper",),
    "metrics": ('fangzhi_captures_total{site="demo-epaper",verb="backfill"}', "fangzhi_documents_total"),
    "notify": ("installed fangzhi-run-failed", "fangzhi-site-unwell"),
}

# A flow run through a worker starts in 5 s on a calm machine.
START_S = 240


# ── the runbook ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_block_to_run_is_run() -> None:
    assert list(BLOCKS) == list(SAYS)
    assert RUNBOOK.count("```sh") == len(BLOCKS)


@pytest.mark.parametrize("name", [name for name in SAYS if name != "restore"])
def test_block_runs(installation: Installation, replica: Replica, name: str) -> None:
    installation.worker.start()
    variables = {
        "SITE": "demo-epaper",
        "PAGE": f"{replica.base_url}/yxrb/html/2023-04/10/content_5101_1.htm",
        "WEBHOOK": "http://127.0.0.1:9/nobody",
    }

    printed = installation.sh(BLOCKS[name], **variables)

    for words in SAYS[name]:
        assert words in printed, printed


def test_what_is_restored_from_captures_is_what_was_there(
    installation: Installation, copy_of_archive: Callable[[], Path], tmp_path: Path
) -> None:
    copy, restored = copy_of_archive(), tmp_path / "restored"

    printed = installation.sh(BLOCKS["restore"], COPY=str(copy), RESTORED=str(restored))

    for words in SAYS["restore"]:
        assert words in printed, printed
    for part in ("captures", "documents", "outcomes", "fingerprints"):
        assert stored(restored / part) == stored(copy / part) != {}


def stored(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_every_command_of_the_text_is_a_verb() -> None:
    verbs = set(re.findall(r"(?:`|^ *)fangzhi ([a-z]+)", RUNBOOK, re.MULTILINE))

    assert len(verbs) > 8
    assert verbs <= set(main.commands)


# ── when a part dies ─────────────────────────────────────────────────────────────────────────────────────


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
