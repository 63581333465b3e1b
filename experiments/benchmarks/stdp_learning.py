"""STDP learning: Diehl & Cook's network on the native engine and in Brian2, ms an image, one thread.

784 inputs, 400 + 400 neurons; 350 ms an image at dt 1 ms, and at dt 0.5 ms with 150 ms of rest behind it. Before each
image all neurons' weights are scaled to one sum, and nothing else is reset. Ours draws the input spikes within the
time, as Brian2 and BindsNET do. BindsNET (dt 1 ms, its own network of that name, one image at a time) is a process in
an environment of its own and sees the first images only. SpikingJelly, whose model is a reduced one, was measured apart
on this kind of machine: 222 ms an image.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import astuple
from pathlib import Path
from typing import Any

import brian2 as b2
import numpy as np
from _diehl_cook import Native, images
from _diehl_cook_brian import Cython
from _elsewhere import Elsewhere, interpreter
from _interleave import Sample, alike, interleaved, report

IMAGES, FEW, REPEATS = 100, 20, 5
BINDSNET = "BindsNET, one image at a time"


def compare(X: np.ndarray, source: str, dt_ms: float, rest_ms: float) -> None:
    """One workload, all contestants."""
    how: dict[str, Any] = {"dt_ms": dt_ms, "rest_ms": rest_ms}
    contestants: dict[str, Any] = {
        f"neurocontrast {one}": Native(X, dtype=one, **how) for one in ("float64", "float32")
    }
    with tempfile.NamedTemporaryFile(suffix=".npy") as file, tempfile.NamedTemporaryFile(suffix=".npy") as few:
        np.save(file.name, X)
        np.save(few.name, X[:FEW])
        if compiler := shutil.which("g++"):
            script = str(Path(__file__).with_name("_diehl_cook_brian.py"))
            standalone = Elsewhere(script, file.name, 400, dt_ms, rest_ms, per=len(X))
            contestants[f"Brian2 {b2.__version__} cython"] = Cython(X, **how)
            contestants[f"Brian2 {b2.__version__} cpp_standalone"] = standalone
        python = interpreter("bindsnet") if (dt_ms, rest_ms) == (1.0, 0.0) else None
        if python:
            script = str(Path(__file__).with_name("_diehl_cook_bindsnet.py"))
            contestants[BINDSNET] = Elsewhere(script, few.name, 400, python=python)
        samples = interleaved(contestants, REPEATS)
        if python:
            samples[BINDSNET] = [
                Sample(*(len(X) / FEW * seconds for seconds in astuple(one))) for one in samples[BINDSNET]
            ]
            contestants[BINDSNET].close()
        if compiler:
            how["standalone_loop_alone_ms"] = float(np.median(standalone.told[1:])) * 1e3 / len(X)
            standalone.close()
    spikes = {name: one.spikes for name, one in contestants.items()}
    report("stdp_learning", samples, 1e3 / len(X), "ms an image", images=len(X), neurons=400, source=source, **how,
           comparable=alike(spikes), spikes_an_image=spikes)  # fmt: skip


def main() -> None:
    X, source = images(IMAGES)
    compare(X, source, dt_ms=1.0, rest_ms=0.0)
    compare(X, source, dt_ms=0.5, rest_ms=150.0)


if __name__ == "__main__":
    main()
