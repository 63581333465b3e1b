"""Divides a user's own samples into train, validation, test and probe by one fixed order, and says where that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.errors import ConfigurationError, EnvironmentFault
from compare.tasks._own_files import content_sha256
from compare.tasks._split import Part, shuffled, split_of, stratified_order

PROBE = 200  # test samples on which representations are compared
SHARE = 5  # a fifth of the samples judges, a fifth chooses, unless the user says how many


@dataclass(frozen=True, kw_only=True)
class OwnParts:
    """Options that every task of a user's own data has.

    All samples are put in one fixed order, of classes a stratified one: the first `test` of it judge, the next
    `validation` choose, the next `train` teach. So a smaller training set lies inside a larger one. Where the data have
    a test part of their own, it judges, and the others come from the rest. The order follows the place of a sample in
    the data: one sample more or less gives other parts, which the checksum of the data then tells.

    Attributes:
        train: how many samples to learn from; None for all that the others leave.
        validation: how many to choose by; None for a fifth.
        test: how many to be judged on; None for a fifth, or for all of the data's own test part.
        sha256: of the content, to pin it: other content is refused. "" for any: changed content then makes new runs.
    """

    train: int | None = None
    validation: int | None = None
    test: int | None = None
    sha256: str = ""

    name: ClassVar[str]
    licence: ClassVar[str] = "that of the owner of the data"
    source: ClassVar[Source] = Source("Data of the study's own; no publication is named")

    def __post_init__(self) -> None:
        for option in ("train", "validation", "test"):
            size = getattr(self, option)
            if size is not None and size < 1:
                raise ValueError(f"{option} = {size}: write at least 1 sample, or leave it out.")
        if self.sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", self.sha256):
            raise ValueError(f"sha256 = {self.sha256!r} is not 64 hexadecimal digits. Leave it out for any content.")

    def fingerprint(self) -> str:
        """sha256 of the content of what `load` reads, as `sha256` would pin it; see compare.contract.Task.

        Raises:
            DataMissing, EnvironmentFault: it is absent or cannot be read.
        """
        return content_sha256(*self._content())

    def _content(self) -> tuple[Sequence[Path], Path]:
        """The files that `load` reads, and the file itself or the folder that they lie in."""
        raise NotImplementedError


class Parted(Protocol):
    """What says how many samples each part has; None where the data say it."""

    name: ClassVar[str]

    @property
    def train(self) -> int | None: ...
    @property
    def validation(self) -> int | None: ...
    @property
    def test(self) -> int | None: ...


def divided(task: Parted, labels: np.ndarray, own_test: int = 0) -> dict[str, np.ndarray]:
    """The indices of each part; the probe is the first PROBE of "test".

    Args:
        task: how many samples each part has.
        labels: (sample,) class indices; all alike where values are asked for.
        own_test: the last so many samples are the data's own test part.

    Raises:
        ConfigurationError: there are fewer samples than the parts need.
    """
    pool = len(labels) - own_test
    test = task.test or own_test or pool // SHARE
    validation = task.validation or pool // SHARE
    taken = 0 if own_test else test
    train = task.train or pool - taken - validation
    _check_sizes(task, pool, own_test, {"train": train, "validation": validation, "test": test})
    order = stratified_order(labels[:pool], f"{task.name} train")
    judged = pool + stratified_order(labels[pool:], f"{task.name} test") if own_test else order
    choose, teach = np.split(order[taken : taken + validation + train], [validation])
    probe, rest = np.split(judged[:test], [min(PROBE, test)])
    parts = {"train": teach, "validation": choose, "probe": probe, "rest": rest}
    parts = {which: shuffled(indices, f"{task.name} {which}") for which, indices in parts.items()}
    parts["test"] = np.concatenate([parts.pop("probe"), parts.pop("rest")])
    return parts


def _check_sizes(task: Parted, pool: int, own_test: int, sizes: dict[str, int]) -> None:
    needed = sum(sizes.values()) - (sizes["test"] if own_test else 0)
    asked = ", ".join(f"{which} = {size}" for which, size in sizes.items())
    if min(sizes.values()) < 1 or needed > pool:
        beside = " beside their test part" if own_test else ""
        raise ConfigurationError(
            f"The data of task {task.name} have {pool:,} samples{beside}, too few for {asked}. Give more samples, at "
            f"least {SHARE}, or write smaller parts."
        )
    if own_test and sizes["test"] > own_test:
        raise ConfigurationError(
            f"The test part of {task.name}'s data has {own_test:,} samples, too few for {asked}. Write a smaller test."
        )


def refuse_thin_classes(names: Sequence[str], labels: np.ndarray, parts: dict[str, np.ndarray], mend: str) -> None:
    """Raises EnvironmentFault unless there are two classes, each with samples to learn from and to be judged on.

    Args:
        names: of the classes.
        labels: (sample,) class indices.
        parts: of `divided`.
        mend: what to do, a sentence.
    """
    if len(names) < 2:
        raise EnvironmentFault(f"There is one class only, {', '.join(names)}; two are needed. {mend}")
    for which in ("train", "test"):
        there = np.bincount(labels[parts[which]], minlength=len(names))
        for name, own, inside in zip(names, np.bincount(labels, minlength=len(names)), there, strict=True):
            if inside == 0:
                raise EnvironmentFault(
                    f"The class {name!r} has too few samples, {own}: none falls into the {which} part of "
                    f"{len(parts[which]):,}. {mend}"
                )


def class_facts(
    axes: tuple[str, ...], shape: tuple[int, ...], classes: int, labels: np.ndarray, parts: dict[str, np.ndarray]
) -> Facts:
    """Facts of classes; chance is the share of test samples in the class that is the most frequent in training."""
    frequent = np.bincount(labels[parts["train"]]).argmax()
    chance = max(float(np.mean(labels[parts["test"]] == frequent)), 1 / classes)
    return Facts("class", axes, shape, classes, chance, examples_of(parts))


def examples_of(parts: dict[str, np.ndarray]) -> dict[str, int]:
    """How many samples each part has, as Facts.examples."""
    return {which: len(parts[which]) for which in ("train", "validation", "test")}


def split_parts(facts: Facts, parts: dict[str, np.ndarray], read: Callable[[np.ndarray], Part]) -> Split:
    """A Split of which `read(indices)` gives each part."""
    train, validation, test = (read(parts[which]) for which in ("train", "validation", "test"))
    return split_of(facts, train, validation, test, (test[0][:PROBE], test[1][:PROBE]))
