"""epaper_pages.py — Pages in the shape of a Founder newspaper, first generation: frame, page list, article, properties."""

from collections.abc import Sequence
from html import escape

from replica.stories import Story


def entry_page(target: str) -> str:
    """Return the entry of a newspaper: nothing but the way to today's front page."""
    return f'<html><head><META HTTP-EQUIV="REFRESH" CONTENT="0; URL={target}"></head><body></body></html>\n'


def page_list(pages: Sequence[tuple[str, str]]) -> str:
    """Return the list of pages (href, name) as printed: attributes without quotes, and printed twice."""
    links = "\n".join(f'<tr><td><a href={href} class="black" id=pageLink>{name}</a></td></tr>' for href, name in pages)
    return f"<table>{links}</table>\n<table>{links}</table>"


def frame(
    paper: str,
    day: str,
    pages: Sequence[tuple[str, str]],
    articles: Sequence[tuple[str, str]],
    *,
    page_name: str,
    picture: str,
    pdf: str = "",
    charset: str = "utf-8",
    inside: str = "",
    properties: str = "",
) -> str:
    """Return a newspaper page, or an article page when inside holds the article.

    day: as printed, "2023年04月10日 星期一". pages and articles: (href, name). picture, pdf: of the whole page.
    """
    spots = "".join(
        f'<Area coords="14,{97 + 60 * at},232,{97 + 60 * at},232,{140 + 60 * at},14,{140 + 60 * at}" shape="polygon" href="{href}">'
        for at, (href, _) in enumerate(articles)
    )
    titles = "".join(
        f'<tr><td><a href={href}><div style="display:inline" id=mp{href.rpartition("_")[2].partition(".")[0]}>{escape(title)}</div></a></td></tr>\n'
        for href, title in articles
    )
    download = f"<a href={pdf}><img src=../../../tplimg/pdf.gif border=0></a>" if pdf else ""
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{paper}</title></head>
<body><table><tr><td>{paper}　{day}</td><td><a href="javascript:history.go(-1)">上一期</a></td></tr>
<tr><td><map name=PagePicMap>{spots}</map><img src={picture} border=0 USEMAP=#PagePicMap></td></tr>
<tr><td>{page_name} {download}</td></tr></table>
<!-- 版面导航 -->
{page_list(pages)}
<!-- 本版导航 -->
<table>{titles}</table>
{inside}
</body></html>
{properties}"""


def article_body(story: Story, *, subtitle: str = "", kicker: str = "", after: str = "") -> str:
    """Return the headline block and the text of an article."""
    texts = "".join(f"<P>　　{escape(text, quote=False)}</P>\n" for text in story.paragraphs)
    headline = "<BR/>".join(map(escape, story.title.split("\n")))
    return f"""<table><tr><td class="font02">{kicker}</td></tr><tr><td class="font01">{headline}</td></tr><tr><td class="font02">{subtitle}</td></tr></table>
<DIV id=ozoom style="ZOOM: 100%"><founder-content><!--enpcontent-->{texts}{after}<!--/enpcontent--></founder-content></DIV>"""


def properties(story: Story, day: str, page: str, paper: str, *, subtitle: str = "") -> str:
    """Return the property block that stands after </html>; day as "2023-04-10"."""
    title = story.title.replace("\n", " ")
    return f"""<!--mpproperty <founder-date>
{day}
</founder-date>
<founder-author>
{story.author}
</founder-author>
<founder-title>{escape(title)}
</founder-title>
<founder-subtitle>{subtitle}</founder-subtitle><founder-introtitle></founder-introtitle>
<founder-pagenum>{page}</founder-pagenum><founder-papername>{paper}</founder-papername><founder-nodeid>{page}</founder-nodeid>
/mpproperty-->
"""


def modern_page(
    paper: str,
    printed: str,
    pages: list[tuple[str, str]],
    articles: list[tuple[str, str]],
    *,
    picture: str,
    inside: str,
) -> str:
    """Return a page of the later generations: lists with classes, coordinates as decimals."""
    slides = "".join(f'<div class="swiper-slide"><a id=pageLink href="{href}">{name}</a></div>' for href, name in pages)
    spots = "".join(f'<Area coords="200.75,2.98,516.58,40.1" shape="polygon" href="{href}">' for href, _ in articles)
    titles = "".join(f'<li><a href="{href}">{escape(title)}</a></li>' for href, title in articles)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{paper}</title></head><body>
<span id="paperdate">{printed}</span><div class="swiper-box">{slides}</div>
<img src="{picture}" usemap="#PagePicMap"><map NAME="PagePicMap">{spots}</map><ul class="news-list">{titles}</ul>
{inside}</body></html>"""
