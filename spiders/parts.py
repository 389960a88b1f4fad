"""parts.py — Which further addresses an article's page names: its other pages, or where its script sends the reader. Pure.

Decides nothing about text: joining the pages of an article is done when captures are processed.
"""

from dataclasses import dataclass

from spiders.content_coding import Headers, header, inflated
from spiders.families import Page
from spiders.families.article import continued, may_continue, moved
from spiders.frontier import address, is_front_door
from spiders.page_text import page_text
from spiders.site import Site


@dataclass(slots=True, eq=False)
class Whole:
    """An article whose parts are asked for. uri: as it was asked for. uris: with all that it was redirected to.

    waiting: parts that are not stored yet. of: the whole that it is itself a part of.
    """

    uri: str
    uris: tuple[str, ...]
    waiting: set[str]
    of: "Whole | None" = None

    def done(self, part: str) -> list[tuple[str, ...]]:
        """Note that a part is stored; returns the addresses of the wholes that are complete by that."""
        self.waiting.discard(part)
        if self.waiting:
            return []
        return [self.uris, *(self.of.done(self.uri) if self.of else [])]

    @property
    def top(self) -> str:
        """Return the address of the article that a listing named."""
        return self.of.top if self.of else self.uri


# An article is a page of text; a larger body is a file, and a hostile one may inflate a thousandfold.
_LARGEST = 4_000_000


def parts_of(site: Site, uri: str, headers: Headers, payload: bytes) -> tuple[str, ...]:
    """Return the further addresses of an article, those of the site only, in order; nearly always none.

    payload: as received, gzip or deflate still on.
    """
    if len(payload) > _LARGEST:
        return ()
    body = inflated(headers, payload, _LARGEST)
    if not may_continue(uri, body):
        return ()
    page = Page(uri, page_text(body, header(headers, "content-type"), site.charset))
    found = continued(page) or tuple(filter(None, (moved(page),)))
    parts = dict.fromkeys(map(address, found))
    return tuple(part for part in parts if part != uri and site.owns(part) and not is_front_door(part))
