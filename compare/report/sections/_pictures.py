"""Samples of any shape as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["as_pictures", "runs_in_time"]

UNNAMED = "feature"


def as_pictures(values: np.ndarray, axes: Sequence[str] = ()) -> np.ndarray:
    """(sample, height, width) of samples of any shape, row 0 at the top.

    Of images (sample, channel, height, width) the channels are averaged. Sequences (sample, time, feature) run from
    left to right, the first feature at the bottom; where both axes are equally long and the task gives the features no
    name of their own, they are as they stand, as rows of an image are. Features alone form a square where they can,
    else a row.

    Args:
        values: (sample, *shape).
        axes: names of a sample's axes, as the task's facts give them.
    """
    if values.ndim == 4:
        return values.mean(1)
    if values.ndim == 3:
        return values.transpose(0, 2, 1)[:, ::-1] if runs_in_time(values.shape[1:], axes) else values
    flat = values.reshape(len(values), -1)
    side = int(np.sqrt(flat.shape[1]))
    return flat.reshape(len(flat), side, side) if side * side == flat.shape[1] else flat[:, None, :]


def runs_in_time(shape: Sequence[int], axes: Sequence[str] = ()) -> bool:
    """Whether pictures of samples of such a shape are sequences that run from left to right."""
    return len(shape) == 2 and (shape[0] != shape[1] or tuple(axes[1:]) not in ((), (UNNAMED,)))
