"""What an operator calls on the Prefect side of an installation: `python -m flows.orchestrate recover | watch`."""

import asyncio
import sys
from pathlib import Path

import click

from flows.orchestrate.automations import BLOCK, FORMATS, install
from flows.orchestrate.recovery import SILENCE_S, SLOT_AGE_S, recover
from storage.errors import FangzhiError


@click.group()
def main() -> None:
    """Look after Fangzhi on the Prefect server of PREFECT_API_URL."""


@main.command("recover")
@click.option("--silence", default=SILENCE_S, show_default=True, help="Seconds without a sign of life, twice.")
@click.option("--slot-age", default=SLOT_AGE_S, show_default=True, help="Seconds after which a slot may be freed.")
def recover_(silence: float, slot_age: float) -> None:
    """End runs whose process is gone, free slots nobody holds, skip late runs. Run it when the service starts."""
    for done in asyncio.run(recover(silence, slot_age)):
        click.echo(done)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--url", envvar="FANGZHI_NOTIFY_URL", default="", help="Where messages are posted; better in the environment."
)
@click.option(
    "--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="Of messages."
)
def watch(file: Path, url: str, format_: str) -> None:
    """Install the automations of FILE (deploy/automations.yaml): they end silent runs and send messages."""
    try:
        installed = asyncio.run(install(file, url, format_))
    except FangzhiError as error:
        click.echo(f"fangzhi: {error}", err=True)
        sys.exit(2)
    for name in installed:
        click.echo(f"installed {name}")
    if "fangzhi-run-failed" not in installed:
        click.echo(f"no messages: neither FANGZHI_NOTIFY_URL nor a block named {BLOCK} says where to send them")


if __name__ == "__main__":
    main()
