"""rows.py — The rows of a listing: for each article link its title, its day, and whether it is pinned. Pure.

Every template writes its rows differently (li, tr, dl, div, an anchor around blocks), so a row is found from its
link: the widest element around it that holds no other article, as far up as the first that shows a day.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.families import Item
from spiders.families.anchors import Anchor, anchors, is_hidden, one_line, pieces
from spiders.families.dates import day_in, day_of_address, is_month_day, month_of_address

# A row is never larger than these: they hold many.
_MANY = frozenset({"ul", "ol", "table", "tbody", "body", "html", "form", "-document", "recordset", "main"})
_CLIMB = 6
_ROW_NODES = 300
# What may stand in a text node beside its day. More than this is a sentence that mentions a day.
_DAY_LABEL = re.compile(
    r"^[\[\(（【〔\s|·]*(?:(?:发布|更新|发表|成文|印发|生成)?(?:时间|日期|于)\s*[：:]\s*)?|[\]\)）】〕\s|]*$"
    r"|(?:来源|浏览|作者|点击)[：:].*$|星期[一二三四五六日天]"
)
_TIME = re.compile(r"\s*T?\d{1,2}:\d{2}(?::\d{2})?(?:[.:]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s*$")
_LONGEST_DAY = 18
_LONGEST_TEXT = 120
_ONLY_A_DAY = re.compile(r"[\d\s/.年月日号－—〇零○一二三四五六七八九十廿-]+")
_PINNED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:is-?top|top-?icon|icon-?top|zhiding|zd|pinned|sticky)(?:$|[\s_-])", re.IGNORECASE
)
_PINNED_IMAGE = re.compile(r"(?:zhiding|istop|/top|_top|置顶)[\w.-]*$", re.IGNORECASE)
_RED = re.compile(r"color\s*:\s*(?:red|#f00\b|#ff0000|#c00\b)", re.IGNORECASE)
_PINNED_TEXT = re.compile(r"^[\[【（(]?置顶[\]】）)]?[：:]?\s*")
_BULLET = re.compile(r"^[·•●▪■◆>＞»\-—\s]+(?=\S)")
_ORNAMENT = re.compile(r"\s*(?:[\[【（(](?:图|组图|图文|视频|new)[\]】）)]|\bNEW!?)\s*$", re.IGNORECASE)
_CUT = ("…", "...", "··")
_HEADINGS = "h1, h2, h3, h4, h5, .title, .tit, .bt, .biaoti"
# Listings print newest first; a few older rows at the top of one are pinned, whatever their look.
_PINNED_AT_MOST = 5


def rows(
    tree: LexborHTMLParser, page_url: str, is_article: Callable[[str], bool], selector: str = "a"
) -> tuple[Item, ...]:
    """Return the article links of a listing in order, each address once, with title, day and pinned flag.

    is_article: which addresses are articles. selector: which elements to look at.
    Rows in a hidden part (the second list of a tab, which belongs to another column) count only when no other is there.
    """
    return items_of([anchor for anchor in anchors(tree, page_url, selector) if is_article(anchor.url)])


def items_of(links: Sequence[Anchor]) -> tuple[Item, ...]:
    """Return one item per address for links that are known to be articles."""
    visible = [anchor for anchor in links if not is_hidden(anchor.node)]
    links = visible or links
    holds = _articles_below(links)
    found: dict[str, Item] = {}
    partial: dict[str, str] = {}
    for anchor in links:
        row, said = _row(anchor, holds)
        day = day_in(said) or (day_of_address(anchor.url) if not is_month_day(said) else None)
        item = Item(anchor.url, _title(anchor.node), day, _is_pinned(row, anchor.node))
        if day is None and is_month_day(said):
            partial[anchor.url] = said
        earlier = found.get(anchor.url)
        found[anchor.url] = _merged(earlier, item) if earlier else item
    return _pin_what_is_out_of_order(_with_years(list(found.values()), partial))


def title_of(node: LexborNode) -> str:
    """Return the title that a link shows: the whole one of its title attribute where its text is cut."""
    return _title(node)


def _articles_below(links: Iterable[Anchor]) -> dict[int, set[str]]:
    """Map each element around a link to the article addresses in it, some levels up."""
    holds: dict[int, set[str]] = {}
    for anchor in links:
        at: LexborNode | None = anchor.node
        for _ in range(_CLIMB + 1):
            if at is None or at.tag in _MANY:
                break
            holds.setdefault(at.mem_id, set()).add(anchor.url)
            at = at.parent
    return holds


def _row(anchor: Anchor, holds: dict[int, set[str]]) -> tuple[LexborNode, str]:
    """Return the element that is the row of a link, and the text in which it shows its day ("" for none)."""
    row, at = anchor.node, anchor.node
    for _ in range(_CLIMB + 1):
        if at.tag in _MANY or len(holds.get(at.mem_id, ())) != 1:
            break
        row = at
        if said := day_text(row):
            return row, said
        if at.parent is None:
            break
        at = at.parent
    # In a table and in some lists the day stands beside the link's element, not around it.
    after = row.next
    for _ in range(3):
        if after is None or after.mem_id in holds or (after.is_element_node and after.css_first("a")):
            break
        if after.is_text_node:
            said = _as_day([(after.text_content or "").strip()])
        elif after.is_element_node:
            said = day_text(after)
        else:
            said = ""
        if said:
            return row, said
        after = after.next
    return row, ""


def day_text(node: LexborNode) -> str:
    """Return the text in an element that is a day and nothing else; "" for none."""
    return _as_day(pieces(node, _ROW_NODES))


def _as_day(texts: Sequence[str]) -> str:
    """Return the day among texts that are a day and nothing else; the last one, as titles come first.

    >>> _as_day(["2023年4月10日停水公告", "[2023-04-11]"]), _as_day(["10", "2023-04"]), _as_day(["10", "/", "2023-04"])
    ('2023-04-11', '10 2023-04', '10 2023-04')
    """
    bare = [_TIME.sub("", _DAY_LABEL.sub("", text)).strip() if len(text) <= _LONGEST_TEXT else "" for text in texts]
    for text in reversed(bare):
        if len(text) <= _LONGEST_DAY and _ONLY_A_DAY.fullmatch(text) and (day_in(text) or is_month_day(text)):
            return text
    for first, second in itertools.pairwise(bare):
        for joined in (f"{first} {second}", f"{first}{second}"):
            if len(first) <= 3 and _ONLY_A_DAY.fullmatch(joined) and second and day_in(joined):
                return joined
    spread = [text for text in bare if text.strip("/-. 年月日")]
    if len(spread) < len(bare):
        return _as_day(spread)
    for first, second in itertools.pairwise(spread):
        if re.fullmatch(r"(?:19|20)\d\d[-/.年]\d{1,2}月?", first) and re.fullmatch(r"\d{1,2}日?", second):
            return f"{first} {second}"
    return ""


def _title(node: LexborNode) -> str:
    attribute = one_line(node.attributes.get("title") or "")
    heading = node.css_first(_HEADINGS)
    shown = one_line((heading or node).text(separator=" ") if heading else " ".join(_without_days(pieces(node))))
    shown = _PINNED_TEXT.sub("", _ORNAMENT.sub("", _BULLET.sub("", shown)))
    attribute = _PINNED_TEXT.sub("", attribute)
    cut = shown.rstrip().endswith(_CUT)
    if attribute and (cut or len(attribute) > len(shown) or not shown):
        return attribute
    return shown


def _without_days(texts: Sequence[str]) -> list[str]:
    """Leave out the texts that make up a day, which may be split over several."""
    kept = [text for text in texts if not _as_day([text])]
    if _as_day(kept):
        kept = [text for text in kept if not _ONLY_A_DAY.fullmatch(text)]
    return kept or list(texts)


def _is_pinned(row: LexborNode, link: LexborNode) -> bool:
    for node in itertools.islice(row.traverse(include_text=True), _ROW_NODES):
        if node.tag == "-text":
            if "置顶" in (node.text_content or "")[:6]:
                return True
            continue
        attributes = node.attributes if node.is_element_node else {}
        if _PINNED_CLASS.search(attributes.get("class") or "") or _RED.search(attributes.get("style") or ""):
            return True
        if node.tag == "img" and _PINNED_IMAGE.search((attributes.get("src") or "") + (attributes.get("alt") or "")):
            return True
    return (link.attributes.get("color") or "") == "red"


def _merged(one: Item, other: Item) -> Item:
    """Join two links to one article (picture and headline): the longer title, the first day."""
    title = one.title if len(one.title) >= len(other.title) else other.title
    return Item(one.url, title, one.day or other.day, one.pinned or other.pinned)


def _with_years(items: list[Item], partial: dict[str, str]) -> list[Item]:
    """Give a year to days printed without one: from the address, else from the nearest row that has a day."""
    for place, item in enumerate(items):
        if item.url not in partial:
            continue
        near = month_of_address(item.url)
        if near is None:
            before = next((other.day for other in reversed(items[:place]) if other.day), None)
            near = before or next((other.day for other in items[place + 1 :] if other.day), None)
        items[place] = replace(item, day=day_in(partial[item.url], near))
    return items


def _pin_what_is_out_of_order(items: list[Item]) -> tuple[Item, ...]:
    """Flag the older rows that stand above newer ones at the top of a list that is otherwise newest first."""
    days = [item.day for item in items]
    for place in range(min(_PINNED_AT_MOST, len(items) - 2)):
        day, rest = days[place], [later for later in days[place + 1 :] if later]
        if day and len(rest) > 2 and _newer_share(day, rest) > 0.5 and _descends(rest):
            items[place] = replace(items[place], pinned=True)
    return tuple(items)


def _newer_share(day: date, rest: Sequence[date]) -> float:
    return Counter(later > day for later in rest)[True] / len(rest)


def _descends(days: Sequence[date]) -> bool:
    steps = list(itertools.pairwise(days))
    return sum(one >= other for one, other in steps) >= 0.8 * len(steps)
