"""What the Triton kernels compute, with Triton's language played by numpy: there need be no GPU for that.

It shows that their loops, places and adjoints are right, not that Triton compiles them.
"""

import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from bio.engines.compiled import compiled_module
from bio.engines.fused import triton as fused_triton
from bio.engines.fused.triton import TritonNeuron
from bio.engines.surrogate import FastSigmoid
from bio.engines.tensor import TensorNeuron, start_distance
from bio.neurons import ADAPTIVE_LIF, ADEX, LIF
from bio.program import compile_program
from bio.rheobase import rheobase

DOUBLE = torch.float64


@dataclass
class Pointer:
    """An array and places in it."""

    values: np.ndarray
    places: np.ndarray | int = 0

    def __add__(self, more):
        return Pointer(self.values, self.places + more)

    @property
    def dtype(self):
        return SimpleNamespace(element_ty=self.values.dtype)


class Jitted:
    """Runs a kernel for each program of its grid, as a GPU does at once."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *given):  # called by another kernel
        return self.function(*given)

    def __getitem__(self, grid):
        def launch(*arguments, **constants):
            pointers = [Pointer(a.numpy().reshape(-1)) if isinstance(a, torch.Tensor) else a for a in arguments]
            with np.errstate(all="ignore"):  # lanes behind the last neuron compute with zeros, and store nothing
                for self.function.__globals__["tl"].program in range(grid[0]):
                    self.function(*pointers, **constants)

        return launch


class Language(ModuleType):
    """triton.language, of which the kernels use this much."""

    constexpr, int64, float64, program = object, np.int64, np.float64, 0
    exp, log, sqrt, sin, cos, abs, where = map(
        staticmethod, (np.exp, np.log, np.sqrt, np.sin, np.cos, np.abs, np.where)
    )

    def program_id(self, axis):
        return np.int64(self.program).reshape(1).view(Integers)

    def arange(self, first, end):
        return np.arange(first, end)

    def zeros(self, shape, dtype):
        return np.zeros(shape, dtype)

    def load(self, pointer, mask=True, other=0.0):
        places = np.where(mask, pointer.places, 0)
        return np.where(mask, pointer.values[places], np.asarray(other, pointer.values.dtype))

    def store(self, pointer, value, mask):
        pointer.values[pointer.places[mask]] = np.broadcast_to(value, mask.shape)[mask]


class Integers(np.ndarray):
    def to(self, dtype):
        return np.asarray(self).astype(dtype)


@pytest.fixture
def played(monkeypatch):
    language, triton = Language("triton.language"), ModuleType("triton")
    triton.jit, triton.language = Jitted, language
    extra = ModuleType("triton.language.extra")
    names = ("expm1", "log10", "tan", "sinh", "cosh", "tanh", "trunc", "floor")
    extra.libdevice = SimpleNamespace(pow=np.power, **{name: getattr(np, name) for name in names})
    for name, module in (("triton", triton), ("triton.language", language), ("triton.language.extra", extra)):
        monkeypatch.setitem(sys.modules, name, module)
    triton.__spec__ = SimpleNamespace(name="triton")
    monkeypatch.setattr(fused_triton, "_DEVICE", "cpu")
    compiled_module.cache_clear()
    yield
    compiled_module.cache_clear()


def outcome(kind, model, substeps=1, symbolic=(), **how):
    dt_s = 1e-4 if model is ADEX else 1e-3
    program = compile_program(model, dt_s)
    surrogate, scale = FastSigmoid(5.0, start_distance(program)), rheobase(program, 0.1)
    neuron = kind(compile_program(model, dt_s, symbolic), surrogate, **how)
    chance = torch.Generator().manual_seed(0)
    drive = (4 * torch.rand(3, 100, 50, generator=chance, dtype=DOUBLE) - 0.5).requires_grad_()
    values = {
        name: (model.quantities()[name].value * torch.linspace(0.9, 1.1, 50, dtype=DOUBLE)).requires_grad_()
        for name in symbolic
    }
    run = neuron.run(drive, parameters=values, scale=scale, substeps=substeps)
    (run.spikes * torch.rand(run.spikes.shape, generator=chance, dtype=DOUBLE)).sum().backward()
    return run.spikes.detach(), [drive.grad, *(value.grad for value in values.values())]


@pytest.mark.parametrize(
    ("model", "how"),
    [
        (LIF, {}),
        (LIF, {"symbolic": ("tau_m", "v_rest"), "substeps": 2}),
        (ADAPTIVE_LIF, {"detach_reset": False}),
        (ADEX, {"symbolic": ("Delta_T",), "substeps": 3}),
    ],
)
def test_spikes_and_gradients_are_those_of_the_eager_loop(model, how, played):
    (found, gradient), (expected, wanted) = (outcome(kind, model, **how) for kind in (TritonNeuron, TensorNeuron))
    assert int(expected.sum()) > 30
    assert torch.equal(found, expected)
    for one, other in zip(gradient, wanted, strict=True):
        assert float((one - other).abs().max()) <= 1e-9 * float(other.abs().max())


def test_nothing_takes_this_path_by_itself_and_on_the_cpu_it_is_refused():
    neuron = TritonNeuron(compile_program(LIF, 1e-3))
    assert "run on a GPU; this current is on cpu" in str(neuron.refuses(torch.zeros(1, 2, 3)))
    assert neuron.run(torch.zeros(1, 2, 3)).spikes.shape == (1, 2, 3)


def test_recording_takes_the_eager_loop(played):
    run = TritonNeuron(compile_program(LIF, 1e-3)).run(torch.zeros(1, 2, 3, dtype=DOUBLE), record=True)
    assert run.states["v"].shape == (1, 2, 3)
