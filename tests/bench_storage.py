"""bench_storage.py — What storing costs: objects a second, and milliseconds a page for its record.

    .venv/bin/python tests/bench_storage.py [--objects N]

Prints a table; starts its own S3 server on loopback. A page here is 30 kB of markup and text, as received (not packed).
Rates are medians of three rounds and depend on the disk and on what else the machine does.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent))

from s3_server import ADMIN, BUCKET, S3Server

from storage.captures import History, iter_capture_keys, load_history, make_capture
from storage.keys import capture_key
from storage.objects import LocalStore, ObjectStore
from storage.records import Capture
from storage.s3 import S3Store
from storage.warc import decode_capture, encode_capture

AT = datetime(2025, 3, 8, tzinfo=UTC)
HEADERS = (
    ("Server", "nginx"),
    ("Date", "Sat, 08 Mar 2025 00:00:00 GMT"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Transfer-Encoding", "chunked"),
    ("Connection", "keep-alive"),
)
ROUNDS = 3


def page(seed: int) -> bytes:
    """Make a page of 30 kB that packs about as well as real ones do: to a third."""
    chosen = random.Random(seed)
    text = "".join(
        f'<p class="MsoNormal">{"".join(chr(chosen.randrange(0x4E00, 0x5800)) for _ in range(60))}。</p>\n'
        for _ in range(100)
    )
    menu = '<li><a href="/col/col1/index.html" target="_blank">首页</a></li>\n' * 130
    return f"<html><head><title>关于做好工作的通知</title></head><body><ul>{menu}</ul>{text}</body></html>".encode()


def captures(count: int) -> list[Capture]:
    """Make the captures of as many pages, one a second."""
    history = History("bench")
    return [
        make_capture(
            "bench",
            f"http://www.kaifeng.gov.cn/art/{number}.html",
            AT + timedelta(seconds=number),
            "HTTP/1.1 200 OK",
            HEADERS,
            page(number),
            "article",
            history,
        )
        for number in range(count)
    ]


def rate(work: Callable[[str], object], keys: list[str], threads: int) -> float:
    """Return calls a second."""
    start = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, keys))
    return len(keys) / (perf_counter() - start)


def bench_store(name: str, store: ObjectStore, data: bytes, count: int) -> None:
    """Print how many objects a second a store takes and gives."""
    for threads in (1, 8):
        rounds = []
        for number in range(ROUNDS):
            keys = [f"{threads}/{number}/{each:06}" for each in range(count)]
            # Not the same bytes under one key twice: a directory would not write them again.
            put = rate(lambda key: store.put(key, data), keys, threads)
            get = rate(store.get, keys, threads)
            start = perf_counter()
            listed = sum(1 for _ in store.list(f"{threads}/{number}/"))
            rounds.append((put, get, listed / (perf_counter() - start)))
        put, get, listing = (median(column) for column in zip(*rounds, strict=True))
        print(f"{name:<12} {threads} threads   put {put:7.0f}/s   get {get:7.0f}/s   list {listing:9.0f} keys/s")


def bench_records(count: int) -> None:
    """Print what a record costs to write and to read, and how large it is."""
    made = captures(count)
    start = process_time()
    records = [encode_capture(capture) for capture in made]
    write_ms = (process_time() - start) / count * 1e3
    keys = [capture_key(each.site, each.captured_at, each.uri, each.digest) for each in made]
    start = process_time()
    for record, key in zip(records, keys, strict=True):
        decode_capture(record, key)
    read_ms = (process_time() - start) / count * 1e3
    size, packed = sum(len(each.payload) for each in made) / count, sum(map(len, records)) / count
    print(
        f"WARC record  write {write_ms:.3f} ms a page   read and check {read_ms:.3f} ms   {size:.0f} -> {packed:.0f} bytes"
    )


class Listing:
    """A store that lists keys made up on the way."""

    def __init__(self, count: int) -> None:
        """Take how many."""
        self.count = count

    def list(self, prefix: str):  # type: ignore[no-untyped-def]
        """Yield the keys of one day."""
        for number in range(self.count):
            clock = f"{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}"
            hashed = number * 0x9E3779B97F4A7C15 % 2**64
            yield f"{prefix}2025/03/08/20250308{clock}-{hashed:016x}-{number:032x}.warc.gz"


def bench_history(count: int) -> None:
    """Print what the history of a large site costs to load and to ask."""
    start = process_time()
    history = load_history(Listing(count), "bench")  # type: ignore[arg-type]
    load_s = process_time() - start
    start = process_time()
    for number in range(10_000):
        history.holds(f"http://x/{number}")
    print(f"history      {count} captures: load {load_s:.1f} s, {(process_time() - start) * 100:.1f} us a lookup")
    start = process_time()
    listed = sum(1 for _ in iter_capture_keys(Listing(count), "bench"))  # type: ignore[arg-type]
    print(f"             {listed} keys in order of time: {process_time() - start:.1f} s")


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=400, help="objects in each round [400]")
    count = parser.parse_args().objects
    bench_records(count)
    bench_history(100_000)
    data = encode_capture(captures(1)[0])
    with tempfile.TemporaryDirectory() as directory:
        bench_store("directory", LocalStore(Path(directory) / "archive"), data, count)
        os.environ |= {"AWS_ACCESS_KEY_ID": ADMIN[0], "AWS_SECRET_ACCESS_KEY": ADMIN[1]}
        server = S3Server(Path(directory) / "s3")
        os.environ["AWS_CA_BUNDLE"] = str(server.certificate)
        server.start()
        try:
            bench_store("S3, HTTP", S3Store(BUCKET, "http", endpoint_url=server.endpoint), data, count)
            bench_store("S3, TLS", S3Store(BUCKET, "tls", endpoint_url=server.tls_endpoint), data, count)
        finally:
            server.close()


if __name__ == "__main__":
    main()
