"""newspaper_issues.py — What a newspaper replica prints on a day: pages, articles, and the days it does not appear."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from random import Random

from replica.news import story
from replica.stories import Story


@dataclass(frozen=True)
class Sheet:
    """One page (版) of an issue: its name ("A01"), the number of its file, and the numbers of its articles."""

    name: str
    node: int
    articles: tuple[int, ...]
    missing: bool = False


def issue_kind(day: date) -> str:
    """Return what a day's issue is: text, or pictures or PDFs only on two days of each month."""
    return {13: "pdf", 24: "pictures"}.get(day.day, "text")


@lru_cache(maxsize=4_000)
def make_issue(day: date, *, lettered: bool) -> tuple[Sheet, ...]:
    """Return the pages of a day's issue, as the paper's habits have it; () for a day without one."""
    draw = Random(day.toordinal())
    if day.weekday() == 6 or day.day == 18:
        return ()
    if issue_kind(day) != "text":
        return (Sheet("A01" if lettered else "01", 500, ()),)
    sheets, nodes = [], draw.sample(range(58000, 59000), 9)
    for at in range(1, 9):
        if at == 5:
            continue  # the publisher skips a number
        count = draw.randint(2, 6) if at != 4 else 0  # a page of advertising
        articles = tuple(day.toordinal() * 100 + at * 10 + number for number in range(1, count + 1))
        sheets.append(
            Sheet(f"{'A' if lettered else ''}{at:02}", nodes[at], articles, missing=at == 7 and day.day % 5 == 0)
        )
    return tuple(sheets)


@lru_cache(maxsize=4_000)
def story_of(number: int, day: date) -> Story:
    """Return an article as the paper prints it: some headlines stand on two lines."""
    found = story(number, day)
    return replace(found, title=found.title[:6] + "\n" + found.title[6:]) if number % 8 == 0 else found
