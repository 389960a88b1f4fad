"""The model that ships: what it prefers, that it is a probability, that it is small, that clean text never loads it."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.lm.grams import FLOOR, Model, model, read_model, write_model

OFFICIAL = "全面贯彻落实党中央决策部署，推动经济社会高质量发展。"


def test_official_text_costs_less_than_the_same_characters_shuffled():
    shuffled = "".join(sorted(OFFICIAL))

    assert model().cost(OFFICIAL) < 4 * len(OFFICIAL) < model().cost(shuffled)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("2025年，经济增长5%", "1998年，经济增长17%", id="digits"),
        pytest.param("GDP增长", "CPI增长", id="letters"),
        pytest.param("經濟，發展！", "经济,发展!", id="script and width"),
    ],
)
def test_what_is_folded_costs_the_same(one, other):
    assert model().cost(one) == model().cost(other)


def test_steps_add_up_to_the_cost():
    total = sum(model().step(OFFICIAL[:i], char) for i, char in enumerate(OFFICIAL))

    assert total == pytest.approx(model().cost(OFFICIAL))


@pytest.mark.parametrize("context", ["\n", "国", "经济", "高质量", "仡"])
def test_the_costs_after_a_context_are_those_of_a_probability(context):
    row = model().row(context)

    assert sum(math.exp(-row[symbol]) for symbol in model().symbols) == pytest.approx(1, abs=0.1)


@given(st.text(max_size=40))
def test_any_text_has_a_finite_cost(text):
    assert 0 <= model().cost(text) <= (2 * FLOOR + 16) * (len(text) + 1)


def test_the_model_needs_under_40_mb():
    assert model().size_bytes < 40_000_000


def test_a_written_model_reads_back(tmp_path):
    levels = [("ab\n", bytes([16, 32, 48]), bytes([8, 0, 0]), [3]), ("ba", bytes([4, 20]), b"", [2, 0, 0])]

    write_model(tmp_path / "tiny.xz", levels)
    tiny = read_model(tmp_path / "tiny.xz")

    assert tiny.row("a")["b"] == 4 / 16
    assert tiny.row("a")["\n"] == (8 + 48) / 16
    assert tiny.row("b")["a"] == 1.0
    assert isinstance(tiny, Model)


def test_clean_text_loads_no_model():
    code = (
        "import sys\n"
        "from flows.text.repair.desync import fix_desync\n"
        "from flows.text.repair.gloss import remove_glosses\n"
        f"text = {OFFICIAL!r} * 100\n"
        "fix_desync(text), remove_glosses(text)\n"
        "from flows.text.lm.grams import model\n"
        "from flows.text.lm.words import words\n"
        "from flows.text.lm.phrases import phrases\n"
        "print(sum(load.cache_info().currsize for load in (model, words, phrases)))"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "0"
