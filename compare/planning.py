"""The runs of an experiment, each with a key that says exactly what it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from compare.errors import EnvironmentFault
from compare.specs import build, digest, versions

if TYPE_CHECKING:
    from compare.contract import Facts

KEY_FORMAT = 1  # a change of what a key is made of makes all runs new


@dataclass(frozen=True)
class PlannedRun:
    """One learner on one task with one input and one seed.

    Attributes:
        key: sha256 of everything below that can change the result. The label, the device and the number of jobs are
            not in it, so a renamed learner keeps its runs.
        task: the task's name in this study.
        input: "encoded" or "clean".
        encoder_spec: the study's encoding, None for the clean input.
        versions: "rule backprop" -> version, of each component; of a plugin's part also the digest of its text.
        observe: examples seen at which the curve is measured.
        fingerprint: of the data, where the task reads files of the user's own; see `compare.contract.Task`.
    """

    key: str
    label: str
    task: str
    input: str
    seed: int
    task_spec: dict[str, Any]
    learner_spec: dict[str, Any]
    encoder_spec: dict[str, Any] | None
    versions: dict[str, Any]
    observe: tuple[int, ...]
    fingerprint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, so that a worker process can be handed it."""
        return asdict(self)


def planned_run(
    *, label: str, task: str, input: str, seed: int, task_spec: dict[str, Any], learner_spec: dict[str, Any],
    encoder_spec: dict[str, Any] | None, observe: tuple[int, ...], fingerprint: str | None = None,
) -> PlannedRun:  # fmt: skip
    """A run with its key. A task without a fingerprint has nothing of it in the key."""
    found = versions(task_spec, "task") | versions(learner_spec, "learner")
    if encoder_spec is not None:
        found |= versions(encoder_spec, "encoder")
    key = digest(
        {
            "format": KEY_FORMAT, "task": task_spec, "learner": learner_spec, "encoder": encoder_spec, "seed": seed,
            "versions": found, "observe": observe, **({} if fingerprint is None else {"data": fingerprint}),
        }
    )  # fmt: skip
    return PlannedRun(key, label, task, input, seed, task_spec, learner_spec, encoder_spec, found, observe, fingerprint)


def fingerprint_of(task: Any) -> str | None:
    """The digest of the files that a task would load now; None for a task that has no such files.

    Raises:
        DataMissing, EnvironmentFault: they are absent or cannot be read.
    """
    return task.fingerprint() if hasattr(task, "fingerprint") else None


def check_unchanged(task: Any, planned: str | None) -> None:
    """Raises EnvironmentFault where the task's files are no longer those that its runs were planned with."""
    if planned is not None and task.fingerprint() != planned:
        raise EnvironmentFault(
            f"The data of task {task.name} were changed while the study ran. Start the study again: the changed data "
            "make new runs."
        )


def refusal(learner_spec: dict[str, Any], facts: Facts) -> str | None:
    """Why a learner cannot serve a task, known before running; None if it can."""
    refuses = getattr(build(learner_spec, "learner"), "refuses", None)
    return refuses(facts) if refuses is not None else None
