"""bench_crawl.py — Measures the crawler: speed beside plain Scrapy, memory over a long backfill, requests of a second run, kills.

Not a test and never timed by one: `python tests/bench_crawl.py [speed|again|memory|kill|all]`. The site is served on
loopback by a process of its own, so that its cost does not count. Archives lie in TMPDIR: with a directory in memory
the waits for the disk, two for each capture, do not count either.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from storage.captures import iter_capture_keys, load_history
from storage.objects import open_store

HERE = Path(__file__).parent
CHILD = Path(os.environ.get("BENCH_CHILD", HERE / "spiders" / "plain_child.py"))
PER_LISTING = 20
FIRST = date(2010, 1, 1)
FILLER = "<p>　　会议强调，要深入学习贯彻有关精神，扎实做好当前各项工作，确保全年目标任务圆满完成。</p>\n"

SERVER = r"""
import asyncio, sys
pages, size = int(sys.argv[1]), int(sys.argv[2])
filler, per, first, log = sys.argv[3], int(sys.argv[4]), sys.argv[5], sys.argv[6]
from datetime import date, timedelta
first = date.fromisoformat(first)
body_tail = (filler * (size // len(filler.encode()) + 1)).encode()[:size]
asked = open(log, "ab", buffering=0)

def page(path):
    if path.startswith("/a"):
        return 200, b"<html><h1>" + path.encode() + b"</h1>" + body_tail + b"</html>"
    if path.startswith("/list"):
        number = int(path[6:] or 0) if "_" in path else 0
        rows = []
        for at in range(number * per, min(pages, (number + 1) * per)):
            n = pages - 1 - at
            rows.append(f'<a href="/a{n}.html" data-day="{first + timedelta(days=n // 5)}">标题</a>')
        if (number + 1) * per < pages:
            rows.append(f'<a rel=next href="/list_{number + 1}">')
        return 200, "\n".join(rows).encode()
    return 404, b"none"

class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""
    def data_received(self, data):
        self.data += data
        while b"\r\n\r\n" in self.data:
            head, self.data = self.data.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1].decode()
            asked.write(path.encode() + b"\n")
            status, body = page(path)
            self.transport.write(b"HTTP/1.1 %d OK\r\nServer: x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)

async def main():
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""

PLAIN = r"""
import sys, json
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
sys.path.insert(0, sys.argv[3])
from spiders.scrapy_settings import crawl_settings
from spiders.site import read_site
from pathlib import Path
url, pages = sys.argv[1], int(sys.argv[2])
settings = crawl_settings(read_site(Path(sys.argv[4])), "")
for name in ("DOWNLOADER_MIDDLEWARES", "DOWNLOAD_HANDLERS"):
    settings.pop(name)
if sys.argv[5] == "default":
    for name in ("SPIDER_MIDDLEWARES", "CONCURRENT_ITEMS", "WARN_ON_GENERATOR_RETURN_VALUE"):
        settings.pop(name)
class Plain(Spider):
    name = "plain"
    async def start(self):
        for n in range((pages + 19) // 20):
            yield Request(f"{url}/list_{n}", dont_filter=True)
        for n in range(pages):
            yield Request(f"{url}/a{n}.html", dont_filter=True)
    def parse(self, response):
        pass
process = AsyncCrawlerProcess(settings)
process.crawl(Plain)
process.start()
"""


class Bench:
    """A served site, its site file, and an archive."""

    def __init__(self, directory, pages, size=27_000, concurrency=16):
        self.directory, self.pages = Path(directory), pages
        self.log = self.directory / "asked"
        command = [
            sys.executable,
            "-c",
            SERVER,
            str(pages),
            str(size),
            FILLER,
            str(PER_LISTING),
            FIRST.isoformat(),
            str(self.log),
        ]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.server.stdout.readline().strip()}"
        self.archive = self.directory / "archive"
        self.site = self.directory / "sites" / "replica.toml"
        self.site.parent.mkdir()
        self.site.write_text(
            f'id = "replica"\nname = "测试"\nregion = "410200"\nfamily = "links"\nhosts = ["127.0.0.1"]\n'
            f'listings = ["{self.url}/list"]\ndelay_s = 0\nconcurrency = {concurrency}\ntest_site = true\n',
            encoding="utf-8",
        )

    def command(self, verb="backfill"):
        period = ["--from", FIRST.isoformat(), "--to", (FIRST + timedelta(days=self.pages // 5 + 1)).isoformat()]
        command = [sys.executable, str(CHILD), "replica", "--archive", str(self.archive), "--run-id", "bench"]
        return [*command, "--verb", verb, "--sites", str(self.site.parent), *(period if verb == "backfill" else [])]

    def plain(self, parts):
        """Return a plain spider's command. parts: Scrapy's "default" ones, or "trimmed" as ours."""
        return [sys.executable, "-c", PLAIN, self.url, str(self.pages), str(HERE.parent), str(self.site), parts]

    def asked(self):
        paths = self.log.read_text().split()
        self.log.write_text("")
        return [path for path in paths if path != "/robots.txt"]

    def close(self):
        self.server.kill()
        self.server.wait()


def timed(command, watch=None):
    """Run a command; return wall seconds, CPU seconds, peak resident MiB as sampled, and its last line."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    samples = []
    done = threading.Event()

    def sample():
        while not done.wait(0.5):
            try:
                pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            except (OSError, IndexError):
                return
            samples.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)

    thread = threading.Thread(target=sample)
    thread.start()
    out = process.stdout.read()
    process.wait()
    done.set()
    thread.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu, samples, (out.splitlines() or [""])[-1]


def speed(pages):
    """Compare with plain Scrapy spiders that download the same pages with the same settings, in five rounds."""
    names = ("fangzhi", "plain scrapy", "plain, trimmed")
    runs = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(directory, pages)
        total = pages + -(-pages // PER_LISTING)
        for number in range(5):
            bench.archive = Path(directory) / f"archive{number}"
            for name, command in zip(
                names, (bench.command(), bench.plain("default"), bench.plain("trimmed")), strict=True
            ):
                runs[name].append(timed(command)[:2])
        bench.close()
    for name in names:
        wall, cpu = (min(figures) for figures in zip(*runs[name], strict=True))
        # A machine is not equally busy from one minute to the next: runs of one round are compared, not the best ones.
        rounds = sorted(other[0] / ours[0] for other, ours in zip(runs[name], runs["fangzhi"], strict=True))
        cpus = sorted(ours[1] / other[1] for other, ours in zip(runs[name], runs["fangzhi"], strict=True))
        print(
            f"{name:15} {total / wall:6.0f} pages/s {1000 * cpu / total:6.2f} ms CPU per page; pages/s of fangzhi: median "
            f"{median(rounds):.2f} of it, by round {', '.join(f'{ratio:.2f}' for ratio in rounds)}; our CPU {median(cpus):.2f} of its"
        )


def again(pages):
    """Count the requests of runs over an unchanged site."""
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(directory, pages, size=2_000)
        timed(bench.command())
        first = len(bench.asked())
        timed(bench.command())
        second = bench.asked()
        timed(bench.command("collect"))
        third = bench.asked()
        timed(bench.command("collect"))
        fourth = bench.asked()
        bench.close()
    print(
        f"{pages} pages: backfill {first} requests; again {len(second)}; then collect {len(third)}, collect again {len(fourth)} {fourth}"
    )


def memory(pages):
    """Sample the resident memory over a long backfill."""
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(directory, pages)
        wall, cpu, samples, last = timed(bench.command())
        bench.close()
    tenth = max(1, len(samples) // 10)
    print(
        f"{pages} pages in {wall:.0f} s, {cpu:.0f} s CPU; resident MiB by tenths: {[round(max(samples[at : at + tenth])) for at in range(0, len(samples), tenth)]}; {json.loads(last)['counters']}"
    )


def kill(pages, kills=20):
    """Kill a backfill at random moments, run it to the end, and compare with what the site has."""
    moments = random.Random(1)
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(directory, pages, size=2_000)
        store = open_store(str(bench.archive))
        lost = 0
        for _ in range(kills):
            known = set(iter_capture_keys(store, "replica"))
            process = subprocess.Popen(
                bench.command(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(moments.uniform(0.9, 2.2))
            process.kill()
            process.wait()
            lost += len(known - set(iter_capture_keys(store, "replica")))
        timed(bench.command())
        history = load_history(store, "replica")
        asked = bench.asked()
        articles = [path for path in asked if path.startswith("/a")]
        missing = [n for n in range(pages) if not history.holds(f"{bench.url}/a{n}.html")]
        bench.close()
    print(
        f"{kills} kills over {pages} pages: captures lost {lost}, pages missing {len(missing)}, articles fetched again per kill {(len(articles) - len(set(articles))) / kills:.2f}, listings asked {len(asked) - len(articles)}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=("speed", "again", "memory", "kill", "all"))
    parser.add_argument("--pages", type=int)
    options = parser.parse_args()
    for measure, pages in ((speed, 3_000), (again, 5_000), (memory, 20_000), (kill, 4_000)):
        if options.what in (measure.__name__, "all"):
            measure(options.pages or pages)
