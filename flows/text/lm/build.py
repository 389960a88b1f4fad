"""build.py — Builds the three data files of the model from a corpus; run by hand, never at run time.

    python -m flows.text.lm.build ../shared/corpus/text

needs the corpus and, for the word list, jieba (both only here), 3 GB of memory and eight minutes, and writes grams.xz,
words.bin and phrases.xz as they are shipped, byte for byte. Smoothing is interpolated modified Kneser-Ney (Chen and
Goodman 1998); n-grams that hardly sharpen the prediction are left out.
"""

import argparse
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.text.lm.corpus import training_parts
from flows.text.lm.fold import LINE, fold
from flows.text.lm.grams import MODEL_FILE, NATS, Packed, write_model
from flows.text.lm.hanzi import data_file
from flows.text.lm.phrases import MOST_SYMBOLS, PHRASES_FILE, Numbering, write_phrases
from flows.text.lm.words import LONGEST, WORDS_FILE, Words, read_words, write_words

ORDER = 4
WEIGHTS = {"news": 1, "daily1998": 1, "laws": 1}
"""Laws are a third of the characters but the least like the pages that are repaired."""

WORTH = (0.0, 0.3, 1.0, 1.2)
"""Nats over the whole training text for which an n-gram of each length is kept: 6 MB packed, under 40 MB in memory."""
FEWEST = (1, 2, 2, 2)
"""Counts from which an n-gram of each length is kept."""
WORD_ORDER = 3
WORD_WORTH = (0.0, 2.0, 2.0)
WORD_FEWEST = (1, 1, 2)
"""The same for sequences of words."""
_FEWEST_WORDS = 3
"""Counts from which a word of several characters is listed: below, jieba's list is mostly names and errors."""


@dataclass
class Level:
    """The n-grams of one length: how likely the last symbol is after the others, and how much is left for the rest."""

    chance: dict[str, float] = field(default_factory=dict)
    rest: dict[str, float] = field(default_factory=dict)


def count_grams(parts: Mapping[str, str], words: Mapping[str, float], order: int = ORDER) -> list[Counter[str]]:
    """Count the n-grams of 1 to `order` symbols; `words` adds what a word list knows and the corpus may not."""
    counts: list[Counter[str]] = [Counter() for _ in range(order)]
    for name, text in parts.items():
        for n in range(order):
            part = Counter(text[i : i + n + 1] for i in range(len(text) - n))
            if WEIGHTS[name] == 1:
                counts[n].update(part)
            else:
                for gram, count in part.items():
                    counts[n][gram] += count * WEIGHTS[name]
    for word, weight in words.items():
        for n in range(1, min(len(word), order)):
            for i in range(len(word) - n):
                counts[n][word[i : i + n + 1]] += weight  # type: ignore[assignment]
    return counts


def smooth(counts: list[Counter[str]], fewest: Sequence[int] = FEWEST) -> list[Level]:
    """Turn counts into interpolated probabilities; fewest: counts from which an n-gram of each length is kept."""
    unit = min(WEIGHTS.values())
    levels = [_unigrams(counts)]
    for n in range(1, len(counts)):
        # Lower orders count in how many contexts a gram is seen, not how often (Kneser-Ney).
        seen: Mapping[str, float] = counts[n] if n == len(counts) - 1 else _contexts(counts[n + 1], counts[n])
        levels.append(_interpolate(seen, counts[n], levels[-1], unit, fewest[n] * unit))
    return levels


def _contexts(longer: Iterable[str], raw: Mapping[str, float]) -> dict[str, float]:
    seen: dict[str, float] = dict.fromkeys(raw, 0)
    for gram in longer:
        seen[gram[1:]] += 1
    # A gram at the start of the text has no context; it was seen once all the same.
    return {gram: count or 1 for gram, count in seen.items()}


def _unigrams(counts: list[Counter[str]]) -> Level:
    contexts = Counter(gram[1] for gram in counts[1])
    total, kinds = sum(counts[0].values()), sum(contexts.values())
    symbols = counts[0].keys() | contexts.keys()
    spare = 0.1 * len(symbols)
    return Level({s: 0.5 * counts[0][s] / total + 0.5 * (contexts[s] + 0.1) / (kinds + spare) for s in symbols})


def _interpolate(
    seen: Mapping[str, float], raw: Mapping[str, float], lower: Level, unit: float, fewest: float
) -> Level:
    kinds = Counter(math.ceil(count / unit) for count in seen.values())
    ratio = kinds[1] / (kinds[1] + 2 * kinds[2])
    discount = [0.0, *(unit * (i - (i + 1) * ratio * kinds[i + 1] / kinds[i]) for i in (1, 2, 3))]
    total: defaultdict[str, float] = defaultdict(float)
    freed: defaultdict[str, float] = defaultdict(float)
    for gram, count in seen.items():
        total[gram[:-1]] += count
        freed[gram[:-1]] += min(count, discount[min(3, math.ceil(count / unit))])
    level = Level(rest={context: freed[context] / total[context] for context in total})
    for gram, count in seen.items():
        if raw[gram] < fewest:
            continue  # its mass is in `rest`
        context = gram[:-1]
        kept = max(count - discount[min(3, math.ceil(count / unit))], 0.0) / total[context]
        level.chance[gram] = kept + level.rest[context] * lower.chance[gram[1:]]
    return level


def prune(levels: list[Level], counts: list[Counter[str]], worth: Sequence[float]) -> list[Level]:
    """Keep the n-grams whose absence would cost more than `worth` nats over the whole training text."""
    pruned = [levels[0]]
    for n in range(1, len(levels)):
        level, shorter = levels[n], pruned[-1]
        kept = {}
        for gram, chance in level.chance.items():
            if n > 1 and gram[:-1] not in shorter.chance:
                continue
            without = level.rest[gram[:-1]] * levels[n - 1].chance[gram[1:]]
            if counts[n][gram] * math.log(chance / without) > worth[n]:
                kept[gram] = chance
        pruned.append(Level(kept))
    for n in range(1, len(levels)):
        pruned[n].rest = _rest(pruned, n)
    return pruned


def _rest(levels: list[Level], n: int) -> dict[str, float]:
    here: defaultdict[str, float] = defaultdict(float)
    below: defaultdict[str, float] = defaultdict(float)
    for gram, chance in levels[n].chance.items():
        here[gram[:-1]] += chance
        below[gram[:-1]] += _chance(levels, gram[1:])
    return {context: max(1 - here[context], 1e-4) / max(1 - below[context], 1e-4) for context in here}


def _chance(levels: list[Level], gram: str) -> float:
    factor = 1.0
    while True:
        level = levels[len(gram) - 1]
        chance = level.chance.get(gram)
        if chance is not None:
            return factor * chance
        factor *= level.rest.get(gram[:-1], 1.0)
        gram = gram[1:]


def pack(levels: list[Level]) -> Packed:
    """Lay the n-grams out as a tree, level by level: symbols, costs, costs of falling back, numbers of children."""
    packed = []
    parents = [""]
    for n in range(len(levels)):
        children: defaultdict[str, list[str]] = defaultdict(list)
        for gram in levels[n].chance:
            children[gram[:-1]].append(gram)
        chance = levels[n].chance
        rows = [sorted(children[parent], key=lambda gram: (-chance[gram], gram)) for parent in parents]
        grams = [gram for row in rows for gram in row]
        rest = levels[n + 1].rest if n + 1 < len(levels) else {}
        packed.append(
            (
                "".join(gram[-1] for gram in grams),
                bytes(_nats(chance[gram]) for gram in grams),
                bytes(_nats(rest.get(gram, 1.0)) for gram in grams) if rest else b"",
                [len(row) for row in rows],
            )
        )
        parents = grams
    return packed


def _nats(chance: float) -> int:
    return min(255, max(0, round(-math.log(chance) * NATS)))


def jieba_words() -> dict[str, float]:
    """Return the word list of jieba with its counts."""
    words: Counter[str] = Counter()
    for line in data_file("jieba", "dict.txt").read_text(encoding="utf-8").split("\n"):
        if line:
            word, count, _ = line.split(" ")
            words[re.sub(r"[^\0-\uffff]", "\ufffd", fold(word))] += int(count)
    return dict(words)


def word_costs(words: Mapping[str, float]) -> dict[str, float]:
    """Return the cost in nats of each word of hanzi that is listed.

    >>> sorted(word_costs({"经济": 8, "县": 1, "县情": 2, "A股": 9}))
    ['县', '经济']
    """
    total = math.log(sum(words.values()))
    return {
        word: total - math.log(count + 0.5)
        for word, count in words.items()
        if re.fullmatch(f"[\u4e00-\u9fff]{{1,{LONGEST}}}", word) and (count >= _FEWEST_WORDS or len(word) == 1)
    }


def build_phrases(lexicon: Words, parts: Mapping[str, str]) -> tuple[str, list[int], Packed]:
    """Return the characters and words that are symbols, and the tree of their sequences; a word is one if seen twice."""
    chars = "".join(sorted(set("".join(parts.values()))))
    seen = Counter(
        number
        for text in parts.values()
        for line in text.split(LINE)
        for word, number in lexicon.split(line)
        if number is not None and len(word) > 1
    )
    kept = [number for number, count in seen.most_common(MOST_SYMBOLS - len(chars)) if count > 1]
    numbering = Numbering(lexicon, chars, kept)
    end = "".join(numbering.symbols(LINE))
    symbols = {
        name: end.join("".join(numbering.symbols(line)) for line in text.split(LINE)) for name, text in parts.items()
    }
    counts = count_grams(symbols, {}, WORD_ORDER)
    return chars, kept, pack(prune(smooth(counts, WORD_FEWEST), counts, WORD_WORTH))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    parser.add_argument("--words-out", type=Path, default=WORDS_FILE)
    parser.add_argument("--phrases-out", type=Path, default=PHRASES_FILE)
    parser.add_argument("--worth", type=float, nargs=4, default=WORTH)
    args = parser.parse_args()
    # Symbols are stored in two bytes each.
    parts = {name: re.sub(r"[^\0-\uffff]", "\ufffd", fold(text)) for name, text in training_parts(args.corpus).items()}
    words = jieba_words()
    write_words(args.words_out, word_costs(words))
    counts = count_grams(parts, {word: 0.04 * count for word, count in words.items() if len(word) > 1})
    levels = prune(smooth(counts), counts, args.worth)
    write_model(args.out, pack(levels))
    write_phrases(args.phrases_out, *build_phrases(read_words(args.words_out), parts))


if __name__ == "__main__":
    main()
