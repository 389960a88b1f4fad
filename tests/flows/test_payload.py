"""What bodies are after their content encoding is undone, and what they are told to be."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import payload
from flows.payload import Body, PayloadError, media_of, undo_content_encoding


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=2000))
def test_undoing_gives_back_what_was_encoded(data: bytes) -> None:
    assert undo_content_encoding(data, None) == Body(data)
    assert undo_content_encoding(gzip.compress(data), "gzip") == Body(data)
    assert undo_content_encoding(brotli.compress(data), "br") == Body(data)
    assert undo_content_encoding(gzip.compress(brotli.compress(data)), "br, gzip") == Body(data)


@pytest.mark.parametrize("pack", [zlib.compress, bare_deflate], ids=["zlib wrapper", "bare"])
def test_deflate_is_read_in_both_forms_servers_send(pack: object) -> None:
    data = "全县经济工作会议".encode() * 50

    assert undo_content_encoding(pack(data), "deflate") == Body(data)  # type: ignore[operator]


def test_a_cut_stream_keeps_what_it_gives_and_says_so() -> None:
    data = "政府工作报告".encode() * 1000
    packed = gzip.compress(data, 0)

    body = undo_content_encoding(packed[: len(packed) // 2], "gzip")

    assert not body.complete
    assert len(body.data) > len(data) // 3
    assert data.startswith(body.data)


def test_several_gzip_members_and_padding_behind_them_are_one_body() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0"

    assert undo_content_encoding(packed, "gzip") == Body(b"one two")


def test_a_body_that_is_not_what_its_header_names_is_taken_as_it_is() -> None:
    assert undo_content_encoding(b"<html>", "gzip") == Body(b"<html>")


@pytest.mark.parametrize("encoding", ["zstd", "compress"])
def test_an_unknown_encoding_is_refused_with_its_name(encoding: str) -> None:
    with pytest.raises(PayloadError, match=encoding):
        undo_content_encoding(b"x", encoding)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("deflate", b"\xff\xff\xff"), ("br", b"\xff\xff\xff"), ("gzip", b"\x1f\x8b\xff" + bytes(30))],
)
def test_a_stream_that_cannot_be_inflated_is_refused(encoding: str, packed: bytes) -> None:
    with pytest.raises(PayloadError, match="cannot be inflated"):
        undo_content_encoding(packed, encoding)


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)]
)
def test_a_bomb_is_stopped_at_the_limit(encoding: str, pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "MAX_BODY_BYTES", 1_000_000)

    with pytest.raises(PayloadError, match="past the limit"):
        undo_content_encoding(pack(bytes(2_000_000)), encoding)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("data", "content_type", "media"),
    [
        (b"%PDF-1.7", "text/html", "pdf"),
        (b"\xff\xd8\xff\xe0", None, "image"),
        (b"PK\x03\x04", "application/octet-stream", "binary"),
        (b"<!DOCTYPE html><p>", "text/plain", "html"),
        (b"<HTML>", None, "html"),
        (b"plain words", None, "text"),
        (b"words", "text/html; charset=gbk", "html"),
        (b"", "image/png", "image"),
        (b"", None, "text"),
        (b"\x00\x01", "application/zip", "binary"),
    ],
)
def test_media_is_told_by_bytes_then_header(data: bytes, content_type: str | None, media: str) -> None:
    assert media_of(data, content_type) == media
