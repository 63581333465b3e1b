"""What controls of generation share: they look at the samples once, and no network is trained."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from ann import chance
from ann.source import Source

__all__ = ["ControlOfSamples"]


class ControlOfSamples(BaseEstimator):
    """A scikit-learn estimator of samples without a target. A subclass says what it keeps of them, draws and answers.

    Attributes:
        n_features_in_: length of a sample's first axis.
    """

    name: ClassVar[str]
    serves: ClassVar[str] = "none"
    _rule: ClassVar[dict[str, str]]  # name, equation and text
    _readout: ClassVar[str]
    _source: ClassVar[Source]

    def fit(self, X: Any, y: Any = None) -> Any:
        """Look at X (sample, *shape) once; `y` is not looked at.

        Raises:
            ValueError: without samples, or if values are NaN or infinite.
        """
        X = validate_data(self, X, allow_nd=True, dtype=np.float32)  # type: ignore[arg-type]
        self._shape_ = X.shape[1:]
        self._keep(X)
        self._examples_ = len(X)
        return self

    def _keep(self, X: np.ndarray) -> None:
        """Keep what is wanted of the samples (sample, *shape), float32."""
        raise NotImplementedError

    def _drawn(self, n: int, source: np.random.Generator) -> np.ndarray:
        """New samples (n, *shape)."""
        raise NotImplementedError

    def _parameters(self) -> int:
        """How many numbers are kept."""
        raise NotImplementedError

    def sample(self, n: int, *, random_state: int | np.random.RandomState | None = None) -> np.ndarray:
        """New samples (n, *shape), float32.

        Args:
            n: how many.
            random_state: a seed, or None for a fresh one.

        Raises:
            ValueError: if `n` is not a whole number of at least 1.
        """
        check_is_fitted(self)
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"n = {n!r}, but it must be a whole number of at least 1.")
        seed = chance.child(chance.seed_of(random_state), "sample")
        return self._drawn(int(n), np.random.Generator(np.random.PCG64(seed))).astype(np.float32)

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, allow_nd=True, dtype=np.float32)  # type: ignore[arg-type]
        if X.shape[1:] != self._shape_:
            raise ValueError(
                f"X has samples of shape {X.shape[1:]}, but this {type(self).__name__} was fitted on {self._shape_}."
            )
        return X

    def refuses(self, facts: Any) -> str | None:
        """A sentence if a task with such facts (compare.contract.Facts) asks for something else, else None."""
        if facts.target == self.serves:
            return None
        return f"{type(self).__name__} makes samples, but the task's target is {facts.target!r}."

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        check_is_fitted(self)
        size, kept = int(np.prod(self._shape_)), self._parameters()
        layers = [{"name": "input", "neurons": size, "parameters": 0, "text": " x ".join(map(str, self._shape_))}]
        return {
            "family": "control", "engine": "numpy", "reads": "clean values", "readout": self._readout,
            "layers": layers, "parameters": kept, "state": 0, "time_steps": None, "neuron": None,
            "rule": {**self._rule, "signals": [], "source": asdict(self._source)},
            "training": {"passes": 1, "examples": self._examples_, "updates": 1, "batch_size": self._examples_},
            "settings": {}, "sources": [asdict(self._source)], "departures": [],
        }  # fmt: skip

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_examples_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
