"""vsb.py — A replica of a VSB column: pages numbered from the oldest, all of them moving when an item is added."""

from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Literal

from replica.history import Entry, History, kind_of
from replica.plain_pages import article, paragraphs, unified_meta
from replica.server import Answer, Asked, page
from replica.stories import Story

TRAPS = (
    "pages numbered backwards",
    "numbers that move while the list is read",
    "links relative to three depths",
    "style classes with the component's number",
    "disabled controls without a link",
    "news that is only a link, with an empty body",
    "attachments that want a Referer",
    "hit counters by script",
    "dynamic columns with component parameters",
)


@dataclass
class VsbSite:
    """A column. template: list or table. publish_at: after how many listing answers a new item appears, moving the pages."""

    history: History = field(default_factory=lambda: History.of(212))
    template: Literal["list", "table", "dynamic"] = "list"
    publish_at: int = 0
    size: int = 20
    root: str = "/xwzx/tzgg.htm"
    _listings: int = 0

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        path = "/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1023" if self.template == "dynamic" else self.root
        return {"family": "vsb", "paths": [path]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address."""
        if self.template == "dynamic":
            return f"/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1023&wbnewsid={entry.number}"
        return f"/info/{1023 + entry.column}/{entry.number}.htm"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        if asked.path.startswith((self.root.removesuffix(".htm"), "/list.jsp")):
            self._publish()
        if asked.path == "/list.jsp" and self.template == "dynamic":
            number = int(
                dict(pair.partition("=")[::2] for pair in asked.target.partition("?")[2].split("&")).get("a178t1p", "1")
            )
            return page(self._listing(number))
        if asked.path == self.root:
            return page(self._listing(1))
        folder = self.root.removesuffix(".htm") + "/"
        if asked.path.startswith(folder):
            backwards = int(asked.path.removeprefix(folder).removesuffix(".htm"))
            pages = self._blocks()
            if 0 < backwards < len(pages):
                return page(self._listing(len(pages) - backwards + 1))
        for entry in self.history:
            if asked.target == self.path(entry):
                return page(article_page(entry.story, kind_of(entry.number), entry.number))
        if asked.path == "/system/_content/download.jsp":
            served = asked.headers.get("Referer", "")
            return Answer(b"PK\x03\x04 a workbook") if served else page("<html><body>Forbidden</body></html>")
        return page("<html><body>404</body></html>", status=404)

    def _publish(self) -> None:
        """Count a listing's answer, and at the chosen one add a page full of items before it is made."""
        self._listings += 1
        if self._listings == self.publish_at:
            newest = max(self.history.entries)
            for added in range(newest + 1, newest + 1 + self.size):
                day = max(entry.day for entry in self.history.entries.values())
                self.history.entries[added] = Entry(added, day)

    def _blocks(self) -> list[list[Entry]]:
        """Cut the list into blocks counted from the oldest, so that only the first page is short; newest block first."""
        oldest_first = self.history.listed()[::-1]
        blocks = [oldest_first[at : at + self.size] for at in range(0, len(oldest_first), self.size)]
        return [block[::-1] for block in blocks[::-1]] or [[]]

    def _listing(self, number: int) -> str:
        pages = self._blocks()
        number = min(number, len(pages))
        rows = "".join(self._row(entry, number) for entry in pages[number - 1])
        rows = (
            f'<table class="winstyle50330"><tbody>{rows}</tbody></table>'
            if self.template == "table"
            else f"<ul>{rows}</ul>"
        )
        return f"""<html><head><meta charset="utf-8"><title>通知公告-云溪县人民政府</title><link rel="stylesheet" href="/css/1023.vsb.css">
<meta name="SiteName" content="云溪县人民政府"><meta name="ColumnName" content="通知公告"></head><body>
<div class="nav"><ul><li><a href="/index.htm">网站首页</a></li><li><a href="/xwzx/bmdt.htm">部门动态信息</a></li></ul></div>
{rows}
{self._pager(number, len(pages))}
<script>_jsq_(1023,'/list.jsp',-1,1464248954)</script></body></html>"""

    def _row(self, entry: Entry, number: int) -> str:
        title = entry.story.title
        if self.template == "dynamic":
            return f'<li><a href="{escape(self.path(entry)[1:])}">{title}</a><span>{entry.day:%Y/%m/%d}</span></li>'
        up = "../" if number == 1 else "../../"
        href = f"{up}{self.path(entry)[1:]}" if entry.number % 4 else self.path(entry)
        if self.template == "table":
            return f'<tr id="line50330_0" height="20"><td><a class="c50330" href="{href}" title="{escape(title)}">{title[:14]}…</a></td><td><span class="timestyle50330">{entry.day:%Y年%m月%d日}&nbsp;</span></td></tr>'
        return f'<li id="line_u8_0"><a href="{href}" title="{escape(title)}">{title[:14]}...</a><span>{entry.day}</span></li>'

    def _href(self, number: int, here: int, last: int) -> str:
        if self.template == "dynamic":
            return f"list.jsp?a178t1t={last}&a178t1p={number}&a178t1c=20&urltype=tree.TreeTempUrl&wbtreeid=1023"
        name = self.root.rpartition("/")[2].removesuffix(".htm")
        if number == 1:
            return f"../{name}.htm"
        return f"{name}/{last - number + 1}.htm" if here == 1 else f"{last - number + 1}.htm"

    def _pager(self, here: int, last: int) -> str:
        def link(kind: str, text: str, number: int | None) -> str:
            if number is None:
                return f'<span class="p_{kind}_d p_fun_d">{text}</span>'
            return f'<span class="p_{kind} p_fun"><a href="{escape(self._href(number, here, last))}">{text}</a></span>'

        first, before = (None, None) if here == 1 else (1, here - 1)
        after, end = (None, None) if here == last else (here + 1, last)
        total = len(self.history.listed())
        return f"""<div class="pb_sys_common pb_sys_normal pb_sys_style1"><span class="p_t">共{total}条</span>
<span class="p_pages">{link("first", "首页", first)}{link("prev", "上页", before)}<span class="p_no_d">{here}</span>{link("next", "下页", after)}{link("last", "尾页", end)}</span>
<span class="p_t">{here}/{last}</span></div>"""


def article_page(story: Story, kind: str, number: int) -> str:
    """Return an article page; a linked one has an empty body and a call that only a browser can answer."""
    body = paragraphs(story)
    files = ""
    if kind == "script":
        return f'<html><body><div class="v_news_content"></div><script>NewsvoteDWR.getNewsLinkUrl({number}, 1464248954, "vsb", go);</script></body></html>'
    if kind in ("attachment", "pdf"):
        files = f'<ul style="list-style-type:none;"><li>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1464248954&wbfileid={number}">名单.xlsx</a>】已下载<span id="nattach{number}">0</span>次</li></ul>'
    if kind == "image":
        body = '<p class="vsbcontent_img"><img src="/__local/A/1B/2C/0123456789ABCDEF.jpg" vsbhref="vurl"></p>'
    if kind == "pdf":
        body = ""
    inner = f"""<!-- CustomerNO:7765626265723230 --><form name="_newscontent_fromname"><div id="vsb_content_{number % 7}"><div class="v_news_content">{body}</div></div>
<span>点击数：<script>_showDynClicks("wbnews", 1464248954, {number})</script></span>{files}</form>"""
    return article(story, inner, head=unified_meta(story), early=kind == "early")
