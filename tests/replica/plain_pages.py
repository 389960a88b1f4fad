"""plain_pages.py — An article page of no platform in particular; body and head are given by the platform's replica."""

from html import escape

from replica.stories import Story


def paragraphs(story: Story) -> str:
    """Return an article's paragraphs as HTML."""
    return "".join(f"<p>　　{escape(text, quote=False)}</p>\n" for text in story.paragraphs)


def unified_meta(story: Story) -> str:
    """Return the meta tags that government sites share, as the guideline of 2017 wants them."""
    return (
        f'<meta name="ArticleTitle" content="{escape(story.title)}">'
        f'<meta name="PubDate" content="{story.published}"><meta name="ContentSource" content="{story.source}">'
    )


def article(story: Story, body: str, *, head: str = "", charset: str = "utf-8", early: bool = False) -> str:
    """Return a page around a body. early: </html> stands before the article."""
    return f"""<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>{escape(story.title)}-云溪县人民政府</title>{head}</head>
<body><div class="nav"><a href="/">首页</a> <a href="/bm/">部门</a></div>{"</body></html>" if early else ""}
<h1>{escape(story.title)}</h1>
<div class="info">发布时间：{story.published}　来源：{story.source}　浏览次数：<span id="hits"></span></div>
{body}
<div class="foot">主办：云溪县人民政府办公室　网站标识码：4199990001</div></body></html>
"""
