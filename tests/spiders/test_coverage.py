"""coverage: what a backfill learned about days is kept, so that a second one asks for the holes alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.coverage import Coverage, Day, calendar, days_between
from storage.errors import RecordError
from storage.keys import coverage_key
from storage.objects import open_store

DAY, ASKED = date(2021, 3, 5), date(2021, 6, 1)


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path))


def saved(store, coverage):
    for key, data in coverage.changed():
        store.put(key, data)
    return Coverage(store, "x")


def test_a_link_is_missing_until_it_is_settled(store):
    coverage = Coverage(store, "x")
    coverage.link(DAY, "u1")
    coverage.link(DAY, "u2")
    coverage.settle(DAY, "u1", "captured")

    assert (coverage.day(DAY).links, coverage.day(DAY).captured, coverage.day(DAY).missing) == (2, 1, ("u2",))


def test_days_come_back_from_the_store_as_they_were(store):
    coverage = Coverage(store, "x")
    coverage.link(DAY, "http://x/要闻")
    coverage.settle(DAY, "http://x/要闻", "gone")
    coverage.close(DAY, "walked", ASKED)
    coverage.close(DAY + timedelta(days=30), "no issue", ASKED)
    coverage.link(None, "u")

    again = saved(store, coverage)

    assert again.day(DAY) == Day("walked", 1, (), ("http://x/要闻",), ASKED)
    assert list(again.holes([DAY, None])) == [(None, "u")]
    assert list(calendar(store, "x")) == [DAY, DAY + timedelta(days=30)]
    assert calendar(store, "x")[DAY + timedelta(days=30)].empty


def test_only_changed_months_are_given_out(store):
    coverage = Coverage(store, "x")
    coverage.link(DAY, "u")
    assert [key for key, _ in coverage.changed()] == [coverage_key("x", "2021-03")]
    assert coverage.changed() == []


@pytest.mark.parametrize("after, settled", [(0, False), (1, False), (2, True)])
def test_a_day_is_settled_once_it_was_walked_well_after_it_ended(store, after, settled):
    coverage = Coverage(store, "x")
    coverage.close(DAY, "walked", DAY + timedelta(days=after))
    assert coverage.settled(DAY) is settled


def test_an_open_day_is_not_settled(store):
    coverage = Coverage(store, "x")
    assert not coverage.settled(DAY)
    coverage.restart(DAY, ASKED)
    coverage.link(DAY, "u")
    assert not coverage.settled(DAY)


def test_a_damaged_object_says_what_to_do(store):
    store.put(coverage_key("x", "2021-03"), b'{"2021-03-05": 1}')
    with pytest.raises(RecordError, match="delete the object"):
        Coverage(store, "x").day(DAY)


steps = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["captured", "missing", "gone"])))


@given(steps)
def test_every_link_is_counted_in_one_state(tmp_path_factory, settled):
    coverage = Coverage(open_store(str(tmp_path_factory.getbasetemp() / "none")), "x")
    for uri in "abc":
        coverage.link(DAY, uri)
    for uri, outcome in settled:
        coverage.settle(DAY, uri, outcome)

    day = coverage.day(DAY)
    last = dict(settled)
    assert day.captured == sum(outcome == "captured" for outcome in last.values())
    assert set(day.gone) == {uri for uri, outcome in last.items() if outcome == "gone"}
    assert day.links == day.captured + len(day.missing) + len(day.gone) == 3


def test_days_between_includes_both_ends():
    assert days_between(DAY, DAY) == [DAY]
    assert days_between(DAY, DAY - timedelta(days=1)) == []
