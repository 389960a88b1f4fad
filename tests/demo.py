"""demo.py — `make demo`: the main job on real input, from a web server to clean text, with the real parts.

Serves the replica site (tests/replica/demo.py) on loopback, runs the console script as a user would, and shows one
page before and after. A second run meets the same addresses: it shows revisits and nothing new.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from replica.demo import DEMO_PORT, demo_site, demo_sites
from replica.server import serve

ROOT = Path(__file__).parent.parent
ARCHIVE = "./archive"
# What the demo writes beside the archive: its site files and the database of Prefect's temporary server.
BUILD = ROOT / "build" / "demo"
SHOWN = "/yxrb/html/2023-04/10/content_5101_2.htm"


def main() -> int:
    """Run the demo; returns the exit status."""
    started = time.monotonic()
    (BUILD / "sites").mkdir(parents=True, exist_ok=True)
    try:
        with serve(demo_site(), DEMO_PORT) as replica:
            sites = demo_sites(replica.base_url, BUILD / "sites")
            status = fangzhi(
                "collect",
                *sites,
                "--process",
                "--prefect",
                why="collect three sites as a Prefect flow, archive every answer, process the archive",
            )
            status |= fangzhi(
                "explain", replica.base_url + SHOWN, why="one page before and after, with every step between"
            )
    except OSError as error:
        print(f"the demo serves its site on 127.0.0.1:{DEMO_PORT}, which cannot be had: {error}", file=sys.stderr)
        return 2
    print(
        f"\n{time.monotonic() - started:.0f} s. The archive is {ARCHIVE}; run `make demo` again: only revisits, nothing new."
    )
    return status


def fangzhi(*arguments: str, why: str) -> int:
    """Run the console script on the demo's archive, saying what for."""
    print(f"\n# {why}\n$ fangzhi {' '.join(arguments)}", flush=True)
    environment = {
        **os.environ,
        "FANGZHI_ARCHIVE": ARCHIVE,
        "FANGZHI_SITES": str(BUILD / "sites"),
        "PREFECT_HOME": str(BUILD / "prefect"),
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }
    environment.pop("PREFECT_API_URL", None)  # the demo needs no server and must not use somebody's
    return subprocess.run(
        [Path(sys.executable).with_name("fangzhi"), *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
