"""Logistic regression on two clouds, which a line tells apart, and on two moons, which it does not.

The toolkit's own learner: ann.Classifier(ann.Logistic()) trained by backpropagation. Of its two outputs only the
difference counts: p(class 1 | x) = sigmoid(w . x + b), and the boundary is the line w . x + b = 0 (Cox 1958).
"""

from __future__ import annotations

from math import erf, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from compare.tasks.blobs import Blobs
from compare.tasks.moons import Moons

if TYPE_CHECKING:
    from ann import Classifier

__all__ = ["TASKS", "best_accuracy", "told", "trained"]

TASKS: dict[str, Blobs | Moons] = {
    "blobs": Blobs(classes=2, spread=0.15, train=400, test=2000),
    "moons": Moons(noise=0.15, train=400, test=2000),
}
EPOCHS, BATCH, RATE = 60, 32, 0.1
SHOWN = 70  # test points in the picture


def trained(task: str, seed: int) -> Classifier:
    """Logistic regression of a task's training points; the seed draws the start and the order of the samples."""
    import ann

    rule = ann.Backprop(learning_rate=RATE)
    learner = ann.Classifier(
        ann.Logistic(), rule, epochs=EPOCHS, batch_size=BATCH, device="cpu", random_state=seed
    )  # fmt: skip
    return learner.fit(*TASKS[task].load().train)


def best_accuracy(task: Blobs) -> float:
    """The most that any classifier can expect on two clouds: Phi(d / (2 spread)), d the distance of the centres."""
    distance = float(np.linalg.norm(task.centres()[1] - task.centres()[0]))
    return 0.5 * (1 + erf(distance / (2 * task.spread) / sqrt(2)))


def told(seed: int) -> dict[str, Any]:
    """JSON-ready: task -> w, b, accuracies, and some test points with the probability that each got."""
    return {name: _of(name, seed) for name in TASKS}


def _of(name: str, seed: int) -> dict[str, Any]:
    task = TASKS[name]
    learner, split = trained(name, seed), task.load()
    weights = learner.weights()
    W, b = weights["output.linear.weight"].astype(float), weights["output.linear.bias"].astype(float)
    X, y = split.test
    return {
        "title": task.title,
        "w": (W[1] - W[0]).tolist(),
        "b": float(b[1] - b[0]),
        "train_accuracy": float(learner.score(*split.train)),
        "test_accuracy": float(learner.score(X, y)),
        "best_accuracy": best_accuracy(task) if isinstance(task, Blobs) else None,
        "train": task.train,
        "test": task.test,
        "points": X[:SHOWN].astype(float).tolist(),
        "labels": y[:SHOWN].tolist(),
        "probability": learner.predict_proba(X[:SHOWN])[:, 1].tolist(),
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "learning_rate": RATE,
    }
