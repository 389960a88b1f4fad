"""cadence.py — When a site is due: its cron line in its own time zone against its last collect. Pure.

One schedule ticks for all sites; what each tick collects is the sites' own data, so a new site or another cadence
changes no deployment.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

CHINA = ZoneInfo("Asia/Shanghai")


def last_due(cadence: str, now: datetime) -> datetime:
    """Return the last moment up to now, in China time, at which a cron line fired.

    Raises ValueError for a line that is no cron line.

    >>> last_due("30 6 * * *", datetime(2026, 11, 20, 0, 0, tzinfo=ZoneInfo("UTC"))).isoformat()
    '2026-11-20T06:30:00+08:00'
    """
    try:
        return next(CronSim(cadence, now.astimezone(CHINA), reverse=True))
    except CronSimError as error:
        message = (
            f"cadence {cadence!r}: expected a cron line of five fields such as '30 6 * * *', found an error: {error}"
        )
        raise ValueError(message) from error


def is_due(cadence: str, last_started: datetime | None, now: datetime) -> bool:
    """Tell whether a site must be collected now: never collected, or its cron line fired since.

    A tick that was missed, by a machine that was off, is made up for once.

    >>> utc = ZoneInfo("UTC")
    >>> is_due("0 * * * *", datetime(2026, 11, 20, 7, 5, tzinfo=utc), datetime(2026, 11, 20, 7, 55, tzinfo=utc))
    False
    >>> is_due("0 * * * *", datetime(2026, 11, 20, 7, 5, tzinfo=utc), datetime(2026, 11, 20, 8, 1, tzinfo=utc))
    True
    """
    return last_started is None or last_started < last_due(cadence, now)
