"""Invented government pages, built from parts: the frame every page has, and one trait at a time."""

from collections.abc import Callable

import pytest

TITLE = "云岭县召开2024年冬季森林防火工作会议"
PARAGRAPHS = (
    "11月6日下午，云岭县召开冬季森林防火工作会议，通报前三季度火情，部署今冬明春防火任务。县长何志平出席会议并讲话，副县长罗秀英主持。",
    "会议指出，今年以来全县发现火情9起，出动扑火队员412人次，过火面积2.3公顷，同比下降41.6%，实现了“零伤亡”目标。",
    "会议强调，各乡镇要把好入山关口，严管野外用火；要备足物资、练好队伍，做到“打早、打小、打了”；要加强值班，有火必报。",
    "县林业局、县应急管理局、县气象局和12个乡镇的负责人参加会议。",
)

_MENU = "".join(
    f'<li><a href="/{n}/">{word}</a></li>'
    for n, word in enumerate(
        ("首页", "走进云岭", "政务公开", "办事服务", "互动交流", "数据开放", "专题专栏", "网站地图")
    )
)
_SIDE = "".join(
    f'<li><a href="/xw/{n}.html">{word}</a><span>2024-11-0{n + 1}</span></li>'
    for n, word in enumerate(("全县项目观摩会举行", "何志平调研秋收冬种", "县医院新院区启用", "云岭茶获评省级品牌"))
)
_FOOT = (
    "<div class=foot><p>主办单位：云岭县人民政府办公室　承办单位：云岭县大数据中心</p>"
    "<p>网站标识码：5399990001　某ICP备20009999号-1　某公网安备 53999902000011号</p>"
    "<p>地址：云岭县人民路1号　邮编：675999，欢迎提出意见和建议。</p></div>"
)


@pytest.fixture
def title() -> str:
    return TITLE


@pytest.fixture
def paragraphs() -> tuple[str, ...]:
    return PARAGRAPHS


@pytest.fixture
def body() -> str:
    """The four paragraphs as most systems write them."""
    return "".join(f"<p>　　{text}</p>" for text in PARAGRAPHS)


@pytest.fixture
def page() -> Callable[..., str]:
    """A function that sets a body into a site's frame."""

    def build(body: str, info: str = "2024-11-06 18:05", before: str = "", after: str = "", head: str = "") -> str:
        return (
            f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{TITLE}_云岭县人民政府</title>{head}"
            "<style>.x{color:red}</style><script>var text='，。';</script></head><body>"
            f"<div class=top><a href=/>云岭县人民政府</a><ul class=menu>{_MENU}</ul></div>"
            f"<div class=wrap>{before}<div class=article><h1>{TITLE}</h1><div class=info>{info}</div>"
            f"<div class=con>{body}</div>{after}</div><div class=list><h3>最新动态</h3><ul>{_SIDE}</ul></div></div>{_FOOT}</body></html>"
        )

    return build
