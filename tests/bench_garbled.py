"""bench_garbled.py — Pages that were garbled as a whole, through the whole chain, beside ftfy with trafilatura.

    python tests/bench_garbled.py [FOLDER]

Every labelled page of `../shared/corpus/pages` is put through each channel and read; F1, title, day and source as
bench_extract.py scores them, first of the pages as they are. Milliseconds are of CPU time for all columns. The last
line is what the look for such damage costs a page that is sound. The channels are those of tests/flows/text/channels.py.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench_extract import Answer, average, quality, tools
from bench_repair import CHANNELS as CHANNELS_FILE
from bench_repair import load

from flows.process import process_capture
from flows.text.decode import decode
from flows.text.reread import reread_page
from storage.records import Capture, Document

HERE = Path(__file__).parent
CHANNELS = (
    "utf8_as_latin1",
    "utf8_as_1252",
    "utf8_as_cp1252_holes_lost",
    "utf8_as_cp1252_holes_question",
    "gbk_as_latin1",
    "gbk_as_1252",
    "utf8_as_gbk_browser",
    "utf8_as_gb18030_replace",
    "utf8_as_gbk_question",
)
SHOWN = ("F1", "title", "day", "source")
DECLARED = re.compile("charset=[\"']?[\\w-]+", re.IGNORECASE)


def channels() -> dict[str, Callable[[str], str | None]]:
    module = load(CHANNELS_FILE)
    known = {**module.SINGLE_BYTE, **module.SINGLE_BYTE_LOSSY, **module.DOUBLE_BYTE_LOSSY}
    return {name: known[name] for name in CHANNELS}


def ours(html: str, url: str) -> Answer:
    """Run the chain on a page as a server would send it."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    capture = Capture("bench", url, day, 200, "HTTP/1.1 200 OK", (("Content-Type", "text/html"),), html.encode(), "")
    found = process_capture("", capture, None)
    if not isinstance(found, Document):
        return Answer(title=found.title)
    published = f"{found.published_at:%Y-%m-%d %H:%M}" if found.published_at else ""
    return Answer(found.text, found.title, published, found.source, found.author)


def other() -> dict[str, Callable[[str, str], Answer]]:
    """Return ftfy before trafilatura, if that is installed."""
    import ftfy  # noqa: PLC0415

    run = tools().get("trafilatura")
    return {"ftfy, trafilatura": lambda html, url: run(ftfy.fix_text(html), url)} if run else {}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=HERE.parents[1] / "shared" / "corpus" / "pages")
    options = parser.parse_args()
    pages = []
    for label in sorted(options.folder.glob("*.json")):
        html = DECLARED.sub("charset=utf-8", decode(label.with_suffix(".html").read_bytes()).text)
        pages.append((label.stem, html, json.loads(label.read_text("utf-8"))))
    if not pages:
        print(f"no labelled pages in {options.folder}")
        return 1
    runs = {"fangzhi": ours, **other()}
    print(f"{len(pages)} pages".ljust(32), *(f"{name} {'/'.join(SHOWN)}".ljust(44) for name in runs), "ms a page")
    for name, channel in {"as they are": lambda html: html, **channels()}.items():
        garbled = [(stem, harmed, gold) for stem, html, gold in pages if (harmed := channel(html)) is not None]
        started = time.process_time()
        tables = [quality(run, garbled, show=False) for run in runs.values()]
        spent = (time.process_time() - started) / max(1, len(garbled)) * 1e3
        cells = (" ".join(average(table.get(key, [])) for key in SHOWN).ljust(44) for table in tables)
        print(f"{name} ({len(garbled)})".ljust(32), *cells, f"{spent:9.1f}", flush=True)
    taken = [(html, found.title, found.text) for _, html, _ in pages for found in [ours(html, "")]]
    started = time.process_time()
    for page in taken:
        reread_page(*page)
    print(f"looking for it costs {(time.process_time() - started) / len(pages) * 1e3:.3f} ms a page")
    return 0


if __name__ == "__main__":
    sys.exit(main())
