"""single_byte.py — Chinese text whose bytes were read as Latin-1 or windows-1252, or as another single-byte set.

Works on runs, so that one damaged line in a clean page is repaired in its place. GB and Big5 come first: ftfy
does not know them, and some of its steps spoil them.
"""

import re
from collections.abc import Iterator

from ftfy import TextFixerConfig, fix_encoding

from flows.text.decode.costs import cost
from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult
from flows.text.repair.plausible import bits

_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
BYTE_OF = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    bytes((byte,)).decode("cp1252"): byte for byte in range(0x80, 0x100) if byte not in _HOLES
}
"""The byte that a character stands for when it was read as Latin-1 or windows-1252."""
_HIGH = "".join(map(re.escape, BYTE_OF))
_ASCII = "\t\x20-\x7e"
# A whole line, or a run with short ASCII stretches inside: numbers, and letters that are second bytes.
_UNIT = re.compile(rf"(?m)^[{_ASCII}]*[{_HIGH}][{_ASCII}{_HIGH}]*$|[{_HIGH}](?:[{_ASCII}]{{0,20}}[{_HIGH}])*[@-~]?")

# These stand in clean Chinese text as themselves, so they may surround damage without being part of it.
_EDGES = "“”‘’—–…·×÷±°§¨•€ \xa0"
_LETTER = re.compile("[\x80-\x9f¡-¦©-¯²-¶¸-ÿŠŒŽšœžŸƒˆ˜†‡‰‹›„‚™]")
# Beside these the run is part of something else: another single-byte set, or damage with losses.
_OTHER = re.compile("[\u0100-\u2bff\uf8ff\ufb01\ufb02\ufffd]")
_CERTAIN_BITS = 10.0
_MEAN_BITS = 14.5
_FEWEST_LETTERS = 2  # different ones: a row of one is a decoration

# Only the steps that lose nothing; ftfy's guesses at inconsistent UTF-8 turn GB bytes into other characters.
_STRICT = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=False,
    decode_inconsistent_utf8=False,
    fix_c1_controls=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
EAST_ASIAN = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef"
"""The characters that no single-byte set has, for a class in a pattern."""
_FOREIGN_RUN = re.compile(f"[^\n{EAST_ASIAN}]*[^\0-\x7f{EAST_ASIAN}][^\n{EAST_ASIAN}]*")


def reread_latin(text: str) -> FixResult:
    """Read runs of Latin-1 or windows-1252 characters again as UTF-8, GB18030 or Big5, as often as it takes.

    Leaves runs that do not come out as ordinary Chinese: accented words, quotes, units.

    >>> reread_latin("ÖÐÎÄ，¤¤¤å").text
    '中文，中文'
    """

    def replace(match: re.Match[str]) -> str:
        for neighbour in (text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]):
            if _OTHER.match(neighbour) and neighbour not in BYTE_OF:
                return match[0]
        return _best_reading(match[0])

    fixed, changes = substitute(_UNIT, replace, text)
    return FixResult(fixed, changes, "bytes read as Latin-1" if changes else "")


def _best_reading(run: str) -> str:
    letters = len(_LETTER.findall(run))
    high = sum(char in BYTE_OF for char in run)
    if letters < 3 or letters * 2 < high or len(set(_LETTER.findall(run))) < _FEWEST_LETTERS:
        return run
    best = (cost(run) - _CERTAIN_BITS, run)
    # Quotes at the ends may be part of the bytes or stand around them.
    core = run.strip(_EDGES)
    for part in dict.fromkeys((run, core)):
        head, tail = run[: run.index(part)], run[run.index(part) + len(part) :]
        for read in _readings(part, depth=4):
            if bits(read) < _MEAN_BITS:
                best = min(best, (cost(head + read + tail), head + read + tail))
    return best[1]


def _readings(run: str, depth: int) -> Iterator[str]:
    """Yield every way to read the run's bytes that gives Chinese."""
    payload = bytes(BYTE_OF.get(char, ord(char)) for char in run)
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        try:
            read = payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not all(char in BYTE_OF or char < "\x7f" for char in read):
            yield read
        elif depth and encoding == "utf-8":
            yield from _readings(read, depth - 1)
        if encoding == "utf-8":
            # Bytes that are valid UTF-8 are no accident.
            return


def fix_single_byte(text: str) -> FixResult:
    """Undo UTF-8 read as a single-byte encoding, by ftfy's strict steps, run by run.

    Leaves what ftfy is not sure of, and all Chinese.

    >>> fix_single_byte("标题：å›½æ‰§").text
    '标题：国执'
    """
    fixed, changes = substitute(_FOREIGN_RUN, lambda match: _strictly(match[0]), text)
    return FixResult(fixed, changes, "UTF-8 read as a single-byte encoding" if changes else "")


def _strictly(run: str) -> str:
    fixed = fix_encoding(run, _STRICT)
    # Shorter, or bytes were not joined into characters: a lone control is left to replace_c1_controls.
    return fixed if len(fixed) < len(run) and "\x1a" not in fixed else run
