"""Angle between what a learning rule changes and the steepest descent of the loss

    angle = arccos(u'g / |u||g|),  u the rule's update of a layer's weights, g minus the gradient of the loss.

Below 90 degrees a small step lowers the loss, at 0 the rule is gradient descent. Two random directions in d dimensions
have a cosine of mean 0 and standard deviation 1/sqrt(d): an angle within the band that follows from it says nothing.

Source: Lillicrap, Cownden, Tweed & Akerman 2016, Nat. Commun. 7:13276, doi:10.1038/ncomms13276 (fig. 1, "angle of
hidden unit update"; theirs is between the errors that reach the neurons, this one between the changes of the weights).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["Angle", "gradient_angles"]


@dataclass(frozen=True)
class Angle:
    """Of one layer.

    Attributes:
        degrees: 0 to 180; nan where the update or the gradient is zero throughout.
        chance_degrees: half the width of the band around 90 degrees: one standard deviation of the cosine of two random
            directions, arcsin(1/sqrt(d)).
        weights: d, how many weights the layer has.
    """

    degrees: float
    chance_degrees: float
    weights: int


def gradient_angles(update: Mapping[str, np.ndarray], descent: Mapping[str, np.ndarray]) -> dict[str, Angle]:
    """Layer -> angle, in the order of `descent`, a network's own.

    Args:
        update: parameter name -> the rule's change, as a learner's update_and_gradient gives it.
        descent: parameter name -> minus the gradient of the loss.

    Weights only, not biases or gains: parameters with two axes or more, that both have. A layer is a parameter's name
    without its last word, and without "linear" before it; weights that share a layer are one direction.

    Raises:
        ValueError: if a parameter's update and gradient differ in shape.
    """
    layers: dict[str, list[str]] = {}
    for name, slope in descent.items():
        if name in update and np.ndim(slope) > 1:
            if np.shape(update[name]) != np.shape(slope):
                raise ValueError(
                    f"The update of {name} has shape {np.shape(update[name])}, but its gradient has shape "
                    f"{np.shape(slope)}. Give both of the same network."
                )
            layers.setdefault(_layer_of(name), []).append(name)
    return {layer: _angle(_flat(update, names), _flat(descent, names)) for layer, names in layers.items()}


def _layer_of(parameter: str) -> str:
    layer = parameter.rpartition(".")[0].removesuffix("linear").rstrip(".")
    return layer or parameter


def _flat(values: Mapping[str, np.ndarray], names: list[str]) -> np.ndarray:
    return np.concatenate([np.asarray(values[name], dtype=np.float64).ravel() for name in names])


def _angle(update: np.ndarray, descent: np.ndarray) -> Angle:
    lengths = float(np.linalg.norm(update)), float(np.linalg.norm(descent))
    chance = math.degrees(math.asin(1 / math.sqrt(update.size)))
    if not min(lengths) > 0:
        return Angle(math.nan, chance, update.size)
    u, g = update / lengths[0], descent / lengths[1]
    # Kahan's formula: exact near 0 and 180 degrees, where the arc cosine loses half the digits.
    angle = 2 * math.atan2(float(np.linalg.norm(u - g)), float(np.linalg.norm(u + g)))
    return Angle(math.degrees(angle), chance, update.size)
