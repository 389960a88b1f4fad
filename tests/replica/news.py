"""news.py — Articles in any number for replica sites, made from parts written for it. The same number gives the same article."""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from replica.stories import Story

_PLACES = (
    "柳林镇",
    "枫树岭乡",
    "石桥镇",
    "杨家渡镇",
    "南岗街道",
    "茅坪乡",
    "白沙河镇",
    "北关街道",
    "文昌街道",
    "青石岭林场",
)
_OFFICES = (
    "县水利局",
    "县教育局",
    "县交通运输局",
    "县农业农村局",
    "县卫生健康局",
    "县林业局",
    "县城市管理局",
    "县市场监管局",
)
_NAMES = ("林知远", "赵守田", "孙满仓", "何春生", "周瑄", "吴喆", "陈金水", "李珺", "郑守义", "钱禾")
_THINGS = (
    "高标准农田",
    "老旧小区改造",
    "农村供水管网",
    "乡村公路养护",
    "社区养老食堂",
    "村级卫生室",
    "防汛物资储备",
    "中小学课后服务",
    "秸秆综合利用",
    "古树名木保护",
)
_TITLES = (
    "{place}{thing}项目通过验收",
    "{office}调研{thing}工作",
    "{place}：{thing}让群众得实惠",
    "关于{place}{thing}有关事项的公告",
    "全县{thing}推进会在{place}召开",
    "{office}发布{thing}第{count}批名单",
    "{thing}开工满百日 {place}交出新答卷",
    "“{thing}”走进{place}的第{count}天",
)
_SENTENCES = (
    "记者近日从{office}获悉，今年以来全县{thing}累计完成投资{count}万元，占年度计划的百分之{share}。",
    "在{place}，施工人员正抓住晴好天气赶进度，现场负责人{name}说，预计{month}月底前可以全部完工。",
    "“以前办这件事要跑三趟，现在在家门口就能办好。”{place}居民{name}告诉记者。",
    "据介绍，{thing}涉及{few}个村、{count}户群众，前期征求意见{share}条，采纳{few}条。",
    "{office}有关负责人表示，下一步将把{thing}与乡村建设行动结合起来，健全长效管护机制。",
    "去年同期，{place}仅有{few}处点位具备条件，如今已经增加到{share}处，覆盖人口{count}人。",
    "为确保质量，{office}抽调{few}名技术骨干组成专班，每周到{place}现场会商，逐项销号。",
    "会议要求，各乡镇要对照清单逐条落实，{thing}不得层层加码，也不得虚报数字。",
    "{name}在{place}住了{share}年，他说变化最大的不是房子，而是门前这条路和晚上的灯。",
    "根据安排，公示期为{few}个工作日，如有异议，可在工作时间向{office}反映，电话同原公告。",
    "截至目前，全县共排查点位{count}处，发现问题{share}个，已整改{few}个，其余均明确了责任人和时限。",
    "老支书{name}翻开账本：{month}月支出{count}元，结余{share}元，每一笔都贴在村务公开栏里。",
)
_SOURCES = ("云溪县融媒体中心", "云溪日报", "县政府办公室", "云溪发布")


@lru_cache(maxsize=50_000)
def story(number: int, day: date) -> Story:
    """Return the article of a number: title, three to seven paragraphs, source; dated to the day."""
    draw = Random(number)

    def fill(template: str) -> str:
        return template.format(
            place=draw.choice(_PLACES),
            office=draw.choice(_OFFICES),
            name=draw.choice(_NAMES),
            thing=draw.choice(_THINGS),
            count=draw.randint(120, 9800),
            share=draw.randint(21, 99),
            few=draw.randint(3, 20),
            month=draw.randint(5, 11),
        )

    title = fill(draw.choice(_TITLES))
    sentences = [fill(draw.choice(_SENTENCES)) for _ in range(draw.randint(6, 16))]
    paragraphs, at = [], 0
    while at < len(sentences):
        step = draw.randint(1, 3)
        paragraphs.append("".join(sentences[at : at + step]))
        at += step
    published = f"{day:%Y-%m-%d} {draw.randint(8, 18):02}:{draw.randint(0, 59):02}"
    return Story(title, tuple(paragraphs), published, draw.choice(_SOURCES))


def edited(original: Story, time: int) -> Story:
    """Return an article as it stands after a correction."""
    return replace(
        original,
        paragraphs=(*original.paragraphs, f"（本文有更正：原文第二段数字有误，已于发布后第{time}次核实改正。）"),
    )


def publishing_days(seed: int, count: int, newest: date, *, years: float = 4.0) -> list[date]:
    """Return the days of some articles, newest first, spread unevenly over the years before; several may share a day."""
    draw = Random(seed)
    span = int(years * 365)
    return sorted((newest - timedelta(days=draw.randint(0, span)) for _ in range(count)), reverse=True)
