"""epaper.py — A replica of a digital newspaper in each of its generations: issues by day, pages, articles, and holes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from replica import epaper_pages
from replica.history import NEWEST
from replica.newspaper_issues import Sheet, issue_kind, make_issue, story_of
from replica.server import Answer, Asked, page, redirect
from replica.stories import Story

Generation = Literal["g1", "g2", "g3", "g3col", "flat", "flatcol", "folders", "product", "shtml", "data"]

TRAPS = (
    "entry by meta refresh, script, delayed script, HTTP redirect, and a list of today's pages",
    "two redirects in a row",
    "days without an issue: 404, back to the entry, or the latest issue instead",
    "a page number that the publisher skipped",
    "a page of the list that is missing",
    "node numbers that are not 1 to N; the front page under a second name",
    "lettered pages",
    "a page list printed twice, attributes without quotes",
    "an image map beside the article list",
    "properties after </html>",
    "BOM and GBK pages",
    "articles that are a picture only",
    "an issue of pictures, and one of PDFs",
    "headlines over several lines",
    "stories that jump between pages (下转, 上接)",
    "links to the issues before and after",
    "a template that changed on a day",
)
_FIRST = NEWEST - timedelta(days=31)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Newspaper:
    """A paper of about 25 issues. entry: how its entry leads on. without: what a day without an issue answers."""

    generation: Generation = "g1"
    entry: Literal["meta", "script", "delayed", "http", "list"] = "meta"
    without: Literal["404", "entry", "latest"] = "404"
    charset: str = "utf-8-sig"
    lettered: bool = True
    first: date = _FIRST
    last: date = NEWEST
    paper: str = field(default="云溪日报")

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        edition = {"front": self.front_template(), "since": self.first}
        return {"family": "epaper", "paths": [self.entry_path], "fronts": [edition]}

    @property
    def entry_path(self) -> str:
        """Return the address at which a reader enters."""
        return "/yxrb/pc/layout/index.html" if self.entry == "list" else "/yxrb/paperindex.htm"

    def front_template(self) -> str:
        """Return the address of a day's front page with the day left open."""
        name = {
            "g1": "node_1.htm",
            "g2": "nbs.D110000yxrb_01.htm",
            "product": "Page01TB.htm",
            "folders": "001/node.htm",
            "flatcol": "l01.html",
            "shtml": "v01.shtml",
            "data": "data.js",
        }.get(self.generation, "")
        first = "A01" if self.lettered else "01"
        name = name or (f"col{first}.html" if self.generation == "g3col" else f"node_{first}.html")
        return f"{self._folder('{yyyy}', '{mm}', '{dd}')}{name}"

    def days(self) -> list[date]:
        """Return the days of the paper's life."""
        return [self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1)]

    def issue(self, day: date) -> tuple[Sheet, ...]:
        """Return the pages of a day's issue; () on Sundays, some holidays, and outside the paper's life."""
        return make_issue(day, lettered=self.lettered) if self.first <= day <= self.last else ()

    def truth(self) -> dict[str, date]:
        """Map the address of each article that the paper's pages show to its day."""
        return {
            self.article_path(day, sheet, number): day
            for day in self.days()
            for sheet in self.issue(day)
            if not sheet.missing
            for number in sheet.articles
        }

    def _folder(self, year: str, month: str, day: str) -> str:
        return {
            "g1": f"/yxrb/html/{year}-{month}/{day}/",
            "g2": f"/yxrb/html/{year}-{month}/{day}/",
            "g3": f"/yxrb/pc/layout/{year}{month}/{day}/",
            "g3col": f"/pc/layout/{year}{month}/{day}/",
            "flat": f"/yxrb/{year}{month}/{day}/",
            "flatcol": f"/{year}{month}/{day}/",
            "folders": f"/yxrb/{year}-{month}/{day}/",
            "product": f"/yxrb/{year}{month}{day}/",
            "shtml": f"/shtml/yxrb/{year}{month}{day}/",
            "data": f"/paper/yxrb/{year}-{month}-{day}/",
        }[self.generation]

    def folder(self, day: date) -> str:
        """Return the folder of a day's pages."""
        return self._folder(f"{day.year}", f"{day.month:02}", f"{day.day:02}")

    def front(self, day: date) -> str:
        """Return the address of a day's front page."""
        return (
            self.front_template()
            .replace("{yyyy}", f"{day.year}")
            .replace("{mm}", f"{day.month:02}")
            .replace("{dd}", f"{day.day:02}")
        )

    def sheet_path(self, day: date, sheet: Sheet) -> str:
        """Return the address of a page."""
        number = sheet.name if self.lettered else sheet.name.lstrip("A")
        name = {
            "g1": f"node_{sheet.node}.htm",
            "g2": f"nbs.D110000yxrb_{sheet.name[-2:]}.htm",
            "g3col": f"col{number}.html",
            "flatcol": f"l{sheet.name[-2:]}.html",
            "folders": f"0{sheet.name[-2:]}/node.htm",
            "product": f"Page{sheet.name[-2:]}TB.htm",
            "shtml": f"v{sheet.name[-2:]}.shtml",
            "data": "data.js",
        }.get(self.generation, f"node_{number}.html")
        return self.folder(day) + name

    def article_path(self, day: date, sheet: Sheet, number: int) -> str:
        """Return the address of an article."""
        at = sheet.articles.index(number) + 1
        folder = self.folder(day).replace("/layout/", "/content/")
        folder = f"/content{folder}" if self.generation == "flatcol" else folder
        name = {
            "g1": f"content_{sheet.node}_{at}.htm",
            "g2": f"nw.D110000yxrb_{day:%Y%m%d}_{at}-{sheet.name[-2:]}.htm",
            "g3col": f"c{number}.html",
            "flatcol": f"c{number}.html",
            "folders": f"0{sheet.name[-2:]}/content_rb_{number}.htm",
            "product": f"Articel{sheet.name[-2:]}{at:03}TB.htm",
            "shtml": f"{number}.shtml",
            "data": f"article_{number}.html",
        }.get(self.generation, f"content_{number}.html")
        return folder + name

    # ── answers ──────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, asked: Asked) -> Answer:
        """Answer as the product does."""
        latest = max(day for day in self.days() if self.issue(day))
        if asked.path in ("/", self.entry_path):
            return self._enter(asked.path, latest)
        for day in self._days_of(asked.path):
            return self._of_day(asked.path, day, latest)
        return page("<html><body>404 Not Found</body></html>", status=404)

    def _days_of(self, path: str) -> Iterator[date]:
        for day in (*self.days(), self.last + timedelta(days=1), self.first - timedelta(days=1)):
            folder = self.folder(day)
            if path.startswith((folder, folder.replace("/layout/", "/content/"), f"/content{folder}")):
                yield day

    def _of_day(self, path: str, day: date, latest: date) -> Answer:
        sheets = self.issue(day)
        if not sheets:
            if self.without == "entry":
                return redirect(self.entry_path)
            if self.without == "latest":
                return redirect(self.front(latest))
            return page("<html><body>404 Not Found</body></html>", status=404)
        if path == self.front(day) and self.generation == "data":
            return Answer(self._data(day).encode(), headers=(("Content-Type", "application/javascript"),))
        if path == self.front(day):
            return self._encoded(self._page(day, sheets[0]))
        for sheet in sheets:
            if sheet.missing:
                continue
            if path == self.sheet_path(day, sheet):
                return self._encoded(self._page(day, sheet))
            for number in sheet.articles:
                if path == self.article_path(day, sheet, number):
                    return self._encoded(self._page(day, sheet, number))
        return page("<html><body>404 Not Found</body></html>", status=404)

    def _encoded(self, html: str) -> Answer:
        return Answer(html.encode(self.charset, "xmlcharrefreplace"))

    def _enter(self, path: str, latest: date) -> Answer:
        if path == "/" and self.entry_path != "/":
            return page(epaper_pages.entry_page(self.entry_path[1:]))
        front = self.front(latest)
        if self.entry == "list":
            links = "".join(
                f'<li><a href="{self.sheet_path(latest, sheet)}">第{sheet.name}版</a></li>'
                for sheet in self.issue(latest)
            )
            return page(f"<html><head><title>{self.paper}</title></head><body><ul>{links}</ul></body></html>")
        if self.entry == "http":
            return redirect(front)
        if self.entry == "script":
            return page(f'<html><script language="javascript">window.location.href = "{front}";</script></html>')
        if self.entry == "delayed":
            return page(
                f"<html><script>setTimeout(\"javascript:location.href='{front}'\", 3000);</script>正在进入……</html>"
            )
        return page(epaper_pages.entry_page(front.removeprefix("/yxrb/") if front.startswith("/yxrb/") else front))

    def _page(self, day: date, sheet: Sheet, number: int = 0) -> str:
        sheets = self.issue(day)
        # Articles and pages link to one another from their own folders: relative in the oldest, from the root else.
        pages = [(self._link(self.sheet_path(day, one)), f"第{one.name}版：版面{one.node}") for one in sheets]
        articles = [
            (self._link(self.article_path(day, sheet, one)), story_of(one, day).title) for one in sheet.articles
        ]
        printed = f"{day.year}年{day.month:02}月{day.day:02}日 星期{_WEEKDAYS[day.weekday()]}"
        picture = f"/yxrb/images/{day:%Y-%m}/{day:%d}/{sheet.name}/Page_b.jpg"
        pdf = f"/yxrb/images/{day:%Y-%m}/{day:%d}/{sheet.name}/周六{sheet.name}.pdf"
        kind = issue_kind(day)
        if kind == "pdf":
            return f"<html><body>{printed}<a href='{pdf}'>{sheet.name}.pdf</a></body></html>"
        if kind == "pictures":
            return f"<html><body>{printed}<img src='{picture}' usemap='#m'></body></html>"
        found = story_of(number, day) if number else None
        inside, after = "", ""
        if found:
            shown = found if number % 9 else Story(found.title, (), found.published)  # a picture only
            jump = "<P>（下转第二版）</P>" if number % 10 == 3 else "<P>（上接第一版）</P>" if number % 10 == 4 else ""
            inside = epaper_pages.article_body(shown, subtitle="——副标题" if number % 6 == 0 else "", after=jump)
            after = epaper_pages.properties(found, str(day), sheet.name, self.paper)
        if self.generation in ("g1", "product"):
            html = epaper_pages.frame(
                self.paper,
                printed,
                pages,
                articles,
                page_name=f"第{sheet.name}版",
                picture=picture,
                pdf=pdf,
                inside=inside,
                properties=after,
            )
            return html.replace("上一期", f'<a href="{self._link(self.front(day - timedelta(days=1)))}">上一期</a>')
        return epaper_pages.modern_page(self.paper, printed, pages, articles, picture=picture, inside=inside)

    def _data(self, day: date) -> str:
        """Return the whole issue as one script: pages, and in each the articles with their text."""
        sheets = [
            {
                "catalog": f"第{sheet.name}版",
                "imgSrc": f"upload/{day}/{sheet.name}.jpg",
                "areaList": [
                    {
                        "title": story_of(number, day).title,
                        "shareLink": self.article_path(day, sheet, number),
                        "html": "".join(f"<p>{text}</p>" for text in story_of(number, day).paragraphs),
                    }
                    for number in sheet.articles
                ],
            }
            for sheet in self.issue(day)
            if not sheet.missing
        ]
        return f"var data = {json.dumps(sheets, ensure_ascii=False)} var date = '{day}';"

    def _link(self, path: str) -> str:
        if self.generation == "g1":
            return f"./{path.rpartition('/')[2]}" if "content_" in path else path.rpartition("/")[2]
        return f"../../..{path.removeprefix('/yxrb/pc')}" if self.generation == "g3" and "content" in path else path


@dataclass(frozen=True)
class Redesigned:
    """A paper whose web site changed on a day: older issues stand under the old addresses only."""

    old: Newspaper
    new: Newspaper

    @classmethod
    def on(cls, day: date) -> "Redesigned":
        """Make a paper of the first generation that became one of the third on a day."""
        old = Newspaper("g1", last=day - timedelta(days=1))
        return cls(old, replace(old, generation="g3", first=day, last=NEWEST, charset="utf-8"))

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says: two editions."""
        fronts = [
            {"front": self.old.front_template(), "since": self.old.first, "until": self.old.last},
            {"front": self.new.front_template(), "since": self.new.first},
        ]
        return {"family": "epaper", "paths": [self.new.entry_path], "fronts": fronts}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to its day."""
        return self.old.truth() | self.new.truth()

    def answer(self, asked: Asked) -> Answer:
        """Answer by the template of the address."""
        return (self.old if asked.path.startswith("/yxrb/html/") else self.new).answer(asked)
