"""search.py — Where on the page the text stands: the element that holds the sentences and little else.

Chinese running text shows itself by its punctuation, which menus and link lists lack. Elements with commas or
full stops of their own give mass to their ancestors; known containers of the content systems are recognised on
the way up. Each element is looked at once, so the cost is linear in the page.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.text.extract.tags import INLINE, SILENT, named

_HITS = ':lexbor-contains("，"),:lexbor-contains("。")'
_HITS_RARE = ':lexbor-contains("、"),:lexbor-contains("；"),:lexbor-contains("：")'
_HITS_HALF = ':lexbor-contains(","),:lexbor-contains(";")'

KNOWN_IDS = named(
    "ucap-content zoom zoomcon fontzoom ozoom js_content rwb_zw p-detail detailcontent endtext artibody contentbody contenttext maintext "
    "articlecontent newscontent ivs_content article_view_content vsb_content vsb_newscontent articlebody article_content articletext "
    "main_content content_area textbody newstext news_content article_body detail-content cont_main_content sina_keyword_ad_area2 "
    "cnt_main_article logphoto artical_real mp-editor"
)
KNOWN_CLASSES = named(
    "trs_editor trs_ueditor trs_editor_view custom_unionstyle trs_preappend v_news_content wp_articlecontent pages_content rm_txt_con artdet "
    "post_body article-content article_content news_cont_d_wrap left_zw bt-content text_con content_area art_p rich_media_content show_text "
    "post_text article-body article-detail news_txt articlecontent rm_txt la_t_d bigtext main-article zwtext articlecon tpl_main cont_txt "
    "article-con articletext xl_content content_18313 ewb-article-content"
)
KNOWN_TAGS = frozenset(("ucapcontent", "founder-content"))

_SKIP = SILENT | named("a h1 label -text -comment")
_BAD = re.compile(
    r"comment(?!text)|reply|recommend|relat(?!iv)|foot(?!ball)|copyright|\bnav|nav\b|menu|(?<!in)(?<!out)side(?!r)|aside|disclaim|statement|share(?!holder)|crumb|toolbar"
    r"|login|pinglun|tuijian|xiangguan|(?<!p)(?<!s)hot(?!el)|rank|banner|advert|author-bio|qrcode|erweima|friend|links?[_-]|widget|header(?!line)|popup|modal|dialog"
    r"|next_post|wx_l|(?<!overflow-)hidden|(?:^|[\s_-])bottom|copy\b|guestbook|liuyan",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"article|content|artic|detail|zoom|editor|text|news|main|body|post|entry|zw|nr\b|left|wrap|middle|center|blog|story|topic",
    re.IGNORECASE,
)
_WORST = re.compile(
    r"comment(?!text)|relat(?!iv)|recommend|foot(?!ball)|copyright|(?<!in)(?<!out)side|nav|(?<!p)(?<!s)hot(?!el)|rank|statement|disclaim|pinglun|reply",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_OTHER_COST = 0.35
_CANDIDATES = 14


@dataclass(slots=True)
class _Element:
    node: LexborNode
    parent: int
    depth: int
    known: bool
    bad: bool
    mass: int = 0
    lost: int = 0


def chars(text: str | None) -> int:
    """Count the characters that are not blank."""
    return len("".join(text.split())) if text else 0


def find_container(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the element that holds the page's text, or None when nothing on the page is a sentence."""
    for selector in (_HITS, _HITS_RARE, _HITS_HALF):
        found = _Search(tree).find(selector)
        if found is not None:
            return found
    return None


class _Search:
    """One search over one tree."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        self.seen: dict[int, _Element] = {}

    def find(self, selector: str) -> LexborNode | None:
        """Return the text's container, or None when nothing on the page is a sentence."""
        self._collect(selector)
        if not self.seen:
            return None
        return self._known() or self._best()

    def _collect(self, selector: str) -> None:
        done: set[int] = set()
        for hit in self.tree.css(selector):
            tag = hit.tag
            if tag in _SKIP:
                continue
            block: LexborNode | None = hit
            while tag in INLINE or tag == "a":
                if tag == "a" or block is None:
                    block = None
                    break
                block = block.parent
                tag = block.tag if block is not None else ""
            if block is None or tag in ("html", ""):
                continue
            key = block.mem_id
            if key in done:
                continue
            done.add(key)
            mass = self._own_mass(block)
            if mass >= 10:
                self._give(block, mass)

    def _own_mass(self, block: LexborNode) -> int:
        """Count the characters of a block outside links and inner blocks."""
        total = 0
        waiting = [block.first_child]
        while waiting:
            child = waiting.pop()
            while child is not None:
                tag = child.tag
                if tag == "-text":
                    total += chars(child.text_content)
                elif tag in INLINE:
                    waiting.append(child.first_child)
                child = child.next
        return total

    def _element(self, node: LexborNode) -> _Element:
        """Look at an element and its ancestors, once each."""
        path: list[LexborNode] = []
        current: LexborNode | None = node
        while current is not None and current.mem_id not in self.seen and current.tag not in ("html", "-document"):
            path.append(current)
            current = current.parent
        above = self.seen.get(current.mem_id) if current is not None else None
        for item in reversed(path):
            known, bad = _judge(item)
            element = _Element(
                item,
                above.node.mem_id if above else 0,
                above.depth + 1 if above else 0,
                known,
                bad or (above.bad if above else False),
            )
            self.seen[item.mem_id] = element
            above = element
        assert above is not None
        return above

    def _give(self, block: LexborNode, mass: int) -> None:
        element: _Element | None = self._element(block)
        lost = element is not None and element.bad
        while element is not None:
            if lost:
                element.lost += mass
            else:
                element.mass += mass
            element = self.seen.get(element.parent)

    def _known(self) -> LexborNode | None:
        best: _Element | None = None
        for element in self.seen.values():
            if not element.known or element.mass < 30:
                continue
            if (
                best is None
                or element.mass > best.mass
                or (element.mass >= 0.8 * best.mass and element.depth > best.depth)
            ):
                best = element
        if best is None:
            return None
        top = max(element.mass for element in self.seen.values())
        if best.mass < 0.25 * top or link_share(best.node) > 0.4:
            return None
        return best.node

    def _best(self) -> LexborNode | None:
        elements = list(self.seen.values())
        top = max(element.mass for element in elements)
        lost = max(element.lost for element in elements)
        if top < 60 and lost > 120:  # a class name misled us
            for element in elements:
                element.mass += element.lost
            top = max(element.mass for element in elements)
        deepest: dict[int, _Element] = {}
        for element in elements:
            if element.mass and element.node.tag not in INLINE:
                rival = deepest.get(element.mass)
                if rival is None or element.depth > rival.depth:
                    deepest[element.mass] = element
        best: _Element | None = None
        score = 0.0
        for mass in sorted(deepest, reverse=True)[:_CANDIDATES]:
            if best is not None and mass <= score:
                break
            element = deepest[mass]
            value = mass - _OTHER_COST * max(0, chars(element.node.text()) - mass)
            if best is None or value > score:
                best, score = element, value
        if best is None:
            return None
        if best.mass < 0.3 * top:  # a tidy side box must not beat a noisy article
            wide = [element for element in deepest.values() if element.mass >= 0.6 * top]
            best = min(wide, key=lambda element: element.mass)
        node = best.node
        while node.tag in ("p", "li", "tr", "tbody", "h2", "h3", "dd") and node.parent is not None:
            node = node.parent
        return node


def link_share(node: LexborNode) -> float:
    """Return the share of an element's characters that is linked."""
    return sum(chars(link.text()) for link in node.css("a")) / max(1, chars(node.text()))


def _judge(node: LexborNode) -> tuple[bool, bool]:
    tag = node.tag
    if tag in KNOWN_TAGS:
        return True, False
    attributes = node.attributes
    name, identity = (attributes.get("class") or ""), (attributes.get("id") or "")
    if not name and not identity:
        return False, tag in ("footer", "nav", "aside") or _is_hidden(attributes)
    low = identity.lower()
    if low in KNOWN_IDS or low.startswith("vsb_content"):
        return True, False
    if name and any(token in KNOWN_CLASSES for token in name.lower().split()):
        return True, False
    if tag in ("body", "p"):
        return False, False
    if tag in ("footer", "nav", "aside"):
        return False, True
    both = name + " " + identity
    bad = bool(_BAD.search(both)) and not (_GOOD.search(both) and not _WORST.search(both))
    return False, bad or _is_hidden(attributes)


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style")
    return bool(style) and _HIDDEN.search(style or "") is not None
