"""desync_document.py — A damaged document: where it is suspicious, what is sound in it, and its decoded spans.

What is sound counts as evidence: its words for the model, its bytes for which marks the software did not cut at.
Certain spans tell the rest about the software; then everything is decoded once more.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from flows.text.lm.adapted import Adapted
from flows.text.lm.fold import fold
from flows.text.lm.grams import model
from flows.text.lm.phrases import phrases
from flows.text.repair.desync_beam import WHOLE, WIDTHS, Decoder, Search
from flows.text.repair.desync_items import CUT_MARKS, Item, PlainItems, fits_gloss, items_of
from flows.text.repair.desync_lattice import Reading, Step
from flows.text.repair.desync_pairs import WIDE_DIGITS, encode_table, form_penalty
from flows.text.repair.desync_span import MIN_GAIN, Span, events, weighed
from flows.text.repair.desync_suspicion import costs_in, suspicions, symbol_of
from flows.text.repair.desync_trigger import thinned, triggers
from flows.text.repair.gloss import GLOSS, is_glossed
from flows.text.script import simplified_forms, simplified_only

MAX_DECODED = 3_000
"""Items decoded in one text, up to a minute of work; what lies beyond is reported only."""
_MAX_TRIGGERS = 20_000
_MAX_WINDOW = 400  # items
_MAX_HOPELESS = 1  # windows without any reading, and one more for each with damage, after which a document is given up
_MAX_FRUITLESS = (12, 4)  # windows that stay as shown: so many, and so many more for each with damage
_BEFORE = 30  # items looked at before the first trigger: the cut lies before what it garbled
_LISTED = re.compile("[；;。，]?[①-⑳㎡≤≥φ]|[；;。，]$")
_BLANK = re.compile("(?<=[。；：！？”）])(?: |&nbsp;)(?=[\u4e00-\u9fff“（])")
_IMPROBABLE = 12.0  # nats for two characters, forms of the other script on top
_OTHER_FORM = 3.0
_LEARN_ODDS, _SETTLED_ODDS = 2.5, 7.0
_INTACT = 6.0  # nats against a cut at a mark that the sound text holds across two characters
_LINE_GAP = 4.0  # nats by which an eaten character must rather be the end of a line than a digit
_SENTENCE_ENDS = tuple("。！？；：”）")
_JOINED = 4  # spans with fewer sound characters between are one


def damaged_document(text: str) -> "Document | None":
    """Return the document to decode, or None when nothing in it is suspicious."""
    glossed = GLOSS.search(text) is not None and is_glossed(text)
    items: Sequence[Item] = items_of(text, glossed=True) if glossed else PlainItems(text)
    shown = "".join(item.char for item in items) if glossed else text
    places = dict(triggers(shown, _MAX_TRIGGERS))
    misread = [i for i, item in enumerate(items) if not fits_gloss(item)] if glossed else []
    if not places and not misread:
        return None
    script = _script(shown)
    found = list(suspicions(sorted(places.items()), shown, script, items))
    strong = thinned(sorted({*misread, *(place for signs in found if signs.is_strong for place in signs.places)}))
    if not strong:
        return None
    weak = [place for signs in found if signs.is_weak for place in signs.places]
    return Document(text, items, shown, script, strong, weak)


class Document:
    """A damaged document: its items, what is sound in it, and what its damage tells about the site's software."""

    def __init__(
        self, text: str, items: Sequence[Item], shown: str, script: str, places: Sequence[int], weak: Sequence[int]
    ) -> None:
        self.text = text
        self.items = items
        self.shown = shown
        self.script = script
        self.places = places
        self._weak = weak
        lines = text.strip().count("\n")
        self._has_lines = lines > 2 and lines > 10 * len(_BLANK.findall(text))
        self.decoded = 0
        self.abandoned = False
        self._hopeless = self._fruitless = self._fruitful = 0
        self._intact = self._intact_marks()
        wide = any(digit in shown for digit in WIDE_DIGITS)
        self._adapted = self._adapt(())
        self._search = Search(self.script, wide, self._adapted.row, self._adapted.near)
        self._search.cut_cost.update(dict.fromkeys(self._intact, _INTACT))

    @property
    def left_unread(self) -> bool:
        """Tell whether decoding was given up in a text that shows more of damage than rare characters and lists (；②).

        Gazetteers, lists of names and glossaries of clean text are given up too, and nothing is wrong with them.
        """
        if not self.abandoned or self.text != self.shown:
            return self.abandoned
        hard = {place for place, is_hard in triggers(self.shown, _MAX_TRIGGERS) if is_hard}
        return any(place in hard and not _LISTED.match(self.shown, place) for place in self.places)

    def _adapt(self, restored: Iterable[str]) -> Adapted:
        """Adapt the model to the sound text, and to what was restored for certain."""
        sound = [self.shown[start:end] for start, end in self._sound_stretches(8)]
        return Adapted(model(), [fold(stretch) for stretch in (*sound, *restored)])

    def _sound_stretches(self, margin: int) -> list[tuple[int, int]]:
        stretches, start = [], 0
        for place in self.places:
            if place - margin > start:
                stretches.append((start, place - margin))
            start = max(start, place + margin)
        if start < len(self.shown):
            stretches.append((start, len(self.shown)))
        return stretches

    def _improbable_marks(self) -> list[int]:
        """Return the places behind a mark of cuts that go on improbably: in a damaged document these are worth a look."""
        costs = [
            cost + min(form_penalty(char, symbol_of(char), self.script), _OTHER_FORM)
            for char, cost in zip(self.shown, costs_in(self.shown, 0, len(self.shown), self._adapted.row), strict=True)
        ]
        found = []
        for i, item in enumerate(self.items[:-2]):
            if (item.mark or item.char == "?") and costs[i + 1] + costs[i + 2] > _IMPROBABLE:
                found.append(i + 1)
        return found

    def _intact_marks(self) -> set[str]:
        """Return the marks whose bytes stand across two characters of sound text: the software did not cut there."""
        marks = {encode_table()[mark]: mark for mark in CUT_MARKS}
        ends = _ends_as_marks_begin()
        intact = set()
        for start, end in self._sound_stretches(40):
            for match in ends.finditer(self.shown, start, end - 1):
                before, after = self.items[match.start() : match.end() + 1]
                if not before.pair or not after.pair:
                    continue
                mark = marks.get((before.pair[1], after.pair[0]))
                # Before another symbol ！ survives even where it is a place of cuts (環保、, twice in the seeds).
                if mark and not (mark == "！" and after.pair[1] < 0xB0):
                    intact.add(mark)
        return intact

    def spans(self, budget: int = MAX_DECODED) -> list[Span]:
        """Decode the document: once to learn how it was damaged, and what is in doubt once more with that."""
        spans, doubtful = self._decode_all(self.places, budget)
        certain = [span for span in spans if span.odds >= _LEARN_ODDS and span.gain >= MIN_GAIN]
        self._learn(certain)
        if not any(span.gain >= MIN_GAIN for span in spans):
            return spans
        # In a damaged document lesser signs deserve a look too.
        lesser = {*self._weak, *self._improbable_marks()}
        self.places = thinned(sorted({*self.places, *lesser}))
        self._search.widths = WIDTHS[1]
        settled = [span for span in spans if span.odds >= _SETTLED_ODDS and span.gain >= MIN_GAIN]
        self._adapted = self._adapt(s.left + s.readings[0].text + s.right for s in settled)
        self._search.row, self._search.near = self._adapted.row, self._adapted.near
        lesser = {p for p in lesser if not any(s.first - 2 <= p < s.last + 2 for s in settled)}
        again, _ = self._decode_all(sorted({*doubtful, *lesser}), budget)
        kept = [span for span in spans if not any(s.first < span.last and span.first < s.last for s in again)]
        return sorted([*kept, *again], key=lambda span: span.first)

    def _decode_all(self, places: Sequence[int], budget: int) -> tuple[list[Span], list[int]]:
        """Decode around some places; returns the damaged spans, and the places where they are in doubt."""
        spans: list[Span] = []
        doubtful: list[int] = []
        done = i = 0
        while i < len(places):
            j = i
            while j + 1 < len(places) and places[j + 1] - places[j] <= 12:
                j += 1
            if places[i] >= done:
                if self.decoded >= budget or self._is_hopeless():
                    self.abandoned = True
                    break
                found, done = self._decode(max(done, places[i] - _BEFORE), places[j])
                done = max(done, places[i] + 1)
                spans += found
                if any(span.odds < _SETTLED_ODDS for span in found):
                    doubtful += places[i : j + 1]
            i += 1
        return spans, doubtful

    def _decode(self, start: int, last: int) -> tuple[list[Span], int]:
        """Read from item `start` past item `last`; returns the damaged spans and where the readings agreed again."""
        context = fold("\n" + self.shown[max(0, start - 12) : start])[-3:]
        decoder = Decoder(self._search, self.items)
        readings, end = decoder.read(start, context, self._quotes(start), last, _MAX_WINDOW)
        self.decoded += end - start
        if not readings:
            self.abandoned = True
            self._hopeless += 1
            # Text may stay out of step to the end of its line: nothing before that can be read.
            end = max(end, self.shown.find("\n", end))
        if not readings or readings[0].text == self.shown[start:end]:
            self._fruitless += 1
            return [], end
        self._fruitful += 1
        return self._spans_of(start, end, readings), end

    def _is_hopeless(self) -> bool:
        """Tell whether decoding goes nowhere, as in what is no text at all."""
        first, more = _MAX_FRUITLESS
        return self._hopeless >= _MAX_HOPELESS + self._fruitful or self._fruitless >= first + more * self._fruitful

    def _learn(self, certain: Iterable[Span]) -> None:
        """Take over what certain readings tell about the software."""
        cut: set[str] = set()
        lone: Counter[bool] = Counter()
        for span in certain:
            for event, mark in events(span, self.items):
                lone[event.endswith("?")] += 1
                cut.add(mark)
        search = self._search
        for mark in cut - self._intact:
            search.cut_cost[mark] = -1.0
            search.kept_cost[mark] = 10.0
        # A site shows its lone bytes, or it does not.
        search.bare = 4.0 if lone[True] and not lone[False] else 0.0
        search.seen = 4.0 if lone[False] and not lone[True] else 0.0

    def _quotes(self, place: int) -> int:
        line = self.shown.rfind("\n", 0, place) + 1
        before = self.shown[max(line, place - 400) : place]
        quote = before.rfind("“") > before.rfind("”")
        bracket = max(before.rfind("（"), before.rfind("(")) > max(before.rfind("）"), before.rfind(")"))
        return quote + 2 * bracket

    def trimmed(self, span: Span) -> tuple[int, str, str, str]:
        """Return a span without the sound text at its ends: offset, text as given, best and second reading."""
        best = span.readings[0].text
        second = span.readings[1].text if len(span.readings) > 1 else ""
        texts = [span.shown, best, *([second] if second else [])]
        head = min(_alike(texts), len(span.shown) - 1)
        tail = min(_alike([text[head:][::-1] for text in texts]), len(span.shown) - head - 1)
        start, end = self.items[span.first + head].start, self.items[span.last - tail - 1].end
        return start, self.text[start:end], best[head : len(best) - tail], second[head : len(second) - tail]

    def _spans_of(self, start: int, end: int, readings: Sequence[Reading]) -> list[Span]:
        """Cut the readings of a window into its damaged stretches, each with its own alternatives."""
        before = self.shown[max(0, start - 12) : start]

        def price(reading: Reading) -> float:
            # With the text before, which costs the same in all: a word may reach from it into the window.
            return weighed(reading.cost, phrases().cost(before + _filled(reading.steps)))

        ranked = sorted(((price(r), r) for r in readings), key=lambda entry: (entry[0], entry[1].text))
        best = ranked[0][1]
        spans = []
        for first, last in self._damaged(start, end, best.steps):
            left = "".join(step.char for step in best.steps if step.place < first)[-12:]
            right = "".join(step.char for step in best.steps if step.place >= last)[:6]
            parts: dict[str, Reading] = {}
            for cost, reading in ranked:
                steps = tuple(step for step in reading.steps if first <= step.place < last)
                text = "".join(step.char for step in steps)
                if text not in parts:
                    steps = self._with_line_ends(left, steps, right)
                    parts[text] = Reading(cost, "".join(step.char for step in steps), steps)
            shown = self.shown[first:last]
            steps_of_best = next(iter(parts.values())).steps
            gain = self._cost(left, shown, right) - self._cost(left, _filled(steps_of_best), right)
            spans.append(Span(first, last, shown, left, right, tuple(parts.values()), gain))
        return spans

    def _with_line_ends(self, left: str, steps: tuple[Step, ...], right: str) -> tuple[Step, ...]:
        """Return the steps with a line end for an eaten character that was one.

        It is no numeral, a sentence ends before it, and what follows fits the start of a line far better than a digit's
        place. Only where lines end often, and blanks between sentences, which could have been eaten as well, are rare.
        """
        chars = "".join(step.char for step in steps)
        for i, step in enumerate(steps):
            before, after = left + chars[:i], (chars[i + 1 :] + right)[:6]
            if step.event != "eaten" or not self._has_lines or not after or after[0].isascii():
                continue
            if before.endswith(_SENTENCE_ENDS) and (
                self._cost(before, "0", after) - self._cost(before, "\n", after) >= _LINE_GAP
            ):
                steps = (*steps[:i], step._replace(char="\n"), *steps[i + 1 :])
        return steps

    def _damaged(self, start: int, end: int, steps: Sequence[Step]) -> list[tuple[int, int]]:
        """Return the stretches of items that a reading does not take as they are shown."""
        items = self.items
        sound = {s.place for s in steps if s.known == WHOLE and not s.event and s.char == items[s.place].char}
        stretches: list[tuple[int, int]] = []
        for place in range(start, end):
            if place in sound:
                continue
            if stretches and place - stretches[-1][1] < _JOINED:
                stretches[-1] = (stretches[-1][0], place + 1)
            else:
                stretches.append((place, place + 1))
        return stretches

    def _cost(self, left: str, text: str, right: str) -> float:
        symbols = fold("\n" + left + text + right)
        context = fold("\n" + left)
        total = sum(form_penalty(char, symbol_of(char), self.script) for char in text)
        for i in range(len(context), len(symbols)):
            total += self._adapted.row(symbols[max(0, i - 3) : i])[symbols[i]]
        return total


def _filled(steps: Iterable[Step]) -> str:
    """Return the text of steps for the models: what was eaten is mostly a digit, to them a `?` is a question mark."""
    return "".join("0" if step.event == "eaten" and step.char == "?" else step.char for step in steps)


def _alike(texts: Sequence[str]) -> int:
    """Count the characters with which all texts begin."""
    return next((i for i, chars in enumerate(zip(*texts, strict=False)) if len(set(chars)) > 1), min(map(len, texts)))


@cache
def _ends_as_marks_begin() -> re.Pattern[str]:
    """Return a pattern for the characters that end in the first byte of a mark; full-width marks may be half-width."""
    firsts = {encode_table()[mark][0] for mark in CUT_MARKS}
    chars = "".join(char for char, pair in encode_table().items() if pair[1] in firsts)
    return re.compile(f"[!-/:-?{re.escape(chars)}]")


def _script(text: str) -> str:
    traditional = simplified_forms()
    simplified = simplified_only()
    chars = Counter(text)
    old = sum(count for char, count in chars.items() if char in traditional)
    new = sum(count for char, count in chars.items() if char in simplified)
    return "hant" if old > 4 * new else "hans" if new > 4 * old else "mixed"
