"""foreign.py — What is not Chinese: chardetng's answer, checked.

Asked only when no Chinese reading is likely. The detector gives up an encoding at its first invalid byte and calls
lists of rare Chinese characters Japanese or Korean, so its answer counts only if the text then looks like that.
"""

import re

from chardetng_py import EncodingDetector

from flows.text.decode.charsets import resolve
from flows.text.decode.costs import beyond_ascii

_CHINESE = ("gb18030", "big5hkscs", "utf-8", "hz")
_ESCAPED = re.compile("[\udc80-\udcff]")
_C1 = re.compile("[\udc80-\udc9f]")
_HEAD = 200_000
# What must make up a quarter of the text: kana or half-width kana in Japanese, syllables in Korean.
_SIGNS = {
    "euc-jp": re.compile("[\u3040-\u30ff]"),
    "cp932": re.compile("[\u3040-\u30ff]"),
    "cp949": re.compile("[\uac00-\ud7a3]"),
}


def read_foreign(payload: bytes) -> tuple[str, str, int] | None:
    """Return (text, encoding, replaced) for a page that is not Chinese, or None if nothing fits.

    >>> read_foreign("Приказ об утверждении".encode("cp1251"))
    ('Приказ об утверждении', 'cp1251', 0)
    """
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
        escaped = _C1.sub(lambda match: chr(ord(match[0]) - 0xDC00), escaped)
    text, replaced = _ESCAPED.subn("\ufffd", escaped)
    others = len(beyond_ascii(text[:_HEAD]))
    if replaced * 20 > others:
        return None
    sign = _SIGNS.get(encoding)
    if sign and len(sign.findall(text[:_HEAD])) * 4 < others:
        return None
    return text, encoding, replaced
