"""A linear layer over events gives what the dense product gives."""

import pytest
import torch
from torch import nn

from bio.engines.tensor import events as tensor_events
from bio.engines.tensor.events import linear_of_spikes

DOUBLE = torch.float64


def layer(inputs, outputs, dtype=DOUBLE, bias=True):
    linear = nn.Linear(inputs, outputs, bias=bias, dtype=dtype)
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in linear.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=chance, dtype=DOUBLE))
    return linear


def counts(shape, density, dtype=DOUBLE):
    """Spikes, of which some entries have two or three."""
    chance = torch.Generator().manual_seed(1)
    there = torch.rand(shape, generator=chance) < density
    return (there * torch.randint(1, 4, shape, generator=chance)).to(dtype)


def outcome(x, linear, call):
    x = x.clone().requires_grad_()
    linear.zero_grad()
    y = call(x, linear)
    (y * torch.linspace(-1, 2, y.shape[-1], dtype=y.dtype)).square().sum().backward()
    return y.detach(), x.grad, linear.weight.grad.clone(), linear.bias.grad.clone()


@pytest.mark.parametrize("shape", [(5, 40, 301), (64, 10, 300)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(DOUBLE, 1e-12), (torch.float32, 2e-5)])
def test_output_and_gradients_are_those_of_the_dense_product(shape, dtype, tolerance, used):
    x, linear = counts(shape, 0.04, dtype), layer(shape[-1], 70, dtype)
    found, expected = outcome(x, linear, linear_of_spikes), outcome(x, linear, lambda x, one: one(x))
    assert used == [True]
    for one, other in zip(found, expected, strict=True):
        # of the largest number: sums of at most some thousand terms in another order
        assert float((one - other).abs().max()) <= tolerance * float(other.abs().max())


@pytest.fixture
def used(monkeypatch):
    """Whether each call went over events; small products do as well."""
    seen, events = [], tensor_events.events_of
    monkeypatch.setattr(tensor_events, "_LEAST_WORK", 0)

    def watched(*given):
        found = events(*given)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(tensor_events, "events_of", watched)
    return seen


def test_neither_blocks_nor_threads_change_a_bit(monkeypatch, used):
    x, linear = counts((20, 30, 200), 0.05), layer(200, 333)
    whole = outcome(x, linear, linear_of_spikes)
    monkeypatch.setattr(tensor_events, "_BLOCK", 64)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    parts = outcome(x, linear, linear_of_spikes)
    assert used == [True, True]
    for one, other in zip([parts[0], *parts[2:]], [whole[0], *whole[2:]], strict=True):
        assert torch.equal(one, other)


def test_samples_without_a_spike_give_the_bias(used):
    linear = layer(50, 40)
    assert torch.equal(linear_of_spikes(torch.zeros(3, 4, 50, dtype=DOUBLE), linear), linear.bias.expand(3, 4, 40))
    assert used == [True]


@pytest.mark.parametrize(
    ("x", "linear"),
    [
        (counts((4, 20, 100), 0.3), layer(100, 64)),
        (counts((4, 20, 100), 0.02), layer(100, 8)),
        (counts((4, 20, 100), 0.02), layer(100, 64, bias=False)),
    ],
    ids=["dense spikes", "few neurons", "no bias"],
)
def test_where_events_do_not_pay_the_product_is_dense(x, linear, used):
    assert torch.equal(linear_of_spikes(x, linear), linear(x))
    assert True not in used


def test_a_frozen_layer_passes_gradients_and_gets_none(used):
    x, linear = counts((4, 20, 100), 0.02).requires_grad_(), layer(100, 64)
    linear.requires_grad_(False)
    linear_of_spikes(x, linear).sum().backward()
    torch.testing.assert_close(x.grad[0, 0], linear.weight.sum(0))
    assert linear.weight.grad is None
    assert used == [True]


def test_hooks_of_the_layer_still_run(used):
    x, linear = counts((4, 20, 100), 0.02), layer(100, 64)
    linear.register_forward_hook(lambda module, inputs, output: output * 0)
    assert not bool(linear_of_spikes(x, linear).any())


def test_spikes_of_another_width_are_refused_as_by_the_dense_product(used):
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        linear_of_spikes(counts((4, 20, 50), 0.02), layer(100, 64))
    assert used == []
