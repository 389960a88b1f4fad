"""markers.py — What content systems write into comments: where the body begins and ends, and the fields.

Founder newspapers (enpcontent, mpproperty, enpproperty), Hanweb JCMS (<$[信息内容]>, ZJEG_RSS, ContentStart), and the
plain 正文 comments of portals. Read from the markup itself: a parser may move a comment, and mpproperty stands
behind </html>.
"""

import re
from collections.abc import Iterable, Mapping

_BODIES = (
    (re.compile(r"(?:<!--\s*enpcontent\s*-->\s*)+", re.IGNORECASE), "<!--/enpcontent"),
    (re.compile(r"<!--ZJEG_RSS\.content\.begin-->"), "<!--ZJEG_RSS.content.end"),
    (re.compile(r"<!--<\$\[信息内容\]>begin-->"), "<!--<$[信息内容]>end"),
    (re.compile(r"""<meta\s+name=["']?ContentStart["']?\s*/?>""", re.IGNORECASE), "ContentEnd"),
    (re.compile(r"<!--\s*repaste\.body\.begin\s*-->"), "<!--repaste.body.end"),
    (re.compile(r"<!--\s*(?:原始)?正文(?:内容)?\s*(?:begin|start|开始)\s*-->", re.IGNORECASE), "正文"),
)
"""What opens a body, and what a tag or comment that closes it holds."""

_BODY_SIGN = re.compile(r"\s*(?:enpcontent|ZJEG_RSS\.content|<\$\[信息内容|repaste\.body|(?:原始)?正文)", re.IGNORECASE)
_PROPERTIES = re.compile(r"\s*(?:mpproperty|enpproperty)\b")
_PROPERTY = re.compile(r"<(?:founder-)?(\w+)>(.{0,800}?)</(?:founder-)?\1>", re.DOTALL)
_FIELD = re.compile(
    r"<!--<\$\[(标题|发布日期|发布时间|信息来源|作者)\]>begin-->(.{0,800}?)<!--<\$\[\1\]>end-->", re.DOTALL
)
_FIELD_NAMES = {"标题": "title", "发布日期": "date", "发布时间": "date", "信息来源": "sourcename", "作者": "author"}
_TAG = re.compile(r"<[^>]*>")


def marked_body(html: str, comments: Iterable[str], metas: Mapping[str, str]) -> str:
    """Return the markup between the first pair of body markers that holds any, or "".

    comments, metas: the page's, already read; they tell whether it is worth looking.
    """
    if "contentstart" not in metas and not any(map(_BODY_SIGN.match, comments)):
        return ""
    for opening, closing in _BODIES:
        best = ""
        opened = opening.search(html)
        while opened is not None:
            end = html.find(closing, opened.end())
            if end < 0:
                break
            end = html.rfind("<", opened.end(), end + 1)
            best = max(best, html[opened.end() : end], key=len)
            opened = opening.search(html, max(end, opened.end()))
        if best:
            return best
    return ""


def properties(html: str, comments: Iterable[str]) -> dict[str, str]:
    """Return the fields that comments give: title, introtitle, subtitle, date, author, sourcename, papername.

    >>> properties("", ["mpproperty <founder-date>2022-02-12</founder-date>/mpproperty"])
    {'date': '2022-02-12'}
    """
    fields: dict[str, str] = {}
    for comment in comments:
        if _PROPERTIES.match(comment):
            for name, value in _PROPERTY.findall(comment):
                if value.strip():
                    fields.setdefault(name.lower(), " ".join(_TAG.sub(" ", value).split()))
        elif comment.startswith("<$[") and html:
            for name, value in _FIELD.findall(html):
                text = " ".join(_TAG.sub(" ", value).replace("&nbsp;", " ").split())
                if text:
                    fields.setdefault(_FIELD_NAMES[name], text)
            html = ""
    return fields
