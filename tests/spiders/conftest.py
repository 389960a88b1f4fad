"""Shared pieces: a web site on loopback that a test can change, and crawls of it in a real child process."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from storage.captures import iter_capture_keys, load_history, make_capture, read_capture, write_capture
from storage.objects import open_store

CHILD = Path(__file__).with_name("plain_child.py")


@dataclass
class Answer:
    """What the site answers at a path. body: bytes, or None to cut the connection. delay_s: before answering."""

    body: bytes | None = b""
    status: int = 200
    headers: tuple = (("Content-Type", "text/html; charset=utf-8"),)
    delay_s: float = 0.0


@dataclass
class WebSite:
    """A site on loopback: pages by path, each an Answer or a function of the request handler that returns one."""

    url: str = ""
    pages: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    on_request: object = None

    def put(self, path, body="", **answer):
        """Answer a path with text or bytes from now on."""
        self.pages[path] = Answer(body.encode() if isinstance(body, str) else body, **answer)

    def listing(self, path, links, next_page=None):
        """Make a listing: links are (href, day or None) or (href, day, "data-pinned")."""
        rows = [
            f'<li><a href="{href}"{f" data-day={chr(34)}{day}{chr(34)}" if day else ""} {" ".join(more)}>标题</a>'
            for href, day, *more in links
        ]
        if next_page:
            rows.append(f'<a rel=next href="{next_page}">下一页</a>')
        self.put(path, "<ul>" + "\n".join(rows) + "</ul>")

    def article(self, path, text="正文", **answer):
        """Make an article page."""
        self.put(path, f"<html><body><h1>{path}</h1><p>{text}</p></body></html>", **answer)

    def asked(self):
        """Count the requests by path since the last call, robots.txt left out."""
        asked = Counter(path for path in self.requests if path != "/robots.txt")
        self.requests.clear()
        return asked


@pytest.fixture
def web():
    """A site on loopback."""
    site = WebSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            site.requests.append(self.path)
            if site.on_request:
                site.on_request(self)
            answer = site.pages.get(self.path) or Answer(b"<h1>Not Found</h1>", 404)
            answer = answer(self) if callable(answer) else answer
            if answer.delay_s:
                threading.Event().wait(answer.delay_s)
            if answer.body is None:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in answer.headers):
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield site
    server.shutdown()
    server.server_close()


class Crawls:
    """Runs crawls of one site file against one archive and looks into the archive."""

    def __init__(self, directory, web):
        self.directory, self.web = directory, web
        self.archive = directory / "archive"
        (directory / "sites").mkdir()
        self.store = open_store(str(self.archive))

    def site(self, **keys):
        """Write the site file, test site unless said otherwise."""
        values = {
            "id": "replica",
            "name": "测试县",
            "region": "410200",
            "family": "links",
            "hosts": ["127.0.0.1"],
            "delay_s": 0,
            "test_site": True,
        }
        if "editions" not in keys:
            values["listings"] = [f"{self.web.url}/list"]
        values |= keys
        editions = values.pop("editions", ())
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        lines += [f"[[editions]]\nfront = {json.dumps(front)}" for front in editions]
        (self.directory / "sites" / "replica.toml").write_text("\n".join(lines), encoding="utf-8")

    def start(self, verb="collect", since=None, until=None, archive=None, **environment):
        """Start a crawl and return its process; its standard input stays open."""
        command = [sys.executable, str(CHILD), "replica", "--archive", archive or str(self.archive)]
        command += ["--run-id", "test-run", "--verb", verb, "--sites", str(self.directory / "sites")]
        command += [part for name, day in (("--from", since), ("--to", until)) if day for part in (name, day)]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            cwd=self.directory,
        )

    def end(self, process, timeout=60):
        """Wait for a crawl and return its report with `status` (exit) and `log` added."""
        try:
            out, log = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, log = process.communicate()
        try:
            report = json.loads(out.splitlines()[-1])
        except (IndexError, ValueError):
            report = {}
        return report | {"status": process.returncode, "log": log}

    def run(self, *arguments, **options):
        """Run a crawl to its end, standard input open, and return its report."""
        process = self.start(*arguments, **options)
        # communicate() would close standard input, which is the signal to stop.
        stdin, process.stdin = process.stdin, None
        report = self.end(process)
        stdin.close()
        return report

    def hold(self, path, body, *, days_ago, status_line="HTTP/1.1 200 OK", headers=(), role="article"):
        """Store a capture of a path as if it had been fetched some days ago."""
        at = datetime.now(UTC) - timedelta(days=days_ago)
        history = load_history(self.store, "replica")
        uri = self.web.url + path
        capture = make_capture("replica", uri, at, status_line, tuple(headers), body.encode(), role, history)
        return write_capture(self.store, capture)

    def captures(self, path=None):
        """Return the stored captures in order of time, of one path or of all but robots.txt."""
        found = [read_capture(self.store, key) for key in iter_capture_keys(self.store, "replica", None, None)]
        if path is None:
            return [capture for capture in found if capture.role != "robots"]
        return [capture for capture in found if capture.uri == self.web.url + path]


@pytest.fixture
def crawls(tmp_path, web):
    """Crawls of the site on loopback."""
    return Crawls(tmp_path, web)
