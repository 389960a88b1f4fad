"""code_pages.py — Chinese text whose bytes were read in a single-byte code page of another language.

GB, Big5 or UTF-8 read as Cyrillic, Greek, Turkish, Central European, DOS or Macintosh text: what a machine set up for
that language shows and saves. Latin-1 and windows-1252 are for single_byte.py, which sees them a hundred times as often.
"""

import re
from functools import cache

from flows.text.decode.costs import beyond_ascii, cost
from flows.text.lm.grams import model
from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult
from flows.text.repair.plausible import bits
from flows.text.repair.single_byte import BYTE_OF, EAST_ASIAN

WESTERN = "windows-1252"
"""Latin-1 and windows-1252, which text seldom tells apart."""
PAGES = (
    "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp1258", "cp874", "iso8859-2", "iso8859-5", "iso8859-7",
    "iso8859-9", "iso8859-15", "koi8_r", "koi8_u", "cp866", "cp437", "cp850", "cp852", "mac_roman", "mac_cyrillic",
)  # fmt: skip
_ENCODINGS = ("utf-8", "gb18030", "big5hkscs")
_HAN = re.compile("[\u3400-\u9fff]")
# A stretch of a line without East Asian characters, with at least one that is not ASCII.
_RUN = re.compile(f"[^\n\0-\x7f{EAST_ASIAN}](?:[\\x20-\x7e]{{0,20}}[^\n\0-\x7f{EAST_ASIAN}])*[@-~]?")
# These stand in clean Chinese text as themselves, so they may surround damage without being part of it.
_EDGES = "“”‘’—–…·×÷±°§•€ \xa0"
_FEWEST_LETTERS = 6
_FEWEST_HAN = 3
_CERTAIN_BITS = 10.0
_PROSE_BITS = 13.5
_PROSE_NATS = 7.0
"""Mean cost of a character. Of 116,000 readings of words and random letters of four alphabets one costs less."""
_UTF8_BITS = 14.5


@cache
def bytes_of(page: str) -> dict[str, int]:
    """Return the byte that each character beyond ASCII stands for.

    A byte without a character is shown as its control; where it is the only one (0x98 in cp1251), as U+FFFD too.
    """
    if page == WESTERN:
        return BYTE_OF
    table: dict[str, int] = {}
    holes: list[int] = []
    for byte in range(0x80, 0x100):
        try:
            table[bytes((byte,)).decode(page)] = byte
        except UnicodeDecodeError:
            table[chr(byte)] = byte
            holes.append(byte)
    if len(holes) == 1:
        table["\ufffd"] = holes[0]
    return table


def payload_of(text: str, page: str) -> bytes | None:
    """Return the bytes that were read as a text in a code page, or None where it has a character of its own for none.

    >>> payload_of("ИИ!", "cp1251"), payload_of("热", "cp1251")
    (b'\\xc8\\xc8!', None)
    """
    byte_of = bytes_of(page)
    if not all(char < "\x80" or char in byte_of for char in text):
        return None
    return bytes(byte_of.get(char, ord(char) & 0x7F) for char in text)


def reread_code_pages(text: str) -> FixResult:
    """Read runs of foreign letters again as UTF-8, GB18030 or Big5, if that makes Chinese prose of them.

    Leaves words and sentences of other languages: read again they are rows of rare characters, or nothing at all.

    >>> reread_code_pages("ИИНБ№гІҐµзКУЧЬѕЦ").text
    '热土广播电视总局'
    """
    found: dict[str, None] = {}

    def replace(match: re.Match[str]) -> str:
        read, page = _best_reading(match[0])
        if page:
            found[page] = None
        return read

    fixed, changes = substitute(_RUN, replace, text)
    return FixResult(fixed, changes, f"bytes read as {', '.join(found)}" if changes else "")


def _best_reading(run: str) -> tuple[str, str]:
    """Return the run as it reads best, and the code page that was assumed, "" when it stays."""
    letters = {char for char in run if char > "\x7f" and char not in _EDGES}
    if len(run) < _FEWEST_LETTERS or len(letters) < _FEWEST_HAN:
        return run, ""
    best = (cost(run) - _CERTAIN_BITS, run, "")
    core = run.strip(_EDGES)
    for page in PAGES:
        for part in dict.fromkeys((run, core)):
            payload = payload_of(part, page)
            if payload is not None and (read := _as_chinese(payload)):
                start = run.index(part)
                whole = run[:start] + read + run[start + len(part) :]
                # An indent costs nothing: in cp1253 it is ΅΅, which iso8859-7 has for the rare, but plausible 档档.
                best = min(best, (cost(whole.replace("\u3000", "")), whole, page))
    return best[1], best[2]


def _as_chinese(payload: bytes) -> str:
    """Return what bytes say in the first encoding in which they are Chinese prose, or ""."""
    for encoding in _ENCODINGS:
        try:
            read = payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        han = len(_HAN.findall(read))
        beyond = beyond_ascii(read)
        if han < _FEWEST_HAN or 2 * han < len(beyond):
            continue
        # Bytes that are valid UTF-8 are no accident; of the others the language model must think so too.
        most_bits = _UTF8_BITS if encoding == "utf-8" else _PROSE_BITS
        if bits(read) < most_bits and (encoding == "utf-8" or model().cost(beyond) < _PROSE_NATS * len(beyond)):
            return read
    return ""
