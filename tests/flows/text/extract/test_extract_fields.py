"""Title, time, source, author, next page: where pages say them, and how they get them wrong. All pages are invented."""

from collections.abc import Callable

import pytest

from flows.text.extract import extract
from flows.text.extract.notations import from_url, read_date
from spiders.site import Layout

URL = "http://www.yunling.gov.cn/xw/202411/t20241106_50017.html"
Page = Callable[..., str]


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


TITLE = "云岭县召开2024年冬季森林防火工作会议"

TITLES = {
    "heading that begins <title>": ("<title>{t}_云岭县</title>", "<h1>{t}</h1>", TITLE),
    "heading with spaces and lines": (
        "<title>{t} - 云岭县</title>",
        "<h1>\n 云岭县召开<br>2024年冬季\n森林防火工作会议 </h1>",
        None,
    ),
    "site name first": ("<title>云岭县人民政府 {t}</title>", "<h2>{t}</h2>", TITLE),
    "site's name first, title in a font": (
        "<title>云岭县论坛 &raquo; {t}</title>",
        "<p>首页</p><font size=5>{t}</font><h3>《{t}》已有1件评论</h3>",
        TITLE,
    ),
    "bold links above the text, site's name in <title>": (
        "<title>Yunling blog--云岭</title>",
        "<a href=/>Yunling</a><p><b>栏目名称</b></p><strong><a href=/1>[冬防]</a><a href=/2>云岭县召开会议</a></strong><p>2024-11-06</p>",
        "[冬防]云岭县召开会议",
    ),
    "site's name in h1 and in <title>": (
        "<title>云岭县人民政府</title>",
        "<h1><a href=/>云岭县人民政府</a></h1><div class=tit>{t}</div><p>2024-11-06</p>",
        TITLE,
    ),
    "title in a div": ("<title>{t}</title>", "<div>{t}</div>", TITLE),
    "ArticleTitle": (meta("ArticleTitle", TITLE) + "<title>云岭县</title>", "<p>栏目</p>", TITLE),
    "ArticleTitle, other case and order": (
        f"<META content='{TITLE}' name='articletitle'><title>云岭县</title>",
        "",
        TITLE,
    ),
    "ArticleTitle null": (meta("ArticleTitle", "null") + "<title>{t}_云岭县</title>", "<h1>{t}</h1>", TITLE),
    "ArticleTitle empty": (meta("ArticleTitle", "") + "<title>{t}_云岭县</title>", "<h1>{t}</h1>", TITLE),
    "ArticleTitle is the site": (
        meta("SiteName", "云岭县人民政府")
        + meta("ArticleTitle", "云岭县人民政府")
        + "<title>{t}_云岭县人民政府</title>",
        "<h1>{t}</h1>",
        TITLE,
    ),
    "ArticleTitle is the column": (
        meta("ColumnName", "政务要闻") + meta("ArticleTitle", "政务要闻") + "<title>{t}</title>",
        "<h1>{t}</h1>",
        TITLE,
    ),
    "ArticleTitle with markup": (meta("ArticleTitle", TITLE + "&lt;br&gt;") + "<title>云岭</title>", "", TITLE),
    "ArticleTitle cut at a quotation mark": (
        '<meta name="ArticleTitle" content="云岭县开展"打早打小"演练"><title>云岭县开展"打早打小"演练_云岭县</title>',
        '<h1>云岭县开展"打早打小"演练</h1>',
        '云岭县开展"打早打小"演练',
    ),
    "ArticleTitle with entities twice": (
        meta("ArticleTitle", "云岭县开展&amp;ldquo;打早打小&amp;rdquo;演练") + "<title>云岭</title>",
        "",
        "云岭县开展“打早打小”演练",
    ),
    "the group printed twice": (
        meta("SiteName", "云岭县")
        + meta("ArticleTitle", "")
        + meta("SiteName", "云岭县")
        + meta("ArticleTitle", TITLE),
        "",
        TITLE,
    ),
    "og:title": (f'<meta property="og:title" content="{TITLE}"><title>云岭发布</title>', "", TITLE),
    "no heading, suffix with underscore": ("<title>{t}_云岭县人民政府</title>", "", TITLE),
    "no heading, suffix with dashes": ("<title>{t}--云岭新闻网--人民网</title>", "", TITLE),
    "no heading, suffix with bar": ("<title>{t} | 云岭</title>", "", TITLE),
    "<title> says nothing, heading": ("<title>云岭县人民政府</title>", "<h1>{t}</h1>", TITLE),
    "<title> says nothing, bold centred line": (
        "<title>云岭日报</title>",
        "<table><tr><td align=center><b><font size=5>{t}</font></b></td></tr></table>",
        TITLE,
    ),
    "<title> says nothing, bold first line": ("<title>显示</title>", "<p align=center><strong>{t}</strong></p>", TITLE),
    "several h1": (
        "<title>{t}_云岭县</title>",
        "<h1>云岭县人民政府</h1><ul><li><h1>别的新闻标题一则</h1></li></ul><h1>{t}</h1>",
        TITLE,
    ),
    "short title": ("<title>白石镇 - 云岭百科</title>", "<h1>白石镇</h1>", "白石镇"),
    "Hanweb comment": ("<title>云岭县</title>", "<p><!--<$[标题]>begin-->{t}<!--<$[标题]>end--></p>", TITLE),
    "Hanweb comment in another": (
        "<title>云岭县林业局</title>",
        "<p><!--<$[标题名称(html)]>begin--><!--<$[标题名称]>begin-->{t}<!--<$[标题名称]>end--><!--<$[标题名称(html)]>end--></p>",
        TITLE,
    ),
    "blog's name first, a link": ("<title>云岭备忘: {t}</title>", "<h1><a href=/>云岭备忘</a></h1><h3>{t}</h3>", TITLE),
    "office and column first": (
        "<title>云岭县林业局 部门动态 {t}</title>",
        "<p>云岭县林业局</p><div class=title>{t}</div>",
        TITLE,
    ),
    "short headline before a name that is longer": (
        "<title>冬防部署 | 云岭山水与人文备忘录</title>",
        "<h2>云岭山水与人文备忘录</h2><h1>冬防部署</h1>",
        "冬防部署",
    ),
    "headings of a list above": (
        "<title>云岭周刊 数字报</title>",
        "<h3>白石镇慰问老兵</h3><h3>红土乡检查水渠</h3><h3>教育会议召开了</h3><h3>两家医院开诊了</h3><div class=detail-title>{t}</div>",
        TITLE,
    ),
    "byline and advertisement below": (
        "<title>云岭晚报-数字报刊平台</title>",
        "<table><tr><td align=center>{t}</td></tr><tr><td align=center>记者 白云飞 实习生 周立</td></tr>"
        "<tr><td align=center><a href=/ad>年终钜惠 阳光新城首付八万起</a></td></tr></table>",
        TITLE,
    ),
    "in no heading, above the strip": (
        "<title>云岭县政府信息公开</title>",
        "<div class=tit>政府信息公开</div><div>{t}</div><p>来源：云岭日报 发布日期：2024-11-06</p>",
        TITLE,
    ),
    "who speaks, above the first sentence": (
        "<title>在线访谈-云岭县人民政府网</title>",
        "<h1>{t}</h1><p>访谈时间：2024-11-06</p>" + "<p>云岭茶园</p>" * 16 + "<h2>[主持人]</h2>",
        TITLE,
    ),
    "label of a letter": (
        "<title>县长信箱</title>",
        "<table><tr><td>来信标题：</td><td>{t}</td></tr><tr><td>来信人：</td><td>王**</td></tr></table>",
        TITLE,
    ),
    "a class says so, a number of the document is above the text": (
        "<title>云岭县政府网</title>",
        "<table><tr><td>文号：</td><td>云政发[2012]27号</td></tr></table><div class=atitle><span>{t}</span></div><p>2012-06-21</p><p align=center>云政发[2012]27号</p>",
        TITLE,
    ),
    "a class says so, points of the text are bold": (
        "<title>中标公告 - 云岭县公共资源交易网</title>",
        "<div class=atitle><span>{t}</span></div><p>2019-09-24</p><p><b>一、项目编号：YL2019-087</b></p><p align=center>120,000.00元</p><p><b>五、专家名单</b></p>",
        TITLE,
    ),
    "four characters in a large font": (
        "<title>云岭县政府网</title>",
        "<p align=center><font size=5><b>停水通知</b></font></p><p>2006-11-06　阅读：3</p>",
        "停水通知",
    ),
    "a day above a blog's post": (
        "<title>云岭日记: 山里的冬天</title>",
        "<h2>2024年11月6日 星期三</h2><h3>山里的冬天</h3>",
        "山里的冬天",
    ),
    "chapter of a gazetteer": (
        "<title>云岭县志·林业</title>",
        "<table><tr><td><b>云岭县志</b></td></tr></table><center><font size=5>第二章　森林防火</font></center>",
        "第二章 森林防火",
    ),
    "bullet and mark": ("<title>·{t}[图]</title>", "", TITLE),
    "icon behind": ("<title>{t}_云岭</title>", "<h1>{t}<i>\ue004</i></h1>", TITLE),
}


@pytest.mark.parametrize("case", TITLES)
def test_title(case: str, body: str) -> None:
    head, top, wanted = TITLES[case]
    html = f"<html><head>{head.format(t=TITLE)}</head><body><div>{top.format(t=TITLE)}</div><div>{body}</div></body></html>"

    got = extract(html, URL).title

    assert got == (wanted or "云岭县召开 2024年冬季森林防火工作会议")


def test_newspaper_headline_leaves_kicker_and_subhead(body: str) -> None:
    html = (
        "<html><head><title>云岭日报</title></head><body><p id=PreTitle>冬防部署早</p><h2 id=Title>把好入山关口</h2>"
        f"<p id=SubTitle>——全县会议侧记</p><div id=ozoom>{body}<!--enpproperty <date>2024-11-07 00:00:00:0</date>"
        "<author>白云飞</author><subtitle>——全县会议侧记</subtitle><introtitle>冬防部署早</introtitle><title>把好入山关口</title>/enpproperty-->"
        "</div></body></html>"
    )

    article = extract(html, URL)

    assert (article.title, article.author) == ("把好入山关口", "白云飞")


TIMES = {
    "PubDate": (meta("PubDate", "2024-11-06 18:05"), "", "2024-11-06T18:05"),
    "PubDate with seconds": (meta("PubDate", "2024-11-06 18:05:09"), "", "2024-11-06T18:05"),
    "PubDate with slashes": (meta("pubdate", "2024/11/6 18:05"), "", "2024-11-06T18:05"),
    "PubDate of the day, minutes in the strip": (
        meta("PubDate", "2024-11-06 00:00:00"),
        "时间：2024-11-06 18:05",
        "2024-11-06T18:05",
    ),
    "PubDate of the day alone": (meta("PubDate", "2024-11-06"), "", "2024-11-06T00:00"),
    "PubDate in twelve hours, strip in twenty-four": (
        meta("PubDate", "2024-11-06 06:05"),
        "2024-11-06 18:05",
        "2024-11-06T18:05",
    ),
    "ISO with zone": (
        '<meta property="article:published_time" content="2024-11-06T10:05:00Z">',
        "",
        "2024-11-06T18:05",
    ),
    "strip": ("", "发布时间：2024-11-06 18:05 来源：云岭日报", "2024-11-06T18:05"),
    "strip in Chinese": ("", "2024年11月06日18:05", "2024-11-06T18:05"),
    "strip with weekday": ("", "2024年11月6日 星期三 18:05", "2024-11-06T18:05"),
    "strip in twelve hours": ("", "发布于 2024-11-06 下午6:05", "2024-11-06T18:05"),
    "strip with dots": ("", "2024.11.06 18:05", "2024-11-06T18:05"),
    "not the date of signing": ("", "成文日期：2024-10-01 发布日期：2024-11-06", "2024-11-06T00:00"),
    "not the update": ("", "更新时间：2024-11-09 10:00 发布时间：2024-11-06 18:05", "2024-11-06T18:05"),
    "not today": ("", "今天是2025年3月1日 星期六 发布时间：2024-11-06 18:05", "2024-11-06T18:05"),
    "in elements of its own": ("", "<b>2024</b><b><em>11</em>/<em>06</em></b><b>18:05:09</b>", "2024-11-06T18:05"),
    "full-width digits": ("", "发布时间：２０２４－１１－０６　１８：０５", "2024-11-06T18:05"),
    "without marks between": ("", "日期：20241106 访问量：20241107", "2024-11-06T00:00"),
    "English": ("", "Wednesday, November 6th, 2024 &nbsp; 6:05 pm", "2024-11-06T18:05"),
    "English, short": ("", "Posted on Nov 6, 2024", "2024-11-06T00:00"),
    "as JSP prints it": ("", "Wed Nov 06 16:10:00 CST 2024", "2024-11-06T16:10"),
    "day in one script key, minutes in another": (
        """<script>var publish_time = "2024-11-06" || ""; var createTime = '2024-11-06 18:05';</script>""",
        "",
        "2024-11-06T18:05",
    ),
    "day in the strip, minutes in a script": (
        "<script>var createTime = '2024-11-06 18:05';</script>",
        "2024-11-06",
        "2024-11-06T18:05",
    ),
    "epoch in a script": ('<script>var ct = "1730887500";</script>', "", "2024-11-06T18:05"),
    "time element": ("<time datetime='2024-11-06T18:05:00+08:00'>昨天</time>", "", "2024-11-06T18:05"),
    "day in the strip, minutes in an element's title": (
        "",
        "2024年11月6日星期三 <abbr itemprop=datePublished title='2024-11-06T18:05:00+08:00'>下午6:05</abbr>",
        "2024-11-06T18:05",
    ),
    "an element of another day": (
        "",
        "2024年11月6日 <abbr itemprop=datePublished title='2024-11-08T18:05:00+08:00'>两天前</abbr>",
        "2024-11-06T00:00",
    ),
    "year below the day": ("", "<em>11月6日</em><em>2024</em><em>来源：</em><em>云岭日报</em>", "2024-11-06T00:00"),
    "only the months translated": ("", "11 月 6, 2024 宣传科", "2024-11-06T00:00"),
    "two digits of the year": ("", "发布人：人事科　发布时间：24-11-06　已被浏览 3 次", "2024-11-06T00:00"),
    "in numerals": ("", "二〇二四年十一月六日 来源：云岭日报", "2024-11-06T00:00"),
    "not one digit more": ("", "编号：24-11-06-3 2024-11-06 18:05", "2024-11-06T18:05"),
    "Hong Kong": ("", "2024年11月6日（星期三）<br>香港時間18時05分", "2024-11-06T18:05"),
    "Hanweb comment": ("", "<!--<$[发布时间]>begin-->2024-11-06 18:05<!--<$[发布时间]>end-->", "2024-11-06T18:05"),
    "script": ('<script>var o={"datePublished":"2024-11-06 18:05:00"}</script>', "", "2024-11-06T18:05"),
    "address": ("", "", "2024-11-06T00:00"),
}


@pytest.mark.parametrize("case", TIMES)
def test_published(case: str, body: str) -> None:
    head, strip, wanted = TIMES[case]
    html = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1><div>{strip}</div><div>{body}</div></body></html>"

    published = extract(html, URL).published_at

    assert published is not None
    assert published.isoformat(timespec="minutes") == f"{wanted}+08:00"


def test_time_and_source_above_the_headline(body: str) -> None:
    above = "<b><em> 2024</em></b><b><em>11</em>/<em>06</em></b><b>18:05:09</b><p>来源：云岭日报</p>"
    html = f"<title>{TITLE}</title><div>{above}<h1>{TITLE}</h1></div><div>{body}</div>"

    article = extract(html)

    assert article.source == "云岭日报"
    assert article.published_at is not None and article.published_at.isoformat() == "2024-11-06T18:05:09+08:00"


def test_a_dateline_at_the_head_of_the_text(body: str) -> None:
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div><p>白云飞</p><p>2024-11-06 云岭日报</p>{body}</div>"

    published = extract(html).published_at

    assert published is not None and published.date().isoformat() == "2024-11-06"


def test_the_strip_is_found_when_the_text_repeats_the_title(body: str) -> None:
    pasted = f"<p align=center><b>{TITLE}</b></p>{body}"
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><p>来源：云岭日报 2024-11-06 18:05</p><div>{pasted}</div>"

    article = extract(html)

    assert (article.source, article.published_at is not None) == ("云岭日报", True)


def test_a_comment_below_a_text_of_one_piece_is_no_publication() -> None:
    text = "\n\n".join(f"    {n}、云岭县严管野外用火，备足物资，练好队伍，做到有火必报，确保安全。" for n in range(4))
    html = (
        f"<title>{TITLE}</title><center>{TITLE}</center><p>录入：wang 2024.11.06 阅读：3</p><pre>各乡镇：\n\n{text}</pre>"
        "<hr><b>网友评论：</b>（评论仅代表个人观点）<br>[1楼] 游客 2024-11-07 20:01:13<br>防火要靠大家。<br>[2楼] 游客 2024-11-08 9:12:40<br>支持。"
    )

    article = extract(html)

    assert article.published_at is not None and article.published_at.isoformat() == "2024-11-06T00:00:00+08:00"
    assert "楼" not in article.text


def test_a_date_in_the_text_is_no_publication(body: str) -> None:
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div>{body}<p>会议定于2023年1月5日补办，资料存2022年卷。</p></div>"

    assert extract(html).published_at is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("电话12024-1-1", None),
        ("2024-11-06 25:99", "2024-11-06T00:00:00+08:00"),
        ("1999年1月2日3时04分", "1999-01-02T03:04:00+08:00"),
        ("20241106180500", "2024-11-06T18:05:00+08:00"),
        ("9/17/2004 5:54:13 AM", "2004-09-17T05:54:13+08:00"),
    ],
)
def test_read_date(text: str, wanted: str | None) -> None:
    date = read_date(text)

    assert (date.isoformat() if date else None) == wanted


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://a.gov.cn/art/2023/4/10/art_33718_900123.html", "2023-04-10"),
        ("http://a.gov.cn/xw/202304/t20230410_1.html", "2023-04-10"),
        ("http://a.cn/html/2023-04/10/content_1.htm", "2023-04-10"),
        ("http://a.cn/pc/content/202304/10/c1.html", "2023-04-10"),
        ("http://a.cn/2023/0410/c1a2/page.htm", "2023-04-10"),
        ("http://a.cn/info/1023/4567.htm", None),
    ],
)
def test_date_from_url(url: str, day: str | None) -> None:
    date = from_url(url)

    assert (date.date().isoformat() if date else None) == day


SOURCES = {
    "meta": (meta("ContentSource", "云岭日报"), "", "云岭日报"),
    "meta empty, strip": (meta("ContentSource", ""), "来源：云岭日报 作者：白云飞", "云岭日报"),
    "a bar": ("", "来源丨云岭日报 作者：白云飞", "云岭日报"),
    "taken from": ("", "转载自：云岭日报", "云岭日报"),
    "an address behind it": ("", "来源：中国政府网 www.gov.cn", "中国政府网"),
    "a label in an element of its own": ("", "<span>来源</span><span>云岭县政府办</span>", "云岭县政府办"),
    "an office that supplied it": ("", "供稿：云岭县统计局", "云岭县统计局"),
    "another meta, strip": (meta("source", "云岭新闻"), "来源：云岭县融媒体中心 责编：周立", "云岭县融媒体中心"),
    "another meta alone": (meta("source", "云岭新闻"), "责编：周立", "云岭新闻"),
    "meta null": (meta("ContentSource", "null"), "来源： 云岭日报", "云岭日报"),
    "label cut off": ("", "信息来源：县政府办公室 发布日期：2024-11-06 浏览次数：3", "县政府办公室"),
    "spaced label": ("", "来 源：云岭日报", "云岭日报"),
    "own tag": ("", "<span>来源：</span><span>云岭日报</span><span>2024-11-06</span>", "云岭日报"),
    "who published it, without a source": ("", "发布机构：县融媒体中心　发布日期：2024-11-06", "县融媒体中心"),
    "another label": ("", "<li>来自：</li><li>局办公室</li><li>日期：</li><li>2024年11月6日</li>", "局办公室"),
    "portal beside the date": ("", "2024-11-6 9:06:33　　云岭信息港　　阅读 738 次", "云岭信息港"),
    "glossed": ("", "發(fā)布時間(jiān)：2024-11-06 18:05 來(lái)源：縣政府辦", "縣政府辦"),
    "beside the date, with a player": ("", "<b>云岭周刊</b> <b>2024-11-06</b> <b>听新闻</b>", "云岭周刊"),
    "linked": ("", "来源：<a href=http://x.cn>云岭新闻网</a>", "云岭新闻网"),
    "traditional": ("", "來源：雲嶺日報", "雲嶺日報"),
    "稿源": ("", "稿源：云岭发布  编辑：周立", "云岭发布"),
    "brackets": ("", "【来源：云岭日报】【字体：大 中 小】", "云岭日报"),
    "beside the date": ("", "2024年11月06日 18:05 云岭日报", "云岭日报"),
    "in book marks beside the date": ("", "<i>2024年11月06日 18:05</i> <i>《云岭周刊》</i>", "云岭周刊"),
    "a newspaper's issue": ("", "本报记者 白云飞 <span>《云岭日报》（2024年11月06日 第 01 版）</span>", "云岭日报"),
    "the site itself": ("", "来源：本站 点击：3", "本站"),
    "end of the text": ("", "", "新华社"),
    "account whose name ends in 发布": ("", "来源：云岭发布时间：2024-11-06 18:05", "云岭发布"),
    "account, traditional": ("", "來源：雲嶺發佈時間：2024-11-06 18:05", "雲嶺發佈"),
    "paper beside the date, traditional": ("", "2024年11月06日 18:05 雲嶺晚報", "雲嶺晚報"),
    "office before 发布时间": ("", "来源：云岭县人民政府网发布时间：2024-11-06 18:05", "云岭县人民政府网"),
    "account in quotation marks": ("", "来源：微信公众号“云岭发布” 时间：2024-11-06", "微信公众号“云岭发布”"),
    "left over of a template": ("", '来源： size="20" 发布日期：2024-11-06', ""),
    "paper beside the date before a name at the end": ("", "2024年11月06日 《云岭周刊》", "云岭周刊"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_source(case: str, body: str) -> None:
    head, strip, wanted = SOURCES[case]
    tail = {
        "end of the text": "<p>（来源：新华社）</p>",
        "paper beside the date before a name at the end": "<p>来源：白云飞</p>",
    }
    html = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1><div>{strip}</div><div>{body}{tail.get(case, '')}</div></body></html>"

    assert extract(html, URL).source == wanted


AUTHORS = {
    "label": ("作者：白云飞 来源：云岭日报", "", "白云飞"),
    "two": ("作者：白云飞、周立 来源：云岭日报", "", "白云飞 周立"),
    "two with a semicolon": ("作者：白云飞；周立 来源：云岭日报", "", "白云飞 周立"),
    "of another people": ("作者：古丽米热·艾买提 来源：云岭日报", "", "古丽米热·艾买提"),
    "an office": ("作者：云岭县教育局 来源：云岭日报", "", ""),
    "reporter at the end": ("", "<p>（记者 白云飞 通讯员 周立）</p>", "白云飞 周立"),
    "reporter and correspondent, labelled": (
        "",
        "<p>（云岭县融媒体中心记者：白云飞　通讯员：周立）</p>",
        "白云飞 周立",
    ),
    "a name with a blank": ("", "<p>防火工作，重在平时。（全媒体记者 周 立）</p>", "周立"),
    "who took the photograph": ("", "<p>图为会议现场。通讯员 周立 摄</p>", ""),
    "two who took the photograph": ("", "<p>图为会议现场。记者 白云飞 周立 摄</p>", ""),
    "above the editors": ("", "<p>云岭晚报记者白云飞</p><p>（原标题：云岭冬防）</p><p>（编辑：周立）</p>", "白云飞"),
    "cells of a table": (
        "<table><tr><td>作者</td><td>白云飞、周立</td></tr><tr><td>發布時間</td><td>2024-11-06</td></tr></table>",
        "",
        "白云飞 周立",
    ),
    "before who held the camera": ("记者：沙马木呷　摄像：周立　编辑：王倩", "", "沙马木呷"),
    "in the square brackets of the lead": ("", "", "白云飞"),
    "of a comment": ("", "<div class=comment><p class=author-name>东北老铁</p></div>", ""),
    "names alone in the strip": ("<p>白云飞 周立</p><p>2024年11月06日18:05</p>", "", "白云飞 周立"),
    "a label that is empty before a count of characters": ("作者: 本文字数:1128", "", ""),
    "a label that is empty": ("作者： 点击数：0", "", ""),
    "box in the strip": ("□　白云飞　本报记者　周　立", "", "白云飞 周立"),
    "a group before its writers": ("", "<p>（白石镇通讯组 白云飞 周立）</p>", "白云飞 周立"),
    "a ward before its writer": ("", "<p>（普外科 白云飞 文/图）</p>", "白云飞"),
    "in the line of the editors": ("", "<p>作者：白云飞　|　编辑：周立　|　审核：普文</p>", "白云飞"),
    "an office that supplied it": ("", "<p>（县农业农村局 供稿）</p>", ""),
    "a language in brackets": ("", "<p>云岭县森林防火条例（英文）</p>", ""),
    "who supplied it": ("供稿人：白云飞", "", "白云飞"),
    "behind an agency's dateline": ("", "<p>中新网云岭11月6日电 (白云飞)11月6日，云岭县开展冬防。</p>", "白云飞"),
    "reporter behind an agency's dateline": ("", "<p>新华社云岭11月6日电（记者白云飞）云岭县开展冬防。</p>", "白云飞"),
    "who opened a thread": ("<div class=authi><a class=xw1>云岭山人</a></div>", "", "云岭山人"),
    "a forum's tools": ("<em id=authorposton1>倒序浏览</em>", "", ""),
    "reporter in the lead": ("", "", ""),
    "name in brackets": ("", "<p>防火工作，重在平时。（白云飞）</p>", "白云飞"),
    "before another label": ("作者：白云飞 发表于 2024-11-06 18:05", "", "白云飞"),
    "box": ("", "<p>□ 本报记者 白云飞</p>", "白云飞"),
    "not an account": ("作者：管理员 发布：2024-11-06", "", ""),
    "not an office": ("作者：县政府办公室", "", ""),
    "not what a reporter learned it from": ("", "<p>记者从云岭县</p>", ""),
    "who held the pen": ("执笔：白云飞", "", "白云飞"),
}


FIRST_LINES = {
    "bylines, one a line": ("<p>本报记者 白云飞</p><p>实习生 周立</p>", "白云飞 周立"),
    "a name alone, with a blank": ("<p>周　立</p>", "周立"),
    "a word that begins like no name": ("<p>范例</p>", ""),
    "a heading": ("<p>记者走基层</p>", ""),
}


@pytest.mark.parametrize("case", FIRST_LINES)
def test_author_in_the_first_lines(case: str, body: str) -> None:
    lines, wanted = FIRST_LINES[case]
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div>{lines}{body}</div>"

    assert extract(html, URL).author == wanted


def test_a_site_s_name_in_the_meta_is_no_author(body: str) -> None:
    html = f"<meta name=author content=云新><title>{TITLE}_云新订阅</title><h1>{TITLE}</h1><div>{body}</div>"

    assert extract(html, URL).author == ""


def test_author_in_the_metas_of_a_library() -> None:
    html = f"<meta name=citation_authors content='周　立'><title>{TITLE}</title><h1>{TITLE}</h1>"

    assert extract(html, URL).author == "周立"


@pytest.mark.parametrize("case", AUTHORS)
def test_author(case: str, body: str) -> None:
    strip, tail, wanted = AUTHORS[case]
    if case == "in the square brackets of the lead":
        body = f"<p>【云岭网报道 记者 白云飞】据县气象局消息，今冬少雨。</p>{body}"
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div>{strip}</div><div>{body}{tail}</div>"

    assert extract(html, URL).author == wanted


NEXT = {
    "createPageHTML": (
        '<script>createPageHTML(2,0,"t20241106_50017","html");</script>',
        "http://www.yunling.gov.cn/xw/202411/t20241106_50017_1.html",
    ),
    "createPageHTML, last page": ('<script>createPageHTML(2,1,"t20241106_50017","html");</script>', ""),
    "createPageHTML, one page": ("<script>createPageHTML(1, 0, 't20241106_50017', 'html')</script>", ""),
    "createPageHTML, definition": (
        "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}</script>",
        "",
    ),
    "createPageHTML, list": ('<script>createPageHTML(34, 0, "index", "html")</script>', ""),
    "createPageHTML, from one": (
        "<script>createPageHTML('page_div', 3, 1, 't20241106_50017', 'html', 40)</script>",
        "http://www.yunling.gov.cn/xw/202411/t20241106_50017_2.html",
    ),
    "link": (
        '<p><a href="t20241106_50017_1.html">下一页</a></p>',
        "http://www.yunling.gov.cn/xw/202411/t20241106_50017_1.html",
    ),
    "query": ('<p><a href="?page=2">下一页</a></p>', "http://www.yunling.gov.cn/xw/202411/t20241106_50017.html?page=2"),
    "numbers only": (
        '<p id=displaypagenum>[1] <a href="t20241106_50017_2.html">[2]</a></p>',
        "http://www.yunling.gov.cn/xw/202411/t20241106_50017_2.html",
    ),
    "script link": ('<p><a href="javascript:next()">下一页</a></p>', ""),
    "next article": ('<p>下一篇：<a href="t20241107_50018.html">教育会议</a></p>', ""),
    "list of another column": ('<p><a href="/tzgg/index_2.html">下一页</a></p>', ""),
    "other site": ('<p><a href="http://other.cn/t20241106_50017_1.html">下一页</a></p>', ""),
}


@pytest.mark.parametrize("case", NEXT)
def test_next_page(case: str, page: Page, body: str) -> None:
    pager, wanted = NEXT[case]

    assert extract(page(body, after=pager), URL).next_page == wanted


def test_base_resolves_links(page: Page, body: str) -> None:
    html = page(body + "<p>附件：<a href=a.pdf>a.pdf</a></p>", head="<base href=http://www.yunling.gov.cn/f/>")

    assert [file.url for file in extract(html, URL).attachments] == ["http://www.yunling.gov.cn/f/a.pdf"]


def test_a_link_with_the_name_of_a_file_leads_to_one(body: str) -> None:
    files = "<h4>表格下载</h4><a href='/file/down?id=88231'>申请书（空表）.doc</a>"

    assert [file.name for file in extract(f"<h1>{TITLE}</h1><div>{body}{files}</div>", URL).attachments] == [
        "申请书（空表）.doc"
    ]


def test_a_forum_s_attachment_is_a_file(body: str) -> None:
    files = "<dl class=tattl><dd><a href='forum.php?mod=attachment&amp;aid=NTIxMXw4'>登记表.doc</a></dd></dl>"

    assert [file.name for file in extract(f"<h1>{TITLE}</h1><div><div>{body}</div>{files}</div>", URL).attachments] == [
        "登记表.doc"
    ]


def test_files_below_a_text_of_many_spans_belong_to_it_whatever_the_column_is_called(body: str) -> None:
    day = "".join(f"<span>{part}</span>" for part in ("2023", "年", "2", "月", "16", "日"))
    words = "".join(
        f"<p>{''.join(f'<span>{letter}</span>' for letter in '云岭县财政局决算说明')}</p>" for _ in range(9)
    )
    files = "<div class=attach><h4>相关附件：</h4><a href=1.xls>决算表.xls</a></div>"
    menu = "<div class=side><a href=2.doc>表格下载</a></div>"
    html = f"<title>{TITLE}</title><div id=rside><h1>{TITLE}</h1><div><span><div>{body}{words}<p>{day}</p></div></span></div>{files}{menu}</div>"

    assert [file.name for file in extract(html, URL).attachments] == ["决算表.xls"]


def test_a_layout_s_selectors_come_first(body: str) -> None:
    html = (
        f"<title>云岭</title><b class=t>{TITLE}</b><i class=d>2024-11-06 18:05</i><i class=s>来源：云岭日报</i><i class=a>白云飞</i>"
        f"<div class=x>{body}<p class=ad>护林防火，人人有责。</p></div><a class=n href=2.html>→</a>"
    )
    layout = Layout(
        body=".x",
        title=".t",
        published=".d",
        source=".s",
        author=".a",
        next_page=".n",
        drop=(".ad",),
        furniture=frozenset(),
    )

    article = extract(html, "http://a.cn/1.html", layout)

    assert (article.title, article.source, article.author) == (TITLE, "云岭日报", "白云飞")
    assert article.published_at is not None and article.published_at.isoformat() == "2024-11-06T18:05:00+08:00"
    assert article.next_page == "http://a.cn/2.html"
    assert "护林防火" not in article.text and article.notes == ()


@pytest.mark.parametrize("selector", [".gone", "ul.menu"])
def test_a_layout_that_fails_is_passed_over_and_noted(
    selector: str, page: Page, body: str, paragraphs: tuple[str, ...]
) -> None:
    article = extract(page(body), URL, Layout(body=selector, title=".none"))

    assert article.text == "\n".join(paragraphs)
    assert [note.split(":")[0] for note in article.notes] == ["layout title", "layout body"]
