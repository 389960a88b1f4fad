"""hanzi.py — Facts about single characters: traditional forms, readings. Tables only, no judgement of text.

The script tables are those of script.py, the readings those of pypinyin. Its data file is read without importing
the package, which would take 0.25 s and 57 MB; the table alone takes 15 ms.
"""

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flows.text.script import read_dictionary

_LOOKALIKES = str.maketrans("ăĕĭŏŭɑɡv", "ǎěǐǒǔagü")
"""What sites print for a tone mark they lack: a breve for a caron, phonetic letters of the GBK table, v for ü."""


def data_file(package: str, *path: str) -> Path:
    """Return the path of a data file of an installed package; raises ModuleNotFoundError without the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"flows/text/lm: data of package {package} not found; install the project's dependencies"
        raise ModuleNotFoundError(message, name=package)
    return Path(spec.submodule_search_locations[0], *path)


@cache
def traditional_forms() -> dict[str, str]:
    """Map each simplified character to all its traditional forms, the usual one first.

    >>> traditional_forms()["发"][0]
    '發'
    """
    return {old: "".join(new) for old, new in read_dictionary("STCharacters.txt").items()}


@cache
def _readings() -> dict[str, str]:
    return json.loads(data_file("pypinyin", "pinyin_dict.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def readings(char: str) -> tuple[str, ...]:
    """Return the readings of a character with tone marks, the usual one first.

    >>> readings("給")
    ('gěi', 'jǐ', 'xiá')
    """
    found = _readings().get(str(ord(char)), "") if len(char) == 1 else ""
    return tuple(found.split(",")) if found else ()


def standard_pinyin(syllable: str) -> str:
    """Return a syllable as the table of readings writes it: composed, `ǎ` for `ă`, `ü` for `v`.

    >>> standard_pinyin("făng"), standard_pinyin("lv")
    ('fǎng', 'lü')
    """
    return unicodedata.normalize("NFC", syllable.lower().translate(_LOOKALIKES))


def reads(char: str, syllable: str) -> bool:
    """Tell whether a syllable is one of the character's readings.

    >>> reads("業", "yè"), reads("業", "fā")
    (True, False)
    """
    return standard_pinyin(syllable) in readings(char)
