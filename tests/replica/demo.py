"""demo.py — The demo site: a newspaper edition, a column and a plain list, with the damage real pages have.

Five pages carry the client's texts of tests/seeds as they are; the others are stories.py. Between them stand four
encodings, four wrong labels, a page served under two addresses, one article in both scripts, a redirect, a page
that is gone, one that answers at the second try, a compressed one, and one whose </html> comes too early.
Use: `with serve(demo_site(), DEMO_PORT) as replica: demo_sites(replica.base_url, directory)`.
"""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from replica import epaper_pages, trs_pages
from replica.server import Answer, Routes, page, redirect
from replica.stories import (
    BRIDGE,
    CANAL,
    CLINIC,
    FOREST,
    HERITAGE_HANS,
    HERITAGE_HANT,
    LIBRARY,
    MARKET,
    SCHOOL,
    STREAM,
    TEA,
    Story,
)

# A second run must meet the same addresses, and the port is a part of them.
DEMO_PORT = 8931
SEEDS = Path(__file__).parent.parent / "seeds"
_PAPER = "云溪日报"
_ISSUE = "2023年04月10日 星期一"

_SITE = """id = "{id}"
name = "{name}"
region = "410000"  # the county is made up; the province is the one of the client's texts
family = "{family}"
hosts = ["{host}"]
listings = ["{base}{path}"]
{extra}delay_s = 0
concurrency = 4
test_site = true
checked = "2023-04-10, a replica"
"""


def demo_sites(base_url: str, directory: Path) -> list[str]:
    """Write the site files of the demo into a directory, for a replica served at base_url; returns the site ids."""
    made = []
    for site, name, family, path, extra in (
        ("demo-epaper", "云溪日报（演示）", "epaper", "/yxrb/paperindex.htm", ""),
        ("demo-trs", "云溪县人民政府 要闻（演示）", "trs", "/xw/yw/", ""),
        ("demo-links", "云溪文库（演示）", "links", "/wk/list.html", ""),
    ):
        text = _SITE.format(
            id=site, name=name, family=family, host=urlsplit(base_url).netloc, base=base_url, path=path, extra=extra
        )
        (directory / f"{site}.toml").write_text(text, encoding="utf-8")
        made.append(site)
    return made


def demo_site() -> Routes:
    """Build the demo site; the same bytes on every call."""
    routes = Routes({"/robots.txt": Answer(b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),))})
    _newspaper(routes)
    _column(routes)
    _library(routes)
    return routes


def seed(number: int) -> list[str]:
    """Return the paragraphs of one of the client's texts, as they are."""
    path = next(SEEDS.glob(f"{number:03}_*.txt"))
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _newspaper(routes: Routes) -> None:
    """Add an issue of three pages whose files are not numbered in a row."""
    root = "/yxrb/html/2023-04/10/"
    title, *text = seed(0)
    first = Story(title, tuple(text), "2023-04-10", _PAPER, "高建军")
    second = Story("苦干实干抓制造\n久久为功促倍增", tuple(seed(1)), "2023-04-10", _PAPER)
    contents = {
        "node_1.htm": ("第A01版：要闻", "A01", [("content_5101_1.htm", first), ("content_5101_2.htm", second)]),
        "node_5104.htm": ("第A02版：民生", "A02", [("content_5104_1.htm", CLINIC), ("content_5104_2.htm", FOREST)]),
        "node_5102.htm": ("第A03版：乡土", "A03", [("content_5102_1.htm", TEA), ("content_5102_2.htm", CANAL)]),
    }
    # A00 of the encodings: UTF-8 with a BOM; GB18030 under the label gb2312, as most small papers have it.
    coded = {"content_5101_2.htm": "gb18030", "content_5104_1.htm": "gb18030"}
    pages = [(href, name) for href, (name, _, _) in contents.items()]
    routes.answers["/yxrb/paperindex.htm"] = page(epaper_pages.entry_page("html/2023-04/10/node_1.htm"))
    for node, (name, number, stories) in contents.items():
        listed = [(f"./{href}", story.title.replace("\n", " ")) for href, story in stories]
        picture, pdf = (
            f"../../../images/2023-04/10/{number}/Page_b.jpg",
            f"../../../images/2023-04/10/{number}/{number}.pdf",
        )
        for href, story in [(node, None), *stories]:
            encoding = coded.get(href, "utf-8-sig")
            text = epaper_pages.frame(
                _PAPER,
                _ISSUE,
                pages,
                listed,
                page_name=name,
                picture=picture,
                pdf=pdf,
                charset="gb2312" if encoding == "gb18030" else "utf-8",
                inside=epaper_pages.article_body(story) if story else "",
                properties=epaper_pages.properties(story, "2023-04-10", number, _PAPER) if story else "",
            )
            routes.answers[root + href] = page(text, encoding)


def _column(routes: Routes) -> None:
    """Add a column of a county site: a GBK listing, and articles of which each has its own trouble."""
    root = "/xw/yw/"
    report = Story("全县经信系统工作总结", tuple(seed(4)), "2023-04-09 08:00", "县经济和信息化局")
    essay_title, *essay = seed(3)
    essay_story = Story(essay_title, tuple(essay), "2023-04-08 10:20", "德州新闻网")
    article = trs_pages.article_page
    # UTF-8 bytes under a label of GBK; GB18030 bytes under a header of UTF-8; GB18030 under a header of Latin-1.
    answers = {
        "202304/t20230409_4004.html": (report, page(article(report, charset="gbk"))),
        "202304/t20230408_4003.html": (
            essay_story,
            page(article(essay_story, charset="gb2312"), "gb18030", header="utf-8"),
        ),
        "202304/t20230405_4005.html": (LIBRARY, page(article(LIBRARY, charset="gb2312"), "gb18030")),
        "202304/t20230404_4006.html": (
            MARKET,
            page(article(MARKET, charset="gb2312"), "gbk", header="ISO-8859-1"),
        ),
        "202304/t20230403_4007.html": (BRIDGE, page(article(BRIDGE, early_end=True), header="utf-8")),
        "202304/t20230401_4008.html": (SCHOOL, page(article(SCHOOL), header="utf-8").gzipped()),
    }
    busy = page("<html><body>Service Unavailable</body></html>", status=503).with_headers(("Retry-After", "1"))
    for name, (_, answer) in answers.items():
        routes.answers[root + name] = answer
    river, river_name = page(article(STREAM)), "202303/t20230328_4009.html"
    routes.in_turn[root + river_name] = (busy, river)
    # One article under two columns: two addresses, the same bytes.
    routes.answers["/xw/tzgg/202304/t20230404_4006.html"] = answers["202304/t20230404_4006.html"][1]
    moved, gone = "202303/t20230320_3999.html", "202303/t20230315_3990.html"
    routes.answers[root + moved] = redirect(f"{root}202304/t20230405_4005.html", 301)
    rows = [
        trs_pages.row(f"./{name}", story.title, story.published[:10], cut=18) for name, (story, _) in answers.items()
    ]
    rows += [
        trs_pages.row("../tzgg/202304/t20230404_4006.html", MARKET.title, "2023-04-04"),
        trs_pages.row(f"./{river_name}", STREAM.title, "2023-03-28"),
        trs_pages.row(f"./{moved}", "县图书馆延长开放时间", "2023-03-20"),
        trs_pages.row(f"./{gone}", "关于征集早市设置意见的公告", "2023-03-15"),
        '<li><a href="javascript:void(0)" onclick="alert(\'正在建设\')">政策解读专区</a></li>\n',
    ]
    listing = page(trs_pages.listing_page("要闻动态", rows, charset="gb2312"), "gbk")
    routes.answers[root] = routes.answers[f"{root}index.html"] = listing


def _library(routes: Routes) -> None:
    """Add a plain list of a made-up text collection, without any platform's marks."""
    slogan, title, admin, *speech = seed(2)
    shown = [
        (
            "/wk/2023/0412/20231.html",
            title,
            "2023-04-12",
            _plain(title, [slogan, title, admin, *speech], "gb2312"),
            "gb18030",
            "",
        ),
        (
            "/wk/2023/0330/20219.html",
            HERITAGE_HANS.title,
            "2023-03-30",
            _story(HERITAGE_HANS, "gb2312"),
            "gbk",
            "gb2312",
        ),
        ("/wk/2023/0330/20218.html", HERITAGE_HANT.title, "2023-03-30", _story(HERITAGE_HANT, "big5"), "big5", ""),
        ("/wk/2023/0327/20210.html", TEA.title, "2023-03-27", _story(TEA, ""), "utf-8", ""),
    ]
    rows = ""
    for path, title, day, text, encoding, header in shown:
        routes.answers[path] = page(text, encoding, header=header)
        rows += f'<li><a href="{path}">{escape(title)}</a> <i>{day}</i></li>\n'
    routes.answers["/wk/list.html"] = page(
        f"""<html><head><title>云溪文库</title></head><body><div class="menu"><a href="/wk/">首页</a><a href="/wk/about.html">关于我们</a></div>
<ul class="list">
{rows}</ul></body></html>
"""
    )


def _story(story: Story, charset: str) -> str:
    label = "來源" if charset == "big5" else "来源"
    info = f"{story.published}　{label}：{story.source}"
    return _plain(story.title, [info, *story.paragraphs], charset)


def _plain(title: str, lines: list[str], charset: str) -> str:
    label = f'<meta charset="{charset}">' if charset else ""
    text = "<br>\n".join(f"　　{escape(line, quote=False)}" for line in lines)
    site, home, listing = ("雲溪文庫", "首頁", "列表") if charset == "big5" else ("云溪文库", "首页", "列表")
    return f"""<html><head>{label}<title>{escape(title)}_{site}</title></head>
<body><div class="menu"><a href="/wk/">{home}</a> &gt; <a href="/wk/list.html">{listing}</a></div><h1>{escape(title)}</h1>
<div class="text">
{text}
</div></body></html>
"""
