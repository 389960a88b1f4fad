"""feeds.py — Replicas of what few sites offer: RSS, Atom, and sitemaps."""

import gzip
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Literal

from replica.history import Entry, History, paged
from replica.plain_pages import article, paragraphs
from replica.server import Answer, Asked, page

FEED_TRAPS = (
    "ampersands and HTML entities that are no XML",
    "a label of GB2312 on UTF-8",
    "days in the forms of RSS, Atom and of a database",
    "times of the evening before, in UTC",
    "markup in titles",
    "a guid instead of a link",
)
SITEMAP_TRAPS = (
    "robots.txt names the index",
    "an index of lists by year",
    "folders, pictures and index pages in the list",
    "lastmod newer than the article",
    "a list that is a gzip file",
)


@dataclass
class FeedSite:
    """A feed of the newest articles."""

    form: Literal["rss", "atom"] = "rss"
    history: History = field(default_factory=lambda: History.of(60, years=0.3))
    root: str = "/xw/rss.xml"

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "feed", "paths": [self.root]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to its day."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address, with a query that an XML document has to escape."""
        return f"/show.jsp?col=7&id={entry.number}"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the site does."""
        if asked.path == self.root:
            items = "".join(
                self._rss(entry, asked.base) if self.form == "rss" else self._atom(entry, asked.base)
                for entry in self.history.listed()
            )
            if self.form == "rss":
                text = f'<?xml version="1.0" encoding="gb2312"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>要闻 & 动态</title><link>{asked.base}/</link>{items}</channel></rss>'
            else:
                text = f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>要闻</title><link rel="self" href="{asked.base}{self.root}"/>{items}</feed>'
            return Answer(text.encode(), headers=(("Content-Type", "text/xml"),))
        for entry in self.history:
            if asked.target == self.path(entry):
                return page(article(entry.story, f"<div class='content'>{paragraphs(entry.story)}</div>"))
        return page("<html>404</html>", status=404)

    def _rss(self, entry: Entry, base: str) -> str:
        # Shortly after midnight in China is still the day before in UTC.
        moment = datetime(entry.day.year, entry.day.month, entry.day.day, 0, 30, tzinfo=UTC) - timedelta(hours=8)
        title = f"<![CDATA[<b>{entry.story.title}</b>]]>" if entry.number % 3 else f"{escape(entry.story.title)}&nbsp;"
        # Bare ampersands, as scripts print addresses.
        link = (
            f"<link>{base}{self.path(entry)}</link>" if entry.number % 4 else f"<guid>{base}{self.path(entry)}</guid>"
        )
        day = (
            f"<pubDate>{format_datetime(moment)}</pubDate>"
            if entry.number % 2
            else f"<dc:date>{entry.day} 00:30:00</dc:date>"
        )
        return f"<item><title>{title}</title>{link}{day}</item>\n"

    def _atom(self, entry: Entry, base: str) -> str:
        return f'<entry><title type="html">{escape(entry.story.title)}</title><link rel="alternate" href="{escape(base + self.path(entry))}"/><updated>{entry.day}T08:00:00+08:00</updated></entry>'


@dataclass
class SitemapSite:
    """Sitemaps: robots.txt names an index, the index one list per year or so."""

    history: History = field(default_factory=lambda: History.of(300))

    def keys(self) -> dict[str, object]:
        """Return what the site file of this replica says, addresses without their host."""
        return {"family": "sitemap", "paths": ["/robots.txt"]}

    def truth(self) -> dict[str, date]:
        """Map the address of each article to its day."""
        return {self.path(entry): entry.day for entry in self.history.listed()}

    def path(self, entry: Entry) -> str:
        """Return an article's address."""
        return f"/news/{entry.day:%Y-%m}/{entry.day:%d}/content_{entry.number}.html"

    def answer(self, asked: Asked) -> Answer:
        """Answer as the site does."""
        lists = paged(self.history.listed(), 100)
        if asked.path == "/robots.txt":
            return Answer(
                f"User-agent: *\nAllow: /\nSitemap: {asked.base}/sitemap.xml\n".encode(),
                headers=(("Content-Type", "text/plain"),),
            )
        if asked.path == "/sitemap.xml":
            links = "".join(
                f"<sitemap><loc>{asked.base}{_list_path(at)}</loc><lastmod>{entries[0].day}</lastmod></sitemap>"
                for at, entries in enumerate(lists)
            )
            return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{links}</sitemapindex>')
        for at, entries in enumerate(lists):
            if asked.path == _list_path(at):
                urls = "".join(
                    f"<url><loc>\n{asked.base}{self.path(entry)}\n</loc><lastmod>2024-06-28</lastmod></url>"
                    for entry in entries
                )
                urls += "".join(
                    f"<url><loc>{asked.base}{path}</loc></url>"
                    for path in ("/", "/news/", "/news/index_2.html", "/images/20230410.jpg")
                )
                answer = _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>')
                if not asked.path.endswith(".gz"):
                    return answer
                return Answer(gzip.compress(answer.body, mtime=0), headers=(("Content-Type", "application/gzip"),))
        for entry in self.history:
            if asked.path == self.path(entry):
                return page(article(entry.story, f"<div class='content'>{paragraphs(entry.story)}</div>"))
        return page("<html>404</html>", status=404)


def _list_path(at: int) -> str:
    return "/sitemap_1.xml.gz" if at == 1 else f"/sitemap_{at}.xml"


def _xml(text: str) -> Answer:
    return Answer(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), headers=(("Content-Type", "application/xml"),)
    )
