"""Networks that were written as ONNX answer in onnxruntime as they do here."""

import json
from typing import get_args

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from ann import (
    CNN,
    GAN,
    GRU,
    LSTM,
    MLP,
    RNN,
    VAE,
    Attention,
    Autoencoder,
    Classifier,
    EncoderDecoder,
    FeedbackAlignment,
    Generator,
    Linear,
    PCAClassifier,
    QuantisedMLP,
    Regressor,
    ResidualCNN,
    SequenceClassifier,
    SequenceRegressor,
    ShuffledLabels,
    export_onnx,
)
from ann.models._block import Activation
from bio.models import SpikingMLP
from bio.neurons.lif import LIF

onnxruntime = pytest.importorskip("onnxruntime", reason="the files are checked by running them in onnxruntime")

CHANCE = np.random.Generator(np.random.PCG64(0))
IMAGES = CHANCE.uniform(0, 1, (24, 1, 8, 8)).astype(np.float32)
SEQUENCES = CHANCE.uniform(0, 1, (24, 6, 3)).astype(np.float32)
NAMES = np.array(["a", "b", "c"])[np.arange(24) % 3]
SETTINGS = {"epochs": 1, "batch_size": 8, "device": "cpu", "random_state": 0}


def ran(learner, path, **inputs):
    """What onnxruntime answers, and the file's own words."""
    session = onnxruntime.InferenceSession(str(export_onnx(learner, path)), providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, inputs)
    return answer, session.get_outputs()[0].name, session.get_modelmeta().custom_metadata_map


@pytest.mark.parametrize(
    ("model", "X"),
    [
        (MLP((5,)), IMAGES), (CNN((2,), hidden=(4,), normalisation="batch"), IMAGES), (QuantisedMLP((5,)), IMAGES),
        (ResidualCNN((4, 4)), IMAGES), (ResidualCNN((4,), normalisation="group"), IMAGES),
        (Attention(8, 2, hidden=8), IMAGES), (Attention(8, 2, score="multiplicative"), SEQUENCES),
        (RNN((4,)), SEQUENCES), (LSTM((4, 3)), SEQUENCES), (GRU((4,)), SEQUENCES),
    ],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
def test_a_classifier_gives_its_probabilities(model, X, tmp_path):
    learner = Classifier(model, **SETTINGS).fit(X, NAMES)
    found, name, told = ran(learner, tmp_path / "network.onnx", x=X[:5])
    assert name == "probability"
    assert np.allclose(found, learner.predict_proba(X[:5]), atol=1e-5)  # float32, other kernels
    assert json.loads(told["classes"]) == ["a", "b", "c"]
    assert (told["learner"], told["model"], told["rule"]) == ("classifier", model.name, "backprop")


@pytest.mark.parametrize("activation", get_args(Activation))
def test_every_activation_is_exported(activation, tmp_path):
    X = 6 * IMAGES.reshape(24, 64) - 3
    learner = Classifier(MLP((5,), activation=activation), **SETTINGS).fit(X, NAMES)
    found, _, _ = ran(learner, tmp_path / "network.onnx", x=X)
    assert np.allclose(found, learner.predict_proba(X), atol=1e-5)  # float32


@pytest.mark.parametrize(
    "learner",
    [
        Classifier(MLP((5,)), FeedbackAlignment(), loss="binary_cross_entropy", **SETTINGS),
        PCAClassifier(3, **SETTINGS),
    ],
    ids=lambda learner: learner.name,
)
def test_other_rules_losses_and_readings_are_exported_too(learner, tmp_path):
    X = IMAGES.reshape(24, 64)
    learner.fit(X, NAMES)
    found, _, _ = ran(learner, tmp_path / "network.onnx", x=X)
    assert np.allclose(found, learner.predict_proba(X), atol=1e-5)  # float32


@pytest.mark.parametrize("columns", [1, 2])
def test_a_regressor_gives_values_in_the_targets_own_measure(columns, tmp_path):
    X, y = IMAGES.reshape(24, 64), 1000 + 50 * IMAGES[:, 0, 0, :columns]
    learner = Regressor(Linear(), **SETTINGS).fit(X, y[:, 0] if columns == 1 else y)
    found, name, _ = ran(learner, tmp_path / "network.onnx", x=X)
    assert name == "value"
    assert np.allclose(found, learner.predict(X).reshape(24, columns), rtol=1e-5)  # float32


def test_sequences_are_answered_at_every_step(tmp_path):
    steps = SEQUENCES[:, :, 0] > 0.5
    learner = SequenceClassifier(GRU((4,)), **SETTINGS).fit(SEQUENCES, steps)
    found, _, told = ran(learner, tmp_path / "classes.onnx", x=SEQUENCES[:3])
    assert np.allclose(found, learner.predict_proba(SEQUENCES[:3]), atol=1e-5)  # float32
    assert json.loads(told["classes"]) == [False, True]
    learner = SequenceRegressor(RNN((4,)), **SETTINGS).fit(SEQUENCES, SEQUENCES[:, :, :2])
    found, _, _ = ran(learner, tmp_path / "values.onnx", x=SEQUENCES[:3])
    assert np.allclose(found, learner.predict(SEQUENCES[:3]), atol=1e-5)  # float32


def test_an_autoencoder_gives_its_reconstruction(tmp_path):
    learner = Autoencoder(EncoderDecoder((6,), code=2), **SETTINGS).fit(IMAGES)
    found, name, _ = ran(learner, tmp_path / "network.onnx", x=IMAGES[:4])
    assert name == "reconstruction"
    assert np.allclose(found, learner.predict(IMAGES[:4]), atol=1e-5)  # float32


@pytest.mark.parametrize("model", [VAE((6,), code=3), GAN((2,), code=3)], ids=lambda model: model.name)
def test_a_generator_makes_samples_of_codes(model, tmp_path):
    learner = Generator(model, **SETTINGS).fit(IMAGES)
    codes = CHANCE.normal(size=(4, 3)).astype(np.float32)
    found, name, _ = ran(learner, tmp_path / "network.onnx", code=codes)
    with torch.no_grad():
        expected = learner.network_.generate(torch.from_numpy(codes)).numpy()
    assert name == "sample"
    assert found.shape == (4, 1, 8, 8)
    assert np.allclose(found, expected, atol=1e-5)  # float32


def test_what_has_no_network_of_values_is_refused(tmp_path):
    path = tmp_path / "network.onnx"
    with pytest.raises(NotFittedError, match="not fitted yet"):
        export_onnx(Classifier(MLP()), path)
    spiking = Classifier(SpikingMLP(LIF, hidden=(3,), steps=5), **SETTINGS).fit(IMAGES, NAMES)
    with pytest.raises(ValueError, match=r"an ONNX file has no encoder[.] Train it on the values themselves"):
        export_onnx(spiking, path)
    wrapped = ShuffledLabels(Classifier(MLP((3,)), **SETTINGS), random_state=0).fit(IMAGES, NAMES)
    with pytest.raises(ValueError, match="ShuffledLabels is no network of values that was trained here"):
        export_onnx(wrapped, path)
    assert not path.exists()
