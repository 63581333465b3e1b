"""How a run's answers are judged while it learns and after: the one place that knows the kinds of target apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from compare import seeds
from compare.contract import Evidence, Facts, Split
from compare.scores import OWN

FEATURE_SAMPLES = 10_000  # training samples, at most, that the classifier behind the features sees
Part = tuple[np.ndarray, np.ndarray]


@dataclass
class Answers:
    """Over some samples; what a learner does not answer is None.

    Attributes:
        prediction: classes or values, (sample,) or (sample, time) or with a value axis behind.
        score: (sample, class) or (sample, time, class), sums to one.
        reconstruction: the samples as they come back, (sample, *shape).
        made: new samples, as many.
    """

    prediction: np.ndarray | None = None
    score: np.ndarray | None = None
    reconstruction: np.ndarray | None = None
    made: np.ndarray | None = None


@dataclass(frozen=True)
class Judge:
    """Of one run's task.

    Attributes:
        facts: of the task.
        task_spec: to load the training samples that the classifier behind the features learns from.
        seed: the study's; made samples are drawn from a child of it.
    """

    facts: Facts
    task_spec: dict[str, Any]
    seed: int

    @property
    def teaches(self) -> bool:
        """Whether learners are shown targets."""
        return self.facts.target != "none"

    def answers(self, learner: Any, X: np.ndarray, predict: Callable[..., tuple[Any, Any]]) -> Answers:
        """What the learner says of samples; `predict` gives classes or values, and the classes' scores."""
        if self.teaches:
            return Answers(*predict(learner, X, self.facts.classes))
        found = np.asarray(learner.predict(X)) if hasattr(learner, "predict") else None
        back = found if found is not None and found.shape == X.shape else None
        return Answers(reconstruction=back, made=self.made(learner, len(X)))

    def made(self, learner: Any, n: int) -> np.ndarray | None:
        """New samples (n, *shape), always the same for a learner in one state; None if it makes none."""
        if not hasattr(learner, "sample"):
            return None
        return np.asarray(learner.sample(n, random_state=seeds.child(self.seed, "samples")), np.float32)

    def evidence(self, part: Part, answers: Answers, **more: Any) -> Evidence:
        """What metrics look at; answers at every step count as so many samples."""
        X, y = part
        if self.facts.target.startswith("class"):
            assert answers.prediction is not None
            score = None if answers.score is None else answers.score.reshape(-1, answers.score.shape[-1])
            return Evidence(y.ravel(), answers.prediction.ravel(), score, self.facts.classes, **more)
        if self.facts.target.startswith("value"):
            return Evidence(value=y, value_prediction=answers.prediction, **more)
        return Evidence(
            samples=X,
            reconstruction=answers.reconstruction,
            made=answers.made,
            features=None if answers.made is None else self.features(),
            **more,
        )

    def validation(self, learner: Any, part: Part) -> list[tuple[str, float, str]]:
        """(metric, value, unit) of a learning curve: the target's own, and for a code what comes back through it."""
        from compare.catalogue import find

        def told(learner: Any, X: np.ndarray, classes: int | None) -> tuple[np.ndarray, None]:
            return np.asarray(learner.predict(X)), None

        evidence = self.evidence(part, self.answers(learner, part[0], told))
        names = [OWN[self.facts.target], *(["reconstruction_error"] if not self.teaches else [])]
        metrics = [find("metric", name).load()() for name in names]
        possible = [m for m in metrics if all(getattr(evidence, need) is not None for need in m.needs)]
        return [(metric.name, float(metric(evidence)), metric.unit) for metric in possible]

    def features(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """Those of the task's fixed classifier; None if it has no classes to tell apart."""
        if self.facts.classes is None:
            return None
        return _features(json.dumps(self.task_spec, sort_keys=True))


@lru_cache(maxsize=1)
def _features(task_spec: str) -> Callable[[np.ndarray], np.ndarray]:
    """One classifier for all seeds of a study, or their distances could not be compared."""
    from compare.execute import load_split
    from compare.metrics import fixed_features

    split: Split = load_split(task_spec, seeds.child(0, "data"))
    X, y = split.train
    return fixed_features(X[:FEATURE_SAMPLES], y[:FEATURE_SAMPLES])
