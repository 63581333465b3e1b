"""How many rows of a truth table each network gets right, after learning and at best on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compare.report.figures.style import MUTED, Look, canvas, grid, looks_of

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d.pivot(index="seed", columns="learner", values="right after learning").plot.bar(ylabel="right answers of 4")
plt.show()
"""


def draw(right: Mapping[str, Sequence[int]], best: Mapping[str, Sequence[int]], most_by_a_line: int) -> str:
    """SVG of learner -> right answers of 4 of each network, in the end and at best."""
    looks = looks_of(dict.fromkeys(right, "backprop"))
    with canvas("figure", 2.7) as sheet:
        axes = sheet.figure.subplots()
        grid(axes, "x")
        axes.axvline(most_by_a_line, color=MUTED, linestyle="--", linewidth=1.2, label="most that any line gets right")
        axes.axvline(2, color=MUTED, linestyle=(0, (1, 2)), linewidth=1.2, label="chance")
        for row, (name, look) in enumerate(looks.items()):
            _dots(sheet, axes, look, best[name], row - 0.2, filled=False)
            _dots(sheet, axes, look, right[name], row + 0.2, filled=True)
        for filled, label in ((True, "after learning"), (False, "at best while learning")):
            axes.plot([], [], "o", color=MUTED, mfc=MUTED if filled else "none", linestyle="none", label=label)
        axes.set_yticks(range(len(looks)), list(looks))
        axes.set(xlabel="right answers of 4, a mark for each network", xlim=(-0.3, 4.5), ylim=(len(looks) - 0.5, -0.5))
        axes.set_xticks(range(5))
        sheet.figure.legend(loc="outside lower center", ncols=4)
        return sheet.svg()


def _dots(sheet, axes, look: Look, values: Sequence[int], height: float, *, filled: bool) -> None:
    """Networks with the same number lie beside each other."""
    seen: dict[int, int] = {}
    x = []
    for value in values:
        seen[value] = seen.get(value, -1) + 1
        x.append(value + 0.058 * (seen[value] - (list(values).count(value) - 1) / 2))
    face = look.colour if filled else "none"
    marks = axes.plot(x, [height] * len(x), look.marker, color=look.colour, mfc=face, ms=5, linestyle="none")
    sheet.series(look, *marks, tip=f"{look.label}, {'after learning' if filled else 'at best while learning'}")
