"""The readings of a lattice come whole, each text once, the best first, as if all had been spelled out and sorted."""

from itertools import islice, product

from hypothesis import given
from hypothesis import strategies as st

from flows.text.repair.desync_lattice import Node, readings

COSTS = st.lists(st.tuples(*[st.floats(0, 9)] * 3), min_size=1, max_size=4)


def lattice(columns):
    """Return the last nodes of columns of characters, in which every reading takes one of each column."""
    nodes = [Node(0.0)]
    for place, costs in enumerate(columns):
        after = []
        for char, cost in zip("甲乙丙", costs, strict=True):
            node = Node(min(before.cost for before in nodes) + cost)
            node.arcs = [(cost, before, (char, place, 3, "")) for before in nodes]
            after.append(node)
        nodes = after
    return [(0.0, node) for node in nodes]


@given(COSTS)
def test_the_best_readings_are_those_of_an_exhaustive_search(columns):
    found = list(readings(lattice(columns), 10))

    every = [
        (sum(column["甲乙丙".index(char)] for char, column in zip(text, columns, strict=True)), "".join(text))
        for text in product("甲乙丙", repeat=len(columns))
    ]
    costs = [round(cost, 6) for cost, _ in islice(sorted(every), len(found))]
    assert [round(reading.cost, 6) for reading in found] == costs
    assert len({reading.text for reading in found}) == len(found) == min(10, len(every))


def test_steps_stand_in_reading_order():
    (reading,) = readings(lattice([(0.0, 5.0, 5.0), (5.0, 0.0, 5.0)]), 1)

    assert reading.text == "甲乙"
    assert [step.place for step in reading.steps] == [0, 1]
