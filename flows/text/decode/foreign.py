"""foreign.py — What is not Chinese: chardetng's answer, checked.

Asked only when no Chinese reading is likely; the detector knows no damaged and no truncated pages, and so its
answer counts only if it explains the bytes.
"""

import re

from chardetng_py import EncodingDetector

from flows.text.decode.charsets import resolve

_CHINESE = ("gb18030", "big5hkscs", "utf-8", "hz")
_ESCAPED = re.compile("[\udc80-\udcff]")
_HEAD = 200_000


def read_foreign(payload: bytes) -> tuple[str, str, int] | None:
    """Return (text, encoding, replaced) for a page that is not Chinese, or None if nothing fits."""
    detector = EncodingDetector()
    detector.feed(payload[:_HEAD], last=False)
    encoding = resolve(detector.guess(tld=None, allow_utf8=True))
    if encoding is None or encoding in _CHINESE:
        return None
    try:
        escaped = payload.decode(encoding, "surrogateescape")
    except UnicodeDecodeError:  # an escape sequence of ISO-2022 that is none
        return None
    if encoding.startswith("cp125"):
        # Browsers show what the windows code pages leave open below A0 as C1 controls.
        escaped = re.sub("[\udc80-\udc9f]", lambda match: chr(ord(match[0]) - 0xDC00), escaped)
    text, replaced = _ESCAPED.subn("\ufffd", escaped)
    if replaced * 20 > sum(byte >= 0x80 for byte in payload[:_HEAD]):
        return None
    if _single_byte(encoding) and sum(byte >= 0x80 for byte in payload[:_HEAD]) * 2.5 > len(payload[:_HEAD]):
        return None
    return text, encoding, replaced


def _single_byte(encoding: str) -> bool:
    return encoding.startswith(("cp12", "cp8", "iso8859", "koi8", "mac"))
