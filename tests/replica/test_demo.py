"""The demo site: it shows what issue 2 asks for, and every byte of it is the same on every run."""

from pathlib import Path

from replica.demo import SEEDS, demo_site, demo_sites, seed
from replica.server import serve

from spiders.site import load_site


def test_the_demo_site_is_the_same_on_every_run() -> None:
    assert demo_site() == demo_site()


def test_the_clients_texts_are_served_with_their_damage_kept() -> None:
    bodies = [answer.body for answer in demo_site().answers.values()]
    for number in range(5):
        line = max(seed(number), key=len)
        start = line[:40].replace("&", "&amp;")

        assert any(start.encode("gb18030") in body or start.encode() in body for body in bodies)


def test_the_clients_texts_are_five_files() -> None:
    assert len(list(SEEDS.glob("*.txt"))) == 5


def test_the_site_files_of_the_demo_load(tmp_path: Path) -> None:
    with serve(demo_site()) as replica:
        sites = [load_site(site, str(tmp_path)) for site in demo_sites(replica.base_url, tmp_path)]

    assert [site.family for site in sites] == ["epaper", "trs", "links"]
    assert all(site.test_site for site in sites)


def test_one_page_answers_at_the_second_try() -> None:
    busy, ready = demo_site().in_turn["/xw/yw/202303/t20230328_4009.html"]

    assert (busy.status, ready.status) == (503, 200)


def test_one_article_is_served_under_two_addresses() -> None:
    answers = demo_site().answers

    assert answers["/xw/tzgg/202304/t20230404_4006.html"] == answers["/xw/yw/202304/t20230404_4006.html"]


def test_one_page_is_compressed_and_one_ends_early() -> None:
    answers = demo_site().answers

    assert answers["/xw/yw/202304/t20230401_4008.html"].header("Content-Encoding") == "gzip"
    body = answers["/xw/yw/202304/t20230403_4007.html"].body.decode()
    assert body.index("</html>") < body.index("南岗大桥最后一片箱梁")


def test_labels_lie_in_header_and_in_meta() -> None:
    answers = demo_site().answers

    assert b"charset=gbk" in answers["/xw/yw/202304/t20230409_4004.html"].body  # the bytes are UTF-8
    assert "utf-8" in answers["/xw/yw/202304/t20230408_4003.html"].header("Content-Type")  # the bytes are GB18030
