"""bench_repair.py — Measures flows.text.repair beside ftfy on held-out text damaged by every channel, and on clean text.

Run by hand (`python tests/bench_repair.py [--number N] [--clean MILLIONS]`); needs ../shared/corpus. Not a test.
Exact means equal to the original, character by character. The sentences and short strings are the part of the
corpus that neither the character costs nor the language model were made from.
"""

import argparse
import difflib
import importlib.util
import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import ftfy

from flows.text.lm.corpus import held_out_parts, training_parts
from flows.text.repair import repair
from flows.text.repair.doubt import NUMERALS
from flows.text.script import read_dictionary

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "text"
CHANNELS = Path(__file__).parent / "flows" / "text" / "channels.py"
MARKS = frozenset("?\ufffd")
HALF_WIDTH = str.maketrans("，：；！？（）“”％", ',:;!?()""%')
# What the corpus itself holds of damage: entities, zero-width spaces, radicals.
RIGHT = {"unescape_references", "remove_invisible", "replace_radicals"}

Channel = Callable[[str], str | None]
Fixer = Callable[[str], str]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100, help="strings per class (default: 100)")
    parser.add_argument("--clean", type=float, default=2.0, help="million characters of clean text (default: 2)")
    arguments = parser.parse_args()
    channels = load(CHANNELS)
    strings = Strings()
    print_lossless(channels, strings, arguments.number)
    print_lossy(channels, strings, arguments.number)
    print_clean(int(arguments.clean * 1_000_000))


def load(path: Path) -> ModuleType:
    """Load a module of the tests, which is no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Strings:
    """Held-out strings to damage, in a fixed random order."""

    def __init__(self) -> None:
        lines = [line.strip() for part in held_out_parts(CORPUS).values() for line in part.split("\n")]
        lines = [line for line in lines if "&" not in line]
        shuffled = random.Random(20261)
        self.sentences = [
            sentence
            for line in lines
            for sentence in re.findall("[^。；！？]+[。；！？]?", line)
            if 18 <= len(sentence) <= 70 and re.search("[\u4e00-\u9fff]{4}", sentence)
        ]
        self.short = [piece for line in lines for piece in re.findall("[\u4e00-\u9fff“”《》、]{4,12}", line)]
        self.paragraphs = [line for line in lines if 150 <= len(line) <= 350]
        for strings in (self.sentences, self.short, self.paragraphs):
            shuffled.shuffle(strings)


TRADITIONAL = {key: forms[0] for key, forms in read_dictionary("STCharacters.txt").items()}


def damaged(channel: Channel, name: str, strings: Sequence[str], number: int) -> Iterator[tuple[str, str]]:
    """Yield up to a number of (damaged, original); channels through Big5 get traditional text."""
    for string in strings:
        original = unicodedata.normalize("NFC", string)
        if name.startswith("big5"):
            original = "".join(TRADITIONAL.get(char, char) for char in original)
        result = channel(original)
        if result is None or result == original:
            continue
        yield result, original
        number -= 1
        if not number:
            return


def ftfy_strict(text: str) -> str:
    """What careful users of ftfy write for Chinese."""
    return ftfy.fix_text(text, uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=False)


def print_lossless(channels: ModuleType, strings: Strings, number: int) -> None:
    """Print the share of strings that come out exact, for every channel that loses nothing."""
    fixers: dict[str, Fixer] = {
        "fangzhi": lambda text: repair(text).text,
        "ftfy": ftfy.fix_text,
        "ftfy zh": ftfy_strict,
    }
    print(f"Percent exact, sentences of 18-70 characters / strings of 4-12, up to {number} of each\n")
    print(f"| {'channel':34} | " + " | ".join(f"{name:>9}" for name in fixers) + " |")
    print("|---" * (len(fixers) + 1) + "|")
    groups = channels.SINGLE_BYTE | channels.DOUBLE_BYTE | channels.ESCAPES | channels.CHARACTERS
    for name, channel in groups.items():
        row = []
        sets = [list(damaged(channel, name, pool, number)) for pool in (strings.sentences, strings.short)]
        for fixer in fixers.values():
            shares = [
                f"{100 * sum(fixer(a) == b for a, b in pairs) / len(pairs):.0f}" if pairs else "-" for pairs in sets
            ]
            row.append(" / ".join(shares))
        print(f"| {name:34} | " + " | ".join(f"{cell:>9}" for cell in row) + " |", flush=True)


def print_lossy(channels: ModuleType, strings: Strings, number: int) -> None:
    """Print what becomes of paragraphs that lost bytes."""
    print(f"\nLossy channels, paragraphs of 150-350 characters, up to {number} of each\n")
    print(
        "| channel | exact % | exact but for marks % | untouched | marks kept | wrong places | wrong numerals | ms/1,000 ch |"
    )
    print("|---" * 8 + "|")
    groups = channels.SINGLE_BYTE_LOSSY | channels.DOUBLE_BYTE_LOSSY
    for name, channel in groups.items():
        pairs = list(damaged(channel, name, strings.paragraphs, number))
        exact = sound = untouched = kept = wrong = numerals = 0
        start = time.process_time()
        results = [repair(text).text for text, _ in pairs]
        spent = time.process_time() - start
        for (text, original), result in zip(pairs, results, strict=True):
            exact += result == original
            untouched += result == text
            marks, bad = differences(original, result) if result != text else (0, [])
            sound += not bad and result != text
            kept += marks
            wrong += len(bad)
            numerals += sum(invents_numeral(a, b) for a, b in bad)
        chars = sum(len(original) for _, original in pairs) or 1
        share = 100 / (len(pairs) or 1)
        print(
            f"| {name} | {exact * share:.1f} | {sound * share:.1f} | {untouched} | {kept} | {wrong} | {numerals} "
            f"| {spent * 1e6 / chars:.0f} |",
            flush=True,
        )


def invents_numeral(original: str, result: str) -> bool:
    """Tell whether a place shows a numeral that did not stand there."""
    left = iter(original)
    return not all(char in left for char in result if char in NUMERALS)


def differences(original: str, result: str) -> tuple[int, list[tuple[str, str]]]:
    """Return how many characters stand as marks, and the places where something else stands."""
    marks = 0
    wrong = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, original, result, autojunk=False).get_opcodes():
        if tag != "equal":
            if m > k and set(result[k:m]) <= MARKS:
                marks += m - k
            else:
                wrong.append((original[i:j], result[k:m]))
    return marks, wrong


def print_clean(size: int) -> None:
    """Print what is changed in clean official text, by us and by ftfy."""
    print(
        "\nClean official text, changed characters per million (entities, zero-width and radicals of the corpus left out)\n"
    )
    print("| text | million | fangzhi | suggestions | us per 1,000 ch | ftfy, paragraphs changed % |")
    print("|---" * 6 + "|")
    texts = {name: text[: size // 2] for name, text in training_parts(CORPUS).items()}
    kinds: dict[str, Callable[[str], str]] = {
        "simplified": lambda text: text,
        "half-width punctuation": lambda text: text.translate(HALF_WIDTH),
        "traditional": lambda text: "".join(TRADITIONAL.get(char, char) for char in text),
    }
    for kind, convert in kinds.items():
        changed = suggested = chars = paragraphs = by_ftfy = 0
        spent = 0.0
        for text in texts.values():
            lines = convert(text).split("\n")
            for i in range(0, len(lines), 40):
                page = "\n".join(lines[i : i + 40])
                start = time.process_time()
                repaired = repair(page)
                spent += time.process_time() - start
                chars += len(page)
                suggested += len(repaired.suggestions)
                changed += sum(step.chars_changed for step in repaired.steps if step.name not in RIGHT)
            sample = [line for line in lines[:4000] if line]
            paragraphs += len(sample)
            by_ftfy += sum(ftfy.fix_text(line) != line for line in sample)
        print(
            f"| {kind} | {chars / 1e6:.1f} | {changed / chars * 1e6:.1f} | {suggested} | {spent / chars * 1e9:.0f} "
            f"| {100 * by_ftfy / paragraphs:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
