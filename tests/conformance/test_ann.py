"""Every part in ann's catalogue keeps what its kind promises."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
import torch
from sklearn.utils.estimator_checks import estimator_checks_generator

import ann
from ann import (
    GRU,
    MLP,
    VAE,
    Autoencoder,
    Backprop,
    Classifier,
    EncoderDecoder,
    FrozenHidden,
    Generator,
    Logistic,
    PCAClassifier,
    PixelGaussian,
    Regressor,
    SequenceClassifier,
    SequenceRegressor,
    ShuffledLabels,
    TrainingSamples,
    testing,
)

ROOT = Path(ann.__file__).parent
PARTS = [path for room in ("models", "rules", "learners") for path in sorted((ROOT / room).glob("[!_]*.py"))]
LEARNERS = [
    Regressor(MLP(hidden=(30,)), Backprop(learning_rate=1e-2), epochs=60, batch_size=16, device="cpu", random_state=0),
    Classifier(MLP(hidden=(16,)), Backprop(learning_rate=1e-2), epochs=30, device="cpu", random_state=0),
    PCAClassifier(8, FrozenHidden(learning_rate=3e-2), epochs=30, device="cpu", random_state=0),
    ShuffledLabels(Classifier(Logistic(), epochs=2, device="cpu"), random_state=0),
    SequenceClassifier(GRU((8,)), epochs=2, device="cpu", random_state=0),
    SequenceRegressor(GRU((8,)), epochs=2, device="cpu", random_state=0),
    Autoencoder(EncoderDecoder((8,), code=2), epochs=2, device="cpu", random_state=0),
    Generator(VAE((8,), code=2, observation="gaussian"), epochs=2, device="cpu", random_state=0),
    PixelGaussian(),
    TrainingSamples(),
]


def part(path):
    module = import_module(f"ann.{path.parent.name}.{path.stem}")
    found = [
        value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "name", None) == path.stem
    ]
    assert len(found) == 1, f"{path.name} has {len(found)} public objects named {path.stem!r}"
    return found[0]


def parts(room):
    return [pytest.param(path, id=path.stem) for path in PARTS if path.parent.name == room]


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PARTS])
def test_a_file_says_in_its_first_line_what_its_part_is(path):
    line = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    assert 10 < len(line) <= 80
    part(path)


@pytest.mark.parametrize("path", parts("models"))
def test_a_model_recipe_keeps_its_promises(path):
    testing.check_model(part(path)())


@pytest.mark.parametrize("path", parts("rules"))
def test_a_learning_rule_keeps_its_promises(path):
    testing.check_rule(part(path)())


@pytest.mark.parametrize("path", parts("learners"))
def test_every_learner_is_among_those_that_scikit_learn_checks(path):
    assert part(path) in {type(learner) for learner in LEARNERS}


@pytest.mark.filterwarnings("ignore")  # the checks feed odd data on purpose
@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        pytest.param(estimator, check, id=f"{type(estimator).__name__}-{check.func.__name__}")
        for learner in LEARNERS
        for estimator, check in estimator_checks_generator(learner)
        if check.func.__name__
        != "check_array_api_input"  # about an interface of arrays that these learners do not offer
    ],
)
def test_a_learner_follows_scikit_learns_protocol(estimator, check):
    check(estimator)
