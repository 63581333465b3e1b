"""The engines that a certificate compares, by name, and the reference."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bio.fidelity._trial import Outcome, Trial, run_trial
from bio.noise import draw_noise
from bio.program import compile_program

__all__ = ["ENGINES", "Engine", "engines_of", "rearranged", "reference", "source_digest", "versions"]

_SHARED = (
    "expression.py", "program.py", "_stateupdate.py", "_dimensions.py", "synapse_program.py", "_synapse_update.py",
    "_synapse_dimensions.py", "network.py", "connectivity.py", "weights.py", "wiring.py", "noise.py",
    "engines/given.py", "engines/contract.py", "engines/brian/*.py", "fidelity/_trial.py", "fidelity/_networks.py",
    "fidelity/_input.py", "fidelity/_engines.py", "fidelity/_compare.py",
)  # fmt: skip
_COMPILED = ("engines/compiled.py", "engines/_no_alias.py", "engines/_vector_math.py")
_TERMS = "engines/_tensor_terms.py"
_TENSOR = ("engines/tensor/*.py", _TERMS, "engines/surrogate.py")
_FUSED = (*_TENSOR, "engines/fused/*.py", *_COMPILED)


@dataclass(frozen=True)
class Engine:
    """One column of engines.

    Attributes:
        name: as the certificate shows it.
        runs: "networks", or "neurons": populations by themselves, in currents.
        run: makes and runs it; ValueError where it cannot run the trial.
        files: its source, as patterns below `bio`.
        ours: False for another target of Brian2, whose differences from the reference are Brian2's own.
    """

    name: str
    runs: str
    run: Callable[[Trial], Outcome]
    files: tuple[str, ...]
    ours: bool = True


def reference(trial: Trial) -> Outcome:
    """Brian2's numpy target, with the arithmetic of a step as it is written."""
    return _brian(trial, "numpy")


def rearranged(trial: Trial) -> Outcome:
    """Brian2's numpy target as it is by default, with rearranged arithmetic: where it parts from the reference, the
    network is chaotic. Needs no C compiler."""
    return _brian(trial, "numpy", rearranged=True)


def _brian(trial: Trial, target: str, rearranged: bool = False) -> Outcome:
    from bio.engines.brian import Simulator

    return run_trial(trial, Simulator(trial.network, trial.dt_s, target=target, rearranged=rearranged))


def _cython(trial: Trial) -> Outcome:
    return _brian(trial, "cython")


def _native(trial: Trial) -> Outcome:
    from bio.engines.native import Simulator

    return run_trial(trial, Simulator(trial.network, trial.dt_s))


def _tensor_network(trial: Trial) -> Outcome:
    from bio.engines.tensor_network import Simulator

    return run_trial(trial, Simulator(trial.network, trial.dt_s, device="cpu"))


def _tensor(trial: Trial) -> Outcome:
    from bio.engines.tensor import TensorNeuron

    return _neurons(trial, TensorNeuron)


def _fused(trial: Trial) -> Outcome:
    from bio.engines.fused import FusedNeuron

    return _neurons(trial, FusedNeuron)


def _training(trial: Trial) -> Outcome:
    """The fused engine with a surrogate, on input that gradients are wanted of."""
    from bio.engines.fused import FusedNeuron
    from bio.engines.surrogate import FastSigmoid
    from bio.engines.tensor import start_distance

    def make(program: Any) -> Any:
        return FusedNeuron(program, FastSigmoid(scale=start_distance(program)))

    return _neurons(trial, make, training=True)


def _neurons(trial: Trial, make: Callable[..., Any], training: bool = False) -> Outcome:
    import torch

    (population,), (piece,) = trial.network.populations, trial.pieces
    assert population.model is not None
    program = compile_program(population.model, trial.dt_s)
    neuron = make(program)
    current = torch.from_numpy(piece.currents[population.name])[None].requires_grad_(training)
    drawn = draw_noise(program, 0, population.name, 0, piece.steps, population.size)
    noise = {name: torch.from_numpy(values)[None] for name, values in drawn.items()}
    if hasattr(neuron, "refuses") and (reason := neuron.refuses(current, noise)):
        raise ValueError(reason)
    found = neuron.run(current, record=True, noise=noise)
    states = {name: _array(values) for name, values in found.states.items()}
    return Outcome({population.name: _array(found.spikes).astype(bool)}, {population.name: states}, {})


def _array(values: Any) -> np.ndarray:
    return values[0].detach().numpy()


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("native", "networks", _native, ("engines/native/*.py", *_COMPILED)),
        Engine("tensor network", "networks", _tensor_network, ("engines/tensor_network/*.py", _TERMS)),
        Engine("tensor", "neurons", _tensor, _TENSOR),
        Engine("fused", "neurons", _fused, _FUSED),
        Engine("fused, training", "neurons", _training, _FUSED),
        Engine("Brian2 cython", "networks", _cython, (), ours=False),
    )
}


def engines_of(runs: str, cython: bool) -> tuple[Engine, ...]:
    """The engines that run "networks" or "neurons", with or without the one that needs a C compiler for each model."""
    return tuple(engine for engine in ENGINES.values() if engine.runs == runs and (engine.ours or cython))


@cache
def source_digest(engine: str) -> str:
    """Of all source that a cell of this engine depends on: a cell is kept while it stays the same."""
    root, digest = Path(__file__).parent.parent, hashlib.sha256()
    for pattern in (*_SHARED, *ENGINES[engine].files):
        for path in sorted(root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Of the libraries whose arithmetic a certificate rests on."""
    return {name: version(name) for name in ("brian2", "numba", "numpy", "torch")}
