"""RUNBOOK.md says what is true: its blocks run, on one machine with everything there is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from one_machine import Installation
from replica.server import Replica

from flows.cli import main

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
