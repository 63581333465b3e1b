"""What the tests of learners share: some of the digits, and an observer that remembers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ann.contract import StopTraining
from compare.tasks.digits import Digits


@pytest.fixture(scope="session")
def some_digits() -> SimpleNamespace:
    """X, y: 120 training images; `train` all of them, `validation` the others to choose by."""
    split = Digits().load(0)
    return SimpleNamespace(
        X=split.train[0][:120], y=split.train[1][:120], validation=split.validation, train=split.train
    )


class Watcher:
    """Looks at given points and keeps what it saw; may stop the training."""

    def __init__(self, points, X=None, stop_at=None) -> None:
        self.points, self.X, self.stop_at, self.seen, self.found = set(points), X, stop_at, [], []

    def due(self, examples_seen: int) -> bool:
        return examples_seen in self.points

    def __call__(self, learner, examples_seen: int, **facts: float) -> None:
        self.seen.append(examples_seen)
        self.found.append((learner.predict(self.X) if self.X is not None else None, facts, learner.weights()))
        if examples_seen == self.stop_at:
            raise StopTraining


@pytest.fixture(scope="session")
def watcher() -> type[Watcher]:
    """The class; fixtures are how tests in several files reach it."""
    return Watcher
