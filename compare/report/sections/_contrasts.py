"""The contrasts that the experiment named beforehand, judged on one task."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compare.report.document import Caption, Cell, Table
from compare.report.figures.scale import Scale
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, decimal, gap, small, words
from compare.report.sections._material import Material
from compare.statistics import Verdict, verdicts

NEEDED = 3
NO_MARGIN = "The experiment names no margin in this score's unit, so any difference counts."


def contrasts_of(material: Material, task: str) -> list[Verdict]:
    """A verdict for each contrast, on the plan's metric and the verdict's input; [] where none is named."""
    serving = material.serving(task)  # what refuses one of several tasks is no contrast there
    contrasts = [(a, b) for a, b in material.plan.get("contrasts") or [] if a in serving and b in serving]
    if not contrasts:
        return []
    sizes, score = (material.task_facts[task].get("facts") or {}).get("examples") or {}, material.score(task)
    scale = material.scale(task)
    return verdicts(
        wide(material, task),
        contrasts,
        margin=material.margin(task),
        metric=scale.title,
        unit=scale.unit,
        better=scale.better,
        test_items=sizes.get("test") if score.metric == "accuracy" and material.target(task) == "class" else None,
    )


def margin_of(material: Material, task: str) -> str:
    """The margin in the score's unit: "1.0 points", "0.01 target²"; "" where none was named."""
    margin, scale = material.margin(task), material.scale(task)
    if not margin:
        return ""
    return f"{decimal(100 * margin, 1)} points" if scale.is_share else f"{margin:g} {scale.unit}".rstrip()


def wide(material: Material, task: str) -> pd.DataFrame:
    """One row per planned seed, one column per learner: the metric on the test set, NaN where a run is missing."""
    values = material.values(material.score(task).metric, task, material.verdict_input)
    table = values.pivot(index="seed", columns="learner", values="value")
    return table.reindex(index=material.seeds, columns=material.labels).astype(float)


def name_of(verdict: Verdict) -> str:
    """How a contrast is called on axes and in tables."""
    return f"{verdict.a} − {verdict.b}"


def differences_of(material: Material, task: str, found: Sequence[Verdict]) -> pd.DataFrame:
    """contrast, seed, difference: a row for each pair of runs."""
    table = wide(material, task)
    rows = [
        (name_of(verdict), int(seed), float(value))
        for verdict in found
        for seed, value in (table[verdict.a] - table[verdict.b]).dropna().items()
    ]
    return pd.DataFrame(rows, columns=["contrast", "seed", "difference"])


def intervals_of(found: Sequence[Verdict]) -> pd.DataFrame:
    """contrast, mean, low, high of contrasts that have at least one pair."""
    rows = [(name_of(v), v.difference, v.low, v.high) for v in found if v.n]
    return pd.DataFrame(rows, columns=["contrast", "mean", "low", "high"])


def verdict_table(material: Material, task: str, found: Sequence[Verdict]) -> Table:
    """Each contrast with everything that its verdict rests on."""
    scale, margin = material.scale(task), margin_of(material, task)
    heads = columns(
        "contrast",
        "n",
        ("difference", scale.points),
        ("smallest detectable", scale.points),
        "effect size",
        "p, t test",
        "p, sign flip",
        "p, equivalent",
        "outcome",
        numeric=("n", "difference", "smallest detectable", "effect size", "p, t test", "p, sign flip", "p, equivalent"),
    )
    caption = Caption(
        f"Contrasts named beforehand, on the test set of {literal(task)}, {material.verdict_input} input: mean"
        f" difference in {scale.title}{f' in {scale.points}' if scale.points else ''} with its paired t interval"
        " (Holm-adjusted over the contrasts, so that an interval excludes 0 only where Holm's test rejects), the"
        " smallest difference that this number of"
        " seeds finds with 80 % power, paired effect size (d_z, corrected for few pairs), Holm-adjusted p of the t"
        " test, p of the exact sign-flip test (not adjusted; a sensitivity check), and Holm-adjusted p of two one-sided"
        + (f" tests that the difference lies within ±{margin}." if margin else f" tests of a margin. {NO_MARGIN}")
        + f" n is the number of paired seeds.{' Below 0 the first is better.' if scale.better == 'lower' else ''}",
        "To be called better takes an interval that excludes 0 and a gap larger than the margin; a small p alone does"
        " not do."
        if margin
        else "To be called better takes an interval that excludes 0; a small unadjusted p does not do.",
        "Paired by network seed; n counts pairs of networks, not stimuli.",
    )
    return Table(
        f"tab-verdicts{material.tag(task)}",
        f"Contrasts{material.on(task)}",
        heads,
        tuple(_row(v, scale, judged=bool(margin)) for v in found),
        caption,
        "wide",
    )


def _row(v: Verdict, scale: Scale, *, judged: bool) -> tuple[Cell, ...]:
    """Cells of a contrast; `judged` if a margin was named."""
    why = (
        "needs one seed that both finished"
        if not v.n
        else f"needs {NEEDED} seeds"
        if v.n < NEEDED
        else "every seed gave the same difference"
    )
    said = _amount(v.difference, scale) if v.n else ""
    if np.isfinite(v.low) and v.n >= NEEDED:
        said += f" ({_amount(v.low, scale)} to {_amount(v.high, scale)})"
    detectable = scale.factor * v.detectable
    flip = f"{v.p_sign_flip:.2g}" + (f" (smallest {v.p_smallest:.2g})" if v.p_smallest > 0.05 else "")
    return (
        words(name_of(v)),
        count(v.n),
        Cell(said, scale.factor * v.difference) if v.n else gap(why),
        Cell(_amount(v.detectable, scale), detectable) if np.isfinite(detectable) else gap(why),
        _or_gap(v.effect, why, 2),
        _p(v.p_t, why),
        Cell(flip, v.p_sign_flip) if v.n >= NEEDED and np.isfinite(v.p_sign_flip) else gap(why),
        _p(v.p_equivalent, why if judged or v.n < NEEDED else "needs a margin"),
        words(_outcome(v)),
    )


def _outcome(v: Verdict) -> str:
    """The outcome with the learner's name in it."""
    which, _, how = v.outcome.partition(" ")
    return f"{v.a if which == 'a' else v.b} {how}" if how in ("better", "higher") else v.outcome


def _amount(value: float, scale: Scale) -> str:
    """Points to two decimals, other units to three significant digits."""
    return decimal(100 * value, 2) if scale.is_share else small(value)


def _or_gap(value: float, why: str, digits: int) -> Cell:
    return Cell(decimal(value, digits), value) if np.isfinite(value) else gap(why)


def _p(value: float, why: str) -> Cell:
    if not np.isfinite(value):
        return gap(why)
    return Cell("< 0.0001" if value < 1e-4 else f"{value:.2g}", value)
