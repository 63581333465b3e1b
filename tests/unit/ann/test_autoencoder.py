"""Autoencoders against principal components, and codes that go there and back."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ann import MLP, Autoencoder, Backprop, EncoderDecoder, FeedbackAlignment

X = (load_digits().data[:300] / 16).astype(np.float32)
CHANCE = np.random.Generator(np.random.PCG64(0))
AXES = np.linalg.qr(CHANCE.normal(size=(8, 8)))[0]
CLOUD = (0.5 + CHANCE.normal(size=(300, 8)) * [2, 1.5, 1, 0.3, 0.3, 0.3, 0.3, 0.3] @ AXES.T).astype(np.float32)
SETTINGS = {"batch_size": 50, "device": "cpu", "random_state": 0}


@pytest.fixture(scope="module")
def linear():
    model = EncoderDecoder(hidden=(), code=3)
    return Autoencoder(model, Backprop(learning_rate=3e-2, schedule="cosine"), epochs=60, **SETTINGS).fit(CLOUD)


def test_a_linear_autoencoder_comes_to_the_principal_components(linear):
    best = PCA(3).fit(CLOUD).explained_variance_ratio_.sum()
    # Eckart & Young 1936: no rank-3 map does better. What is left after 360 updates was measured: 1e-4.
    assert best - 1e-3 < linear.score(CLOUD) < best + 1e-6


def test_the_codes_span_what_the_principal_components_span(linear):
    codes, components = linear.transform(CLOUD), PCA(3).fit_transform(CLOUD)
    centred = codes - codes.mean(0)
    found = np.linalg.lstsq(centred, components, rcond=None)[0]
    left = ((components - centred @ found) ** 2).sum() / (components**2).sum()
    assert left < 1e-3  # measured: 1e-4


def test_a_code_becomes_the_sample_that_the_network_answers_with():
    learner = Autoencoder(EncoderDecoder((10,), code=3), epochs=1, **SETTINGS).fit(X.reshape(-1, 1, 8, 8))
    images = X[:5].reshape(-1, 1, 8, 8)
    codes = learner.transform(images)
    assert codes.shape == (5, 3)
    assert learner.inverse_transform(codes).shape == (5, 1, 8, 8)
    assert np.allclose(learner.inverse_transform(codes), learner.predict(images), atol=1e-6)  # float32


def test_a_rule_for_layers_trains_one_too():
    before, after = (
        Autoencoder(EncoderDecoder((24,), code=6), FeedbackAlignment(learning_rate=3e-3), epochs=epochs, **SETTINGS)
        .fit(X)
        .score(X)
        for epochs in (0, 40)
    )
    assert before < 0 < 0.2 < after


def test_the_best_pass_is_kept_where_patience_is_asked_for():
    learner = Autoencoder(EncoderDecoder((8,), code=2), epochs=3, patience=1, **SETTINGS)
    assert learner.fit(X[:200], validation=(X[200:], None)).progress_.passes <= 3
    update, gradient = learner.update_and_gradient(X)
    assert all(np.allclose(update[name], gradient[name]) for name in gradient)


def test_networks_without_a_code_and_codes_of_another_length_are_refused(linear):
    with pytest.raises(ValueError, match='mlp has no layer "code" with layers behind it, but hidden1, output'):
        Autoencoder(MLP((4,))).fit(X)
    with pytest.raises(ValueError, match=r"codes have the shape \(2, 4\); expected \(sample, 3\)"):
        linear.inverse_transform(np.zeros((2, 4)))


def test_codes_come_as_a_table_where_a_pipeline_wants_one():
    table = pd.DataFrame(X[:60], columns=[f"pixel {i}" for i in range(64)])
    pipeline = make_pipeline(StandardScaler(), Autoencoder(EncoderDecoder((6,), code=2), epochs=1, **SETTINGS))
    codes = pipeline.set_output(transform="pandas").fit_transform(table)
    assert codes.columns.tolist() == ["autoencoder0", "autoencoder1"]
    assert codes.shape == (60, 2)
