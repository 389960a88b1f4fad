"""bench_desync.py — How well byte-desynchronised text is repaired, on corpus parts that the model never saw.

    python tests/bench_desync.py [--documents 8]

Prints the model's size and load time, the seeds' spans with their readings, damaged spans restored, left (with what
was known of them) and spoilt for both scripts, clean text: how often it is suspected, what that costs, and characters
changed, and milliseconds per megabyte of hostile input. Thresholds were fitted on every other document, these are
the rest. Needs ../shared beside the checkout; the figures that need it are left out without it.
"""

import argparse
import csv
import importlib.util
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from types import ModuleType

from opencc import OpenCC

from flows.text.lm.corpus import held_out_parts
from flows.text.lm.grams import model
from flows.text.lm.phrases import phrases
from flows.text.repair.desync import fix_desync
from flows.text.repair.desync_document import damaged_document
from flows.text.repair.desync_trigger import triggers
from flows.text.repair.fix import FixResult
from flows.text.repair.gloss import remove_glosses
from flows.text.repair.indent import restore_indent

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
CHARS = 3000
SCRIPTS = ("hant", "hans")
HOSTILE = {"?！": "?！", "；、": "；、", "rare": "鞔薄顒樱袑嵶", "glosses": "業(yè)?zhàn)", "quotes": "“”"}


def load_channel() -> ModuleType:
    spec = importlib.util.spec_from_file_location("desync_channel", HERE / "flows/text/repair/desync_channel.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show_model() -> None:
    started = time.process_time()
    loaded = model()
    seconds = time.process_time() - started
    print(f"characters: {loaded.size_bytes / 1e6:.1f} MB of memory, loaded in {seconds:.2f} s", end="")
    started = time.process_time()
    sequences = phrases()
    print(f"; words: {sequences.size_bytes / 1e6:.1f} MB, {time.process_time() - started:.2f} s")


def show_seeds() -> None:
    truth: dict[str, list[dict[str, str]]] = {}
    with (SHARED / "prototypes/seed_truth.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            truth.setdefault(row["file"], []).append(row)
    found: Counter[str] = Counter()
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        result = fix_desync(restore_indent(path.read_text(encoding="utf-8")).text)
        repaired = remove_glosses(result.text).text
        for row in truth.get(path.name, []):
            original = row["original"].strip("　")
            offered = next((s for s in result.suggestions if s.before.strip("?") in row["damaged"]), None)
            if original in repaired.replace("　", "") or row["damaged"].startswith("????"):
                outcome = "exact"
            elif offered is not None:
                readings = (offered.after.strip("　")[:-1], offered.second.strip("　")[:-1])
                outcome = "suggested" if any(reading in original for reading in readings) else "missed"
            else:
                outcome = "missed"
            found[outcome] += 1
            print(f"  {path.name[:3]} {outcome:10} {row['damaged']} -> {original}")
            if outcome != "exact" and offered is not None:
                print(f"      first {offered.after}, second {offered.second}: {offered.reason}")
    print("seeds:", dict(found))


def documents(text: str, count: int, seed: str) -> list[str]:
    pieces = [text[i : i + CHARS] for i in range(0, len(text) - CHARS, CHARS)]
    random.Random(seed).shuffle(pieces)
    return pieces[1::2][:count]


def damaged_spans(original: str, damaged: str) -> list[tuple[int, int, int, int]]:
    spans: list[tuple[int, int, int, int]] = []
    for tag, i, j, k, m in SequenceMatcher(None, original, damaged, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if spans and i - spans[-1][1] <= 4 and k - spans[-1][3] <= 4:
            spans[-1] = (spans[-1][0], j, spans[-1][2], m)
        else:
            spans.append((i, j, k, m))
    return spans


def outcome_of(span: tuple[int, int, int, int], original: str, result: FixResult) -> str:
    """Compare a span after the repair with the original, widened to the changes that reach into it."""
    start, end, low, high = span
    touching = [c for c in result.changes if c.start <= high and c.start + len(c.before) >= low]
    if not touching:
        shift = sum(len(c.after) - len(c.before) for c in result.changes if c.start < low)
        offers = [s for s in result.suggestions if s.start <= high + shift and s.start + len(s.before) >= low + shift]
        if not offers:
            return "left, not seen"
        around = original[max(0, start - 20) : end + 20]
        for name, reading in (("first", offers[0].after), ("second", offers[0].second)):
            if reading.rstrip("?") and reading.rstrip("?") in around:
                return f"left, right reading {name}"
        return "left, other readings"
    first, last = touching[0], touching[-1]
    wider_low, wider_high = min(low, first.start), max(high, last.start + len(last.before))
    new_start = first.new_start - (first.start - wider_low)
    new_end = last.new_start + len(last.after) + (wider_high - last.start - len(last.before))
    wanted = original[start - (low - wider_low) : end + (wider_high - high)]
    got = result.text[new_start:new_end]
    if got == wanted:
        return "exact"
    if len(got) == len(wanted) and all(a in (b, "?") for a, b in zip(got, wanted, strict=True)):
        return "but for an eaten character"
    return "wrong"


def show_damage(channel: ModuleType, count: int, scripts: Sequence[str]) -> None:
    parts = held_out_parts(SHARED / "corpus/text")
    to_traditional = OpenCC("s2t")
    for script in scripts:
        for name, text in parts.items():
            found: Counter[str] = Counter()
            chars, started = 0, time.process_time()
            for number, piece in enumerate(documents(text, count, name)):
                choice = random.Random(f"{script} {name} {number}")
                original = to_traditional.convert(piece) if script == "hant" else piece
                original = original.encode("gbk", "ignore").decode("gbk")
                marks = "".join(mark for mark in channel.CUT_MARKS if choice.random() < 0.75)
                damaged = channel.damage(original, marks, choice.random() < 0.5)
                result = fix_desync(damaged)
                chars += len(damaged)
                found.update(outcome_of(span, original, result) for span in damaged_spans(original, damaged))
            total = sum(found.values()) or 1
            shares = ", ".join(f"{kind} {found[kind] / total:.1%}" for kind in sorted(found))
            speed = chars / (time.process_time() - started) / 1000
            print(f"{script} {name}: {total} spans: {shares}; {speed:.1f} k chars/s", flush=True)


def show_clean(channel: ModuleType) -> None:
    to_traditional = OpenCC("s2t")
    parts = {name: [text[i : i + CHARS] for i in range(0, len(text), CHARS)] for name, text in clean_parts().items()}
    for name, as_it_is in parts.items():
        for form in ("as it is", "half-width", "traditional"):
            pieces = as_it_is
            if form == "half-width":
                pieces = [channel.narrow(piece) for piece in pieces]
            elif form == "traditional":
                pieces = [to_traditional.convert(piece) for piece in pieces]
            chars = sum(map(len, pieces))
            signs = sum(len(triggers(piece)) for piece in pieces)
            decoded = sum(damaged_document(piece) is not None for piece in pieces)
            changed, times = 0, []
            for piece in pieces:
                started = time.process_time()
                repaired = fix_desync(piece)
                changed += sum(len(c.before) for c in (*repaired.changes, *remove_glosses(piece).changes))
                times.append((time.process_time() - started) * 1000)
            print(
                f"clean {name}, {form}: {chars} chars, {changed} changed; signs {signs / chars * 1e6:.0f} per M chars,"
                f" pages decoded {decoded} of {len(pieces)}; ms per page: {statistics.mean(times):.2f} on average,"
                f" {statistics.median(times):.2f} in the middle, {max(times):.0f} at most",
                flush=True,
            )


def clean_parts() -> dict[str, str]:
    """Return the held-out corpus, and the reviewed texts of pages: old, traditional and noisy ones among them."""
    pages = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((SHARED / "corpus/pages").glob("*.json"))]
    return {**held_out_parts(SHARED / "corpus/text"), "pages": "\n".join(page["text"] or "" for page in pages)}


def show_hostile() -> None:
    for name, unit in HOSTILE.items():
        shown = []
        for size in (100_000, 1_000_000, 10_000_000):
            text = unit * (size // len(unit.encode()))
            started = time.process_time()
            remove_glosses(fix_desync(text).text)
            shown.append(f"{(time.process_time() - started) * 1000 / (size / 1e6):.0f}")
        print(f"hostile {name}: {' / '.join(shown)} ms per MB at 0.1 / 1 / 10 MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=6)
    parser.add_argument("--only", choices=["seeds", "damage", "clean", "hostile"])
    parser.add_argument("--script", choices=SCRIPTS, help="of the damaged text; default: both")
    args = parser.parse_args()
    channel = load_channel()
    show_model()
    if SHARED.exists():
        if args.only in (None, "seeds"):
            show_seeds()
        if args.only in (None, "damage"):
            show_damage(channel, args.documents, [args.script] if args.script else SCRIPTS)
        if args.only in (None, "clean"):
            show_clean(channel)
    if args.only in (None, "hostile"):
        show_hostile()


if __name__ == "__main__":
    main()
