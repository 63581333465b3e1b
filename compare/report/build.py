"""A study becomes a report: every section that its data allow, in order."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from compare.report.document import Report, Section
from compare.report.inline import literal
from compare.report.sections import (
    accuracy,
    bibtex,
    cost,
    fairness,
    learners,
    learning,
    learning_rules,
    limits,
    methods,
    representations,
    reproduce,
    step_by_step,
    tasks,
    verdict,
)
from compare.report.sections._material import Material

if TYPE_CHECKING:
    from compare.store import Study

TITLED = 2  # tasks whose titles make the report's own
SECTIONS = (
    verdict,
    fairness,
    tasks,
    learners,
    accuracy,
    learning,
    cost,
    representations,
    learning_rules,
    limits,
    step_by_step,
    reproduce,
)


def build(study: Study) -> Report:
    """The report of a study, computed from its store alone; nothing is kept outside this call.

    Raises:
        StoreError: the study is damaged.
    """
    material = Material(study)
    made = (part.section(material) for part in SECTIONS)
    sections: list[Section] = [one for one in made if one is not None]
    how, references = methods.section(material, sections)
    sections += [how, bibtex.section(material, references)]
    many = len(material.labels)
    title = f"{_titles(material)}: {many} learner{'' if many == 1 else 's'} compared"
    question = literal(str(material.plan.get("question") or "").strip())
    return Report(title, question, verdict.summary(material), tuple(sections), _facts(material))


def _facts(material: Material) -> dict[str, str]:
    index = material.study.index
    done, refused = (int((index["status"] == status).sum()) for status in ("done", "refused"))
    return {
        "learners": str(len(material.labels)),
        "seeds": str(len(material.seeds)),
        "tasks": literal(", ".join(material.tasks)),
        "inputs": literal(", ".join(material.inputs)),
        "runs finished": f"{done} of {len(index)}" + (f", {refused} refused" if refused else ""),
        "margin": literal(_margin(material)),
        "computed": str(material.study.provenance.get("created") or "not recorded")[:10],
    }


def _titles(material: Material) -> str:
    """What the tasks are called together."""
    titles = [str(material.task_facts[name].get("title") or name) for name in material.tasks]
    if len(titles) > 1 and len(set(titles)) == 1:
        return f"{titles[0]}, {len(titles)} tasks"
    return "; ".join(titles) if len(titles) <= TITLED else f"{titles[0]} and {len(titles) - 1} more tasks"


def _margin(material: Material) -> str:
    """The gap that matters, once for each unit that the tasks are judged in; for each task where one unit has two."""
    told = {task: _one_margin(material, task) for task in material.tasks}
    units = {material.scale(task).unit for task in material.tasks}
    said = list(dict.fromkeys(told.values()))
    return "; ".join(said if len(said) <= len(units) else (f"{task} {one}" for task, one in told.items()))


def _one_margin(material: Material, task: str) -> str:
    margin, scale = material.margin(task), material.scale(task)
    if not margin:
        return f"none in {'percentage points' if scale.is_share else scale.unit or scale.title}"
    points = round(100 * margin, 6)
    return (
        f"{points:g} percentage point{'' if points == 1 else 's'}" if scale.is_share else f"{margin:g} {scale.unit}"
    ).rstrip()
