"""Measures of generated samples against what is known of Gaussians and of equal distributions."""

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.datasets import load_digits

from ann import PixelGaussian
from compare.contract import Evidence
from compare.metrics import (
    Coverage,
    Density,
    FrechetDistance,
    ReconstructionError,
    expected_coverage,
    fixed_features,
    frechet_distance_of_gaussians,
    generation_measures,
)
from compare.metrics._frechet import frechet_distance
from compare.metrics._neighbours import coverage, density
from compare.metrics._reconstruction import reconstruction_error

CHANCE = np.random.Generator(np.random.PCG64(0))


def covariance(features):
    root = CHANCE.normal(size=(features, features))
    return root @ root.T


def test_the_distance_of_gaussians_along_one_axis_is_that_of_means_and_deviations():
    # In one dimension d² = (m - n)² + (s - t)².
    one = [np.array([[variance]]) for variance in (4.0, 9.0)]
    assert frechet_distance_of_gaussians(np.array([1.0]), one[0], np.array([3.0]), one[1]) == pytest.approx(4 + 1)


def test_the_distance_of_gaussians_is_the_formula_with_scipys_root():
    A, B, m, n = covariance(4), covariance(4), CHANCE.normal(size=4), CHANCE.normal(size=4)
    expected = ((m - n) ** 2).sum() + np.trace(A + B - 2 * np.real(sqrtm(A @ B)))
    assert frechet_distance_of_gaussians(m, A, n, B) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance_of_gaussians(n, B, m, A) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance_of_gaussians(m, A, m, A) == pytest.approx(0, abs=1e-6)  # a difference of sums near 20


def test_features_that_never_vary_have_a_distance_too():
    flat = np.diag([1.0, 0.0])
    assert frechet_distance_of_gaussians(np.zeros(2), flat, np.zeros(2), 4 * flat) == pytest.approx(1)


def test_the_distance_of_two_clouds_comes_to_that_of_their_gaussians():
    m, n, A, B = np.zeros(3), np.array([1.0, 0, 2]), np.diag([1.0, 4, 9]), np.diag([4.0, 1, 9])
    a, b = (CHANCE.multivariate_normal(mean, cov, 20_000) for mean, cov in ((m, A), (n, B)))
    assert frechet_distance_of_gaussians(m, A, n, B) == pytest.approx(5 + 1 + 1)
    # The means' part has a standard error of 2 sqrt(1 * 5 + 4 * 18) / sqrt(20 000) = 0.12.
    assert frechet_distance(a, b) == pytest.approx(7, abs=0.4)


def test_samples_of_the_same_kind_have_density_1_and_the_coverage_that_the_paper_expects():
    found = np.array(
        [
            (density(data, made), coverage(data, made))
            for data, made in (CHANCE.normal(size=(2, 200, 3)) for _ in range(30))
        ]
    )
    assert expected_coverage(200, 200) == pytest.approx(1 - np.prod([(200 - i) / (400 - i) for i in range(1, 6)]))
    centre, error = found.mean(0), found.std(0) / np.sqrt(30)
    assert abs(centre[0] - 1) < 4 * error[0]
    assert abs(centre[1] - expected_coverage(200, 200)) < 4 * error[1]


def test_density_and_coverage_by_hand():
    data = np.array([[0.0], [1.0], [3.0]])  # with k = 1 the balls reach 1, 1 and 2
    made = np.array([[0.5], [1.5], [9.0]])  # in the balls of 0 and 1; of 1 and 3; of none
    assert density(data, made, k=1) == pytest.approx(4 / 3)
    assert coverage(data, made, k=1) == 1
    assert coverage(data, made[2:], k=1) == 0
    assert coverage(data, made[:1], k=1) == pytest.approx(2 / 3)


def test_a_generator_that_knows_one_sample_is_dense_and_covers_little():
    data = CHANCE.normal(size=(300, 2))
    made = np.tile(data.mean(0), (300, 1))
    assert density(data, made) > 1
    assert coverage(data, made) < 0.1


def digits():
    images, y = load_digits(return_X_y=True)
    return (np.asarray(images) / 16).astype(np.float32).reshape(-1, 1, 8, 8), np.asarray(y)


def test_the_features_of_a_task_are_always_the_same():
    X, y = digits()
    first, again, other = (
        fixed_features(X[part], y[part], epochs=1) for part in (np.s_[:60], np.s_[:60], np.s_[60:120])
    )
    assert first.sha256 == again.sha256 != other.sha256
    assert first.sha256[:12] in first.text()
    assert first(X[:7]).shape == (7, 32)
    assert np.array_equal(first(X[:7]), again(X[:7]))


def test_digits_come_closer_to_digits_than_the_baseline_does():
    X, y = digits()
    features = fixed_features(X[:300], y[:300], epochs=4)
    real, baseline = (
        generation_measures(X[300:600], made, features)
        for made in (X[600:900], PixelGaussian().fit(X[:300]).sample(300, random_state=0))
    )
    assert real["frechet_distance"] < baseline["frechet_distance"] / 2
    assert real["coverage"] > baseline["coverage"] + 0.12  # 3 standard errors of a difference of shares of 300


def test_reconstruction_error_is_the_root_of_the_mean_square():
    assert reconstruction_error(np.zeros((2, 2)), np.array([[3.0, 0], [0, 3]])) == pytest.approx(np.sqrt(4.5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: frechet_distance(np.zeros((3, 2)), np.zeros((3, 4))), r"shapes \(3, 2\) and \(3, 4\)"),
        (lambda: density(np.zeros((9, 2)), np.zeros((9, 3))), r"shapes \(9, 2\) and \(9, 3\)"),
        (lambda: coverage(np.zeros((5, 2)), np.zeros((5, 2))), "k = 5, but 5 data points have 1 to 4 neighbours"),
        (lambda: reconstruction_error(np.zeros(3), np.zeros(4)), "expected the same"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def squared(X):
    """Features that are no straight copy of the samples."""
    return X.reshape(len(X), -1)[:, :3].astype(np.float64) ** 2


def test_each_metric_is_its_function_of_the_features_or_of_the_samples():
    samples, made, back = (CHANCE.random((40, 1, 2, 2)).astype(np.float32) for _ in range(3))
    evidence = Evidence(samples=samples, made=made, reconstruction=back, features=squared)
    real, fake = squared(samples), squared(made)
    assert FrechetDistance()(evidence) == frechet_distance(real, fake)
    assert Density()(evidence) == density(real, fake)
    assert Coverage()(evidence) == coverage(real, fake)
    assert ReconstructionError()(evidence) == reconstruction_error(samples, back)


@pytest.mark.parametrize("metric", [FrechetDistance(), Density(), Coverage(), ReconstructionError()])
def test_a_metric_says_what_it_lacks(metric):
    with pytest.raises(ValueError, match=f"{metric.name} needs .*samples"):
        metric(Evidence(samples=np.zeros((9, 2))))
