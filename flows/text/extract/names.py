"""names.py — What an element's tag, class and id say: a content system's container, or surely no text."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

from flows.text.extract.tags import SILENT, named, numbers

_KNOWN_IDS = named(
    "ucap-content zoom zoomcon fontzoom ozoom js_content rwb_zw p-detail detailcontent endtext artibody contentbody contenttext maintext "
    "articlecontent newscontent ivs_content article_view_content vsb_content vsb_newscontent articlebody article_content articletext "
    "main_content content_area textbody newstext news_content article_body detail-content cont_main_content sina_keyword_ad_area2 "
    "cnt_main_article logphoto artical_real mp-editor"
)
_KNOWN_CLASSES = named(
    "trs_editor trs_ueditor trs_editor_view custom_unionstyle trs_preappend v_news_content wp_articlecontent pages_content rm_txt_con artdet "
    "post_body article-content article_content news_cont_d_wrap left_zw bt-content text_con content_area art_p rich_media_content show_text "
    "post_text article-body article-detail news_txt articlecontent rm_txt la_t_d bigtext main-article zwtext articlecon tpl_main cont_txt "
    "article-con articletext xl_content content_18313 ewb-article-content"
)
_KNOWN_TAGS = frozenset(("ucapcontent", "founder-content"))

SUSPECT, NO_TEXT = 1, 2
"""How surely a name says that an element is no text."""
_PARAGRAPH = numbers("p")
_BAD = re.compile(
    r"comment(?!text|ary)|reply|recommend|relat(?!iv)|foot(?!ball)|copyright|\bnav|nav\b|menu|(?<!in)(?<!out)side(?!r)|aside"
    r"|disclaim|statement|share(?!holder)|crumb|toolbar"
    r"|login|pinglun|tuijian|xiangguan|(?<!p)(?<!s)hot(?!el)|rank|banner|advert|author-bio|qrcode|erweima|friend|links?[_-]"
    r"|widget|header(?!line)|popup|modal|dialog"
    r"|next_post|wx_l|(?<!overflow-)hidden|(?:^|[\s_-])bottom|copy\b|guestbook|liuyan",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"article|content|artic|detail|zoom|editor|text|news|main|body|post|entry|zw|nr\b|left|wrap|middle|center|blog|story|topic",
    re.IGNORECASE,
)
_WORST = re.compile(
    r"comment(?!text|ary)|relat(?!iv)|recommend|foot(?!ball)|copyright|(?<!in)(?<!out)side|nav|(?<!p)(?<!s)hot(?!el)|rank"
    r"|statement|disclaim|pinglun|reply",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"comment(?!text|ary)|reply|pinglun|liuyan|guestbook|foot(?!ball)|copyright|\bnav|nav\b|menu|friend|login|banner",
    re.IGNORECASE,
)
_REPLY_NAME = re.compile("reply|huifu|guestbook|liuyan", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def name_of(node: LexborNode) -> str:
    """Return what an element is called: its class and its id, or a blank."""
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def judge(node: LexborNode, letter: bool) -> tuple[bool, int]:
    """Tell whether an element is a known container, and how surely its name says that it is no text."""
    if node.tag_id in _PARAGRAPH:  # as many as texts, and their names say nothing
        return False, 0
    tag = node.tag
    attributes = node.attributes
    name, identity = attributes.get("class") or "", attributes.get("id") or ""
    if letter:
        name, identity = _REPLY_NAME.sub("", name), _REPLY_NAME.sub("", identity)
    known, bad = _judge_name(tag, name, identity)
    if not bad and not known and _is_hidden(attributes):
        bad = SUSPECT
    return known, bad


@lru_cache(maxsize=4096)
def _judge_name(tag: str, name: str, identity: str) -> tuple[bool, int]:
    """Judge by tag, class and id; the pages of a site share them."""
    if tag in _KNOWN_TAGS:
        return True, 0
    low = identity.lower()
    if low in _KNOWN_IDS or low.startswith("vsb_content") or not _KNOWN_CLASSES.isdisjoint(name.lower().split()):
        return True, 0
    if tag == "body":
        return False, 0
    both = f"{name} {identity}"
    if _BAD.search(both) and not (_GOOD.search(both) and not _WORST.search(both)):
        return False, NO_TEXT if _FRAME.search(both) else SUSPECT
    if tag in ("footer", "nav") or tag in SILENT:
        return False, NO_TEXT
    return False, SUSPECT if tag == "aside" else 0


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style")
    return bool(style) and _HIDDEN.search(style or "") is not None
