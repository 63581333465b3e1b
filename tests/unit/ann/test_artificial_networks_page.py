"""docs/artificial_networks.md runs as it stands, and names every learner and model."""

import re
from pathlib import Path

import pytest

import ann
from ann import models

PAGE = (Path(ann.__file__).parents[1] / "docs" / "artificial_networks.md").read_text(encoding="utf-8")
SCRIPT = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))


def test_the_pages_examples_run(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime", reason="one of them runs a network in onnxruntime")
    monkeypatch.chdir(tmp_path)
    found: dict = {}
    exec(compile(SCRIPT, "docs/artificial_networks.md", "exec"), found)
    assert found["learner"].score(found["X"][1500:], found["y"][1500:]) > 0.8
    assert found["pieces"].score(found["X"][1500:], found["y"][1500:]) > 0.5
    assert found["small"].progress_.passes > 1


def test_every_model_and_every_learner_of_networks_is_named():
    named = set(re.findall(r"`(\w+)`", PAGE))
    learners = {"Autoencoder", "Classifier", "Generator", "Regressor", "SequenceClassifier", "SequenceRegressor"}
    assert (set(models.__all__) - {"Block"}) | learners <= named
