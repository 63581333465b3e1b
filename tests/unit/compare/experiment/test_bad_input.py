"""Every mistake in an experiment gets one message that says what, where and how to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ann
from compare import Experiment
from compare.errors import ConfigurationError

TEXT = """question = "Does a hidden layer help?"
seeds = 2
tasks = ["xor"]
contrasts = [["MLP", "logistic"]]

[learners."MLP"]
type = "classifier"
epochs = 1
model = { type = "mlp", hidden = [5] }
rule = { type = "backprop", learning_rate = 1e-2 }

[learners.logistic]
type = "classifier"
model = "logistic"
"""

MISTAKES = [
    ("seeds = 2", "seeds = 0", "x.toml:2  seeds = 0 runs nothing."),
    ("seeds = 2", "seeds = -3", "x.toml:2  seeds = -3 runs nothing."),
    ("seeds = 2", "seeds = []", "x.toml:2  seeds = [] runs nothing."),
    ("seeds = 2", "seeds = [1, 1]", "x.toml:2  seeds = [1, 1]: each is a whole number from 0, and none comes twice."),
    ("seeds = 2", 'seeds = "ten"', "x.toml:2  seeds = 'ten' is not a number of seeds."),
    ("seeds = 2", "sedes = 2", 'x.toml:2  An experiment has no "sedes". Did you mean "seeds"?'),
    ("seeds = 2", 'inputs = ["dirty"]', 'x.toml:2  inputs: "dirty" is not an input.'),
    ("seeds = 2", 'inputs = ["clean"]\nverdict_input = "encoded"', 'x.toml:3  verdict_input = "encoded" is not one of'),
    ("seeds = 2", "margin = 3", "x.toml:2  margin = 3 is not a difference that can matter."),
    ("seeds = 2", 'device = "gpu"', 'x.toml:2  device = "gpu" is not a device.'),
    ("seeds = 2", 'metric = "acuracy"', 'x.toml:2  metric = "acuracy" is not a metric. Did you mean "accuracy"?'),
    ("seeds = 2", "observe = [-1]", "x.toml:2  observe = [-1] is not a list of numbers of examples."),
    ("seeds = 2", 'plugins = ["a.py"]', "x.toml:2  A file cannot name code to load."),
    ("seeds = 2", 'encoding = { type = "poisson", duration = 350 }', 'x.toml:2  duration = 350 has no unit. '),
    ("seeds = 2", 'encoding = "poison"', 'x.toml:2  encoding = "poison" is not an encoder. Did you mean "poisson"?'),
    ('["xor"]', '["xr"]', 'x.toml:3  tasks = "xr" is not a task. Did you mean "xor"?'),
    ('["xor"]', '["xor", "xor"]', "x.toml:3  tasks: xor comes twice"),
    ('["xor"]', "[]", "x.toml:3  tasks = [] is not a list of tasks."),
    ('["MLP", "logistic"]', '["MLP", "logstic"]', 'x.toml:4  contrasts: there is no learner "logstic". Did'),
    ('["MLP", "logistic"]', '["MLP", "MLP"]', "x.toml:4  contrasts: ['MLP', 'MLP'] is not a pair"),
    ('"logistic"]]', '"logistic"],\n["logistic", "MLP"]]', "x.toml:5  contrasts: ['logistic', 'MLP'] comes t"),
    ("learners.logistic", "learners.MLP", "x.toml:12  Cannot declare ('learners', 'MLP') twice."),
    ("learners.logistic", "learners.mlp", 'x.toml:12  learners "MLP" and "mlp" have the same label to a reader.'),
    ("epochs = 1", "epoch = 1", 'x.toml:8  [learners.MLP] has no "epoch". Did you mean "epochs"?'),
    ("epochs = 1", 'epochs = "many"', 'x.toml:8  epochs = "many" is not a whole number.'),
    ("epochs = 1", "epochs = 1\nrandom_state = 3", "x.toml:9  [learners.MLP] sets random_state."),
    ('"backprop"', '"bakprop"', 'x.toml:10  type = "bakprop" is not a learning rule. Did you mean "backprop"?'),
    ('rule = { type = "backprop", learning_rate = 1e-2 }', 'rule = "bakprop"', 'x.toml:10  rule = "bakprop" is not a'),
    ('type = "classifier"\nepochs', 'type = "clasifier"\nepochs', 'x.toml:7  type = "clasifier" is not'),
    ("hidden =", "hiden =", 'x.toml:9  [model] has no "hiden". Did you mean "hidden"?'),
    ('model = "logistic"', "", 'x.toml:12  [learners.logistic] lacks "model"'),
    ("question", "# question", 'x.toml  An experiment needs "question".'),
    ("seeds = 2", "seeds 2", "x.toml:2  Expected '='"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES, ids=[wrong[:40] for _, wrong, _ in MISTAKES])
def test_a_mistake_in_a_file_is_said_with_its_line(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    file = tmp_path / "x.toml"
    assert right in TEXT
    file.write_text(TEXT.replace(right, wrong, 1))
    with pytest.raises(ConfigurationError) as caught:
        Experiment.from_toml(file)
    assert str(caught.value).startswith(message)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("seeds", "-s seeds is not a change. Write -s key=value"),
        ("sedes=3", '-s sedes=3: the experiment has no "sedes". Did you mean "seeds"?'),
        ("seeds=0", "-s seeds=0  seeds = 0 runs nothing."),
        ("MLP.epoch=3", '-s MLP.epoch=3  [learners.MLP] has no "epoch". Did you mean "epochs"?'),
        ("rule.lerning_rate=3", '-s rule.lerning_rate=3  [rule] has no "lerning_rate". Did you mean "learning_rate"?'),
        ("learners.CNN.epochs=3", '-s learners.CNN.epochs=3  [learners.CNN] has no "type".'),
        ("question.x=3", '-s question.x=3: there is no "x" to change'),
        ("tasks.4.noise=3", '-s tasks.4.noise=3: there is no "4" to change'),
    ],
)
def test_a_mistake_in_a_change_is_said_with_the_change(tmp_path: Path, change: str, message: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(TEXT)
    with pytest.raises(ConfigurationError) as caught:
        Experiment.from_toml(file, overrides=[change])
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["absent", "no text"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"x\.toml (cannot be read|is not UTF-8)"):
        Experiment.from_toml(file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learners": {}}, "learners is empty"),
        ({"learners": {" ": ann.Classifier(ann.MLP())}}, "the label ' ' is empty"),
        ({"learners": {"MLP": ann.MLP()}}, r'learners\."MLP" = .* is not a learner'),
        ({"learners": {"MLP": ann.Classifier}}, r"Classifier is a class\. Give an object"),
        (
            {"learners": {"a": ann.Classifier(ann.MLP()), "b": ann.Classifier(ann.MLP(hidden=(100,)))}},
            '"b" and "a" are the same learner',
        ),
        ({"question": "  "}, "question is empty"),
        ({"tasks": "digits"}, "is not a list of tasks"),
        ({"seeds": True}, "is not a number of seeds"),
        ({"inputs": "clean"}, "is not a list of inputs"),
        ({"plugins": ["nowhere.py"]}, r"nowhere\.py cannot be read"),
    ],
)
def test_a_mistake_in_python_is_said(change: dict[str, Any], message: str) -> None:
    right = {"question": "?", "tasks": ["xor"], "learners": {"MLP": ann.Classifier(ann.MLP())}, "seeds": 1}
    with pytest.raises(ConfigurationError, match=message):
        Experiment(**{**right, **change})
