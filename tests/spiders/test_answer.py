"""answer: one HTTP/1.1 answer from bytes in any pieces; the head as it came, and the end of the body never guessed."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.answer import LARGEST_HEAD, AnswerError, AnswerReader, CutError, LargeError

WHOLE = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello", True),
    "no body": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", True),
    "chunks": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\n\r\n", b"hello", True),
    "chunks with trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"hello", True),
    "chunks and a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", b"x", False),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", b"hello", True),
    "old version": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x", False),
    "old version that stays": (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", b"x", True),
    "told to close": (b"HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 1\r\n\r\nx", b"x", False),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b"", True),
    "interim first": (b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x", True),
    "the same length twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\nContent-Length: 1\r\n\r\nx", b"x", True),
    "empty line before": (b"\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", b"x", True),
    "the name of no coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx", b"x", True),
}  # fmt: skip


def read(data, *, method="GET", largest=0, cuts=()):
    reader = AnswerReader(method, largest)
    at = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(at)]
    whole = [reader.feed(piece) for piece in pieces if piece]
    assert not any(whole[:-1])
    return reader, whole[-1]


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, 120), max_size=8))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(name, cuts):
    data, body, reusable = WHOLE[name]

    reader, whole = read(data, cuts=cuts)

    assert whole
    assert (reader.body, reader.reusable) == (body, reusable)


def test_the_head_is_kept_as_it_came():
    reader, _ = read(
        b"HTTP/1.1 200  Tres Bien\r\nX-a: 1\r\nServer :nginx\r\nx-A:\t2 \r\nno colon here\r\nFolded: one\r\n  two\r\n"
        b"X-Latin: caf\xe9\r\nContent-Length: 0\r\n\r\n"
    )

    assert reader.head.status_line == "HTTP/1.1 200  Tres Bien"
    assert reader.head.headers == [
        ("X-a", "1"),
        ("Server", "nginx"),
        ("x-A", "2"),
        ("Folded", "one two"),
        ("X-Latin", "caf\xe9"),
        ("Content-Length", "0"),
    ]


def test_a_body_without_a_length_ends_with_the_connection():
    reader, whole = read(b"HTTP/1.1 200 OK\r\n\r\nhello")
    assert not whole
    reader.end()
    assert (reader.body, reader.reusable) == (b"hello", False)


def test_the_answer_to_head_has_no_body():
    assert read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD")[1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_cut(data):
    reader = AnswerReader()
    assert not reader.feed(data)
    with pytest.raises(CutError):
        reader.end()


@pytest.mark.parametrize(
    "data",
    [
        b"<html>",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * LARGEST_HEAD,
    ],
)
def test_what_is_no_answer_is_refused(data):
    with pytest.raises(AnswerError):
        AnswerReader().feed(data)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 11,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nxxxxxxxx\r\n3\r\n",
    ],
)
def test_a_body_that_is_too_large_is_refused_before_it_is_there(data):
    with pytest.raises(LargeError):
        read(data, largest=10)


def test_bytes_after_the_answer_are_no_part_of_it_and_end_the_connection():
    reader, whole = read(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK")
    assert whole
    assert (reader.body, reader.reusable) == (b"x", False)
