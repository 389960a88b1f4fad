"""lines.py — The line filter: which lines of a page are its site's furniture and not its text.

Decides on shadows (shadow.py), by the rules of rules.py, and says of each dropped line which rule it was. A short
line may go for what it says; a line that ends like a sentence only goes with a notice, or when the site's pages
share it. Filtering twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.text.extract import rules
from flows.text.extract.shadow import shadow

_RULE_CHARS = 130
_HEAD_LINES = 12
_HEAD_CHARS = 400
_STRIP_LINES = 6
_NOTICE_CHARS = 1500
_ENDS = "。!?;…”"


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    shadow: str
    rule: str  # that holds wherever the line stands, or ""


@dataclass(frozen=True, slots=True)
class Filtered:
    """The lines of the text, and the others with their rules (as pairs of index and rule)."""

    kept: tuple[str, ...]
    dropped: tuple[tuple[int, str], ...]


def filter_lines(lines: Sequence[str], title: str = "", furniture: frozenset[str] = frozenset()) -> Filtered:
    """Part a page's lines into text and furniture.

    title: the page's own; its repetition above the text is dropped, with what stands above it.
    furniture: shadows of lines that the site's pages share. Leaves alone whatever no rule names.

    >>> filter_lines(["9月12日上午，会议召开。", "（責(zé)任編輯：陳立）"]).kept
    ('9月12日上午，会议召开。',)
    """
    judged = [_judge(line, furniture) for line in lines]
    alive = [index for index, line in enumerate(judged) if not line.rule]
    dropped = {index: line.rule for index, line in enumerate(judged) if line.rule}
    wanted = shadow(title)
    while True:
        gone = (
            _head(judged, alive, wanted)
            or _meta_lines(judged, alive)
            or _notice(judged, alive, wanted)
            or _headings(judged, alive)
            or _debris(judged, alive, dropped)
        )
        if not gone:
            break
        dropped |= gone
        alive = [index for index in alive if index not in gone]
    return Filtered(tuple(lines[index] for index in alive), tuple(sorted(dropped.items())))


def _judge(line: str, furniture: frozenset[str]) -> _Line:
    # Notes make a line up to seven times as long as its shadow, and no rule reads far into a long line.
    cast = shadow(line if furniture or len(line) <= 7 * _RULE_CHARS else line[: 7 * _RULE_CHARS])
    if cast in furniture:
        return _Line(line, cast, "learned")
    if not cast:
        return _Line(line, cast, "blank")
    if len(cast) > _RULE_CHARS or not rules.GATE.search(cast):
        return _Line(line, cast, "")
    for name, pattern in rules.LINE_RULES:
        if name != "related" and pattern.search(cast):
            return _Line(line, cast, "" if cast[-1] == "。" else name)
    return _Line(line, cast, "")


_RELATED = dict(rules.LINE_RULES)["related"]


def _head(judged: list[_Line], alive: list[int], title: str) -> dict[int, str]:
    """Drop the repeated title near the top, and what stands above it."""
    if len(title) < 6:
        return {}
    chars = 0
    for place, index in enumerate(alive[:_HEAD_LINES]):
        cast = judged[index].shadow
        if _is_title(cast, title):
            gone = dict.fromkeys(alive[:place], "above the title")
            for below in alive[place:]:
                if not _is_title(judged[below].shadow, title):
                    break
                gone[below] = "title"
            return gone
        chars += len(cast)
        if chars > _HEAD_CHARS or (len(cast) > 20 and cast[-1] in _ENDS):
            return {}
    return {}


def _is_title(cast: str, title: str) -> bool:
    if cast == title:
        return True
    if len(cast) > len(title) + 12:
        return False
    return title[:30] in cast or (len(cast) >= 8 and cast in title)


def _meta_lines(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop the strip of date, source and counters that stands between title and text."""
    strip: list[int] = []
    for index in alive:
        if not is_meta_line(judged[index].shadow):
            break
        strip.append(index)
        if len(strip) > _STRIP_LINES:
            return {}  # a list of dated things, which is the text
    return dict.fromkeys(strip, "strip under the title")


def is_meta_line(cast: str) -> bool:
    """Tell whether a shadow consists of date, source, author, counters and the like.

    >>> is_meta_line(shadow("2024-09-12 17:20 来源：青山日报 浏览次数：12")), is_meta_line("9月12日,会议召开")
    (True, False)
    """
    if len(cast) > 110 or cast[-1] in _ENDS or rules.OCCASION.search(cast):
        return False
    dated = rules.DATED.search(cast) is not None
    labels = len(rules.DATELINE_LABEL.findall(cast))
    if not dated and labels == 0:
        return False
    rest = rules.LABELLED.sub("", cast)
    if len(rest) <= 1:
        return True
    return dated and len(rest) <= (24 if labels else 14)


def _notice(judged: list[_Line], alive: list[int], title: str) -> dict[int, str]:
    """Drop the rights notice or the site's imprint that ends a page, from its first line on."""
    if rules.ABOUT_RIGHTS.search(title) or len(alive) < 2:
        return {}
    rest = 0
    cut = None
    for place in range(len(alive) - 1, 0, -1):
        cast = judged[alive[place]].shadow
        rest += len(cast)
        if rest > _NOTICE_CHARS:
            break
        after = [judged[index].shadow for index in alive[place : place + 8]]
        if _opens_notice(after):
            cut = place
    return {} if cut is None else dict.fromkeys(alive[cut:], "notice")


def _opens_notice(after: list[str]) -> bool:
    cast = after[0]
    if rules.NOTICE.search(cast[:_RULE_CHARS]) and (len(cast) <= _RULE_CHARS or rules.NOTICE.match(cast)):
        return True
    if rules.NOTICE_HEAD.match(cast):
        return any(rules.NOTICE_WORD.search(line) for line in after[:2])
    return rules.FOOTER_WEAK.match(cast) is not None and any(rules.FOOTER_STRONG.search(line) for line in after)


def _headings(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop headings of link lists that have lost their links: no sentence follows them."""
    gone: dict[int, str] = {}
    for place, index in enumerate(alive):
        cast = judged[index].shadow
        if len(cast) > 70 or not _RELATED.search(cast):
            continue
        following = judged[alive[place + 1]].shadow if place + 1 < len(alive) else ""
        if not following or following[-1] not in _ENDS:
            gone[index] = "related"
    return gone


def _debris(judged: list[_Line], alive: list[int], dropped: dict[int, str]) -> dict[int, str]:
    """Drop a bare number at the end that only furniture follows: an article id, a count of readers."""
    if len(alive) > 1:
        last = alive[-1]
        cast = judged[last].shadow
        if cast.isascii() and cast.isdigit() and len(cast) >= 4 and last + 1 in dropped:
            return {last: "bare number"}
    return {}


def lines_of(text: str) -> list[str]:
    """Split a plain text into its lines, trimmed, blank ones left out."""
    return [trimmed for line in text.splitlines() if (trimmed := line.strip(_TRIM))]


_TRIM = " \t\r\n\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"


def shadows(lines: Iterable[str]) -> list[str]:
    """Return the shadows of lines."""
    return [shadow(line) for line in lines]
