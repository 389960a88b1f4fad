"""The demo site through its three families: all links, each once."""

from typing import Any

from replica.demo import demo_site


def test_the_newspaper_is_entered_by_its_redirect_and_read_page_by_page(drive: Any) -> None:
    crawl = drive(demo_site(), "epaper", ["/yxrb/paperindex.htm"])

    root = "/yxrb/html/2023-04/10/"
    assert list(crawl.items) == [
        f"{root}content_{number}.htm" for number in ("5101_1", "5101_2", "5104_1", "5104_2", "5102_1", "5102_2")
    ]
    assert [asked for asked in crawl.asked if "node" in asked] == [
        f"GET {root}{node}.htm" for node in ("node_1", "node_5104", "node_5102")
    ]


def test_the_column_shows_ten_links_and_no_dead_end(drive: Any) -> None:
    crawl = drive(demo_site(), "trs", ["/xw/yw/"])

    assert len(crawl.items) == 10
    assert set(crawl.times.values()) == {1}


def test_titles_cut_by_the_template_come_whole_from_the_title_attribute(drive: Any) -> None:
    crawl = drive(demo_site(), "trs", ["/xw/yw/"])

    assert crawl.items["/xw/yw/202304/t20230403_4007.html"].title == "南岗大桥主体合龙 两岸群众出行将缩短四十分钟"


def test_the_plain_list_is_read_without_any_selector(drive: Any) -> None:
    crawl = drive(demo_site(), "links", ["/wk/list.html"])

    assert [str(day) for day in crawl.days.values()] == ["2023-04-12", "2023-03-30", "2023-03-30", "2023-03-27"]
