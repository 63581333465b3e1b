"""A complete study made of plausible numbers, written through the store's own writer, for tests of what reads a study.

Nothing is trained. Images are scikit-learn's digits at 28 x 28; accuracies, curves, activations, spikes and weights are
drawn so that families differ as they do in reality: controls are weak, learned layers group the classes, untrained ones
carry the images only. One run was refused and one failed.

    python tests/synthetic_study.py FOLDER [SEEDS]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.ndimage import zoom
from sklearn.datasets import load_digits

from compare.store import Record, Study, create_study, dataset_bytes, pack, write_index, write_run, write_stimuli

TASK, CLASSES, TEST, PROBE, STEPS, DT_S = "digits", 10, 300, 100, 350, 1e-3
OBSERVE = [0, 100, 300, 1000, 3000, 10000]
REFUSED = ("untrained STDP, linear", "clean")  # in the last seed
FAILED = ("surrogate LIF", "encoded")  # in the last seed but one


@dataclass(frozen=True)
class Synthetic:
    """What a made-up learner reaches and how it is built; `examples` sets how fast its curve grows."""

    label: str
    family: str
    type: str
    encoded: float
    clean: float
    examples: float
    hidden: int
    spiking: bool = False
    trained: bool = True
    hidden_trained: bool = True


LEARNERS = [
    Synthetic("logistic regression", "backprop", "classifier", 0.925, 0.948, 700, 0),
    Synthetic("MLP", "backprop", "classifier", 0.951, 0.974, 900, 25),
    Synthetic("CNN", "backprop", "classifier", 0.966, 0.985, 1500, 25),
    Synthetic("surrogate LIF", "surrogate gradient", "classifier", 0.948, 0.964, 1400, 25, spiking=True),
    Synthetic("STDP (Diehl & Cook)", "STDP", "diehl_cook", 0.842, 0.848, 500, 25, spiking=True),
    Synthetic("Hebbian (Sanger)", "Hebbian", "classifier", 0.905, 0.921, 600, 25),
    Synthetic("frozen random features", "control", "classifier", 0.882, 0.903, 800, 25, hidden_trained=False),
    Synthetic("PCA", "control", "pca_classifier", 0.915, 0.934, 400, 25),
    Synthetic("untrained STDP, vote", "control", "diehl_cook", 0.262, 0.258, 1, 25, spiking=True, trained=False),
    Synthetic("untrained STDP, linear", "control", "diehl_cook", 0.381, 0.377, 1, 25, spiking=True, trained=False),
    Synthetic("shuffled labels", "control", "shuffled_labels", 0.101, 0.099, 900, 25),
]  # fmt: skip


def write_synthetic_study(folder: str | Path, *, seeds: int = 10) -> Study:
    """Write the whole study and open it."""
    plan = synthetic_plan(seeds)
    create_study(folder, plan=plan, toml=_toml(seeds), provenance=_provenance())
    _write_task(folder)
    by_label = {learner.label: learner for learner in LEARNERS}
    for planned in plan["runs"]:
        record = synthetic_record(planned, by_label[planned["label"]], seeds)
        write_run(folder, planned["key"], pack(record))
    write_index(folder)
    return Study(folder)


def synthetic_plan(seeds: int) -> dict[str, Any]:
    """plan.json of the made-up study."""
    task = {"name": TASK, "spec": {"type": "digits", "size": 28}, "title": "Handwritten digits, 28 x 28",
            "licence": "CC BY 4.0", "source": _source("Alpaydin & Kaynak 1998, UCI Machine Learning Repository"),
            "facts": {"target": "class", "axes": ["channel", "height", "width"], "shape": [1, 28, 28],
                      "classes": CLASSES, "chance": 0.1, "examples": {"train": 1000, "validation": 297, "test": TEST}},
            "checksum": "5f1d7a84db8c2b30e7f6b5c9a1d2e3f405162738495a6b7c8d9eafb0c1d2e3f4"}  # fmt: skip
    runs = [
        {"key": _key(number, condition, seed), "label": learner.label, "task": TASK, "input": condition, "seed": seed}
        for number, learner in enumerate(LEARNERS)
        for condition in ("encoded", "clean")
        for seed in range(seeds)
    ]
    return {
        "question": "Which learns handwritten digits better: STDP or backprop?",
        "seeds": list(range(seeds)),
        "inputs": ["encoded", "clean"],
        "verdict_input": "encoded",
        "metric": "accuracy",
        "margin": 0.01,
        "contrasts": [["MLP", "STDP (Diehl & Cook)"], ["MLP", "surrogate LIF"],
                      ["STDP (Diehl & Cook)", "untrained STDP, vote"], ["Hebbian (Sanger)", "frozen random features"]],
        "encoding": {"type": "poisson", "duration": "350 ms", "max_rate": "63.75 Hz", "dt": "1 ms"},
        "device": "cpu",
        "observe": OBSERVE,
        "tasks": [task],
        "learners": [{"label": it.label, "spec": _spec(it), "given": ["type", "model"]} for it in LEARNERS],
        "runs": runs,
        "command": "neurocontrast run experiments/digits.toml --jobs 2",
    }  # fmt: skip


def synthetic_record(planned: dict[str, Any], learner: Synthetic, seeds: int) -> Record:
    """One run; refused and failed ones carry a sentence and no numbers."""
    seed, condition = planned["seed"], planned["input"]
    facts = {
        **planned,
        "task_spec": {"type": "digits", "size": 28},
        "learner_spec": _spec(learner),
        "given": ["type", "model"],
        "encoder_spec": {"type": "poisson", "duration": "350 ms"} if condition == "encoded" else None,
        "status": "done", "message": "", "traceback": "", "description": describe(learner, condition),
        "times": {"fit_s": 2.0 + learner.hidden / 20, "predict_s": 0.1, "total_s": 2.3 + learner.hidden / 20},
        "peak_memory_mb": 410.0 + learner.hidden, "examples_seen": 10000 if learner.trained else 0,
        "flags": ["silent"] if learner.spiking and not learner.trained else [],
        "versions": {"neurocontrast": "0.1.0", "numpy": "2.3.5", "torch": "2.13.0"},
        "started": f"2026-01-01T10:{seed:02d}:00+00:00", "finished": f"2026-01-01T10:{seed:02d}:03+00:00",
    }  # fmt: skip
    if (learner.label, condition) == REFUSED and seed == seeds - 1:
        sentence = "The linear read-out needs at least one example of every class; class 7 has none."
        return Record({**facts, "status": "refused", "message": sentence, "description": None, "examples_seen": 0})
    if (learner.label, condition) == FAILED and seed == seeds - 2:
        message = "RuntimeError: The loss is NaN after 640 examples."
        trace = f"Traceback (most recent call last):\n  ...\n{message}"
        return Record({**facts, "status": "failed", "message": message, "traceback": trace,
                       "description": None, "examples_seen": 640}, log="ERROR fit stopped\n")  # fmt: skip
    chance = np.random.default_rng([seed, LEARNERS.index(learner), condition == "clean"])
    arrays = _arrays(learner, condition, seed, chance)
    return Record(
        facts,
        config=_toml(seeds),
        metrics=_metrics(planned, learner, arrays, chance),
        operations=_operations(learner),
        spikes=_spikes(chance) if learner.spiking else None,
        arrays=arrays,
        weights=_weights(learner, arrays, chance),
        log="INFO fit: 10000 examples\nINFO predict: 300 examples\n",
    )


def describe(learner: Synthetic, condition: str) -> dict[str, Any]:
    """Everything that `compare.contract.Described` asks for."""
    layers = [{"name": "input", "neurons": 784, "parameters": 0, "text": "28 x 28 values or spikes"}]
    if learner.hidden:
        text = "leaky integrate-and-fire" if learner.spiking else "ReLU"
        layers.append({"name": "hidden", "neurons": learner.hidden, "parameters": 785 * learner.hidden, "text": text})
    inputs = learner.hidden or 784
    layers.append({"name": "output", "neurons": CLASSES, "parameters": (inputs + 1) * CLASSES, "text": "softmax"})
    neuron = {
        "name": "lif", "equations": "dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)",
        "parameters": {"tau_m": "20 ms", "v_threshold": "-50 mV", "v_rest": "-65 mV"},
        "text": "Leaky integrate-and-fire neuron", "source": _source("Lapicque 1907"),
    }  # fmt: skip
    name, equation, signals, citation = _RULES[learner.family if learner.trained else "control"]
    spikes = "the study's spikes in 25 bins" if learner.spiking else "counts of the study's spikes"
    return {
        "family": learner.family,
        "engine": {"diehl_cook": "numba", "pca_classifier": "scikit-learn"}.get(learner.type, "torch"),
        "reads": spikes if condition == "encoded" else "clean values",
        "readout": "vote of labelled neurons" if learner.type == "diehl_cook" else "softmax of the output layer",
        "layers": layers,
        "parameters": sum(layer["parameters"] for layer in layers),
        "state": 2 * learner.hidden if learner.spiking else 0,
        "time_steps": 25 if learner.spiking else None,
        "neuron": neuron if learner.spiking else None,
        "rule": {
            "name": name,
            "equation": equation,
            "signals": signals,
            "text": f"{name}, as published",
            "source": citation,
        },
        "training": {"passes": 10, "examples": 10000 if learner.trained else 0, "updates": 160, "batch_size": 64},
        "settings": {"learning_rate": 1e-3, "hidden": learner.hidden},
        "sources": [_source("Diehl & Cook 2015, Front. Comput. Neurosci. 9:99", "10.3389/fncom.2015.00099"), citation],
        "departures": ["Weak images are shown again at a higher intensity."] if learner.type == "diehl_cook" else [],
    }


def _source(text: str, doi: str = "") -> dict[str, Any]:
    author, _, rest = text.partition(" 1")
    year = next((int(word.strip(",.")) for word in text.split() if word.strip(",.").isdigit() and len(word) >= 4), None)
    return {"text": text, "authors": author, "title": rest or text, "journal": "", "year": year, "doi": doi}


_RULES = {
    "backprop": ("backprop", "dW = -eta delta h'", ["pre", "post", "vector error", "downstream weights"],
                 _source("Rumelhart, Hinton & Williams 1986, Nature 323:533", "10.1038/323533a0")),
    "surrogate gradient": ("backprop", "dS/dU -> 1/(1 + beta |U - th|)^2",
                           ["pre", "post", "vector error", "downstream weights", "stored history"],
                           _source("Zenke & Ganguli 2018, Neural Comput. 30:1514", "10.1162/neco_a_01086")),
    "STDP": ("stdp", "pre: w -= a post1; post: w += b pre post2", ["pre", "post"],
             _source("Diehl & Cook 2015, Front. Comput. Neurosci. 9:99", "10.3389/fncom.2015.00099")),
    "Hebbian": ("sanger", "dW = eta (y x' - LT[y y'] W)", ["pre", "post"],
                _source("Sanger 1989, Neural Netw. 2:459", "10.1016/0893-6080(89)90044-0")),
    "control": ("none", "dW = 0", [], _source("Jarrett et al. 2009, ICCV", "10.1109/ICCV.2009.5459469")),
}  # fmt: skip


def _key(number: int, condition: str, seed: int) -> str:
    return f"{number:02x}{condition == 'clean':x}{seed:03x}".ljust(16, "0")


def _spec(learner: Synthetic) -> dict[str, Any]:
    return {"type": learner.type, "model": {"type": "mlp", "hidden": [learner.hidden]}, "epochs": 10, "batch_size": 64}


def _toml(seeds: int) -> str:
    return (
        f'question = "Which learns handwritten digits better: STDP or backprop?"\nseeds = {seeds}\ntasks = ["digits"]\n'
    )


def _provenance() -> dict[str, Any]:
    return {
        "created": "2026-01-01T10:00:00+00:00",
        "python": "3.11.9", "platform": "Linux-6.1-x86_64", "processor": "A processor", "cores": 2, "gpu": None,
        "memory_gb": 8.0, "threads": 1,
        "versions": {"neurocontrast": "0.1.0", "numpy": "2.3.5", "torch": "2.13.0", "brian2": "2.9.0"},
        "git": {"commit": "0123456789abcdef0123456789abcdef01234567", "dirty": False},
        "commands": ["neurocontrast run experiments/digits.toml --jobs 2"],
        "lock": ["numpy==2.3.5", "torch==2.13.0"],
    }  # fmt: skip


@cache
def _images() -> tuple[np.ndarray, np.ndarray]:
    """Probe images (PROBE, 28, 28) in [0, 1] and their labels, ten of each class first come first served."""
    digits: Any = load_digits()
    chosen = np.concatenate([np.flatnonzero(digits.target == label)[: PROBE // CLASSES] for label in range(CLASSES)])
    large = np.array([zoom(image, 3.5, order=1) for image in digits.images[chosen] / 16])
    return np.clip(large, 0, 1).astype(np.float32), digits.target[chosen].astype(np.int64)


def _write_task(folder: str | Path) -> None:
    images, labels = _images()
    first = [int(np.flatnonzero(labels == label)[0]) for label in range(CLASSES)]
    rates = images[first].reshape(CLASSES, 1, -1) * 63.75 * DT_S
    raster = (np.random.default_rng(0).random((CLASSES, STEPS, 784)) < rates).astype(np.uint8)
    stimuli = xr.Dataset(
        {
            "stimulus": (
                ("class_", "channel", "height", "width"),
                images[first][:, None],
                _attributes("intensity", ""),
            ),
            "label": ("class_", labels[first], _attributes("class", "")),
            "raster": (("class_", "time", "neuron"), raster, _attributes("spikes", "1")),
        },
        coords={"time": ("time", np.arange(STEPS) * DT_S, _attributes("time", "s"))},
    )
    write_stimuli(folder, TASK, synthetic_plan(1)["tasks"][0], dataset_bytes(stimuli))


def _attributes(quantity: str, units: str) -> dict[str, str]:
    return {"quantity": quantity, "units": units}


def _arrays(learner: Synthetic, condition: str, seed: int, chance: np.random.Generator) -> xr.Dataset:
    images, labels = _images()
    target = np.random.default_rng(7).integers(0, CLASSES, TEST)  # the test set is the same for all
    reached = np.clip((learner.encoded if condition == "encoded" else learner.clean) + chance.normal(0, 0.007), 0, 1)
    wrong = (target + chance.integers(1, CLASSES, TEST)) % CLASSES
    prediction = np.where(chance.random(TEST) < reached, target, wrong)
    score = chance.dirichlet(np.full(CLASSES, 0.3), TEST) * 0.4
    score[np.arange(TEST), prediction] += 0.6
    arrays = {
        "test_prediction": ("test", prediction, _attributes("class", "")),
        "test_target": ("test", target, _attributes("class", "")),
        "test_score": (("test", "class_"), score.astype(np.float32), _attributes("probability", "")),
        "probe_target": ("probe", labels, _attributes("class", "")),
    }
    flat = images.reshape(PROBE, -1)
    quantity = _attributes("spike count", "1") if learner.spiking else _attributes("activation", "")
    random = chance.normal(0, 1 / 28, (784, max(learner.hidden, 1)))
    for layer, neurons in (("hidden", learner.hidden), ("output", CLASSES)):
        if not neurons:
            continue
        before = np.maximum(flat @ random[:, :neurons] if layer == "hidden" else flat[:, 300:310], 0)
        learned = learner.trained and (layer == "output" or learner.hidden_trained)
        after = _grouped(before, labels, neurons, seed, learner, chance) if learned else before
        if learner.spiking:
            before, after = np.round(4 * before), np.round(4 * np.maximum(after, 0))
        dimensions = ("probe", f"neuron__{layer}")
        arrays[f"activation_initial__{layer}"] = (dimensions, before.astype(np.float32), quantity)
        arrays[f"activation__{layer}"] = (dimensions, after.astype(np.float32), quantity)
    if learner.spiking:
        counts = arrays["activation__hidden"][1].mean(0) * (np.arange(learner.hidden) % 7 > 0)
        arrays["rate__input"] = ("neuron__input", flat.mean(0) * 22, _attributes("mean spikes per sample", "1"))
        arrays["rate__hidden"] = ("neuron__hidden", counts, _attributes("mean spikes per sample", "1"))
    if learner.hidden:
        fields = _receptive_fields(learner, images, labels, random.T.reshape(-1, 28, 28), chance)
        arrays["receptive_field"] = (("neuron_rf", "height", "width"), fields, _attributes("weight", ""))
    return xr.Dataset(arrays)


def _grouped(
    before: np.ndarray, labels: np.ndarray, neurons: int, seed: int, learner: Synthetic, chance: np.random.Generator
) -> np.ndarray:
    """Activations whose classes have come together: families share the class geometry, learners add their own turn."""
    shared = np.random.default_rng(len(learner.family)).normal(0, 1, (CLASSES, neurons))
    rotation, _ = np.linalg.qr(chance.normal(0, 1, (neurons, neurons)))
    strength = 0.2 if learner.label == "shuffled labels" else 1.5
    return before + strength * shared[labels] @ rotation + chance.normal(0, 0.4, (len(labels), neurons))


def _receptive_fields(
    learner: Synthetic, images: np.ndarray, labels: np.ndarray, random: np.ndarray, chance: np.random.Generator
) -> np.ndarray:
    if not learner.trained or not learner.hidden_trained:
        return random.astype(np.float32)
    templates = np.stack([images[labels == n % CLASSES].mean(0) for n in range(learner.hidden)])
    return (templates + chance.normal(0, 0.05, templates.shape)).astype(np.float32)


def _metrics(
    planned: dict[str, Any], learner: Synthetic, arrays: xr.Dataset, chance: np.random.Generator
) -> pd.DataFrame:
    correct = float((arrays.test_prediction == arrays.test_target).mean())
    description = describe(learner, planned["input"])
    operations = _operations(learner).query("phase == 'inference'")
    scalars = [
        ("accuracy", correct, ""), ("precision", correct - 0.002, ""), ("recall", correct - 0.001, ""),
        ("f1", correct - 0.0015, ""),
        ("parameters", description["parameters"], "1"), ("state_memory", description["state"], "1"),
        ("operations_dense", operations.dense.sum(), "1"), ("operations_effective", operations.effective.sum(), "1"),
    ]  # fmt: skip
    if learner.spiking:
        rates = arrays["rate__hidden"].to_numpy()
        scalars += [("spikes_per_sample", rates.sum(), "1"), ("silent_share", (rates == 0).mean(), ""),
                    ("mean_rate_hz", rates.mean() / (STEPS * DT_S), "Hz")]  # fmt: skip
    rows = [("test", 10000 if learner.trained else 0, name, float(value), unit) for name, value, unit in scalars]
    for seen in OBSERVE if learner.trained else [0]:
        grown = (
            0.1 + (correct - 0.1) * (1 - np.exp(-((seen / learner.examples) ** 0.8))) if learner.trained else correct
        )
        rows.append(("validation", seen, "accuracy", float(np.clip(grown + chance.normal(0, 0.008), 0, 1)), ""))
    table = pd.DataFrame(rows, columns=["split", "examples_seen", "metric", "value", "unit"])
    who = {
        "run": planned["key"],
        "task": TASK,
        "learner": learner.label,
        "input": planned["input"],
        "seed": planned["seed"],
    }
    return pd.concat([pd.DataFrame([who] * len(table)), table], axis=1)


def _operations(learner: Synthetic) -> pd.DataFrame:
    """Dense counts what a layer could do, effective what it does where zeros are skipped."""
    sizes = [784, *([learner.hidden] if learner.hidden else []), CLASSES]
    steps, share = (25, 0.04) if learner.spiking else (1, 0.45)
    rows = []
    for name, before, after in zip(["hidden", "output"][-len(sizes) + 1 :], sizes[:-1], sizes[1:], strict=True):
        dense = float(before * after * steps)
        rows.append(("inference", name, "AC" if learner.spiking else "MAC", dense, dense * share))
        if learner.spiking:
            rows.append(("inference", name, "MAC", float(after * steps), float(after * steps)))
        if learner.trained:
            rows.append(("training", name, "MAC", 3 * dense, 2.2 * dense))
    return pd.DataFrame(rows, columns=["phase", "layer", "operation", "dense", "effective"])


def _spikes(chance: np.random.Generator) -> pd.DataFrame:
    """Spikes of three probe samples: the input follows the image, few hidden neurons answer."""
    images, _ = _images()
    tables = []
    for sample in range(3):
        for population, rates in (("input", images[sample].ravel() * 63.75), ("hidden", chance.gamma(0.5, 20, 25))):
            step, neuron = np.nonzero(chance.random((STEPS, len(rates))) < rates * DT_S)
            tables.append(
                pd.DataFrame({"sample": sample, "population": population, "neuron": neuron, "t_s": step * DT_S})
            )
    return pd.concat(tables, ignore_index=True)


def _weights(learner: Synthetic, arrays: xr.Dataset, chance: np.random.Generator) -> dict[str, np.ndarray]:
    after = (CLASSES, learner.hidden or 784)
    weights = {
        "initial/output.weight": chance.normal(0, 0.05, after),
        "final/output.weight": chance.normal(0, 0.3, after),
    }
    if learner.hidden:
        fields = arrays["receptive_field"].to_numpy().reshape(learner.hidden, -1)
        start = chance.normal(0, 1 / 28, fields.shape)
        weights |= {
            "initial/hidden.weight": fields if not learner.hidden_trained else start,
            "final/hidden.weight": fields,
        }
    return {name: array.astype(np.float32) for name, array in weights.items()}


if __name__ == "__main__":
    written = write_synthetic_study(sys.argv[1], seeds=int(sys.argv[2]) if len(sys.argv) > 2 else 10)
    sys.stdout.write(f"{written!r}\n{written.index.status.value_counts().to_string()}\n")
