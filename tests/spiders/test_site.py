"""site: a site file is read strictly, and every error says file, key, what was expected and what was found."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from spiders.site import (
    SITES_DIRECTORY,
    Edition,
    Expect,
    Layout,
    Listing,
    Site,
    load_site,
    load_sites,
    read_site,
    site_skeleton,
)
from storage.errors import SiteError

GOOD = """
id = "kaifeng"
name = "开封市人民政府"
region = "410200"
family = "trs"
hosts = ["www.kaifeng.gov.cn"]
listings = ["http://www.kaifeng.gov.cn/xwzx/"]
"""


def write(directory, text, name="kaifeng.toml"):
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "change, said",
    [
        (('region = "410200"', 'region = "4102"'), ["key region", "'4102'"]),
        (('family = "trs"', 'family = "wordpress"'), ["key family", "'trs'", "'wordpress'"]),
        (('name = "开封市人民政府"\n', ""), ["key name", "found no such key"]),
        (('id = "kaifeng"', 'id = "kaifeng"\nlistngs = []'), ["key listngs", "a known key"]),
        (('id = "kaifeng"', 'id = "puyang"'), ["key id", "'kaifeng'", "'puyang'"]),
        (('"http://www.kaifeng.gov.cn/xwzx/"', '"www.kaifeng.gov.cn/xwzx/"'), ["key listings", "http://"]),
        (('"http://www.kaifeng.gov.cn/xwzx/"', '"http://other.gov.cn/"'), ["http://other.gov.cn/", "hosts"]),
        (('listings = ["http://www.kaifeng.gov.cn/xwzx/"]', ""), ["listings", "editions", "nothing to fetch"]),
        (('hosts = ["www.kaifeng.gov.cn"]', 'hosts = ["http://www.kaifeng.gov.cn"]'), ["key hosts", "host names"]),
        (('id = "kaifeng"', 'id = "kaifeng"\nconcurrency = 99'), ["key concurrency", "99"]),
        (
            ('id = "kaifeng"', 'id = "kaifeng"\n[[editions]]\nfront = "http://www.kaifeng.gov.cn/{yyyy}/"'),
            ["key", "expected"],
        ),
        (('id = "kaifeng"', "id = kaifeng"), ["expected TOML"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_malformed_file_names_file_key_expected_and_found(tmp_path, change, said):
    path = write(tmp_path, GOOD.replace(*change))

    with pytest.raises(SiteError) as error:
        read_site(path)

    assert str(path) in str(error.value)
    assert all(part in str(error.value) for part in said), str(error.value)


def test_bytes_that_are_not_utf8_are_said_to_be_so(tmp_path):
    path = tmp_path / "kaifeng.toml"
    path.write_bytes(GOOD.encode("gbk"))
    with pytest.raises(SiteError, match="TOML in UTF-8"):
        read_site(path)


def test_an_edition_without_the_day_in_its_address_is_refused(tmp_path):
    text = GOOD + '[[editions]]\nfront = "http://www.kaifeng.gov.cn/{yyyy}/{mm}/"\n'
    with pytest.raises(SiteError, match=r"key editions\.1\.front.*\{dd\}"):
        read_site(write(tmp_path, text))


def test_an_extra_directory_adds_sites_and_replaces_those_of_the_package(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    write(first, GOOD)
    write(second, GOOD.replace("开封市人民政府", "开封"))

    sites = load_sites(os.pathsep.join([str(first), str(second)]))

    assert sites.require("kaifeng").name == "开封"
    assert load_site("kaifeng", f"{first}{os.pathsep}{second}").name == "开封"
    assert [site.id for site in sites] == sorted(site.id for site in sites)


def test_a_missing_extra_directory_is_an_error(tmp_path):
    with pytest.raises(SiteError, match="FANGZHI_SITES"):
        load_sites(str(tmp_path / "nowhere"))


def test_an_unknown_site_comes_with_the_nearest_known_ones(tmp_path):
    write(tmp_path, GOOD)
    for load in (load_sites(str(tmp_path)).require, lambda name: load_site(name, str(tmp_path))):
        with pytest.raises(SiteError, match="did you mean kaifeng"):
            load("kaifng")


def test_a_site_id_cannot_lead_out_of_the_directory(tmp_path):
    write(tmp_path, GOOD)
    with pytest.raises(SiteError):
        load_site("../kaifeng", str(tmp_path))


def site(**keys):
    values = {
        "id": "x",
        "name": "甲县",
        "region": "410200",
        "family": "trs",
        "hosts": ["www.x.gov.cn"],
        "listings": ["http://www.x.gov.cn/"],
    }
    return Site.model_validate(values | {"id": "xx"} | keys)


@pytest.mark.parametrize(
    "url, owned",
    [
        ("http://www.x.gov.cn/a", True),
        ("https://WWW.X.gov.cn:8443/a", True),
        ("http://www.x.gov.cn./a", True),
        ("http://x.gov.cn/", False),
        ("http://www.x.gov.cn.evil.example/", False),
        ("http://www.x.gov.cn@evil.example/", False),
        ("http://evil.example/www.x.gov.cn", False),
        ("ftp://www.x.gov.cn/", False),
        ("file:///etc/passwd", False),
        ("javascript:void(0)", False),
        ("http://[::1/", False),
        ("http://www.x.gov.cn:port/", False),
        ("//www.x.gov.cn/", False),
        ("", False),
    ],
)
def test_a_site_owns_its_hosts_only(url, owned):
    assert site().owns(url) is owned


def test_hosts_may_name_a_port_or_everything_below():
    below = site(hosts=[".x.gov.cn"])
    assert below.owns("http://x.gov.cn/") and below.owns("http://zw.x.gov.cn/")
    assert not below.owns("http://yx.gov.cn/")
    port = site(hosts=["127.0.0.1:8080"], listings=["http://127.0.0.1:8080/"])
    assert port.owns("http://127.0.0.1:8080/a") and not port.owns("http://127.0.0.1:8081/a")
    assert site(hosts=["[::1]:80"], listings=["http://[::1]:80/"]).owns("http://[::1]:80/")


def test_the_layout_of_a_day_is_the_earliest_that_had_not_ended():
    layouts = [{"valid_until": "2021-12-31", "body": "b"}, {"valid_until": "2019-12-31", "body": "a"}, {"body": "c"}]
    aged = site(layouts=layouts)
    days = [date(2018, 1, 1), date(2019, 12, 31), date(2020, 1, 1), date(2022, 1, 1)]
    assert [aged.layout_on(day).body for day in days] == ["a", "a", "b", "c"]
    assert site().layout_on(days[0]) is None


def test_an_unchecked_site_says_what_to_confirm_and_a_checked_one_nothing():
    assert any("http://www.x.gov.cn/" in line for line in site(checked="not yet").to_confirm())
    assert site(checked="2026-11-25").to_confirm() == []


def test_a_skeleton_is_a_usable_site_file(tmp_path):
    text = site_skeleton("kaifeng", '开封"市"', "410200", "trs", ["http://www.kaifeng.gov.cn/xwzx/"])

    written = read_site(write(tmp_path, text))

    assert (written.name, written.hosts) == ('开封"市"', ("www.kaifeng.gov.cn",))
    with pytest.raises(SiteError, match="key region"):
        site_skeleton("kaifeng", "开封", "41", "trs", ["http://www.kaifeng.gov.cn/"])


def test_every_key_of_a_site_file_is_documented():
    readme = (SITES_DIRECTORY / "README.md").read_text(encoding="utf-8")
    documented = set(
        re.findall(
            r"`([a-z_]+)`", "\n".join(line.split("|")[1] for line in readme.splitlines() if line.startswith("| `"))
        )
    )
    keys = {key for model in (Site, Edition, Listing, Expect, Layout) for key in model.model_fields}
    assert documented == keys


def test_the_example_of_the_readme_is_a_usable_site_file(tmp_path):
    readme = (SITES_DIRECTORY / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", readme, re.DOTALL)[1]
    assert read_site(write(tmp_path, example)).layouts[0].valid_until == date(2022, 6, 30)


def test_every_site_file_of_the_package_can_be_used():
    assert [site.id for site in load_sites()] == sorted(path.stem for path in Path(SITES_DIRECTORY).glob("*.toml"))
