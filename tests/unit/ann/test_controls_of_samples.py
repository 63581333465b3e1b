"""Controls of generation against what is known of Gaussians and of draws with replacement."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from ann import PixelGaussian, TrainingSamples

CHANCE = np.random.Generator(np.random.PCG64(0))
IMAGES = (np.asarray(load_digits(return_X_y=True)[0])[:200].reshape(-1, 1, 8, 8) / 16).astype(np.float32)


def test_single_values_have_the_datas_means_and_deviations_and_no_correlation():
    X = CHANCE.normal(0.5, 0.1, (500, 1, 2, 2))
    X[:, :, 1] = X[:, :, 0]  # equal columns
    made = PixelGaussian().fit(X).sample(20_000, random_state=0).reshape(-1, 4)
    assert np.allclose(made.mean(0), X.mean(0).ravel(), atol=0.004)  # 5 standard errors of 0.1 / sqrt(20 000)
    assert np.allclose(made.std(0), X.std(0).ravel(), rtol=0.03)  # what is cut at the range's ends is missing
    assert abs(np.corrcoef(made.T)[0, 2]) < 0.03  # 4 standard errors


def test_what_single_values_make_stays_within_the_datas_range():
    made = PixelGaussian().fit(IMAGES).sample(500, random_state=0)
    assert made.dtype == np.float32
    assert made.shape == (500, 1, 8, 8)
    assert made.min() == IMAGES.min()
    assert made.max() == IMAGES.max()


def test_the_mean_sample_is_off_by_the_datas_deviation():
    learner = PixelGaussian().fit(IMAGES)
    error = np.mean((learner.predict(IMAGES) - IMAGES) ** 2)
    assert error == pytest.approx(IMAGES.var(0, dtype=float).mean(), rel=1e-6)  # float32 samples


def test_training_samples_are_drawn_alike_and_with_replacement():
    X = np.arange(10, dtype=np.float32)[:, None]
    made = TrainingSamples().fit(X).sample(10_000, random_state=0)
    counts = np.bincount(made[:, 0].astype(int), minlength=10)
    assert np.abs(counts - 1000).max() < 5 * 30  # a binomial's deviation is sqrt(10 000 x 0.1 x 0.9) = 30
    # Efron & Tibshirani 1993: a bootstrap sample of n holds a share 1 - (1 - 1/n)^n of the samples, 0.63 for n = 200.
    indices = np.arange(200, dtype=np.float32)[:, None]
    drawn = TrainingSamples().fit(indices)
    shares = [len(np.unique(drawn.sample(200, random_state=seed))) / 200 for seed in range(100)]
    assert np.mean(shares) == pytest.approx(1 - (1 - 1 / 200) ** 200, abs=0.01)  # 5 standard errors of 0.02 / 10


def test_a_training_sample_comes_back_as_itself_and_another_as_its_nearest():
    learner = TrainingSamples().fit(IMAGES[:150])
    assert np.array_equal(learner.predict(IMAGES[:150]), IMAGES[:150])
    found = NearestNeighbors(n_neighbors=1).fit(IMAGES[:150].reshape(150, -1))
    nearest = found.kneighbors(IMAGES[150:].reshape(50, -1))[1][:, 0]
    assert np.array_equal(learner.predict(IMAGES[150:]), IMAGES[nearest])


@pytest.mark.parametrize("kind", [PixelGaussian, TrainingSamples])
def test_samples_of_a_control_depend_on_their_seed_alone(kind):
    learner = kind().fit(IMAGES)
    assert np.array_equal(learner.sample(7, random_state=4), kind().fit(IMAGES).sample(7, random_state=4))
    assert not np.array_equal(learner.sample(7, random_state=4), learner.sample(7, random_state=5))
    assert not np.array_equal(learner.sample(7), learner.sample(7))


@pytest.mark.parametrize(("kind", "kept"), [(PixelGaussian, 2 * 64), (TrainingSamples, 200 * 64)])
def test_a_control_tells_what_it_keeps(kind, kept):
    facts = kind().fit(IMAGES).describe()
    assert facts == json.loads(json.dumps(facts))
    assert facts["parameters"] == kept
    assert facts["family"] == "control"
    assert facts["training"]["examples"] == 200


@pytest.mark.parametrize("kind", [PixelGaussian, TrainingSamples])
def test_what_a_control_cannot_do_is_refused(kind):
    facts = SimpleNamespace(target="class", shape=(1, 8, 8), classes=10)
    assert kind().refuses(facts) == f"{kind.__name__} makes samples, but the task's target is 'class'."
    facts.target = "none"
    assert kind().refuses(facts) is None
    learner = kind().fit(IMAGES)
    with pytest.raises(ValueError, match="n = 0, but it must be a whole number of at least 1"):
        learner.sample(0)
    with pytest.raises(ValueError, match=r"samples of shape \(1, 7, 8\), but this .* was fitted on \(1, 8, 8\)"):
        learner.predict(IMAGES[:, :, 1:])
    with pytest.raises(ValueError, match="0 sample"):
        kind().fit(np.zeros((0, 2)))
