"""revisit: held pages are looked at again, ever more rarely."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spiders.revisit import FIRST_WAIT, LONGEST_WAIT, due_at, revisit_due

START = datetime(2026, 1, 1, tzinfo=UTC)
times = st.lists(st.timedeltas(timedelta(0), timedelta(days=3000)), min_size=1).map(
    lambda ages: [START + age for age in ages]
)


@given(times)
def test_a_page_is_never_due_before_a_day_nor_left_alone_for_longer_than_a_year(captured):
    wait = due_at(captured) - max(captured)
    assert FIRST_WAIT <= wait <= LONGEST_WAIT


@given(times, st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_a_due_page_stays_due_until_it_is_captured_again(captured, later):
    due = due_at(captured)
    assert revisit_due(captured, due + later)
    assert not revisit_due([*captured, due + later], due + later)


@given(times)
def test_the_order_of_captures_does_not_matter(captured):
    assert due_at(captured) == due_at(sorted(captured, reverse=True))


def test_a_page_looked_at_whenever_due_costs_six_requests_in_its_first_year():
    captured = [START]
    while due_at(captured) < START + timedelta(days=365):
        captured.append(due_at(captured))
    assert [(when - START).days for when in captured] == [0, 1, 3, 9, 27, 81, 243]
