"""Samples of any shape as pictures."""

from __future__ import annotations

import numpy as np

__all__ = ["as_pictures"]


def as_pictures(values: np.ndarray) -> np.ndarray:
    """(sample, height, width) of samples of any shape.

    Of images (sample, channel, height, width) the channels are averaged. Sequences (sample, time, feature) are as they
    stand where both are equally long, as rows of an image are; others run from left to right. Features form a square
    where they can, else a row.
    """
    if values.ndim == 4:
        return values.mean(1)
    if values.ndim == 3:
        return values if values.shape[1] == values.shape[2] else values.transpose(0, 2, 1)
    flat = values.reshape(len(values), -1)
    side = int(np.sqrt(flat.shape[1]))
    return flat.reshape(len(flat), side, side) if side * side == flat.shape[1] else flat[:, None, :]
