"""A made-up study with a task of each kind of target, written through the store's own writer; nothing is trained.

Each learner serves some tasks and refuses the others, as in reality. Answers are the targets with noise, so that every
score follows from the arrays of the same run; angles to the gradient shrink while learning.

    python tests/mixed_study.py FOLDER [SEEDS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from synthetic_study import LEARNERS, _provenance, describe

from compare.scores import score_of
from compare.store import Record, Study, create_study, dataset_bytes, pack, write_index, write_run, write_stimuli

TEST, STEPS, CLASSES, SIDE, SHEET = 60, 5, 3, 6, 16
OBSERVE = [0, 100, 1000, 10000]
QUANTITY = {"quantity": "made up", "units": ""}
CONSTANT = 1.0  # squared error of the best constant answer to standard normal targets
FRECHET, RECONSTRUCTION = (90.0, 40.0, 20.0, 12.0), (0.5, 0.3, 0.2, 0.1)  # at each observation


@dataclass(frozen=True)
class Made:
    """A made-up learner: the tasks it serves, the noise of its answers, and its last angle in degrees or None."""

    label: str
    family: str
    serves: tuple[str, ...]
    noise: float
    angle: float | None
    makes: bool = False
    gives_back: bool = False


MADE = [
    Made("regressor", "backprop", ("line", "echo"), 0.1, 0.0),
    Made("regressor by feedback alignment", "feedback", ("line", "echo"), 0.4, 60.0),
    Made("perturbed regressor, which hardly learns", "feedback", ("line",), 0.9, None),
    Made("sequence classifier", "backprop", ("copy",), 0.1, 0.0),
    Made("sequence classifier by e-prop", "feedback", ("copy",), 0.3, 75.0),
    Made("classifier", "backprop", ("three classes",), 0.05, 0.0),
    Made("VAE", "backprop", ("patterns",), 0.1, None, makes=True, gives_back=True),
    Made("GAN", "backprop", ("patterns",), 0.2, None, makes=True),
    Made("autoencoder", "backprop", ("patterns",), 0.05, 0.0, gives_back=True),
]
FACTS: dict[str, dict[str, Any]] = {
    "three classes": {"target": "class", "axes": ["feature"], "shape": [4], "classes": CLASSES, "chance": 1 / 3},
    "line": {"target": "value", "axes": ["feature"], "shape": [1], "classes": None, "chance": CONSTANT},
    "copy": {"target": "class per step", "axes": ["time", "feature"], "shape": [STEPS, 2], "classes": CLASSES,
             "chance": 1 / 3},
    "echo": {"target": "value per step", "axes": ["time", "feature"], "shape": [STEPS, 1], "classes": None,
             "chance": CONSTANT},
    "patterns": {"target": "none", "axes": ["channel", "height", "width"], "shape": [1, SIDE, SIDE],
                 "classes": CLASSES, "chance": None},
}  # fmt: skip


def write_mixed_study(
    folder: str | Path,
    *,
    seeds: int = 3,
    tasks: Collection[str] = tuple(FACTS),
    change_plan: Callable[[dict[str, Any]], None] = lambda plan: None,
    change: Callable[[Record], Record] = lambda record: record,
) -> Study:
    """Write the study with some of the tasks, and the learners that serve at least one of them.

    Args:
        change_plan: edits the plan in place.
        change: edits a run.
    """
    plan = mixed_plan(seeds, tasks)
    change_plan(plan)
    create_study(folder, plan=plan, toml=f"seeds = {seeds}\n", provenance=_provenance())
    for told in plan["tasks"]:
        write_stimuli(folder, told["name"], told, dataset_bytes(_stimuli(told["name"])))
    by_label = {made.label: made for made in MADE}
    for planned in plan["runs"]:
        write_run(folder, planned["key"], pack(change(mixed_record(planned, by_label[planned["label"]]))))
    write_index(folder)
    return Study(folder)


def mixed_plan(seeds: int, tasks: Collection[str]) -> dict[str, Any]:
    """plan.json; contrasts are between learners of the same kind."""
    learners = [made for made in MADE if set(made.serves) & set(tasks)]
    labels = [made.label for made in learners]
    contrasts = [["regressor", "regressor by feedback alignment"],
                 ["sequence classifier", "sequence classifier by e-prop"], ["VAE", "GAN"]]  # fmt: skip
    return {
        "question": "Does every kind of answer have its place?",
        "seeds": list(range(seeds)), "inputs": ["clean"], "verdict_input": "clean", "margin": 0.01,
        "contrasts": [pair for pair in contrasts if set(pair) <= set(labels)],
        "encoding": {"type": "poisson", "duration": "350 ms"}, "device": "cpu", "observe": OBSERVE,
        "tasks": [_task(name) for name in tasks],
        "learners": [{"label": made.label, "spec": {"type": "classifier"}, "given": ["type"]} for made in learners],
        "runs": [
            {"key": f"{MADE.index(made):x}{list(FACTS).index(task):x}{seed:03x}".ljust(16, "0"),
             "label": made.label, "task": task, "input": "clean", "seed": seed}
            for made in learners for task in tasks for seed in range(seeds)
        ],
        "command": "neurocontrast run mixed.toml",
    }  # fmt: skip


def _task(name: str) -> dict[str, Any]:
    score = score_of(FACTS[name]["target"])
    facts = {**FACTS[name], "examples": {"train": 500, "validation": 50, "test": TEST}}
    told = {"metric": score.metric, "unit": score.unit, "better": score.better, "percent": score.percent}
    return {"name": name, "spec": {"type": name}, "title": f"Task {name}", "licence": "none", "source": {},
            "facts": facts, "score": told, "checksum": "0" * 64}  # fmt: skip


def mixed_record(planned: dict[str, Any], made: Made) -> Record:
    """One run; on a task that its learner does not serve a refusal."""
    facts = {**planned, "task_spec": {}, "learner_spec": {}, "given": [], "encoder_spec": None, "status": "done",
             "message": "", "traceback": "", "description": None, "times": {"fit_s": 1.0, "total_s": 1.5},
             "peak_memory_mb": 100.0, "examples_seen": 10000, "flags": [], "versions": {},
             "started": "2026-01-01T10:00:00+00:00", "finished": "2026-01-01T10:00:02+00:00"}  # fmt: skip
    if planned["task"] not in made.serves:
        return Record({**facts, "status": "refused", "message": "It does not serve such targets."})
    described = describe(next(it for it in LEARNERS if it.label == "MLP"), "clean")
    chance = np.random.default_rng([planned["seed"], MADE.index(made), list(FACTS).index(planned["task"])])
    arrays = _arrays(planned["task"], made, chance)
    operations = pd.DataFrame(
        [("inference", "hidden", "MAC", 100.0 + MADE.index(made), 60.0 + MADE.index(made))],
        columns=["phase", "layer", "operation", "dense", "effective"],
    )
    return Record(
        {**facts, "description": {**described, "family": made.family}},
        metrics=_metrics(planned, made, arrays),
        operations=operations,
        arrays=arrays,
    )


def _arrays(task: str, made: Made, chance: np.random.Generator) -> xr.Dataset:
    target, kind = _targets(task), FACTS[task]["target"]
    axes = ("test", "step")[: target.ndim]
    activity = chance.normal(size=(TEST, 7)).astype(np.float32)
    found: dict[str, Any] = {
        "probe_target": (("probe", "probe_step")[: target.ndim], target, QUANTITY),
        "activation__hidden": (("probe", "neuron__hidden"), activity, QUANTITY),
        "activation_initial__hidden": (("probe", "neuron__hidden"), activity[::-1].copy(), QUANTITY),
    }
    if kind.startswith("class"):
        wrong = (target + chance.integers(1, CLASSES, target.shape)) % CLASSES
        answer = np.where(chance.random(target.shape) < made.noise, wrong, target)
        score = np.full((*target.shape, CLASSES), 0.1, np.float32)
        np.put_along_axis(score, answer[..., None], 0.8, axis=-1)
        found |= {"test_target": (axes, target, QUANTITY), "test_prediction": (axes, answer, QUANTITY),
                  "test_score": ((*axes, "class_"), score, QUANTITY)}  # fmt: skip
    elif kind.startswith("value"):
        answer = (target + made.noise * chance.normal(size=target.shape)).astype(np.float32)
        found |= {"test_target": (axes, target, QUANTITY), "test_prediction": (axes, answer, QUANTITY)}
    else:
        found |= _sheet(made, chance)
    return xr.Dataset(found)


def _sheet(made: Made, chance: np.random.Generator) -> dict[str, Any]:
    axes = ("sheet", "channel", "height", "width")
    samples = _samples()[:SHEET]
    found: dict[str, Any] = {}
    if made.gives_back:
        back = np.clip(samples + made.noise * chance.normal(size=samples.shape), 0, 1).astype(np.float32)
        found |= {"test_sample": (axes, samples, QUANTITY), "reconstruction_sample": (axes, back, QUANTITY)}
    if made.makes:
        found["made_sample"] = (axes, chance.random(samples.shape).astype(np.float32), QUANTITY)
    return found


def _targets(task: str) -> np.ndarray:
    """The test set, the same for all; of samples the classes by which they are judged."""
    chance, kind = np.random.default_rng(list(FACTS).index(task)), FACTS[task]["target"]
    shape = (TEST, STEPS) if kind.endswith("per step") else (TEST,)
    if kind.startswith("value"):
        return chance.normal(size=shape).astype(np.float32)
    return np.arange(np.prod(shape), dtype=np.int64).reshape(shape) % CLASSES


def _samples() -> np.ndarray:
    return np.random.default_rng(9).random((TEST, 1, SIDE, SIDE)).astype(np.float32)


def _stimuli(task: str) -> xr.Dataset:
    facts, target = FACTS[task], _targets(task)[:CLASSES]
    stimulus = np.random.default_rng(5).random((CLASSES, *facts["shape"])).astype(np.float32)
    axes = ["sample_time" if axis == "time" else axis for axis in facts["axes"]]
    return xr.Dataset({"stimulus": (("class_", *axes), stimulus, QUANTITY),
                       "label": (("class_", "step")[: target.ndim], target, QUANTITY)})  # fmt: skip


def _metrics(planned: dict[str, Any], made: Made, arrays: xr.Dataset) -> pd.DataFrame:
    kind = FACTS[planned["task"]]["target"]
    rows: list[tuple[str, int, str, float, str]] = [("test", 10000, "operations_effective", 60.0 + made.noise, "1")]
    if kind.startswith("class"):
        right = float((arrays.test_prediction == arrays.test_target).mean())
        rows += [("test", 10000, name, right, "") for name in ("accuracy", "precision", "recall", "f1")]
        rows += [("validation", at, "accuracy", 1 / 3 + (right - 1 / 3) * i / 3, "") for i, at in enumerate(OBSERVE)]
    elif kind.startswith("value"):
        error = float(((arrays.test_prediction - arrays.test_target).to_numpy().astype(float) ** 2).mean())
        rows += [("test", 10000, "mean_squared_error", error, "target²"),
                 ("test", 10000, "root_mean_squared_error", error**0.5, "target")]  # fmt: skip
        curve = [1.2, 0.5 * (1.2 + error), error + 0.01, error]
        rows += [
            ("validation", at, "mean_squared_error", value, "target²") for at, value in zip(OBSERVE, curve, strict=True)
        ]
    else:
        rows += _sample_metrics(made)
    if made.angle is not None:
        rows += _angle_metrics(made.angle)
    table = pd.DataFrame(rows, columns=["split", "examples_seen", "metric", "value", "unit"])
    who = {"run": planned["key"], "task": planned["task"], "learner": made.label, "input": "clean",
           "seed": planned["seed"]}  # fmt: skip
    return pd.concat([pd.DataFrame([who] * len(table)), table], axis=1)


def _sample_metrics(made: Made) -> list[tuple[str, int, str, float, str]]:
    rows: list[tuple[str, int, str, float, str]] = []
    if made.makes:
        rows += [("test", 10000, "frechet_distance", 10 + made.noise, "feature²"),
                 ("test", 10000, "density", 0.8, "data"), ("test", 10000, "coverage", 0.6, "")]  # fmt: skip
        rows += [("validation", at, "frechet_distance", v, "feature²") for at, v in zip(OBSERVE, FRECHET, strict=True)]
    if made.gives_back:
        rows += [("test", 10000, "reconstruction_error", made.noise, "sample")]
        rows += [("validation", at, "reconstruction_error", v, "sample")
                 for at, v in zip(OBSERVE, RECONSTRUCTION, strict=True)]  # fmt: skip
    return rows


def _angle_metrics(last: float) -> list[tuple[str, int, str, float, str]]:
    """A hidden layer whose angle falls from 90 degrees, and an output layer that follows the gradient."""
    rows: list[tuple[str, int, str, float, str]] = []
    for place, at in enumerate(OBSERVE):
        angle = 90 + (last - 90) * place / 3 if last else 0.0
        rows += [("train", at, "gradient_angle.hidden", angle, "degree"),
                 ("train", at, "gradient_angle.output", 0.0, "degree"),
                 ("train", at, "gradient_angle_chance.hidden", 2.0, "degree"),
                 ("train", at, "gradient_angle_chance.output", 5.0, "degree")]  # fmt: skip
    return rows


if __name__ == "__main__":
    written = write_mixed_study(sys.argv[1], seeds=int(sys.argv[2]) if len(sys.argv) > 2 else 3)
    sys.stdout.write(f"{written!r}\n{written.index.status.value_counts().to_string()}\n")
