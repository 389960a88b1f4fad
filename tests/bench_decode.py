"""bench_decode.py — Measures flows.text.decode beside other detectors, on held-out text put into every case we can make.

Run by hand (`python tests/bench_decode.py [--alone] [--number N]`); needs ../shared/corpus, and for the other columns the
bench extra. Not a test. Correct means: the same text as the true one; for inputs with damaged bytes, 97 % of the
true Han characters in place. Others get what a careful caller adds: gb2312 and gbk read as gb18030, big5 as
big5hkscs, errors replaced.
"""

import argparse
import contextlib
import difflib
import itertools
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from flows.text.decode import Declared, decode
from flows.text.decode.build_weights import held_out, lines
from flows.text.decode.charsets import read, resolve

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LABELS = (None, "gb2312", "gbk", "utf-8", "big5", "iso-8859-1")
# Characters that only the four-byte part of GB18030 holds, and Cantonese ones that only HKSCS adds to Big5.
FOUR_BYTE = "𠮷𣲷𬭎𫖮𪻐𬱟㛃㮾䴔"
CANTONESE = "嘅咗喺啲嘢嚟冇"


class Case(NamedTuple):
    """One input: payload, Content-Type charset, the true text, and how many bytes were damaged."""

    payload: bytes
    http: str | None
    text: str
    damage: int = 0


Maker = Callable[[random.Random, "Pool"], Case]


class Pool:
    """Held-out text to draw from, simplified and traditional."""

    def __init__(self, size: int = 6000) -> None:
        """Read the corpus once; `size` lines are kept."""
        from opencc import OpenCC  # noqa: PLC0415

        kept = [line for line in lines(CORPUS / "text") if held_out(line) and len(HAN.findall(line)) > 8]
        self.hans = random.Random(7).sample(kept, size)
        converters = [OpenCC(name) for name in ("s2t", "s2tw", "s2hk")]
        self.hant = [converters[i % 3].convert(line) for i, line in enumerate(self.hans[: size // 3])]

    def line(self, rng: random.Random, traditional: bool, encoding: str) -> str:
        """Return a line that the encoding can hold."""
        while True:
            line = rng.choice(self.hant if traditional else self.hans)
            if encodable(line, encoding):
                return line

    def piece(self, rng: random.Random, traditional: bool, encoding: str, low: int, high: int) -> str:
        """Return some characters of a line, at least two of them Han."""
        while True:
            line = self.line(rng, traditional, encoding)
            wanted = rng.randint(low, high)
            start = rng.randrange(max(1, len(line) - wanted + 1))
            piece = line[start : start + wanted].strip()
            if len(piece) >= low and len(HAN.findall(piece)) >= max(2, len(piece) // 2):
                return piece

    def body(
        self, rng: random.Random, traditional: bool, encoding: str, characters: int = 1000, joint: str = "\n"
    ) -> str:
        """Return lines of some length in all."""
        chosen: list[str] = []
        while sum(map(len, chosen)) < characters:
            chosen.append(self.line(rng, traditional, encoding))
        return joint.join(chosen)[:characters].strip()


def encodable(text: str, encoding: str) -> bool:
    try:
        return read(text.encode(encoding), encoding) == text
    except UnicodeError:
        return False


def bad_bytes(data: bytes, rng: random.Random, count: int) -> bytes:
    """Replace bytes that are not ASCII by others: 0xFF, any high byte, any byte."""
    places = [i for i, byte in enumerate(data) if byte >= 0x80]
    out = bytearray(data)
    for place in rng.sample(places, min(count, len(places))):
        out[place] = rng.choice((0xFF, rng.randrange(0x80, 0x100), rng.randrange(0x20, 0x100)))
    return bytes(out)


def lose_bytes(data: bytes, rng: random.Random, count: int) -> bytes:
    places = [i for i, byte in enumerate(data) if byte >= 0x80]
    gone = set(rng.sample(places, min(count, len(places))))
    return bytes(byte for i, byte in enumerate(data) if i not in gone)


def cut_inside(text: str, rng: random.Random, encoding: str) -> tuple[bytes, str]:
    """Cut an encoded text within a Han character; (bytes, what is whole)."""
    places = [i for i, c in enumerate(text) if HAN.match(c) and i > len(text) // 2]
    place = rng.choice(places)
    before, character = text[:place].encode(encoding), text[place].encode(encoding)
    if encoding.startswith("utf-16"):
        before, character = text[:place].encode(encoding), text[place].encode(encoding)
    return before + character[: rng.randrange(1, len(character))], text[:place]


def page(title: str, body: str, meta: str | None) -> str:
    declaration = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">\r\n' if meta else ""
    paragraphs = "".join(f"<p>{part}</p>\r\n" for part in body.split("\n"))
    return (
        f'<!DOCTYPE html>\r\n<html>\r\n<head>\r\n{declaration}<title>{title}</title>\r\n<script src="/js/a.js" charset="utf-8">'
        f'</script>\r\n</head>\r\n<body class="main">\r\n<h1>{title}</h1>\r\n{paragraphs}</body>\r\n</html>\r\n'
    )


ENCODINGS = (
    ("GBK", "gb18030", False),
    ("traditional GBK", "gb18030", True),
    ("Big5", "big5hkscs", True),
    ("UTF-8", "utf-8", False),
)


def classes() -> dict[str, Maker]:
    """Name every class of cases and how to make one."""
    made: dict[str, Maker] = {}

    def pieces(low: int, high: int, encoding: str, traditional: bool, label: bool = False) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            text = pool.piece(rng, traditional, encoding, low, high)
            return Case(text.encode(encoding), rng.choice(LABELS) if label else None, text)

        return make

    def tiny(encoding: str, traditional: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            while True:
                text = pool.piece(rng, traditional, encoding, 2, 9)
                if 4 <= len(text.encode(encoding)) <= 19:
                    return Case(text.encode(encoding), None, text)

        return make

    def bare(encoding: str, traditional: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            title = pool.piece(rng, traditional, encoding, 6, 28)
            text = f"<html><head><title>{title}</title></head><body></body></html>"
            return Case(text.encode(encoding), None, text)

        return make

    def labelled(encoding: str, traditional: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            http, meta = rng.choice(list(itertools.product(LABELS, LABELS)))
            text = page(
                pool.piece(rng, traditional, encoding, 8, 28),
                pool.body(rng, traditional, encoding, rng.randint(100, 1500)),
                meta,
            )
            return Case(text.encode(encoding), http, text)

        return make

    def body(encoding: str, traditional: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            text = pool.body(rng, traditional, encoding)
            return Case(text.encode(encoding), None, text)

        return make

    def cut(encoding: str, traditional: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            payload, text = cut_inside(pool.body(rng, traditional, encoding), rng, encoding)
            return Case(payload, None, text, 1)

        return make

    def damaged(
        encoding: str, traditional: bool, count: int, damage: Callable[[bytes, random.Random, int], bytes]
    ) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            text = pool.body(rng, traditional, encoding)
            text = page(text[:20], text, None) if rng.random() < 0.5 else text
            return Case(damage(text.encode(encoding), rng, count), None, text, count)

        return make

    def wide(encoding: str, mark: str, long: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            text = pool.body(rng, False, encoding) if long else pool.piece(rng, False, encoding, 6, 28)
            return Case((mark + text).encode(encoding), None, text)

        return make

    def hz(long: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            while True:
                text = pool.body(rng, False, "gb2312", 300) if long else pool.piece(rng, False, "gb2312", 6, 28)
                if "~" not in text:
                    return Case(text.encode("hz"), None, text)

        return make

    def mixed(main: str, other: str, traditional: bool, short: bool) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            def text(encoding: str) -> str:
                while True:
                    piece = (
                        pool.piece(rng, traditional, encoding, 2, 12)
                        if short
                        else pool.line(rng, traditional, encoding)
                    )
                    if encodable(piece, main) and encodable(piece, other):
                        return piece

            parts = [(f"<p>{pool.line(rng, traditional, main)}</p>\r\n", main) for _ in range(8)]
            for _ in range(rng.randint(1, 4)):
                parts.insert(
                    rng.randrange(len(parts) + 1), (f'<div class="nav"><a href="/">{text(other)}</a></div>\r\n', other)
                )
            whole = "".join(part for part, _ in parts)
            return Case(b"".join(part.encode(encoding) for part, encoding in parts), None, whole)

        return make

    def sprinkled(encoding: str, traditional: bool, extra: str) -> Maker:
        def make(rng: random.Random, pool: Pool) -> Case:
            text = pool.body(rng, traditional, encoding, rng.randint(60, 1000))
            for _ in range(rng.randint(1, 12)):
                place = rng.randrange(len(text) + 1)
                text = text[:place] + rng.choice(extra) + text[place:]
            return Case(page(text[:12], text, "gb2312").encode(encoding), "text/html", page(text[:12], text, "gb2312"))

        return make

    for name, encoding, traditional in ENCODINGS:
        made[f"page, labels in all combinations, {name}"] = labelled(encoding, traditional)
        made[f"title 6-28 characters, {name}"] = pieces(6, 28, encoding, traditional)
        made[f"title 6-28 characters, any label, {name}"] = pieces(6, 28, encoding, traditional, label=True)
        made[f"4-19 bytes, {name}"] = tiny(encoding, traditional)
        made[f"title inside bare HTML, {name}"] = bare(encoding, traditional)
        made[f"body, {name}"] = body(encoding, traditional)
        made[f"cut inside a character, {name}"] = cut(encoding, traditional)
        for count in (1, 2, 8):
            made[f"{count} bad bytes, {name}"] = damaged(encoding, traditional, count, bad_bytes)
        for count in (1, 3):
            made[f"{count} bytes lost, {name}"] = damaged(encoding, traditional, count, lose_bytes)
    made["body with Cantonese characters, Big5-HKSCS"] = sprinkled("big5hkscs", True, CANTONESE)
    made["meta gb2312, four-byte characters"] = sprinkled("gb18030", False, FOUR_BYTE)
    made["HZ title"] = hz(False)
    made["HZ body"] = hz(True)
    for encoding in ("utf-16-le", "utf-16-be"):
        for mark in ("", "\ufeff"):
            for long in (False, True):
                made[f"{encoding} {'with' if mark else 'no'} mark, {'body' if long else 'title'}"] = wide(
                    encoding, mark, long
                )
    made["utf-32-le no mark, body"] = wide("utf-32-le", "", True)
    for main, other, traditional in (
        ("gb18030", "utf-8", False),
        ("utf-8", "gb18030", False),
        ("big5hkscs", "utf-8", True),
        ("utf-8", "big5hkscs", True),
    ):
        made[f"{main} page, {other} lines in it"] = mixed(main, other, traditional, False)
        made[f"{main} page, short {other} runs in it"] = mixed(main, other, traditional, True)
    return made


def real_pages() -> Iterator[tuple[str, Case]]:
    """Yield the saved pages as they are, without declarations, and under wrong ones."""
    meta = re.compile(rb"<meta[^>]{0,300}?charset[^>]*>", re.IGNORECASE)
    for path in sorted((CORPUS / "pages").glob("*.html")):
        payload = path.read_bytes()
        for encoding in ("utf-8", "gb18030", "big5hkscs"):
            try:
                text = read(payload.removeprefix(b"\xef\xbb\xbf"), encoding)
            except UnicodeDecodeError:
                continue
            bare = meta.sub(b"", payload)
            yield "real pages as saved", Case(payload, None, text)
            yield (
                "real pages, declarations removed",
                Case(bare, None, read(bare.removeprefix(b"\xef\xbb\xbf"), encoding)),
            )
            for label in ("utf-8", "gb2312", "big5", "iso-8859-1"):
                yield "real pages, wrong HTTP label", Case(payload, label, text)
            break


def ours(case: Case) -> str:
    return decode(case.payload, Declared(http=case.http)).text


def others() -> dict[str, Callable[[Case], str]]:
    found: dict[str, Callable[[Case], str]] = {}

    def careful(payload: bytes, label: str | None) -> str:
        encoding = resolve(label) or label or "utf-8"
        return payload.decode(encoding, "replace").removeprefix("\ufeff")

    try:
        import chardet  # noqa: PLC0415

        found["chardet"] = lambda case: careful(case.payload, chardet.detect(case.payload)["encoding"])
    except ImportError:
        pass
    try:
        from charset_normalizer import from_bytes  # noqa: PLC0415

        def normalizer(case: Case) -> str:
            best = from_bytes(case.payload).best()
            return careful(case.payload, best.encoding if best else None)

        found["charset-norm."] = normalizer
    except ImportError:
        pass
    try:
        from scrapy.http import HtmlResponse  # noqa: PLC0415

        def scrapy(case: Case) -> str:
            headers = {"Content-Type": f"text/html; charset={case.http}"} if case.http else {}
            return str(HtmlResponse("http://a.example/", body=case.payload, headers=headers).text)

        found["Scrapy"] = scrapy
    except ImportError:
        pass
    return found


def lost_characters(truth: str, text: str) -> int:
    """Count the true characters that are not in place, by the longest matching blocks."""
    if truth == text:
        return 0
    head = next((i for i, (a, b) in enumerate(zip(truth, text, strict=False)) if a != b), min(len(truth), len(text)))
    truth, text = truth[head:], text[head:]
    tail = next(
        (i for i, (a, b) in enumerate(zip(reversed(truth), reversed(text), strict=False)) if a != b),
        min(len(truth), len(text)),
    )
    truth, text = truth[: len(truth) - tail], text[: len(text) - tail]
    if not truth or not text:
        return len(HAN.findall(truth))
    # Exact matching is quadratic: lines are matched first, which damage seldom crosses.
    matcher = difflib.SequenceMatcher(None, truth, text, autojunk=False)
    kept = sum(len(HAN.findall(truth[block.a : block.a + block.size])) for block in matcher.get_matching_blocks())
    return len(HAN.findall(truth)) - kept


def right(case: Case, text: str) -> bool:
    if not case.damage:
        return text == case.text
    if text[: len(case.text) // 4] == case.text[: len(case.text) // 4] and text.rstrip("\ufffd") == case.text:
        return True
    han = max(1, len(HAN.findall(case.text)))
    # A reading in the wrong encoding shares next to nothing: no need to match it exactly.
    if len(set(text) & set(case.text)) < len(set(case.text)) * 0.7:
        return False
    return lost_characters(case.text, text) <= han * 0.03


def measure(number: int, alone: bool, only: str, seed: int) -> None:
    rng = random.Random(seed)
    pool = Pool()
    cases: dict[str, list[Case]] = {}
    for name, case in real_pages():
        cases.setdefault(name, []).append(case)
    for name, make in classes().items():
        if only in name:
            cases[name] = [make(rng, pool) for _ in range(number)]
    deciders: dict[str, Callable[[Case], str]] = {"fangzhi": ours} | ({} if alone else others())
    hits = dict.fromkeys(deciders, 0)
    total = 0
    print(f"{'case':58}{'n':>6}" + "".join(f"{name:>15}" for name in deciders) + f"{'lost per damage':>17}")
    for name, group in cases.items():
        if only not in name:
            continue
        row = f"{name:58}{len(group):6}"
        total += len(group)
        for decider, function in deciders.items():
            correct = 0
            for case in group:
                with contextlib.suppress(LookupError, UnicodeError):
                    correct += right(case, function(case))
            hits[decider] += correct
            row += f"{100 * correct / len(group):15.1f}"
        if group[0].damage:
            lost = sum(lost_characters(case.text, ours(case)) for case in group)
            row += f"{lost / sum(case.damage for case in group):17.2f}"
        print(row, flush=True)
    print(f"{'all':58}{total:6}" + "".join(f"{100 * hits[name] / total:15.2f}" for name in deciders))


def speed() -> None:
    """Print times for real pages, and for hostile input at three sizes."""
    pages = [path.read_bytes() for path in sorted((CORPUS / "pages").glob("*.html"))]
    for encoding in ("utf-8", "gb18030"):
        group = [payload for payload in pages if decode(payload).encoding == encoding]
        best = min(sum(clock(payload) for payload in group) for _ in range(5))
        size = sum(map(len, group))
        print(
            f"real {encoding} pages: {size / len(group) / 1000:.0f} KB on average, {1e6 * best / len(group):.0f} us each, {size / best / 1e6:.0f} MB/s"
        )
    rng = random.Random(5)
    hostile: dict[str, Callable[[int], bytes]] = {
        "random high bytes": lambda size: bytes(rng.choices(range(0x80, 0x100), k=size)),
        "lone lead bytes before tags": lambda size: b"\xd6<b>\xd0</b>" * (size // 9),
        "one pair too short, no border": lambda size: "中华人民共和国".encode("gb18030") * (size // 14) + b"\xd6",
        "every clause lost a byte": lambda size: (
            ("中华人民共和国国务院办公厅".encode("gb18030")[1:] + b",") * (size // 26)
        ),
        "UTF-8 and GBK by turns": lambda size: (
            ("中华人民".encode() + b"<br>" + "中华人民".encode("gb18030") + b"<br>") * (size // 28)
        ),
        "comments and metas that never end": lambda size: b"\xd6\xd0" + b"<!-- <meta charset <script " * (size // 27),
        "tildes and braces": lambda size: b"~{" * (size // 2),
        "clean UTF-8 but for its end": lambda size: "<p>中华人民共和国</p>".encode() * (size // 28) + b"\xd6",
        "UTF-16 of nothing": lambda size: b"\x00\xd8" * (size // 2),
        "half of a Big5 page": lambda size: "行政院會通過預算案".encode("big5")[:-1] * (size // 17),
    }
    print(f"{'hostile input, ms per MB':40}{'0.1 MB':>10}{'1 MB':>10}{'10 MB':>10}")
    for name, make in hostile.items():
        print(
            f"{name:40}"
            + "".join(f"{1000 * clock(make(size)) / (size / 1e6):10.1f}" for size in (100_000, 1_000_000, 10_000_000))
        )


def clock(payload: bytes) -> float:
    start = time.process_time()
    decode(payload)
    return time.process_time() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--alone", action="store_true", help="leave the other detectors out")
    parser.add_argument("--only", default="", help="classes whose name holds this")
    parser.add_argument("--seed", type=int, default=20261125)
    arguments = parser.parse_args()
    measure(arguments.number, arguments.alone, arguments.only, arguments.seed)
    speed()
