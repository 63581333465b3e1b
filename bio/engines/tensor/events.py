"""A linear layer that reads spikes: only what is not zero is multiplied.

Of a rate-coded image's entries some 2 % are spikes. On the CPU, a sum of the weights of those that are there takes a
tenth of the time of the dense product, forward and backward; from a quarter on the dense product is as fast, and is
used. The gradient by the spikes themselves is dense, since every neuron has a surrogate gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable
from torch.nn import functional

from bio.engines.tensor._buffers import reused_array
from bio.engines.tensor._threads import in_parts

__all__ = ["Events", "events_of", "linear_of_spikes"]

_DENSE_FROM = 0.25  # of the entries
_LEAST_NEURONS = 32  # below, the search for events costs as much as the product
_LEAST_WORK = 1 << 22  # products, below which a dense one takes less than a millisecond
_BLOCK = 1024  # neurons at a time


@dataclass(frozen=True)
class Events:
    """What is not zero in (row, column) values, row by row: offsets (row + 1), column and size of each event."""

    offsets: np.ndarray
    column: np.ndarray
    size: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.offsets, self.column, self.size


def linear_of_spikes(spikes: torch.Tensor, linear: torch.nn.Linear) -> torch.Tensor:
    """`linear(spikes)` for (sample, time, feature) spikes or counts, faster where most are zero.

    Dense where that is as fast, on other devices, and where the layer has no bias or hooks of its own. The sums are
    those of the dense product in another order; how they are taken depends on how many entries are zero.
    """
    events = events_of(spikes, linear.in_features, _DENSE_FROM) if _is_plain(spikes, linear) else None
    if events is None:
        return linear(spikes)
    return _EventLinear.apply(spikes, linear.weight, linear.bias, events)  # type: ignore[return-value]


def _is_plain(spikes: torch.Tensor, linear: torch.nn.Linear) -> bool:
    work = spikes.numel() * linear.out_features
    return (
        spikes.device.type == "cpu"
        and spikes.shape[-1] == linear.in_features
        and spikes.dtype == linear.weight.dtype
        and spikes.dtype in (torch.float32, torch.float64)
        and linear.bias is not None
        and linear.out_features >= _LEAST_NEURONS
        and work >= _LEAST_WORK
        and not linear._forward_hooks
        and not linear._forward_pre_hooks
    )


def events_of(spikes: torch.Tensor, columns: int, share: float) -> Events | None:
    """What is not zero in spikes (..., column), or None where that is more than a share of all entries."""
    from bio.engines.tensor._event_loops import find_events

    values = spikes.detach().contiguous().numpy().reshape(-1, columns)
    rows, most = len(values), int(share * values.size)
    offsets = np.empty(rows + 1, np.uint64)
    column, size = np.empty(most + 1, np.uint64), np.empty(most + 1, values.dtype)
    sizes = [np.uint64(n) for n in (rows, columns, most)]
    if not find_events(values.reshape(-1), *sizes, offsets, column, size):  # type: ignore[call-arg]
        return None
    return Events(offsets, column[: offsets[-1]].copy(), size[: offsets[-1]].copy())


class _EventLinear(torch.autograd.Function):
    """W s + b and its gradients, over events."""

    @staticmethod
    def forward(
        ctx: Any, spikes: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, events: Events
    ) -> torch.Tensor:
        from bio.engines.tensor._event_loops import gather

        ctx.events, ctx.shape = events, spikes.shape
        ctx.save_for_backward(weight)
        neurons, rows = weight.shape[0], len(events.offsets) - 1
        by_column = weight.detach().t().contiguous().numpy().reshape(-1)
        out = reused_array((*spikes.shape[:-1], neurons), by_column.dtype)
        arrays = (*events.arrays, by_column, bias.detach().contiguous().numpy(), out.reshape(-1))

        def run(first: int, last: int) -> None:
            gather(*arrays, *(np.uint64(n) for n in (neurons, min(_BLOCK, neurons), first, last)))

        in_parts(rows, rows * neurons, run)
        return torch.from_numpy(out)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        from bio.engines.tensor._event_loops import scatter

        (weight,), events = ctx.saved_tensors, ctx.events
        neurons, columns = weight.shape
        grad = grads[0].contiguous()
        by_spikes = functional.linear(grad, weight.t()) if ctx.needs_input_grad[0] else None
        if not any(ctx.needs_input_grad[1:]):
            return by_spikes, None, None, None
        by_weights = np.zeros((columns, neurons), grad.numpy().dtype)
        by_bias = np.zeros(neurons, by_weights.dtype)
        rows = len(events.offsets) - 1
        arrays = (*events.arrays, grad.numpy().reshape(-1), by_weights.reshape(-1), by_bias)

        def run(first: int, last: int) -> None:
            sizes = [np.uint64(n) for n in (rows, neurons, first, last, min(_BLOCK, neurons))]
            scatter(*arrays, *sizes)  # type: ignore[call-arg]

        in_parts(neurons, rows * neurons, run)
        return by_spikes, torch.from_numpy(by_weights).t(), torch.from_numpy(by_bias), None
