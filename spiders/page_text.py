"""page_text.py — A listing's bytes as text, good enough to find links in. Pure.

Articles are decoded with care elsewhere (flows.text.decode), from the stored capture. Here only addresses, dates
and titles shown to nobody are read, so the rule is short: UTF-8 if the bytes are UTF-8, else Big5 where the page
or the site file says so, else GB18030, with replacement.
"""

import re

from spiders.content_coding import inflated

_GZIP = b"\x1f\x8b"
_LARGEST = 50_000_000
_META = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_BIG5 = frozenset({"big5", "big5-hkscs", "big5hkscs", "cp950", "x-x-big5"})


def page_text(body: bytes, content_type: str = "", hint: str = "") -> str:
    """Decode a listing. content_type: as the server sent it. hint: charset from the site file.

    Never believes a UTF-8 label without trying, nor a GBK label on UTF-8 bytes. A body that is a gzip file, as
    sitemap.xml.gz is, is unpacked first, up to the 50 MB that a sitemap may have.

    >>> page_text("要闻".encode("gbk"), "text/html; charset=utf-8"), page_text("要聞".encode("big5"), hint="big5")
    ('要闻', '要聞')
    """
    if body.startswith(_GZIP):
        body = inflated((("content-encoding", "gzip"),), body, _LARGEST)
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    labels = [hint, *(found.decode() for found in _META.findall(content_type.encode() + b"\n" + body[:4096]))]
    if any(label.lower() in _BIG5 for label in labels):
        return body.decode("big5hkscs", errors="replace")
    if _mostly_utf8(body):
        return body.decode("utf-8", errors="replace")
    return body.decode("gb18030", errors="replace")


def _mostly_utf8(body: bytes) -> bool:
    """Tell whether a few cut characters are all that keeps the bytes from being UTF-8: titles are cut by length."""
    text = body.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    return wrong * 50 < sum(1 for character in text if "\u4e00" <= character <= "\u9fff")
