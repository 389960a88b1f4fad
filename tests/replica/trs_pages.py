"""trs_pages.py — Pages in the shapes of TRS WCM: columns with a pager drawn by script, articles with an editor's body."""

from collections.abc import Sequence
from html import escape

from replica.stories import Story

PAGER_SCRIPT = """<script type="text/javascript">
//createPageHTML(9, 0, "list", "html");
function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){
  if(_nPageCount == null || _nPageCount <= 1){ return; }
  for(var i = 0; i < _nPageCount; i++){ document.write("<a href='" + _sPageName + (i ? "_" + i : "") + "." + _sPageExt + "'>" + (i + 1) + "</a>"); }
}
%s
</script>"""


def listing_page(
    column: str,
    rows: Sequence[str],
    *,
    pager: str = 'createPageHTML(1, 0, "index", "html");',
    site: str = "云溪县人民政府",
    charset: str = "utf-8",
    hidden: Sequence[str] = (),
) -> str:
    """Return a column page; rows as HTML. hidden: the rows of a second tab that belongs to another column."""
    tab = f'<ul class="NewsList" style="display:none">{"".join(hidden)}</ul>' if hidden else ""
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{column}-{site}</title><meta name="SiteName" content="{site}"><meta name="ColumnName" content="{column}"></head>
<body><div class="nav"><ul><li><a href="../../">首页</a></li><li><a href="../tzgg/">通知公告</a></li><li><a href="../bmdt/">部门动态</a></li></ul></div>
<div class="crumbs">当前位置：<a href="../../" title="首页" class="CurrChnlCls">首页</a> &gt; <a href="./" title="{column}" class="CurrChnlCls">{column}</a></div>
<ul class="NewsList">
{"".join(rows)}</ul>{tab}
<div class="page">{PAGER_SCRIPT % pager}</div>
<div class="foot"><a href="../../gywm/">关于我们</a> 主办：{site}办公室</div></body></html>
"""


def row(href: str, title: str, day: str, *, cut: int = 0) -> str:
    """Return a list row; cut: how many characters of the title are shown, the whole one standing in the attribute."""
    shown = f"{title[:cut]}…" if cut and len(title) > cut else title
    return f'<li><a href="{href}" title="{escape(title)}" target="_blank">{escape(shown)}</a><span>\n     {day}\n </span></li>\n'


def article_page(
    story: Story,
    *,
    site: str = "云溪县人民政府",
    charset: str = "utf-8",
    early_end: bool = False,
    paragraphs: Sequence[str] | None = None,
    after: str = "",
    body_class: str = "TRS_Editor",
    subtitle: str = "",
    pages: int = 1,
    page: int = 0,
    name: str = "t20230410_1",
) -> str:
    """Return an article page.

    subtitle: its markup leaks into the meta tag, as it does on real pages.
    early_end: </body></html> stands before the article, left over from an include. after: HTML at the end of the body.
    pages, page, name: for an article of several pages, drawn by the same script as a column's.
    """
    texts = story.paragraphs if paragraphs is None else paragraphs
    body = "\n".join(f"<p>　　{escape(text, quote=False)}</p>" for text in texts)
    top = f"""<div class="nav"><a href="../../../">首页</a> <a href="../">要闻动态</a></div>{"</body></html>" if early_end else ""}"""
    headline = escape(story.title)
    leaked = f"{headline}<div>{subtitle}</div>" if subtitle else headline
    shown = f'<p class="art_title">{leaked}</p>' if subtitle else f'<h1 class="art_title">{headline}</h1>'
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{headline}-{site}</title>
<meta name="SiteName" content="{site}"><meta name="ArticleTitle" content="{leaked}">
<meta name="PubDate" content="{story.published}"><meta name="ContentSource" content="{story.source}"></head>
<body>{top}
<div class="article">{shown}
<div class="info"><span>发布时间：{story.published}</span> <span>来源：{story.source}</span> <span>浏览次数：<em id="hits"></em></span> <span>【字体：<a href="javascript:doZoom(16)">大</a> <a href="javascript:doZoom(14)">中</a> <a href="javascript:doZoom(12)">小</a>】</span></div>
<div class="art_body"><div class={body_class}><style type="text/css">.TRS_Editor P{{line-height:2em;font-size:12pt}}</style><div class="Custom_UnionStyle">
{body}
{after}</div></div></div>
<script>createPageHTML({pages}, {page}, "{name}", "html");</script>
<div class="tools"><a href="javascript:window.print()">打印本页</a> <a href="javascript:window.close()">关闭窗口</a></div></div>
<div class="foot">主办：{site}办公室　网站标识码：4199990001</div></body></html>
"""
