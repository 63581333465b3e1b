"""What happens in one step of learning? Every number of a small network, and the first tasks of a course.

    python experiments/learn_step_by_step.py

One update of a two-layer network by backpropagation, and one presentation of the same sample to a spiking network with
every trace; gradient descent on two lines; logistic regression and its boundary; exclusive or. Writes report.html,
report.pdf, data/*.csv and step_by_step.json to reports/step_by_step/ in some seconds. With `--out studies/mine`, a
study's own report shows the section too, since its folder then holds step_by_step.json. `--docs docs` renews the
numbers and pictures of docs/step_by_step.md.
"""

import argparse
import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from compare.report.document import Report
from compare.report.sections import bibtex, methods
from compare.report.sections.step_by_step import section_of
from compare.report.write import write_document
from compare.step_by_step import collect, write
from compare.step_by_step.page import blocks, renewed
from compare.step_by_step.worked import shown

OUTLINE = re.compile(r' d="[^"]*"')
WHITE = '<rect width="100%" height="100%" fill="#ffffff"/>'  # letters are dark, and a site may show the page dark


def report_of(data: dict) -> Report:
    """The section as a report of its own."""
    passes, (mlp, regression) = data["passes"], data["xor"]["learners"].values()
    networks = len(data["xor"]["seeds"])
    summary = (
        f"One update by backpropagation lowers the loss from {shown(passes['loss'])} to {shown(passes['loss_after'])};"
        " one presentation to a spiking network moves six weights without any loss; gradient descent finds the"
        f" least-squares line; exclusive or is solved by {mlp['solved']} of {networks} networks with a hidden layer and"
        f" by {regression['solved']} of {networks} without."
    )
    facts = {"seed": str(data["seed"]), "sample": "x = (0.8, 0.4)", "networks for exclusive or": f"2 × {networks}"}
    question = "What happens in one step of learning, number by number?"
    steps = section_of(data, "1")
    how, references = methods.section_of([steps])
    cited = bibtex.section_of(references, version("neurocontrast"), "The tool and the methods of [](#methods).")
    appendix = (replace(how, number="A"), replace(cited, number="B"))
    return Report("Learning, step by step", question, summary, (steps, *appendix), facts)


def write_docs(data: dict, folder: Path) -> None:
    """Renews the blocks of numbers in the page, and its pictures."""
    page = folder / "step_by_step.md"
    page.write_text(renewed(page.read_text(encoding="utf-8"), blocks(data)), encoding="utf-8")
    (folder / "images").mkdir(exist_ok=True)
    for figure in section_of(data, "1").blocks:
        if hasattr(figure, "svg"):
            name = figure.anchor.removeprefix("fig-").replace("-", "_")
            (folder / "images" / f"{name}.svg").write_text(small(figure.svg), encoding="utf-8")


def small(svg: str) -> str:
    """A white ground, and outlines to a hundredth of a point; what places and scales them stays as it is."""
    head, rest = svg.split(">", 1)
    return f"{head}>{WHITE}{OUTLINE.sub(_rounded, rest)}\n"


def _rounded(outline: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), outline[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="reports/step_by_step", help="folder to write to (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all chance (default: %(default)s)")
    parser.add_argument("--docs", help="folder whose step_by_step.md and images are renewed too")
    given = parser.parse_args()
    data = collect(given.seed)
    for path in write_document(report_of(data), given.out).values():
        print(path)
    print(write(data, given.out))
    if given.docs:
        write_docs(data, Path(given.docs))


if __name__ == "__main__":
    main()
