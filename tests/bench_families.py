"""bench_families.py — Counts, for each family's replica, what the real crawler finds, misses and fetches twice.

Not a test: `python tests/bench_families.py`. Each replica is served on loopback and backfilled from its first day to
its last by `python -m spiders.crawl`; what was asked of the server is compared with what the replica knows it holds.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from replica import epaper, feeds, generic, guangdong, hanweb, jpaas, trs, ucap, vsb
from replica.driver import replica_site
from replica.history import NEWEST
from replica.server import serve

REPLICAS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "hanweb, group calls": (hanweb.HanwebSite(), hanweb.TRAPS),
    "hanweb, range calls": (hanweb.HanwebSite(style="range", inline=1, clamp=20, charset="gbk"), hanweb.TRAPS),
    "jpaas": (jpaas.JpaasSite(), jpaas.TRAPS),
    "trs, pager call": (trs.TrsSite(), trs.TRAPS),
    "trs, variables, wrong label": (trs.TrsSite(pager="variables", past_end="home", charset="gb18030"), trs.TRAPS),
    "vsb, list": (vsb.VsbSite(), vsb.TRAPS),
    "vsb, dynamic": (vsb.VsbSite(template="dynamic"), vsb.TRAPS),
    "epaper, first generation": (epaper.Newspaper(), epaper.TRAPS),
    "epaper, nbs and nw": (epaper.Newspaper("g2", without="entry", lettered=False), epaper.TRAPS),
    "epaper, layout": (epaper.Newspaper("g3", without="latest"), epaper.TRAPS),
    "epaper, flat": (epaper.Newspaper("flat", lettered=False, entry="script"), epaper.TRAPS),
    "epaper, one script an issue": (epaper.Newspaper("data", lettered=False), epaper.TRAPS),
    "ucap, static": (ucap.UcapSite(), ucap.TRAPS),
    "ucap, JSON by GET": (ucap.UcapSite(mode="results"), ucap.TRAPS),
    "ucap, JSON by POST": (ucap.UcapSite(mode="post"), ucap.TRAPS),
    "nfcms": (guangdong.NfcmsSite(), guangdong.NFCMS_TRAPS),
    "gkmlpt": (guangdong.GkmlptSite(), guangdong.GKMLPT_TRAPS),
    "links, query pages": (generic.GenericSite("phpcms"), generic.TRAPS),
    "links, table": (generic.GenericSite("table"), generic.TRAPS),
    "links, array in a script": (generic.GenericSite("script"), generic.TRAPS),
    "feed": (feeds.FeedSite(), feeds.FEED_TRAPS),
    "sitemap": (feeds.SitemapSite(), feeds.SITEMAP_TRAPS),
}


def main() -> None:
    """Crawl every replica and print one line for each."""
    print(
        f"{'replica':30} {'articles':>8} {'found':>6} {'missed':>6} {'twice':>6} {'listings':>8} {'other':>6} {'seconds':>8} traps"
    )
    totals: Counter[str] = Counter()
    for name, (replica, traps) in REPLICAS.items():
        figures = crawl(replica)
        totals.update(figures)
        print(f"{name:30} {line(figures)} {len(traps):5}", flush=True)
    print(f"{'all':30} {line(totals)}")


def line(figures: Mapping[str, float]) -> str:
    """Return the figures of a line."""
    whole = ("articles", "found", "missed", "twice", "listings", "other")
    widths = (8, 6, 6, 6, 8, 6)
    return (
        " ".join(f"{int(figures[key]):{width}}" for key, width in zip(whole, widths, strict=True))
        + f" {figures['seconds']:8.1f}"
    )


def crawl(replica: Any) -> dict[str, float]:
    """Backfill a replica and count what was asked of it."""
    truth = set(replica.truth())
    with tempfile.TemporaryDirectory() as name, serve(replica) as served:
        directory = Path(name)
        site = replica_site(served, **replica.keys(), delay_s=0, concurrency=8)
        text = "\n".join(f"{key} = {toml(value)}" for key, value in site.model_dump(exclude_defaults=True).items())
        (directory / "replica.toml").write_text(text, encoding="utf-8")
        days = ["--from", str(min(replica.truth().values())), "--to", str(NEWEST)]
        command = [
            sys.executable,
            "-m",
            "spiders.crawl",
            "replica",
            "--archive",
            f"{directory}/archive",
            "--run-id",
            "bench",
        ]
        command += ["--verb", "backfill", *days, "--sites", name]
        start = time.perf_counter()
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as child:
            out, _ = child.stdout.read(), child.stderr.read()  # type: ignore[union-attr]
        seconds = time.perf_counter() - start
        report = json.loads(out.splitlines()[-1])
        times = Counter(target for _, target, status in served.asked if status == 200)
    found = truth & set(times)
    return {
        "articles": len(truth),
        "found": len(found),
        "missed": len(truth - found),
        "twice": sum(1 for path in found if times[path] > 1),
        "listings": report["counters"].get("listings", 0),
        "other": len(served.asked) - report["counters"].get("listings", 0) - len(found),
        "seconds": seconds,
    }


def toml(value: object) -> str:
    """Write a value of a site file, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
