"""desync_lattice.py — All readings of a window that a search kept, as one graph: alike ends share a node.

What the rest of a reading depends on is its key; readings with the same key meet in a node. So a search pays once for
what a thousand readings have in common, and the best of them are listed in order, whole. Knows nothing of bytes.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

_MAX_POPS = 40_000
"""Partial readings looked at for one list: what is not found by then is hardly a rival."""


class Step(NamedTuple):
    """One character of a reading.

    place: index of the last item that was needed for it. known: LEAD, TRAIL or both (WHOLE): which of its bytes are known. event: "" or what happened
    to the bytes here: "cut", "cut?", "end", "end?" (the `?` says that the lone byte was shown as one) or "eaten".
    """

    char: str
    place: int
    known: int
    event: str


Key = tuple[int, str, int]
"""What the rest of a reading depends on: mode of the bytes, context of the model, open quotes and brackets."""


RawStep = tuple[str, int, int, str]
"""The fields of a Step: a search makes a million of them and lists a hundred."""
Tail = tuple[RawStep, Any]
"""A step, and the tail behind it or None."""


class Node:
    """Where readings with one key meet. cost: of the best. arcs: (cost of the arc, node before, raw step or None)."""

    __slots__ = ("arcs", "cost")

    def __init__(self, cost: float) -> None:
        self.cost = cost
        self.arcs: list[tuple[float, Node, RawStep | None]] = []


Beam = dict[Key, Node]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for the items of a window, its cost in nats, and the steps it was made in."""

    cost: float
    text: str
    steps: tuple[Step, ...]


def readings(ends: list[tuple[float, Node]], count: int) -> Iterator[Reading]:
    """Yield the `count` best different texts, best first. ends: last nodes, each with what ending there costs.

    The cost of the best way to a node is known exactly, so going backwards from the end never looks at a reading that
    is not among the best (A* with a perfect estimate).
    """
    heap: list[tuple[float, int, float, Node, Tail | None]]
    heap = [(node.cost + extra, i, extra, node, None) for i, (extra, node) in enumerate(ends)]
    heapq.heapify(heap)
    found: set[str] = set()
    made = len(heap)
    for _ in range(_MAX_POPS):
        if not heap or len(found) >= count:
            return
        total, _, behind, node, tail = heapq.heappop(heap)
        if not node.arcs:
            steps: list[Step] = []
            while tail is not None:
                step, tail = tail
                steps.append(Step(*step))
            text = "".join([step.char for step in steps])
            if text not in found:
                found.add(text)
                yield Reading(total, text, tuple(steps))
            continue
        for cost, before, last in node.arcs:
            made += 1
            then = behind + cost
            heapq.heappush(heap, (before.cost + then, made, then, before, (last, tail) if last else tail))
