"""The protections of the replica, and what the crawler's judgement takes them for."""

import http.client
from urllib.parse import urlsplit

import pytest
from replica.protection import HABITS, ProtectedSite
from replica.server import serve

from spiders.challenge import judge_page


@pytest.mark.parametrize(("name", "judgement"), HABITS.items())
def test_each_habit_is_taken_for_what_it_is(name: str, judgement: str) -> None:
    with serve(ProtectedSite()) as served:
        status, headers, body = ask(served.base_url, f"/{name}")

    assert judge_page(status, headers, body) == judgement


@pytest.mark.parametrize("name", ["cut", "gzip-cut", "chunked-cut"])
def test_an_answer_that_is_cut_short_is_noticed_by_the_client(name: str) -> None:
    with serve(ProtectedSite()) as served, pytest.raises(http.client.IncompleteRead):
        ask(served.base_url, f"/{name}")


def test_a_connection_breaks_after_some_requests() -> None:
    with serve(ProtectedSite()) as served:
        for _ in range(3):
            assert ask(served.base_url, "/reset-after-three")[0] == 200
        with pytest.raises(http.client.HTTPException):
            ask(served.base_url, "/reset-after-three")


def test_the_cookie_of_a_307_opens_the_same_address() -> None:
    with serve(ProtectedSite()) as served:
        status, headers, _ = ask(served.base_url, "/cookie-307")
        cookie = dict(headers)["Set-Cookie"].partition(";")[0]

        assert status == 307
        assert ask(served.base_url, "/cookie-307", cookie)[0] == 200


def ask(base: str, path: str, cookie: str = "") -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, tuple(answer.getheaders()), answer.read()
    finally:
        connection.close()
