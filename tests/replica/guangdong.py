"""guangdong.py — Replicas of Guangdong's two platforms: NFCMS portals and the open-government catalogue gkmlpt."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from urllib.parse import parse_qs

from replica.history import Entry, History, kind_of, paged
from replica.plain_pages import article, paragraphs, unified_meta
from replica.server import Answer, Asked, page

NFCMS_TRAPS = ("index_2 is page 2: no index_1", "mobile twins of articles", "a pager of numbers only")
GKMLPT_TRAPS = (
    "the category is a fragment",
    "the service's key stands in a script",
    "100 a page, page 0 answers as page 1",
    "http addresses in the answers of an https page",
    "epoch seconds",
)


@dataclass
class NfcmsSite:
    """A portal column. numbers: the pager has no 下一页."""

    history: History = field(default_factory=lambda: History.of(260))
    numbers: bool = False
    size: int = 20
    root: str = "/zwgk/tzgg/"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "nfcms", "paths": [self.root]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address."""
        return f"/zwgk/{'tzgg' if entry.column == 0 else 'zcjd'}/content/post_{entry.number}.html"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        pages = paged(self.history.listed(), self.size)
        if asked.path in (self.root, f"{self.root}index.html"):
            return page(self._listing(pages, 1))
        name = asked.path.removeprefix(f"{self.root}index_").removesuffix(".html")
        if name.isdigit() and 2 <= int(name) <= len(pages):
            return page(self._listing(pages, int(name)))
        for entry in self.history:
            if asked.path in (self.path(entry), self.path(entry).replace("/post_", "/mpost_")):
                head = f'{unified_meta(entry.story)}<meta name="ArticleId" content="{entry.number}"><script>var NFCMS_SITE_ID="755";var NFCMS_POST_ID="{entry.number}";</script>'
                body = f'<div class="article-content">{paragraphs(entry.story)}</div>'
                return page(article(entry.story, body, head=head, early=kind_of(entry.number) == "early"))
        return page("<html><body>404</body></html>", status=404)

    def _listing(self, pages: list[list[Entry]], number: int) -> str:
        rows = "".join(map(self._row, pages[number - 1]))
        shown = range(max(number - 2, 1), min(number + 3, len(pages) + 1))
        links = "".join(
            f'<a href="{self.root}index{f"_{at}" if at > 1 else ""}.html">{at}</a>' for at in shown if at != number
        )
        if not self.numbers and number < len(pages):
            links += f'<a class="next" href="{self.root}index_{number + 1}.html">下一页</a>'
        return f"""<html><head><meta charset="utf-8"><title>通知公告</title><script>var NFCMS_SITE_ID="755";</script></head><body>
<ul class="news_list">{rows}</ul><div class="page">{links}</div></body></html>"""

    def _row(self, entry: Entry) -> str:
        title = entry.story.title
        href = self.path(entry).replace("/post_", "/mpost_" if entry.number % 11 == 0 else "/post_")
        return f'<li><a href="http://{{host}}{href}" title="{escape(title)}">{title[:12]}…</a><span class="time">{entry.day}</span></li>'.replace(
            "http://{host}", ""
        )


@dataclass
class GkmlptSite:
    """A catalogue of one department; some of its articles are of another category."""

    history: History = field(default_factory=lambda: History.of(312))
    root: str = "/nyj/gkmlpt/index"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "gkmlpt", "paths": [f"{self.root}#4567"]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address."""
        return f"/nyj/gkmlpt/content/10/{entry.number // 100}/post_{entry.number}.html"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        if asked.path == self.root:
            return page(
                "<html><head><title>信息公开目录</title></head><body><div id='app'></div><script>var _CONFIG = { SID: '755012', ROOT: '/nyj/gkmlpt' };</script></body></html>"
            )
        query = {name: values[0] for name, values in parse_qs(asked.target.partition("?")[2]).items()}
        if asked.path == "/nyj/gkmlpt/api/all/4567" and query.get("sid") == "755012":
            return self._call(asked, max(int(query.get("page", "1")), 1))
        for entry in self.history:
            if asked.path == self.path(entry):
                table = f"<table><tr><td>索引号:</td><td>{entry.number}</td><td>发布日期:</td><td>{entry.day}</td></tr></table>"
                body = f'{table}<div class="article-content">{paragraphs(entry.story)}</div>'
                return page(article(entry.story, body, head=unified_meta(entry.story)))
        return page("<html><body>404</body></html>", status=404)

    def _call(self, asked: Asked, number: int) -> Answer:
        pages = paged(self.history.listed(), 100)
        chosen = pages[number - 1] if number <= len(pages) else []
        articles = []
        for entry in chosen:
            moment = int(datetime(entry.day.year, entry.day.month, entry.day.day, 1, 30, tzinfo=UTC).timestamp())
            address = f"{asked.base}{self.path(entry)}"
            articles.append(
                {
                    "id": entry.number,
                    "title": entry.story.title,
                    "url": address if entry.number % 3 else "",
                    "post_url": address,
                    "publisher": entry.story.source,
                    "create_time": moment,
                    "display_publish_time": moment,
                    "created_at": f"{entry.day} 09:30:00",
                }
            )
        value = {"total": len(self.history.listed()), "articles": articles, "classify": []}
        return Answer(json.dumps(value).encode(), headers=(("Content-Type", "application/json"),))
