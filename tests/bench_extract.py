"""bench_extract.py — Extraction against labelled real pages, beside other tools, in one run. Not collected by pytest.

    python tests/bench_extract.py [FOLDER] [--only WORD] [--pages] [--rounds N] | --hostile

FOLDER holds ID.html (bytes) and ID.json (title, published, source, author, text; null = not labelled, group). The
default is `../shared/corpus/pages` beside the checkout. trafilatura and go-readability are compared when installed
(extra `bench`).

Text: NFKC, blanks and zero-width characters removed on both sides; longest common subsequence of characters; F1 of
precision and recall, averaged over pages. Title: equal after the same. Time: equal to the label's own precision.
Source: the label in the answer, at most 6 characters more. Author: every labelled name, at most 12 more.
Speed: CPU time of one process, tools in turn on every page; the floor is lexbor's parse, and its parse with all text.
"""

import argparse
import json
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from flows.text.decode import decode
from flows.text.extract import extract

_BLANK = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad]+")
_TIME = re.compile(r"((?:19|20)\d\d)\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?:\D{0,4}?(\d{1,2})\s*[:：时-]\s*(\d{1,2}))?")
_LEFTOVERS = {
    "责任编辑": "责任编辑|责编",
    "来源": "来源[:：]",
    "counter": "(?:浏览|点击|阅读|访问)(?:次数|量|数)|次浏览",
    "font size": "字体|字号",
    "print, close": "打印|关闭窗口|关闭本页|关闭页面",
    "share, QR": "分享到|扫一扫|微信扫|二维码",
    "crumbs": "当前位置|您的位置|所在位置|首页\\s*[>＞»]",
    "neighbours": "[上下]一[篇条][:：]?",
    "legal": "版权所有|ICP备|免责声明|许可证|公网安备",
    "related": "相关(?:新闻|阅读|链接|文章|报道)|延伸阅读|推荐阅读",
}


@dataclass
class Answer:
    """What a tool says of a page."""

    text: str = ""
    title: str = ""
    published: str = ""
    source: str = ""
    author: str = ""


def norm(text: str | None) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", text or ""))


def common(left: str, right: str) -> int:
    """Return the length of the longest common subsequence (bit-parallel, after Hyyrö)."""
    places: dict[str, int] = {}
    for index, char in enumerate(left):
        places[char] = places.get(char, 0) | 1 << index
    full = (1 << len(left)) - 1
    row = full
    for char in right:
        matched = row & places.get(char, 0)
        row = ((row + matched) | (row - matched)) & full
    return len(left) - row.bit_count()


def text_score(answer: str, gold: str) -> tuple[float, float, float]:
    got, wanted = norm(answer), norm(gold)
    got = got[: 12 * len(wanted) + 20_000]
    if not got or not wanted:
        return (1.0, 1.0, 1.0) if not got and not wanted else (0.0, 0.0, 0.0)
    hit = common(got, wanted)
    precision, recall = hit / len(got), hit / len(wanted)
    return precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0


def moment(text: str | None) -> tuple[tuple[int, ...], tuple[int, ...] | None] | None:
    found = _TIME.search(unicodedata.normalize("NFKC", text or ""))
    if not found:
        return None
    day, clock = found.groups()[:3], found.groups()[3:]
    return tuple(map(int, day)), (tuple(map(int, clock)) if clock[0] is not None else None)


def field_scores(answer: Answer, gold: dict[str, str | None]) -> dict[str, float]:
    scores: dict[str, float] = {}
    if gold.get("title"):
        scores["title"] = norm(answer.title) == norm(gold["title"])
    wanted, got = moment(gold.get("published")), moment(answer.published)
    if wanted:
        scores["day"] = bool(got) and got[0] == wanted[0]
        scores["time"] = scores["day"] and (wanted[1] is None or got[1] == wanted[1])
    if gold.get("source"):
        source, said = norm(gold["source"]).lower(), norm(answer.source).lower()
        scores["source"] = source in said and len(said) <= len(source) + 6
    if gold.get("author") is not None:
        names = [norm(name) for name in re.split(r"[\s、,，/]+", gold["author"] or "") if name]
        said = norm(answer.author)
        if names:
            scores["author"] = all(name in said for name in names) and len(said) <= sum(map(len, names)) + 12
        else:
            scores["no author"] = not said
    return {name: float(value) for name, value in scores.items()}


def ours(html: str, url: str) -> Answer:
    article = extract(html, url)
    published = f"{article.published_at:%Y-%m-%d %H:%M}" if article.published_at else ""
    return Answer(article.text, article.title, published, article.source, article.author)


def _trafilatura() -> Callable[[str, str], Answer]:
    import trafilatura  # noqa: PLC0415  (an extra)

    def run(html: str, url: str) -> Answer:
        found = trafilatura.bare_extraction(html, url=url or None, with_metadata=True)
        if found is None:
            return Answer()
        record = found if isinstance(found, dict) else found.as_dict()
        return Answer(*(str(record.get(name) or "") for name in ("text", "title", "date", "sitename", "author")))

    return run


def _go_readability() -> Callable[[str, str], Answer]:
    import pygoreadability  # noqa: PLC0415  (an extra)

    def run(html: str, url: str) -> Answer:
        found = pygoreadability.from_string(html, url or "http://localhost/")
        return Answer(
            found.content_text or "",
            found.title or "",
            str(found.published_time or ""),
            found.site_name or "",
            found.byline or "",
        )

    return run


def tools() -> dict[str, Callable[[str, str], Answer]]:
    found: dict[str, Callable[[str, str], Answer]] = {"fangzhi": ours}
    for name, load in (("trafilatura", _trafilatura), ("go-readability", _go_readability)):
        try:
            found[name] = load()
        except ImportError:
            print(f"{name}: not installed, left out")
    return found


def average(values: list[float]) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "  -  "


def quality(
    run: Callable[[str, str], Answer], pages: list[tuple[str, str, dict]], show: bool
) -> dict[str, list[float]]:
    table: dict[str, list[float]] = {}
    for name, html, gold in pages:
        answer = run(html, gold.get("url") or "")
        precision, recall, f1 = text_score(answer.text, gold["text"])
        fields = field_scores(answer, gold)
        row = {"F1": f1, "P": precision, "R": recall, f"F1 {gold.get('group') or 'all'}": f1, **fields}
        seen = norm(html)
        for kind, pattern in _LEFTOVERS.items():
            if re.search(pattern, seen) and not re.search(pattern, norm(gold["text"])):
                row[f"left {kind}"] = float(bool(re.search(pattern, norm(answer.text))))
        for key, value in row.items():
            table.setdefault(key, []).append(value)
        if show:
            wrong = " ".join(key for key, value in fields.items() if not value)
            print(f"  {name:26} {gold.get('group') or '':6} F1 {f1:.3f} P {precision:.3f} R {recall:.3f}  {wrong}")
    return table


def speed(
    runs: dict[str, Callable[[str], object]], pages: list[tuple[str, str, dict]], rounds: int
) -> dict[str, float]:
    """Return CPU milliseconds a page: the median of the rounds, page by page, averaged."""
    spent: dict[str, list[list[float]]] = {name: [[] for _ in pages] for name in runs}
    for _ in range(rounds):
        for index, (_, html, _) in enumerate(pages):
            for name, run in runs.items():
                start = time.process_time()
                run(html)
                spent[name][index].append(time.process_time() - start)
    return {
        name: 1_000 * sum(sorted(times)[len(times) // 2] for times in per_page) / len(pages)
        for name, per_page in spent.items()
    }


_SENTENCE = "县里召开会议，部署冬季森林防火工作。"
_HOSTILE = {
    "deep divs": "<div>",
    "deep lists": "<ul><li>",
    "unclosed fonts in paragraphs": f"<font size=7><p>{_SENTENCE}",
    "crossed tags": f"<div><b></div></b>{_SENTENCE}",
    "links": f"<a href=/1.html>{_SENTENCE}</a>",
    "short paragraphs": f"<p>{_SENTENCE}</p>",
    "one long line": _SENTENCE,
    "opened body markers": f"<!--enpcontent-->{_SENTENCE}",
    "cells": "<table><tr><td>1</td><td>2</td></tr></table>",
    "attributes of one tag": " a=1",
}


def hostile(sizes: tuple[float, ...] = (0.1, 1, 10)) -> None:
    """Print CPU milliseconds a megabyte (a million characters) of hostile markup; linear when a row stays level."""
    print("ms per MB".ljust(30), *(f"{size} MB".rjust(9) for size in sizes))
    for name, piece in _HOSTILE.items():
        spent = []
        for size in sizes:
            markup = piece * int(size * 1_000_000 / len(piece)) + f"<p>{_SENTENCE}</p>"
            start = time.process_time()
            extract(f"<div{markup}" if piece.startswith(" ") else markup, "http://a.gov.cn/1.html")
            spent.append(1_000 * (time.process_time() - start) / size)
        print(name.ljust(30), *(f"{value:9.1f}" for value in spent))


def parse_only(html: str) -> object:
    return LexborHTMLParser(html)


def parse_and_text(html: str) -> object:
    body = LexborHTMLParser(html).body
    return body.text() if body is not None else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "pages"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--only", default="", help="pages whose name holds this word")
    parser.add_argument("--pages", action="store_true", help="a line for each page")
    parser.add_argument("--hostile", action="store_true", help="only the cost of hostile markup, by size")
    parser.add_argument("--rounds", type=int, default=3, help="of the timing; 0 for none")
    options = parser.parse_args()
    if options.hostile:
        hostile()
        return 0
    pages = []
    for label in sorted(options.folder.glob("*.json")):
        if options.only in label.stem:
            html = decode(label.with_suffix(".html").read_bytes()).text
            pages.append((label.stem, html, json.loads(label.read_text("utf-8"))))
    if not pages:
        print(f"no labelled pages in {options.folder}")
        return 1
    found = tools()
    tables = {}
    for name, run in found.items():
        tables[name] = quality(run, pages, options.pages and name == "fangzhi")
    keys = sorted({key for table in tables.values() for key in table}, key=lambda key: (key.startswith("left"), key))
    print(f"{len(pages)} pages".ljust(24), *(name.rjust(15) for name in tables), "labelled".rjust(9))
    for key in keys:
        count = max(len(table.get(key, [])) for table in tables.values())
        print(key.ljust(24), *(average(table.get(key, [])).rjust(15) for table in tables.values()), str(count).rjust(9))
    if options.rounds:
        runs: dict[str, Callable[[str], object]] = {"parse": parse_only, "parse + all text": parse_and_text}
        runs |= {name: (lambda html, run=run: run(html, "")) for name, run in found.items()}
        times = speed(runs, pages, options.rounds)
        print("CPU ms a page, pages/s, speed relative to parse + all text, to parse")
        for name, spent in times.items():
            print(
                f"  {name:18} {spent:8.3f} {1_000 / spent:9.0f}"
                f" {times['parse + all text'] / spent:8.3f} {times['parse'] / spent:8.3f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
