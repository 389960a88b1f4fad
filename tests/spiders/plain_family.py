"""plain_family.py — A family for tests: links with their day in an attribute. Loaded by plain_child.py as `links`.

An article is `<a data-day="2021-01-05">` (add data-pinned), the next page `<a rel=next>`, a further page of an
issue `<a rel=page>`, "no issue" the words themselves.
"""

import re
from datetime import date
from urllib.parse import urljoin

from spiders.families import Ask, Found, Item

_LINK = re.compile(r"<a ([^>]*)href=\"([^\"]*)\"([^>]*)>([^<]*)")
_DAY = re.compile(r"data-day=\"([0-9-]+)\"")


def entries(site, window):
    for listing in site.listings:
        yield Ask(listing)
    for edition in site.editions:
        day = window.since
        while day <= window.until:
            front = (
                edition.front.replace("{yyyy}", f"{day:%Y}").replace("{mm}", f"{day:%m}").replace("{dd}", f"{day:%d}")
            )
            yield Ask(front, day=day)
            day = date.fromordinal(day.toordinal() + 1)


def read(site, ask, page, window):
    if ask.day and page.status == 404:
        return Found(note="no issue")
    if "explode" in page.text:
        message = "explode"
        raise ValueError(message)
    items, following = [], []
    for before, href, after, title in _LINK.findall(page.text):
        attributes, url = before + after, urljoin(page.url, href)
        if "rel=next" in attributes or "rel=page" in attributes:
            following.append(Ask(url))
        else:
            day = _DAY.search(attributes)
            items.append(Item(url, title, date.fromisoformat(day[1]) if day else None, "data-pinned" in attributes))
    return Found(tuple(items), tuple(following))


def detect(page):
    return 0.0
