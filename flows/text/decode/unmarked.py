"""unmarked.py — What is told by its structure without a mark: UTF-16, UTF-32, HZ, and payloads that are no text."""

import re

from flows.text.decode.costs import cost

_HEAD = 2_048
# PDF, zip and office files, JPEG, PNG, old office files, RAR, 7z, gzip.
SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
)
_CONTROL = bytes(set(range(0x20)) - set(b"\t\n\r\f\x1b")) + b"\x7f"
_BINARY_SHARE = 0.05

_HZ = re.compile(rb"~(?:~|\n|\{((?:[\x21-\x77][\x21-\x7e])*)(?:~\}|(?=[\r\n])|[\x21-\x77]?\Z))")
_HZ_BITS, _HZ_SLACK_BITS = 13.0, 12.0
_WIDE_BITS = 13.0
_LEAD_BITS = 16.0


def is_binary(payload: bytes) -> bool:
    """Tell whether a payload is no text, by its many control characters.

    >>> is_binary(bytes(range(32))), is_binary("文字".encode("gb18030") + b"\\0")
    (True, False)
    """
    head = payload[:_HEAD]
    return len(head) - len(head.translate(None, _CONTROL)) > max(2, len(head) * _BINARY_SHARE)


def read_hz(payload: bytes) -> str | None:
    """Decode HZ (ASCII with GB 2312 between ~{ and ~}), or return None if the payload does not read as Chinese so.

    >>> read_hz(b"HZ: ~{VPND~}~~")
    'HZ: 中文~'
    """
    if b"~{" not in payload:
        return None
    high = bytes(byte | 0x80 for byte in range(256))
    texts: list[str] = []
    position = 0
    han: list[str] = []
    for match in _HZ.finditer(payload):
        texts.append(payload[position : match.start()].decode("ascii"))
        position = match.end()
        if match[0] == b"~~":
            texts.append("~")
        elif match[1]:
            text = match[1].translate(high).decode("gb18030", "replace")
            texts.append(text)
            han.append(text)
            if not match[0].endswith((b"~}", match[1])):
                texts.append("\ufffd")
    joined = "".join(han)
    if not joined or cost(joined) > _HZ_BITS * len(joined) + _HZ_SLACK_BITS:
        return None
    texts.append(payload[position:].decode("ascii"))
    return "".join(texts)


def wide_encoding(payload: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 encoding that a payload without a mark is in, or None."""
    if len(payload) < 4:
        return None
    head = payload[:_HEAD]
    if b"\0" in head:
        quarters = [head[i::4] for i in range(4)]
        for encoding, zeros in (("utf-32-le", (3, 2)), ("utf-32-be", (0, 1))):
            if not any(quarters[zeros[0]]) and max(quarters[zeros[1]]) <= 3:
                text = head[: len(head) // 4 * 4].decode(encoding, "replace")
                if cost(text) < _WIDE_BITS * len(text):
                    return encoding
    if len(payload) % 2 and not payload.isascii() and b"\0" not in head:
        return None
    head = head[: len(head) // 2 * 2]
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        plausible = sum(map(high.count, _WIDE_HIGH))
        if plausible < len(high) * 0.97:
            continue
        text = head.decode(encoding, "replace")
        bits = cost(text)
        by_pairs = min(cost(head.decode(other, "replace")) for other in ("gb18030", "big5hkscs"))
        if bits < _WIDE_BITS * len(text) and bits + _LEAD_BITS < by_pairs:
            return encoding
    return None


def read_wide(payload: bytes, encoding: str) -> tuple[str, int]:
    """Decode UTF-16 or UTF-32; (text, how many U+FFFD stand for units that are no character).

    >>> read_wide(b"-N-", "utf-16-le")
    ('中�', 1)
    """
    if encoding.startswith("utf-32"):
        text = payload.decode(encoding, "replace")
        own = sum(payload[i : i + 4] in (b"\xfd\xff\0\0", b"\0\0\xff\xfd") for i in range(0, len(payload), 4))
        return text, text.count("\ufffd") - own
    whole = len(payload) // 2 * 2
    text, replaced = _SURROGATE.subn("\ufffd", payload[:whole].decode(encoding, "surrogatepass"))
    return (text, replaced) if whole == len(payload) else (text + "\ufffd", replaced + 1)


_SURROGATE = re.compile("[\ud800-\udfff]")

# The upper bytes of ASCII, punctuation, Han and full-width forms.
_WIDE_HIGH = bytes([0x00, 0x20, 0x22, 0x25, 0x30, 0xFF, *range(0x4E, 0xA0)])
