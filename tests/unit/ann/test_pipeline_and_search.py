"""Learners are links of scikit-learn's pipelines, and its searches find their settings."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ann import (
    GRU,
    MLP,
    Autoencoder,
    Backprop,
    Classifier,
    EncoderDecoder,
    Logistic,
    PCAClassifier,
    Regressor,
    SequenceClassifier,
    ShuffledLabels,
)

DIGITS, LABELS = load_digits(return_X_y=True)
CHANCE = np.random.Generator(np.random.PCG64(0))


def test_a_search_finds_the_rate_that_learns_and_its_estimator_tells_unseen_digits():
    network = Classifier(MLP(hidden=(30,)), Backprop(), epochs=8, batch_size=32, device="cpu", random_state=0)
    grid = {"classifier__rule__learning_rate": [1e-6, 1e-2], "classifier__model__hidden": [(30,)]}
    search = GridSearchCV(make_pipeline(StandardScaler(), network), grid, cv=3).fit(DIGITS[:900], LABELS[:900])
    assert search.best_params_["classifier__rule__learning_rate"] == 1e-2
    slow, fast = search.cv_results_["mean_test_score"]
    assert slow < 0.3 < 0.8 < fast
    assert search.score(DIGITS[900:], LABELS[900:]) > 0.85  # logistic regression: 0.90
    assert search.best_estimator_[-1].rule == Backprop(learning_rate=1e-2)
    assert network.rule == Backprop()  # what was handed over is as it was


def test_a_regressor_is_searched_by_its_own_score():
    X = CHANCE.normal(50, 20, (300, 2))
    y = 1000 + 30 * X[:, 0] - 20 * X[:, 1]
    network = Regressor(MLP(hidden=(8,)), epochs=15, batch_size=16, device="cpu", random_state=0)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), network),
        {"regressor__rule": [Backprop(learning_rate=r) for r in (1e-6, 1e-2)]},
        cv=3,
    )
    assert search.fit(X, y).best_params_["regressor__rule"].learning_rate == 1e-2
    assert float(search.best_score_) > 0.95  # type: ignore[arg-type]


def test_codes_of_an_autoencoder_are_a_step_before_a_classifier():
    code = Autoencoder(EncoderDecoder((32,), code=8), epochs=20, device="cpu", random_state=0)
    readout = Classifier(Logistic(), Backprop(learning_rate=3e-2), epochs=20, device="cpu", random_state=0)
    model = make_pipeline(FunctionTransformer(lambda X: X / 16), code, readout).fit(DIGITS[:1000], LABELS[:1000])
    assert model[:-1].transform(DIGITS[:5]).shape == (5, 8)
    assert model.score(DIGITS[1000:], LABELS[1000:]) > 0.7  # chance is 0.1


def test_sequences_pass_through_a_search():
    X = CHANCE.integers(0, 2, (60, 4, 1)).astype(np.float32)
    y = (X[:, :, 0].cumsum(1) % 2).astype(int)
    network = SequenceClassifier(GRU((12,)), epochs=25, batch_size=16, device="cpu", random_state=0)
    grid = {"sequenceclassifier__rule": [Backprop(learning_rate=rate) for rate in (1e-6, 3e-2)]}
    search = GridSearchCV(make_pipeline(FunctionTransformer(), network), grid, cv=3).fit(X, y)
    assert search.best_params_["sequenceclassifier__rule"].learning_rate == 3e-2
    assert search.best_score_ > 0.95  # parity so far: one unit that flips


def test_a_control_and_principal_components_are_cross_validated():
    control = ShuffledLabels(Classifier(Logistic(), epochs=3, device="cpu"), random_state=0)
    pca = make_pipeline(StandardScaler(), PCAClassifier(20, epochs=20, device="cpu", random_state=0))
    assert cross_val_score(control, DIGITS[:600] / 16, LABELS[:600], cv=3).mean() < 0.3  # chance is 0.1
    assert cross_val_score(pca, DIGITS[:600], LABELS[:600], cv=3).mean() > 0.75
