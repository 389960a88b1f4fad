"""plausible.py — How ordinary a stretch of Chinese looks, character by character.

The cheap judgement in front of the language model: no context, one table. Used to accept a re-reading whose
bytes already fit, never to choose between two readings that look alike.
"""

import re
import zlib
from functools import cache
from importlib.resources import files

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ORDINARY_BITS = 11.0


@cache
def _tables() -> tuple[bytes, bytes]:
    joined = zlib.decompress((files("flows.text.decode") / "weights.bin").read_bytes())
    return joined[:65_536], joined[65_536:]


def bits(text: str) -> float:
    """Return the mean cost of the characters beyond ASCII, in bits: 8 to 10 for prose, over 12 for mojibake.

    The script that fits better counts. A text with nothing beyond ASCII costs 99.
    """
    units = "".join(_NOT_ASCII.findall(text)).encode("utf-16-le", "surrogatepass")
    if not units:
        return 99.0
    codes = memoryview(units).cast("H")
    return min(sum(map(table.__getitem__, codes)) for table in _tables()) / (8 * len(codes))


def reads_as_chinese(text: str) -> bool:
    """Tell whether the part beyond ASCII is ordinary Chinese."""
    return bits(text) < _ORDINARY_BITS
