"""generic.py — Replicas without a family of their own: PHPCMS, DedeCMS, WebPlus, a list without days, a list in a script."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import format_datetime
from html import escape
from typing import Literal

from replica.history import Entry, History, kind_of, paged
from replica.plain_pages import article, paragraphs
from replica.server import Answer, Asked, page

Product = Literal["phpcms", "dede", "webplus", "dateless", "script", "table"]
TRAPS = (
    "pages by query parameter",
    "pages list_3_2, and list2 without a line",
    "rows without a day",
    "rows in a table, days in a column of their own",
    "a list that is an array in a script",
    "menus, crumbs, friend links and a sidebar of hot items beside the list",
    "articles of a PDF only",
    "articles over two pages (123_2.html)",
    "Last-Modified and no ETag",
)


@dataclass
class GenericSite:
    """A column of some product. sidebar: hot items beside the list, which lead to older articles of it."""

    product: Product = "phpcms"
    history: History = field(default_factory=lambda: History.of(143))
    sidebar: bool = True
    size: int = 20

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "links", "paths": [self.first]}

    @property
    def first(self) -> str:
        """Return the address of the first listing page."""
        return self._listing_path(1)

    def truth(self) -> dict[str, date]:
        """Map the address of each article to its day."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address."""
        number, day = entry.number, entry.day
        return {
            "phpcms": f"/index.php?m=content&c=index&a=show&catid=9&id={number}",
            "dede": f"/a/xinwen/{day:%Y%m%d}/{number}.html",
            "webplus": f"/{day:%Y/%m%d}/c123a{number}/page.htm",
            "dateless": f"/news/show-{number}.html",
            "script": f"/portal/article/{number}.html",
            "table": f"/xxgk/{day:%Y-%m}/{number}.html",
        }[self.product]

    def _listing_path(self, number: int) -> str:
        if self.product == "phpcms":
            return f"/index.php?m=content&c=index&a=lists&catid=9{f'&page={number}' if number > 1 else ''}"
        if self.product == "webplus":
            return f"/123/list{number if number > 1 else ''}.htm"
        if self.product == "dede":
            return f"/a/xinwen/{f'list_3_{number}.html' if number > 1 else ''}"
        return f"/list.jsp{f'?currentPage={number}' if number > 1 else ''}"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the product does."""
        pages = paged(self.history.listed(), 10_000 if self.product == "script" else self.size)
        for number in range(1, len(pages) + 1):
            if asked.target == self._listing_path(number):
                return page(self._listing(pages, number))
        for entry in self.history:
            path = self.path(entry)
            if asked.target == path:
                return _dated(page(self._article(entry, 0)), entry)
            if path.endswith(f"{entry.number}.html") and asked.target == path.replace(".html", "_2.html"):
                return page(self._article(entry, 1))
        return page("<html><body>404</body></html>", status=404)

    def _article(self, entry: Entry, part: int) -> str:
        story, kind = entry.story, kind_of(entry.number)
        body = paragraphs(story)
        if kind == "pdf":
            body = '<p><embed src="/upload/file.pdf"></p>'
        if kind == "pages":
            texts = body.split("\n")
            body = "\n".join(texts[part::2]) + f'<div class="pages"><a href="{entry.number}_2.html">2</a></div>' * (
                part == 0
            )
        return article(story, f'<div class="content">{body}</div>', early=kind == "early")

    def _listing(self, pages: list[list[Entry]], number: int) -> str:
        entries = pages[number - 1]
        if self.product == "script":
            rows = ",".join(
                json.dumps(
                    {"title": entry.story.title, "url": self.path(entry), "time": f"{entry.day} 09:30"},
                    ensure_ascii=False,
                )
                for entry in entries
            )
            body = f"<ul id='list'></ul><script>var docs = [{rows}]; render(docs);</script>"
        elif self.product == "table":
            rows = "".join(
                f'<tr><td>{at}</td><td><a href="{self.path(entry)}">{escape(entry.story.title)}</a></td><td>{entry.day:%Y.%m.%d}</td></tr>'
                for at, entry in enumerate(entries)
            )
            body = f"<table><tr><th>序号</th><th>标题</th><th>日期</th></tr>{rows}</table>"
        else:
            body = f"<ul class='list'>{''.join(map(self._row, entries))}</ul>"
        hot = self.history.listed()[40:46]
        side = (
            "".join(f'<li><a href="{escape(self.path(entry))}">{entry.story.title[:9]}</a></li>' for entry in hot)
            if self.sidebar
            else ""
        )
        after = (
            f'<a href="{escape(self._listing_path(number + 1))}">下一页</a>'
            if number < len(pages)
            else "<span>下一页</span>"
        )
        before = f'<a href="{escape(self._listing_path(number - 1))}">上一页</a>' if number > 1 else ""
        return f"""<html><head><meta charset="utf-8"><title>新闻-云溪</title></head><body>
<div class="nav"><a href="/">网站首页</a><a href="/about/">单位概况介绍</a><a href="/index.php?m=content&c=index&a=lists&catid=12">政策法规文件</a></div>
<div class="main">{body}<div class="pages">{before} {after}</div></div><div class="side"><ul>{side}</ul></div>
<div class="friends"><a href="http://www.example.org/">友情链接一号网站</a><a href="http://www.example.com/2023/index.html">友情链接二号网站</a></div></body></html>"""

    def _row(self, entry: Entry) -> str:
        title = escape(entry.story.title)
        href = escape(self.path(entry))
        if self.product == "dateless":
            return f'<li>· <a href="{href}">{title}</a></li>'
        if self.product == "webplus":
            return f'<li class="news"><span class="news_title"><a href="{href}" title="{title}">{title[:14]}...</a></span><span class="news_meta">{entry.day}</span></li>'
        if entry.number % 4 == 0:
            return f'<li><a href="{href}"><i>{entry.day.day:02}</i><b>{entry.day:%Y-%m}</b><p class="title">{title}</p></a></li>'
        return f'<li><a href="{href}">{title}</a><span class="rt">({entry.day:%Y/%m/%d})</span></li>'


def _dated(answer: Answer, entry: Entry) -> Answer:
    """Return an answer that says when it changed last, and has no tag."""
    moment = datetime(entry.day.year, entry.day.month, entry.day.day, 1, entry.edits, tzinfo=UTC)
    changed = ("Last-Modified", format_datetime(moment, usegmt=True))
    return replace(answer.with_headers(changed), etag=False)
