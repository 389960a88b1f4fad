"""The line filter: what a line's words say, the laws it keeps, and the client's five texts."""

import lzma
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.extract import extract_plain, filter_lines, learn_furniture, rules, shadow
from flows.text.script import simplified_forms

BODY = "11月6日下午，云岭县召开冬季森林防火工作会议，部署今冬明春防火任务。"

FURNITURE = [
    "责任编辑：周立",
    "责编 周立",
    "（责任编辑：周立　初审：吴敏　终审：郑刚）",
    "【纠错】责任编辑：周立",
    "编辑|周立",
    "本版编辑：周立 美编：吴敏",
    "校对/周立",
    "原标题：云岭部署冬防",
    "（原题为《云岭部署冬防》）",
    "来源：云岭日报",
    "信息来源：县政府办",
    "本文来源：云岭发布 责任编辑：周立",
    "【打印本页】 【关闭窗口】",
    "打印 | 关闭 | 收藏",
    "【打印本稿】",
    "【发表评论】【推荐给朋友】【大 中 小】【打印】【关闭】",
    "字体：【大 中 小】",
    "字号：T+ T-",
    "分享到：微信 微博 QQ空间",
    "浏览次数：318次",
    "点击数：",
    "阅读量：1.2万",
    "扫一扫在手机打开当前页",
    "打开微信“扫一扫”，分享至朋友圈",
    "打开微信，点击底部的“发现”，使用“扫一扫”即可将网页分享至朋友圈。",
    "微信扫码领取福利",
    "您当前的位置：首页 > 新闻中心 > 正文",
    "首页 >> 政务要闻 >> 正文",
    "上一篇：县领导慰问老兵",
    "下一篇：没有了",
    "【下一条】教育工作会议召开",
    "首页 上一页 1 2 3 下一页 尾页 共3页",
    "【1】【2】【3】",
    "您的浏览器不支持video标签",
    "admin 分享 时间: 加入收藏 共计20050个字,预计阅读时长67分钟",
    "转载请注明出处",
    "未经授权，不得转载",
    "—— END ——",
    "点击查看更多",
    "发布时间：2024-11-06 18:05",
    "立即打开",
    "◆海天文摘 看牆外的世界◆ 本站最新鏡像: http://m3.haitian.net/ 請轉告親友◆",
    "(收藏备用网址:yunling5.dyn.cc 或寄空白信至getmirror@yunling.net)",
    "备用地址：https://tea.yunling-mirror.net",
    "送交者: 茶客[♂★聲望品銜7★♂] 於 2013-01-22 21:37 已讀 3516 次",
    "贴主：茶客于2013_01_22 21:40:12编辑",
    "本帖最后由 山里人 于 2008-5-9 22:31 编辑",
    "发信站: BBS 水木清华站 (Sat Mar 27 23:06:41 2004), 站内",
    "用户名密码匿名发表",
    "进入讨论区 论坛",
    "点击蓝字 云岭发布 关注我们",
    "关注云岭新闻网，传播正能量",
    "請支持海外中文媒體　捐款熱線 1-888-000-0000　Donate via PayPal",
    "★ 免費新聞鏡像，無需軟件！請將本站網址告訴國內親友 ★",
    "看完請轉發　傳遞真實聲音",
    "【打印機版】【轉寄朋友】【返回頁首】",
    "下载文档(5金币)",
    "阅读已结束，如需下载请点击按钮",
    "下载后可编辑、可打印、无水印",
    "请将本站永久网址www.yunling-mirror.net转告您的朋友",
    "— 以下內容由志願者整理校對，歡迎加入文字錄入小組 —",
    "(本文由鏡像計劃自動抓取,如有錯漏請點擊回報)",
    "加载中...",
    "返回顶部",
    "#PAGE_BREAK#",
    "文章录入：admin 责任编辑：admin",
    "编辑 周立 审核 吴敏",
    "信息审核：周立",
    "信息员：周立",
    "来源 | 云岭发布",
    "发布人：周立",
    "发布者：周立 点击数：33",
    "浏览次数： 字体：[ 大 中 小 ]",
    "（本文发表于首页，已被阅读178次）",
    "本文通告引用(Trackback)链接: /t.php?p=1700",
    "分享让更多人看到",
    "觉得文章不错，分享给更多人",
    "扫一扫，用手机看资讯！",
    "手机扫码浏览",
    "点击上方蓝字关注我们",
    "欢迎关注“云岭发布”微信公众号",
    "更多精彩请关注云岭发布",
    "pdf下载 word下载",
    "自动播放开关 自动播放",
    "网站纠错",
    "登录后发表评论",
    "点赞(0)",
    "👍 点赞 63",
    "【加入VIP会员，畅享全站无广告】",
    "本站提供最新最全的资讯，请记住网址：www.a.com，谢绝采集！",
    "更多内容请关注云岭资讯网，我们第一时间推送！",
    "踩一下 (0)",
    "------分隔线----------------------------",
    "🖨️打印",
    "温馨提示：您对本页面内容有疑问，可拨打云岭县12345政务服务便民热线。",
    "TOP",
    "×",
    "音频 04:29",
    "视频加载中，请稍候...",
    "建议使用IE8以上浏览器，1024*768分辨率",
    "点击看大图",
    "点击图片进入下一页",
    "点击阅读更多精彩财经新闻",
    "点击加载更多",
    "转载本网文章请注明出处",
    "欢迎转载，请注明出处",
    "本文地址：http://www.a.gov.cn/1.html",
    "<< 1 2 3 >>",
    "您对本页内容是否满意？",
    "满意 基本满意 不满意",
    "广告",
    "上一版 下一版",
    "版面导航",
    "浏览量：加载中...",
    "点击量：123 发布时间：2024-11-06",
    "（编辑 周立 审核 吴敏）",
    "撰稿人：周立 审稿人：吴敏",
    "网友评论仅供其表达个人看法，并不表明本站立场。",
    "文明上网理性发言，请遵守新闻评论服务协议",
    "原文链接：http://a.gov.cn/1.html",
    "Saturday, September 10th, 2005 10:56 am",
    "Posted on Nov 6, 2024",
]

TEXT = [
    BODY,
    "禁止采集国家重点保护的野生植物。",
    "欢迎广大商户加入行业协会，成为会员单位。",
    "更多信息请登录云岭县人事考试网查询。",
    "🌾开镰了",
    "如您对本公示内容有异议，请在公示期内反映。",
    "字体设计大赛开幕",
    "（一）微信公众号预约",
    "1.扫码报名",
    "一、总体要求",
    "编辑出版《云岭县志》",
    "下一步工作打算",
    "上一年度结转资金",
    "举报电话：0871-5566001",
    "主办单位：云岭县文化和旅游局",
    "来源于生活的艺术",
    "审核通过的名单",
    "活动时间：2024年11月8日至10日",
    "时间：2024年11月8日 地点：县政府二楼会议室",
    "2024年11月6日",
    "云岭县人民政府办公室",
    "（2024年11月6日县十八届人大常委会第二十次会议通过）",
    "附件：1.卡点一览表.docx",
    "值班领导：何志平 电话：5566001",
    "资金来源和用途",
    "数据来源：云岭县统计局",
    "（记者 白云飞 通讯员 周立）",
    "（作者系云岭县林业局局长）",
    "（此件公开发布）",
    "第一章 总则",
    "关闭小煤矿12处",
    "阅读推广活动启动",
    "首页设计方案",
    "分享会在白石镇举行",
    "关于打印机采购的公告",
    "责任编辑是报纸的把关人",
    "相关部门负责人参加会议",
    "签发人：何志平",
    "阅读原著学原文",
    "提交材料",
    "确定目标",
    "搜索救援",
    "更多精彩活动将陆续推出",
    "关注民生",
    "二审判决",
    "校对无误",
    "群众满意度",
    "报送单位：云岭县林业局",
    "没有了泥石流隐患",
    "评论员文章指出，防火工作重在平时。",
    "不满意的3件",
    "09:30",
    "联系人：周立 联系电话：0871-5566001",
    "报名备用网址：www.yunling.gov.cn",
    "请考生牢记报名网址和密码。",
    "请通过官方入口登录办理。",
    "扫码进群人员须实名登记。",
    "图为会议现场 周立 摄",
]


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_dropped_with_a_rule(line: str) -> None:
    filtered = filter_lines([BODY, line, BODY])

    assert filtered.kept == (BODY, BODY)
    assert [index for index, rule in filtered.dropped if rule] == [1]


@pytest.mark.parametrize("line", TEXT)
def test_text_that_looks_like_furniture_stays(line: str) -> None:
    assert filter_lines([BODY, line, BODY]).kept == (BODY, line, BODY)


@pytest.mark.parametrize("line", [*TEXT, *(f"{line}。" for line in ("来源：云岭日报", "浏览次数：3", "下一篇：待续"))])
def test_text_stays_at_the_end_too(line: str) -> None:
    assert filter_lines([BODY, BODY, line]).kept == (BODY, BODY, line)


def test_who_wrote_the_text_stands_above_it_and_is_none_of_it() -> None:
    lines = ["【走基层】", "云岭日报记者 白云飞 通讯员 周立", BODY, "云岭日报记者 周立"]
    filtered = filter_lines(lines)

    assert filtered.kept == (BODY, "云岭日报记者 周立")
    assert filtered.dropped == ((0, "byline"), (1, "byline"))


@pytest.mark.parametrize("line", ["记者走基层", "记者 周立摄", "【走基层】", "作者简介", "文/图对照"])
def test_what_only_looks_like_a_byline_stays(line: str) -> None:
    assert filter_lines([line, BODY, BODY]).kept == (line, BODY, BODY)


def test_a_strip_with_a_counter_below_the_text_is_dropped() -> None:
    strip = "周立 发表于 2024-11-06 18:05 阅读(318) 评论(0)"

    assert filter_lines([BODY, strip]).dropped == ((1, "strip below the text"),)


def test_how_a_document_is_signed_stays() -> None:
    line = "单位：云岭县林业局 日期：2024年11月6日"

    assert filter_lines([BODY, line]).kept == (BODY, line)


def test_a_heading_that_is_a_small_part_of_the_title_stays() -> None:
    title = "云岭县2024年冬季森林防火工作会议召开并部署今冬明春防火任务"

    assert filter_lines(["森林防火工作会议", BODY], title).kept == ("森林防火工作会议", BODY)


NOTICES = [
    [
        "云岭新闻网版权与免责声明：",
        "①凡本网注明“来源：云岭新闻网”的所有作品，版权均属于云岭新闻网。",
        "②凡本网注明其他来源的，均转载自其它媒体。",
    ],
    ["云岭县政府门户网站由云岭县人民政府办公室主办，如有意见建议，欢迎来电来信。"],
    ["凡注明来源为“云岭新闻网”的稿件，版权均属本网所有，未经授权不得转载。"],
    ["特别声明：本文为转载，不代表本网观点。"],
    ["来源：网络整理 免责声明：本文仅限学习分享，如产生版权问题，请联系我们及时删除。"],
    ["凡本网注明来源的作品，转载须经授权。"],
    ["本文系云岭新闻网独家稿件，未经授权，不得转载。"],
    ["“特别声明：以上作品为自媒体用户上传并发布，本平台仅提供信息存储空间服务。"],
    ["主办单位：云岭县融媒体中心", "地址：人民路1号", "某ICP备20009999号-1"],
    ["Copyright © 2024 云岭新闻网 版权所有"],
]


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice[0][:8])
def test_a_notice_ends_the_text(notice: list[str]) -> None:
    filtered = filter_lines([BODY, BODY, *notice])

    assert filtered.kept == (BODY, BODY)
    assert {rule for _, rule in filtered.dropped} == {"notice"}


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice[0][:8])
def test_text_that_goes_on_below_a_notice_stays(notice: list[str]) -> None:
    more = [BODY, BODY.replace("，", ",").replace("。", ".")]
    filtered = filter_lines([BODY, *notice, *more])

    assert filtered.kept == (BODY, *more)
    assert {rule for _, rule in filtered.dropped} == {"notice"}


@pytest.mark.parametrize(
    "slogan",
    [
        "恭喜你，发表成功!",
        "请牢记你的用户名:，密码:,立即进入个人中心修改密码。",
        "遵守中华人民共和国有关法律、法规，尊重网上道德。",
        "精選資源,永久免費在線觀看,請收藏本站地址!",
        "网址常变，请牢记本站域名。",
    ],
)
def test_a_mirror_s_slogan_goes_though_it_ends_like_a_sentence(slogan: str) -> None:
    assert filter_lines([BODY, slogan, BODY]).dropped == ((1, "share"),)


def test_a_mirror_s_address_between_the_paragraphs_goes() -> None:
    address = "青山文庫 www.qingshan-wenku.com 專業文檔分享"

    assert filter_lines([address, BODY, BODY, address, BODY, BODY, address]).kept == (BODY,) * 4


def test_an_address_that_comes_once_or_with_each_row_of_a_list_is_text() -> None:
    once = ["报名网站 www.yunling-exam.cn 客服热线", BODY]
    rows = ["城关镇 www.yunling.gov.cn", "城关镇 www.yunling.gov.cn", "石桥乡 www.yunling.gov.cn"]

    assert filter_lines([*once, *rows, BODY]).kept == (*once, *rows, BODY)


@pytest.mark.parametrize("line", ["网址：www.yunling-exam.cn", "登录 www.yunling-exam.cn 报名"])
def test_an_address_that_a_text_sends_its_readers_to_stays_as_often_as_it_comes(line: str) -> None:
    lines = (BODY, line, BODY, BODY, line, BODY)

    assert filter_lines(lines).kept == lines


def test_the_beginning_of_a_text_printed_above_it_is_no_text() -> None:
    cut = BODY[:30] + "..."

    assert filter_lines([cut, BODY, BODY]).dropped == ((0, "summary"),)
    assert filter_lines(["会议听取并讨论了各乡镇的情况通报，审议通过了……", BODY]).dropped == ()


def test_comments_whose_heading_is_a_tool_too_go_with_it() -> None:
    rule = "请遵守中华人民共和国有关法律法规，尊重网上道德，承担一切因您的行为而直接或间接引起的法律责任。"
    comments = [
        "最新评论",
        "东北老铁2021-05-14 16:33",
        "说得好听，落实下来能有几分？",
        "清风徐来2021-05-14 22:26",
        "说句公道话。",
    ]

    assert filter_lines([BODY, BODY, rule, *comments]).kept == (BODY, BODY)


def test_the_tool_above_a_text_heads_no_comments() -> None:
    text = ["8:30开始签到，全体代表入场。", "9:00大会开幕，县长作报告。"]

    assert filter_lines(["发表评论", *text, BODY]).kept == (*text, BODY)


def test_comments_below_a_mirror_s_notice_go_with_their_heading() -> None:
    notice = "聲明：本站為非營利鏡像，內容由程式自動轉換，以原文為準，如有侵權請聯繫刪除。"
    comments = [
        "讀者留言",
        "暱稱：",
        "紐約讀者（2007-12-04）：小時候老家也是這樣吃水，看得心酸。",
        "老陳（2007-12-04）：吃水的遭殃。",
    ]

    assert filter_lines([BODY, BODY, notice, *comments]).kept == (BODY, BODY)


def test_a_slogan_between_ornaments_goes_beside_a_mirror_s_notice_and_nowhere_else() -> None:
    slogan = "★ 記錄每一天，留住每一頁 ★"
    notice = "【鏡像說明】本站僅對公開報道作存檔，內容不代表本站立場。"

    assert filter_lines([notice, slogan, BODY]).dropped == ((0, "notice"), (1, "slogan"))
    assert filter_lines([BODY, slogan, BODY]).kept == (BODY, slogan, BODY)


@pytest.mark.parametrize(
    "line",
    [
        "9月21日2023来源：云岭融媒编辑：周立",
        "二〇二二年五月五日来源：详规科--",
        "发布时间： 浏览： 原文：查看原网页",
        "上传者：小助手 上传时间：2020-09-14 格式：DOC 页数：3 大小：28.5KB 浏览：962 评分：4.5",
    ],
)
def test_a_strip_with_an_odd_date_or_none_is_a_strip(line: str) -> None:
    assert filter_lines([line, BODY]).dropped[0][0] == 0


@pytest.mark.parametrize("line", ["（2024年4月27日）", "二〇二四年四月二十七日"])
def test_the_date_of_a_document_below_its_title_stays(line: str) -> None:
    assert filter_lines([line, BODY]).kept == (line, BODY)


def test_a_dated_line_that_opens_a_message_is_no_strip() -> None:
    line = "云岭县气象台2024年7月4日14时20分发布暴雨橙色预警信号："

    assert filter_lines([line, BODY]).kept == (line, BODY)


def test_news_about_licences_and_reports_are_no_notice() -> None:
    lines = [
        BODY,
        "（3）我国全面推广增值电信业务经营许可电子证照；",
        "今年2月全国受理网络违法和不良信息举报1768.3万件，同比增长。",
        BODY,
    ]

    assert filter_lines(lines).kept == tuple(lines)


def test_a_notice_is_text_where_it_is_the_subject() -> None:
    lines = ["一、版权声明：本站作品受法律保护。", "二、免责声明：本站不对链接负责，转载须注明来源。"]

    assert filter_lines(lines, "云岭县政府网站声明").kept == tuple(lines)


def test_a_heading_of_links_stays_when_text_follows() -> None:
    assert filter_lines([BODY, "相关链接", BODY]).kept == (BODY, "相关链接", BODY)
    assert filter_lines([BODY, "相关链接", "防火知识问答"]).kept == (BODY, "防火知识问答")


def test_the_repeated_title_goes_with_what_stands_above_it() -> None:
    lines = ["云岭县人民政府门户网站", "云岭县召开冬季防火会议", "2024-11-06 18:05 来源：云岭日报", BODY]

    filtered = filter_lines(lines, "云岭县召开冬季防火会议")

    assert filtered.kept == (BODY,)
    assert dict(filtered.dropped) == {0: "above the title", 1: "title", 2: "strip under the title"}


def test_a_long_list_of_dates_is_text() -> None:
    lines = [f"2024-11-0{day} 白石镇" for day in range(1, 9)]

    assert filter_lines(lines).kept == tuple(lines)


def test_learned_furniture_goes_whatever_its_form() -> None:
    furniture = learn_furniture([["记住我，来上我。", f"第{page}篇"] for page in range(7)])

    assert filter_lines([BODY, "記住我,來上我。"], furniture=furniture).kept == (BODY,)
    assert dict(filter_lines([BODY, "記住我,來上我。"], furniture=furniture).dropped) == {1: "learned"}


@pytest.mark.parametrize(("pages", "learned"), [(5, False), (6, True)])
def test_furniture_stands_on_more_than_five_pages(pages: int, learned: bool) -> None:
    assert bool(learn_furniture([["记住我，来上我"]] * pages)) is learned


def test_furniture_stands_on_more_than_three_pages_in_ten() -> None:
    assert learn_furniture([["记住我，来上我"]] * 6 + [["别的"]] * 14 + [[""]] * 10) == frozenset({"别的"})


@pytest.mark.parametrize(
    "formula", ["特此公告。", "附件：", "云岭县人民政府", "各乡镇人民政府：", "2024年11月6日", "同志们："]
)
def test_formulas_of_documents_are_never_learned(formula: str) -> None:
    assert learn_furniture([[formula, f"第{page}篇"] for page in range(20)]) == frozenset()


# ---- laws

_TRADITIONAL = {
    simplified: written for written, simplified in sorted(simplified_forms().items()) if ord(written) < 0x10000
}
_NOTE = {
    "權": "(quán)",
    "責": "(zé)",
    "聲": "(shēng)",
    "關": "(guān)",
    "業": "(yè)",
    "發": "(fā)",
    "網": "(wǎng)",
    "點": "(diǎn)",
}
_LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [*FURNITURE, *TEXT, *(line for notice in NOTICES for line in notice), "相关阅读", "网友评论", "20241106"]
        ),
        st.text(alphabet="云岭县森林防火，。：:/>【】()（）12 　页篇编辑来源版权声明责任\u200b", max_size=40),
    ),
    max_size=14,
)
_TITLES = st.sampled_from(["", "云岭县召开冬季防火会议", BODY[:12], "责任编辑：周立"])


def traditional(line: str) -> str:
    """Write a line in traditional characters with notes behind some of them, as mirrors of mainland pages do."""
    return "".join(
        _NOTE.get(char, "").join((char, "")) if char in _NOTE else char
        for char in (_TRADITIONAL.get(c, c) for c in line)
    )


@given(_LINES, _TITLES)
def test_filtering_twice_changes_nothing(lines: list[str], title: str) -> None:
    once = filter_lines(lines, title).kept

    assert filter_lines(once, title).kept == once


@given(_LINES, _TITLES)
def test_the_same_lines_go_in_traditional_characters_with_notes(lines: list[str], title: str) -> None:
    mirror = [traditional(line) for line in lines]

    assert filter_lines(mirror, traditional(title)).dropped == filter_lines(lines, title).dropped


@given(_LINES)
def test_a_line_is_kept_or_dropped_and_never_changed(lines: list[str]) -> None:
    filtered = filter_lines(lines)

    assert len(filtered.kept) + len(filtered.dropped) == len(lines)
    assert all(line in lines for line in filtered.kept)


@pytest.mark.parametrize("line", FURNITURE)
def test_no_gate_hides_a_rule(line: str) -> None:
    """A line that a rule matches passes the quick look before it, in either script, with blanks in it or without."""
    for written in (line, traditional(line), " ".join(line), line.replace(" ", "")):
        if rules.LINE_RULE.match(shadow(written)) and not rules.NUMBERED.match(shadow(written)):
            assert filter_lines([BODY, written, BODY]).kept == (BODY, BODY)


@given(st.text(alphabet="版权责声来源編輯a1yèzéＡ①㎡　 \u200b"))
def test_a_shadow_without_notes_casts_itself(text: str) -> None:
    """With notes it need not: the blank in 声( è) keeps a note from being seen until it is gone."""
    assert shadow(shadow(text)) == shadow(text)


# ---- official text

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus" / "text"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is beside the checkout, not in it")
@pytest.mark.parametrize("name", ["news", "laws"])
def test_official_text_loses_no_line(name: str) -> None:
    with lzma.open(CORPUS / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
        lines = [line.strip().strip("\u200b") for line in islice(file, 6_000)]
    lines = [line for line in lines if line]

    lost = [
        chunk[index]
        for start in range(0, len(lines), 20)
        for chunk in [lines[start : start + 20]]
        for index, _ in filter_lines(chunk).dropped
    ]

    assert lost == []


# ---- the client's texts

SEEDS = Path(__file__).resolve().parents[3] / "seeds"


def seed(number: str) -> str:
    return next(SEEDS.glob(f"{number}_*.txt")).read_text("utf-8")


@pytest.mark.parametrize(
    ("number", "title", "gone"),
    [
        ("000", "把制造業", []),
        ("001", "", ["新聞熱點(diǎn)"]),
        (
            "002",
            "区委书记在区委全会",
            [
                "文似观山不喜平 — — 观山文库◆记住我,来上我~",
                "admin 分享 时间: 加入收藏 共计20050个字,预计阅读时长67分钟",
                "221381",
                "领取福利",
                "微信扫码领取福利",
                "微信扫码分享",
            ],
        ),
        ("003", "大力發(fā)展“一金一木”", ["德州新聞網(wǎng)版權(quán)與免責(zé)聲明:", "①凡", "②凡", "③鑒于"]),
        ("004", "", ["來源:網絡整理 免責聲明"]),
    ],
)
def test_the_client_s_texts_lose_their_furniture_and_nothing_else(number: str, title: str, gone: list[str]) -> None:
    text = seed(number)

    article = extract_plain(text)

    dropped = [line.line for line in article.dropped if line.rule != "title"]
    assert article.title.startswith(title) and bool(article.title) is bool(title)
    assert len(dropped) == len(gone) and all(line.startswith(start) for line, start in zip(dropped, gone, strict=True))
    kept = article.text.split("\n")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert [line for line in lines if line not in dropped and line != article.title] == kept
