"""Short articles among longer things: the headline says which of them is the text."""

from collections.abc import Callable

import pytest

from flows.text.extract import extract

Page = Callable[..., str]

TEASERS = "".join(
    f"<li><a href=/{n}>云岭县第{n}项工程</a><p>近日，云岭县第{n}项工程竣工，总投资3000万元，惠及群众，效果良好，媒体广泛报道。</p></li>"
    for n in range(8)
)
COMMENTS = "".join(
    f"<div><b>客{n}</b><i>2024-11-07 10:1{n}</i><p>这个工作做得真不错，希望继续保持，为家乡的青山绿水点赞，{n}。</p></div>"
    for n in range(9)
)
FEED = "".join(
    f"<div><h3><a href=/{n}>云岭县第{n}项工程</a></h3><p>近日，第{n}项工程竣工，总投资3000万元，效果良好，反响热烈。</p><i>2024-11-0{n}</i></div>"
    for n in range(1, 9)
)
ADVICE = "".join(f"<li>{n}.严管野外用火，备足物资，练好队伍，做到有火必报，确保安全；</li>" for n in range(1, 5))
LINKS = "".join(f"<li><a href=/{n}>云岭县气象台发布暴雨预警信号第{n}号</a></li>" for n in range(9))

AROUND = {
    "teasers to the left": ("<div class=r><ul>{teasers}</ul></div><div class=l>{article}</div>"),
    "teasers to the right": ("<div class=l>{article}</div><div class=r><ul>{teasers}</ul></div>"),
    "teasers above": ("<ul>{teasers}</ul><div>{article}</div>"),
    "teasers below": ("<div>{article}</div><ul>{teasers}</ul>"),
    "comments below": ("<div>{article}</div><div class=pl>{comments}</div>"),
    "advice below": (
        "<div class=m>{article}</div><ul>{links}</ul><div class=kp><h4>防御指南</h4><ol>{advice}</ol></div>"
    ),
    "feed below": ("<div>{article}</div><div class=x>{feed}</div>"),
}


@pytest.mark.parametrize("case", AROUND)
def test_a_short_notice_is_found_by_its_headline(case: str, title: str, paragraphs: tuple[str, ...]) -> None:
    article = f"<h1>{title}</h1><div>发布时间：2024-11-06 18:05 来源：云岭日报</div><div class=c><p>　　{paragraphs[0]}</p></div>"
    around = AROUND[case].format(
        article=article, teasers=TEASERS, comments=COMMENTS, feed=FEED, advice=ADVICE, links=LINKS
    )

    found = extract(f"<title>{title}_云岭县</title><body><div class=w>{around}</div></body>")

    assert (found.text, found.source) == (paragraphs[0], "云岭日报")


def test_a_body_in_two_parts_stays_whole(title: str, paragraphs: tuple[str, ...]) -> None:
    parts = f"<div class=a><p>{paragraphs[0]}</p></div><div class=b>{''.join(f'<p>{text}</p>' for text in paragraphs[1:] * 2)}</div>"

    text = extract(f"<title>{title}</title><body><h1>{title}</h1><div>{parts}</div></body>").text

    assert text.split("\n") == [paragraphs[0], *paragraphs[1:] * 2]


def test_a_lead_above_the_headline_alone_does_not_cost_the_text(
    title: str, body: str, paragraphs: tuple[str, ...]
) -> None:
    html = f"<title>{title}</title><body><div><p>云岭要闻，每日更新，欢迎阅读。</p><h2>{title}</h2>{body}</div></body>"

    assert extract(html).text == "\n".join(paragraphs)
