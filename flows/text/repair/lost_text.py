"""lost_text.py — Flags for text that is gone: no tool restores it, so a reader must know and fetch another copy."""

import re

from flows.text.repair.fix import FixResult

# 锟斤拷 is U+FFFD written as UTF-8 and read as GBK; 烫烫烫 and 屯屯屯 are memory that was never filled.
_RESIDUE = re.compile("锟斤拷|斤拷锟|烫烫烫|屯屯屯")
# In text with full-width punctuation a half-width question mark between hanzi is a character that could not be written.
_QUESTION = re.compile("(?<=[\u4e00-\u9fff])\\?(?=[\u4e00-\u9fff])")
_FULL_WIDTH = re.compile("[，。；]")
_HALF_WIDTH = re.compile("(?<=[\u4e00-\u9fff])[,;](?=[\u4e00-\u9fff])")


def flag_lost_text(text: str) -> FixResult:
    """Say what shows that text was lost; change nothing.

    >>> flag_lost_text("锟斤拷锟斤拷省政府").flags
    ('mojibake residue',)
    >>> flag_lost_text("吉内特?哈里斯，你好吗?").flags
    ('question marks',)
    """
    flags = []
    if _RESIDUE.search(text):
        flags.append("mojibake residue")
    if "\ufffd" in text:
        flags.append("replacement characters")
    if "?" in text and _QUESTION.search(text) and _FULL_WIDTH.search(text) and not _HALF_WIDTH.search(text):
        flags.append("question marks")
    return FixResult(text, flags=tuple(flags))
