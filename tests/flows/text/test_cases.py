"""The public test set: every case in cases/*.json is repaired as written there, replays, undoes, and is stable.

A case is one JSON entry: label, comment, damaged, text (what should come of it), and where it helps origin and flags.
known-failures.json holds what cannot be repaired yet; a case there that begins to pass must move to another file.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from flows.text.provenance import replay, undo
from flows.text.repair import repair

CASES = Path(__file__).with_name("cases")
KEYS = {"label", "comment", "damaged", "text", "origin", "flags"}

Case = dict[str, Any]


def _read() -> list[tuple[str, Case]]:
    return [(path.stem, case) for path in sorted(CASES.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]


ALL = _read()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case["label"], marks=[pytest.mark.xfail(strict=True)] if group == "known-failures" else []
        )
        for group, case in ALL
    ],
)
def test_case_is_repaired_as_written(case: Case) -> None:
    repaired = repair(case["damaged"])

    assert repaired.text == case["text"]
    assert set(case.get("flags", ())) <= set(repaired.flags)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for _, case in ALL])
def test_case_replays_undoes_and_is_stable(case: Case) -> None:
    repaired = repair(case["damaged"])

    assert replay(case["damaged"], repaired.steps) == repaired.text
    assert undo(repaired.text, repaired.steps) == case["damaged"]
    assert repair(repaired.text).text == repaired.text


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["label"]) for group, case in ALL if group != "known-failures"]
)
def test_what_a_case_should_become_is_left_alone(case: Case) -> None:
    assert repair(case["text"]).text == case["text"]


def test_cases_are_well_formed() -> None:
    labels = [case["label"] for _, case in ALL]

    assert len(set(labels)) == len(labels)
    for group, case in ALL:
        assert set(case) <= KEYS
        assert {"label", "comment", "damaged", "text"} <= set(case)
        assert (group == "in-the-wild") == ("origin" in case)
        assert group != "negative" or case["damaged"] == case["text"]
