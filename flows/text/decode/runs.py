"""runs.py — Reads a page whose encoding is known, and reads damaged and foreign runs of it anew.

Clean pages are decoded in one go. Whether a run is damaged is told by bytes that are no character, by rare
characters in a row (what wrong pairing gives), and by bytes that are UTF-8 on a page that is not.
"""

import re

from flows.text.decode.alignment import ASCII_EXTRA_BITS, Reading, reread
from flows.text.decode.charsets import read
from flows.text.decode.choice import RUN, blocks, choose_other
from flows.text.decode.costs import beyond_ascii, cheapest_cost, oddity

# What a UTF-8 include looks like on a page in GB18030 or Big5.
_UTF8_RUN = re.compile(
    rb"[\xe2-\xe9\xef](?<![\x80-\xff].)[\x80-\xbf]{2}(?:[\xe2-\xe9\xef][\x80-\xbf]{2})*(?![\x80-\xff])"
)
# Two-byte UTF-8 that is no Latin letter: what some GBK pairs look like on a UTF-8 page that is mixed.
_TWO_BYTE_LETTERS = re.compile("[\u0100-\u07ff]")
_ESCAPED = re.compile("[\udc80-\udcff]")

# Reading anew costs a microsecond or two a byte: enough for any page, and a bound for hostile ones.
_REREAD_BYTES = 200_000
# A run must be likelier by so much before the page's own reading is given up, and by so much again at each change of
# encoding within it; less on a page that is known to be mixed.
_KEEP_BITS, _KEEP_BITS_MIXED = 10.0, 2.0
_SWITCH_BITS, _SWITCH_BITS_MIXED = 10.0, 3.0
# A run without an invalid byte is taken for damaged only if it then reads like text, at 9 to 10 bits a character:
# lists of rare characters (tables in scripts, dictionaries) cost 13 and more at any alignment.
_TEXT_BITS = 11.5
# Rare characters in a row among so common ones are a name.
_AROUND, _CLEAR_BITS = 5, 12.0


def read_page(payload: bytes, encoding: str) -> tuple[str, int, str | None]:
    """Read a payload; (text, how many U+FFFD were put in, the other encoding if some runs are in one).

    >>> read_page("政府<br>".encode("gb18030") + "工作报告".encode(), "gb18030")
    ('政府<br>工作报告', 0, 'utf-8')
    """
    try:
        text = read(payload, encoding)
    except UnicodeDecodeError:
        text = None
    odd = [] if text is None else _odd_parts(payload, text, encoding)
    if text is not None and not odd:
        return text, 0, None
    other = choose_other(payload) if encoding == "utf-8" else "utf-8"
    page = _Page(encoding, other, mixed=False)
    read_anew = page.read(payload) if text is None else page.read_parts(payload, text, odd)
    if page.foreign:
        page = _Page(encoding, other, mixed=True)
        read_anew = page.read(payload)
    return read_anew, page.replaced, other if page.foreign else None


def _odd_parts(payload: bytes, text: str, encoding: str) -> list[int]:
    """Number those of the parts between "<" of a page without invalid bytes that may be damaged or foreign.

    Both the payload and the text can be split there: no character contains the byte.
    """
    if encoding == "utf-8":
        return []
    parts: set[int] = set()
    part = position = 0
    for odd in oddity().finditer(text):
        around = beyond_ascii(text[max(0, odd.start() - _AROUND) : odd.end() + _AROUND])
        if cheapest_cost(around) < _CLEAR_BITS * len(around):
            continue
        part += text.count("<", position, odd.start())
        position = odd.start()
        parts.add(part)
    part = position = 0
    for foreign in _UTF8_RUN.finditer(payload):
        part += payload.count(b"<", position, foreign.start())
        position = foreign.start()
        parts.add(part)
    return sorted(parts)


class _Page:
    """Reads one page block by block; replaced and foreign tell what happened so far."""

    def __init__(self, encoding: str, other: str, mixed: bool) -> None:
        self.encoding = encoding
        self.other = other
        self.mixed = mixed
        self.replaced = 0
        self.foreign = False
        self._allowance = _REREAD_BYTES
        self._keep = _KEEP_BITS_MIXED if mixed else _KEEP_BITS
        self._switch = _SWITCH_BITS_MIXED if mixed else _SWITCH_BITS

    def read(self, payload: bytes) -> str:
        pieces: list[str] = []
        done = 0
        for block in blocks(payload):
            pieces.append(self._read_block(block))
            done += len(block)
            if self._allowance <= 0:
                break
        pieces.append(self._read_plainly(payload[done:]))
        return "".join(pieces)

    def read_parts(self, payload: bytes, text: str, parts: list[int]) -> str:
        """Read only these parts between "<" anew; text is the page as it stands."""
        texts, payloads = text.split("<"), payload.split(b"<")
        for part in parts:
            if self._allowance > 0:
                texts[part] = self._read_block(payloads[part])
        return "<".join(texts)

    def _read_block(self, block: bytes) -> str:
        try:
            text = read(block, self.encoding)
        except UnicodeDecodeError:
            pass
        else:
            if not self._is_suspect(block, text):
                return text
        pieces: list[str] = []
        done = 0
        for match in RUN.finditer(block):
            if self._allowance <= 0:
                break
            new = self._reread(match[0])
            if new is not None:
                pieces += (self._read_plainly(block[done : match.start()]), new)
                done = match.end()
        pieces.append(self._read_plainly(block[done:]))
        return "".join(pieces)

    def _is_suspect(self, data: bytes, text: str) -> bool:
        if self.encoding == "utf-8":
            return self.mixed and bool(_TWO_BYTE_LETTERS.search(text))
        return bool(oddity().search(text) or _UTF8_RUN.search(data))

    def _reread(self, run: bytes) -> str | None:
        """Return a better reading of the run than the page's own, or None if that is clean or better."""
        try:
            plain = read(run, self.encoding)
        except UnicodeDecodeError:
            plain = None
        if plain is not None and not self._is_suspect(run, plain):
            return None
        self._allowance -= len(run)
        if self._allowance < 0:
            return None
        reading = reread(run, self.encoding, self.other, self._switch)
        if plain is not None and not self._is_better(reading, plain):
            return None
        self.replaced += reading.replaced
        self.foreign = self.foreign or reading.foreign
        return reading.text

    def _is_better(self, reading: Reading, plain: str) -> bool:
        ascii_letters = sum(character < "\x80" for character in plain)
        if reading.bits + self._keep > cheapest_cost(plain) + ascii_letters * ASCII_EXTRA_BITS:
            return False
        return not reading.replaced or cheapest_cost(reading.text.replace("\ufffd", "")) < _TEXT_BITS * len(
            reading.text
        )

    def _read_plainly(self, data: bytes) -> str:
        """Read with one U+FFFD for each byte that is no character."""
        try:
            return read(data, self.encoding)
        except UnicodeDecodeError:
            text, replaced = _ESCAPED.subn("\ufffd", data.decode(self.encoding, "surrogateescape"))
            self.replaced += replaced
            return text
