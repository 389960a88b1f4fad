"""lines.py — The line filter: which lines of a page are its site's furniture and not its text.

Decides on shadows (shadow.py), by the rules of rules.py, and says of each dropped line which rule it was. A short
line may go for what it says; a line that ends like a sentence only goes with a notice, or when the site's pages
share it. Filtering twice changes nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.text.extract import notices, rules
from flows.text.extract.above import (
    ENDS,
    SENTENCE_ENDS,
    STRIP_CHARS,
    bylines,
    is_meta_line,
    repeated_title,
    strip,
    summary,
)
from flows.text.extract.shadow import RULE_CHARS, ShadowLine, has_notes, shadow, without_notes

_NOTICE_CHARS = 1500
_SENTENCE_CHARS = 15
_ANY_ENDS = frozenset('。！？；”.!?;"')
_TAIL_CHARS, _HEADING_CHARS = 24, 40
_TAGS = frozenset("关關标標tTｔＴ责責")
_WORD_CHARS = 12
_ABOVE_LINES = 5
_APART = 2
_ORNAMENTS = frozenset("★☆◆◇※■●▲▼♦❖✦")
_ORNATE = re.compile("([★☆◆◇※■●▲▼♦❖✦])[^。;?]{4,80}\\1$")
_ABOUT_SITE = re.compile("://|www|本[站馆网]|转告|告诉|镜像|收藏")
_OF_MIRRORS = frozenset(("notice", "share", "slogan", "reprint"))
_SHARE_CHARS = 50
_SCAN = re.compile("[扫掃码碼微满滿评評藏牢记記页頁网網采採注員员]")
_TOOL_LIKE = re.compile("我要|发表|查看|相关|评论|留言")
"""What a tool bar above the text says too."""
_REMARK = re.compile("[评評帖留回点點]")


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
    judged = [ShadowLine(without_notes(line) if noted else line) for line in lines]
    # Before tools go: 最新评论 is one, and heads comments.
    dropped = _comments(judged, range(len(judged)))
    dropped |= {index: rule for index in _suspects(judged) if index not in dropped and (rule := _rule(judged[index]))}
    dropped |= dict.fromkeys(_slogans(judged), "slogan")
    if furniture:
        dropped |= {index: "learned" for index, line in enumerate(judged) if line.shadow in furniture}
    alive = [index for index in range(len(lines)) if index not in dropped]
    wanted = shadow(title)
    about_rights = notices.ABOUT_RIGHTS.search(wanted) is not None  # the notice is the text
    while True:
        gone = (
            repeated_title(judged, alive, wanted)
            or summary(judged, alive)
            or strip(judged, alive)
            or bylines(judged, alive)
            or _comments(judged, alive)
            or (not about_rights and _notice(judged, alive))
            or _tail_strip(judged, alive)
            or _tail(judged, alive)
            or _debris(judged, alive, dropped)
            or _ornaments(judged, alive, dropped)
        )
        if not gone:
            break
        dropped |= gone
        alive = [index for index in alive if index not in gone]
    return Filtered(tuple(lines[index] for index in alive), tuple(sorted(dropped.items())))


def _suspects(judged: list[ShadowLine]) -> list[int]:
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
        if size > RULE_CHARS:
            continue
        seen = line.plain
        if seen[-1:] in SENTENCE_ENDS:
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


def _rule(line: ShadowLine) -> str:
    """Return the rule that holds of a line wherever it stands, or ""."""
    cast = line.shadow
    if not cast:
        return "blank"
    end = line.plain[-1]
    may_share = end in SENTENCE_ENDS or (end in "!." and line.size <= _SHARE_CHARS)
    if may_share and rules.SHARE_SENTENCE.search(cast):
        return "share"
    if end in SENTENCE_ENDS:
        return ""
    found = rules.LINE_RULE.match(cast)
    if found is None or cast[-1] in SENTENCE_ENDS or rules.NUMBERED.match(cast):
        return ""
    return (found.lastgroup or "").replace("_", "-")


def _slogans(judged: list[ShadowLine]) -> list[int]:
    """Return the lines that a mirror prints again and again within a text, with its address in them."""
    places: dict[str, list[int]] = {}
    for index, line in enumerate(judged):
        may_be_one = "." in line.plain and line.size <= RULE_CHARS and line.plain[-1] not in SENTENCE_ENDS
        if may_be_one and notices.ADDRESS.search(line.plain) and not notices.ADDRESS_OF_TEXT.search(line.shadow):
            places.setdefault(line.shadow, []).append(index)
    # Rows of a table stand one below the other, and a list names an address with each of its entries.
    return [
        index
        for found in places.values()
        if len(found) > 1 and all(later - earlier > _APART for earlier, later in pairwise(found))
        for index in found
    ]


def _ornaments(judged: list[ShadowLine], alive: list[int], dropped: Mapping[int, str]) -> dict[int, str]:
    """Drop a line between two ornaments (★記錄每一天★) that speaks of a site, or stands beside a mirror's notice or slogan."""
    return {
        index: "slogan"
        for index in alive
        if judged[index].plain[-1:] in _ORNAMENTS
        and (found := _ORNATE.match(judged[index].shadow))
        and (
            _ABOUT_SITE.search(found[0]) or any(dropped.get(beside) in _OF_MIRRORS for beside in (index - 1, index + 1))
        )
    }


def _tail_strip(judged: list[ShadowLine], alive: list[int]) -> dict[int, str]:
    """Drop the line of writer, time and counters that some set below the text instead of above it."""
    line = judged[alive[-1]] if len(alive) > 1 else None
    if line is None or line.size > STRIP_CHARS or line.plain[-1:] in SENTENCE_ENDS:
        return {}
    counted = rules.COUNTER_LABEL.search(line.shadow)  # without one it may be how a document is signed
    return {alive[-1]: "strip below the text"} if counted and is_meta_line(line.shadow) else {}


def _notice(judged: list[ShadowLine], alive: list[int]) -> dict[int, str]:
    """Drop the rights notice or the site's imprint that ends a page, from its first line on, unless text goes on."""
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
            line.size > RULE_CHARS or not gates.notice.search(line.plain)
        ):
            continue
        openings[place] = line.opening
        if _opens_notice(openings[place : place + 8], line.size):
            # An imprint is in one piece: what stands above 上一篇 and begins with 地址： is the text's own.
            below = judged[alive[place] : alive[min(place + 8, len(alive)) - 1]]
            if not (notices.FOOTER_WEAK.match(line.opening) and any(map(_is_neighbour, below))):
                cut = place
    if cut is None:
        return _notice_above(judged, alive)
    # A mirror sets its slogans between the paragraphs: what goes on below such a line is text.
    end = next((place for place in range(cut + 1, len(alive)) if _goes_on(judged[alive[place]])), len(alive))
    return dict.fromkeys(alive[cut:end], "notice")


def _notice_above(judged: list[ShadowLine], alive: list[int]) -> dict[int, str]:
    """Drop the one line of rights that a mirror sets above a text."""
    if not alive or not notices.NOTICE_HEAD.match(judged[alive[0]].opening):
        return {}
    if not any(_goes_on(judged[index]) for index in alive[1:_ABOVE_LINES]):
        return {}
    return {alive[0]: "notice"} if notices.NOTICE_WORD.search(judged[alive[0]].opening) else {}


def _is_neighbour(line: ShadowLine) -> bool:
    return line.size <= RULE_CHARS and rules.NEIGHBOUR.match(line.shadow) is not None


def _goes_on(line: ShadowLine) -> bool:
    """Tell whether a line is a sentence, and one that no notice would have."""
    return (
        line.size >= _SENTENCE_CHARS
        and line.plain[-1] in _ANY_ENDS
        and not notices.OF_NOTICE.search(line.shadow)
        and not notices.NOTICE.search(line.shadow)
    )


def _comments(judged: list[ShadowLine], alive: Sequence[int]) -> dict[int, str]:
    """Drop readers' comments, from their heading on, when what follows it looks like comments."""
    said = is_letter = False
    looked = 0
    for place, index in enumerate(alive):
        line = judged[index]
        heads = place and line.size <= _HEADING_CHARS and _REMARK.search(line.plain)
        if heads and notices.COMMENTS.match(line.shadow) and (said or not _TOOL_LIKE.match(line.shadow)):
            above = (judged[earlier].plain for earlier in alive[looked:place])
            is_letter = is_letter or any(map(notices.LETTER.match, above))
            looked = place
            if is_letter:
                return {}
            after = alive[place + 1 : place + 9]
            if not after or sum(notices.COMMENT_SIGN.search(judged[below].plain) is not None for below in after) >= 2:
                return dict.fromkeys(alive[place:], "comments")
        said = said or line.plain[-1:] in SENTENCE_ENDS
    return {}


def _opens_notice(after: list[str], size: int) -> bool:
    cast = after[0]
    if rules.NUMBERED.match(cast) and not notices.NOTICE_WORD.search(cast):
        return False
    if notices.NOTICE.match(cast) if size > RULE_CHARS else notices.NOTICE.search(cast):
        return True
    if notices.NOTICE_HEAD.match(cast):
        return any(notices.NOTICE_WORD.search(line) for line in after[:2])
    return notices.FOOTER_WEAK.match(cast) is not None and any(notices.FOOTER_STRONG.search(line) for line in after)


def _tail(judged: list[ShadowLine], alive: list[int]) -> dict[int, str]:
    """Drop headings of link lists that have lost their links, and tags: no sentence follows them."""
    gates = rules.gates()
    gone: dict[int, str] = {}
    following = ""
    sentences = False
    for index in reversed(alive):
        line = judged[index]
        if (line.size <= _TAIL_CHARS or line.plain[0] in _TAGS) and gates.tail.search(line.plain):
            found = rules.TAIL_RULE.match(line.shadow)
            if found and not (sentences if found.lastgroup == "tags" else following in ENDS):
                gone[index] = found.lastgroup or ""
                continue
        following = line.plain[-1:]
        following = "。" if following in SENTENCE_ENDS else following
        sentences = sentences or following in ENDS
    return gone


def _debris(judged: list[ShadowLine], alive: list[int], dropped: dict[int, str]) -> dict[int, str]:
    """Drop a bare number at the end that only furniture follows: an article id, a count of readers."""
    if len(alive) < 2:
        return {}
    last = alive[-1]
    number = judged[last].size <= 10 and judged[last].shadow.isdigit() and judged[last].size >= 4
    return {last: "bare number"} if number and last + 1 in dropped else {}


def lines_of(text: str) -> list[str]:
    """Split a plain text into its lines, trimmed, blank ones left out."""
    return [trimmed for line in text.splitlines() if (trimmed := line.strip().strip("\u200b\ufeff").strip())]
