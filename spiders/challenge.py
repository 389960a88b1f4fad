"""challenge.py — Tells pages that a protection sent instead of content, and "not found" pages with status 200. Pure.

Nothing is ever answered, solved or worked around here: the purpose is to report and to stop. Signs and their
sources are in the platform notes (status codes of Jiasule, River Security and WangZhanWeiShi; cookie walls; texts).
"""

import re
from typing import Literal

from spiders.content_coding import Headers, inflated

Judgement = Literal["", "blocked", "soft_404"]

_BLOCKED_STATUS = frozenset({412, 491, 521})
_SMALL = 10_000
_TINY = 2_000
_FEW_HANZI = 20
_SHORT_NOTICE = 200
_HANZI = re.compile("[\u4e00-\u9fff]")
# Names that the protections themselves put into their pages; none is a word of Chinese or of common scripts.
_SCRIPTS = re.compile(
    rb"__jsl_clearance|__jsluid|\$_ts\b|_\$[a-zA-Z0-9]{2}\(|C3VK=|YunSuoAutoJump|security_verify_data|acw_sc__v2|acw_tc\s*=|var\s+arg1\s*="
)
_COOKIE_WALL = re.compile(rb"document\.cookie\s*=")
_LINK = re.compile(rb"<a\s[^>]*href", re.IGNORECASE)
_BLOCK_TEXT = (
    "Access Verification",
    "网站防火墙",
    "访问过于频繁",
    "您的访问被阻断",
    "您的请求存在异常",
    "请求被拦截",
    "访问被拦截",
    "您的IP已被",
    "请完成安全验证",
)
_GONE_TEXT = (
    "页面不存在",
    "您访问的页面",
    "您要查看的页面",
    "页面已删除",
    "页面没有找到",
    "404 Not Found",
    "您所访问的页面",
)


def judge_page(status: int, headers: Headers, payload: bytes) -> Judgement:
    """Say whether an answer is a challenge ("blocked"), a page that says there is none ("soft_404"), or neither.

    Looks only at answers below 10 kB (2 kB for "soft_404"), after their gzip is undone: a page with an article is
    larger or has text. payload: as received.

    >>> judge_page(521, (), b"<script>")
    'blocked'
    >>> judge_page(200, (), "<p>您访问的页面不存在</p>".encode())
    'soft_404'
    >>> judge_page(200, (), "<p>市政府召开会议</p>".encode())
    ''
    """
    if status in _BLOCKED_STATUS:
        return "blocked"
    if status not in (200, 202, 203, 400, 403, 404, 405, 429, 503) or len(payload) > _SMALL:
        return ""
    body = inflated(headers, payload, _SMALL + 1)
    if len(body) > _SMALL:
        return ""
    if any(name.lower() == "wzws-ray" for name, _ in headers) and status != 200:
        return "blocked"
    if _SCRIPTS.search(body) and not _LINK.search(body):
        return "blocked"
    wall = status == 202 or _COOKIE_WALL.search(body)
    if wall and b"<script" in body.lower() and not _LINK.search(body) and _hanzi(_text(body)) < _FEW_HANZI:
        return "blocked"
    if len(body) > 2 * _TINY:
        return ""
    text = _text(body)
    if any(phrase in text for phrase in _BLOCK_TEXT) and _hanzi(text) < _SHORT_NOTICE:
        return "blocked"
    if status == 200 and len(body) <= _TINY and any(phrase in text for phrase in _GONE_TEXT):
        return "soft_404"
    return ""


def _hanzi(text: str) -> int:
    return len(_HANZI.findall(text))


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")
