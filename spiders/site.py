"""site.py — A site file as a typed object. No Scrapy, no text repair.

A site is one TOML file (sites/README.md lists every key). Unknown keys are refused, so a typing error cannot
switch a rule off unnoticed.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FamilyName = Literal["hanweb", "jpaas", "trs", "vsb", "epaper", "ucap", "nfcms", "gkmlpt", "links", "feed", "sitemap"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Layout(_Strict):
    """The selectors of a site for a period; every one optional, CSS as lexbor reads it.

    valid_until: last day on which pages looked like this; None for the present layout.
    body, title, published, source, author, next_page: where these fields stand. drop: elements inside the body
    that are not text. furniture: shadow forms of lines that many pages of the site share, learned by a job.
    """

    valid_until: date | None = None
    body: str = ""
    title: str = ""
    published: str = ""
    source: str = ""
    author: str = ""
    next_page: str = ""
    drop: tuple[str, ...] = ()
    furniture: frozenset[str] = frozenset()


class Edition(_Strict):
    """Where a newspaper's issue of a day begins, for a period of its web site.

    front: address of the first page with {yyyy}, {mm}, {dd} filled in by day. since, until: first and last day
    of issues under this address.
    """

    front: str
    since: date | None = None
    until: date | None = None


class Listing(_Strict):
    """Selectors of a listing for the families that cannot know them (`links`); empty means detect."""

    item: str = ""
    link: str = ""
    date: str = ""
    next_page: str = ""


class Expect(_Strict):
    """The least a healthy run of this site shows: shares of new articles that have the field."""

    text: float = Field(0.8, ge=0, le=1)
    title: float = Field(0.9, ge=0, le=1)
    published: float = Field(0.8, ge=0, le=1)


class Site(_Strict):
    """One government site or newspaper, as its file describes it. See sites/README.md for every key."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    name: str
    region: str = Field(pattern=r"^\d{6}$")
    family: FamilyName
    hosts: tuple[str, ...] = Field(min_length=1)
    listings: tuple[str, ...] = ()
    editions: tuple[Edition, ...] = ()
    listing: Listing = Listing()
    article: str = ""
    charset: str = ""
    cadence: str = "17 */6 * * *"
    stale_after_days: int | None = Field(None, ge=1)
    expect: Expect = Expect()
    delay_s: float = Field(1.0, ge=0)
    concurrency: int = Field(1, ge=1, le=16)
    max_bytes: int = Field(20_000_000, ge=1)
    test_site: bool = False
    checked: str = ""
    layouts: tuple[Layout, ...] = ()

    def layout_on(self, day: date) -> Layout | None:
        """Return the layout that was in force on a day: the earliest one whose period has not ended by then."""
        ends = [layout for layout in self.layouts if layout.valid_until is not None and layout.valid_until >= day]
        if ends:
            return min(ends, key=lambda layout: layout.valid_until or date.max)
        return next((layout for layout in self.layouts if layout.valid_until is None), None)
