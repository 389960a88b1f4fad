"""normalize.py — The light form that is stored: simplified script, everything else as it was written.

Full-width punctuation, curly and corner quotation marks, ①, ㎡ and spacing stay: they are correct Chinese
typography, and no form for comparing (that is the heavy form of fingerprint.py).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from flows.text.conversion import simplify
from flows.text.provenance import diff
from flows.text.script import in_gb2312, simplified_forms, simplified_only
from storage.records import Step

Script = Literal["hans", "hant", "mixed", "none"]
"""The script a text was written in (ISO 15924 names in lower case); "none" when it has no Han."""

# Simplified text shows such characters now and then in names and quotations; 0.05 to 0.1 % of its paragraphs
# reach this share, traditional ones have 30 to 40 %.
_MIN_SHARE = 0.05
# A text is mixed when paragraphs in the rarer script hold this share of the characters that tell the scripts apart.
_MIN_OTHER_SHARE = 0.05
_JAPANESE_SHARE = 3
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text in simplified script, the script it came in, and the steps from one to the other."""

    text: str
    script: Script
    steps: tuple[Step, ...]


def normalize(text: str, context: str = "") -> Normalized:
    """Write the traditional paragraphs of a text in simplified characters.

    A paragraph (line) is traditional when more of its characters are traditional only than simplified only, and
    they make up 5 % of its Han. One character proves little (昇, in the name 王昇): such lines follow the text as a
    whole and its context, which is other text of the same page (the body, for a title or an author). Names such as
    乾安县, 於潜 and 萧乾 survive in both scripts (protected.txt).
    Leaves simplified paragraphs alone, with all that an unguarded conversion changes in them: 乾县, 於, 後, 藉口;
    and Japanese ones.

    >>> normalize("乾縣發展鄉村旅遊").text, normalize("乾县发展乡村旅游").text
    ('乾县发展乡村旅游', '乾县发展乡村旅游')
    >>> normalize("“全文”３.5㎡①").script
    'hans'
    """
    if _traditional_only().search(text) is None:
        return Normalized(text, "hans" if _HAN.search(text) else "none", ())
    lines = text.split("\n")
    evidence = [_evidence(line) for line in lines]
    default = sum(traditional - simplified for traditional, simplified in (*evidence, _evidence(context))) > 0
    written_in_traditional = [
        _is_traditional(line, *found, default) for line, found in zip(lines, evidence, strict=True)
    ]
    converted = "\n".join(
        simplify(line) if traditional else line for line, traditional in zip(lines, written_in_traditional, strict=True)
    )
    script = _script(evidence, written_in_traditional)
    changes = diff(text, converted)
    if not changes:
        return Normalized(text, script, ())
    detail = f"opencc t2s on {sum(written_in_traditional)} of {len(lines)} lines"
    return Normalized(converted, script, (Step("text", "traditional-to-simplified", detail, changes),))


def _evidence(line: str) -> tuple[int, int]:
    """Count the characters that only traditional and that only simplified text has."""
    return len(_traditional_only().findall(line)), len(_simplified_only().findall(line))


def _is_traditional(line: str, traditional: int, simplified: int, default: bool) -> bool:
    if traditional and _is_japanese(line):
        return False
    if traditional >= 2 and traditional > simplified:
        return traditional >= _MIN_SHARE * len(_HAN.findall(line))
    return default and simplified <= traditional


def _is_japanese(line: str) -> bool:
    # Half of Japanese prose is kana; Chinese text quotes a word of it.
    return _JAPANESE_SHARE * len(_KANA.findall(line)) > len(_HAN.findall(line))


def _script(evidence: list[tuple[int, int]], written_in_traditional: list[bool]) -> Script:
    traditional = sum(found[0] for found, is_so in zip(evidence, written_in_traditional, strict=True) if is_so)
    simplified = sum(found[1] for found, is_so in zip(evidence, written_in_traditional, strict=True) if not is_so)
    if min(traditional, simplified) >= _MIN_OTHER_SHARE * (traditional + simplified) > 0:
        return "mixed"
    return "hant" if traditional > simplified else "hans"


@cache
def _traditional_only() -> re.Pattern[str]:
    # GB2312 has no traditional character but those that simplified text uses too, such as 乾, 於 and 後. Beyond
    # the basic plane are only characters that neither script needs.
    return re.compile(f"[{''.join(key for key in simplified_forms() if ord(key) < 0x10000 and not in_gb2312(key))}]")


@cache
def _simplified_only() -> re.Pattern[str]:
    return re.compile(f"[{''.join(key for key in simplified_only() if ord(key) < 0x10000)}]")
