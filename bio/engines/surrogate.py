"""The derivative that a spike is given so that gradients can pass it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch


class _Step(torch.autograd.Function):
    """Forward: the spikes that the program decided. Backward: the surrogate at the distance to the threshold."""

    @staticmethod
    def forward(ctx: Any, distance: torch.Tensor, spiked: torch.Tensor, beta: float) -> torch.Tensor:
        ctx.save_for_backward(distance)
        ctx.beta = beta
        return spiked.to(distance.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (distance,) = ctx.saved_tensors
        return grads[0] / (1 + ctx.beta * distance.abs()).square(), None, None


@dataclass(frozen=True)
class FastSigmoid:
    """SuperSpike's surrogate, dS/dU = 1/(1 + beta |U - threshold|)^2, with U in units of `scale`.

    Zenke & Ganguli 2018, Neural Comput. 30:1514; its shape hardly matters, its slope does (Zenke & Vogels 2021).
    The distance is measured in multiples of `scale` (the way from start to threshold), so that `beta` means the same
    for every neuron model.
    """

    beta: float = 10.0
    scale: float = 1.0

    def __call__(self, distance: torch.Tensor, spiked: torch.Tensor) -> torch.Tensor:
        """Spikes (0 or 1) that carry the surrogate's gradient.

        Args:
            distance: state minus threshold, SI.
            spiked: the decision, boolean, same shape.
        """
        return _Step.apply(distance / self.scale, spiked, self.beta)  # type: ignore[return-value]
