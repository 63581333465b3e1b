"""The same training in scikit-learn, skorch and Keras: same architecture, batch, optimiser, rate and passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch

from ann.contract import Model

EPOCHS = 2


@dataclass(frozen=True)
class Task:
    """What is learned: X (sample, *shape) float32, labels y (sample,), by a network of the recipe `model`."""

    model: Model
    X: np.ndarray
    y: np.ndarray
    batch: int = 64
    rate: float = 1e-3

    def network(self, generator: torch.Generator) -> torch.nn.Module:
        """A new network with 10 outputs."""
        return self.model.build(self.X.shape[1:], 10, generator)


def peers(kind: str, task: Task) -> dict[str, Callable[[], object]]:
    """Those libraries that are installed and have such a network; says which are not installed.

    Args:
        kind: "mlp", "cnn" or "lstm".
        task: what they train.
    """
    found: dict[str, Callable[[], object]] = {}
    if kind == "mlp":  # scikit-learn has no other network
        found["scikit-learn MLPClassifier"] = lambda: scikit_learn(task)
    for name, peer in {"skorch": lambda: skorch(task), "Keras (torch backend)": lambda: keras(kind, task)}.items():
        if find_spec(name.split()[0].lower()) is None:
            print(f"{name} is not installed")
        else:
            found[name] = peer
    return found


def scikit_learn(task: Task) -> None:
    """MLPClassifier without its stopping rule and its penalty."""
    import_module("sklearn.neural_network").MLPClassifier(
        task.model.hidden,  # type: ignore[attr-defined]
        alpha=0.0,
        batch_size=task.batch,
        learning_rate_init=task.rate,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS + 1,
        random_state=0,
    ).fit(task.X.reshape(len(task.X), -1), task.y)


def skorch(task: Task) -> None:
    """The very module that we train, in its estimator."""
    net = import_module("skorch").NeuralNetClassifier(
        task.network(torch.Generator().manual_seed(0)),
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=task.rate,
        batch_size=task.batch,
        max_epochs=EPOCHS,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    net.fit(task.X, task.y)


def keras(kind: str, task: Task) -> None:
    """Its own layers of the same sizes."""
    os.environ["KERAS_BACKEND"] = "torch"
    library = import_module("keras")
    library.config.set_image_data_format("channels_first")
    network = library.Sequential([library.Input(task.X.shape[1:]), *_keras_layers(kind, task.model, library.layers)])
    loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=library.optimizers.Adam(task.rate), loss=loss)
    ours = sum(p.numel() for p in task.network(torch.Generator()).parameters())
    assert network.count_params() in (ours, ours - _second_biases(kind, task.model)), "another network than ours"
    network.fit(task.X, task.y, batch_size=task.batch, epochs=EPOCHS, verbose=0, shuffle=True)


def _keras_layers(kind: str, model: Any, layers: Any) -> list[Any]:
    last = layers.Dense(10)
    if kind == "mlp":
        return [layers.Flatten(), *(layers.Dense(size, activation="relu") for size in model.hidden), last]
    if kind == "lstm":
        return [*(layers.LSTM(size, return_sequences=size != model.hidden[-1]) for size in model.hidden), last]
    filters = []
    for size in model.channels:
        filters += [layers.Conv2D(size, model.kernel, padding="same", activation="relu"), layers.MaxPooling2D()]
    return [*filters, layers.Flatten(), *(layers.Dense(size, activation="relu") for size in model.hidden), last]


def _second_biases(kind: str, model: Any) -> int:
    """torch's gates have two biases that are added, Keras's have one."""
    return sum(4 * size for size in model.hidden) if kind == "lstm" else 0
