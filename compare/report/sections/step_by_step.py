"""Section 13: how learning goes, step by step. It exists where a study's folder holds step_by_step.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compare.report.document import Block, Code, Paragraph, Section
from compare.report.references import METHODS
from compare.report.sections._material import Material
from compare.report.sections._step_boundary import boundary_blocks
from compare.report.sections._step_descent import descent_blocks
from compare.report.sections._step_passes import passes_blocks
from compare.report.sections._step_presentation import beside, presentation_blocks
from compare.report.sections._step_xor import xor_blocks
from compare.step_by_step import kept

WHERE = {
    "backpropagation": ("rumelhart1986", ""),
    "the neuron": ("gerstner2014", ", equations 1.5 and 3.1"),
    "pair STDP": ("song2000", ""),
    "least squares, its history in": ("stigler1981", ""),
    "logistic regression": ("cox1958", ""),
    "exclusive or": ("minsky1969", ", Perceptrons"),
    "Adam": ("kingma2015", ""),
}  # what -> its source in `references.METHODS`, which section B lists with its formula, and where in it


def section(material: Material) -> Section | None:
    """The section of a study that keeps the file; None where it keeps none."""
    data = kept.read(material.study.path)
    return None if data is None else section_of(data, "13")


def section_of(data: Mapping[str, Any], number: str) -> Section:
    """The section from what `compare.step_by_step.collect` gave, or from its JSON."""
    blocks: list[Block] = [
        Paragraph(
            "Learning is a change of weights, and nothing in it is hidden. Here are two kinds of it on one sample, the"
            " same in both: **one update by backpropagation** with every number, and **one presentation to a spiking"
            " network** with every trace. Then the first tasks of a course: a line found by gradient descent, a"
            " boundary found by logistic regression, and exclusive or, which needs more than a line. These are"
            " pictures of how learning works, not measurements that compare learners."
        ),
        *passes_blocks(data["passes"]),
        *presentation_blocks(data["presentation"]),
        beside(data["passes"], data["presentation"]),
        *descent_blocks(data["descent"]),
        *boundary_blocks(data["boundary"]),
        *xor_blocks(data["xor"]),
        Paragraph(f"Sources: {'; '.join(_cited(what, *where) for what, where in WHERE.items())}."),
        Paragraph("All of it is computed anew, with the seed from which its chance comes, by"),
        Code(f"python experiments/learn_step_by_step.py --seed {data['seed']}", "sh"),
    ]
    return Section("step-by-step", number, "Learning, step by step", tuple(blocks))


def _cited(what: str, key: str, place: str) -> str:
    between = " " if what.endswith(" in") else ", "
    return f"{what}{between}{METHODS[key].text}{place}"
