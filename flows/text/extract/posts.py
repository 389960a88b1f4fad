"""posts.py — Where on a page of several posts the first one ends: threads of a forum, blogs, comments below an article."""

import re
from collections.abc import Sequence

from flows.text.extract.render import Line
from flows.text.script import fold

_STAMP = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?.{0,6}?\d{1,2}\s?[:：]\s?\d\d")
_SIGN = re.compile(
    r"发表评论|[篇条个]评论|评论\s*[(（:：]\s*\d|引用|张贴|发表于|发布于|楼主|\d+\s*楼|#\d+|只看该作者"
    r"|回复(?:本帖|该帖|此楼)|阅读\s*[(（:：]\s*\d"
    r"|[Pp]osted|[Tt]rackback"
)
_BY = re.compile(r"作\s*者\s*[:：]\s*(\S.{0,30}?)\s*(?:回复|发表)日期\s*[:：]")
_OPENED = re.compile(r"(?:作\s*者\s*[:：]\s*(\S.{0,30}?))?\s*提交日期\s*[:：]")
"""Tianya's stamps above replies, and above the post that opened a thread."""
_STAMP_CHARS = 120
_POSTS = 3
_TEXT_ABOVE = 80
_FRAME_CHARS = 24


def opener_of(texts: Sequence[str]) -> str:
    """Return the name of who opened a thread, where the page says it in Tianya's way, or "".

    >>> opener_of(("作者：", "山里人", "提交日期：2006-3-12 21:33:00"))
    '山里人'
    """
    for place, text in enumerate(texts):
        if "提交日期" in text and (found := _OPENED.search(text)):
            return found[1] or (texts[place - 1] if place else "")
    return ""


def drop_further_posts(lines: list[Line], rules: list[str], opener: str = "") -> None:
    """Drop what follows the first post when at least three are stamped with a time and what one does with posts.

    A stamp stands above its post or below it; text above the first one tells which. opener: who opened the thread; what
    that writer adds further down is text too.
    """
    if opener and _drop_others(lines, rules, opener):
        return
    stamps = [
        index
        for index, line in enumerate(lines)
        if len(line.text) <= _STAMP_CHARS
        and (":" in line.text or "：" in line.text)
        and _STAMP.search(line.text)
        and _SIGN.search(fold(line.text))
    ]
    if len(stamps) < _POSTS:
        return
    above = sum(len(line.text) for line, rule in zip(lines[: stamps[0]], rules, strict=False) if not rule)
    if above >= _TEXT_ABOVE:
        end = stamps[0]
    else:
        end = stamps[1]
        while end - 1 > stamps[0] and _is_frame(lines[end - 1].text):  # the next author's name and ranks
            end -= 1
        for index in range(stamps[0] + 1):
            if index == stamps[0] or _is_frame(lines[index].text):
                rules[index] = rules[index] or "post stamp"
    for index in range(end, len(lines)):
        rules[index] = rules[index] or "further posts"


def _drop_others(lines: list[Line], rules: list[str], opener: str) -> bool:
    """Drop the posts below stamps with other names; tell whether there are any stamps."""
    dropping = found = False
    for index, line in enumerate(lines):
        stamp = _BY.match(fold(line.text)) if len(line.text) <= _STAMP_CHARS else None
        if stamp is not None:
            found = True
            dropping = line.text[stamp.start(1) : stamp.end(1)] != opener
        if stamp is not None or dropping:
            rules[index] = rules[index] or ("post stamp" if stamp is not None else "further posts")
    return found


def _is_frame(text: str) -> bool:
    return len(text) <= _FRAME_CHARS and text[-1] not in "。！？；…”）)"
