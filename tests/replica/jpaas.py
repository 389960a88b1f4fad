"""jpaas.py — A replica of a jpaas column: a shell page, and blocks as HTML in JSON."""

import json
from dataclasses import dataclass, field
from datetime import date
from hashlib import md5
from html import escape
from urllib.parse import parse_qs

from replica.history import Entry, History, paged
from replica.plain_pages import article, paragraphs, unified_meta
from replica.server import Answer, Asked, page

TRAPS = (
    "the list is in no page",
    "queryData is an object in single quotes",
    "parseType in both spellings",
    "a block of a menu beside the block of the list",
    "success:false for a wrong pageId",
    "article addresses of both forms",
)
_API = "/api-gateway/jpaas-publish-server/front/page/build/unit"


@dataclass
class JpaasSite:
    """A column. parse_type: how this installation spells it."""

    history: History = field(default_factory=lambda: History.of(312))
    parse_type: str = "bulidstatic"
    size: int = 15
    root: str = "/col/col53159/index.html"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "jpaas", "paths": [self.root]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address: some in the form of the older platform."""
        if entry.number % 3 == 0:
            return f"/art/{entry.day.year}/{entry.day.month}/{entry.day.day}/art_53159_{entry.number}.html"
        name = md5(f"{entry.number} {entry.column}".encode(), usedforsecurity=False).hexdigest()
        return f"/gkml/art/{entry.day.year}/art_{name}.html"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        if asked.path == self.root:
            return page(self._shell())
        if asked.path == _API:
            return self._call({name: values[0] for name, values in parse_qs(asked.target.partition("?")[2]).items()})
        for entry in self.history:
            if asked.path == self.path(entry):
                body = f'<div id="zoom">{paragraphs(entry.story)}</div>'
                return page(article(entry.story, body, head=unified_meta(entry.story)))
        return page("<html><body>404</body></html>", status=404)

    def _shell(self) -> str:
        blocks = "".join(
            f"""<div id="b{at}" url="{_API}" queryData="{{'parseType':'{self.parse_type}','webId':'44','tplSetId':'a1b2','pageType':'column','tagId':'{tag}','editType':'null','pageId':'53159'}}"></div>"""
            for at, tag in enumerate(("左侧导航", "右侧列表"))
        )
        return f'<html><head><title>信息公开</title><meta name="ColumnName" content="信息公开"></head><body>{blocks}<script src="/jpaas-publish-server/js/unit.js"></script></body></html>'

    def _call(self, query: dict[str, str]) -> Answer:
        if query.get("pageId") != "53159" or query.get("parseType") != self.parse_type:
            return _json({"success": False, "message": "页面不存在", "data": None})
        if query.get("tagId") != "右侧列表":
            return _json(
                {
                    "success": True,
                    "message": "",
                    "data": {"html": '<ul><li><a href="/col/col53160/index.html">机构设置</a></li></ul>'},
                }
            )
        number = int(json.loads(query.get("paramJson", '{"pageNo":1}'))["pageNo"])
        pages = paged(self.history.listed(), self.size)
        rows = "".join(map(self._row, pages[number - 1])) if number <= len(pages) else ""
        html = f'<div class="page-content"><ul>{rows}</ul></div><div class="pagination" rows="{self.size}" count="{len(self.history.listed())}"></div>'
        return _json({"success": True, "message": "", "data": {"html": html}})

    def _row(self, entry: Entry) -> str:
        title = entry.story.title
        return f'<li class="clearfix"><a href="{self.path(entry)}" title="{escape(title)}">{title[:9]}...</a><span>{entry.day}</span></li>'


def _json(value: object) -> Answer:
    return Answer(
        json.dumps(value, ensure_ascii=False).encode(), headers=(("Content-Type", "application/json;charset=UTF-8"),)
    )
