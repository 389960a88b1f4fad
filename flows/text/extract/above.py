"""above.py — What stands above a page's text and is none of it: the title again, date and source, who wrote it.

Each function says which of the lines that are left go, by index, with the rule. The rest of the filter is in lines.py.
"""

import re
from collections.abc import Sequence

from flows.text.extract import rules
from flows.text.extract.shadow import ShadowLine

BYLINE = "byline"
"""The rule that drops the writers' names above the text; they are no text, and yet who wrote it."""
_HEAD_LINES = 12
_HEAD_CHARS = 400
_STRIP_LINES = 6
STRIP_CHARS = 110
_DASHES = frozenset(("——", "--", "──", "――"))
_SHORT_TITLE = 6
_TITLE_PART, _TITLE_SHARE = 8, 0.6
"""A shorter part of the title than this is a heading of the text."""
_SUBTITLE_CHARS = 60
_TITLE_LINES = 4
_SUMMARY_CHARS = 16
_RULED = re.compile(r"[*=_\-—─━☆★~～·.。]{3,}$")
"""A line drawn with characters."""
_OPENING = 8
_BYLINE_LINES = 4
_BYLINE_CHARS = 40
ENDS = frozenset("。!?;…”")
SENTENCE_ENDS = frozenset("。！？；")


def repeated_title(judged: Sequence[ShadowLine], alive: Sequence[int], title: str) -> dict[int, str]:
    """Drop the repeated title near the top, and what stands above it."""
    if len(title) < _SHORT_TITLE:  # 停水通知 may be a part of anything
        return {alive[0]: "title"} if len(alive) > 1 and title and judged[alive[0]].shadow == title else {}
    chars = 0
    for place, index in enumerate(alive[:_HEAD_LINES]):
        line = judged[index]
        cast = line.opening if line.size > len(title) + 40 else line.shadow
        broken = _lines_of_title(judged, alive[place:], title)
        if broken or _is_title(cast, title):
            gone = dict.fromkeys(alive[:place], "above the title") | dict.fromkeys(broken, "title")
            for below in alive[place + len(broken) :]:
                if not _is_title(judged[below].shadow, title) and not _is_subtitle(judged[below].shadow):
                    break
                gone[below] = "title"
            return gone
        chars += line.size
        if chars > _HEAD_CHARS or (len(cast) > 20 and cast[-1] in ENDS):
            return {}
    return {}


def _lines_of_title(judged: Sequence[ShadowLine], alive: Sequence[int], title: str) -> Sequence[int]:
    """Return the lines that are the title together, when it is broken over several."""
    joined = ""
    for count, index in enumerate(alive[:_TITLE_LINES], 1):
        joined += judged[index].opening
        if joined == title:
            return alive[:count]
        if not title.startswith(joined):
            break
    return ()


def _is_title(cast: str, title: str) -> bool:
    if cast == title:
        return True
    if len(cast) > len(title) + 12:
        return False
    return title[:30] in cast or (len(cast) >= max(_TITLE_PART, _TITLE_SHARE * len(title)) and cast in title)


def _is_subtitle(cast: str) -> bool:
    """Tell whether a line below the title goes on with it: ——热烈祝贺市政协五届一次会议开幕."""
    return cast[:2] in _DASHES and len(cast) <= _SUBTITLE_CHARS and cast[-1] not in ENDS


def summary(judged: Sequence[ShadowLine], alive: Sequence[int]) -> dict[int, str]:
    """Drop the beginning of the text that a system prints above the text, cut at so many characters."""
    first = judged[alive[0]].plain if len(alive) > 1 else ""
    if len(first) < _SUMMARY_CHARS or not first.endswith(("...", "…")):
        return {}
    begins = first[:_SUMMARY_CHARS]
    again = any(judged[index].plain.startswith(begins) for index in alive[1:_HEAD_LINES])
    return {alive[0]: "summary"} if again else {}


def strip(judged: Sequence[ShadowLine], alive: Sequence[int]) -> dict[int, str]:
    """Drop the strip of date, source and counters that stands between title and text."""
    found: list[int] = []
    for index in alive:
        line = judged[index]
        if line.size > STRIP_CHARS or not (_RULED.match(line.plain) or is_meta_line(line.shadow)):
            break
        found.append(index)
        if len(found) > _STRIP_LINES:
            return {}  # a list of dated things, which is the text
    return dict.fromkeys(found, "strip under the title")


def bylines(judged: Sequence[ShadowLine], alive: Sequence[int]) -> dict[int, str]:
    """Drop the lines above the text that only name its writers, with the name of the column above them."""
    gone: list[int] = []
    column = -1
    for index in alive[:_BYLINE_LINES]:
        line = judged[index]
        if line.size > _BYLINE_CHARS or line.plain[-1:] in SENTENCE_ENDS:
            break
        if rules.BYLINE.match(line.shadow):
            gone += [column, index] if column >= 0 else [index]
            column = -1
        elif rules.COLUMN.match(line.shadow):
            column = index
        else:
            break
    return dict.fromkeys(gone, BYLINE) if len(gone) < len(alive) else {}


def is_meta_line(cast: str) -> bool:
    """Tell whether a shadow consists of date, source, author, counters and the like.

    >>> from flows.text.extract.shadow import shadow
    >>> is_meta_line(shadow("2024-09-12 17:20 来源：青山日报 浏览次数：12")), is_meta_line("9月12日,会议召开")
    (True, False)
    """
    if len(cast) > STRIP_CHARS or cast[-1] in ENDS or rules.OCCASION.search(cast):
        return False
    if rules.SIGNED.match(cast):
        return False
    labels = len(rules.DATELINE_LABEL.findall(cast))
    dated = rules.DATED.search(cast) is not None or (labels > 0 and rules.ODD_DATE.search(cast) is not None)
    if not dated and labels == 0:
        return False
    rest = rules.LABELLED.sub("", cast)
    if len(rest) <= 1:
        return True
    # What opens a list or a message (…14时20分发布暴雨橙色预警信号：) is text.
    return dated and len(rest) <= (_OPENING if cast[-1] == ":" else 24 if labels else 14)
