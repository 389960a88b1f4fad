"""build_weights.py — Writes weights.bin, the character costs that tell one reading of bytes from another.

Run by hand when the inputs change, never at run time:

    python -m flows.text.decode.build_weights ../shared/corpus/text

Inputs: text files (*.txt.xz, one paragraph a line), jieba's word list, and the traditional image of both through
opencc. Lines for which `held_out` is true are left for measuring. Output: for each script 65,536 bytes, one per
UTF-16 unit, -log2 of the unit's probability in eighths of a bit; the two tables are joined and deflated.
"""

import lzma
import math
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

OUTPUT = Path(__file__).with_name("weights.bin")
EIGHTHS = 8

# The three conversions differ in their choice among variants (裡 裏, 為 爲, 臺 台); pages hold all of them.
_TRADITIONAL = ("s2t", "s2tw", "s2hk")
_CONVERTED_SHARE = 24  # opencc reads under 1 MB a second: one line in 24 is plenty for single characters
# Written in Hong Kong and Taiwan, absent from the converted text because no simplified text has them.
_REGIONAL = "嘅咗喺哋啲嘢嚟冇佢唔咁嗰諗睇妳牠祂囉喔嘛"


def held_out(line: str) -> bool:
    """Tell whether a line of the corpus is kept out of the weights, one in eight.

    >>> sum(held_out(str(number)) for number in range(8000)) > 900
    True
    """
    return zlib.crc32(line.encode()) % 8 == 0


def lines(corpus: Path) -> Iterator[str]:
    """Yield the stripped lines of every *.txt.xz below a folder, in the order of names."""
    for path in sorted(corpus.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as file:
            yield from (line.strip() for line in file)


def _without_count(unit: int) -> float:
    """Return the cost in bits of a UTF-16 unit that the inputs do not show, by what kind of character it is."""
    if unit < 0x80:
        return 6.5 if 0x20 <= unit < 0x7F else 7.0 if unit in (0x09, 0x0A, 0x0D) else 26.0
    ranges = (
        (0x9F, 30.0),  # C1 controls
        (0xFF, 13.0),
        (0x24F, 19.0),
        (0x2FF, 23.0),
        (0x45F, 19.0),
        (0x52F, 23.0),
        (0x7FF, 20.0),
        (0x1FFF, 23.0),
        (0x206F, 17.0),
        (0x2BFF, 18.0),
        (0x2FFF, 24.0),
        (0x303F, 17.0),
        (0x30FF, 17.0),  # kana: quoted in Chinese, and what EUC-JP gives when it is read as GB18030
        (0x33FF, 20.0),
        (0x4DFF, 28.0),
        (0x9FFF, 24.0),
        (0xD7FF, 25.0),
        (0xDFFF, 15.0),  # a surrogate is half a character
        (0xF8FF, 31.0),
        (0xFAFF, 27.0),
        (0xFEFF, 22.0),
        (0xFFEF, 16.0),
    )
    cost = next((bits for last, bits in ranges if unit <= last), 31.0)
    if 0x4E00 <= unit <= 0x9FFF:
        character = chr(unit)
        for charset in ("gb2312", "big5"):
            if _encodable(character, charset):
                cost = 22.0
    if unicodedata.category(chr(unit)) == "Cn":
        cost = 31.0
    return cost


def _encodable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _table(*sources: Counter[str]) -> bytes:
    totals = [sum(source.values()) for source in sources]
    table = bytearray()
    for unit in range(0x10000):
        floor = 2.0 ** -_without_count(unit)
        seen = sum(source[chr(unit)] / total for source, total in zip(sources, totals, strict=True)) / len(sources)
        if unit < 0x80:
            seen = 0.0
        table.append(min(255, round(-math.log2(0.98 * seen + floor) * EIGHTHS)))
    return bytes(table)


def _words() -> Iterator[tuple[str, int]]:
    import jieba  # noqa: PLC0415 -- only this script needs it

    with (Path(jieba.__file__).with_name("dict.txt")).open(encoding="utf-8") as file:
        for row in file:
            word, count, *_ = row.split(" ")
            yield word, int(count)


def build(corpus: Path) -> bytes:
    """Count the inputs and return the content of weights.bin."""
    from opencc import OpenCC  # noqa: PLC0415 -- only this script needs it

    converters = [OpenCC(name) for name in _TRADITIONAL]
    hans_text: Counter[str] = Counter()
    hans_words: Counter[str] = Counter()
    hant_text: Counter[str] = Counter()
    hant_words: Counter[str] = Counter()
    for number, line in enumerate(line for line in lines(corpus) if not held_out(line)):
        hans_text.update(line)
        if number % _CONVERTED_SHARE == 0:
            for converter in converters:
                hant_text.update(converter.convert(line))
    for word, count in _words():
        for character in word:
            hans_words[character] += count
        for converter in converters:
            for character in converter.convert(word):
                hant_words[character] += count
    for ours, theirs in zip("「」『』", "“”‘’", strict=True):
        hant_text[ours] += hant_text[theirs]
    for character in _REGIONAL:
        hant_words[character] += sum(hant_words.values()) >> 12
    return zlib.compress(_table(hans_text, hans_words) + _table(hant_text, hant_words), 9)


if __name__ == "__main__":
    OUTPUT.write_bytes(build(Path(sys.argv[1])))
