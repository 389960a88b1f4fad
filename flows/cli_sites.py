"""cli_sites.py — `fangzhi sites …`: list, check, add, detect, files, learn, health. Part of the console script (cli.py)."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from flows import jobs
from flows.console import each, finish, options, out
from flows.health import UNWELL
from flows.learn import learn_site
from spiders.detect import detect, skeleton
from spiders.look import look, saved
from spiders.page_files import page_files
from spiders.site import load_sites, site_skeleton
from storage.errors import InputError
from storage.objects import open_store
from storage.settings import Settings

_STYLES = {"ok": "green", "quiet": "green", "stale": "yellow", "failing": "red", "blocked": "red", "unknown": "dim"}


@click.group()
def sites() -> None:
    """List, check, add, recognise and watch sites."""


@sites.command("list")
@options
def list_(archive: str, site_files: str, as_json: bool) -> None:
    """List the known sites."""
    del archive
    known = load_sites(site_files)
    if as_json:
        for site in known:
            click.echo(site.model_dump_json())
        return
    table = Table("id", "name", "region", "family", "hosts", "checked", header_style="bold")
    for site in known:
        table.add_row(site.id, site.name, site.region, site.family, " ".join(site.hosts), site.checked)
    out.print(table)


@sites.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@options
def check(names: tuple[str, ...], archive: str, site_files: str, as_json: bool) -> None:
    """Check site files, and print what must be confirmed on a connected machine."""
    del archive
    known = load_sites(site_files)
    for site in [known.require(name) for name in names] or list(known):
        confirm = site.to_confirm()
        if as_json:
            click.echo(json.dumps({"site": site.id, "ok": True, "confirm": confirm}, ensure_ascii=False))
        else:
            out.print(
                Text(f"ok {site.id}", style="green"), *(Text(f"   confirm: {line}") for line in confirm), sep="\n"
            )


@sites.command()
@click.argument("site")
@click.option("--name", required=True, help="Name of the site, in Chinese.")
@click.option("--region", required=True, help="GB/T 2260 code, six digits.")
@click.option("--family", required=True, help="CMS family; see `fangzhi sites detect`.")
@click.option("--listing", "listings", multiple=True, required=True, help="Address of a listing; may be repeated.")
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), required=True, help="For SITE.toml.")
@options
def add(
    site: str,
    name: str,
    region: str,
    family: str,
    listings: tuple[str, ...],
    directory: Path,
    archive: str,
    site_files: str,
    as_json: bool,
) -> None:
    """Write a new site file."""
    del archive, site_files
    path = directory / f"{site}.toml"
    _write_new(path, site_skeleton(site, name, region, family, listings))
    click.echo(json.dumps({"site": site, "file": str(path)}) if as_json else f"wrote {path}")


@sites.command("detect")
@click.argument("page", metavar="URL|FILE")
@click.option("--url", help="The address of a listing saved as FILE.")
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help="Write the site file there.")
@click.option("--test-site", is_flag=True, help="Allow an address on this machine or a private network.")
@options
def detect_(
    page: str, url: str | None, directory: Path | None, test_site: bool, archive: str, site_files: str, as_json: bool
) -> None:
    """Name the CMS family of a listing page, and write a site file that works as it stands."""
    del archive, site_files
    found = saved(Path(page), url) if url else look(page, Settings().user_agent_contact, allow_private=test_site)
    guesses = detect(url or page, found)
    if not guesses:
        message = f"{page}: expected a listing of articles, found no links of that kind; try another page of the site"
        raise InputError(message)
    text = skeleton(url or page, found, guesses[0].family, test_site=test_site)
    if directory:
        _write_new(directory / f"{text.split(chr(34))[1]}.toml", text)
    if as_json:
        told = [{"family": guess.family, "score": guess.score, "why": guess.why} for guess in guesses]
        click.echo(json.dumps({"guesses": told, "site_file": text}, ensure_ascii=False))
        return
    for guess in guesses:
        out.print(Text(f"{guess.score:.2f}  {guess.family}: {guess.why}"))
    click.echo(f"\n{text}", nl=False)


@sites.command()
@click.argument("name", metavar="SITE")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="First day of issue.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of issue.")
@options
def files(
    name: str, since: datetime | None, until: datetime | None, archive: str, site_files: str, as_json: bool
) -> None:
    """List the pictures of pages and the PDFs that the issues of a newspaper SITE name; none of them is fetched."""
    site = load_sites(site_files).require(name)
    first, last = (moment.date() if moment else None for moment in (since, until))
    for day, page, file in page_files(open_store(archive), site.id, first, last):
        told = {"day": str(day), "page": page, "file": file}
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{day}  {file}  of {page}")


@sites.command()
@click.argument("names", nargs=-1, required=True, metavar="SITE...")
@options
def learn(names: tuple[str, ...], archive: str, site_files: str, as_json: bool) -> None:
    """Learn the lines that many pages of a SITE share; `reprocess` then leaves them out of the text."""
    finish(
        each(names, "learn", lambda site, on: [learn_site(site, archive, sites=site_files, on_progress=on)]),
        as_json,
    )


@sites.command()
@click.argument("names", nargs=-1, metavar="[SITE]...")
@options
def health(names: tuple[str, ...], archive: str, site_files: str, as_json: bool) -> None:
    """Show how each site does, with the last good day and the reason; status 1 when one fails or is blocked."""
    known = load_sites(site_files)
    judged = jobs.health_of([known.require(name) for name in names] or known, archive, datetime.now(UTC))
    table = Table("site", "health", "last good day", "reason", header_style="bold")
    for one in judged:
        last = str(one.last_good) if one.last_good else ""
        if as_json:
            told = {"site": one.site, "health": one.status, "last_good": last, "reason": one.reason}
            click.echo(json.dumps(told, ensure_ascii=False))
        table.add_row(one.site, Text(one.status, style=_STYLES[one.status]), last, Text(one.reason))
    if not as_json:
        out.print(table)
    if any(one.status in UNWELL for one in judged):
        sys.exit(1)


def _write_new(path: Path, text: str) -> None:
    if path.exists():
        message = f"{path} exists already; edit it, or choose another id"
        raise InputError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
