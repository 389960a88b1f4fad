"""links.py — Files that belong to an article, and the page on which it goes on."""

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from flows.text.extract.clues import Clues
from flows.text.extract.files import is_file
from flows.text.extract.names import name_of
from storage.records import Attachment

_FURNITURE = re.compile(r"foot|nav|menu|side|friend|banner|header", re.IGNORECASE)
_NEXT = frozenset(
    (
        "下一页",
        "下页",
        "下一頁",
        "下頁",
        "后一页",
        "後一頁",
        "后页",
        "下一页>",
        "下一页>>",
        "下一页»",
        "[下一页]",
        "【下一页】",
        "下一页 >",
    )
)
_NEXT_CHARS = max(map(len, _NEXT))
_LIST_NAMES = re.compile(r"^(?:index|list|default|nav_list|xlist|node|more)", re.IGNORECASE)
_CALL = re.compile(
    r"""createPageHTML\s*\(\s*(?:["'][\w-]+["']\s*,\s*)?(\d+)\s*,\s*(\d+)\s*,\s*["']([^"']+)["']\s*,\s*["'](\w+)["']"""
)
_ELEMENT_CALL = re.compile(r"""createPageHTML\s*\(\s*["']""")
_COUNTED = re.compile(r"_([2-9])$")
_SCOPE_LEVELS = 3
_PICTURES = (".jpg", ".jpeg", ".png")
"""What a link is called that leads to a picture as a file: others show it."""
_TABLE_PARTS = ("td", "tr", "tbody")
_NUMBER = re.compile(r"[_-]\d{1,3}$")
_PAGE_QUERY = re.compile(r"(?:^|&)(?:page|p|pn|pageno|currentpage|cpage)=\d+", re.IGNORECASE)


def resolve(url: str, href: str) -> str:
    """Return an absolute http address, or "" when there is none to be had."""
    try:
        found = urljoin(url, href.strip())
        return found if urlsplit(found).scheme in ("http", "https") and urlsplit(found).netloc else ""
    except ValueError:
        return ""


def attachments(scope: LexborNode, base: str) -> tuple[Attachment, ...]:
    """Return the files that an article links to, in order, each once.

    scope: the container and what stands around it. base: resolves the links.
    """
    found: dict[str, Attachment] = {}
    for link in scope.css("a[href]"):
        attributes = link.attributes
        href = attributes.get("href") or ""
        text = " ".join(link.text().split())
        if not (is_file(href) or is_file(text) or text.lower().endswith(_PICTURES)):
            continue
        address = resolve(base, href) or href.strip()
        if address.lower().startswith("javascript:") or address in found or _in_frame(link, scope):
            continue
        name = text or (attributes.get("title") or "").strip()
        found[address] = Attachment(name or address.rpartition("/")[2], address)
    return tuple(found.values())


def scope_of(container: LexborNode) -> LexborNode:
    """Return the element that holds a container and the lists of files and pages beside it."""
    scope = container
    levels = 0
    while levels < _SCOPE_LEVELS:
        above = scope.parent
        if above is None or above.tag in ("body", "html", "-document"):
            break
        scope = above
        levels += scope.tag not in _TABLE_PARTS  # an old layout has the files in the next row
    return scope


def _in_frame(node: LexborNode, scope: LexborNode) -> bool:
    """Tell whether a part of the scope around a link is named as furniture; what the text itself stands in is none."""
    current: LexborNode | None = node.parent
    while current is not None and current.mem_id != scope.mem_id:
        if current.tag in ("footer", "nav", "header") or _FURNITURE.search(name_of(current)):
            return True
        current = current.parent
    return False


def next_page(scope: LexborNode, clues: Clues, base: str) -> str:
    """Return the address of the article's next page, or "".

    Only an address that is this page's with another number counts: 下一页 also turns the pages of comments.
    """
    url = clues.url
    if "createPageHTML" in clues.html:
        found = _called(clues.html, base)
        if found and _continues(url, found):
            return found
    expected = _expected(url)
    short = [text for text in clues.texts if len(text) <= _NEXT_CHARS]
    if not (expected and expected in clues.html) and _NEXT.isdisjoint(short):
        return ""
    for link in scope.css("a[href]"):
        href = link.attributes.get("href") or ""
        found = resolve(base, href)
        if found and (
            (expected and href.rpartition("/")[2] == expected)
            or (link.text().strip() in _NEXT and _continues(url, found))
        ):
            return found
    return ""


def _expected(url: str) -> str:
    """Return the file name that the next page has on most systems: name.htm, name_2.htm, name_3.htm."""
    name = urlsplit(url).path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    if not stem or _LIST_NAMES.match(stem):
        return ""
    counted = _COUNTED.search(stem)
    number = int(counted[1]) if counted else 1
    return f"{stem[: counted.start()] if counted else stem}_{number + 1}{dot}{extension}"


def _called(html: str, url: str) -> str:
    start = html.find("createPageHTML")
    while start >= 0:
        call = _CALL.match(html, start)
        start = html.find("createPageHTML", start + 1)
        if call is None or _LIST_NAMES.match(call[3]):
            continue
        pages, current, name, extension = int(call[1]), int(call[2]), call[3], call[4]
        counted_from_one = _ELEMENT_CALL.match(call[0]) is not None
        if current + 1 < pages + counted_from_one:
            return resolve(url, f"{name}_{current + 1}.{extension}")
    return ""


def _continues(url: str, following: str) -> bool:
    here, there = urlsplit(url), urlsplit(following)
    if not url:
        return True
    if here.netloc.lower() != there.netloc.lower() or (here.path, here.query) == (there.path, there.query):
        return False
    if here.path == there.path:
        return bool(_PAGE_QUERY.search(there.query))
    folder, _, name = here.path.rpartition("/")
    other_folder, _, other = there.path.rpartition("/")
    stem, other_stem = name.rpartition(".")[0] or name, other.rpartition(".")[0] or other
    if _LIST_NAMES.match(stem) and folder != other_folder:
        return False
    return (
        folder == other_folder
        and other_stem != stem
        and (other_stem.startswith(_NUMBER.sub("", stem)) and _NUMBER.search(other_stem) is not None)
    )
