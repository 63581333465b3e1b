"""Chooses the learning rates of the adding problem by its validation sequences; the test sequences are not looked at.

    python experiments/adding_problem_settings.py          all networks
    python experiments/adding_problem_settings.py GRU      of one network only

Four rates for each network, one seed. Every rate that was tried is written to experiments/settings/adding_problem.json,
with the mean squared error on the validation sequences.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

import ann
from compare.tasks import AddingProblem

RATES = (1e-3, 2e-3, 5e-3, 1e-2)
# about 17,400 parameters each
NETWORKS = {"LSTM": ann.LSTM(hidden=(64,)), "GRU": ann.GRU(hidden=(74,)), "plain RNN": ann.RNN(hidden=(130,))}


def learner(model: ann.contract.Model, rate: float) -> ann.Regressor:
    """What the experiment trains, but for the seed."""
    rule = ann.Backprop(learning_rate=rate, schedule="cosine")
    return ann.Regressor(model, rule, epochs=30, batch_size=50, clip_norm=1.0, device="cpu", random_state=0)


def main(*networks: str) -> None:
    """Try all rates of these networks, or of all of them."""
    torch.set_num_threads(1)
    split = AddingProblem(steps=100).load()
    X, y = split.validation
    path = Path(__file__).parent / "settings" / "adding_problem.json"
    tried = json.loads(path.read_text()) if path.exists() else {}
    for name in networks or NETWORKS:
        found = []
        for rate in RATES:
            fitted = learner(NETWORKS[name], rate).fit(*split.train)
            error = float(np.mean((fitted.predict(X) - y) ** 2))
            setting = {"rule": repr(fitted.rule)}
            found.append(
                {"setting": setting, "mean_squared_error": round(error, 6), "ended": fitted.progress_.ended_early}
            )
            print(f"{name:10s} {rate:g} {error:.5f}", flush=True)
            tried[name] = sorted(found, key=lambda one: one["mean_squared_error"])
            path.write_text(json.dumps(tried, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
