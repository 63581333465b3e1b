"""Filters over images of spikes, pooled over 2x2: only what is not zero is multiplied, and only what is left is kept.

A dense convolution writes a drive for every place and channel, which pooling then reads and throws most of away, and
the same again backward; for a batch of spike trains these are gigabytes. Here an image is filtered and pooled while it
is in the cache. With a maximum, the gradient by the spikes goes through a fourth of the places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.autograd.function import once_differentiable

from bio.engines.tensor._buffers import reused_array
from bio.engines.tensor._threads import in_parts
from bio.engines.tensor.events import Events, events_of

__all__ = ["pooled_convolution_of_spikes"]

_GROUPS = 8  # of rows, whose gradients are summed up one by one: as many whatever the number of threads


@dataclass(frozen=True)
class Sizes:
    """Of one call: `shape` is (channel in, height, width), `steps` (sample, time)."""

    steps: tuple[int, int]
    shape: tuple[int, int, int]
    channels: int
    kernel: int
    largest: bool

    @property
    def rows(self) -> int:
        return self.steps[0] * self.steps[1]

    @property
    def places(self) -> int:
        """Of an image after pooling."""
        return (self.shape[1] // 2) * (self.shape[2] // 2)

    @property
    def work(self) -> int:
        return self.rows * self.places * self.channels * self.kernel**2

    def image(self, channels: int, dtype: Any) -> np.ndarray:
        """An image of so many channels with its rim, flat."""
        rim = self.kernel - 1
        return np.empty((self.shape[1] + rim) * (self.shape[2] + rim) * channels, dtype)


def pooled_convolution_of_spikes(
    spikes: torch.Tensor, filters: nn.Conv2d, pooling: nn.Module, shape: tuple[int, ...]
) -> torch.Tensor:
    """`pooling(filters(images))` of each time step, (sample, time, neuron), neurons in C order of their images.

    Args:
        spikes: spikes or counts, (sample, time, channel * height * width).
        filters: of odd height and width, padded so that an image keeps its size.
        pooling: nn.MaxPool2d(2) or nn.AvgPool2d(2); other kinds, and other devices, take torch's dense path.
        shape: (channel, height, width).
    """
    if not _is_plain(spikes, filters, pooling):
        images = spikes.reshape(-1, *shape)
        return pooling(filters(images)).reshape(*spikes.shape[:2], -1)
    channels, height, width = shape
    if spikes.shape[-1] != channels * height * width:
        raise ValueError(f"Spikes of {spikes.shape[-1]} neurons are no images of shape {tuple(shape)}.")
    sizes = Sizes(
        (spikes.shape[0], spikes.shape[1]),
        (channels, height, width),
        filters.out_channels,
        int(filters.kernel_size[0]),
        isinstance(pooling, nn.MaxPool2d),
    )
    events = events_of(spikes, spikes.shape[-1], 1.0)
    assert events is not None
    return _PooledConvolution.apply(spikes, filters.weight, filters.bias, events, sizes)  # type: ignore[return-value]


def _is_plain(spikes: torch.Tensor, filters: nn.Conv2d, pooling: nn.Module) -> bool:
    kernel = filters.kernel_size[0]
    return (
        spikes.device.type == "cpu"
        and spikes.dtype == filters.weight.dtype
        and spikes.dtype in (torch.float32, torch.float64)
        and spikes.numel() > 0
        and filters.bias is not None
        and filters.kernel_size == (kernel, kernel)
        and filters.padding == (kernel // 2, kernel // 2)
        and kernel % 2 == 1
        and (filters.stride, filters.dilation, filters.groups) == ((1, 1), (1, 1), 1)
        and type(pooling) in (nn.MaxPool2d, nn.AvgPool2d)
        and (pooling.kernel_size, pooling.stride) == (2, 2)
        and not any((one._forward_hooks or one._forward_pre_hooks) for one in (filters, pooling))
    )


class _PooledConvolution(torch.autograd.Function):
    """Filters and pooling, and their gradients, over events."""

    @staticmethod
    def forward(
        ctx: Any, spikes: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, events: Events, sizes: Sizes
    ) -> torch.Tensor:
        from bio.engines.tensor._convolution_loops import forward

        by_place = weight.detach().flip(3).permute(1, 2, 3, 0).contiguous().numpy().reshape(-1)
        dtype = by_place.dtype
        out = reused_array((*sizes.steps, sizes.channels * sizes.places), dtype)
        chosen = reused_array((sizes.rows * sizes.places * sizes.channels if sizes.largest else 1,), np.uint8)
        arrays = (*events.arrays, by_place, bias.detach().contiguous().numpy(), out.reshape(-1), chosen)

        def run(first: int, last: int) -> None:
            settings = (*_settings(sizes, dtype), *_range(first, last))
            forward(*arrays, sizes.image(sizes.channels, dtype), *settings)  # type: ignore[call-arg]

        in_parts(sizes.rows, sizes.work, run)
        ctx.events, ctx.sizes, ctx.chosen = events, sizes, chosen
        ctx.save_for_backward(weight)
        return torch.from_numpy(out)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        (weight,), sizes = ctx.saved_tensors, ctx.sizes
        grad = grads[0].contiguous().numpy().reshape(-1)
        by_spikes = _by_spikes(ctx, grad, weight) if ctx.needs_input_grad[0] else None
        by_weight, by_bias = _by_weights(ctx, grad) if any(ctx.needs_input_grad[1:3]) else (None, None)
        if by_weight is not None:
            layout = (sizes.shape[0], sizes.kernel, sizes.kernel, sizes.channels)
            by_weight = by_weight.reshape(layout).permute(3, 0, 1, 2).flip(3)
        return by_spikes, by_weight, by_bias, None, None


def _by_weights(ctx: Any, grad: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    from bio.engines.tensor._convolution_loops import backward_to_weights

    sizes, dtype = ctx.sizes, grad.dtype
    by_weights = np.zeros((_GROUPS, sizes.shape[0] * sizes.kernel**2 * sizes.channels), dtype)
    by_bias = np.zeros((_GROUPS, sizes.channels), dtype)
    bounds = [sizes.rows * group // _GROUPS for group in range(_GROUPS + 1)]

    def run(first: int, last: int) -> None:
        image = sizes.image(sizes.channels, dtype)
        for group in range(first, last):
            results = (by_weights[group], by_bias[group], image)
            settings = (*_settings(sizes, dtype), *_range(*bounds[group : group + 2]))
            given = (*ctx.events.arrays, grad, ctx.chosen)
            backward_to_weights(*given, *results, *settings)  # type: ignore[call-arg]

    in_parts(_GROUPS, sizes.work, run)
    return torch.from_numpy(by_weights).sum(0), torch.from_numpy(by_bias).sum(0)


def _by_spikes(ctx: Any, grad: np.ndarray, weight: torch.Tensor) -> torch.Tensor:
    from bio.engines.tensor._convolution_loops import backward_to_spikes

    sizes, dtype = ctx.sizes, grad.dtype
    by_channel = weight.permute(0, 2, 3, 1).contiguous().numpy().reshape(-1)
    found = reused_array((*sizes.steps, int(np.prod(sizes.shape))), dtype)
    height, width, kernel, channels, quarter, largest = _settings(sizes, dtype)
    settings = (height, width, kernel, channels, np.uint64(sizes.shape[0]), quarter, largest)

    def run(first: int, last: int) -> None:
        image = sizes.image(sizes.shape[0], dtype)
        backward_to_spikes(grad, ctx.chosen, by_channel, found.reshape(-1), image, *settings, *_range(first, last))

    in_parts(sizes.rows, sizes.work, run)
    return torch.from_numpy(found)


def _settings(sizes: Sizes, dtype: Any) -> tuple[Any, ...]:
    whole = [np.uint64(n) for n in (sizes.shape[1], sizes.shape[2], sizes.kernel, sizes.channels)]
    return *whole, np.dtype(dtype).type(0.25), sizes.largest


def _range(first: int, last: int) -> tuple[Any, Any]:
    return np.uint64(first), np.uint64(last)
