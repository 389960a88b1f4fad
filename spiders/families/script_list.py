"""script_list.py — Listings that are an array literal in a script: objects with an address and a title. Pure.

Read leniently as text: such arrays are rarely valid JSON.
"""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Item
from spiders.families.anchors import absolute, base_address, one_line
from spiders.families.dates import day_in, day_of_address
from spiders.families.pager import scripts

# Objects without objects inside; long enough for an article's whole text, as some newspapers put it there.
_OBJECT = re.compile(r"\{[^{}]{10,200000}\}")
_FIELD = re.compile(r"""(?<!\w)["']?(\w{1,40})["']?\s{0,9}:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+))""")
_ADDRESS = ("url", "link", "href", "linkurl", "docpuburl", "infourl", "sharelink", "address")
_TITLE = ("title", "doctitle", "infotitle", "name", "subject")
_DAY = ("pubdate", "pubtime", "publishtime", "publishedtime", "time", "date", "docreltime", "createtime", "displaydate")
_TAG = re.compile(r"<[^<>]+>")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")


def script_items(
    tree: LexborHTMLParser, page_url: str, accepts: Callable[[str], bool] | None = None
) -> tuple[Item, ...]:
    """Return the items of the arrays in a page's scripts, each address once. accepts: which addresses count; all by default."""
    base = base_address(tree, page_url)
    found: dict[str, Item] = {}
    for code in scripts(tree):
        for item in code_items(code, base):
            if accepts is None or accepts(item.url):
                found.setdefault(item.url, item)
    return tuple(found.values())


def code_items(code: str, base: str) -> Iterator[Item]:
    """Yield the items of the arrays in a piece of code, such as a data.js; base: what addresses are relative to."""
    for literal in _OBJECT.finditer(code):
        fields = {
            name.lower(): _plain(double or single or number)
            for name, double, single, number in _FIELD.findall(literal[0])
        }
        url = absolute(base, next((fields[name] for name in _ADDRESS if fields.get(name)), ""))
        title = next((fields[name] for name in _TITLE if fields.get(name)), "")
        if url and title:
            said = next((fields[name] for name in _DAY if fields.get(name)), "")
            yield Item(url, one_line(_TAG.sub("", title)), day_in(said) or day_of_address(url))


def _plain(text: str) -> str:
    """Undo the escapes of a script string.

    >>> _plain(r"\\u5f00\\u5c01 http:\\/\\/x.cn")
    '开封 http://x.cn'
    """
    return _ESCAPE.sub(
        lambda found: (
            chr(int(found[1][1:], 16)) if len(found[1]) == 5 else {"n": "\n", "t": " "}.get(found[1], found[1])
        ),
        text,
    )
