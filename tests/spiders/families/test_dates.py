"""Days in every form that sites print."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.families.dates import day_in, day_of_address, month_of_address

DAY = date(2023, 4, 10)


@pytest.mark.parametrize(
    "text",
    [
        "2023-04-10",
        "2023-4-10",
        "2023/04/10",
        "2023.04.10",
        "2023年4月10日",
        "2023年04月10日 09:30",
        "2023 年 4 月 10 日",
        "2023-04-10 09:30:00.0",
        "2023-04-10 00:00:00:0",
        "[2023-04-10]",
        "（2023-04-10）",
        "20230410",
        "10/2023-04",
        "10 2023-04",
        "10日 2023年4月",
        "2023-04 10",
        "二〇二三年四月十日",
        "二○二三年四月十日",
        "发布时间：2023-04-10 来源：本站",
        "1681090200",
        "1681090200000",
        "2023-04-09T17:30:00Z",
        "2023-04-10T09:30:00+08:00",
        "Sun, 09 Apr 2023 17:30:00 GMT",
        "Mon, 10 Apr 2023 09:30:00 +0800",
    ],
)
def test_a_day_is_read_in_every_form(text: str) -> None:
    assert day_in(text) == DAY


@pytest.mark.parametrize("text", ["[04-10]", "04/10", "4月10日", "04-10"])
def test_a_day_without_a_year_takes_the_year_nearest_to_a_neighbour(text: str) -> None:
    assert day_in(text, near=date(2023, 1, 5)) == DAY
    assert day_in(text) is None


def test_a_year_turns_between_two_rows() -> None:
    assert day_in("[12-30]", near=date(2023, 1, 2)) == date(2022, 12, 30)
    assert day_in("[01-02]", near=date(2022, 12, 30)) == date(2023, 1, 2)


@pytest.mark.parametrize("text", ["", "无", "2023", "2023-13-40", "0371-23880000", "13-45", "第10期"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_in(text, near=DAY) is None


@pytest.mark.parametrize(
    "path",
    [
        "/xw/202304/t20230410_123456.html",
        "/art/2023/4/10/art_33718_900123.html",
        "/yxrb/html/2023-04/10/node_1.htm",
        "/yxrb/pc/layout/202304/10/node_01.html",
        "/2023/0410/c123a4567/page.htm",
        "/2023/04-10/2722345.html",
        "/paper/yxrb/2023-04-10/data.js",
        "/a/xinwen/20230410/123.html",
        "/html/nw.D110000yxrb_20230410_1-01.htm",
        "/10462/c103042/2023/4/10/0123456789abcdef0123456789abcdef.shtml",
        "/bjrb/mobile/2023/20230410/20230410_m.html",
    ],
)
def test_an_address_names_its_day(path: str) -> None:
    assert day_of_address("http://www.yunxi.gov.cn" + path) == DAY


@pytest.mark.parametrize(
    "path",
    ["/info/1023/4567.htm", "/xw/202304/0123456789abcdef0123456789abcdef.shtml", "/content/post_20234567.html", "/"],
)
def test_an_address_without_a_day_has_none(path: str) -> None:
    assert day_of_address("http://www.yunxi.gov.cn" + path) is None


def test_a_month_in_an_address_helps_to_choose_a_year() -> None:
    assert month_of_address("http://x.cn/xw/202304/0123.shtml") == date(2023, 4, 15)
    assert month_of_address("http://x.cn/art/2023/art_0.html") == date(2023, 6, 15)
    assert month_of_address("http://x.cn/info/1023/4567.htm") is None


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["{0:%Y-%m-%d}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}", "{0.day}/{0:%Y-%m}"]),
)
def test_any_day_is_read_back_from_any_form(day: date, form: str) -> None:
    assert day_in(form.format(day)) == day


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    day_in(text, near=DAY)
    day_of_address(text)
