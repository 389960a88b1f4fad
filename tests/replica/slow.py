"""slow.py — The demo site with a wait before each page, so that there is something to interrupt."""

from dataclasses import replace
from pathlib import Path

from replica.demo import demo_site, demo_sites
from replica.server import Answer, Asked


class SlowSite:
    """The demo's pages, each after a while; robots.txt comes at once."""

    def __init__(self, page_s: float) -> None:
        self.site = demo_site()
        self.page_s = page_s

    def answer(self, asked: Asked) -> Answer:
        """Answer as the demo does."""
        return replace(self.site.answer(asked), delay_s=0.0 if asked.path == "/robots.txt" else self.page_s)


def slow_sites(base_url: str, directory: Path) -> list[str]:
    """Write the demo's site files as slow-…, one request at a time; returns the site ids."""
    directory.mkdir(parents=True, exist_ok=True)
    made = []
    for site in demo_sites(base_url, directory):
        file = directory / f"{site}.toml"
        text = file.read_text(encoding="utf-8").replace('"demo-', '"slow-')
        made.append(site.replace("demo-", "slow-"))
        (directory / f"{made[-1]}.toml").write_text(
            text.replace("concurrency = 4", "concurrency = 1"), encoding="utf-8"
        )
        file.unlink()
    return made
