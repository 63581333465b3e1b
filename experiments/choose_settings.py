"""Chooses the settings of digits.toml, mnist.toml and memory.toml without their test samples.

    python experiments/choose_settings.py digits       4-fold cross-validation on training and validation images
    python experiments/choose_settings.py mnist        20,000 training images, judged by 2,000 validation images
    python experiments/choose_settings.py memory       training sequences, judged by the validation sequences
    python experiments/choose_settings.py digits PCA   of one learner only

Every setting that was tried is written to experiments/settings/, with its accuracy. The clean input, one seed. What is
not here was not searched: the Diehl & Cook network has the parameters of its paper.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import GridSearchCV, PredefinedSplit, StratifiedKFold

import ann
import bio
from ann.rules import FrozenHidden, Sanger
from bio.neurons import ADAPTIVE_LIF, LIF
from compare.tasks import DelayedMatchToSample, Digits, Mnist


def backprop(rates: list[float], schedules: tuple[str, ...] = ("constant", "cosine"), **given: object) -> list:
    return [ann.Backprop(learning_rate=rate, schedule=one, **given) for one in schedules for rate in rates]


def digits_grids() -> dict[str, tuple[ann.Classifier, dict]]:
    hidden = (100,)
    linear = ann.MLP(hidden=hidden, activation="linear")
    cnns = [ann.CNN(channels=(16, 32), kernel=5, hidden=(42,), normalisation=one) for one in ("none", "batch")]
    adam = [1e-3, 3e-3, 1e-2]
    return {
        "logistic regression": (ann.Classifier(ann.Logistic(), epochs=12), {"rule": backprop(adam, ("constant",))}),
        "MLP": (
            ann.Classifier(ann.MLP(hidden=hidden), epochs=25, batch_size=32),
            {"rule": backprop([0.05, 0.1, 0.2], optimiser="sgd") + backprop(adam)},
        ),
        "CNN": (ann.Classifier(cnns[0], epochs=12, batch_size=32), {"model": cnns, "rule": backprop(adam)}),
        "surrogate gradient (LIF)": (
            ann.Classifier(bio.SnnTorchMLP(hidden=hidden, steps=25), epochs=12),
            {"rule": backprop([1e-3, 2e-3, 4e-3])},
        ),
        "Hebbian (Sanger)": (
            ann.Classifier(linear, epochs=20),
            {"rule": [Sanger(learning_rate=rate) for rate in (3e-3, 1e-2, 3e-2, 1e-1)]},
        ),
        "random hidden layer": (
            ann.Classifier(ann.MLP(hidden=hidden), epochs=20),
            {"rule": [FrozenHidden(learning_rate=rate) for rate in (1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0)]},
        ),
        "PCA": (
            ann.PCAClassifier(components=100, epochs=20),
            {"rule": [FrozenHidden(learning_rate=rate) for rate in (1e-2, 3e-2, 1e-1, 3e-1)]},
        ),
    }


def mnist_grids() -> dict[str, tuple[ann.Classifier, dict]]:
    hidden = (128,)
    cnn = ann.CNN(channels=(16, 32), kernel=5, hidden=(56,), normalisation="batch")
    return {
        "logistic regression": (
            ann.Classifier(ann.Logistic(), epochs=5),
            {"rule": backprop([1e-3, 3e-3, 1e-2, 3e-2], ("constant",))},
        ),
        "MLP": (
            ann.Classifier(ann.MLP(hidden=hidden), epochs=10),
            {"rule": backprop([2e-3, 4e-3, 8e-3, 1.6e-2], ("cosine",))},
        ),
        "CNN": (ann.Classifier(cnn, epochs=3), {"rule": backprop([1e-3, 2e-3, 4e-3, 8e-3], ("cosine",))}),
        "surrogate gradient (LIF)": (
            ann.Classifier(bio.SnnTorchMLP(hidden=hidden, steps=25), epochs=8),
            {"rule": backprop([1e-3, 2e-3, 4e-3], ("cosine",))},
        ),
        "Hebbian (Sanger)": (
            ann.Classifier(ann.MLP(hidden=hidden, activation="linear"), epochs=5),
            {"rule": [Sanger(learning_rate=rate) for rate in (3e-3, 1e-2, 3e-2)]},
        ),
        "random hidden layer": (
            ann.Classifier(ann.MLP(hidden=hidden), epochs=5),
            {"rule": [FrozenHidden(learning_rate=rate) for rate in (1e-2, 3e-2, 1e-1, 3e-1, 1.0)]},
        ),
    }


def memory_grids() -> dict[str, tuple[ann.Classifier, dict]]:
    """The same four trials for every spiking network, and as many for the others."""
    given = {"reads": "values", "steps": 10, "duration": "400 ms", "dt": "10 ms", "gain": 3.0}
    rule = ann.Backprop(schedule="cosine")
    found: dict[str, tuple[ann.Classifier, dict]] = {}
    for name, neuron in (("LIF", LIF), ("adaptive LIF", ADAPTIVE_LIF)):
        models = {
            f"recurrent ({name})": bio.SpikingRNN(neuron, hidden=(64,), recurrent_gain=1.5, **given),
            f"feed-forward ({name})": bio.SpikingMLP(neuron, hidden=(64, 63), **given),
        }
        grid = {"model__slope": [3.0, 10.0], "rule__learning_rate": [2e-3, 5e-3]}
        for label, model in models.items():
            found[label] = ann.Classifier(model, rule, epochs=10, batch_size=50), grid
    for label, model in {"MLP": ann.MLP(hidden=(149,)), "logistic regression": ann.Logistic()}.items():
        rates = {"rule__learning_rate": [1e-3, 2e-3, 5e-3, 1e-2]}
        found[label] = ann.Classifier(model, rule, epochs=10, batch_size=50), rates
    return found


def main(task: str, *learners: str) -> None:
    if task == "digits":
        split, grids = Digits(size=28).load(), digits_grids()
        train, cv = slice(None), StratifiedKFold(4, shuffle=True, random_state=0)
    elif task == "memory":
        split, grids = DelayedMatchToSample().load(), memory_grids()
        train = slice(None)
        cv = PredefinedSplit(np.repeat([-1, 0], [len(split.train[0]), len(split.validation[0])]))
    else:
        split, grids = Mnist(validation=2000).load(), mnist_grids()
        train = slice(20_000)
        cv = PredefinedSplit(np.r_[np.full(20_000, -1), np.zeros(len(split.validation[0]), int)])
    X = np.concatenate([split.train[0][train], split.validation[0]])
    y = np.concatenate([split.train[1][train], split.validation[1]])
    path = Path(__file__).parent / "settings" / f"{task}.json"
    tried = json.loads(path.read_text()) if learners else {}
    for name in learners or grids:
        learner, grid = grids[name]
        search = GridSearchCV(learner.set_params(random_state=0), grid, cv=cv, refit=False, n_jobs=2).fit(X, y)
        results = search.cv_results_
        order = np.argsort(-results["mean_test_score"], kind="stable")
        tried[name] = [
            {
                "setting": {key: repr(value) for key, value in results["params"][i].items()},
                "accuracy": round(float(results["mean_test_score"][i]), 4),
            }
            for i in order
        ]
        print(name, *(f"  {one['accuracy']:.4f}  {one['setting']}" for one in tried[name]), sep="\n", flush=True)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(tried, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
