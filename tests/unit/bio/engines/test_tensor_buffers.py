"""Large arrays are used again, and never while somebody holds them."""

import numpy as np
import pytest
import torch

from bio.engines.tensor import _buffers
from bio.engines.tensor._buffers import release, reused_array

SHAPE = (3, 1000, 500)  # 6 MB of float32


@pytest.fixture(autouse=True)
def nothing_kept():
    release()
    yield
    release()


def address(array):
    return array.__array_interface__["data"][0]


def test_memory_that_nobody_holds_is_used_again_also_for_a_smaller_array():
    first = reused_array(SHAPE, np.float32)
    place = address(first)
    assert place % 64 == 0
    assert first.flags.c_contiguous
    del first
    again = reused_array((2, 1000, 500), np.float32)
    assert address(again) == place


def test_an_array_a_view_and_a_tensor_keep_their_memory():
    array = reused_array(SHAPE, np.float32)
    array[:] = 1
    view = array[1, :3]
    tensor = torch.from_numpy(array)[2]
    del array
    others = [reused_array(SHAPE, np.float32) for _ in range(3)]
    for other in others:
        other[:] = 2
    assert float(view.sum()) == view.size
    assert float(tensor.sum()) == tensor.numel()
    assert len({address(other) for other in others}) == 3


def test_a_tensor_that_a_graph_saved_keeps_its_memory():
    x = torch.ones(SHAPE, requires_grad=True)
    y = (x * torch.from_numpy(reused_array(SHAPE, np.float32)).fill_(3)).sum()
    reused_array(SHAPE, np.float32)[:] = 7
    y.backward()
    assert float(x.grad.min()) == float(x.grad.max()) == 3


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(_buffers, "_ALL", 20_000_000)
    held = [reused_array(SHAPE, np.float32) for _ in range(5)]
    assert sum(one.nbytes for one in _buffers._kept) <= 20_000_000
    del held
    reused_array((1, 1000, 4000), np.float32)  # 16 MB: the others must go
    assert sum(one.nbytes for one in _buffers._kept) <= 20_000_000
    release()
    assert _buffers._kept == []


def test_small_arrays_are_left_to_the_allocator():
    reused_array((10, 10), np.float64)
    assert _buffers._kept == []
