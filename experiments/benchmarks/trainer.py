"""The trainer against a bare torch loop of the same network, ms an update (MLP and CNN, batch 64, Adam, one thread)."""

from __future__ import annotations

import numpy as np
import torch
from _interleave import interleaved, report

import ann
from ann.contract import Model

EPOCHS, SAMPLES, BATCH, REPEATS = 2, 6400, 64, 7


def bare_loop(model: Model, X: np.ndarray, y: np.ndarray) -> None:
    """What a person would write in plain torch."""
    generator = torch.Generator().manual_seed(0)
    network = model.build(X.shape[1:], 10, generator)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(X), generator=generator).split(BATCH):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(inputs[batch]), labels[batch]).backward()
            optimiser.step()


def main() -> None:
    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    X = random.random((SAMPLES, 1, 28, 28), dtype=np.float32)
    y = random.integers(0, 10, SAMPLES)
    for name, model in {"mlp": ann.MLP(hidden=(128,)), "cnn": ann.CNN(channels=(8, 16))}.items():
        contestants = {
            "bare torch loop": lambda model=model: bare_loop(model, X, y),
            "neurocontrast": lambda model=model: ann.Classifier(
                model, epochs=EPOCHS, batch_size=BATCH, device="cpu", random_state=0
            ).fit(X, y),
        }
        updates = EPOCHS * SAMPLES / BATCH
        report(f"trainer_{name}", interleaved(contestants, REPEATS), 1e3 / updates, "ms an update")


if __name__ == "__main__":
    main()
