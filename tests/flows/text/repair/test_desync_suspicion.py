"""Damage reads better out of step; rare names and odd symbols of honest text do not, and are never decoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.repair.desync_document import damaged_document
from flows.text.repair.desync_items import PlainItems, items_of
from flows.text.repair.desync_suspicion import suspicions
from flows.text.repair.desync_trigger import triggers

HONEST = [
    "歌手孙悦、臧天朔等一行参加了演出，观众反响热烈。",
    "养殖黄尾鲴、银鲴等六种鱼类，放流鱼苗五百万尾。",
    "月球新矿物“铈镁嫦娥石”和“镁嫦娥石”已获批准。",
    "远处山峦起伏，或蓊蓊郁郁，或瘦削峭拔。",
    "今晚播出“3・15”晚会；报告员法丽达∙沙希德发言。",
    "禁止开采砂、石、土、矸石、尾矿等。",
    "经历[编辑]\n1995年出道。\n独立发展[编辑]\n人物评价[编辑]\n他是罕见的歌手。",
]
DAMAGED = [
    ("hans", "各级各部门要切实保护好生态环境，全面推进乡村振兴。", "；"),
    ("hans", "不断扩大规模化经营，取得了明显成效，受到群众欢迎。", "；"),
    ("hant", "全縣企業規模化、集約化水平明顯提高，產業結構不斷優化。", "；"),
]


def look(text, script):
    return list(suspicions(triggers(text), text, script, PlainItems(text)))


@given(st.text(st.sampled_from("县，。；,;:“”?!AM0 業ㄒ\n"), max_size=30))
def test_items_made_one_by_one_are_those_made_at_once(text):
    assert list(PlainItems(text)) == items_of(text, glossed=False)


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_not_decoded(text):
    assert not any(signs.is_strong for signs in look(text, "hans"))
    assert damaged_document(text) is None


@pytest.mark.parametrize(("script", "text", "marks"), DAMAGED, ids=[text for _, text, _ in DAMAGED])
def test_damage_is_decoded(channel, script, text, marks):
    damaged = channel.damage(text, marks, True)
    assert damaged != text

    assert any(signs.is_strong for signs in look(damaged, script))
