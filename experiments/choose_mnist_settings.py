"""Chooses settings of learning_rules_mnist.toml and local_rules_mnist.toml without test images.

    python experiments/choose_mnist_settings.py learning_rules_mnist_batch_size
    python experiments/choose_mnist_settings.py learning_rules_mnist      what each rule has of its own
    python experiments/choose_mnist_settings.py learning_rules_mnist sign-symmetry    of one learner only
    python experiments/choose_mnist_settings.py local_rules_mnist         read-outs of competing neurons and a control

Every trial learns from the training images that its search says, one seed, and is judged by 5,000 validation images.
Each learner of a search has as many trials as the others, or the control more. All that was tried is written to
experiments/settings/, with its accuracy and, for learning rules, with the angle between each hidden layer's update and
minus the gradient on 1,000 validation images once training is over, and the update's length in gradients.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import ann
from ann import rules
from compare.learning import gradient_angles
from compare.tasks import Mnist

VALIDATION = 5_000
ANGLE_IMAGES = 1_000
SGD = {"optimiser": "sgd", "learning_rate": 0.1, "momentum": 0.0}
BATCH = 32  # what the search for it chose


@dataclass(frozen=True)
class Search:
    """Learners by name, each with the settings that are tried on it.

    Attributes:
        images: how many training images the trials learn from.
        trials: name -> (learner, settings as set_params takes them).
        angles: whether updates are to be laid beside the gradient.
    """

    images: int
    trials: dict[str, tuple[ann.Classifier, list[dict]]]
    angles: bool = False


def tanh_network(rule: object, batch_size: int = BATCH) -> ann.Classifier:
    return ann.Classifier(ann.MLP(hidden=(300, 300), activation="tanh"), rule, epochs=5, batch_size=batch_size)  # type: ignore[arg-type]


def values(parameter: str, *several: object) -> list[dict]:
    return [{parameter: one} for one in several]


def batch_size() -> Search:
    sizes = values("batch_size", 32, 64, 128)
    return Search(
        20_000,
        {
            "backprop": (tanh_network(ann.Backprop(**SGD)), sizes),  # type: ignore[arg-type]
            "frozen hidden layers": (tanh_network(rules.FrozenHidden(**SGD)), sizes),  # type: ignore[arg-type]
        },
    )


def learning_rules() -> Search:
    """Step, momentum and epochs are given; each rule that has a number of its own has three trials."""
    scales, given = values("rule__feedback_scale", 1.0, 2.0, 4.0), SGD
    return Search(
        20_000,
        {
            "feedback alignment": (tanh_network(rules.FeedbackAlignment(**given)), scales),  # type: ignore[arg-type]
            "direct feedback alignment": (tanh_network(rules.DirectFeedbackAlignment(**given)), scales),  # type: ignore[arg-type]
            "sign-symmetry": (tanh_network(rules.SignSymmetry(**given)), scales),  # type: ignore[arg-type]
            "Kolen-Pollack": (
                tanh_network(rules.KolenPollack(learning_rate=0.1, momentum=0.0)),
                values("rule__weight_decay", 1e-4, 3e-4, 1e-3),
            ),
            "weight mirror": (
                tanh_network(rules.WeightMirror(**given)),  # type: ignore[arg-type]
                values("rule__mirror_rate", 0.003, 0.01, 0.03),
            ),
            "target propagation": (
                tanh_network(rules.TargetPropagation(**given)),  # type: ignore[arg-type]
                values("rule__inverse_rate", 0.03, 0.1, 0.3),
            ),
        },
        angles=True,
    )


def local_rules() -> Search:
    """The read-out's step; 2,000 neurons. Squared errors are nearest to Krotov and Hopfield's paper; the control, which
    is bound to no paper, may also have the cross-entropy, and thus more trials than its rival.
    """
    steps = values("rule__learning_rate", 1e-3, 3e-3, 1e-2)
    losses = [step | {"loss": loss} for loss in ("mse", "cross_entropy") for step in steps]

    def learner(rule: object) -> ann.Classifier:
        return ann.Classifier(ann.MLP(hidden=(2000,)), rule, epochs=10, batch_size=100, loss="mse")  # type: ignore[arg-type]

    return Search(
        20_000,
        {
            "Krotov-Hopfield": (learner(rules.KrotovHopfield()), steps),
            "random features": (learner(rules.KrotovHopfield(hebbian_rate=0.0, power=1.0)), losses),
        },
    )


SEARCHES: dict[str, Callable[[], Search]] = {
    "learning_rules_mnist_batch_size": batch_size,
    "learning_rules_mnist": learning_rules,
    "local_rules_mnist": local_rules,
}


def beside_the_gradient(learner: ann.Classifier, X: np.ndarray, y: np.ndarray) -> dict[str, dict[str, float]]:
    """Angle in degrees of each hidden layer's update to minus the gradient, and its length in gradients."""
    update, descent = learner.update_and_gradient(X[:ANGLE_IMAGES], y[:ANGLE_IMAGES])
    layers = list(gradient_angles(update, descent).items())[:-1]
    names = {layer: f"{layer}.linear.weight" for layer, _ in layers}
    lengths = {at: float(np.linalg.norm(update[name]) / np.linalg.norm(descent[name])) for at, name in names.items()}
    return {
        "angles": {layer: round(angle.degrees, 1) for layer, angle in layers},
        "lengths": {layer: round(length, 2) for layer, length in lengths.items()},
    }


def tried(learner: ann.Classifier, settings: list[dict], search: Search) -> list[dict]:
    """Every setting with its accuracy on the validation images, the best first."""
    split, rows = Mnist(validation=VALIDATION).load(), []
    X, y = split.train[0][: search.images], split.train[1][: search.images]
    for setting in settings:
        began = time.process_time()
        learner.set_params(**setting, device="cpu", random_state=0).fit(X, y)
        row = {"setting": {key: repr(value) for key, value in setting.items()}, "images": search.images}
        row["seconds"] = round(time.process_time() - began, 1)
        row["accuracy"] = round(float(learner.score(*split.validation)), 4)
        if search.angles:
            row |= beside_the_gradient(learner, *split.validation)
        more = {key: row[key] for key in ("angles", "lengths") if key in row}
        print(f"  {row['accuracy']:.4f}  {row['seconds']:5.0f} s  {row['setting']}  {more or ''}", flush=True)
        rows.append(row)
    return sorted(rows, key=lambda row: -row["accuracy"])


def main(name: str, *learners: str) -> None:
    search = SEARCHES[name]()
    path = Path(__file__).parent / "settings" / f"{name}.json"
    found = json.loads(path.read_text()) if learners and path.exists() else {}
    for label in learners or search.trials:
        print(label, flush=True)
        found[label] = tried(*search.trials[label], search)
        path.write_text(json.dumps(found, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
