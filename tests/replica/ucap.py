"""ucap.py — A replica of a UCAP column: static pages list, list_2 …, and three services that answer with JSON."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import md5
from html import escape
from typing import Literal
from urllib.parse import parse_qs

from replica.history import Entry, History, kind_of, paged
from replica.plain_pages import article, paragraphs, unified_meta
from replica.server import Answer, Asked, page
from replica.stories import Story

TRAPS = (
    "static pages counted from 1: no list_1",
    "a pager call that names an element first",
    "lists in JSON with and without a total",
    "a service that wants POST",
    "the channel in a meta tag, the call in a script",
    "addresses without a scheme",
    "epoch milliseconds",
    "answers in a callback",
    "#PAGE_BREAK# in the text",
    "a publication time on a clock of 12 hours",
)
_CHANNEL = "0123456789abcdef0123456789abcdef"


@dataclass
class UcapSite:
    """A column. mode: static pages, or the service that the page's script asks (results, infolist, or by POST)."""

    history: History = field(default_factory=lambda: History.of(254))
    mode: Literal["static", "results", "infolist", "post"] = "static"
    size: int = 15
    root: str = "/yunxi/c100028/list.shtml"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        call = f"/search/common/search/{_CHANNEL}?datas[0][key]=status&datas[0][value]=1&page=1&pageSize={self.size}"
        return {"family": "ucap", "paths": [call if self.mode == "post" else self.root]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address, in one of the platform's forms."""
        name = md5(str(entry.number).encode(), usedforsecurity=False).hexdigest()
        if entry.number % 5 == 0:
            return f"/yunxi/c10002{8 + entry.column}/c{entry.number}/content.shtml"
        if entry.number % 7 == 0:
            return f"/10462/c103042/{entry.day.year}/{entry.day.month}/{entry.day.day}/{name}.shtml"
        return f"/yunxi/c10002{8 + entry.column}/{entry.day:%Y%m}/{name}.shtml"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        pages = paged(self.history.listed(), self.size)
        query = {
            name: values[0] for name, values in parse_qs(asked.target.partition("?")[2], keep_blank_values=True).items()
        }
        folder = self.root.rpartition("/")[0]
        if asked.path == self.root:
            return page(self._listing(pages, 1))
        if asked.path.startswith(f"{folder}/list_") and self.mode == "static":
            number = int(asked.path.removeprefix(f"{folder}/list_").removesuffix(".shtml"))
            return (
                page(self._listing(pages, number))
                if 2 <= number <= len(pages)
                else page("<html>404</html>", status=404)
            )
        if asked.path == f"/common/search/{_CHANNEL}" and query.get("_isJson") == "true":
            return self._results(pages, int(query["page"]), asked)
        if asked.path == f"/search/common/search/{_CHANNEL}" and asked.method == "POST":
            return self._results(pages, int(parse_qs(asked.body.decode())["page"][0]), asked)
        if asked.path == "/szinf/info/getInfoCommon/" and query.get("channelid") == _CHANNEL:
            number = int(query["currpage"])
            chosen = pages[number - 1] if number <= len(pages) else []
            rows = [
                {"title": entry.story.title, "link": self.path(entry), "pubtime": f"{entry.day} 09:30:00"}
                for entry in chosen
            ]
            return _json(f"null({json.dumps({'infolist': rows}, ensure_ascii=False)});")
        for entry in self.history:
            if asked.path == self.path(entry):
                return page(article_page(entry.story, kind_of(entry.number)))
        return page("<html><body>404</body></html>", status=404)

    def _results(self, pages: list[list[Entry]], number: int, asked: Asked) -> Answer:
        chosen = pages[number - 1] if number <= len(pages) else []
        host = asked.base.partition("://")[2]
        results = [
            {
                "title": f"<em>{entry.story.title}</em>" if entry.number % 9 == 0 else entry.story.title,
                "subTitle": "",
                "url": f"//{host}{self.path(entry)}",
                "publishedTime": int(
                    datetime(entry.day.year, entry.day.month, entry.day.day, 1, 30, tzinfo=UTC).timestamp() * 1000
                ),
                **({"publishedTimeStr": f"{entry.day} 09:30:00"} if entry.number % 2 else {}),
                "content": "　　".join(entry.story.paragraphs),
                "manuscriptId": entry.number,
            }
            for entry in chosen
        ]
        data = {
            "channelId": _CHANNEL,
            "page": number,
            "rows": self.size,
            "total": len(self.history.listed()),
            "results": results,
        }
        return _json(json.dumps({"data": data}, ensure_ascii=False))

    def _listing(self, pages: list[list[Entry]], number: int) -> str:
        rows, script = "", ""
        if self.mode == "static":
            rows = "".join(map(self._row, pages[number - 1]))
            script = f"createPageHTML('page_div',{len(pages)}, {number},'list','shtml',{len(self.history.listed())});"
        elif self.mode == "results":
            script = 'var url = "/common/search/"; $.get(url + channelId + "?_isAgg=true&_isJson=true&_pageSize=15");'
        elif self.mode == "infolist":
            script = 'var api = "/szinf/info/getInfoCommon/";'
        return f"""<html><head><meta charset="utf-8"><title>政务要闻_云溪县人民政府</title><meta name="channelid" content="{_CHANNEL}">
<meta name="SiteName" content="云溪县人民政府"></head><body><ul class="nav"><li><a href="/yunxi/c100029/nav_list.shtml">机构职能</a></li></ul>
<ul class="pageList">{rows}</ul><div id="page_div"></div><script>{script}</script></body></html>"""

    def _row(self, entry: Entry) -> str:
        title = entry.story.title
        return f'<li><a href="{self.path(entry)}" title="{escape(title)}" target="_blank">{title[:11]}…</a><span class="time">{entry.day}</span></li>'


def article_page(story: Story, kind: str) -> str:
    """Return an article page with the platform's own elements."""
    body = paragraphs(story)
    if kind == "pages":
        body = body.replace("</p>", "</p>#PAGE_BREAK#", 1)
    if kind == "pdf":
        body = '<p><a href="files/0123456789abcdef0123456789abcdef.pdf">全文.pdf</a></p>'
    if kind == "image":
        body = '<p><img src="images/0123456789abcdef0123456789abcdef.jpg"></p>'
    hour = int(story.published[11:13])
    clock = f"{story.published[:11]}{(hour - 12 if hour > 12 else hour):02}{story.published[13:]}"
    head = unified_meta(story).replace(story.published, clock)
    return article(
        story, f"<div id='zoomcon'><UCAPCONTENT>{body}</UCAPCONTENT></div>", head=head, early=kind == "early"
    )


def _json(text: str) -> Answer:
    return Answer(text.encode(), headers=(("Content-Type", "application/json;charset=UTF-8"),))
