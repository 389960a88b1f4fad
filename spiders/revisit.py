"""revisit.py — When a held page is looked at again. Pure.

Corrections come soon and disappearances come late, so the wait grows with the age a page had when it was last
seen: after about 1, 3, 9, 27, 81 … days, then once a year. A page costs six requests in its first year.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.records import Capture

FIRST_WAIT = timedelta(days=1)
CONDITIONS = ("If-None-Match", "If-Modified-Since")
LONGEST_WAIT = timedelta(days=365)


def due_at(captured_times: Sequence[datetime]) -> datetime:
    """Return when a page is due again, from the times of all its captures in any order (at least one).

    >>> from datetime import UTC
    >>> day = lambda number: datetime(2026, 1, number, tzinfo=UTC)
    >>> due_at([day(1)]).day, due_at([day(1), day(2)]).day, due_at([day(1), day(2), day(4)]).day
    (2, 4, 10)
    """
    last = max(captured_times)
    age = last - min(captured_times)
    return last + min(max(2 * age, FIRST_WAIT), LONGEST_WAIT)


def revisit_due(captured_times: Sequence[datetime], now: datetime) -> bool:
    """Tell whether a page with these captures is due to be fetched again."""
    return now >= due_at(captured_times)


def conditional_headers(last: Capture) -> dict[str, str]:
    """Return the headers that ask for a page only if it differs from a held capture of it."""
    values = (last.header("ETag"), last.header("Last-Modified"))
    return {name: value for name, value in zip(CONDITIONS, values, strict=True) if value}
