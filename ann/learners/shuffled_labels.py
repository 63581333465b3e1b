"""Control: any learner trained on labels in random order, which teach it nothing"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from ann import chance
from ann.contract import Observer
from ann.learners._parameters import RecipeParameters

if TYPE_CHECKING:
    import pandas as pd


def _if_learner_has(name: str) -> Any:
    return available_if(lambda self: hasattr(getattr(self, "learner_", self.learner), name))


class ShuffledLabels(RecipeParameters, ClassifierMixin, BaseEstimator):
    """The learner, with the training labels permuted once. Whatever it shows above chance is no learning of the task.

    Args:
        learner: what is trained; a clone of it is fitted.
        random_state: seed of the permutation, and of the learner's chance where the learner has no seed of its own.

    Attributes:
        learner_: the fitted clone.  classes_: the labels, sorted.
    """

    name: ClassVar[str] = "shuffled_labels"

    def __init__(self, learner: BaseEstimator, *, random_state: int | None = None) -> None:
        self.learner = learner
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
        observer: Observer | None = None,
    ) -> Any:
        """Learn from X (sample, *shape) and the labels y (sample,) in a random order. Validation labels stay true."""
        X, y = validate_data(self, X, y, allow_nd=True)
        seed = chance.seed_of(self.random_state)
        order = np.random.Generator(np.random.PCG64(chance.child(seed, "labels"))).permutation(len(y))
        self.learner_: Any = clone(self.learner)
        own = self.learner_.get_params(deep=False)
        if "random_state" in own and own["random_state"] is None:
            self.learner_.set_params(random_state=chance.child(seed, "learner") % 2**32)
        more = {"validation": validation, "observer": _Forwarded(self, observer) if observer is not None else None}
        self.learner_.fit(X, y[order], **{name: value for name, value in more.items() if value is not None})
        return self

    @property
    def classes_(self) -> np.ndarray:
        return self.learner_.classes_

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The learner's labels, (sample,)."""
        return self._fitted().predict(self._checked(X))

    @available_if(lambda self: hasattr(self.learner, "predict_proba"))
    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return self._fitted().predict_proba(self._checked(X))

    @_if_learner_has("activations")
    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return self._fitted().activations(self._checked(X))

    @_if_learner_has("scores_over_time")
    def scores_over_time(self, X: np.ndarray) -> np.ndarray:
        return self._fitted().scores_over_time(self._checked(X))

    @_if_learner_has("input_gradient")
    def input_gradient(self, X: np.ndarray, y: Any) -> np.ndarray:
        return self._fitted().input_gradient(self._checked(X), y)

    @_if_learner_has("update_and_gradient")
    def update_and_gradient(self, X: np.ndarray, y: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        return self._fitted().update_and_gradient(self._checked(X), y)

    @_if_learner_has("spikes")
    def spikes(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return self._fitted().spikes(self._checked(X))

    @_if_learner_has("operations")
    def operations(self, X: np.ndarray, *, training: bool = False) -> pd.DataFrame:
        return self._fitted().operations(self._checked(X), training=training)

    @_if_learner_has("weights")
    def weights(self) -> dict[str, np.ndarray]:
        return self._fitted().weights()

    @_if_learner_has("with_weights")
    def with_weights(self, weights: dict[str, np.ndarray]) -> Any:
        """A copy of this learner that has these weights."""
        other = copy.copy(self)
        other.learner_ = self._fitted().with_weights(weights)
        return other

    @_if_learner_has("receptive_fields")
    def receptive_fields(self) -> np.ndarray:
        return self._fitted().receptive_fields()

    @_if_learner_has("describe")
    def describe(self) -> dict[str, Any]:
        """The learner's facts, as a control."""
        facts = self._fitted().describe()
        sentence = "Trained on labels in a random order: a control."
        return facts | {"family": "control", "departures": [sentence, *facts["departures"]]}

    @_if_learner_has("refuses")
    def refuses(self, facts: Any) -> str | None:
        return self.learner.refuses(facts)  # type: ignore[attr-defined]

    def _fitted(self) -> Any:
        check_is_fitted(self)
        return self.learner_

    def _checked(self, X: Any) -> np.ndarray:
        return validate_data(self, X, reset=False, allow_nd=True)  # type: ignore[return-value]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "learner_") and hasattr(self.learner_, "classes_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        tags.non_deterministic = False
        return tags


class _Forwarded:
    """An observer that is shown the control instead of the learner inside it."""

    def __init__(self, control: ShuffledLabels, observer: Observer) -> None:
        self._control, self._observer = control, observer

    def due(self, examples_seen: int) -> bool:
        return self._observer.due(examples_seen)

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        self._observer(self._control, examples_seen, **facts)
