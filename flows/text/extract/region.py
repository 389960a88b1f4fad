"""region.py — Which part of what the search found stands below the headline and is one article.

A short notice weighs less than the teasers beside it and the comments below it; its headline says where it stands.
Used by search.py where no name of a container helps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.text.extract.tags import named
from flows.text.extract.title import bare

if TYPE_CHECKING:
    from flows.text.extract.search import Element, Search

_MIN_TITLE = 4
_MIN_SENTENCE = 15
_MIN_REGION = 40
_ABOVE_SHARE = 0.25
_REST, _REST_SHARE = 1.5, 0.8
_NEAR, _BESIDE_SHARE = 15, 0.4
_ENTRIES = 3
_PARTS = named("p li tr tbody dd")
_STAMP = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")


def headline_place(texts: Sequence[str], title: str) -> int:
    """Return the number of the first text that is the title, or -1."""
    key = bare(title)
    if len(key) < _MIN_TITLE:
        return -1
    return next((n for n, text in enumerate(texts) if text[0] == title[0] and bare(text) == key), -1)


def below_headline(search: Search, best: Element, headline: int) -> Element:
    """Return the part of an element that stands below the headline and is no list of other things.

    Leaves the element alone unless a quarter of its sentences stand above the headline, or most of them in a list with
    links or dates beside the part that follows the headline, or another text stands between the headline and it.
    """
    hits = search.reading.hits
    after = next((hit for hit in hits if hit[0] > headline and hit[2] >= _MIN_SENTENCE), None)
    first = search.block(after[1]) if after is not None else None
    if first is None or after is None:
        return best
    if not _is_inside(first, best):
        return _beside(search, first, best) if after[0] - headline <= _NEAR else best
    above = sum(weight for place, _, weight in hits if best.first <= place < headline)
    if above >= _ABOVE_SHARE * best.mass:
        top = first
        while top is not best and top.above is not None and top.above.first > headline:
            top = top.above
        if top.mass >= _MIN_REGION:
            best = top
    part = first
    while part is not best and part.above is not None:
        around = part.above
        rest = around.mass - part.mass
        if (
            part.node.tag not in _PARTS
            and part.mass >= _MIN_REGION
            and rest >= _REST * part.mass
            and _is_list(search, part, around, rest)
        ):
            return part
        part = around
    return best


def _beside(search: Search, first: Element, best: Element) -> Element:
    """Return the short text right below the headline instead of what is longer below that: advice in general, a list."""
    top = first
    while top.above is not None and not _is_inside(best, top.above):
        top = top.above
    least = _MIN_SENTENCE if _has_entries(search, best) else max(_MIN_REGION, _BESIDE_SHARE * best.mass)
    return top if top.mass >= least and top.last < best.first else best


def _is_inside(element: Element, outer: Element) -> bool:
    current: Element | None = element
    while current is not None and current is not outer:
        current = current.above
    return current is outer


def _is_list(search: Search, part: Element, around: Element, rest: int) -> bool:
    """Tell whether what follows a part is mostly one element with links or dates, entry by entry."""
    beside = [element for element in search.seen.values() if element.above is around and element.first > part.last]
    largest = max(beside, key=lambda element: element.mass, default=None)
    if largest is None or largest.mass < _REST_SHARE * rest:
        return False
    return _has_entries(search, largest)


def _has_entries(search: Search, element: Element) -> bool:
    """Tell whether an element's sentences stand among links or dates, as those of other articles do."""
    entries = sum(element.first <= place <= element.last for place, _, _ in search.reading.hits)
    node = element.node
    return entries >= _ENTRIES and (len(node.css("a")) >= _ENTRIES or len(_STAMP.findall(node.text())) >= _ENTRIES)
