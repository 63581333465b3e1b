"""Chooses the settings of generation_digits.toml and generation_mnist.toml without their test samples.

    python experiments/choose_generation_settings.py digits        judged by 297 validation images
    python experiments/choose_generation_settings.py mnist         10,000 training images, judged by 2,000 others
    python experiments/choose_generation_settings.py mnist GAN     of one learner only

A generator is judged as in the study, by the Fréchet distance of as many made images as there are validation images;
one seed. Every setting that was tried is written to experiments/settings/generation.json, with its distance after a
half, three quarters and all of its passes, by the number of images seen. (Of the digits' GAN one rate was tried.)
"""

import json
import sys
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np

import ann
from compare.metrics import FixedFeatures, fixed_features
from compare.metrics._frechet import frechet_distance
from compare.tasks import Generation

KEPT = Path(__file__).parent / "settings" / "generation.json"
TASKS = {"digits": Generation(), "mnist": Generation(of="mnist", train=10_000, validation=2_000)}


def adam(rate: float, schedule: Literal["constant", "cosine"] = "constant", momentum: float = 0.9) -> ann.Backprop:
    return ann.Backprop(learning_rate=rate, schedule=schedule, momentum=momentum)


def tried(task: str) -> dict[str, list[Any]]:
    """Label -> the learners that are compared."""
    small = task == "digits"
    hidden, passes, batch = ((64,), 100, 32) if small else ((256,), 30, 64)
    gan_passes = 150 if small else 25
    settings = {"batch_size": batch, "device": "cpu", "random_state": 0}
    codes, rates = ([4, 8], [3e-3, 1e-2]) if small else ([8, 16, 32], [2e-3])
    return {
        "VAE": [
            ann.Generator(ann.VAE(hidden, code=code), adam(rate, "cosine"), epochs=passes, **settings)
            for code, rate in product(codes, rates)
        ],
        "GAN": [
            ann.Generator(ann.GAN((16, 32), code=32), adam(rate, momentum=0.5), epochs=gan_passes, **settings)
            for rate in ([5e-4, 1e-3, 2e-3] if small else [5e-4, 1e-3])
        ],
    }


class Scores:
    """An observer that judges the learner at some of the examples that it sees."""

    def __init__(self, points: list[int], X: np.ndarray, features: FixedFeatures) -> None:
        self.waiting, self.X, self.features = sorted(points), X, features
        self.found: dict[str, float] = {}

    def due(self, examples_seen: int) -> bool:
        return bool(self.waiting) and examples_seen >= self.waiting[0]

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        while self.due(examples_seen):
            self.waiting.pop(0)
        made = learner.sample(len(self.X), random_state=0)
        score = frechet_distance(self.features(self.X), self.features(made))
        self.found[str(examples_seen)] = round(score, 4)
        print(f"  {examples_seen:>8,}  {score:.4f}", flush=True)


def choose(task: str, labels: list[str]) -> None:
    """Try the learners of a task and keep what came of it."""
    split = TASKS[task].load(0)
    (X, y), validation = split.train, split.validation[0]
    features = fixed_features(X, y)
    for label in labels:
        for learner in tried(task)[label]:
            print(task, label, learner, flush=True)
            points = [round(share * learner.epochs * len(X)) for share in (0.5, 0.75, 1)]
            scores = Scores(points, validation, features)
            learner.fit(X, observer=scores)
            keep(task, label, {"model": repr(learner.model), "rule": repr(learner.rule), "score": scores.found})


def keep(task: str, label: str, row: dict[str, Any]) -> None:
    """Add a row to the file, in the place of an older one of the same settings."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    rows = kept.setdefault(task, {}).setdefault(label, [])
    rows[:] = [old for old in rows if (old["model"], old["rule"]) != (row["model"], row["rule"])] + [row]
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    choose(sys.argv[1], sys.argv[2:] or ["VAE", "GAN"])
