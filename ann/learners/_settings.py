"""What a learner's settings must be before it learns."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from ann.training import Precision

__all__ = ["check_settings"]

_WHOLE = (("epochs", 0), ("batch_size", 1), ("patience", 1))  # and the lowest that makes sense
_PARTS = (  # parameter, what makes it one, what it is, an example
    ("model", "build", "the recipe of a network", "MLP(hidden=(100,))"),
    ("rule", "updates", "a learning rule or None", "Backprop()"),
    ("encoder", "neuron_shape", "an encoder or None", "Poisson()"),
)


def check_settings(learner: Any) -> None:
    """Looks at the parameters of a NetworkLearner.

    Raises:
        ValueError: one is no sensible number, or not known.
        TypeError: model, rule or encoder is a name or a class instead of an object.
    """
    for name, lowest in _WHOLE:
        value = getattr(learner, name)
        if name == "patience" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < lowest:
            raise ValueError(f"{name} = {value!r}, but it must be a whole number of at least {lowest}.")
    _check_clipping(learner.clip_norm)
    if learner.precision not in get_args(Precision):
        known = " or ".join(get_args(Precision))
        raise ValueError(f"precision = {learner.precision!r} is not known; choose {known}.")
    for name, method, what, example in _PARTS:
        value = getattr(learner, name, None)
        absent = value is None and (name != "model" or not hasattr(learner, name))
        if not absent and not _is_part(value, method):
            raise TypeError(f"{name} = {value!r}, but expected {what}, for example {example}.")


def _check_clipping(norm: Any) -> None:
    number = isinstance(norm, (int, float, np.number)) and not isinstance(norm, bool)
    if norm is not None and not (number and norm > 0):
        raise ValueError(f"clip_norm = {norm!r}, but it must be greater than 0, or None.")


def _is_part(value: Any, method: str) -> bool:
    return hasattr(value, method) and not isinstance(value, type)
