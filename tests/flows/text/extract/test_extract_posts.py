"""Pages of several posts: the first one is the article, and what follows it is kept apart with its rule."""

from collections.abc import Callable

import pytest

from flows.text.extract import extract

Page = Callable[..., str]
REPLY = "我家就在山脚，希望巡护员多来几次，谢谢各位辛苦了。"

PANEL = "<p>云岭客</p><p>帖子 12</p><p>注册时间 2004-3-2</p>"
ABOVE = PANEL + "<p>{n}楼 云岭客 发表于 2024-11-0{n} 10:2{n} 只看该作者</p>"
BELOW = "<p>云岭客 张贴 @ 2024-11-0{n} 10:2{n} 共 3 篇评论 发表评论</p>"


def posts(first: str, above: str = "", below: str = "") -> str:
    bodies = (first, f"<p>{REPLY}</p>", f"<p>{REPLY}</p>", f"<p>{REPLY}</p>")
    return "".join(above.format(n=n) + body + below.format(n=n) for n, body in enumerate(bodies, 1))


@pytest.mark.parametrize("stamp", ["above", "below"])
def test_the_first_post_is_the_text(stamp: str, page: Page, body: str, paragraphs: tuple[str, ...]) -> None:
    markup = posts(body, above=ABOVE) if stamp == "above" else posts(body, below=BELOW)

    article = extract(page(markup))

    assert article.text == "\n".join(paragraphs)
    assert [dropped.line for dropped in article.dropped if dropped.rule == "further posts"].count(REPLY) == 3


def test_dates_of_a_chronicle_are_no_posts(page: Page, body: str) -> None:
    days = "".join(f"<p>2024年11月{n}日 10:20 云岭县气象局发布森林火险{n}级预警</p>" for n in range(1, 6))

    assert "云岭县气象局发布森林火险5级预警" in extract(page(body + days)).text


def test_questions_and_answers_stay_whole(page: Page) -> None:
    letters = "".join(
        f"<p>留言时间：2024-11-0{n} 10:20 留言人：周先生</p><p>{REPLY}</p><p>回复时间：2024-11-0{n} 16:20 回复单位：县林业局</p>"
        for n in range(1, 5)
    )

    assert extract(page(letters)).text.count(REPLY) == 4


def test_the_first_post_of_a_thread_is_the_text(title: str, paragraphs: tuple[str, ...]) -> None:
    posts = (paragraphs[0], "支持，家乡越来越好了，希望今年有个好收成！" * 4)
    thread = "".join(
        f'<div id="post_{n}"><a class="xw1">客{n}</a><em>发表于 2024-11-6 18:0{n}</em>'
        f'<table><tr><td class="t_f" id="postmessage_{n}">{text}</td></tr></table></div>'
        for n, text in enumerate(posts)
    )

    text = extract(f"<title>{title}</title><body><h1>{title}</h1><div id=postlist>{thread}</div></body>").text

    assert text == paragraphs[0]


def test_what_the_opener_of_a_thread_adds_below_others_is_text() -> None:
    def post(who: str, verb: str, text: str) -> str:
        return f"<table><tr><td>作者：<a>{who}</a>　{verb}日期：2006-3-12 21:58:31</td></tr></table><br>　　{text}"

    own = (
        "他们拿着碗过来，用半懂不懂的普通话跟我说：你要看垃圾桶。",
        "这是我学做生意的第一课，比后来看的那些书都管用。",
    )
    thread = post("山里人", "提交", own[0]) + post("过客", "回复", "沙发，写得好。") + post("山里人", "回复", own[1])
    page = (
        f"<title>在城中村开小店</title><body><h1>在城中村开小店</h1>{thread}{post('老兵', '回复', '看哭了。')}</body>"
    )

    text = extract(page).text

    assert text.split("\n") == list(own)
