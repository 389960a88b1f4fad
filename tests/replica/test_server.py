"""The server of the replicas: the same bytes on every run, and answers to conditional requests."""

import http.client
from urllib.parse import urlsplit

from replica.generic import GenericSite
from replica.history import History
from replica.server import Replica, Routes, page, serve
from replica.trs import TrsSite


def ask(served: Replica, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(served.base_url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_answers_carry_nothing_that_differs_from_run_to_run() -> None:
    site = Routes({"/": page("<p>正文</p>").gzipped()})
    answers = []
    for _ in range(2):
        with serve(site) as served:
            answers.append(ask(served, "/"))

    assert answers[0] == answers[1]
    assert not {"Date", "Server"} & set(answers[0][1])


def test_a_page_that_did_not_change_answers_304_to_its_tag() -> None:
    replica = TrsSite()
    path = next(iter(replica.truth()))
    with serve(replica) as served:
        _, headers, _ = ask(served, path)
        unchanged = ask(served, path, If_None_Match=headers["ETag"])
        changed = ask(served, path, If_None_Match='"another"')

    assert (unchanged[0], unchanged[2]) == (304, b"")
    assert changed[0] == 200


def test_a_page_without_a_tag_answers_304_to_its_day() -> None:
    replica = GenericSite("dede")
    path = next(iter(replica.truth()))
    with serve(replica) as served:
        _, headers, _ = ask(served, path)
        unchanged = ask(served, path, If_Modified_Since=headers["Last-Modified"])

    assert "ETag" not in headers
    assert unchanged[0] == 304


def test_what_was_asked_is_noted_with_its_status() -> None:
    with serve(Routes({"/a": page("a")})) as served:
        ask(served, "/a")
        ask(served, "/b?c=1")

    assert served.asked == [("GET", "/a", 200), ("GET", "/b?c=1", 404)]
    assert served.count("/a") == 1


def test_a_history_is_the_same_for_the_same_seed_and_changes_as_it_says() -> None:
    history, other = History.of(100), History.of(100)
    assert history == other

    before = dict(history.entries)
    changes = history.advance()

    assert set(history.entries) - set(before) == set(changes.new)
    assert all(history.entries[number].story != before[number].story for number in changes.changed)
    assert all(history.entries[number].gone for number in changes.gone)
    assert all(history.entries[number].column != before[number].column for number in changes.moved)
    assert all(history.entries[number].day > before[number].day for number in changes.redated)
