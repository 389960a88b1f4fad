"""The sketch: close for texts with nearly the same wording, far for different texts, blind to script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from flows.text.sketch import NEAR_DISTANCE, distance, sketch

NOTICE = (
    "各乡镇人民政府、街道办事处，县直各单位：为进一步加强今年汛期地质灾害防治工作，落实群测群防责任制，"
    "现就有关事项通知如下。一是压实责任，对隐患点逐一登记，明确监测人和巡查频次；二是加强预警，遇强降雨天气"
    "提前转移受威胁群众；三是备足物资，组织一次以上应急演练。请于5月31日前将排查情况报县自然资源局。"
)
OTHER = (
    "本报讯 昨日，全县春季农业生产现场会在城关镇举行。与会人员先后观摩了高标准农田、蔬菜育苗基地和农机合作社，"
    "听取了粮食生产、种子储备、农资供应等情况汇报。会议要求抓住农时，扩大油菜种植面积，推广良种良法，"
    "确保全年粮食总产稳定增长，同时做好耕地保护和撂荒地整治，让群众的钱袋子更鼓、日子更红火。"
)


def test_a_corrected_notice_is_near() -> None:
    corrected = NOTICE.replace("5月31日", "6月5日").replace("县自然资源局", "县自然资源和规划局")

    assert 0 < distance(sketch(NOTICE), sketch(corrected)) <= NEAR_DISTANCE


def test_another_text_is_far() -> None:
    assert distance(sketch(NOTICE), sketch(OTHER)) > 2 * NEAR_DISTANCE


def test_script_and_punctuation_do_not_count() -> None:
    mirror = OpenCC("s2t").convert(NOTICE).replace("，", ",")

    assert sketch(mirror) == sketch(NOTICE)


@pytest.mark.parametrize("text", ["", "，。", "县", "\ud800"])
def test_any_text_has_a_sketch(text: str) -> None:
    assert len(sketch(text)) == 16


@given(st.text(), st.text())
def test_distance_is_symmetric_and_zero_for_the_same_text(one: str, other: str) -> None:
    a, b = sketch(one), sketch(other)

    assert distance(a, b) == distance(b, a) <= 64
    assert distance(a, a) == 0
