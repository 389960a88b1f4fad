"""search.py — Where on the page the text stands: the element that holds the sentences and little else.

Chinese running text shows itself by its punctuation, which menus and link lists lack. Elements with commas or
full stops of their own give mass to their ancestors; known containers of the content systems are recognised on
the way up. Each element is looked at once, so the cost is linear in the page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from flows.text.extract.names import NO_TEXT, SUSPECT, judge
from flows.text.extract.notices import LETTER, REPLY
from flows.text.extract.reading import Reading
from flows.text.extract.region import below_headline, headline_place
from flows.text.extract.tags import SILENT, is_inline, named, numbers

_SKIP_NUMBERS = numbers("a", "h1", "label", *SILENT)
_ROOT_NUMBERS = numbers("html") | {0}
_IMPRINT = re.compile(
    "版[权權]所有|(?:禁止|谢绝|謝絕|不得|请勿)[转轉][载載]|[转轉][载載](?:请|須|须)|[浏瀏][览覽]器|分辨率|ICP[备備证證]"
    "|公[网網]安[备備]|[标標][识識][码碼]|扫一扫|二[维維][码碼]|[网網]站地[图圖]|技[术術]支持"
)
"""In short texts: the imprint and the share bar write sentences too, and a list of names writes none."""
_IMPRINT_CHARS = 100
_PARTS = named("p li tr tbody h2 h3 dd pre")
_MIN_FOUND = 10
_MIN_SUSPECT = 120
_MISLED = 4
_MIN_KNOWN = 30
_KNOWN_SHARE = 0.25
_OTHER_COST = 0.8
_CANDIDATES = 14
_TABLE_LEVELS, _MOST_TABLES = 3, 10
_LINKED_DATA, _SENTENCES_IN_DATA = 0.3, 0.2
ROWS = frozenset(("table", "tbody", "tr"))
"""In a page laid out in tables each cell stands in three elements more."""
_INNER_SHARE, _INNER_OTHER = 0.4, 0.5
_NUMBER = re.compile(r"\d+$")
_MIN_PART, _MOST_BETWEEN = 60, 200


@dataclass(slots=True)
class Element:
    """An ancestor of sentences. first, last: numbers of the first and the last text in it that is a sentence."""

    node: LexborNode
    above: "Element | None"
    depth: int
    known: bool
    bad: int
    mass: int = 0
    first: int = -1
    last: int = -1


def chars(text: str | None) -> int:
    """Count the characters that are not blank."""
    return len("".join(text.split())) if text else 0


def find_container(reading: Reading, trust_names: bool = True, title: str = "") -> LexborNode | None:
    """Return the element that holds the page's text, or None when nothing on the page is a sentence.

    trust_names: take a known container, if there is one that holds a fair share of the sentences. title: the page's own.
    """
    search = Search(reading)
    elements = search.collect(SUSPECT)
    if search.left_out and _is_letter(reading.texts):
        search = Search(reading, letter=True)
        elements = search.collect(SUSPECT)
    trusted = max((element.mass for element in elements), default=0)
    if search.left_out > _MIN_SUSPECT + _MISLED * trusted:  # a class name misled us
        elements = search.collect(NO_TEXT)
        if max((element.mass for element in elements), default=0) < _MIN_SUSPECT + _MISLED * trusted:
            elements = search.collect(SUSPECT)
    if max((element.mass for element in elements), default=0) < _MIN_FOUND:
        return None
    known = search.known(elements) if trust_names else None
    if known is not None:
        return known
    best = search.past_tables(search.best(elements))
    headline = headline_place(reading.texts, title)
    node = (below_headline(search, best, headline) if headline >= 0 else best).node
    while node.tag in _PARTS and node.parent is not None:
        node = node.parent
    return node


def _is_letter(texts: Sequence[str]) -> bool:
    """Tell whether a page is a citizen's letter with the office's reply, which names of elements call what they call comments."""
    page = "\n".join(texts)
    return REPLY.search(page) is not None and LETTER.search(page) is not None


class Search:
    """One search through one reading. letter: what is named a reply is text."""

    def __init__(self, reading: Reading, letter: bool = False) -> None:
        self.reading = reading
        self.letter = letter
        self.seen: dict[int, Element] = {}
        self.left_out = 0

    def collect(self, limit: int) -> list[Element]:
        """Give the weight of every sentence to its ancestors, but for those in an element as bad as the limit."""
        self.left_out = 0
        for reset in self.seen.values():
            reset.mass = 0
            reset.first = -1
        texts = self.reading.texts
        for place, parent, weight in self.reading.hits:
            if weight < _IMPRINT_CHARS and _IMPRINT.search(texts[place]):
                continue
            block = self.block(parent)
            if block is None or block.bad >= limit:
                self.left_out += weight
                continue
            block.mass += weight
            block.last = place
            if block.first < 0:
                block.first = place
        elements = list(reversed(self.seen.values()))
        for element in elements:  # an element is looked at after those around it, so this goes from the inside out
            above = element.above
            if above is not None and element.mass:
                above.mass += element.mass
                above.last = max(above.last, element.last) if above.first >= 0 else element.last
                above.first = min(above.first, element.first) if above.first >= 0 else element.first
        return [element for element in elements if element.mass]

    def block(self, node: LexborNode) -> Element | None:
        """Return the block that a text stands in, or None for a text that is linked or no text."""
        while is_inline(node):
            above = node.parent
            if above is None:
                return None
            node = above
        return None if node.tag_id in _SKIP_NUMBERS else self._element(node)

    def _element(self, node: LexborNode) -> Element:
        """Look at an element and its ancestors, once each."""
        key = node.mem_id
        found = self.seen.get(key)
        if found is not None:
            return found
        path = [(key, node)]
        above: Element | None = None
        current = node.parent
        while current is not None and current.tag_id not in _ROOT_NUMBERS:
            key = current.mem_id
            above = self.seen.get(key)
            if above is not None:
                break
            path.append((key, current))
            current = current.parent
        for key, item in reversed(path):
            known, bad = judge(item, self.letter)
            if above is None:
                above = Element(item, None, 0, known, bad)
            else:
                above = Element(item, above, above.depth + 1, known, max(bad, above.bad))
            self.seen[key] = above
        assert above is not None
        return above

    def known(self, elements: list[Element]) -> LexborNode | None:
        """Return the container of a content system that holds a fair share of the sentences."""
        best: Element | None = None
        for element in elements:
            if not element.known or element.mass < _MIN_KNOWN:
                continue
            if (
                best is None
                or element.mass > best.mass
                or (element.mass >= 0.8 * best.mass and element.depth > best.depth)
            ):
                best = element
        if best is None:
            return None
        best = self._within(best, elements)
        top = max(element.mass for element in elements)
        return self._past_box(best, elements).node if best.mass >= _KNOWN_SHARE * top else None

    def _within(self, known: Element, elements: list[Element]) -> Element:
        """Return the known container within a known one, when what the outer one adds is half no sentences: other articles."""
        # Texts of an element follow each other: one whose texts are among another's is inside it.
        inner = [
            element
            for element in elements
            if element.known
            and element.depth > known.depth
            and known.first <= element.first <= element.last <= known.last
        ]
        best = max(inner, key=lambda element: element.mass, default=known)
        added = known.mass - best.mass
        if not added or best.mass < _INNER_SHARE * known.mass:
            return known
        other = self._other(known) - self._other(best) - self._cells(known)
        return best if other > _INNER_OTHER * added else known

    def _other(self, element: Element) -> int:
        """Count the characters between the first and the last sentence of an element that are no sentence."""
        return self.reading.chars(element.first, element.last) - element.mass

    def _cells(self, element: Element) -> int:
        """Count the characters of its tables of data."""
        return sum(self._data(table) for table in element.node.css("table")[:_MOST_TABLES])

    def _past_box(self, known: Element, elements: list[Element]) -> Element:
        """Return the element around a known container and its like below a box: an advertisement parts a text in two."""
        kinds = _kinds(known.node)
        parts = [
            element
            for element in elements
            if element.first > known.last
            and element.mass >= _MIN_PART
            and not element.bad
            and not kinds.isdisjoint(_kinds(element.node))
            and self.reading.chars(known.last + 1, element.first - 1) <= _MOST_BETWEEN
        ]
        around = known
        while parts and around.above is not None and around.last < parts[0].last:
            around = around.above
        return around

    def best(self, elements: list[Element]) -> Element:
        """Return the element with the most weight after what else stands between its sentences is taken off."""
        deepest: dict[int, Element] = {}
        for element in elements:
            rival = deepest.get(element.mass)
            if rival is None or element.depth > rival.depth:
                deepest[element.mass] = element
        masses = sorted(deepest, reverse=True)
        best = deepest[masses[0]]
        score = float("-inf")
        for mass in masses[:_CANDIDATES]:
            if mass <= score:
                break
            element = deepest[mass]
            value = mass - _OTHER_COST * max(0, self._other(element))
            if value > score:
                best, score = element, value
        if best.mass < 0.3 * masses[0]:  # a tidy side box must not beat a noisy article
            best = deepest[min(mass for mass in masses if mass >= 0.6 * masses[0])]
        return best

    def past_tables(self, best: Element) -> Element:
        """Return an element around the best one whose text goes on behind a table of names or figures.

        To the search such a table is what a menu is: much without a sentence.
        """
        around, levels = best.above, 0
        while around is not None and levels < _TABLE_LEVELS and not around.bad and around.node.tag != "body":
            levels += around.node.tag not in ROWS
            if around.mass > best.mass:
                cells = self._cells(around)
                other = max(0, self._other(around) - cells)
                if cells and around.mass - _OTHER_COST * other > best.mass:
                    best = around
            around = around.above
        return best

    def _data(self, table: LexborNode) -> int:
        """Count the characters of a table that are no sentence; none where it holds sentences or links: others lay out the page."""
        if len(table.css("table")) > 1:
            return 0
        known = self.seen.get(table.mem_id)
        mass = known.mass if known is not None else 0
        size = chars(table.text())
        if mass > _SENTENCES_IN_DATA * size:
            return 0
        return size - mass if sum(chars(link.text()) for link in table.css("a")) < _LINKED_DATA * size else 0


def _kinds(node: LexborNode) -> set[tuple[str | None, str, str]]:
    """Return what an element's class and id make it, but for numbers: blkCont1 and blkCont2 are of a kind."""
    attributes = node.attributes
    named_as = ((name, _NUMBER.sub("", attributes.get(name) or "")) for name in ("class", "id"))
    return {(node.tag, name, value) for name, value in named_as if value}
