"""prune.py — What the markup says is no text: hidden lines, share bars, property tables, lists of links.

Works on rendered lines (render.py), so the cost is one pass. What the words say is decided in lines.py.
"""

import re
from collections import Counter

from flows.text.extract.render import Line, Rendered
from flows.text.extract.rules import RELATED
from flows.text.extract.shadow import shadow
from flows.text.script import fold

_PROPERTY = re.compile(
    "索\\s*引\\s*号|发文机关|发文字号|成文日期|主题分类|公开日期|发布日期|信息分类|发布机构|公开方式|公开范围|文\\s*号"
    "|有\\s*效\\s*性|生成日期|公开时限|体裁分类|主题词|信息索取号|组配分类|服务对象|废止日期|关键词|内容概述|分\\s*类"
    "|颁布单位|颁布(?:时间|日期)|[生实]效(?:时间|日期)|施行日期|时\\s*效\\s*性|法规(?:标题|分类)|效力级别"
)
_PROPERTY_START = re.compile(
    "[【\\[]?(?:颁布单位|颁布(?:时间|日期)|[生实]效(?:时间|日期)|施行日期|时\\s*效\\s*性|法规(?:标题|分类|类别)|效力级别"
    "|索\\s*引\\s*号|发文机关|发文字号|发文日期|成文日期|主题分类|公开日期|发布日期|信息分类|发布机构|公开方式|公开范围"
    "|文\\s*号|有\\s*效\\s*性|生成日期|公开时限|体裁分类|主题词|信息索取号|组配分类|服务对象|废止日期|关键词|内容概述"
    "|分\\s*类|名\\s*称|标\\s*题|所属机构|统一编号|信息名称|责任部门)\\s*(?:[:：】\\]]|$)"
)
_PROPERTY_ALONE = re.compile(r"\S{2,6}\s*[:：]?$")
_INDEX = re.compile("索\\s*引\\s*号|文\\s*号|发文字号|索取号|统一编号")
_NUMBER = re.compile(r"[引文字取编編]\s*[号號]")
_PROPERTY_LINES = 24
_PROPERTY_CHARS = 700
_PROPERTIES = 3
_BOX_SHARE = 0.4
_LINKED = 0.7
_TAIL_LINKED = 0.5
_TAIL_LINES = 0.6
_TEASER_CHARS = 120
_LABEL_CHARS = 12
_NAME = re.compile("[\u3400-\u9fff·]{2,4}")
_COPIES = re.compile("(?:抄?[报報送]|主送|[发發印])[ \u3000\xa0：:]")
"""A document's last lines: 送 乡党政班子成员."""
_REFERENCE = re.compile(r"^(?:详见|詳見|参见|见|请见|请查看|登录)|网址|網址|https?:|www\.")
"""How text speaks of an address."""
_VERTICAL = 3
_TEASERS, _TEASER_LINES, _TEASER_TEXT = 3, 2, 200
_TEASER_HEAD = 8
_MIN_ABOVE = 100
_BULLETS = frozenset("·•◆■●▪")
_DATE = re.compile(
    r"[\[(（]?(?:(?:19|20)?\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?[\])）]?|[·•>»|\s\[\]()（）【】\-—_]"
)
_ATTACHED = re.compile(
    r"^\W*附\s*[件表图录]|附件|\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|ceb|rar|zip|7z)\b", re.IGNORECASE
)


def prune(rendered: Rendered) -> list[str]:
    """Return for each line the rule that takes it out of the text, or ""."""
    lines = rendered.lines
    rules = [""] * len(lines)
    if rendered.boxed:
        _drop_boxes(lines, rules)
    _drop_properties(rendered, rules)
    if rendered.linked:
        _drop_link_lists(lines, rules)
        _drop_tail_links(lines, rules)
        _drop_teasers(lines, rules)
    return rules


def _drop_boxes(lines: list[Line], rules: list[str]) -> None:
    boxed: Counter[int] = Counter()
    hidden = total = 0
    for line in lines:
        size = len(line.text)
        total += size
        boxed[line.place.box] += size
        hidden += size if line.place.hidden else 0
    for index, line in enumerate(lines):
        # A class name that misleads must not cost the text: a box this large is the text.
        if line.place.hidden and hidden < _BOX_SHARE * total:
            rules[index] = "hidden"
        elif line.place.box and boxed[line.place.box] < _BOX_SHARE * total:
            rules[index] = "box"


def _drop_properties(rendered: Rendered, rules: list[str]) -> None:
    """Drop the property table of a document (索引号, 发文机关 …), or the list that newer systems print instead."""
    lines = rendered.lines
    top = "\n".join(line.text for line in (lines if rendered.tables else lines[:_PROPERTY_LINES]))
    if not _NUMBER.search(top):
        return
    tables: dict[int, list[int]] = {}
    if rendered.tables:
        for index, line in enumerate(lines):
            if line.place.table:
                tables.setdefault(line.place.table, []).append(index)
    head = [
        index for index in range(min(len(lines), _PROPERTY_LINES)) if _PROPERTY_START.match(fold(lines[index].text))
    ]
    if head:
        tables[0] = list(range(head[0], head[-1] + 2 if _PROPERTY_ALONE.match(lines[head[-1]].text) else head[-1] + 1))
    for members in tables.values():
        text = fold("\n".join(lines[index].text for index in members if index < len(lines)))
        if len(text) < _PROPERTY_CHARS and _INDEX.search(text) and len(set(_PROPERTY.findall(text))) >= _PROPERTIES:
            for index in members[: len(lines) - members[0]]:
                rules[index] = rules[index] or "properties"


def _drop_link_lists(lines: list[Line], rules: list[str]) -> None:
    """Drop runs of lines that are links and little else, unless they are files."""
    run: list[int] = []
    for index in range(len(lines) + 1):
        line = lines[index] if index < len(lines) else None
        if line is not None and rules[index]:
            continue
        if line is not None and _is_link_line(line):
            run.append(index)
            continue
        related = bool(run) and _is_related(lines, run[0] - 1)
        if run and (related or len(run) >= 3 or sum(lines[i].links for i in run) >= 3):
            for i in [run[0] - 1, *run] if related else run:
                rules[i] = rules[i] or "link list"
        run = []
    _drop_vertical_labels(lines, rules)


def _is_related(lines: list[Line], index: int) -> bool:
    """Tell whether a line announces what else there is to read (相关新闻), even if only a link or two follow."""
    return (
        index >= 0 and len(lines[index].text) <= _LABEL_CHARS and RELATED.match(shadow(lines[index].text)) is not None
    )


def _drop_vertical_labels(lines: list[Line], rules: list[str]) -> None:
    """Drop the name of a list of links that is set vertically, a character a line, above or beside it."""
    end = len(lines)
    while end:
        start = end
        while start and len(lines[start - 1].text) == 1 and not rules[start - 1]:
            start -= 1
        if end - start >= _VERTICAL and end < len(lines) and rules[end] == "link list":
            rules[start:end] = ["link list"] * (end - start)
        end = min(start, end - 1)


def _drop_tail_links(lines: list[Line], rules: list[str]) -> None:
    """Drop the part that ends a container and is mostly links to other pages, with the labels and teasers in it."""
    start = len(lines)
    count = linked = chars = links = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        size = len(line.text)
        chars += size
        if rules[index] or (line.linked and 2 * line.linked >= len(_DATE.sub("", line.text))):
            if not rules[index] and (line.file or _ATTACHED.search(line.text) or _REFERENCE.search(line.text)):
                break
            count += 1
            linked += size if rules[index] else max(line.linked, size // 2)
            links += line.links + (line.text[0] in _BULLETS)
            if count >= _TAIL_LINES * (len(lines) - index) and linked >= _TAIL_LINKED * chars:
                start = index
        elif line.text[-1] in "。！？；”）)" or size > _TEASER_CHARS:
            break
    if links < 2:
        return
    while start and start < len(lines) and _is_label(lines, start - 1):
        start -= 1
    for index in range(start, len(lines)):
        rules[index] = rules[index] or "link list"


def _drop_teasers(lines: list[Line], rules: list[str]) -> None:
    """Drop the other articles that end a container, each a linked headline with a line or two of its text."""
    start = end = len(lines)
    teasers = 0
    while end:
        place = end - 1
        if rules[place]:
            end = place
            continue
        below = 0
        while place >= 0 and not rules[place] and not _is_link_line(lines[place]):
            below += 1
            if below > _TEASER_LINES or len(lines[place].text) > _TEASER_TEXT:
                break
            place -= 1
        if place < 0 or rules[place] or not _is_link_line(lines[place]) or len(lines[place].text) < _TEASER_HEAD:
            break
        teasers += 1
        start = end = place
    above = sum(len(line.text) for line, rule in zip(lines[:start], rules, strict=False) if not rule)
    if teasers >= _TEASERS and above >= _MIN_ABOVE:
        for index in range(start, len(lines)):
            rules[index] = rules[index] or "link list"


def _is_label(lines: list[Line], index: int) -> bool:
    """Tell whether a line names the links below it; a name below a sentence is a signature."""
    text = lines[index].text
    if _COPIES.match(text) or (_NAME.fullmatch(text) and index and lines[index - 1].text[-1] in "。！？”）"):
        return False
    return len(text) <= _LABEL_CHARS and not text[-1].isdigit() and text[-1] not in "日局府办会院部室委处。！？）)"


def _is_link_line(line: Line) -> bool:
    if not line.links or line.linked < _TAIL_LINKED * _LINKED * len(line.text):
        return False
    if line.linked < _LINKED * len(line.text) and line.linked < _LINKED * len(_DATE.sub("", line.text)):
        return False
    return not line.file and not _ATTACHED.search(line.text) and not _REFERENCE.search(line.text)
