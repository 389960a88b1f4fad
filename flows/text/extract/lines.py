"""lines.py — The line filter: which lines of a page are its site's furniture and not its text.

Decides on shadows (shadow.py), by the rules of rules.py, and says of each dropped line which rule it was. A short
line may go for what it says; a line that ends like a sentence only goes with a notice, or when the site's pages
share it. Filtering twice changes nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from flows.text.extract import rules
from flows.text.extract.shadow import has_notes, shadow, without_notes

_RULE_CHARS = 130
_HEAD_LINES = 12
_HEAD_CHARS = 400
_STRIP_LINES = 6
_STRIP_CHARS = 110
_NOTICE_CHARS = 1500
_TAIL_CHARS = 24
_TAGS = frozenset("关關标標tTｔＴ责責")
_WORD_CHARS = 12
_SHARE_CHARS = 50
_SCAN = re.compile("[扫掃码碼微满滿评評]")
_REMARK = re.compile("[评評帖留回点點]")
_DASHES = frozenset(("——", "--", "──", "――"))
_TITLE_PART, _TITLE_SHARE = 8, 0.6
"""A shorter part of the title than this is a heading of the text."""
_SUBTITLE_CHARS = 60
_BYLINE_LINES = 4
_BYLINE_CHARS = 40
_ENDS = frozenset("。!?;…”")
_SENTENCE_ENDS = frozenset("。！？；")


BYLINE = "byline"
"""The rule that drops the writers' names above the text; they are no text, and yet who wrote it."""


class _Line:
    """A line with its shadow, which is only cast when something asks for it: most lines are plain paragraphs."""

    __slots__ = ("_shadow", "plain", "size")

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.size = len(self.plain)
        self._shadow: str | None = None

    @property
    def shadow(self) -> str:
        if self._shadow is None:
            self._shadow = shadow(self.plain)
        return self._shadow

    @property
    def opening(self) -> str:
        """Return the shadow, or that of the line's beginning when no rule reads further."""
        if self._shadow is not None or self.size <= _RULE_CHARS:
            return self.shadow[:_RULE_CHARS]
        return shadow(self.plain[:_RULE_CHARS])


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
    noted = has_notes("".join(lines))
    judged = [_Line(without_notes(line) if noted else line) for line in lines]
    dropped = {index: rule for index in _suspects(judged) if (rule := _rule(judged[index]))}
    if furniture:
        dropped |= {index: "learned" for index, line in enumerate(judged) if line.shadow in furniture}
    alive = [index for index in range(len(lines)) if index not in dropped]
    wanted = shadow(title)
    about_rights = rules.ABOUT_RIGHTS.search(wanted) is not None  # the notice is the text
    while True:
        gone = (
            _head(judged, alive, wanted)
            or _meta_lines(judged, alive)
            or _bylines(judged, alive)
            or (not about_rights and _notice(judged, alive))
            or _comments(judged, alive)
            or _tail_strip(judged, alive)
            or _tail(judged, alive)
            or _debris(judged, alive, dropped)
        )
        if not gone:
            break
        dropped |= gone
        alive = [index for index in alive if index not in gone]
    return Filtered(tuple(lines[index] for index in alive), tuple(sorted(dropped.items())))


def _suspects(judged: list[_Line]) -> list[int]:
    """Return the lines of which a rule may hold: short ones that have a word or a sign that some rule needs.

    They are looked through in one piece: a search a line takes twice as long.
    """
    gates = rules.gates()
    suspects: list[int] = []
    plain: list[str] = []
    numbers: list[int] = []
    starts: list[int] = []
    end = 0
    for index, line in enumerate(judged):
        size = line.size
        if size > _RULE_CHARS:
            continue
        seen = line.plain
        if seen[-1:] in _SENTENCE_ENDS:
            if size <= _SHARE_CHARS and _SCAN.search(seen):
                suspects.append(index)
            continue
        if " " in seen or not seen.isprintable():  # blanks may stand within a word
            seen = line.shadow
        if len(seen) <= _WORD_CHARS and gates.short.match(seen):
            suspects.append(index)
            continue
        plain.append(seen)
        numbers.append(index)
        starts.append(end)
        end += len(seen) + 1
    text = "\n".join(plain)
    for gate in (gates.words, gates.signs):
        found = gate.search(text)
        while found is not None:
            place = bisect_right(starts, found.start()) - 1
            suspects.append(numbers[place])
            found = gate.search(text, starts[place + 1]) if place + 1 < len(starts) else None
    return suspects


def _rule(line: _Line) -> str:
    """Return the rule that holds of a line wherever it stands, or ""."""
    cast = line.shadow
    if line.plain[-1:] in _SENTENCE_ENDS:
        return "share" if rules.SHARE_SENTENCE.search(cast) else ""
    if not cast:
        return "blank"
    found = rules.LINE_RULE.match(cast)
    if found is None or cast[-1] in _SENTENCE_ENDS or rules.NUMBERED.match(cast):
        return ""
    return (found.lastgroup or "").replace("_", "-")


def _head(judged: list[_Line], alive: list[int], title: str) -> dict[int, str]:
    """Drop the repeated title near the top, and what stands above it."""
    if len(title) < 6:
        return {}
    chars = 0
    for place, index in enumerate(alive[:_HEAD_LINES]):
        line = judged[index]
        cast = line.opening if line.size > len(title) + 40 else line.shadow
        if _is_title(cast, title):
            gone = dict.fromkeys(alive[:place], "above the title")
            for below in alive[place:]:
                if not _is_title(judged[below].shadow, title) and not _is_subtitle(judged[below].shadow):
                    break
                gone[below] = "title"
            return gone
        chars += line.size
        if chars > _HEAD_CHARS or (len(cast) > 20 and cast[-1] in _ENDS):
            return {}
    return {}


def _is_title(cast: str, title: str) -> bool:
    if cast == title:
        return True
    if len(cast) > len(title) + 12:
        return False
    return title[:30] in cast or (len(cast) >= max(_TITLE_PART, _TITLE_SHARE * len(title)) and cast in title)


def _is_subtitle(cast: str) -> bool:
    """Tell whether a line below the title goes on with it: ——热烈祝贺市政协五届一次会议开幕."""
    return cast[:2] in _DASHES and len(cast) <= _SUBTITLE_CHARS and cast[-1] not in _ENDS


def _meta_lines(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop the strip of date, source and counters that stands between title and text."""
    strip: list[int] = []
    for index in alive:
        if judged[index].size > _STRIP_CHARS or not is_meta_line(judged[index].shadow):
            break
        strip.append(index)
        if len(strip) > _STRIP_LINES:
            return {}  # a list of dated things, which is the text
    return dict.fromkeys(strip, "strip under the title")


def _bylines(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop the lines above the text that only name its writers, with the name of the column above them."""
    gone: list[int] = []
    column = -1
    for index in alive[:_BYLINE_LINES]:
        line = judged[index]
        if line.size > _BYLINE_CHARS or line.plain[-1:] in _SENTENCE_ENDS:
            break
        if rules.BYLINE.match(line.shadow):
            gone += [column, index] if column >= 0 else [index]
            column = -1
        elif rules.COLUMN.match(line.shadow):
            column = index
        else:
            break
    return dict.fromkeys(gone, BYLINE) if len(gone) < len(alive) else {}


def _tail_strip(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop the line of writer, time and counters that some set below the text instead of above it."""
    line = judged[alive[-1]] if len(alive) > 1 else None
    if line is None or line.size > _STRIP_CHARS or line.plain[-1:] in _SENTENCE_ENDS:
        return {}
    counted = rules.COUNTER_LABEL.search(line.shadow)  # without one it may be how a document is signed
    return {alive[-1]: "strip below the text"} if counted and is_meta_line(line.shadow) else {}


def is_meta_line(cast: str) -> bool:
    """Tell whether a shadow consists of date, source, author, counters and the like.

    >>> is_meta_line(shadow("2024-09-12 17:20 来源：青山日报 浏览次数：12")), is_meta_line("9月12日,会议召开")
    (True, False)
    """
    if len(cast) > _STRIP_CHARS or cast[-1] in _ENDS or rules.OCCASION.search(cast):
        return False
    dated = rules.DATED.search(cast) is not None
    labels = len(rules.DATELINE_LABEL.findall(cast))
    if not dated and labels == 0:
        return False
    rest = rules.LABELLED.sub("", cast)
    if len(rest) <= 1:
        return True
    return dated and len(rest) <= (24 if labels else 14)


def _notice(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop the rights notice or the site's imprint that ends a page, from its first line on."""
    gates = rules.gates()
    rest = 0
    cut = None
    openings = [""] * len(alive)
    for place in range(len(alive) - 1, 0, -1):
        line = judged[alive[place]]
        rest += line.size
        if rest > _NOTICE_CHARS:
            break
        if not gates.notice_first.search(line.plain, 0, 3) and (
            line.size > _RULE_CHARS or not gates.notice.search(line.plain)
        ):
            continue
        openings[place] = line.opening
        if _opens_notice(openings[place : place + 8], line.size):
            cut = place
    return {} if cut is None else dict.fromkeys(alive[cut:], "notice")


def _comments(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop readers' comments, from their heading on, when what follows it looks like comments."""
    for place, index in enumerate(alive):
        line = judged[index]
        if place and line.size <= _TAIL_CHARS and _REMARK.search(line.plain) and rules.COMMENTS.match(line.shadow):
            after = alive[place + 1 : place + 9]
            if not after or sum(rules.COMMENT_SIGN.search(judged[below].plain) is not None for below in after) >= 2:
                return dict.fromkeys(alive[place:], "comments")
    return {}


def _opens_notice(after: list[str], size: int) -> bool:
    cast = after[0]
    if rules.NUMBERED.match(cast) and not rules.NOTICE_WORD.search(cast):
        return False
    if rules.NOTICE.match(cast) if size > _RULE_CHARS else rules.NOTICE.search(cast):
        return True
    if rules.NOTICE_HEAD.match(cast):
        return any(rules.NOTICE_WORD.search(line) for line in after[:2])
    return rules.FOOTER_WEAK.match(cast) is not None and any(rules.FOOTER_STRONG.search(line) for line in after)


def _tail(judged: list[_Line], alive: list[int]) -> dict[int, str]:
    """Drop headings of link lists that have lost their links, and tags: no sentence follows them."""
    gates = rules.gates()
    gone: dict[int, str] = {}
    following = ""
    sentences = False
    for index in reversed(alive):
        line = judged[index]
        if (line.size <= _TAIL_CHARS or line.plain[0] in _TAGS) and gates.tail.search(line.plain):
            found = rules.TAIL_RULE.match(line.shadow)
            if found and not (sentences if found.lastgroup == "tags" else following in _ENDS):
                gone[index] = found.lastgroup or ""
                continue
        following = line.plain[-1:]
        following = "。" if following in _SENTENCE_ENDS else following
        sentences = sentences or following in _ENDS
    return gone


def _debris(judged: list[_Line], alive: list[int], dropped: dict[int, str]) -> dict[int, str]:
    """Drop a bare number at the end that only furniture follows: an article id, a count of readers."""
    if len(alive) < 2:
        return {}
    last = alive[-1]
    number = judged[last].size <= 10 and judged[last].shadow.isdigit() and judged[last].size >= 4
    return {last: "bare number"} if number and last + 1 in dropped else {}


def lines_of(text: str) -> list[str]:
    """Split a plain text into its lines, trimmed, blank ones left out."""
    return [trimmed for line in text.splitlines() if (trimmed := line.strip().strip("\u200b\ufeff").strip())]
