"""docs/step_by_step.md says what is computed."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from compare.report.sections.step_by_step import section_of
from compare.step_by_step.page import blocks, names_in, renewed
from compare.step_by_step.worked import shown

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "step_by_step.md").read_text(encoding="utf-8")


def test_the_pages_numbers_are_those_that_are_computed(gathered: dict[str, Any]) -> None:
    assert renewed(PAGE, blocks(gathered)) == PAGE, "renew it: python experiments/learn_step_by_step.py --docs docs"


def test_the_pages_words_agree_with_the_settings(gathered: dict[str, Any]) -> None:
    seen = gathered["presentation"]
    said = {
        "learning rate": f"η = {shown(gathered['passes']['learning_rate'])} times",
        "presentation": f"lasts {seen['duration_ms']:g} ms",
        "delay": f"after {seen['delay_ms']:g} ms",
        "refractory period": f"rests for {seen['refractory_ms']:g} ms",
    }
    words = re.sub(r"\s+", " ", PAGE)
    assert [what for what, words_of_it in said.items() if words_of_it not in words] == []


def test_every_figure_of_the_section_is_in_the_page_and_every_picture_exists(gathered: dict[str, Any]) -> None:
    pictures = re.findall(r"!\[[^\]]{20,}\]\((images/\w+\.svg)\)", PAGE)
    anchors = [block.anchor for block in section_of(gathered, "1").blocks if hasattr(block, "svg")]  # type: ignore
    assert sorted(pictures) == sorted(f"images/{a.removeprefix('fig-').replace('-', '_')}.svg" for a in anchors)
    for picture in pictures:
        assert (DOCS / picture).read_text(encoding="utf-8").startswith("<svg")


def test_a_picture_is_made_small_without_moving_or_scaling_its_parts() -> None:
    small = runpy.run_path(str(DOCS.parent / "experiments" / "learn_step_by_step.py"))["small"]
    svg = '<svg width="9"><g transform="scale(0.015625)"><path d="M 1.23456 -0.001 L 2.5 7"/></g></svg>'
    made = small(svg)
    assert 'd="M 1.23 -0 L 2.5 7"' in made
    assert 'transform="scale(0.015625)"' in made
    assert made.startswith('<svg width="9"><rect width="100%" height="100%" fill="#ffffff"/>')


def test_a_page_that_lacks_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="has the blocks one, but one, two are made"):
        renewed("<!-- numbers: one -->\n<!-- end -->\n", {"one": "1", "two": "2"})


def test_a_block_is_replaced_and_the_words_about_it_stay() -> None:
    text = "a\n<!-- numbers: one -->\nold\n<!-- end -->\nb\n"
    assert renewed(text, {"one": "new"}) == text.replace("old", "new")
    assert names_in(text) == ["one"]
