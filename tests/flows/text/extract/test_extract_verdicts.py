"""Pages without a text: what they are instead. All pages are invented."""

from collections.abc import Callable

import pytest

from flows.text.extract import extract, extract_plain

URL = "http://www.yunling.gov.cn/xw/202411/t20241106_50017.html"
Page = Callable[..., str]

BODIES = {
    "image": '<p align=center><img src="W020241106.jpg" alt=""></p>',
    "image with caption of its file": "<p><img src=a.jpg></p><p><img src=b.jpg></p>",
    "pdf": '<p><a href="P020241106.pdf">点击查看PDF</a></p>',
    "pdf in a frame": '<iframe src="/pdfjs/web/viewer.html?file=/f/1.pdf"></iframe>',
    "pdf embedded": '<embed src="/f/1.pdf" type="application/pdf">',
    "pdf, word file": '<p><a href="1.docx">关于印发方案的通知.docx</a></p>',
    "external": '<script>window.location.href="https://mp.weixin.qq.com/s/abc";</script>',
    "external, VSB": '<script>NewsvoteDWR.getNewsLinkUrl(1,2,"vsb",jump);</script>',
    "empty": "<p>&nbsp;</p>",
}


@pytest.mark.parametrize("case", BODIES)
def test_a_page_without_text(case: str, page: Page, title: str) -> None:
    article = extract(page(BODIES[case]), URL)

    assert (article.verdict, article.text) == (case.split(" ", maxsplit=1)[0].split(",", maxsplit=1)[0], "")
    assert article.title == title


def test_a_picture_with_a_caption_is_an_article(page: Page) -> None:
    article = extract(page("<p><img src=a.jpg></p><p>图为护林员在云岭林场巡山护林，排查火险隐患。白云飞摄</p>"), URL)

    assert (article.verdict, article.text) == ("article", "图为护林员在云岭林场巡山护林，排查火险隐患。白云飞摄")


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><meta id=x content=y r=m><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=79614;</script></head><body></body></html>",
        "<html><head><title>访问被拦截</title></head><body><p>您的访问请求可能对网站造成安全威胁，请求已被阻断，事件ID：5f3a，时间：2024-11-06 18:05。</p></body></html>",
        "<html><body><noscript>请开启JavaScript并刷新该页。</noscript><script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script></body></html>",
        "<html><title>Just a moment...</title><body>Checking your browser before accessing</body></html>",
        "<html><title>安全验证</title><body><div>请输入验证码后继续访问</div></body></html>",
        "<html><head><script>var arg1='3B5C';function setCookie(){document.cookie='acw_sc__v2='}</script></head><body></body></html>",
        "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr></body></html>",
    ],
)
def test_a_challenge_is_blocked(html: str) -> None:
    assert extract(html, URL).verdict == "blocked"


@pytest.mark.parametrize(
    "html",
    [
        "<html><title>404 Not Found</title><body><h1>404 Not Found</h1></body></html>",
        "<html><title>出错了</title><body><p>抱歉，您访问的页面不存在或已被删除！</p><a href=/>返回首页</a></body></html>",
        "<html><title>提示信息</title><body><p>该信息不存在，或未通过审核。</p></body></html>",
        "<html><title>云岭县人民政府</title><body><p>您要查看的文章已被删除，5秒后返回首页。</p></body></html>",
    ],
)
def test_a_soft_404_is_an_error(html: str) -> None:
    assert extract(html, URL).verdict == "error"


def test_a_soft_404_inside_the_site_s_frame(page: Page) -> None:
    html = page("<p>很抱歉，您所访问的页面不存在或已删除。</p>").replace(
        "云岭县召开2024年冬季森林防火工作会议", "页面不存在"
    )

    assert extract(html, URL).verdict == "error"


@pytest.mark.parametrize(
    "sentence",
    [
        "会上通报，部分网页404错误、页面不存在等问题已整改，访问被拒绝的3个系统恢复运行。",
        "县网信办提醒，遇到请输入验证码、访问过于频繁等提示时不要慌张，安全验证由平台提供。",
    ],
)
def test_an_article_about_such_pages_is_an_article(sentence: str, page: Page, body: str) -> None:
    assert extract(page(body + f"<p>{sentence}</p>"), URL).verdict == "article"
    assert extract(page(f"<p>{sentence}</p>"), URL).verdict == "article"


def test_a_redirect_in_the_frame_of_an_article_is_no_verdict(page: Page, body: str) -> None:
    html = page(body, head="<script>function go(){window.location.href='/search?q='}</script>")

    assert extract(html, URL).verdict == "article"


def test_pictures_in_a_container_without_a_word(page: Page) -> None:
    assert (
        extract(
            page("<p><img src=1.jpg></p><p><img src=2.jpg></p>", info="发布时间：2024-11-06 18:05 来源：云岭日报"), URL
        ).verdict
        == "image"
    )


@pytest.mark.parametrize("html", ["", " ", "<html></html>", "<!-- -->", "\x00", "<"])
def test_nothing_is_empty(html: str) -> None:
    assert extract(html).verdict == "empty"


def test_plain_text_without_lines_is_empty() -> None:
    assert extract_plain(" \n　\n").verdict == "empty"
