"""steps.py — What a tag does to the lines around it: whether it ends one, what it opens, what it says of a place.

Looks at the text of one tag as lexbor writes it, so that the answer can be remembered. Lines are made in render.py.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from flows.text.extract.tags import BREAKS, SILENT, VOID, inline, named

_HEADINGS = named("h1 h2 h3 h4 h5 h6")
_NO_BOX = named("p body")
_SECTIONS = named("tbody thead tfoot")
LONG_TAG = 300
HIDING = r"display\s*:\s*none|visibility\s*:\s*hidden"
_HIDDEN = re.compile(HIDING, re.IGNORECASE)
_NAME = re.compile(r"</?([^\s>/]+)")
_ATTRIBUTE = re.compile(r'\s(class|id|style|hidden)="([^"]*)"')
_BOX = re.compile(
    r"share|comment(?!text)|recommend|relat(?!iv)|copyright|statement|disclaim|next_?post|toolbar|qrcode|erweima|crumb|breadcrumb"
    r"|pinglun|tuijian|xiangguan|hot-?news|hotlist|rank|advert|(?<![a-z])adv?[-_s]|[-_]ad(?![a-z])|sidebar|pagination|pager"
    r"|\bnav\b|author-bio|weixin|wechat|guanzhu"
    r"|bdsharebuttonbox|jiathis|shengming|mianze|banquan|editor-?info|zebian|xgxw|xgyd|fenxiang|loadmore|(?<![a-z])(?:[dv]|ck|txp_?)?player|txp_|video-?(?:box|placeholder|tip)|play-?tip|digg|navbox"
    r"|editsection|collapsed|catlinks|(?<![a-z])toc(?![a-z])|hatnote|mw-jump|sitesub|printfooter|login|keyword|\btags?\b",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """What holds of everything in an element.

    hidden: by style. box: number of the share bar, comment list … it is in, 0 for none. table: number of the innermost
    table. heading: a heading or an element whose name says title.
    """

    silent: bool = False
    hidden: bool = False
    box: int = 0
    table: int = 0
    heading: bool = False
    pre: bool = False


PLAIN, CLOSES, ENDS_LINK, OPENS, CELL, ROW, TABLE = range(7)
_BLOCK = re.compile(r"style=\"[^\"]*display\s*:\s*block", re.IGNORECASE)
"""An inline element that begins a line of its own, as editors write paragraphs in spans."""
_KINDS = {"td": CELL, "th": CELL, "tr": ROW, "table": TABLE}
_Change = Callable[[Place, int], Place]
Step = tuple[bool, int, _Change | None]
"""What a tag does: whether it ends the line; what it opens or closes; how it changes the place of what is inside."""


def read_tag(tag: str) -> Step | None:
    """Say what a tag does, None when it leaves no trace."""
    found = _NAME.match(tag)
    name = found[1] if found else ""
    if not name or inline(name):
        return (True, PLAIN, None) if _BLOCK.search(tag) else None
    if tag[1] == "/" and name == "a":
        return False, ENDS_LINK, None
    ends_line = name in BREAKS or not (name in SILENT or name in VOID)
    if tag[1] == "/":
        return ends_line, CLOSES, None
    if name in VOID:
        return (True, PLAIN, None) if ends_line else None
    return ends_line, _KINDS.get(name, OPENS), _change_of(name, tag)


step_of = lru_cache(maxsize=8192)(read_tag)
"""Pages of a site share their tags: remembering what a tag does is four times as fast as reading it again.

For tags shorter than LONG_TAG: longer ones hardly come twice.
"""


def _change_of(name: str, tag: str) -> _Change | None:
    if name in _SECTIONS or name == "tr":
        return None
    attributes = dict(_ATTRIBUTE.findall(tag)) if "=" in tag else {}
    hidden = "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")) is not None
    named_as = _kind(attributes.get("class", ""), attributes.get("id", "")) if name != "p" or hidden else 0
    silent = name in SILENT
    box = named_as == _IS_BOX and name not in _NO_BOX
    heading = named_as == _IS_TITLE or name in _HEADINGS
    table, pre = name == "table", name == "pre"
    if not (silent or hidden or box or heading or table or pre):
        return None

    def change(place: Place, number: int) -> Place:
        return Place(
            place.silent or silent,
            place.hidden or hidden,
            place.box or (number if box else 0),
            number if table else place.table,
            place.heading or heading,
            place.pre or pre,
        )

    return change


_IS_BOX, _IS_TITLE = 1, 2


def _kind(name: str, identity: str) -> int:
    """Tell from an element's class and id whether it is a box or a title."""
    both = f"{name} {identity}"
    if len(both) == 1:
        return 0
    if _BOX.search(both):
        return _IS_BOX
    return _IS_TITLE if "title" in both.lower() else 0
