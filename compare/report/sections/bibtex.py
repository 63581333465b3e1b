"""Section C: BibTeX of the tool and of exactly what was used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.report.document import Code, Paragraph, Section
from compare.report.references import ENGINES, Reference, bibliography, of_learner
from compare.report.sections._material import Material


def section(material: Material, methods: Sequence[Reference]) -> Section:
    """Args: methods: the references of section B."""
    used = [*methods, *_engines(material), *_sources(material)]
    version = str((material.study.provenance.get("versions") or {}).get("neurocontrast", ""))
    said = (
        "The tool, the methods of [](#methods) and the sources that the learners, neurons and tasks of this study name;"
        " nothing else."
    )
    return section_of(used, version, said)


def section_of(used: Sequence[Reference], version: str, said: str) -> Section:
    """What is said, and BibTeX of the tool in that version and of the references."""
    return Section("bibtex", "C", "References", (Paragraph(said), Code(bibliography(used, version), "bibtex")))


def _engines(material: Material) -> Iterator[Reference]:
    names = " ".join(str(told.get("engine") or "").lower() for told in material.descriptions.values())
    return (reference for name, reference in ENGINES.items() if name in names)


def _sources(material: Material) -> Iterator[Reference]:
    given = [task.get("source") for task in material.task_facts.values()]
    for told in material.descriptions.values():
        given += [*(told.get("sources") or []), (told.get("rule") or {}).get("source")]
        neuron = told.get("neuron")
        neurons = neuron if isinstance(neuron, list) else [neuron] if neuron else []
        given += [one.get("source") for one in neurons]
    return (reference for reference in map(of_learner, given) if reference)
