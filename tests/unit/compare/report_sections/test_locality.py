"""The table of locality says what was observed, what is only stated, and what neither tells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ann import locality
from compare.report.sections._locality import SIGNALS, signals_table

TOLD = [signal for signal in SIGNALS if signal != "future"]
SEEN = {"hidden": ["pre", "post"], "readout": ["pre", "vector error"], "told": TOLD, "why": ""}


def row(layers: int = 3, time_steps: int | None = None, **rule: Any) -> dict[str, str]:
    """The cells of a learner's row by their heads."""
    told = {"layers": [{}] * layers, "time_steps": time_steps, "rule": {"name": "own", **rule}}
    table = signals_table(SimpleNamespace(descriptions={"mine": told}))  # type: ignore[arg-type]
    return {head.title: cell.text for head, cell in zip(table.columns, table.rows[0], strict=True)}


def test_the_columns_are_the_signals_that_are_observed():
    assert locality.SIGNALS == SIGNALS


def test_what_was_observed_of_hidden_layers_stands_there_whatever_is_declared():
    found = row(signals=["pre", "vector error", "downstream weights"], observed=SEEN)
    assert {name for name, text in found.items() if text == "yes"} == {"pre", "post"}
    assert {name for name, text in found.items() if text == "no"} == {"scalar third factor", "future", *TOLD[3:]}


def test_a_network_without_hidden_layers_shows_its_output_layer():
    found = row(layers=2, signals=["pre"], observed=SEEN)
    assert (found["post"], found["vector error"]) == ("no", "yes")


def test_old_studies_show_the_declared_words_marked_as_stated():
    found = row(signals=["pre", "reward"])
    assert (found["pre"], found["post"], found["scalar third factor"]) == ("yes, stated", "no, stated", "yes, stated")
    assert "reward" not in found


def test_a_rule_that_could_not_be_observed_shows_its_words_and_the_caption_says_why():
    unseen = {"hidden": [], "readout": [], "told": [], "why": "it refuses the small network"}
    assert row(signals=["pre"], observed=unseen)["pre"] == "yes, stated"
    told = {"layers": [], "rule": {"name": "own", "signals": ["pre"], "observed": unseen}}
    table = signals_table(SimpleNamespace(descriptions={"a*b": told}))  # type: ignore[arg-type]
    assert r"a\*b: it refuses the small network." in table.caption.text


def test_the_future_of_a_network_in_time_is_not_observed_unless_its_rule_states_it():
    assert row(time_steps=25, signals=["pre"], observed=SEEN)["future"] == "-, not observed"
    assert row(time_steps=25, signals=["pre", "future"], observed=SEEN)["future"] == "yes, stated"


def test_a_learner_that_states_nothing_shows_gaps_and_a_word_of_its_own_a_column():
    assert row(signals=[])["pre"] == "-, not stated"
    assert row(signals=["dopamine"])["dopamine"] == "yes, stated"
