"""decode — Bytes to text for Chinese pages: by what the bytes say, with declarations as a hint.

In this order: byte-order mark; UTF-16 and UTF-32 without one; ASCII and HZ; UTF-8 by structure; GB18030 against
Big5 (and damaged UTF-8) by character statistics; a detector for what is not Chinese. Then damaged and foreign runs
are read anew. Pure; undoing Content-Encoding comes before, repair of text that was damaged already in the source
comes after (flows/text/repair).

Parts: charsets (labels, tables), declared (meta), unmarked (what structure tells), choice (statistics, by costs), runs
and alignment (damaged and mixed pages), foreign (detector), build_weights (makes weights.bin).
"""

from dataclasses import dataclass

from flows.text.decode.charsets import read, resolve
from flows.text.decode.choice import Choice, choose
from flows.text.decode.declared import declared_charset
from flows.text.decode.foreign import read_foreign
from flows.text.decode.runs import read_page
from flows.text.decode.unmarked import SIGNATURES, is_binary, read_hz, read_wide, wide_encoding

CERTAIN = 32.0
"""The margin of what is decided by structure alone: as much as one character can cost."""

BINARY = "binary"
"""The encoding of what is no text in any; its text is empty."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What was said about a payload: http is the Content-Type value or its charset, meta the label in the page.

    meta None means: read it from the payload when it is needed.
    """

    http: str | None = None
    meta: str | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was come by.

    encoding: the Python codec whose (patched) tables were used, or BINARY.
    reason: why this encoding, and whether runs were read in another.
    replaced: how many U+FFFD were put in for bytes that are no character; those of the page itself do not count.
    margin: by how many bits a character the next best encoding is worse; CERTAIN where structure decides. Under
    2 the choice deserves a second look.
    """

    text: str
    encoding: str
    reason: str
    replaced: int
    margin: float


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

_SURE_CONTINUATIONS = 24


def decode(payload: bytes, declared: Declared = Declared(), hint: str | None = None) -> Decoded:
    """Decode a payload (content encoding undone) and tell how; never raises, whatever the bytes.

    hint: the charset the site file names. It and the declarations settle ties and never overrule the bytes: of
    pages that say gb2312 or utf-8 and are the other, believing them gets 0 to 13 % right.

    >>> decode("政府信息公开".encode("gb18030"), Declared(http="text/html; charset=utf-8")).encoding
    'gb18030'
    """
    if not payload:
        return Decoded("", "utf-8", "empty", 0, CERTAIN)
    if payload.startswith(SIGNATURES):
        return Decoded("", BINARY, "file signature", 0, CERTAIN)
    for mark, encoding in _MARKS:
        if payload.startswith(mark):
            return _decode_marked(payload[len(mark) :], encoding)
    if payload.isascii() and b"\0" not in payload:
        return _decode_ascii(payload)
    if b"\0" not in payload:
        try:
            text = payload.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if len(payload) - len(text) >= _SURE_CONTINUATIONS:
                return Decoded(text, "utf-8", "valid utf-8", 0, CERTAIN)
    return _decode_unclear(payload, declared, hint)


def _decode_ascii(payload: bytes) -> Decoded:
    hz = read_hz(payload)
    if hz is not None:
        return Decoded(hz, "hz", "hz escapes", hz.count("\ufffd"), CERTAIN)
    if b"\x1b$" in payload:
        try:
            return Decoded(read(payload, "iso2022-jp"), "iso2022-jp", "iso-2022-jp escapes", 0, CERTAIN)
        except UnicodeDecodeError:
            pass
    return Decoded(payload.decode("ascii"), "utf-8", "ascii", 0, CERTAIN)


def _decode_marked(payload: bytes, encoding: str) -> Decoded:
    """Believe a mark, except UTF-8's before bytes that are not: some GBK pages include a file that has one."""
    if encoding == "utf-8":
        try:
            return Decoded(payload.decode("utf-8"), "utf-8", "byte-order mark", 0, CERTAIN)
        except UnicodeDecodeError:
            return _read(payload, choose(payload, lambda: ("utf-8",)), "byte-order mark")
    text, replaced = read_wide(payload, encoding)
    return Decoded(text, encoding, "byte-order mark", replaced, CERTAIN)


def _decode_unclear(payload: bytes, declared: Declared, hint: str | None) -> Decoded:
    wide = wide_encoding(payload)
    if wide is not None:
        text, replaced = read_wide(payload, wide)
        return Decoded(text, wide, f"{wide} without a mark", replaced, CERTAIN)
    if is_binary(payload):
        return Decoded("", BINARY, "control characters", 0, CERTAIN)
    choice = choose(payload, lambda: _hints(payload, declared, hint))
    if not choice.chinese:
        foreign = read_foreign(payload)
        if foreign is not None:
            text, encoding, replaced = foreign
            return Decoded(text, encoding, "not Chinese: detector", replaced, 0.0)
    return _read(payload, choice, "utf-8 by structure" if choice.encoding == "utf-8" else "character statistics")


def _hints(payload: bytes, declared: Declared, hint: str | None) -> list[str | None]:
    meta = declared_charset(payload) if declared.meta is None else declared.meta
    return [resolve(declared.http), resolve(meta), resolve(hint)]


def _read(payload: bytes, choice: Choice, reason: str) -> Decoded:
    text, replaced, other = read_page(payload, choice.encoding)
    reason += f", some runs in {other}" if other else ""
    margin = min(CERTAIN, choice.lead / max(choice.length, 1))
    return Decoded(text, choice.encoding, reason, replaced, margin)
