"""One update of a two-layer network: the drawn network, and every line of it with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compare.report.document import Block, Caption, Cell, Column, Figure, Paragraph, Table
from compare.report.figures import two_layer_network
from compare.report.inline import literal
from compare.report.sections._cells import decimal, frame_table
from compare.step_by_step.worked import rough, shown, worked

PARTS = {"forward": "forward", "loss": "loss", "backward": "backward", "update": "update", "again": "again"}


def passes_blocks(passes: Mapping[str, Any]) -> list[Block]:
    """What happens, the drawn network, the lines."""
    x, t, rate = passes["x"], passes["target"], passes["learning_rate"]
    lead = Paragraph(
        "**One update by backpropagation.** A network of two inputs, two hidden neurons with a sigmoid and one linear"
        f" output is shown one sample, x = ({shown(x[0])},\u00a0{shown(x[1])}), whose right answer is t = {shown(t)}."
        f" It answers {shown(passes['y'][0])}. The loss L is the squared error. The backward pass asks of each weight"
        " how much L would change if the weight did: first of the answer, then, through the weights that lead to it,"
        f" of the hidden neurons. Each weight then moves against its gradient, by {shown(rate)} (the learning rate η)"
        f" times its size. The same sample is now answered with {shown(passes['y_after'][0])}, and the loss has"
        f" fallen from {shown(passes['loss'])} to {shown(passes['loss_after'])}."
    )
    return [lead, _network(passes), _lines(passes)]


def _network(passes: Mapping[str, Any]) -> Figure:
    numbers = {name: list(passes[name].values()) for name in ("before", "gradient", "nudged", "after")}
    table = pd.DataFrame({"weight": list(passes["before"]), **numbers})
    table = table.rename(columns={"nudged": "gradient by nudging"})
    apart = max(abs(one - other) for one, other in zip(numbers["gradient"], numbers["nudged"], strict=True))
    caption = Caption(
        "The network with its numbers in each of the three passes; in the second, ∂w stands for ∂L/∂w, and arrows are"
        " as wide as gradients are large. Lower right: the loss after a step of the same direction with other learning"
        f" rates. Computed by the equations of [](#tab-step-lines) in float64 and rounded to four places; the gradient"
        f" agrees with what nudging each weight by a millionth shows, to {rough(apart)}. n = 1 sample, no"
        " interval, no unit.",
        "Plain stochastic gradient descent, batch of one, no momentum; loss (y − t)², not half of it.",
        "Activities are numbers without time. The error travels back through the same weights by which the activity"
        " came, for which no anatomy is known: the weight transport problem.",
    )
    alt = (
        f"Three drawings of a network of 2, 2 and 1 neurons with numbers at each neuron and arrow. The answer goes from"
        f" {shown(passes['y'][0])} to {shown(passes['y_after'][0])}, the loss from {shown(passes['loss'])} to"
        f" {shown(passes['loss_after'])}. A curve of the loss over the learning rate falls and rises again."
    )
    return Figure(
        "fig-step-network",
        "One update of a two-layer network",
        two_layer_network.draw(passes),
        alt,
        caption,
        frame_table("tab-step-network", "Weights, gradients and new weights", table, caption, digits=6),
        two_layer_network.CODE.format(csv="data/fig-step-network.csv"),
        "wide",
    )


def _lines(passes: Mapping[str, Any]) -> Table:
    caption = Caption(
        "Every number of the update in the order in which it is computed. Each line can be checked with a pocket"
        " calculator from the lines above it; numbers are shown with four places, so the last one may differ, and the"
        " CSV has all. A prime marks what is new. n = 1 sample, no interval, no unit.",
        "∂L/∂a is the “delta” of a layer. A weight's gradient is the delta at its end times the activity at its"
        " beginning.",
        "Each change is a product of presynaptic activity and an error signal at the postsynaptic neuron, a"
        " three-factor rule whose third factor is not the same for all neurons.",
    )
    heads = (Column("pass"), Column("number"), Column("what it is"), Column("formula"), Column("with numbers"),
             Column("value", "", True))  # fmt: skip
    rows = tuple(
        (
            Cell(PARTS[line.part], None),
            Cell(f"`{line.name}`"),
            Cell(literal(line.says)),
            Cell(literal(line.formula)),
            Cell(literal(line.numbers)),
            Cell(decimal(line.value, 4), line.value),
        )
        for line in worked(passes)
    )
    return Table(
        "tab-step-lines", "The update, line by line", heads, rows, caption, "figure", sortable=False
    )  # fmt: skip
