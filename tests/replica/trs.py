"""trs.py — A replica of a TRS WCM column: pages index, index_1 … drawn by script; the traps of the platform notes."""

from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from typing import Literal

from replica.history import Entry, History, kind_of, paged
from replica.server import Answer, Asked, page, redirect
from replica.stories import Story
from replica.trs_pages import article_page, listing_page, row

TRAPS = (
    "pages drawn by script, counted from 0",
    "the function's definition and a commented call beside the real one",
    "countPage variables instead of a call",
    "404, home page or an error page with status 200 past the end",
    "a hidden second list of another column",
    "pinned old items",
    "titles cut with …, or by bytes in the middle of a character",
    "links in onclick",
    "rows that lead to another site or nowhere",
    "folder links of the same shape in the menu",
    "an article of two pages",
    "files, picture-only and PDF-only pages",
    "an empty body that leads on by script",
    "an early </html>",
    "a wrong charset label",
    "a subtitle's markup in the meta title",
    "a source written by script",
    "the table of an open-government page, twice",
)
# Stands where a template cut a title by bytes: half a character is put there once the page is encoded.
_HALF = "[half a character]"


@dataclass
class TrsSite:
    """A column of 20 rows a page. pager: how the number of pages is printed. past_end: what a page too far answers."""

    history: History = field(default_factory=lambda: History.of(330, pinned=2))
    pager: Literal["call", "variables"] = "call"
    past_end: Literal["404", "home", "200"] = "404"
    charset: str = "utf-8"
    label: str = "utf-8"
    size: int = 20
    root: str = "/xw/yw/"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "trs", "paths": [self.root]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article of the column to the day its listing shows."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def further(self) -> dict[str, list[str]]:
        """Map long articles to their further pages."""
        paths = [self.path(entry) for entry in self.history.listed() if kind_of(entry.number) == "pages"]
        return {path: [path.replace(".html", "_1.html")] for path in paths}

    def path(self, entry: Entry) -> str:
        """Return an article's address: the day in it is the day of filing, here a day before the listing's for some."""
        filed = entry.day if entry.number % 6 else date.fromordinal(entry.day.toordinal() - 1)
        root = self.root if entry.column == 0 else "/xw/tzgg/"
        return f"{root}{filed:%Y%m}/t{filed:%Y%m%d}_{entry.number}.html"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the platform does."""
        pages = paged(self.history.listed(), self.size)
        if asked.path in (self.root, f"{self.root}index.html"):
            return self._encoded(self._listing(pages, 0))
        if asked.path == self.root.rstrip("/"):
            return redirect(self.root, 301)
        name = asked.path.removeprefix(self.root)
        if name.startswith("index_") and name[6:-5].isdigit():
            number = int(name[6:-5])
            return self._encoded(self._listing(pages, number)) if 0 < number < len(pages) else self._past_end()
        for entry in self.history:
            path = self.path(entry)
            if asked.path == path:
                return self._encoded(self._article(entry, 0))
            if kind_of(entry.number) == "pages" and asked.path == path.replace(".html", "_1.html"):
                return self._encoded(self._article(entry, 1))
        if asked.path in ("/", "/index.html"):
            return page("<html><body><h1>云溪县人民政府</h1><a href='/xw/yw/'>要闻</a></body></html>")
        return page("<html><body>404</body></html>", status=404)

    def _encoded(self, html: str) -> Answer:
        half = b"\xe5\xbc" if self.charset == "utf-8" else b"\xc4"
        answer = page(html, self.charset)
        return replace(answer, body=answer.body.replace(_HALF.encode(), half))

    def _past_end(self) -> Answer:
        if self.past_end == "home":
            return redirect("/")
        if self.past_end == "200":
            return page("<html><body>您访问的页面不存在或已删除</body></html>")
        return page("<html><body>404</body></html>", status=404)

    def _listing(self, pages: list[list[Entry]], number: int) -> str:
        rows = [self._row(entry) for entry in pages[number]]
        rows.insert(
            3, '<li><a href="https://mp.weixin.qq.com/s/abcdefg">一图读懂云溪春耕</a><span>2024-06-20</span></li>\n'
        )
        rows.insert(7, '<li><a href="javascript:void(0)">专题建设中</a><span>2024-06-19</span></li>\n')
        hidden = [row(f"../tzgg/202401/t20240105_{99000 + at}.html", "别的栏目的公告", "2024-01-05") for at in range(5)]
        call = (
            f'createPageHTML({len(pages)}, {number}, "index", "html");'
            if self.pager == "call"
            else f"var currentPage = {number};var countPage = {len(pages)};var total = {len(pages[number])};"
        )
        return listing_page("要闻动态", rows, pager=call, charset=self.label, hidden=hidden)

    def _row(self, entry: Entry) -> str:
        href = f".{self.path(entry).removeprefix(self.root.rstrip('/'))}"
        title = entry.story.title
        if entry.pinned:
            return f'<li><a href="{href}" title="{escape(title)}"><font color="red">[置顶]</font>{escape(title[:12])}…</a><span>{entry.day}</span></li>\n'
        if entry.number % 14 == 0:
            return f"""<li><a href="javascript:void(0);" onclick="window.open('{href}')" title="{escape(title)}">{escape(title)}</a><span>{entry.day}</span></li>\n"""
        if entry.number % 9 == 0:
            return f'<li><a href="{href}"><h1>{escape(title)}</h1><div class="info"><span>{entry.day:%Y年%m月%d日}</span></div></a></li>\n'
        if entry.number % 10 == 0:
            return f'<li><a href="{href}">{escape(title)}</a><span>[{entry.day:%m-%d}]</span></li>\n'
        if kind_of(entry.number) == "cut":
            return f'<li><a href="{href}" title="{escape(title)}">{escape(title[:8])}{_HALF}</a><span>{entry.day}</span></li>\n'
        return row(href, title, str(entry.day), cut=10)

    def _article(self, entry: Entry, number: int) -> str:
        story, kind, path = entry.story, kind_of(entry.number), self.path(entry)
        name = path.rpartition("/")[2].removesuffix(".html")
        if kind == "script":
            return f'<html><head><meta charset="{self.label}"></head><body><script>location.href = "{path.replace(".html", "_n.html")}";</script></body></html>'
        paragraphs, after = list(story.paragraphs), _extras(entry, kind, story)
        if kind == "image":
            paragraphs = []
        if kind == "pdf":
            paragraphs = []
        if kind == "pages":
            half = len(paragraphs) // 2
            paragraphs = paragraphs[:half] if number == 0 else paragraphs[half:]
        return article_page(
            story,
            charset=self.label,
            early_end=kind == "early",
            paragraphs=paragraphs,
            after=after,
            body_class='"view TRS_UEDITOR trs_paper_default trs_web"' if entry.number % 3 == 0 else "TRS_Editor",
            subtitle="——记全县重点项目建设" if entry.number % 19 == 0 else "",
            pages=2 if kind == "pages" else 1,
            page=number,
            name=name,
        )


def _extras(entry: Entry, kind: str, story: Story) -> str:
    stamp = f"{entry.day:%Y%m%d}{entry.number}"
    if kind == "image":
        return f'<p align="center"><img src="./W0{stamp}.jpg" OLDSRC="W0{stamp}.jpg" alt="2017年模板图片"/></p>'
    if kind == "pdf":
        return f'<p><a href="./P0{stamp}.pdf">{escape(story.title)}.pdf</a></p>'
    if kind == "attachment":
        return f'<p class="insertfileTag"><a appendix="true" needdownload="true" href="./P0{stamp}.pdf" title="名单.pdf">附件：名单.pdf</a></p>'
    if entry.number % 7 == 0:
        return (
            '<script>var ly = "云溪日报"; if (ly != "") { document.write("<span>来源：" + ly + "</span>"); }</script>'
        )
    if entry.number % 5 == 0:
        cells = f"<tr><td>索&nbsp;引 号：</td><td>00{entry.number}</td><td>发文机关：</td><td>县政府办</td></tr><tr><td>成文日期：</td><td>2019-01-01</td><td>发布日期：</td><td>{entry.day}</td></tr>"
        return f'<table>{cells}</table><table style="display:none">{cells}</table>'
    return ""
