"""Batch normalisation that keeps what the network needs and no count of batches."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

__all__ = ["BatchNorm"]


class BatchNorm(nn.BatchNorm2d):
    """torch's own, without `num_batches_tracked`: it counts, but nothing here reads it."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.num_batches_tracked = None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """As torch's own.

        Raises:
            ValueError: if a batch that is learned from has one number of each channel only.
        """
        if self.training and input.numel() == input.shape[1]:
            raise ValueError(
                "Batch normalisation cannot learn from one number of each channel: a batch has one sample here, of "
                "one pixel. Choose another batch_size, so that the last batch has more, or another normalisation."
            )
        return super().forward(input)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, local_metadata: Any, *rest: Any) -> None:
        """Weights that come as plain arrays bear no version, and torch would add the count to those of before 2."""
        super()._load_from_state_dict(state_dict, prefix, {**local_metadata, "version": 2}, *rest)
