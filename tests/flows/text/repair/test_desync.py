"""Damage in, text out: certain readings are applied, doubtful ones suggested, clean text is never touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.text.provenance import replay, undo
from flows.text.repair.desync import LEFT_FLAG, fix_desync
from flows.text.repair.gloss import remove_glosses
from storage.records import Step

# Invented sentences; each holds at least one place at which the bytes of a mark stand across two characters.
SENTENCES = [
    ("hant", "全縣企業規模化、集約化水平明顯提高，產業結構不斷優化。"),
    ("hant", "我們要認真落實各項政策，切實保護生態環境，推動經濟社會持續健康發展。"),
    ("hant", "會議指出，要扎實做好各項工作。縣委、縣政府高度重視，專門召開會議進行部署。"),
    ("hans", "全县企业规模化、集约化水平明显提高，产业结构不断优化。"),
    ("hans", "各级各部门要切实保护好生态环境，全面推进乡村振兴、共同富裕。"),
    ("hans", "要进一步加强保障和改善民生工作，不断增强人民群众的获得感、幸福感、安全感。"),
]
BEFORE = {
    "hant": "市政府今天召開常務會議，研究部署下一階段重點工作，聽取了有關部門的情況匯報。\n",
    "hans": "市政府今天召开常务会议，研究部署下一阶段重点工作，听取了有关部门的情况汇报。\n",
}
AFTER = {
    "hant": "\n會議強調，要堅持問題導向，確保各項任務落到實處，為全年目標打下堅實基礎。",
    "hans": "\n会议强调，要坚持问题导向，确保各项任务落到实处，为全年目标打下坚实基础。",
}
CLEAN = [
    "浐灞生态区管委会主任龚潞、副主任逯晟参加活动。",
    "真的吗？！！他问道：“这是怎么回事？！”",
    "附件：⑴申请表；⑵承诺书；⒊其他材料（见附表Ⅱ）。",
    "xxxx年全县完成投资xx.x亿元，同比增长x%；新增企业x家。",
    "《咏鹅》：鹅，鹅，鹅，曲项向天歌。白毛浮绿水，红掌拨清波。",
    "α、β、γ三种射线；ㄅㄆㄇㄈ是注音符号；あいうえお是假名。",
    "犇犇牧业、羴羴餐饮、鱻鱻水产三家企业获表彰!大家鼓掌;气氛热烈?当然.",
    "歙县、黟县、婺源，濉溪、亳州、涡阳；邗江、盱眙、睢宁。",
]


@pytest.mark.parametrize("lone_shown", [True, False], ids=["lone byte shown", "lone byte dropped"])
@pytest.mark.parametrize(("script", "sentence"), SENTENCES, ids=[s for _, s in SENTENCES])
def test_damage_is_restored_or_left_alone(channel, script, sentence, lone_shown):
    original = BEFORE[script] + sentence + AFTER[script]
    damaged = channel.damage(original, "！？；。、“", lone_shown)

    result = fix_desync(damaged)

    assert result.text in {original, damaged}
    if result.text == damaged != original:
        assert any(s.after and s.after in original for s in result.suggestions)


def test_a_certain_reading_is_applied_with_its_exact_change(channel):
    original = BEFORE["hant"] + SENTENCES[0][1] + AFTER["hant"]
    damaged = channel.damage(original, "；、", False)

    result = fix_desync(damaged)

    assert result.text == original
    assert [(change.before, change.after) for change in result.changes] == [("；", "模化")]


def test_half_width_punctuation_is_read_as_what_it_was(channel):
    original = BEFORE["hant"] + SENTENCES[0][1] + AFTER["hant"]
    damaged = channel.narrow(channel.damage(original, "；、", False))

    assert fix_desync(damaged).text == channel.narrow(original)


def test_a_gloss_between_the_halves_of_a_character_is_undone(channel):
    original = (
        "要堅持“產業集群＋產業鏈式”，推進新型工業發展。要發展實體經濟，推進產業發展，進一步發展企業，擴大就業，"
        "推進項目建設，發展現代農業。"
    )
    glosses = {"業": "yè", "發": "fā", "準": "zhǔn", "進": "jìn", "產": "chǎn"}
    damaged = channel.narrow(channel.damage(original, "", True, glosses))
    assert "?zhǔn)" in damaged

    repaired = remove_glosses(fix_desync(damaged).text).text

    assert channel.narrow(repaired) == channel.narrow(original)


def test_changes_replay_and_undo(channel):
    damaged = channel.damage(BEFORE["hant"] + "\n".join(s for k, s in SENTENCES if k == "hant"), "！？；。、“", True)

    result = fix_desync(damaged)
    step = Step("text", "fix_desync", result.detail, result.changes)

    assert result.changes
    assert replay(damaged, [step]) == result.text
    assert undo(result.text, [step]) == damaged
    for suggestion in result.suggestions:
        assert result.text[suggestion.start :].startswith(suggestion.before)


def test_an_eaten_digit_stays_visible(channel):
    original = "今年全市將投入資金用於各所高校、2家醫院和3所學校的建設，" + BEFORE["hant"]
    damaged = channel.damage(original, "！？；。", True)
    assert "2" not in damaged

    result = fix_desync(damaged)

    assert "2" not in result.text
    assert "?家醫院" in result.text


@pytest.mark.parametrize("digit", "０６９")
def test_a_full_width_digit_out_of_step_is_never_chosen(channel, digit):
    original = BEFORE["hans"] + f"全市共有文物保护单位{digit}处，今年将再增加{digit}处。" + AFTER["hans"]
    damaged = channel.damage(original, "；", True)
    assert damaged.count(digit) < 2

    assert fix_desync(damaged).text in {original, damaged}


@pytest.mark.parametrize("text", CLEAN)
def test_rare_characters_and_odd_symbols_of_honest_text_stay(text):
    assert fix_desync(text).changes == ()


@pytest.mark.parametrize("text", ["?！" * 9, "；；；；！！！！" * 9, "“”“”" * 20, "?", "", "！", "龘" * 30, "?zhàn)"])
def test_what_is_no_text_is_left_alone(text):
    assert fix_desync(text).text == text


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet="的一是在不了有和人这中大为上！？；。、，“”?ㄒ唬鞔薄顒樱袑hx1\n（）", max_size=40))
def test_any_text_keeps_its_provenance(text):
    result = fix_desync(text)

    assert undo(result.text, [Step("text", "fix_desync", "", result.changes)]) == text


def test_damage_beyond_what_may_be_decoded_is_reported_only(channel, monkeypatch):
    line = channel.damage(BEFORE["hant"] + SENTENCES[0][1] + AFTER["hant"], "；、", False)
    monkeypatch.setattr("flows.text.repair.desync.MAX_DECODED", 1)

    result = fix_desync(f"{line}\n" * 2)

    assert result.flags == (LEFT_FLAG,)
    assert all(change.start < len(line) for change in result.changes)


def test_an_eaten_line_end_is_restored(channel):
    before, after = BEFORE["hans"] * 3, AFTER["hans"] + "\n"
    original = before + "各级人民政府应当加强对文物保护工作的领导。" + after
    damaged = channel.damage(original, "；", True)
    assert damaged.count("\n") < original.count("\n")

    assert fix_desync(damaged).text == original


def test_a_paragraph_is_followed_out_of_step_to_its_end(channel):
    sentence = "要认真贯彻落实党中央、国务院的决策部署，进一步加强和改进生态环境保护工作，推动经济社会高质量发展。"
    damaged = channel.damage(BEFORE["hans"] + "不断加强保护" + sentence * 5 + AFTER["hans"], "；", True)

    result = fix_desync(damaged)

    found = [*(change.after for change in result.changes), *(s.after for s in result.suggestions)]
    assert any("国务院的决策部署" in text and len(text) > 200 for text in found)


CLEAN_BUT_RARE = (
    "邑之東南隅，舊有文昌閣，邑令陳公諱大綬者捐俸為之。崇禎壬午，燬於兵燹，榱桷蕩然，乾隆間邑紳象賢再葺之；迨道光丁酉，又圮。",
    "茈碧湖：茈，音cǐ。邓川：古邆赕诏地，唐置邆备州；弥苴河：苴，音jū。蟠曲：蟠，音pán。",
    "申请材料：①居住证；②务工合同（营业执照）；③连续缴费证明；④配合核验承诺书；他叫邰喆，入职于犇鑫公司。",
)


@pytest.mark.parametrize("text", CLEAN_BUT_RARE)
def test_clean_text_with_rare_characters_is_not_reported_as_damaged(text):
    result = fix_desync(f"{text}\n" * 3)

    assert (result.text, result.flags) == (f"{text}\n" * 3, ())
