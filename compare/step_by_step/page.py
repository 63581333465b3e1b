"""The number blocks of docs/step_by_step.md: written from the data, so that the page cannot say anything else.

A block stands between `<!-- numbers: NAME -->` and `<!-- end -->`; what is between them is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compare.step_by_step.worked import shown, worked

__all__ = ["blocks", "names_in", "renewed"]

_BLOCK = re.compile(r"(<!-- numbers: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def blocks(data: Mapping[str, Any]) -> dict[str, str]:
    """Name -> Markdown of every block, from what `compare.step_by_step.collect` gave."""
    passes, seen, xor = data["passes"], data["presentation"], data["xor"]
    return {
        "forward": _lines(passes, ("forward", "loss"), first=_sample(passes)),
        "backward": _lines(passes, ("backward",)),
        "update": _update(passes),
        "again": _lines(passes, ("again",)),
        "spikes": _spikes(seen),
        "synapses": _synapses(seen),
        "first-steps": _first_steps(data["descent"][0]),
        "descent": _descent(data["descent"]),
        "boundary": _boundary(data["boundary"]),
        "truth-table": _truth_table(xor),
        "xor": _xor(xor),
    }


def names_in(text: str) -> list[str]:
    """The blocks that a page has, in its order."""
    return [found["name"] for found in _BLOCK.finditer(text)]


def renewed(text: str, made: Mapping[str, str]) -> str:
    """The page with its blocks replaced.

    Raises:
        ValueError: the page has a block that is not made, or lacks one.
    """
    there = names_in(text)
    if sorted(there) != sorted(made):
        raise ValueError(
            f"The page has the blocks {', '.join(there) or 'none'}, but {', '.join(made)} are made. Each must stand in"
            " it once, as <!-- numbers: NAME -->, a line end, and <!-- end -->."
        )
    return _BLOCK.sub(lambda found: f"{found[1]}{made[found['name']]}\n{found[3]}", text)


def _sample(passes: Mapping[str, Any]) -> str:
    x1, x2 = (shown(value) for value in passes["x"])
    return f"x1 = {x1}, x2 = {x2}, t = {shown(passes['target'])}"


def _lines(passes: Mapping[str, Any], parts: Sequence[str], first: str = "") -> str:
    lines = [line for line in worked(passes) if line.part in parts]
    wide = max(len(line.name) for line in lines)
    text = [f"{one.name:<{wide}} = {one.formula} = {one.numbers} = {shown(one.value)}" for one in lines]
    return "\n".join(["```text", *([first] if first else []), *text, "```"])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _update(passes: Mapping[str, Any]) -> str:
    columns = [passes[name] for name in ("before", "gradient", "nudged", "after")]
    rows = [(name, *(shown(column[name]) for column in columns)) for name in passes["before"]]
    return _table(("weight", "before", "gradient", "gradient by nudging", "after"), rows)


def _spikes(seen: Mapping[str, Any]) -> str:
    rows = [
        (name, str(len(times)), ", ".join(shown(time, 1) for time in times) or "none")
        for name, times in seen["spikes_ms"].items()
    ]
    return _table(("neuron", "spikes", "when (ms)"), rows)


def _synapses(seen: Mapping[str, Any]) -> str:
    start, weight = seen["start"], seen["weight"]
    rows = [(name, shown(start[name]), shown(w[-1]), shown(w[-1] - start[name])) for name, w in weight.items()]
    return _table(("synapse", "start", "end", "change"), rows)


def _first_steps(line: Mapping[str, Any]) -> str:
    rows = [
        (str(step), *(shown(value) for value in (*line["path"][step], line["loss"][step])))
        for step in (0, 1, 2, 3, 10, len(line["path"]) - 1)
    ]
    best = (*line["best"], line["best_loss"])
    return _table(("updates", "w", "b", "loss"), [*rows, ("least squares", *(shown(value) for value in best))])


def _descent(lines: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (one["name"], *(shown(value, 3) for value in (*one["path"][-1], *one["best"], one["loss"][-1])))
        for one in lines
    ]
    heads = ("points", "w found", "b found", "w of least squares", "b of least squares", "loss")
    return _table(heads, rows)


def _boundary(tasks: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        (name, *(shown(value, 1) for value in (*one["w"], one["b"])), f"{100 * one['test_accuracy']:.1f} %",
         "unknown" if one["best_accuracy"] is None else f"{100 * one['best_accuracy']:.1f} %")
        for name, one in tasks.items()
    ]  # fmt: skip
    return _table(("task", "w1", "w2", "b", "right on new points", "most that can be expected"), rows)


def _truth_table(xor: Mapping[str, Any]) -> str:
    learners = xor["learners"]
    rows = [
        (f"{shown(x1)}, {shown(x2)}", str(answer), *(shown(one["truth_table"][k], 2) for one in learners.values()))
        for k, ((x1, x2), answer) in enumerate(zip(xor["corners"], xor["answers"], strict=True))
    ]
    return _table(("x1, x2", "answer", *(f"{name} says" for name in learners)), rows)


def _xor(xor: Mapping[str, Any]) -> str:
    n = len(xor["seeds"])
    rows = [
        (name, str(one["parameters"]), f"{one['solved']} of {n}", f"{max(one['most_right'])} of 4")
        for name, one in xor["learners"].items()
    ]
    return _table(("learner", "parameters", "networks that solved it", "most rows right, at any time"), rows)
