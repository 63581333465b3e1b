"""What does a trained network lose on MNIST when its ReLUs become integrate-and-fire neurons?

    python experiments/conversion_mnist.py

An MLP of 784-128-128-10 is trained once for each seed; every conversion is made from that same trained network and
answers the same 10,000 test images, which chose nothing here. Beside both accuracies stands how far the firing rates
are from the activations that they stand for, times T, by layer: in spikes of one presentation. What was measured is
written to experiments/conversion_mnist.json.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.frozen import FrozenEstimator

import ann
import bio
from compare.contract import Split
from compare.tasks import Mnist

SEEDS, STEPS, PERCENTILES = (0, 1, 2), (16, 64, 256), (100.0, 99.9)
HIDDEN, EPOCHS, RATE = (128, 128), 6, 2e-3
RESULT = Path(__file__).with_suffix(".json")


def trained(seed: int, X: np.ndarray, y: np.ndarray) -> ann.Classifier:
    """The artificial network, before its conversion; its settings were not searched."""
    rule = ann.Backprop(learning_rate=RATE, schedule="cosine")
    return ann.Classifier(ann.MLP(hidden=HIDDEN), rule, epochs=EPOCHS, device="cpu", random_state=seed).fit(X, y)


def measured(network: ann.Classifier, split: Split, steps: int, percentile: float) -> dict:
    """One conversion of a trained network, beside the network itself."""
    spiking = bio.ConvertedClassifier(FrozenEstimator(network), steps=steps, percentile=percentile, random_state=0)
    spiking.fit(*split.train)  # trains nothing: the frozen network is converted as it is
    X, y = split.test
    own, found = network.predict(X), spiking.predict(X)
    errors = spiking.conversion_error(X).set_index("layer")
    return {
        "steps": steps,
        "percentile": percentile,
        "accuracy": float(np.mean(found == y)),
        "trained_accuracy": float(np.mean(own == y)),
        "other_answers": int(np.sum(own != found)),
        "rate_error_times_steps": errors.round(4).to_dict("index"),
    }


def main() -> None:
    split, rows = Mnist(validation=5000).load(0), []
    for seed in SEEDS:
        network = trained(seed, *split.train)
        for percentile in PERCENTILES:
            for steps in STEPS:
                row = {"seed": seed} | measured(network, split, steps, percentile)
                rows.append(row)
                print(json.dumps(row), flush=True)
    settings = {"hidden": HIDDEN, "epochs": EPOCHS, "learning_rate": RATE, "schedule": "cosine", "train": 55_000}
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    RESULT.write_text(f'{{"settings": {json.dumps(settings)},\n "runs": [\n  {lines}]}}\n')
    print(RESULT)


if __name__ == "__main__":
    main()
