"""hanweb.py — A replica of a Hanweb JCMS column: an XML island in the page, and dataproxy.jsp in both call styles."""

from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Literal
from urllib.parse import parse_qs, quote

from replica.history import Entry, History, kind_of
from replica.server import Answer, Asked, page
from replica.stories import Story

TRAPS = (
    "pageNum in the address is ignored",
    "the first records stand in script text",
    "range calls by POST, group calls by GET, over the same records",
    "records asked from 0 repeat one",
    "an empty answer with status 200 past the end",
    "long ranges are clamped",
    "a record cut short at an open attribute",
    "records of another column and of another site",
    "months and days without zeros in addresses",
    "titles cut with …",
    "days in span, b, i, div or split over two tags",
    "the path of old installations",
    "several columns merged in one list",
    "comments and stray meta tags around the body",
    "attachments by downfile.jsp",
    "GBK pages beside UTF-8 answers",
)
_UNIT = "212860"
_COLUMN = "33718"


@dataclass
class HanwebSite:
    """A column. style: which calls the page offers. inline: display pages in the island. clamp: records an answer holds."""

    history: History = field(default_factory=lambda: History.of(487))
    style: Literal["group", "range"] = "group"
    proxy: str = "/module/web/jpage/dataproxy.jsp"
    column: str = _COLUMN
    inline: int = 3
    per_page: int = 15
    group: int = 100
    clamp: int = 45
    charset: str = "utf-8"
    root: str = f"/col/col{_COLUMN}/index.html"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "hanweb", "paths": [self.root]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address; some records belong to another column of the same list."""
        column = _COLUMN if entry.column == 0 and entry.number % 12 else "33720"
        day = entry.day
        return f"/art/{day.year}/{day.month}/{day.day}/art_{column}_{entry.number}.html"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        if asked.path in (self.root, self.root.removesuffix("index.html")):
            return page(self._column_page(), self.charset)
        if asked.path == self.proxy:
            return self._call(asked)
        for entry in self.history:
            if asked.path == self.path(entry):
                return page(article_page(entry.story, kind_of(entry.number), self.charset), self.charset)
        return page("<html><body>404</body></html>", status=404)

    def _records(self) -> list[str]:
        records = [self._record(entry) for entry in self.history.listed()]
        records.insert(
            5,
            "<li><a href='http://www.example.org/news/2024/1.html' title='外部链接'>外部链接</a><span>2024-06-20</span></li>",
        )
        records.insert(9, "<li style=<br/><a href='/module/web/search.jsp'>更多</a>")
        return records

    def _record(self, entry: Entry) -> str:
        href, title, day = self.path(entry), entry.story.title, entry.day
        if entry.number % 8 == 0:
            return f"<tr><td><a href='{href}' title='{escape(title)}'>{title[:8]}…</a></td><td width=80><b>{day.day:02}</b>/<b>{day:%Y-%m}</b></td></tr>"
        if entry.number % 6 == 0:
            return (
                f'<li style="line-height:24px"><a href="{href}">{title}</a><div class="bt_date">[{day}]</div><br/></li>'
            )
        if entry.number % 5 == 0:
            return f"<li><a href='{href}' title='{escape(title)}'>{title[:10]}...<i>{day.month:02}-{day.day:02}</i></a></li>"
        return (
            f"<li><a href='{href}' title='{escape(title)}' target=\"_blank\">{title[:12]}…</a><span>{day}</span></li>"
        )

    def _call(self, asked: Asked) -> Answer:
        query = parse_qs(asked.target.partition("?")[2])
        form = parse_qs(asked.body.decode())
        records = self._records()
        if "startrecord" in query and asked.method == "POST" and form.get("unitid") == [_UNIT]:
            start = max(int(query["startrecord"][0]), 1)
            end = min(int(query["endrecord"][0]), start + self.clamp - 1)
            return self._xml(records[start - 1 : end], len(records), None)
        number = int(query.get("page", ["0"])[0])
        if asked.method == "GET" and number and query.get("unitid") == [_UNIT]:
            chosen = records[(number - 1) * self.group : number * self.group]
            return self._xml(chosen, len(records), number + 1)
        return self._xml([], len(records), None)

    def _xml(self, records: list[str], total: int, following: int | None) -> Answer:
        pages = -(-total // self.group)
        text = f"<datastore><totalrecord>{total}</totalrecord><totalpage>{pages}</totalpage>{self._nextgroup(following)}<recordset>"
        text += "".join(f"<record><![CDATA[{record}]]></record>\n" for record in records) + "</recordset></datastore>"
        return Answer(text.encode(), headers=(("Content-Type", "text/xml;charset=UTF-8"),), etag=False)

    def _nextgroup(self, following: int | None) -> str:
        if following is None or self.style == "range":
            return ""
        link = f"{self.proxy}?page={following}&appid=1&webid=7&path=/&columnid={self.column}&unitid={_UNIT}&webname=云溪县人民政府&permissiontype=0"
        return f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>'

    def _column_page(self) -> str:
        records = self._records()
        held = records[: self.inline * self.per_page]
        island = "".join(f"<record><![CDATA[{record}]]></record>\n" for record in held)
        # The group after the island is the first whole group: records of the island come again.
        return f"""<!DOCTYPE html><html><head><meta charset="{self.charset}"><title>公告公示</title>
<meta name="SiteName" content="云溪县人民政府"><meta name="SiteIDCode" content="4199990001"><meta name="ColumnName" content="公告公示"></head>
<body><ul class="menu"><li><a href="/col/col33719/index.html">政务动态信息</a></li></ul><ul id="list"></ul>
<div id="{_UNIT}">
 <script type="text/xml"><datastore>
 {self._nextgroup(1)}
 <recordset>
{island}</recordset></datastore></script>
</div>
<script>var param_{_UNIT}={{col:1,appid:1,webid:7,path:'/',columnid:'{self.column}',sourceContentType:1,unitid:'{_UNIT}',webname:'云溪县人民政府',permissiontype:0}};
$('#{_UNIT}').jpage({{perPage:{self.per_page},totalRecord:{len(records)},proxyUrl:'{self.proxy}'}});</script></body></html>"""


def article_page(story: Story, kind: str, charset: str) -> str:
    """Return an article page: fields between comments, stray meta tags at both ends of the body."""
    body = "".join(f"<p>　　{escape(text, quote=False)}</p>" for text in story.paragraphs)
    name = f"{quote(story.title)}.pdf"
    link = f'<p><a href="/module/download/downfile.jsp?classid=0&showname={name}&filename=0123456789abcdef.pdf">{story.title}.pdf</a></p>'
    if kind == "pdf":
        body = link
    if kind == "image":
        body = '<p><img src="/picture/0/2006091530123456789.jpg"></p>'
    if kind == "attachment":
        body += link
    early = "</body></html>" if kind == "early" else ""
    if kind == "script":
        return '<html><body><script>window.location.href="/module/download/down.jsp?i_ID=1&colID=33718";</script></body></html>'
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{escape(story.title)}</title>
<meta content="{escape(story.title)}" name="ArticleTitle"><meta name='PubDate' content='{story.published}'><meta name="ContentSource" content=""></head>
<body>{early}<p class="con-title"><!--<$[标题]>begin-->{escape(story.title)}<!--<$[标题]>end--></p>
<div class="small-title"><span>发布日期：{story.published[:10]}</span> <span>浏览次数： </span><span>信息来源：<!--<$[信息来源]>begin-->{story.source}<!--<$[信息来源]>end--></span></div>
<div class="main-txt" id="zoom">
<!--<$[信息内容]>begin--><!--ZJEG_RSS.content.begin--><meta name="ContentStart">{body}<meta name="ContentEnd"><!--ZJEG_RSS.content.end--><!--<$[信息内容]>end-->
</div></body></html>"""
