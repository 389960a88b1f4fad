"""hanzi.py — Facts about single characters: script, standard form, readings. Tables only, no judgement of text.

The script tables are those of opencc-python-reimplemented, the readings those of pypinyin (CC-CEDICT and Unihan
data). Both are read from the installed package's data file, without importing the package: importing pypinyin
takes 0.25 s and 57 MB, its table alone 15 ms.
"""

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_LOOKALIKES = str.maketrans("ăĕĭŏŭɑɡv", "ǎěǐǒǔagü")
"""What sites print for a tone mark they lack: a breve for a caron, phonetic letters of the GBK table, v for ü."""


def _data_file(package: str, *path: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"flows/text/lm: data of package {package} not found; install the project's dependencies"
        raise ModuleNotFoundError(message, name=package)
    return Path(spec.submodule_search_locations[0], *path)


def _opencc_table(name: str) -> dict[str, str]:
    lines = _data_file("opencc", "dictionary", name).read_text(encoding="utf-8").split("\n")
    return dict(line.rstrip().split("\t", 1) for line in lines if "\t" in line)


@cache
def simplified_forms() -> dict[str, str]:
    """Map each traditional or variant character to its simplified form; characters of both scripts are absent.

    >>> simplified_forms()["業"]
    '业'
    """
    table = {old: new.split(" ")[0] for old, new in _opencc_table("TSCharacters.txt").items()}
    return {old: new for old, new in table.items() if old != new}


@cache
def traditional_forms() -> dict[str, str]:
    """Map each simplified character to all its traditional forms, the usual one first.

    >>> traditional_forms()["发"][0]
    '發'
    """
    return {old: new.replace(" ", "") for old, new in _opencc_table("STCharacters.txt").items()}


@cache
def simplified_only() -> frozenset[str]:
    """Return the characters that traditional text does not use.

    >>> "业" in simplified_only(), "里" in simplified_only()
    (True, False)
    """
    return frozenset(char for char, forms in traditional_forms().items() if char not in forms)


@cache
def _readings() -> dict[str, str]:
    return json.loads(_data_file("pypinyin", "pinyin_dict.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def readings(char: str) -> tuple[str, ...]:
    """Return the readings of a character with tone marks, the usual one first.

    >>> readings("給")
    ('gěi', 'jǐ', 'xiá')
    """
    return tuple(_readings().get(str(ord(char)), "").split(",")) if len(char) == 1 else ()


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
