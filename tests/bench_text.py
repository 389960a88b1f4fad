"""bench_text.py — Prints every table about the text work: `make bench-text`, or `python tests/bench_text.py [PART…]`.

Parts: decode, extract, garbled, repair, desync (each a bench_<part>.py beside this file, run in a process of its own), and
chain and worst, which are here. Needs ../shared/corpus; the columns of other tools need the bench extra. Not a test.

chain: CPU time of a clean page through decode, extract, reread, repair, normalize and fingerprint, beside trafilatura, ftfy
and opencc on the same pages, taking turns. worst: milliseconds per megabyte of hostile input for every stage at
three sizes; a stage is linear when the figure stays the same.
"""

import argparse
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from flows.text.decode import Declared, decode
from flows.text.extract import extract
from flows.text.fingerprint import heavy
from flows.text.normalize import normalize
from flows.text.repair import repair
from flows.text.reread import reread_page

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "shared" / "corpus" / "pages"
FILES = ("decode", "extract", "garbled", "repair", "desync")
SIZES_MB = (0.1, 1.0, 10.0)
FORK = multiprocessing.get_context("fork")  # the modules are loaded once, and a stage out of hand can be killed
LIMIT_S = 60.0  # a stage that would need longer at a size is not run there, and says so


def main() -> None:
    """Run the parts named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*FILES, "chain", "worst", []], help="default: all")
    parser.add_argument("--rounds", type=int, default=5, help="chain: how often each page is measured")
    parser.add_argument("--largest", type=float, default=10.0, metavar="MB", help="worst: the largest input")
    arguments = parser.parse_args()
    parts = arguments.parts or [*FILES, "chain", "worst"]
    for part in parts:
        print(f"\n== {part} ==", flush=True)
        if part == "chain":
            chain(arguments.rounds)
        elif part == "worst":
            worst([size for size in SIZES_MB if size <= arguments.largest])
        else:
            run_file(HERE / f"bench_{part}.py")


def run_file(path: Path) -> None:
    """Run another benchmark; one that fails does not hide the others."""
    if not path.exists():
        print(f"{path.name} is not there")
    elif (status := subprocess.run([sys.executable, str(path)], check=False).returncode) != 0:
        print(f"{path.name} ended with status {status}")


# chain ---------------------------------------------------------------------------------------------------------

STAGES: dict[str, Callable[..., object]] = {
    "decode": lambda payload: decode(payload, Declared()).text,
    "extract": lambda html: (html, extract(html).text),
    "reread": lambda taken: found.html if (found := reread_page(*taken)) else taken[1],
    "repair": lambda text: repair(text).text,
    "normalize": lambda text: normalize(text).text,
    "fingerprint": heavy.__wrapped__,  # the cache around it would answer the second round
}


def other_stages() -> dict[str, Callable[..., object]]:
    """Return what one would take from the shelf, or nothing when the bench extra is not installed."""
    try:
        import trafilatura  # noqa: PLC0415
    except ImportError:
        return {}
    import ftfy  # noqa: PLC0415
    from opencc import OpenCC  # noqa: PLC0415

    return {
        "trafilatura": lambda payload: trafilatura.extract(payload) or "",
        "ftfy": ftfy.fix_text,
        "opencc": OpenCC("t2s").convert,
    }


def chain(rounds: int) -> None:
    """Compare the two chains page by page; both see the bytes as saved."""
    paths = sorted(PAGES.glob("*.html"))
    payloads = [path.read_bytes() for path in paths]
    if not payloads:
        print(f"no pages in {PAGES}")
        return
    columns = [stages for stages in (STAGES, other_stages()) if stages]
    best = [[dict.fromkeys(stages, float("inf")) for stages in columns] for _ in payloads]
    for _ in range(rounds):
        for payload, figures in zip(payloads, best, strict=True):
            for stages, figure in zip(columns, figures, strict=True):
                value: object = payload
                for name, stage in stages.items():
                    started = time.process_time()
                    value = stage(value)
                    figure[name] = min(figure[name], time.process_time() - started)
    for index, stages in enumerate(columns):
        parts = {name: statistics.mean(figures[index][name] for figures in best) * 1e3 for name in stages}
        print(f"{sum(parts.values()):8.2f} ms a page: ", ", ".join(f"{name} {ms:.2f}" for name, ms in parts.items()))
    for figures, path in sorted(zip((figures[0] for figures in best), paths, strict=True), key=total)[-3:]:
        slowest = max(figures, key=lambda name: figures[name])
        print(f"slow: {path.name} {sum(figures.values()) * 1e3:.1f} ms, of it {slowest} {figures[slowest] * 1e3:.1f}")
    if len(columns) == 2:
        totals = [[sum(figures[i].values()) for figures in best] for i in (0, 1)]
        each = statistics.median(other / own for own, other in zip(*totals, strict=True))
        print(
            f"{sum(totals[1]) / sum(totals[0]):8.1f} times as fast over all {len(payloads)} pages, median page {each:.1f}"
        )


def total(page: tuple[dict[str, float], Path]) -> float:
    return sum(page[0].values())


# worst ---------------------------------------------------------------------------------------------------------

HOSTILE_BYTES: dict[str, bytes] = {
    "GBK": "乡村振兴，".encode("gbk"),
    "Big5": "鄉村振興，".encode("big5"),
    "GBK and UTF-8 by turns": "乡村。\n".encode("gbk") + "乡村。\n".encode(),
    "lead bytes only": b"\xb0",
    "UTF-8 tails only": b"\xbf",
    "broken GBK": b"\xb0a\xa3\xff\xc4\xe3",
    "unclosed HZ": b"~{VPND",
    "NUL": b"\x00a",
    "UTF-16 halves": b"\xd8\x00",
    "meta tags": b"<meta charset=big5>",
    "high bytes": bytes(range(128, 256)),
}
HOSTILE_HTML: dict[str, str] = {
    "open div": "<div>",
    "open div with text": "<div>字，",
    "nested tables": "<table><tr><td>",
    "links": '<a href="/t1.html">标题，一</a>',
    "links in paragraphs": '<p><a href="x">相关阅读</a>，</p>',
    "line breaks": "句子，<br>",
    "spans": "<span>2<span>0，",
    "attributes": '<p id="content" class="zoom TRS_Editor">正，',
    "open comments": "<!--",
    "early end": "</html><p>正文，</p>",
    "text without a tag": "全县经济发展，",
    "one word": "字",
    "short lines": "<p>来源：</p>",
    "quotes": "\"'<",
    "scripts": "<script>",
    "entities": "&amp;#20013;",
    "hidden": '<div style="display:none">，',
}
HOSTILE_TEXT: dict[str, str] = {
    "clean": "全县经济社会发展会议，",
    "one word": "字",
    "traditional": "發展鄉村產業，隨著時間於此",
    "乾": "乾隆縣",
    "著": "著",
    "於潛在": "於潛在",
    "glosses": "業(yè)",
    "open parentheses": "縣（",
    "syllables": "（yì",
    "entities": "&amp;amp;",
    "numeric entities": "&#20013",
    "percent": "%E4%B8",
    "%u": "%u4E2D",
    "\\u": "\\u4e2d",
    "GBK as Latin-1": "ÖÐÎÄ",
    "UTF-8 as Latin-1": "å½æ\x96\x87",
    "Latin letters": "é",
    "UTF-8 as GBK": "鏂囧瓧",
    "UTF-8 as GBK, lossy": "鍚勫浗鎵�浠",
    "GBK as Big5": "跪弊硒賸",
    "GBK as Korean": "몹벌獵죄",
    "lost": "锟斤拷",
    "U+FFFD": "�",
    "question marks": "?",
    "indents": "????抓实\n",
    "cut GBK": "重中之重?!笔∥鞔_",
    "cut GBK, gloss": "鏈?zhǔn)健",
    "kana and bopomofo": "。ㄒ唬ぃ",
    "semicolons": "县;、",
    "zero width": "县\u200b",
    "surrogates": "\ud83d\ude00",
    "Kangxi radicals": "⼀⽅",
    "private use": "\ue863",
    "combining": "a\u0301",
    "spaces": "　 ",
    "spaced": "各 国 ",
    "newlines": "\n",
    "numbers": "1,234.5、-",
    "dashes": "-",
    "labels": "来源：\n",
    "C1": "\x93县\x94",
}


def worst(sizes: list[float]) -> None:
    """Print ms per MB of each stage and input; a star marks a figure that grows with the size."""
    print(f"{'ms per MB at':42}" + "".join(f"{size:>9g} MB" for size in sizes))
    for stage, label, unit in hostile():
        figures = ms_per_mb(stage, unit, sizes)
        texts = [f"{figure:12.0f}" if isinstance(figure, float) else f"  {figure}" for figure in figures]
        measured = [figure for figure in figures if isinstance(figure, float)]
        grown = len(measured) > 1 and measured[-1] > 3 * max(measured[0], 5)
        print(f"{stage:12}{label:30}" + "".join(texts) + (" *" if grown else ""), flush=True)


def hostile() -> Iterator[tuple[str, str, bytes | str]]:
    yield from (("decode", label, unit) for label, unit in HOSTILE_BYTES.items())
    yield from (("extract", label, unit) for label, unit in HOSTILE_HTML.items())
    yield from (("reread", label, unit) for label, unit in HOSTILE_TEXT.items())
    for stage in ("repair", "normalize", "fingerprint"):
        yield from ((stage, label, unit) for label, unit in HOSTILE_TEXT.items())


def ms_per_mb(stage: str, unit: bytes | str, sizes: list[float]) -> list[float | str]:
    """Measure one stage on one input at growing sizes; where it gets too slow or fails, a word says so and ends it."""
    length = len(unit if isinstance(unit, bytes) else unit.encode("utf-8", "surrogatepass"))
    figures: list[float | str] = []
    for size in sizes:
        value = unit * max(1, int(size * 1e6 / length))
        receiver, sender = FORK.Pipe(duplex=False)
        child = FORK.Process(target=measure, args=(stage, value, sender))
        child.start()
        sender.close()
        try:
            seconds = receiver.recv() if receiver.poll(LIMIT_S) else "over limit"
        except EOFError:
            seconds = "died"
        child.kill()
        child.join()
        if isinstance(seconds, str):
            return [*figures, seconds]
        figures.append(seconds / size * 1e3)
        if seconds * 10 > LIMIT_S and size < sizes[-1]:
            return [*figures, "over limit"]
    return figures


def measure(stage: str, value: bytes | str, sender: Connection) -> None:
    try:
        run = STAGES[stage] if stage != "reread" else lambda page: STAGES["reread"]((page, page))
        run(value[:1000])  # tables and models are loaded once per process, not per page
        started = time.process_time()
        run(value)
        sender.send(time.process_time() - started)
    except Exception as error:  # noqa: BLE001 - any failure is a finding here
        sender.send(f"{type(error).__name__}: {error}"[:60])


if __name__ == "__main__":
    main()
