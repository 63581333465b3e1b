"""Filters and pooling over events give what torch's dense layers give."""

import pytest
import torch
from torch import nn

from bio.engines.tensor import convolution as tensor_convolution
from bio.engines.tensor.convolution import pooled_convolution_of_spikes

DOUBLE = torch.float64


def parts(shape, channels, kernel, pooling, dtype=DOUBLE, density=0.2):
    chance = torch.Generator().manual_seed(0)
    there = torch.rand(3, 5, torch.Size(shape).numel(), generator=chance) < density
    spikes = (there * torch.randint(1, 3, there.shape, generator=chance)).to(dtype)
    filters = nn.Conv2d(shape[0], channels, kernel, padding=kernel // 2, dtype=dtype)
    with torch.no_grad():
        for parameter in filters.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=chance, dtype=DOUBLE))
    return spikes, filters, pooling(2), shape


def dense(spikes, filters, pooling, shape):
    return pooling(filters(spikes.reshape(-1, *shape))).reshape(*spikes.shape[:2], -1)


def outcome(call, spikes, filters, pooling, shape):
    spikes = spikes.clone().requires_grad_()
    filters.zero_grad()
    drive = call(spikes, filters, pooling, shape)
    (drive * torch.linspace(-1, 2, drive.numel(), dtype=drive.dtype).reshape(drive.shape)).sum().backward()
    return drive.detach(), spikes.grad, filters.weight.grad.clone(), filters.bias.grad.clone()


@pytest.fixture
def used(monkeypatch):
    """Counts the calls that went over events."""
    seen, apply = [], tensor_convolution._PooledConvolution.apply
    monkeypatch.setattr(tensor_convolution._PooledConvolution, "apply", lambda *given: seen.append(1) or apply(*given))
    return seen


@pytest.mark.parametrize("pooling", [nn.MaxPool2d, nn.AvgPool2d])
@pytest.mark.parametrize(
    ("shape", "channels", "kernel"), [((1, 8, 8), 4, 3), ((3, 6, 9), 17, 3), ((2, 7, 5), 3, 5), ((4, 2, 2), 2, 1)]
)
def test_drive_and_gradients_are_those_of_the_dense_layers(shape, channels, kernel, pooling, used):
    given = parts(shape, channels, kernel, pooling)
    found, expected = outcome(pooled_convolution_of_spikes, *given), outcome(dense, *given)
    assert used == [1]
    for one, other in zip(found, expected, strict=True):
        # 1e-12: the same sums of some hundred terms in another order
        assert float((one - other).abs().max()) <= 1e-12 * float(other.abs().max())


def test_in_float32_too(used):
    given = parts((3, 8, 8), 16, 3, nn.MaxPool2d, torch.float32)
    found, expected = outcome(pooled_convolution_of_spikes, *given), outcome(dense, *given)
    assert used == [1]
    for one, other in zip(found, expected, strict=True):
        assert float((one - other).abs().max()) <= 1e-5 * float(other.abs().max())


def test_where_nothing_arrives_the_first_of_four_equal_drives_is_taken_as_torch_does(used):
    spikes, *layers = parts((1, 4, 4), 2, 3, nn.MaxPool2d)
    found, expected = (outcome(call, spikes * 0, *layers) for call in (pooled_convolution_of_spikes, dense))
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_the_number_of_threads_changes_no_bit(monkeypatch, used):
    given = parts((2, 28, 28), 8, 3, nn.MaxPool2d)
    one = outcome(pooled_convolution_of_spikes, *given)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    three = outcome(pooled_convolution_of_spikes, *given)
    assert all(torch.equal(a, b) for a, b in zip(one, three, strict=True))


def test_a_current_is_filtered_as_well(used):
    given = parts((2, 6, 6), 5, 3, nn.AvgPool2d, density=1.1)
    assert float((given[0] == 0).sum()) == 0
    torch.testing.assert_close(pooled_convolution_of_spikes(*given), dense(*given))
    assert used == [1]


@pytest.mark.parametrize(
    "change",
    [
        lambda spikes, filters, pooling, shape: (spikes, filters, nn.MaxPool2d(2, stride=1), shape),
        lambda spikes, filters, pooling, shape: (spikes, nn.Conv2d(1, 3, 3, stride=2, dtype=DOUBLE), pooling, shape),
        lambda spikes, filters, pooling, shape: (spikes, nn.Conv2d(1, 3, 3, bias=False, dtype=DOUBLE), pooling, shape),
    ],
)
def test_other_filters_and_poolings_are_torchs(change, used):
    given = change(*parts((1, 8, 8), 3, 3, nn.MaxPool2d))
    assert torch.equal(pooled_convolution_of_spikes(*given), dense(*given))
    assert used == []


def test_spikes_that_are_no_images_are_refused():
    spikes, filters, pooling, _ = parts((1, 8, 8), 3, 3, nn.MaxPool2d)
    with pytest.raises(ValueError, match=r"Spikes of 64 neurons are no images of shape \(1, 8, 9\)"):
        pooled_convolution_of_spikes(spikes, filters, pooling, (1, 8, 9))
