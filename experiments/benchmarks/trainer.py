"""The trainer against a bare torch loop of the same network and against scikit-learn, skorch and Keras, ms an update.

MLP, CNN and LSTM; batch 64, Adam at 1e-3, cross-entropy, one thread, no validation. A library that is not installed is
said so and left out; they are no dependencies. An environment that has them beside this one:

    python -m venv peers && echo "$(python -c 'import site; print(site.getsitepackages()[0])')" \
        > peers/lib/python3.11/site-packages/main.pth
    peers/bin/pip install --no-deps skorch keras tabulate absl-py namex optree
    peers/bin/python experiments/benchmarks/trainer.py
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import torch
from _interleave import interleaved, report
from _trainer_peers import EPOCHS, Task, peers

import ann
from ann.contract import Model

REPEATS = 9


@dataclass(frozen=True)
class Workload:
    """A network and data of its kind."""

    model: Model
    shape: tuple[int, ...]
    samples: int

    def task(self) -> Task:
        """Noise to be learned by heart: the time does not depend on what is in it."""
        random = np.random.default_rng(0)
        X = random.random((self.samples, *self.shape), dtype=np.float32)
        return Task(self.model, X, random.integers(0, 10, self.samples))


WORKLOADS = {
    "mlp": Workload(ann.MLP(hidden=(128,)), (1, 28, 28), 6400),
    "cnn": Workload(ann.CNN(channels=(8, 16)), (1, 28, 28), 3200),
    "lstm": Workload(ann.LSTM(hidden=(64,)), (28, 28), 3200),
}


def bare_loop(task: Task) -> None:
    """What a person would write in plain torch."""
    generator = torch.Generator().manual_seed(0)
    network = task.network(generator)
    optimiser = torch.optim.Adam(network.parameters(), lr=task.rate)
    inputs, labels = torch.from_numpy(task.X), torch.from_numpy(task.y)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(inputs), generator=generator).split(task.batch):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(inputs[batch]), labels[batch]).backward()
            optimiser.step()


def ours(task: Task) -> None:
    """The learner that a user writes."""
    rule = ann.Backprop(learning_rate=task.rate)
    learner = ann.Classifier(task.model, rule, epochs=EPOCHS, batch_size=task.batch, device="cpu", random_state=0)
    learner.fit(task.X, task.y)


def main(*names: str) -> None:
    """Time these workloads, or all of them."""
    torch.set_num_threads(1)
    for name in names or WORKLOADS:
        task = WORKLOADS[name].task()
        contestants = {
            "bare torch loop": lambda task=task: bare_loop(task),
            "neurocontrast": lambda task=task: ours(task),
        }
        updates = EPOCHS * len(task.X) / task.batch
        report(f"trainer_{name}", interleaved(contestants | peers(name, task), REPEATS), 1e3 / updates, "ms an update")


if __name__ == "__main__":
    main(*sys.argv[1:])
