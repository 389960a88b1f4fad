"""single_byte.py — Chinese text whose bytes were read as Latin-1 or windows-1252, or as another single-byte set.

Works on runs, so that one damaged line in a clean page is repaired in its place. GB and Big5 come first: ftfy
does not know them, and some of its steps spoil them.
"""

import re

from ftfy import TextFixerConfig, fix_encoding

from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult
from flows.text.repair.plausible import bits

_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_BYTE_OF = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    bytes((byte,)).decode("cp1252"): byte for byte in range(0x80, 0x100) if byte not in _HOLES
}
_HIGH = "".join(map(re.escape, _BYTE_OF))
_ASCII = "\t\x20-\x7e"
# A whole line, or a run with short ASCII stretches inside: numbers, and letters that are second bytes.
_UNIT = re.compile(rf"(?m)^[{_ASCII}]*[{_HIGH}][{_ASCII}{_HIGH}]*$|[{_HIGH}](?:[{_ASCII}]{{0,20}}[{_HIGH}])*[@-~]?")

# These stand in clean Chinese text as themselves.
_EDGES = "“”‘’—–…·×÷±°§¨•€ \xa0"
_LETTER = re.compile("[\x80-\x9f¡-¦©-¯²-¶¸-ÿŠŒŽšœžŸƒˆ˜†‡‰‹›„‚™]")
_LEAST_WEIGHT = -11.0

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
_FOREIGN_RUN = re.compile(
    "[^\n\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef]*[^\x00-\u007f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef][^\n\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef]*"
)


def reread_latin(text: str) -> FixResult:
    """Read runs of Latin-1 or windows-1252 characters again as UTF-8, GB18030 or Big5, as often as it takes.

    Leaves runs that do not come out as ordinary Chinese: accented words, quotes, units.

    >>> reread_latin("ÖÐÎÄ，¤¤¤å").text
    '中文，中文'
    """
    fixed, changes = substitute(_UNIT, lambda match: _best_reading(match[0]), text)
    return FixResult(fixed, changes, "bytes read as Latin-1" if changes else "")


def _best_reading(run: str) -> str:
    letters = len(_LETTER.findall(run))
    high = sum(char in _BYTE_OF for char in run)
    if letters < 3 or letters * 2 < high:
        return run
    best = (_LEAST_WEIGHT, run)
    # Quotes at the ends may be part of the bytes or stand around them.
    core = run.strip(_EDGES)
    for part in dict.fromkeys((run, core)):
        head, tail = run[: run.index(part)], run[run.index(part) + len(part) :]
        best = max((best, *((value, head + read + tail) for value, read in _readings(part, depth=4))))
    return best[1]


def _readings(run: str, depth: int) -> list[tuple[float, str]]:
    """Return every way to read the run's bytes that gives Chinese, with its weight."""
    payload = bytes(_BYTE_OF.get(char, ord(char)) for char in run)
    found: list[tuple[float, str]] = []
    for encoding, bonus in (("utf-8", 0.3), ("gb18030", 0.1), ("big5hkscs", 0.0)):
        try:
            read = payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(char in _BYTE_OF or char < "\x7f" for char in read):
            if depth and encoding == "utf-8":
                # Bytes that are valid UTF-8 twice over are no accident.
                found += [(value + bonus, text) for value, text in _readings(read, depth - 1)]
        else:
            found.append((bonus - bits(read), read))
    return found


def fix_single_byte(text: str) -> FixResult:
    """Undo UTF-8 read as a single-byte encoding, by ftfy's strict steps, run by run.

    Leaves what ftfy is not sure of, and all Chinese.

    >>> fix_single_byte("标题：å›½æ‰§").text
    '标题：国执'
    """
    fixed, changes = substitute(_FOREIGN_RUN, lambda match: fix_encoding(match[0], _STRICT), text)
    return FixResult(fixed, changes, "UTF-8 read as a single-byte encoding" if changes else "")
