"""Diehl & Cook's network as BindsNET ships it, one image at a time, served to a benchmark in our environment.

Its weights per spike (22.5 and -120) and its current-based neurons are its own; the input is the same images' Poisson
spikes, drawn within the time, at 50 instead of 63.75 Hz for white: then its neurons fire about as often as ours do.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from _elsewhere import serve

# A torchvision built for CUDA lacks two operators beside a torch for CPUs; BindsNET only plots with it.
for name in ("nms", "qnms"):
    torch.library.define(f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from bindsnet.models import DiehlAndCook2015  # noqa: E402
from bindsnet.network.monitors import Monitor  # noqa: E402

IMAGE_MS, MAX_RATE_HZ = 350, 50.0


def main(file: str, neurons: int) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    X, chance = np.load(file), np.random.default_rng(0)
    network = DiehlAndCook2015(
        n_inpt=X.shape[1], n_neurons=neurons, exc=22.5, inh=120, dt=1.0, norm=78.4, theta_plus=0.05,
        inpt_shape=(1, 28, 28), nu=(1e-4, 1e-2),
    )  # fmt: skip
    monitor = Monitor(network.layers["Ae"], ["s"], time=IMAGE_MS)
    network.add_monitor(monitor, "Ae")

    def run() -> tuple[float, float]:
        spikes, start = 0, time.perf_counter()
        for image in X:
            fired = chance.random((IMAGE_MS, 1, 1, 28, 28), np.float32) < image.reshape(28, 28) * MAX_RATE_HZ * 1e-3
            network.run({"X": torch.from_numpy(fired)}, time=IMAGE_MS)
            spikes += int(monitor.get("s").sum())
            network.reset_state_variables()
        return spikes / len(X), time.perf_counter() - start

    serve(run)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
