"""look.py — Fetches one page once, for a person who asks which family it comes from. Nothing is archived or followed.

A crawl goes through spider.py and archives what it gets; this is for an address that has no site file yet.
"""

import http.client
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from spiders.addresses import is_public
from spiders.agent import user_agent
from spiders.families import Page
from spiders.page_text import page_text
from storage.errors import InputError

TIMEOUT_S = 30
MAX_BYTES = 5_000_000


def look(url: str, contact: str = "", *, allow_private: bool = False) -> Page:
    """Fetch a page and return it decoded, at its address after redirects.

    contact: as in the settings. allow_private: for sites on this machine. Connections to private addresses are closed
    before anything is sent, on redirects too. Raises InputError when there is no page to be had.
    """
    if not url.startswith(("http://", "https://")):
        message = f"{url}: expected an address with http:// or https://"
        raise InputError(message)
    opener = urllib.request.build_opener(*([] if allow_private else [_PublicHTTP(), _PublicHTTPS()]))
    request = urllib.request.Request(url, headers={"User-Agent": user_agent(contact), "Accept": "text/html,*/*"})
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            body = answer.read(MAX_BYTES)
            return Page(answer.url, page_text(body, answer.headers.get("Content-Type", "")), answer.status)
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        message = f"{url}: expected a page, found: {error}"
        raise InputError(message) from error


def saved(path: Path, url: str) -> Page:
    """Return a page that was saved to a file, as if it stood at an address."""
    try:
        return Page(url, page_text(path.read_bytes()))
    except OSError as error:
        message = f"{path}: expected a saved page, found: {error}"
        raise InputError(message) from error


def _refuse_private(connection: socket.socket) -> None:
    address = connection.getpeername()[0]
    if not is_public(address):
        connection.close()
        message = f"{address} is no public address; --test-site allows it"
        raise OSError(message)


class _Connection(http.client.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _refuse_private(self.sock)


class _SecureConnection(http.client.HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _refuse_private(self.sock)


class _PublicHTTP(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Connection, req)


class _PublicHTTPS(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_SecureConnection, req)
