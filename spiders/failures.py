"""failures.py — What a failed request means: an outcome to count, a failure to report, a reason to end the crawl."""

from dataclasses import dataclass
from typing import Literal

from scrapy.exceptions import IgnoreRequest

from spiders.archive import ArchiveError
from spiders.guard import BlockedError, BusyError, OutsideError, PrivateAddressError

Stage = Literal["listing", "fetch"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """counter: to add to, "" for none. stage: of the failure, "" for none. ending: how the crawl ends, "" to go on."""

    counter: str = ""
    stage: str = ""
    message: str = ""
    ending: str = ""


def sort_failure(error: BaseException, stage: Stage) -> Sorted:
    """Say what a failed request means. stage: "listing" or "fetch" (an article).

    An article elsewhere, forbidden or behind a challenge is counted; a listing is a failure besides, since all its
    articles are lost. Whatever nobody expected is a failure.

    >>> sort_failure(OutsideError("x"), "fetch").counter, sort_failure(TimeoutError("late"), "fetch").message
    ('outside', 'TimeoutError: late')
    """
    said = str(error)
    if isinstance(error, ArchiveError):
        return Sorted()  # counted where it happened
    if isinstance(error, OutsideError):
        return Sorted("outside", "guard" if stage == "listing" else "", said)
    if isinstance(error, BlockedError):
        return Sorted("blocked", "blocked" if stage == "listing" else "", said)
    if isinstance(error, PrivateAddressError):
        return Sorted("", "guard", said)
    if isinstance(error, BusyError):
        return Sorted("", "busy", said, "busy")
    if isinstance(error, IgnoreRequest) and "robots.txt" in said:
        message = "robots.txt of the site forbids this listing, or could not be had"
        return Sorted("disallowed", "robots" if stage == "listing" else "", message)
    return Sorted("", stage, f"{type(error).__name__}: {said}")
