"""Claims about labels, tables and declarations: what browsers do, as the WHATWG Encoding Standard has it."""

import codecs

import pytest

from flows.text.decode.charsets import read, read_character, read_pairs, resolve
from flows.text.decode.declared import declared_charset


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("x-gbk", "gb18030"),
        ("csGB2312", "gb18030"),
        ("GB_2312-80", "gb18030"),
        ("chinese", "gb18030"),
        ("Big5", "big5hkscs"),
        ("big5-hkscs", "big5hkscs"),
        ("x-x-big5", "big5hkscs"),
        ("utf8", "utf-8"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("tis-620", "cp874"),
        ("shift_jis", "cp932"),
        ("euc-kr", "cp949"),
        ("utf-16", "utf-16-le"),
        ("unicodeFFFE", "utf-16-be"),
        ("\t gb2312 \n", "gb18030"),
        ("gb2312;", "gb18030"),
        ('"gbk"', "gb18030"),
        ("text/html;charset=gb2312", "gb18030"),
        ("text/html; Charset = 'UTF-8'; x=y", "utf-8"),
        ("text/html", None),
        ("unset", None),
        ("", None),
        (None, None),
        # Not in the standard, met on pages.
        ("936", "gb18030"),
        ("cp936", "gb18030"),
        ("hz-gb-2312", "hz"),
    ],
)
def test_labels_resolve_as_in_browsers(label: str | None, encoding: str | None) -> None:
    assert resolve(label) == encoding


def test_every_resolved_encoding_is_a_codec_of_python() -> None:
    from flows.text.decode.charsets import _ENCODINGS  # noqa: PLC0415

    for encoding in set(_ENCODINGS.values()):
        assert codecs.lookup(encoding)


@pytest.mark.parametrize(("encoding", "count"), [("gb18030", 23_940), ("big5hkscs", 18_590 + 4)])
def test_as_many_pairs_are_known_as_in_the_standard(encoding: str, count: int) -> None:
    # The index of Big5 has 18,590 entries; four more pairs are given by the decoder's text, as two characters each.
    pairs = dict(read_pairs(encoding))

    assert len(pairs) == count
    assert all(read_character(code.to_bytes(2, "big"), encoding) == text for code, text in list(pairs.items())[::37])


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("A3A0", "\u3000"),
        ("A6D9", "\ufe10"),
        ("A6DF", "\ufe16"),
        ("A6EC", "\ufe17"),
        ("A6F3", "\ufe19"),
        ("A8BC", "\u1e3f"),
        ("FE59", "\u9fb4"),
        ("FE61", "\u9fb5"),
        ("FE7E", "\u9fb9"),
        ("FEA0", "\u9fbb"),
        ("A1A4", "·"),
        ("A1AA", "—"),
        ("80", "€"),
        ("8130 8130", "\x80"),
        ("FF", None),
        ("D63C", None),
    ],
)
def test_gb18030_reads_as_in_browsers(code: str, reads: str | None) -> None:
    assert read_character(bytes.fromhex(code), "gb18030") == reads


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("A145", "‧"),
        ("A14E", "﹑"),
        ("A1C2", "¯"),
        ("A1E3", "～"),
        ("A1F2", "⊕"),
        ("A1F3", "⊙"),
        ("A1FE", "／"),
        ("A240", "＼"),
        ("A241", "∕"),
        ("A242", "﹨"),
        ("A244", "￥"),
        ("A246", "￠"),
        ("A247", "￡"),
        ("877A", "㡵"),
        ("A3E1", "€"),
        ("C6DE", "〃"),
        ("FEDD", "砉"),
        ("8862", "Ê̄"),
        ("80", None),
    ],
)
def test_big5_reads_as_in_browsers(code: str, reads: str | None) -> None:
    assert read_character(bytes.fromhex(code), "big5hkscs") == reads


def test_big5_slashes_are_told_apart_within_a_text() -> None:
    assert read(b"\xa4\xa4\xa2\x41\xa1\xfeA\xa4\xa4\xa2\x42\xa2\x40", "big5hkscs") == "中∕／A中﹨＼"


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b'<meta charset="gb2312">', "gb2312"),
        (b"<META CHARSET=GBK />", "GBK"),
        (b"<meta http-equiv=Content-Type content='text/html; charset=big5'>", "big5"),
        (b'<meta content="text/html;charset=utf-8" http-equiv="Content-Type">', "utf-8"),
        (b'<?xml version="1.0" encoding="GB2312"?><rss></rss>', "GB2312"),
        (b'<!-- <meta charset="big5"> --><meta charset="gbk">', "gbk"),
        (b'<!-- never closed <meta charset="gbk">', "gbk"),
        (b'<script src="a.js" charset="utf-8"></script><meta charset="gbk">', "gbk"),
        (b"<script>document.write('<meta charset=big5>')</script><meta charset=gbk>", "gbk"),
        (b"<style>" + b" " * 3000 + b"</style><title>" + b"\xd6" * 600 + b"</title><meta charset=gbk>", "gbk"),
        (b'<meta name="a" content="b"><meta charset="gbk"><meta charset="utf-8">', "gbk"),
        (b'<link charset="utf-8"><a charset="big5">', None),
        (b"<meta charset", None),
        (b"", None),
    ],
)
def test_the_first_true_declaration_is_found(head: bytes, label: str | None) -> None:
    assert declared_charset(head) == label
