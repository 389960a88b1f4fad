"""protection.py — A replica of what protections and tired servers answer instead of a page. Nothing here is a real one's code."""

from dataclasses import dataclass, replace

from replica.server import Answer, Asked, page, redirect

ARTICLE = (
    "<html><head><title>通知</title></head><body><h1>通知</h1><p>"
    + "市政府办公室发布通知，请各单位遵照执行。" * 40
    + "</p></body></html>"
)
_COOKIE_SCRIPT = "<html><body><script>document.cookie='%s'; location.reload();</script></body></html>"


@dataclass
class ProtectedSite:
    """Each habit under its own path; HABITS says what a crawler should take it for."""

    def answer(self, asked: Asked) -> Answer:
        """Answer as the protection of the path does."""
        name = asked.path.strip("/")
        if name == "cookie-307":
            if "C3VK=" in asked.headers.get("Cookie", ""):
                return page(ARTICLE)
            return redirect(asked.path, 307).with_headers(("Set-Cookie", "C3VK=0a1b2c; Max-Age=300"))
        if name == "reset-after-three":
            return replace(page(ARTICLE), cut=None if asked.time <= 3 else 0)
        return _ANSWERS.get(name, page("<html><body>404 Not Found</body></html>", status=404))


_ANSWERS = {
    "page": page(ARTICLE),
    "jsl": page(_COOKIE_SCRIPT % "__jsl_clearance_s=1", status=521).with_headers(
        ("Set-Cookie", "__jsluid_s=0a1b; path=/")
    ),
    "river": page("<html><script>$_ts={};_$aB(1);</script></html>", status=412),
    "river-202": page("<html><script>$_ts={};_$aB(1);</script></html>", status=202),
    "wzws": page("", status=403).with_headers(("wzws-ray", "1-0a1b")),
    "c3vk": page(_COOKIE_SCRIPT % "C3VK=0a1b2c; path=/; max-age=300"),
    "yunsuo": page(
        "<html><script>function YunSuoAutoJump(){ self.location='/?security_verify_data=313932302c31303830'; }</script></html>"
    ),
    "aliyun": page("<html><script>var arg1='0A1B'; document.cookie='acw_sc__v2=x';</script></html>"),
    "firewall": page("<html><body><h2>网站防火墙</h2><p>您的请求存在异常。</p></body></html>"),
    "busy-text": page("<html><body>访问过于频繁，请稍后再试</body></html>"),
    "soft-404": page("<html><body>您访问的页面不存在或已删除</body></html>"),
    "home": redirect("/page"),
    "cut": replace(page(ARTICLE), cut=200),
    "chunked-cut": replace(page(ARTICLE), chunked=True, cut=700),
    "gzip-cut": replace(page(ARTICLE).gzipped(), cut=60),
    "slow": replace(page(ARTICLE), delay_s=0.2),
    "unavailable": page("<html>Service Unavailable</html>", status=503).with_headers(("Retry-After", "1")),
    "latin-header": page(ARTICLE, "gb18030", header="ISO-8859-1"),
}
HABITS = {
    "page": "",
    "latin-header": "",
    "slow": "",
    "jsl": "blocked",
    "river": "blocked",
    "river-202": "blocked",
    "wzws": "blocked",
    "c3vk": "blocked",
    "yunsuo": "blocked",
    "aliyun": "blocked",
    "firewall": "blocked",
    "busy-text": "blocked",
    "soft-404": "soft_404",
}
