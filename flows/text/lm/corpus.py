"""corpus.py — The clean official text that the model is trained on, and the part of it that is kept for measuring.

The corpus belongs to its publishers and is not in the repository; only statistics drawn from it are. Held out, and
never trained on: the last 4 % of the news and of the newspaper (whole days: neighbouring days tell the same stories) and
every twentieth law.
"""

import lzma
import re
from collections.abc import Iterator
from pathlib import Path

_HELD_OUT_SHARE = 0.04
_HELD_OUT_LAW = 20


def _read(directory: Path, name: str) -> str:
    with lzma.open(directory / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
        return file.read()


def _parts(directory: Path) -> Iterator[tuple[str, str, str]]:
    for name in ("news", "daily1998"):
        text = _read(directory, name)
        cut = text.index("\n", int(len(text) * (1 - _HELD_OUT_SHARE))) + 1
        yield name, text[:cut], text[cut:]
    # A law starts at its title; the first article is the one mark that each has. Titles go to the law before: harmless.
    laws = re.split(r"(?m)^(?=第一条[ 　])", _read(directory, "laws"))
    kept = "".join(law for i, law in enumerate(laws) if i % _HELD_OUT_LAW != _HELD_OUT_LAW - 1)
    yield "laws", kept, "".join(laws[_HELD_OUT_LAW - 1 :: _HELD_OUT_LAW])


def training_parts(directory: Path) -> dict[str, str]:
    """Return the texts to train on, by name: news, daily1998, laws."""
    return {name: training for name, training, _ in _parts(directory)}


def held_out_parts(directory: Path) -> dict[str, str]:
    """Return the texts to measure on, by name; none of them was seen in training."""
    return {name: held_out for name, _, held_out in _parts(directory)}
