"""The simulated channel does to the original words of the seeds exactly what their pages show."""

import pytest

SPANS = [
    ("“兩個確保”、實施“十大戰略”", "！", {"戰": "zhàn"}, True, "“兩個確?!薄嵤笆髴?zhàn)略”"),
    ("重中之重。”省委明確提出", "！", {}, True, "重中之重?!笔∥鞔_提出"),
    ("“兩個確保”、深入", "！、", {}, True, "“兩個確?!?、深入"),
    ("“集群＋鏈式”，推進新型", "", {"準": "zhǔn", "進": "jìn"}, True, "“集群+鏈?zhǔn)健保七M(jìn)新型"),
    ("　　（一）“十三五”目標", "。“", {}, False, "　。ㄒ唬“十三五”目標"),
    ("增大。縣“一區兩園”", "？。“", {"區": "qū"}, False, "增大?h“一區(qū)兩園”"),
    ("企業規模化、招引", "；、", {"業": "yè", "規": "guī"}, False, "企業(yè)規(guī);、招引"),
    ("驅動。基地的轉變。", "；。", {}, False, "驅動;氐霓D變。"),
    ("　　（二）xxxx年圓滿收官", "。“", {}, False, "　。ǘ﹛xxx年圓滿收官"),
    (
        "慶祝活動，切實做好巡視巡察整改工作和新一輪“三個以案”",
        "；“",
        {},
        False,
        "慶;顒樱袑嵶龊醚惨曆膊煺墓ぷ骱托乱惠“三個以案”",
    ),
]


@pytest.mark.parametrize(("original", "marks", "glosses", "lone_shown", "shown"), SPANS, ids=[s[4] for s in SPANS])
def test_the_channel_reproduces_the_seeds(channel, original, marks, glosses, lone_shown, shown):
    assert channel.narrow(channel.damage(original, marks, lone_shown, glosses)) == shown
