"""site.py — A site file as a typed object, and the set of known sites. No Scrapy, no text repair.

A site is one TOML file (sites/README.md lists every key). Unknown keys are refused, so a typing error cannot
switch a rule off unnoticed.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from storage.errors import SiteError

FamilyName = Literal["hanweb", "jpaas", "trs", "vsb", "epaper", "ucap", "nfcms", "gkmlpt", "links", "feed", "sitemap"]

SITES_DIRECTORY = Path(__file__).parent / "sites"
_DAY_FIELDS = ("{yyyy}", "{mm}", "{dd}")


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

    @field_validator("front")
    @classmethod
    def _needs_the_day(cls, front: str) -> str:
        missing = [name for name in _DAY_FIELDS if name not in front]
        if missing:
            message = f"expected an address with {', '.join(_DAY_FIELDS)} where the day stands; {', '.join(missing)} is missing"
            raise ValueError(message)
        return _address(front)


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
    name: str = Field(min_length=1)
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

    @field_validator("hosts")
    @classmethod
    def _bare_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not host or "/" in host or host != host.lower() or host.strip(".") == "":
                message = f'expected host names in lower case such as "www.kaifeng.gov.cn", found {host!r}'
                raise ValueError(message)
        return hosts

    @field_validator("listings")
    @classmethod
    def _web_addresses(cls, listings: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(listing) for listing in listings)

    @field_validator("article")
    @classmethod
    def _regular_expression(cls, article: str) -> str:
        try:
            re.compile(article)
        except re.error as error:
            message = f"expected a regular expression, found {article!r} ({error})"
            raise ValueError(message) from error
        return article

    @model_validator(mode="after")
    def _has_a_beginning_in_scope(self) -> Self:
        if not self.listings and not self.editions:
            message = "expected at least one address in listings or one [[editions]] table, found neither: there is nothing to fetch"
            raise ValueError(message)
        for address in (*self.listings, *(edition.front for edition in self.editions)):
            if not self.owns(address):
                message = f"expected the hosts of listings and editions among hosts, found {address} outside {', '.join(self.hosts)}"
                raise ValueError(message)
        return self

    def owns(self, url: str) -> bool:
        """Tell whether an address is of this site: http or https, at one of its hosts.

        An entry of hosts is one host at any port ("x.gov.cn"), one port of it ("127.0.0.1:8080"), or a host with
        everything below it (".x.gov.cn").
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not host:
            return False
        host = host.rstrip(".")
        named = f"[{host}]" if ":" in host else host
        return any(
            entry in (host, named)
            or (port is not None and f"{named}:{port}" == entry)
            or (entry.startswith(".") and f".{host}".endswith(entry))
            for entry in self.hosts
        )

    def layout_on(self, day: date) -> Layout | None:
        """Return the layout that was in force on a day: the earliest one whose period has not ended by then."""
        ends = [layout for layout in self.layouts if layout.valid_until is not None and layout.valid_until >= day]
        if ends:
            return min(ends, key=lambda layout: layout.valid_until or date.max)
        return next((layout for layout in self.layouts if layout.valid_until is None), None)

    def to_confirm(self) -> list[str]:
        """List what a person must still look at on a connected machine; empty once `checked` names a day."""
        if _is_day(self.checked):
            return []
        addresses = [f"{listing} answers with a listing of family {self.family}" for listing in self.listings]
        addresses += [
            f"{edition.front} is where an issue of a day begins, from {edition.since or 'the start'} to {edition.until or 'today'}"
            for edition in self.editions
        ]
        reason = f' ("{self.checked}")' if self.checked else ""
        return [*addresses, f"then set checked to the day of this check, such as 2026-11-25{reason}"]


@dataclass(frozen=True)
class Sites:
    """The known sites by id, in order of id."""

    by_id: Mapping[str, Site]

    def __iter__(self) -> Iterator[Site]:
        """Yield every site in order of id."""
        return iter(self.by_id.values())

    def __len__(self) -> int:
        """Count the sites."""
        return len(self.by_id)

    def get(self, site: str) -> Site | None:
        """Return a site, or None when no file describes it."""
        return self.by_id.get(site)

    def require(self, site: str) -> Site:
        """Return a site; raises SiteError with the nearest known ids when no file describes it."""
        if site in self.by_id:
            return self.by_id[site]
        near = get_close_matches(site, self.by_id, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}? " if near else ""
        message = f"site {site!r}: expected one of the {len(self.by_id)} known sites, found no file {site}.toml; {hint}`fangzhi sites list` shows them all"
        raise SiteError(message)


def load_sites(extra: str = "") -> Sites:
    """Read every site file: those of the package, then of each extra directory; a later file replaces an earlier one.

    extra: directories joined by os.pathsep, as in the setting FANGZHI_SITES.
    Raises SiteError for a missing directory or a file that cannot be used.
    """
    found: dict[str, Site] = {}
    for directory in (SITES_DIRECTORY, *_directories(extra)):
        for path in sorted(directory.glob("*.toml")):
            site = read_site(path)
            found[site.id] = site
    return Sites(dict(sorted(found.items())))


def load_site(site: str, extra: str = "") -> Site:
    """Read the file of one site, without reading the others; the last directory that has it wins.

    Raises SiteError when no directory has it or the file cannot be used.
    """
    for directory in reversed((SITES_DIRECTORY, *_directories(extra))):
        path = directory / f"{site}.toml"
        if Path(site).name == site and path.is_file():
            return read_site(path)
    return load_sites(extra).require(site)


def read_site(path: Path) -> Site:
    """Read one site file. Raises SiteError naming the file, the key, what was expected and what was found."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path}: expected a readable site file, found {error.strerror or error}"
        raise SiteError(message) from error
    except ValueError as error:  # both tomllib's and the UTF-8 decoder's error are one
        message = f"{path}: expected TOML in UTF-8, found an error: {error}"
        raise SiteError(message) from error
    try:
        site = Site.model_validate(values)
    except ValidationError as error:
        message = (
            f"{path}: "
            + "; ".join(_explain(problem, values) for problem in error.errors())
            + "; sites/README.md lists every key"
        )
        raise SiteError(message) from error
    if site.id != path.stem:
        message = f"{path}, key id: expected {path.stem!r}, the name of the file, found {site.id!r}; rename one of them"
        raise SiteError(message)
    return site


def site_skeleton(
    site: str, name: str, region: str, family: str, listings: Iterable[str], *, test_site: bool = False
) -> str:
    """Return the text of a new site file. Raises SiteError when it would not be a usable one."""
    listings = list(listings)
    hosts = list(dict.fromkeys(host for listing in listings if (host := _hostname(listing))))
    lines = [
        f"id = {_quoted(site)}",
        f"name = {_quoted(name)}",
        f"region = {_quoted(region)}  # GB/T 2260",
        f"family = {_quoted(family)}",
        f"hosts = [{', '.join(map(_quoted, hosts))}]",
        "listings = [",
        *(f"    {_quoted(listing)}," for listing in listings),
        "]",
        'checked = "not yet: see fangzhi sites check"',
        *(["test_site = true"] if test_site else []),
        "",
    ]
    text = "\n".join(lines)
    values = tomllib.loads(text)
    try:
        Site.model_validate(values)
    except ValidationError as error:
        message = f"site {site!r}: " + "; ".join(_explain(problem, values) for problem in error.errors())
        raise SiteError(message) from error
    return text


def _directories(extra: str) -> Iterator[Path]:
    for name in filter(None, extra.split(os.pathsep)):
        directory = Path(name)
        if not directory.is_dir():
            message = f"{directory}: expected a directory of site files, found {'a file' if directory.exists() else 'nothing'}; check --sites or FANGZHI_SITES"
            raise SiteError(message)
        yield directory


def _explain(problem: Mapping[str, object], values: object) -> str:
    """Say in one sentence which key is wrong, what was expected and what was found."""
    where = problem["loc"]
    assert isinstance(where, tuple)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    said = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"key {key}: expected a known key, found this one"
    if problem["type"] == "missing":
        return f"key {key}: expected a value, found no such key"
    if not key:
        return said
    if said.startswith("expected"):
        return f"key {key}: {said}"
    found: object = values
    for part in where:
        found = found[part] if isinstance(found, Mapping | list | tuple) else found
    return f"key {key}: expected otherwise ({said}), found {found!r}"


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not _hostname(url):
        message = f"expected an address with http:// or https:// and a host, found {url!r}"
        raise ValueError(message)
    return url


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
