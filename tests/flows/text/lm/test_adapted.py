"""A document's own words become likelier in it; everything else keeps its cost, nearly."""

import math

import pytest

from flows.text.lm.adapted import Adapted
from flows.text.lm.fold import fold
from flows.text.lm.grams import model

DOCUMENT = fold("锚定“两个确保”，实施“十大战略”。" * 3)


def test_words_of_the_document_become_likelier():
    adapted = Adapted(model(), [DOCUMENT])

    assert adapted.row("大战略")["”"] < model().row("大战略")["”"]
    assert adapted.row("个确保")["”"] < model().row("个确保")["”"]


def test_a_document_without_text_changes_nothing():
    adapted = Adapted(model(), [])

    assert adapted.row("大战略")["”"] == model().row("大战略")["”"]


def test_the_mixture_is_still_a_probability():
    row = Adapted(model(), [DOCUMENT]).row("个确保")

    assert sum(math.exp(-row[symbol]) for symbol in model().symbols) == pytest.approx(1, abs=0.1)


def test_near_holds_what_the_document_holds():
    assert "仡" in Adapted(model(), ["龘仡"]).near("龘")
