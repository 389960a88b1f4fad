"""markers.py — What content systems write into comments: where the body begins and ends, and the fields.

Founder newspapers (enpcontent, mpproperty, enpproperty), Hanweb JCMS (<$[信息内容]>, ZJEG_RSS, ContentStart), and the
plain 正文 comments of portals. Read from the markup itself: a parser may move a comment, and mpproperty stands
behind </html>.
"""

import re
from collections.abc import Mapping, Sequence

_BODIES = (
    (re.compile(r"\s*enpcontent\s*", re.IGNORECASE), "<!--/enpcontent"),
    (re.compile(r"ZJEG_RSS\.content\.begin"), "<!--ZJEG_RSS.content.end"),
    (re.compile(r"<\$\[信息内容\]>begin"), "<!--<$[信息内容]>end"),
    (re.compile(r"\s*repaste\.body\.begin\s*"), "repaste.body.end"),
    (re.compile(r"\s*(?:原始)?正文(?:内容)?\s*(?:begin|start|开始)\s*", re.IGNORECASE), "正文"),
)
"""The comment that opens a body, and what the one that closes it holds."""
_START = re.compile(r"""<meta\s+name=["']?ContentStart["']?\s*/?>""", re.IGNORECASE)

_PROPERTIES = re.compile(r"\s*(?:mpproperty|enpproperty)\b")
_PROPERTY = re.compile(r"<(?:founder-)?(\w+)>(.{0,800}?)</(?:founder-)?\1>", re.DOTALL)
_FIELD = re.compile(
    r"<!--<\$\[((标题|发布日期|发布时间|信息来源|作者)(?:名称)?(?:\(html\))?)\]>begin-->(.{0,800}?)<!--<\$\[\1\]>end-->",
    re.DOTALL,
)
_FIELD_NAMES = {"标题": "title", "发布日期": "date", "发布时间": "date", "信息来源": "sourcename", "作者": "author"}
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def marked_body(html: str, marks: Sequence[str], metas: Mapping[str, str]) -> str:
    """Return the markup between the body markers of a page, or "". marks, metas: the page's, already read."""
    for opening, closing in _BODIES:
        mark = next(filter(opening.fullmatch, marks), None)
        if mark is not None:
            body = _between(html, f"<!--{mark}-->", closing)
            if body:
                return body
    start = _START.search(html) if "contentstart" in metas else None
    return _between(html, start[0], "ContentEnd") if start is not None else ""


def _between(html: str, opening: str, closing: str) -> str:
    """Return the longest stretch between an opening and the next closing."""
    best = ""
    start = html.find(opening)
    while start >= 0:
        start += len(opening)
        end = html.find(closing, start)
        if end < 0:
            break
        best = max(best, html[start : html.rfind("<", start, end + 1)], key=len)
        start = html.find(opening, end)
    return best


def properties(html: str, marks: Sequence[str]) -> dict[str, str]:
    """Return the fields that comments give: title, introtitle, subtitle, date, author, sourcename, papername.

    >>> properties("", ["mpproperty <founder-date>2022-02-12</founder-date>/mpproperty"])
    {'date': '2022-02-12'}
    """
    fields: dict[str, str] = {}
    for comment in marks:
        if _PROPERTIES.match(comment):
            for name, value in _PROPERTY.findall(comment):
                if value.strip():
                    fields.setdefault(name.lower(), " ".join(_TAG.sub(" ", value).split()))
        elif comment.startswith("<$[") and html:
            for _, name, value in _FIELD.findall(html):
                text = " ".join(_TAG.sub(" ", value).replace("&nbsp;", " ").split())
                if text:
                    fields.setdefault(_FIELD_NAMES[name], text)
            html = ""
    return fields
