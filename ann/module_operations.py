"""Multiply-accumulates of any network, counted at its linear and convolutional modules while it answers.

The counting is that of ann.operations; here the layers need not follow one another. Products that a network makes
itself, as attention does, are not seen here: its own `operations` adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.functional import conv2d

from ann import operations
from ann.operations import Row

__all__ = ["counted"]

_COUNTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
Loss = Callable[[torch.Tensor], torch.Tensor]
Call = tuple[str, Any, torch.Tensor, torch.Tensor]  # layer, module, what it read, what it gave


def counted(
    network: nn.Module, x: torch.Tensor, training: bool = False, loss: Loss = operations.own_answer
) -> list[Row]:
    """Rows of ann.operations, per sample, by the network's direct children.

    Args:
        network: whose nn.Linear, nn.Conv2d and nn.ConvTranspose2d are counted, each time that it calls one.
        x: (sample, ...), what it answers.
        training: whether backpropagation is counted too: the weights' gradient wherever a module's weight needs one,
            and the error for what lies below wherever something there learns. Errors of exactly 0 are not effective.
        loss: of its output; its gradient gives the errors.
    """
    samples = len(x)
    with torch.enable_grad() if training else torch.no_grad(), _listening(network) as calls:
        output = network(x)
    rows = [_answer(call, samples) for call in calls]
    if training:
        with torch.enable_grad():
            reached = [call for call in calls if call[3].requires_grad]
            errors = torch.autograd.grad(loss(output), [call[3] for call in reached], allow_unused=True)
        for call, error in zip(reached, errors, strict=True):
            rows += [] if error is None else _learning(call, error, samples)
    return operations.total(rows)


@contextmanager
def _listening(network: nn.Module) -> Iterator[list[Call]]:
    """Collects every call of a module that is counted, in order."""
    calls: list[Call] = []
    handles = []
    for path, module in network.named_modules():
        if isinstance(module, _COUNTED):
            name = path.partition(".")[0]
            handles.append(module.register_forward_hook(_note(calls, name)))
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _note(calls: list[Call], name: str) -> Callable[[Any, Any, Any], None]:
    def hook(module: Any, read: Any, gave: Any) -> None:
        calls.append((name, module, read[0], gave))

    return hook


def _uses(module: Any, x: torch.Tensor) -> torch.Tensor:
    """How many non-zero inputs each output position reads: (row, 1), or (sample, 1, height, width)."""
    if isinstance(module, nn.Linear):
        return (x.reshape(-1, x.shape[-1]) != 0).sum(-1, keepdim=True)
    ones = torch.ones(1, x.shape[1], *module.kernel_size, dtype=x.dtype, device=x.device)
    return conv2d((x != 0).to(x.dtype), ones, None, module.stride, module.padding, module.dilation)


def _dense(module: Any, x: torch.Tensor, output: torch.Tensor) -> int:
    """Products of one use, padding included: each weight at every place where it stands."""
    if isinstance(module, nn.Linear):
        return module.weight.numel() * (x.numel() // x.shape[-1])
    places = x if isinstance(module, nn.ConvTranspose2d) else output
    return module.weight.numel() * len(x) * places[0, 0].numel()


def _answer(call: Call, samples: int) -> Row:
    name, module, x, output = call
    if isinstance(module, nn.ConvTranspose2d):  # each input is spread over a kernel's worth of outputs
        effective = float((x != 0).sum()) * module.weight[0].numel()
    else:
        outputs = module.out_features if isinstance(module, nn.Linear) else module.out_channels
        effective = float(_uses(module, x).sum()) * outputs
    return operations.row(name, _dense(module, x, output) / samples, effective / samples)


def _learning(call: Call, error: torch.Tensor, samples: int) -> list[Row]:
    name, module, x, output = call
    dense, flowing = _dense(module, x, output) / samples, error != 0
    if isinstance(module, nn.ConvTranspose2d):
        gradient, sent = _transposed(module, x, flowing)
    else:
        flowing = flowing.reshape(-1, error.shape[-1]) if isinstance(module, nn.Linear) else flowing
        gradient = float((_uses(module, x) * flowing).sum())
        sent = float(flowing.sum()) * module.weight[0].numel()
    rows = [operations.row(name, dense, gradient / samples)] if module.weight.requires_grad else []
    return rows + ([operations.row(name, dense, sent / samples)] if x.requires_grad else [])


def _transposed(module: nn.ConvTranspose2d, x: torch.Tensor, flowing: torch.Tensor) -> tuple[float, float]:
    """Its error is gathered as a convolution's input is: each input reads the errors that its kernel reached."""
    ones = torch.ones(1, flowing.shape[1], *module.kernel_size, dtype=x.dtype, device=x.device)
    taps = conv2d(flowing.to(x.dtype), ones, None, module.stride, module.padding, module.dilation)  # type: ignore[arg-type]
    return float((taps * (x != 0)).sum()), float(taps.sum()) * module.in_channels
