"""pager.py — Where a listing or a long article goes on: pagers drawn by script, and pagers made of links. Pure.

Page numbers are read from the page, never guessed: what one system calls page 2 another calls index_1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from spiders.families.anchors import absolute, anchors, base_address

_CALL = re.compile(r"createPageHTML\s{0,9}\(([^()]{0,300})\)", re.IGNORECASE)
_ARGUMENT = re.compile(r"""'([^']*)'|"([^"]*)"|([^,'"\s][^,'"]*)""")
_LINE_COMMENT = re.compile(r"^[ \t]*//[^\r\n]*", re.MULTILINE)
_VARIABLE = re.compile(r"var\s+(countPage|currentPage)\s*=\s*['\"]?(\d+)", re.IGNORECASE)
_NUMBERED = re.compile(r"^(.+?)_(\d{1,4})$")
_NEXT_TEXT = ("下一页", "下页", "后一页", "后页", "下一頁", ">", "»", "›", "next", "Next")
_NEXT_CLASS = ".p_next a, a.next, a.Next, li.next a, a.nextpage, a.pageNext, a[rel=next], link[rel=next]"


@dataclass(frozen=True, slots=True)
class ScriptPager:
    """What a page's script says of its paging: pages in all, the number of this one, and how files are named.

    element: the quoted element id that tells UCAP's call, whose pages count from 1, from TRS's, which count from 0.
    """

    pages: int
    current: int
    base: str
    extension: str
    element: str = ""


def scripts(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the code of a page's scripts without what is commented out in it."""
    for node in tree.css("script"):
        code = node.text()
        if code:
            yield _LINE_COMMENT.sub("", _without_blocks(code))


def _without_blocks(code: str) -> str:
    """Leave out what stands between /* and */; a block that is never closed stays."""
    kept, at = [], 0
    while (start := code.find("/*", at)) >= 0 and (end := code.find("*/", start + 2)) >= 0:
        kept.append(code[at:start])
        at = end + 2
    return " ".join([*kept, code[at:]])


def script_pager(tree: LexborHTMLParser, page_url: str) -> ScriptPager | None:
    """Read the pager call of a page; None when it has none.

    Only a call with numbers counts: the function's own definition, printed in the same page, has names there.
    Of several calls the one that names the page's own file wins, then the one with most pages.
    """
    name = file_name(page_url)[0]
    calls = [
        pager
        for code in scripts(tree)
        for call in _CALL.finditer(code)
        if (pager := _pager(_arguments(call[1]), page_url))
    ]
    own = [pager for pager in calls if pager.base in (name, _unnumbered(name))]
    return max(own or calls, key=lambda pager: pager.pages, default=None)


def variable_pager(tree: LexborHTMLParser, page_url: str) -> ScriptPager | None:
    """Read the pager of the templates that print `var countPage = 125` and write the links by themselves.

    countPage is the number of pages; `total`, beside it, is the number of rows on the page and says nothing here.
    """
    found: dict[str, int] = {}
    for code in scripts(tree):
        found |= {name.lower(): int(value) for name, value in _VARIABLE.findall(code)}
    if "countpage" not in found:
        return None
    base, extension = file_name(page_url)
    return ScriptPager(
        found["countpage"], found.get("currentpage", 0), _unnumbered(base) or "index", extension or "html"
    )


def numbered_address(page_url: str, pager: ScriptPager, number: int) -> str:
    """Return the address of a page of a listing by its number in the file name; 0 is the file without one."""
    suffix = f"_{number}" if number else ""
    return absolute(page_url, f"{pager.base}{suffix}.{pager.extension}")


def script_next(tree: LexborHTMLParser, page_url: str) -> str:
    """Return the address of the next page as the page's pager script says; "" on the last page or without one.

    Files are numbered from 0 (index, index_1, …), or, where the call names an element first, from 1 (list, list_2, …).
    """
    pager = script_pager(tree, page_url) or variable_pager(tree, page_url)
    if pager is None:
        return ""
    # Some templates print the first index on every page; the number in the address is then the true one.
    here = max(pager.current, number_in(page_url, pager.base))
    last = pager.pages if pager.element else pager.pages - 1
    return numbered_address(page_url, pager, here + 1) if here < last else ""


def number_in(page_url: str, base: str) -> int:
    """Return the number in a page's file name, 0 when it has none.

    >>> number_in("http://x.gov.cn/yw/index_3.html", "index"), number_in("http://x.gov.cn/yw/", "index")
    (3, 0)
    """
    found = _NUMBERED.match(file_name(page_url)[0])
    return int(found[2]) if found and found[1] == base else 0


def file_name(url: str) -> tuple[str, str]:
    """Split the file name of an address into name and extension.

    >>> file_name("http://x.gov.cn/yw/t20230410_1.shtml"), file_name("http://x.gov.cn/yw/")
    (('t20230410_1', 'shtml'), ('', ''))
    """
    name, _, extension = urlsplit(url).path.rpartition("/")[2].rpartition(".")
    return (name, extension) if name else (extension, "")


def next_link(tree: LexborHTMLParser, page_url: str, selector: str = "") -> str:
    """Return the address behind the link to the next page; "" on the last page or without such a link.

    selector: where the site file says the link stands; without it a link's class or text tells.
    """
    if selector:
        return next((anchor.url for anchor in anchors(tree, page_url, selector)), "")
    here = absolute(page_url, page_url)
    base = base_address(tree, page_url)
    for node in tree.css(_NEXT_CLASS):
        url = absolute(base, (node.attributes.get("href") or "").strip())
        if url and url != here and (node.tag == "link" or not _is_last(node.text())):
            return url
    for anchor in anchors(tree, page_url):
        text = "".join(anchor.node.text().split()).strip("[]【】（）()|")
        if (text in _NEXT_TEXT or text.rstrip(">»›") in _NEXT_TEXT) and anchor.url != here:
            return anchor.url
    return ""


def _is_last(text: str) -> bool:
    return "尾页" in text or "末页" in text or "上" in text


def _arguments(text: str) -> list[tuple[str, bool]]:
    """Split the arguments of a call: each with whether it was quoted."""
    return [(single or double or bare.strip(), not bare) for single, double, bare in _ARGUMENT.findall(text)]


def _pager(arguments: list[tuple[str, bool]], page_url: str) -> ScriptPager | None:
    """Read a call's arguments: TRS gives pages, index from 0, base, extension; UCAP an element id before them."""
    element = ""
    if arguments and arguments[0][1] and not arguments[0][0].isdigit():
        element, arguments = arguments[0][0], arguments[1:]
    if len(arguments) < 2 or not (arguments[0][0].isdigit() and arguments[1][0].isdigit()):
        return None
    words = [value for value, _ in arguments[2:4]]
    base, extension = file_name(page_url)
    return ScriptPager(
        pages=int(arguments[0][0]),
        current=int(arguments[1][0]),
        base=(words[0] if words else "") or _unnumbered(base) or "index",
        extension=((words[1] if len(words) > 1 else "") or extension or "html").lstrip("."),
        element=element,
    )


def _unnumbered(name: str) -> str:
    found = _NUMBERED.match(name)
    return found[1] if found else name
