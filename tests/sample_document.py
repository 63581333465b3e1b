"""A document with every kind of block and every sign that could upset a page, a PDF or a spreadsheet."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

from compare.report.document import (
    Callout,
    Caption,
    Cell,
    Code,
    Column,
    Figure,
    Items,
    Paragraph,
    Report,
    Section,
    Table,
)
from compare.report.inline import literal
from compare.report.palette import LIGHT

ATTACK = "<script>alert('x')</script>"
TYPST_ATTACK = '#read("/etc/passwd") $x^2$ *b* _i_ @ref <label> ~ \\ "q"'
FORMULA = '=HYPERLINK("https://example.org")'
LONG = "surrogate gradient, spiking MLP of 512 leaky neurons (recurrent, β = 0.95, 25 steps)"
LEARNERS = ("MLP", "STDP (Diehl & Cook)", "Ωmega < ∆elta", ATTACK, TYPST_ATTACK, FORMULA, LONG)


@cache
def sample_document() -> Report:
    """The document; drawn once, since nobody can change it."""
    return Report(
        title="STDP or backprop: Ω & <ω> at 28 × 28",
        question="Which learns handwritten digits from fewer examples: STDP or backprop?",
        summary=f"A sample of every block, with {literal(ATTACK)} in it, and no study behind it.",
        sections=(_verdict(), _accuracy(), _learning(), _representations(), _limits(), _reproduce()),
        facts={
            "seeds": "10",
            "learners": "7",
            "tasks": "`digits`",
            "device": "CPU (x86, 2 cores)",
            "odd & <b>": "#1 $2 *3*",
        },
    )


def _verdict() -> Section:
    return Section(
        "sec-verdict",
        "1",
        "Verdict & what <it> rests on",
        (
            Callout(
                "verdict", "**MLP reaches 0.942** [0.936, 0.947] on `digits`, STDP 0.781 [0.760, 0.799]; n = 10 seeds."
            ),
            Callout(
                "note", "Read [](#fig-learning-curves) first, then [the table](#tab-accuracy) and [](#sec-limits)."
            ),
            Callout("amber", "Parameters differ by a factor of 4.2: see [](#tab-wide)."),
            Callout("red", "Two runs failed: `STDP`, seeds 3 and 7."),
            Callout("gap", "Robustness is missing: no run of this study stored corrupted test data."),
            Paragraph(
                f"A learner may be called {literal(ATTACK)}, {literal(TYPST_ATTACK)} or {literal(LONG)}; "
                "all of it is text. Greek αβγδε τ_m ΔE ≥ 24.8, minus −0.5, 3 × 4, 95 % → fine; "
                "[a source](https://doi.org/10.1016/S0925(01)00-1) "
                "and [a link to nowhere](#fig-absent) that stays as words. A lone * or ` or [ is harmless."
            ),
            Items(
                (
                    "**First**, accuracy: the share of the test set that is labelled right.",
                    "Then `examples`.",
                    literal(ATTACK),
                ),
                ordered=True,
            ),
            Items(("What this does not show: energy on a chip.", "A pair of learners at *any* other size.")),
        ),
    )


def _accuracy() -> Section:
    columns = (
        Column("learner"),
        Column("accuracy", numeric=True),
        Column("examples to 75 %", "examples", numeric=True),
        Column("matched"),
    )
    statuses = ("ok", "amber", "red", "gap", "ok", "", "ok")
    words = (
        "yes",
        "nearly",
        "no",
        "unknown",
        "yes",
        "",
        "yes, with a sentence that is long enough to need a second line",
    )
    rows = tuple(
        _row(label, 0.942 - 0.05 * n, None if n == 3 else 1000.0 * (n + 1), words[n], statuses[n])
        for n, label in enumerate(LEARNERS)
    )
    caption = Caption(
        "Test accuracy, mean over n = 10 seeds with its 95 % interval (bootstrap, 10,000 draws).",
        "The same split for every learner; `random_state` differs.",
        "One seed is one independent network, as one animal is.",
    )
    return Section(
        "sec-accuracy",
        "2",
        "Accuracy",
        (
            Paragraph("Every number has its interval."),
            Table("tab-accuracy", "Accuracy of all learners", columns, rows, caption),
            _dots(),
            _wide_table(),
        ),
    )


def _row(label: str, accuracy: float, examples: float | None, word: str, status: Any) -> tuple[Cell, ...]:
    shown = f"{accuracy:.3f} [{accuracy - 0.01:.3f}, {accuracy + 0.01:.3f}]"
    reached = Cell("-, never reached") if examples is None else Cell(f"{examples:,.0f}", examples)
    return (Cell(literal(label)), Cell(shown, accuracy), reached, Cell(word, status=status))


def _wide_table() -> Table:
    columns = (Column("learner"), *(Column(f"layer {n} → Δw", "mV/ms", numeric=True) for n in range(1, 14)))
    rows = tuple(
        (
            Cell(literal(label)),
            *(Cell(f"{(n * 37 + k * 11) % 100 / 7:.3f}", (n * 37 + k * 11) % 100 / 7) for k in range(13)),
        )
        for n, label in enumerate(LEARNERS)
    )
    return Table("tab-wide", "Fourteen columns", columns, rows, Caption("A table too wide for a page."), width="wide")


def _learning() -> Section:
    return Section("sec-learning", "3", "Learning", (Paragraph("Curves against examples seen."), _curves()))


def _representations() -> Section:
    rows = tuple(
        (Cell(f"run-{n:03d}"), Cell("digits"), Cell(str(n), n), Cell(f"{n / 60:.4f}", n / 60)) for n in range(60)
    )
    columns = (Column("run"), Column("task"), Column("seed", numeric=True), Column("similarity", numeric=True))
    return Section(
        "sec-representations",
        "10",
        "Representations",
        (_heat_map(), Table("tab-long", "A table longer than a page", columns, rows, Caption("Sixty runs."))),
    )


def _limits() -> Section:
    return Section(
        "sec-limits", "12", "Limits", (Callout("gap", "No second task, so no forgetting: `-, needs two tasks`."),)
    )


def _reproduce() -> Section:
    code = 'question = "Which learns?"\n[learners."a < b & c"]\ntype = "classifier"   # $x$ *y* <z> ' + "long " * 30
    return Section(
        "app-reproduce",
        "A",
        "Reproduce",
        (
            Code(code, "toml"),
            Code("dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)"),
            Paragraph("Digest `" + "0123456789abcdef" * 4 + "` of the data."),
        ),
    )


def _caption(text: str) -> Caption:
    return Caption(text, "Evaluated every 100 samples.", "Measured after each presentation; `n` = 10 networks.")


def _figure(anchor: str, title: str, svg: str, text: str, rows: list[tuple[str, float, float]], width: Any) -> Figure:
    columns = (Column("learner"), Column("examples seen", numeric=True), Column("accuracy", numeric=True))
    cells = tuple((Cell(literal(a)), Cell(f"{b:g}", b), Cell(f"{c:.3f}", c)) for a, b, c in rows)
    data = Table(f"{anchor}-data", f"Data of {title}", columns, cells, Caption(text))
    code = (
        f'import pandas as pd\n\ndata = pd.read_csv("data/{anchor}.csv")\n'
        'print(data.groupby("learner")["accuracy"].max())'
    )
    return Figure(
        anchor, title, svg, f"{title}: a sample chart of {len(rows)} values.", _caption(text), data, code, width
    )


def _dots() -> Figure:
    rows = [
        (label, float(seed), 0.9 - 0.05 * n + 0.003 * seed)
        for n, label in enumerate(LEARNERS[:6])
        for seed in range(10)
    ]
    return _figure("fig-accuracy", "Each seed is a dot", _drawn(rows, "o", (6.4, 3.0)), "Dots are seeds.", rows, "text")


def _curves() -> Figure:
    rows = [
        (label, 10.0 * 2**step, 0.95 - 0.8 / (1 + step * (n + 1) / 6))
        for n, label in enumerate(LEARNERS[:6])
        for step in range(9)
    ]
    svg = _drawn(rows, "o-", (8.4, 3.8))
    return _figure(
        "fig-learning-curves", "Learning curves <α & β>", svg, "Accuracy on the validation set.", rows, "figure"
    )


def _drawn(rows: list[tuple[str, float, float]], style: str, inches: tuple[float, float]) -> str:
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Sheet

    with rc_context(_settings()):
        sheet = Sheet(figsize=inches, layout="constrained")
        axes = sheet.subplots()
        for n, label in enumerate(dict.fromkeys(label for label, _, _ in rows)):
            own = [(x, y) for name, x, y in rows if name == label]
            colour = LIGHT[f"series-{n + 1}"]
            (line,) = axes.plot(*zip(*own, strict=True), style, color=colour, label=label.replace("$", r"\$")[:34])
            line.set_gid(f"series-{n}")
        axes.set_xlabel("examples seen (= presentations)")
        axes.set_ylabel("accuracy")
        axes.axhline(0.1, color=LIGHT["muted"], linestyle="--")
        axes.legend(loc="lower right", fontsize=8)
        return _text(sheet, dict(enumerate(LEARNERS)))


def _heat_map() -> Figure:
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Sheet

    values = [[1 - abs(i - j) / 12 for j in range(12)] for i in range(12)]
    with rc_context(_settings()):
        sheet = Sheet(figsize=(10.6, 4.2), layout="constrained")
        for axes in sheet.subplots(1, 3):
            image = axes.imshow(values, cmap="viridis", vmin=0, vmax=1)
            axes.text(0, 0, "1", color="black", ha="center", va="center")
        sheet.colorbar(image, ax=sheet.axes, label="similarity (CKA)")
        svg = _text(sheet, {})
    rows = [(f"layer {i}", float(j), values[i][j]) for i in range(12) for j in range(12)]
    return _figure("fig-cka", "Similarity of layers", svg, "CKA, linear, debiased.", rows, "wide")


def _settings() -> dict[Any, Any]:
    colours = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), LIGHT["text"])
    return {
        "svg.hashsalt": "sample",
        "svg.fonttype": "path",
        "font.size": 9.5,
        "axes.edgecolor": LIGHT["muted"],
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        **colours,
    }


def _text(sheet: Any, labels: dict[int, str]) -> str:
    from html import escape

    buffer = io.StringIO()
    sheet.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return re.sub(
        r'<g id="series-(\d+)">',
        lambda m: f"{m[0]}<title>{escape(labels.get(int(m[1]), m[1]))}</title>",
        text[text.index("<svg") :],
    )
