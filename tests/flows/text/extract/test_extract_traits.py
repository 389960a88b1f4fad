"""What pages of governments and newspapers do to an extractor, one trait a page. All pages are invented."""

import re
from collections.abc import Callable

import pytest

from flows.text.extract import Article, extract
from flows.text.script import simplified_forms as _forms

URL = "http://www.yunling.gov.cn/xw/202411/t20241106_50017.html"
Page = Callable[..., str]

AFTER = {
    "counter": "<div>浏览次数：<script>hits(50017)</script><span id=hits>318</span>次</div>",
    "font size": '<p>【字体：<a href="javascript:f(18)">大</a> <a href="javascript:f(16)">中</a> <a href="javascript:f(14)">小</a>】</p>',
    "print and close": '<p align=right><a href="javascript:print()">【打印本页】</a><a href="javascript:close()">【关闭窗口】</a></p>',
    "share bar": '<div class=fx>分享到：<a href="#">微信</a> <a href="#">微博</a> <a href="#">QQ空间</a></div>',
    "scan sentence": "<p>打开微信，点击底部的“发现”，使用“扫一扫”即可将网页分享至朋友圈。</p>",
    "QR": "<div><img src=/qr.png><p>扫一扫在手机打开当前页</p></div>",
    "editors": "<p>（责任编辑：周立　初审：吴敏　终审：郑刚）</p>",
    "three reviews": "<p>一审：周立 二审：吴敏 三审：郑刚</p>",
    "reporter and editor": "<p>记者：白云飞 编辑：周立</p>",
    "original title": "<p>（原标题：云岭部署冬防）</p>",
    "source line": "<p>来源：云岭日报</p>",
    "neighbours": "<p>上一篇：<a href=/1>县领导慰问老兵</a></p><p>下一篇：<a href=/2>教育工作会议召开</a></p>",
    "no neighbour": "<p>下一篇：没有了</p>",
    "related list": "<div><p>相关阅读</p><ul><li><a href=/1>云岭县启动四级响应</a></li><li><a href=/2>防火知识问答</a></li><li><a href=/3>林长制工作推进会召开</a></li></ul></div>",
    "advertisement in a class's end": "<div class=page-ad><p>点击“下载文档”获取可编辑的完整版本</p></div>",
    "advertisement in a class": "<div class='right_ad_item'><p>阳光新城首付八万起 <a href=/ad>查看详情</a></p></div>",
    "join the group": "<p>▲扫码加群，每日推送最新文件▲</p>",
    "address of a mirror": "<p>★本站永久地址，请务必收藏，防止失联★</p>",
    "like it": "<p>点个“在看”，转给更多家长↓↓↓</p>",
    "related in a class": "<div class=relate-news><h4>相关新闻</h4><p>防火知识，家家要懂。</p></div>",
    "notice": "<p>云岭新闻网版权与免责声明：</p><p>①凡本网注明“来源：云岭新闻网”的所有作品，版权均属于云岭新闻网，未经授权不得转载、摘编。</p><p>②凡本网注明其他来源的作品，均转载自其它媒体，并不代表本网赞同其观点。</p>",
    "notice in one paragraph": "<p>免责声明：本文仅供学习交流，如有侵权请联系本站删除。</p>",
    "imprint": "<p>主办单位：云岭县融媒体中心　网站标识码：5399990001</p><p>某ICP备20009999号</p>",
    "pager": "<div><a>1</a> <a href=t20241106_50017_1.html>2</a> <a href=t20241106_50017_1.html>下一页</a> 共2页</div>",
    "comments": "<div><p>网友评论（2条）</p><p>山里人 2024-11-07 08:12 回复</p><p>防火要靠大家，护林员辛苦了。</p><p>过客 2024-11-07 09:40 回复</p><p>支持。</p></div>",
    "player": "<p>您的浏览器不支持video标签，请升级浏览器</p>",
    "player's controls": "<p>播放00:00 / 02:47倍速 0.5x 1.0x 1.5x 2.0x清晰度 标清 高清全屏</p>",
    "reading time": "<p>共计412个字，预计阅读时长2分钟</p>",
    "advertisement": "<div><a href=/ad>广告</a></div>",
    "hidden": '<p style="display:none">云岭县站群系统隐藏摘要，请勿抓取。</p>',
    "hidden duplicate": "<div style='display: none' id=printBody><p>本稿打印版，由系统生成，供打印。</p></div>",
}


def text_of(page: Page, body: str, **parts: str) -> str:
    return extract(page(body, **parts), URL).text


@pytest.mark.parametrize("trait", AFTER)
def test_furniture_in_the_container_goes_and_the_body_stays(
    trait: str, page: Page, body: str, paragraphs: tuple[str, ...]
) -> None:
    article = extract(page(body + AFTER[trait]), URL)

    assert article.text == "\n".join(paragraphs)
    assert {line.rule for line in article.dropped} != {""}


@pytest.mark.parametrize("trait", AFTER)
def test_furniture_beside_the_container_goes_too(
    trait: str, page: Page, body: str, paragraphs: tuple[str, ...]
) -> None:
    assert text_of(page, body, after=AFTER[trait]) == "\n".join(paragraphs)


def test_related_links_between_paragraphs_go(page: Page, paragraphs: tuple[str, ...]) -> None:
    box = "<div><strong>相关新闻</strong><ul><li><a href=/1>防火知识问答</a></li><li><a href=/2>林长制工作推进会召开</a></li></ul></div>"
    parts = [f"<p>{text}</p>" for text in paragraphs]

    assert text_of(page, parts[0] + box + "".join(parts[1:])) == "\n".join(paragraphs)


def test_a_linked_paragraph_stays(page: Page, paragraphs: tuple[str, ...]) -> None:
    parts = [f"<p>{text}</p>" for text in paragraphs]
    linked = "<p><a href=/1>云岭县森林防火条例</a></p>"

    assert "云岭县森林防火条例" in text_of(page, parts[0] + linked + "".join(parts[1:]))


def test_a_drawn_line_above_the_text_is_no_text(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    assert text_of(page, "<p>*************</p>" + body) == "\n".join(paragraphs)


@pytest.mark.parametrize(
    "info",
    [
        "<span>发布时间：2024-11-06 18:05</span><span>来源：云岭日报</span><span>作者：白云飞</span><span>编辑：周立</span>",
        "2024年11月6日 18:05　来源：云岭日报　点击：<i>318</i>",
        "时间：2024-11-06　字号：【大 中 小】",
        "信息来源：县政府办 发布日期：2024-11-06 浏览次数：318 打印 关闭",
    ],
)
def test_the_strip_under_the_title_is_not_text(info: str, page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    assert text_of(page, body, info=info) == "\n".join(paragraphs)


def test_crumbs_are_not_text(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    crumbs = "<div class=dqwz>您当前的位置：<a href=/>首页</a> &gt; <a href=/xw/>新闻</a> &gt; 正文</div>"

    assert text_of(page, crumbs + body) == "\n".join(paragraphs)
    assert text_of(page, body, before=crumbs) == "\n".join(paragraphs)


BODIES: dict[str, Callable[[str], str]] = {
    "p": lambda text: f"<p>　　{text}</p>",
    "div": lambda text: f"<div>　　{text}</div>",
    "br": lambda text: f"　　{text}<br>",
    "br twice": lambda text: f"&nbsp;&nbsp;&nbsp;&nbsp;{text}<br/><br/>",
    "emsp": lambda text: f"<p>&emsp;&emsp;{text}</p>",
    "section": lambda text: f'<section><section><span style="font-size:16px">{text}</span></section></section>',
    "nested p": lambda text: f"<P><p>　　{text}</p></P>",
    "unclosed p": lambda text: f"<P>　　{text}",
    "table of one cell": lambda text: f"<table><tr><td>　　{text}</td></tr></table>",
    "numbers in own spans": lambda text: (
        "<p class=MsoNormal>" + re.sub(r"([\d.]+)", r"<span lang=EN-US>\1<o:p></o:p></span>", text) + "</p>"
    ),
    "bold lead": lambda text: f"<p><strong>{text[:6]}</strong>{text[6:]}</p>",
    "linked name": lambda text: f"<p>{text.replace('云岭县', '<a href=/yl>云岭县</a>')}</p>",
    "source newlines": lambda text: "<p>\n\t　　" + text.replace("，", "，\n      ") + "\n</p>",
}


@pytest.mark.parametrize("shape", BODIES)
def test_paragraphs_are_rendered_one_a_line(shape: str, page: Page, paragraphs: tuple[str, ...]) -> None:
    assert text_of(page, "".join(map(BODIES[shape], paragraphs))) == "\n".join(paragraphs)


CONTAINERS = {
    "TRS": '<div class=TRS_Editor><style>.TRS_Editor P{{line-height:1.5}}</style><div class="Custom_UnionStyle">{}</div></div>',
    "TRS, new editor": '<div class="trs_editor_view TRS_UEDITOR trs_paper_default trs_web">{}</div>',
    "Hanweb": "<div id=zoom><!--<$[信息内容]>begin--><!--ZJEG_RSS.content.begin--><meta name=ContentStart>{}<meta name=ContentEnd><!--ZJEG_RSS.content.end--><!--<$[信息内容]>end--></div>",
    "VSB": "<form name=_newscontent_fromname><div id=vsb_content_2><div class=v_news_content>{}</div></div></form>",
    "Founder": "<founder-content><!--enpcontent--><!--enpcontent-->{}<!--/enpcontent--></founder-content>",
    "UCAP": "<UCAPCONTENT>{}</UCAPCONTENT>",
    "WebPlus": "<div class=wp_articlecontent>{}</div>",
    "no name": "<div>{}</div>",
    "WeChat": '<div id=js_content style="visibility: hidden;">{}</div>',
    "misleading name": '<div class="side-share-box">{}</div>',
}


@pytest.mark.parametrize("system", CONTAINERS)
def test_every_system_s_container(system: str, page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    assert text_of(page, CONTAINERS[system].format(body)) == "\n".join(paragraphs)


def test_an_early_end_of_html_hides_nothing(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    html = page(body).replace("<div class=wrap>", "</body></html>\n<div class=wrap>", 1)

    assert extract(html, URL).text == "\n".join(paragraphs)


def test_a_newspaper_page_in_tables(title: str, body: str, paragraphs: tuple[str, ...]) -> None:
    html = (
        "<html><head><title>云岭日报</title></head><body><table><tr><td>第A01版：头版 <a class=preart href=node_2.htm>下一版</a></td></tr>"
        f"<tr><td><table><tr><td>冬防部署早</td></tr><tr><td><strong>{title}</strong></td></tr><tr><td>副题</td></tr>"
        f"<tr><td><DIV id=ozoom><!--enpcontent-->{body}<!--/enpcontent--></DIV></td></tr></table></td>"
        + "".join(f"<td><a href=content_{n}.htm>本版另一篇稿件{n}</a></td>" for n in range(4))
        + f"</tr></table></body></html><!--mpproperty <founder-date>\n2024-11-07\n</founder-date><founder-title>{title}\n</founder-title>"
        "<founder-author>\n\n</founder-author><founder-papername>云岭日报</founder-papername>/mpproperty-->"
    )

    article = extract(html, "http://www.ylrb.cn/html/2024-11/07/content_5001.htm")

    assert article.text == "\n".join(paragraphs)
    assert article.title == title
    assert article.published_at is not None and article.published_at.isoformat() == "2024-11-07T00:00:00+08:00"


def test_table_rows_keep_their_cells_apart(page: Page, paragraphs: tuple[str, ...]) -> None:
    rows = (("乡镇", "火情（起）", "队员（人）"), ("白石镇", "3", "120"), ("红土乡", "6", "292"))
    table = "".join("<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row) + "</tr>" for row in rows)

    text = text_of(page, f"<p>{paragraphs[0]}</p><table><tbody>{table}</tbody></table><p>{paragraphs[1]}</p>")

    assert text.split("\n") == [paragraphs[0], *(" ".join(row) for row in rows), paragraphs[1]]


def test_a_page_that_is_only_a_table(page: Page) -> None:
    rows = "".join(f"<tr><td>白石镇</td><td>{n}号卡点</td><td>值守{n}人</td></tr>" for n in range(1, 6))

    text = text_of(page, f"<table>{rows}</table>")

    assert text.split("\n")[0] == "白石镇 1号卡点 值守1人"
    assert len(text.split("\n")) == 5


def test_a_short_notice_keeps_its_signature(page: Page) -> None:
    notice = "<p>　　因线路检修，11月8日8时至12时政务大厅暂停服务。</p><p align=right>云岭县政务服务局</p><p align=right>2024年11月7日</p>"

    assert text_of(page, notice).split("\n") == [
        "因线路检修，11月8日8时至12时政务大厅暂停服务。",
        "云岭县政务服务局",
        "2024年11月7日",
    ]


def test_attachments_are_a_field_and_stay_in_the_text(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    files = (
        '<p>附件：<a href="./P020241106.docx">1.卡点一览表.docx</a></p><p><a href="/f/2.pdf">2.责任人名单.pdf</a></p>'
    )

    article = extract(page(body + files), URL)

    assert article.text.split("\n")[len(paragraphs) :] == ["附件：1.卡点一览表.docx", "2.责任人名单.pdf"]
    assert [(file.name, file.url) for file in article.attachments] == [
        ("1.卡点一览表.docx", "http://www.yunling.gov.cn/xw/202411/P020241106.docx"),
        ("2.责任人名单.pdf", "http://www.yunling.gov.cn/f/2.pdf"),
    ]


def test_attachments_beside_the_container(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    files = '<ul><li>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&amp;wbfileid=88">名单.xlsx</a>】已下载<span>0</span>次</li></ul>'

    article = extract(page(body, after=files), URL)

    assert [file.name for file in article.attachments] == ["名单.xlsx"]


@pytest.mark.parametrize("name", ["letter-reply", "reply", "huifu", "hf"])
@pytest.mark.parametrize("head", ["回复内容", "答复情况", "办理结果："])
def test_the_answer_to_a_letter_is_no_comment(name: str, head: str, title: str) -> None:
    asked = "县长您好，城东小区南门的三盏路灯已经坏了半个多月，晚上出行很不方便，请问什么时候能修好？"
    answered = (
        "王先生：您好！您反映的问题收悉，现答复如下：",
        "损坏的三盏路灯已于5月14日全部修复，感谢您的支持。",
        "回复时间：2024-05-15 16:40",
    )
    paragraphs = "".join(f"<p>{text}</p>" for text in answered)
    shell = f"<div class=q><h3>来信内容</h3><p>{asked}</p></div><div class={name}><h3>{head}</h3>{paragraphs}</div>"

    text = extract(f"<title>{title}</title><body><div class=m><h2>{title}</h2>{shell}</div></body>").text

    assert text.split("\n") == ["来信内容", asked, head, *answered]


NO_SENTENCE = {
    "names": ("序号 姓名 乡镇 金额", "1 王秀英 城关镇 301", "2 李红梅 城关镇 302", "3 张建国 石桥乡 303"),
    "duty": ("6月8日 张建国 带班 0871-5566001", "6月9日 李红梅 带班 0871-5566001"),
    "decision": ("行政处罚决定书文号 云市监处罚〔2024〕12号", "处罚结果 罚款5000元", "处罚机关 云岭县市场监督管理局"),
    "brief": ("城关镇 完成春播面积2.3万亩", "石桥乡 新建高标准农田1200亩", "龙山乡 发放补贴86.5万元"),
}


@pytest.mark.parametrize("shape", ["table", "div", "br"])
@pytest.mark.parametrize("case", NO_SENTENCE)
def test_a_page_without_a_sentence_has_a_text(case: str, shape: str, title: str) -> None:
    lines = NO_SENTENCE[case]
    cells = "".join("<tr>" + "".join(f"<td>{word}</td>" for word in line.split()) + "</tr>" for line in lines)
    text = {
        "table": f"<table>{cells}</table>",
        "div": "".join(f"<div>{line}</div>" for line in lines),
        "br": "<br>".join(lines),
    }[shape]
    strip = "<div class=i>发布时间：2024-05-12 来源：云岭县市场监督管理局</div>"
    near = "<p>上一篇：<a href=1.html>关于开展消防安全检查的通知</a></p><p>下一篇：<a href=2.html>关于做好防汛工作的通知</a></p>"
    foot = "<div class=foot>主办：云岭县人民政府办公室 滇ICP备05000001号 网站标识码：5301000001</div>"

    article = extract(
        f"<title>{title}</title><body><div class=x><h1>{title}</h1>{strip}{text}</div>{near}{foot}</body>"
    )

    assert (article.verdict, article.text.split("\n")) == ("article", list(lines))
    assert article.source == "云岭县市场监督管理局"


@pytest.mark.parametrize("kind", ["td class=f14", "div class='text zoomed'"])
def test_a_text_that_an_advertisement_parts_is_whole(kind: str, paragraphs: tuple[str, ...], title: str) -> None:
    first, second = ("<br><br>".join(f"　　{line}" for line in half) for half in (paragraphs[:2], paragraphs[2:]))
    tag = kind.split(maxsplit=1)[0]
    open_, close = ("<table><tr>", "</tr></table>") if tag == "td" else ("", "")
    ad = "<table><tr><td>AD</td></tr><tr><td><a href=http://sms.cn/>彩铃免费下</a> <a href=http://mall.cn/>优盘仅售199元</a></td></tr></table>"
    parts = f"{open_}<{kind} id=zoom>{first}</{tag}>{close}{ad}{open_}<{kind}>{second}</{tag}>{close}"
    page = f"<title>{title}</title><body><div class=m><h1>{title}</h1><p>2004年11月06日18:05</p>{parts}</div></body>"

    assert extract(page).text.split("\n")[:2] == list(paragraphs[:2])
    assert set(paragraphs) <= set(extract(page).text.split("\n"))


def test_a_text_in_numbered_parts_is_whole(paragraphs: tuple[str, ...], title: str) -> None:
    first, second = ("".join(f"<p>{line}</p>" for line in half) for half in (paragraphs[:2], paragraphs[2:]))
    box = "<div class=hzh><h4>热点推荐</h4><ul><li><a href=1>三天美白</a></li><li><a href=2>股市黑马</a></li><li><a href=3>海景公寓</a></li></ul></div>"
    parts = f"<div class=blkCont1 id=artibody>{first}</div>{box}<div class=blkCont2 id=artibody2>{second}</div>"

    text = extract(f"<title>{title}</title><body><div class=m><h1>{title}</h1>{parts}</div></body>").text

    assert text.split("\n") == list(paragraphs)


def test_the_known_container_within_a_known_one_leaves_the_feed_beside_it(
    paragraphs: tuple[str, ...], body: str, title: str
) -> None:
    feed = "".join(
        f"<div class=item><h2>第{n}条别的新闻的标题在这里</h2><p>研究团队采集样本四千余份，发表了这一成果。</p><i>今天 0{n}:15</i></div>"
        for n in range(8)
    )
    page = f"<title>{title}</title><body><div class=article-content id=article_content><h1>{title}</h1><div id=artibody>{body}</div>{feed}</div></body>"

    assert extract(page).text.split("\n") == list(paragraphs)


def test_what_hides_in_letters_of_no_size_is_dropped_and_kept_on_record(
    page: Page, paragraphs: tuple[str, ...]
) -> None:
    body = "".join(f'<p>{line}<font style="font-size:0px;color:#FFF">0-#B98Zy4/</font></p>' for line in paragraphs)
    article = extract(page(body))

    assert article.text == "\n".join(paragraphs)
    assert {line.rule for line in article.dropped if "B98" in line.line} == {"hidden"}


@pytest.mark.parametrize("lead", ["table", "div"])
def test_a_text_goes_on_behind_a_table_in_a_page_of_tables(lead: str, title: str) -> None:
    first = "根据放假通知精神，我院10月1日至7日放假，共7天，现将有关安排公布如下。"
    rows = ("科室 值班 电话", "内科 周建国 13900000601", "外科 罗刚、唐伟 13900000622", "儿科 王琼、石慧 13900000617")
    last = "值班人员要坚守岗位，保持通讯畅通，遇有突发事件，须在10分钟内报告带班院领导；排班如有变动，以公示为准。"
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split()) + "</tr>" for row in rows)
    part = {"table": "<table><tr><td><p>{}</p></td></tr></table>", "div": "<div>{}</div>"}[lead]
    page = f"<title>{title}</title><body><div class=x><h1>{title}</h1>{part.format(first)}<table><tbody>{cells}</tbody></table>{part.format(last)}</div></body>"

    assert extract(page).text.split("\n") == [first, *rows, last]


def test_a_list_in_the_tables_of_an_old_layout_is_found_and_keeps_its_last_lines(title: str) -> None:
    lines = (*NO_SENTENCE["brief"], "报 县委办公室 县政府办公室", "发 各乡镇")
    body = "".join(f"<div><font size=3>{line}</font></div>" for line in lines)
    head = f"<table><tr><td class=bt><h1>{title}</h1></td></tr><tr><td>时间：2013-03-05 来源：<a href=#>石桥乡政府</a> 作者：谢海英</td></tr></table>"
    near = "<div>【打印】【关闭】</div><div>上一篇：<a href=1.html>龙山乡签订责任书</a></div><div>下一篇：<a href=2.html>石桥乡召开动员会</a></div>"
    page = f"<title>{title}</title><body><table><tr><td><table class=box><tr><td>{head}<table><tr><td>{body}{near}</td></tr></table></td></tr></table></td></tr></table></body>"

    article = extract(page)

    assert article.text.split("\n") == list(lines)
    assert (article.source, article.author) == ("石桥乡政府", "谢海英")


def test_an_imprint_with_a_sentence_is_not_taken_for_the_text_of_a_list(title: str) -> None:
    lines = NO_SENTENCE["names"]
    body = "".join(f"<div>{line}</div>" for line in lines)
    foot = "<div class=bq><p>版权所有：云岭县人民政府，未经授权，禁止转载。</p><p>建议使用IE8.0以上浏览器，1024*768分辨率浏览本站。</p></div>"
    share = "<div class=e><p>扫一扫在手机打开当前页，分享给好友。</p></div>"
    head = f"<div class=h><h1>{title}</h1><p>时间：2024-05-12 来源：云岭县民政局</p></div>"

    text = extract(
        f"<title>{title}</title><body><div class=m>{head}<div class=c>{body}</div>{share}</div>{foot}</body>"
    ).text

    assert text.split("\n") == list(lines)


def test_the_contact_that_ends_a_text_is_no_part_of_the_imprint_below_it(
    page: Page, body: str, paragraphs: tuple[str, ...]
) -> None:
    contact = ("地址：云岭县城东路12号", "电话：0871-5566003")
    near = "<p>上一篇：<a href=1.html>关于开展消防安全检查的通知</a></p>"
    foot = "<p>版权所有：云岭县人民政府，未经授权，禁止转载。</p><p>主办：云岭县人民政府办公室 滇ICP备05000001号</p>"

    text = text_of(page, body + "".join(f"<p>{line}</p>" for line in contact) + near + foot)

    assert text.split("\n") == [*paragraphs, *contact]


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_mirror_s_line_of_rights_costs_no_other(place: int, page: Page, paragraphs: tuple[str, ...]) -> None:
    lines = list(paragraphs)
    lines.insert(place, "本文转载自云岭日报，版权归原作者所有，如有侵权请联系删除。")

    assert text_of(page, "".join(f"<p>{line}</p>" for line in lines)).split("\n") == list(paragraphs)


@pytest.mark.parametrize("shape", ['<span style="display: block">{}</span>', "<pre>{}</pre>"])
def test_paragraphs_without_their_tag_are_lines(shape: str, title: str, paragraphs: tuple[str, ...]) -> None:
    text = "\n".join(paragraphs)
    body = shape.format(text) if "pre" in shape else "".join(map(shape.format, paragraphs))

    page = f"<title>{title}</title><body><div class=m><h1>{title}</h1><div class=c>{body}</div></div></body>"

    assert extract(page).text == text


def test_a_picture_below_the_title_alone_is_no_text(title: str) -> None:
    foot = "<div>主办：云岭县人民政府办公室</div><div>承办：云岭县大数据中心 技术支持单位</div>"
    shell = (
        f"<div class=a><div class=b><h1>{title}</h1><div>发布时间：2024-05-12</div><img src=1.jpg></div>{foot}</div>"
    )

    assert extract(f"<title>{title}</title><body>{shell}</body>").verdict == "image"


ROSTER = "<table><tr><th>序号</th><th>姓名</th><th>单位</th><th>岗位</th></tr>{}</table>".format(
    "".join(f"<tr><td>{n}</td><td>王秀英</td><td>云岭县第{n}小学</td><td>后勤服务人员</td></tr>" for n in range(1, 15))
)


def test_a_text_goes_on_behind_a_table_of_names(title: str, paragraphs: tuple[str, ...]) -> None:
    """Paragraphs are elements of any kind here, and no name tells which is the container."""
    first, *rest = paragraphs
    below = "".join(f"<div>{text}</div>" for text in (*rest, "联系电话：0871-5566001"))
    shell = f"<div class=x><div class=t>{title}</div><div class=s>2024-11-06</div><div class=y><div>{first}</div>{ROSTER}{below}</div></div>"

    text = extract(f"<title>{title}</title><body>{shell}</body>").text

    assert text.startswith(f"{first}\n序号 姓名 单位 岗位\n1 王秀英 云岭县第1小学 后勤服务人员\n")
    assert text.endswith("\n".join((*rest, "联系电话：0871-5566001")))


def test_attachments_below_a_long_table(page: Page, body: str) -> None:
    files = '<p>附件：<a href="/f/2.pdf">责任人名单</a></p>'

    assert [file.name for file in extract(page(body + ROSTER + body, after=files), URL).attachments] == ["责任人名单"]


def test_attachments_in_the_next_row_of_an_old_layout(title: str, body: str) -> None:
    rows = f'<tr><td><div><div id="vsb_content"><div class="v_news_content">{body}</div></div></div></td></tr>'
    files = '<tr><td><ul><li>附件【<a href="/system/_content/download.jsp?wbfileid=88">名单.xlsx</a>】已下载</li></ul></td></tr>'

    article = extract(f"<title>{title}</title><body><div><form><table>{rows}{files}</table></form></div></body>", URL)

    assert [file.name for file in article.attachments] == ["名单.xlsx"]


PROPERTIES = {
    "table": "<table><tr><td>索引号</td><td>000014349/2024-00012</td><td>发文机关</td><td>云岭县人民政府</td></tr>"
    "<tr><td>成文日期</td><td>2024-11-01</td><td>发文字号</td><td>云政发〔2024〕8号</td></tr></table>",
    "list": "<ul><li>索 引 号：000014349/2024-00012</li><li>发布机构：云岭县人民政府</li><li>成文日期：2024-11-01</li><li>文 号：云政发〔2024〕8号</li></ul>",
    "law": "<table><tr><td>【法规标题】</td><td>云岭县古井保护办法</td></tr><tr><td>【颁布单位】</td><td>云岭县人民政府</td><td>【发文字号】</td><td>第21号</td></tr>"
    "<tr><td>【颁布时间】</td><td>2009-09-28</td><td>【时 效 性】</td><td>现行有效</td></tr></table>",
    "definition list": "<dl><dt>索引号</dt><dd>000014349/2024-00012</dd><dt>发布机构</dt><dd>云岭县人民政府</dd><dt>有效性</dt><dd>有效</dd></dl>",
}


@pytest.mark.parametrize("shape", PROPERTIES)
def test_a_document_s_properties_are_not_text(shape: str, page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    assert text_of(page, PROPERTIES[shape] + body) == "\n".join(paragraphs)


def test_a_document_keeps_the_title_it_was_signed_with(page: Page, body: str, title: str) -> None:
    document = f"<p align=center>云政发〔2024〕8号</p><p align=center>{title}</p><p>各乡镇人民政府：</p>{body}"

    assert text_of(page, f"<div class=TRS_Editor>{document}</div>").split("\n")[:3] == [
        "云政发〔2024〕8号",
        title,
        "各乡镇人民政府：",
    ]


def test_a_document_keeps_a_title_broken_over_lines(page: Page, body: str, title: str) -> None:
    document = f"<p align=center>{title[:9]}</p><p align=center>{title[9:]}</p><p>各乡镇人民政府：</p>{body}"

    assert text_of(page, document).split("\n")[:3] == [title[:9], title[9:], "各乡镇人民政府："]


def test_a_pasted_headline_and_its_subtitle_are_not_text(
    page: Page, body: str, title: str, paragraphs: tuple[str, ...]
) -> None:
    pasted = f"<p align=center><b>{title}</b></p><p align=center>——深入推进“防火码”应用</p>"

    assert text_of(page, pasted + body) == "\n".join(paragraphs)


def test_teasers_above_the_headline_are_not_text(body: str, title: str, paragraphs: tuple[str, ...]) -> None:
    teasers = "".join(
        f"<li><h3>第{n}项工程</h3><p>近日，云岭县第{n}项工程竣工，总投资3000万元，惠及群众。</p></li>" for n in range(8)
    )
    html = f"<title>{title}</title><body><div><ul>{teasers}</ul></div><div><h1>{title}</h1><p>2024-11-06</p>{body}</div></body>"

    assert extract(html).text == "\n".join(paragraphs)


def test_a_signature_above_links_and_links_that_the_text_speaks_of_stay(
    page: Page, body: str, paragraphs: tuple[str, ...]
) -> None:
    links = "".join(f"<p><a href=/{n}.html>云岭县第{n}次会议召开</a></p>" for n in range(3))
    own = "<p>查询网址：<a href=http://www.a.cn>http://www.a.cn</a></p><p>详见<a href=/1.html>《云岭县森林防火办法》</a></p>"

    assert text_of(page, body + "<p>白云飞</p>" + links) == "\n".join((*paragraphs, "白云飞"))
    assert text_of(page, body + own).split("\n")[len(paragraphs) :] == [
        "查询网址：http://www.a.cn",
        "详见《云岭县森林防火办法》",
    ]


def test_teasers_of_other_articles_below_are_not_text(body: str, title: str, paragraphs: tuple[str, ...]) -> None:
    teasers = "".join(
        f"<div><h4><a href=/{n}>云岭县第{n}项工程开工</a></h4><p>近日，第{n}项工程开工，总投资3000万元，惠及群众，反响热烈，各界称好。</p></div>"
        for n in range(10)
    )
    html = f"<title>{title}</title><body><div><h1>{title}</h1><div>{body}</div></div><div>{teasers}</div></body>"

    assert extract(html).text == "\n".join(paragraphs)


def test_a_label_set_vertically_beside_links_is_not_text(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    links = "".join(f"<li><a href=/{n}.html>云岭县第{n}号新闻的标题</a></li>" for n in range(4))
    label = "".join(f"<p>{char}</p>" for char in "今日推荐")

    assert text_of(page, f"{label}<ul>{links}</ul>{body}") == "\n".join(paragraphs)


def test_a_last_link_with_its_date_is_not_text(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    link = "<p>相关报道：</p><p>·<a href=/1.html>云岭县森林防火</a>（2024-10-01 07:31AM）</p>"

    assert text_of(page, body + link) == "\n".join(paragraphs)


def test_damage_is_rendered_as_it_stands(page: Page, body: str) -> None:
    damaged = "<p>????森林防火,關(guān)系生態(tài)安全,“打早、打小?!笔窃瓌t。\ufffd锟斤拷&amp;ldquo;</p>"

    assert "????森林防火,關(guān)系生態(tài)安全,“打早、打小?!笔窃瓌t。\ufffd锟斤拷&ldquo;" in text_of(
        page, body + damaged
    )


def test_comments_longer_than_the_article_do_not_replace_it(
    page: Page, title: str, paragraphs: tuple[str, ...]
) -> None:
    comments = "".join(
        f"<div class=c{n}><b>网友{n}</b> 2024-11-07 0{n % 9}:12 <p>说得好，防火这件事，年年讲、月月讲都不为过，支持县里的做法，希望落到实处。</p><a>回复</a></div>"
        for n in range(12)
    )
    html = page(f"<p>{paragraphs[0]}</p><p>{paragraphs[1]}</p>", after=f"<div><p>网友评论</p>{comments}</div>")

    assert extract(html, URL).text == "\n".join(paragraphs[:2])


def test_a_traditional_mirror_loses_the_same_lines(page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    simplified_forms = {written: form for written, form in _forms().items() if ord(written) < 0x10000}
    written = str.maketrans({form: char for char, form in sorted(simplified_forms.items())})
    html = page(
        PROPERTIES["list"]
        + body
        + "".join(AFTER[trait] for trait in ("editors", "source line", "share bar", "notice")),
        info="发布时间：2024-11-06 18:05 来源：云岭日报 作者：白云飞",
    )

    here, mirror = extract(html, URL), extract(html.translate(written), URL)

    assert here.text == "\n".join(paragraphs)
    assert (mirror.text, mirror.source, mirror.author) == tuple(
        text.translate(written) for text in (here.text, here.source, here.author)
    )
    assert [line.rule for line in mirror.dropped] == [line.rule for line in here.dropped]
    assert mirror.published_at == here.published_at


def test_a_page_break_inside_a_paragraph_leaves_no_trace(page: Page, paragraphs: tuple[str, ...]) -> None:
    html = page(f"<p>{paragraphs[0]}</p><p>#PAGE_BREAK#{paragraphs[1]}</p>")

    assert extract(html, URL).text == "\n".join(paragraphs[:2])


def test_nothing_dropped_is_lost(page: Page, body: str) -> None:
    article: Article = extract(page(body + AFTER["editors"] + AFTER["hidden"]), URL)

    assert {(line.line, line.rule) for line in article.dropped} == {
        ("（责任编辑：周立 初审：吴敏 终审：郑刚）", "editor"),
        ("云岭县站群系统隐藏摘要，请勿抓取。", "hidden"),
    }


HIDDEN = {
    "by style": '<span style="display: none">a<span>b</span>c</span>',
    "by a style in capitals": '<FONT STYLE="DISPLAY:NONE">abc</FONT>',
    "by a portal": '<a href=/><span class="backword">a bc</span></a>',
    "by a forum": '<font class="jammer">a bc</font>',
}


@pytest.mark.parametrize("how", HIDDEN)
def test_what_is_hidden_within_a_line_is_kept_as_dropped(how: str, page: Page, paragraphs: tuple[str, ...]) -> None:
    first = f"<p>{paragraphs[0][:9]}{HIDDEN[how]}{paragraphs[0][9:]}</p>"
    article: Article = extract(page(first + "".join(f"<p>{text}</p>" for text in paragraphs[1:])), URL)

    assert article.text == "\n".join(paragraphs)
    assert [(line.line.replace(" ", ""), line.rule) for line in article.dropped] == [("abc", "hidden")]


def test_an_inline_tag_that_hides_a_whole_text_is_for_a_script_to_show(page: Page, paragraphs: tuple[str, ...]) -> None:
    body = "<br>".join(4 * paragraphs)

    assert extract(page(f"<span style='display:none'>{body}</span>"), URL).text == "\n".join(4 * paragraphs)


def test_attachments_outside_a_marked_body(page: Page, body: str) -> None:
    marked = f"<!--ZJEG_RSS.content.begin-->{body}<!--ZJEG_RSS.content.end-->"
    files = (
        '<div class=fj>附件：<a href="/module/download/downfile.jsp?classid=0&amp;filename=7a.pdf">卡点.pdf</a></div>'
    )

    article = extract(page(marked, after=files), URL)

    assert [file.name for file in article.attachments] == ["卡点.pdf"]


@pytest.mark.parametrize("headline", ["<h1>{}</h1>", "<h3 class=post-title>{}</h3><div>2024-11-06</div>"])
def test_a_document_keeps_its_own_title_below_a_headline_in_the_container(
    headline: str, paragraphs: tuple[str, ...]
) -> None:
    title = "云岭县林业局关于做好冬季森林防火工作的通知"
    document = (title, "各乡镇林业站：", *paragraphs)
    html = f"<title>{title}</title><div>{headline.format(title)}{''.join(f'<p>{text}</p>' for text in document)}</div>"

    assert extract(html, URL).text == "\n".join(document)


def test_news_drop_a_headline_that_was_pasted_with_the_text(title: str, body: str, paragraphs: tuple[str, ...]) -> None:
    html = f"<title>{title}</title><div><h1>{title}</h1><p>{title}</p>{body}</div>"

    assert extract(html, URL).text == "\n".join(paragraphs)
