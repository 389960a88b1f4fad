"""desync_channel.py — What a site's software does to the GBK bytes of a text: glosses in, cuts at marks, lenient reading.

Verified against the seeds: with the right marks and glosses it reproduces every damaged span of theirs, character
for character (test_desync_channel.py). Loaded by conftest.py and by tests/bench_desync.py; imports nothing of the product.
"""

from collections.abc import Mapping

CUT_MARKS = "！？；。、“"
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def damage(text: str, marks: str, lone_shown: bool, glosses: Mapping[str, str] | None = None) -> str:
    """Return a text as such software shows it.

    marks: punctuation whose byte pair is looked for whatever its alignment, and cut at, in this order.
    lone_shown: a lead byte at the end of a piece becomes `?`; otherwise nothing.
    glosses: characters behind whose byte pair a reading is printed.
    """
    payload = text.encode("gbk", "ignore")
    for char, reading in (glosses or {}).items():
        pair = char.encode("gbk")
        payload = payload.replace(pair, pair + f"({reading})".encode("gbk"))
    pieces: list[tuple[str, bytes]] = [("", payload)]
    for mark in marks:
        cut: list[tuple[str, bytes]] = []
        for shown, piece in pieces:
            if shown:
                cut.append((shown, piece))
                continue
            for i, part in enumerate(piece.split(mark.encode("gbk"))):
                if i:
                    cut.append((mark, b""))
                cut.append(("", part))
        pieces = cut
    return "".join(shown or _read(piece, lone_shown) for shown, piece in pieces)


def narrow(text: str) -> str:
    """Return a text with full-width ASCII made half-width, as many pages were cleaned up afterwards."""
    return text.translate(_NARROW)


def _read(piece: bytes, lone_shown: bool) -> str:
    """Read bytes leniently: undefined pairs are nothing, a lead byte before ASCII is `?` and takes it along."""
    shown: list[str] = []
    i = 0
    while i < len(piece):
        lead = piece[i]
        if lead < 0x80:
            shown.append(chr(lead))
            i += 1
        elif lead in (0x80, 0xFF):
            i += 1
        elif i + 1 == len(piece):
            shown.append("?" if lone_shown else "")
            i += 1
        elif piece[i + 1] < 0x40 or piece[i + 1] in (0x7F, 0xFF):
            shown.append("?")
            i += 2
        else:
            shown.append(piece[i : i + 2].decode("gbk", "ignore"))
            i += 2
    return "".join(shown)
