"""verdict.py — Why a page has no text: a picture, a file, another address, a challenge, a page that is not there."""

import re
from collections.abc import Sequence

from flows.text.extract.clues import Clues
from flows.text.extract.notations import read_date
from flows.text.script import fold
from storage.records import Attachment, Verdict

_CHALLENGE_MARKUP = re.compile(
    r"\$_ts\s*=|window\[['\"]\$_ts|jsl_clearance|__jsluid|acw_sc__v2|var arg1\s*=|_cf_chl|cf-browser-verification"
    r"|challenge-platform|aliyun_waf|TencentCaptcha|geetest|yundun|safedog|yunsuo|security_verify_data|WAF"
)
_CHALLENGE = re.compile(
    "访问验证|安全验证|人机验证|滑动验证|拖动滑块|请输入验证码|(?:访问|请求|操作)过于频繁|网站防火墙|web应用防火墙|云防护"
    "|创宇盾|安全狗|云盾|云锁|可能对网站造成(?:安全)?威胁|疑似(?:黑客|恶意|攻击)|异常(?:访问|流量)"
    "|(?:访问|请求)(?:已)?被(?:拒绝|拦截|禁止|阻断|屏蔽)|请?(?:开启|启用)(?:javascript|js|cookie)"
    "|(?:浏览器|javascript).{0,10}(?:验证|检测|跳转)|^禁止访问|accessdenied|403forbidden|justamoment|checkingyourbrowser"
    "|attentionrequired"
    "|requestblocked|您的访问(?:行为)?存在|ip(?:地址)?(?:已)?被?.{0,10}(?:限制|禁止|封)|正在(?:进行)?安全(?:检查|检测|验证)",
    re.IGNORECASE,
)
_MISSING = re.compile(
    "404(?:notfound|错误|页面|-|$)|^404|页面(?:不存在|未找到|找不到|没有找到|已删除|已经?被删除|走丢|丢失|飞走|不见|已失效"
    "|已过期)|(?:网页|文件|文章|信息|内容|新闻|稿件|资源|地址|链接|栏目)(?:不存在|未找到|已(?:经)?被?(?:删除|撤销|下线|移除)"
    "|已失效)"
    "|(?:找不到|没有找到|未找到)(?:您|你)?(?:要|所|想)?(?:访问|请求|查看|浏览|需要)?的?(?:页面|网页|文件|文章|内容|信息"
    "|资源)|(?:访问|请求|查看|浏览|查找)的(?:页面|网页|文件|文章|内容|信息|资源|地址|url).{0,12}(?:不存在|已删除|被删除"
    "|找不到|无法找到|未找到|不在|失效|移动|丢失|走丢)"
    "|无法找到该(?:页|网页)|notfound|pagenotfound|抱歉.{0,12}(?:出错|不存在|找不到)|该(?:信息|文章|页面|内容|新闻)(?:已|不|暂|未)",
    re.IGNORECASE,
)
_REDIRECT = re.compile(
    r"""(?:(?:window|self|top|parent|document)\s*\.\s*)?location(?:\s*\.\s*href)?\s*=\s*["']([^"']+)["']|location\s*\.\s*(?:replace|assign)\s*\(\s*["']([^"']+)["']"""
)
_REFRESH = re.compile(r"""<meta[^>]+http-equiv\s*=\s*["']?refresh["']?[^>]*url\s*=\s*["']?([^"'>\s]+)""", re.IGNORECASE)
_VIEWER = re.compile(
    r"""(?:src|data|href|file)\s*=\s*["']?[^"'>]+\.(?:pdf|ofd|docx?|wps)\b|pdfjs|viewer\.html\?file=""", re.IGNORECASE
)
_FILE_ONLY = re.compile(r"\.(?:pdf|ofd|docx?|xlsx?|wps|et|pptx?|ceb|zip|rar)\b|down", re.IGNORECASE)

_CHALLENGE_LINKS = 8
"""A page with a menu is the site's own."""

_MESSAGE = 150
_SHORT = 400
"""More text than this is an article, whatever words it uses."""


def verdict_of(clues: Clues, title: str, lines: Sequence[str], images: int, files: Sequence[Attachment]) -> Verdict:
    """Tell what a page is.

    lines: the text that extraction found. images: how many its container holds. A page counts as blocked or missing
    only while it has next to no text: articles about 404 pages and about captchas exist.
    """
    html = clues.html
    body = "".join(lines)
    title = fold("".join(title.split()))
    if len(body) >= _SHORT:
        return "article"
    seen = fold("".join("".join(clues.texts).split()))
    if len(seen) < 1_500 or not body:
        if _is_challenge(seen, title, html):
            return "blocked"
        if _MISSING.search(title):
            return "error"
        if len(body) < _MESSAGE and _MISSING.search(fold(body) or seen[:600]) and read_date(clues.strip) is None:
            return "error"
    if len(body) >= 2 and any("\u3400" <= char <= "\u9fff" or char.isalnum() for char in body):
        return "article"
    if _redirects(html):
        return "external"
    if _VIEWER.search(html) or any(_FILE_ONLY.search(file.url) for file in files):
        return "pdf"
    return "image" if images else "empty"


def _is_challenge(seen: str, title: str, html: str) -> bool:
    if html.count("<a ") + html.count("<A ") > _CHALLENGE_LINKS:
        return False
    if len(seen) < 1_000 and (_CHALLENGE.search(title) or _CHALLENGE.search(seen)):
        return True
    return len(seen) < 200 and _CHALLENGE_MARKUP.search(html) is not None


def _redirects(html: str) -> bool:
    if "getNewsLinkUrl" in html or _REFRESH.search(html):
        return True
    return any((target[1] or target[2] or "").strip() not in ("", "#", "/") for target in _REDIRECT.finditer(html))
