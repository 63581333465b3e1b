"""Our RSA against rsatoolbox's own functions and against a direct computation."""

import numpy as np
import pytest
from rsatoolbox.data import Dataset
from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling
from rsatoolbox.rdm import calc_rdm, compare, concat
from scipy import stats

from compare.representations import RSA


def layers(count=4, n=25, seed=0):
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(n, 4))
    return [common @ generator.normal(size=(4, 12)) + generator.normal(size=(n, 12)) for _ in range(count)]


def test_the_rdm_is_one_minus_the_correlation_of_patterns():
    a = layers(1)[0]
    np.testing.assert_allclose(RSA().rdm(a), 1 - np.corrcoef(a), atol=1e-12)
    np.testing.assert_allclose(RSA().rdm(a), calc_rdm(Dataset(a), method="correlation").get_matrices()[0], atol=1e-12)


@pytest.mark.parametrize("comparison", ["corr", "rho-a", "tau-a", "cosine"])
def test_the_comparison_is_rsatoolboxes(comparison):
    a, b = layers(2)
    theirs = compare(*(calc_rdm(Dataset(x), method="correlation") for x in (a, b)), method=comparison)[0, 0]
    assert RSA(comparison)(a, b) == pytest.approx(theirs, abs=1e-12)


def test_the_default_comparison_is_pearsons_correlation_of_the_upper_halves():
    a, b = layers(2)
    upper = np.triu_indices(25, 1)
    expected = stats.pearsonr((1 - np.corrcoef(a))[upper], (1 - np.corrcoef(b))[upper])[0]
    assert RSA()(a, b) == pytest.approx(expected, abs=1e-12)


def test_the_noise_ceiling_is_rsatoolboxes_over_seeds():
    seeds = layers(5)
    rdms = concat([calc_rdm(Dataset(a), method="correlation") for a in seeds])
    ceiling = RSA().noise_ceiling(seeds)
    assert (ceiling.lower, ceiling.upper) == pytest.approx(boot_noise_ceiling(rdms, "corr", "index"), abs=1e-12)
    assert ceiling.lower < ceiling.upper <= 1
    assert "over 5 network seeds" in ceiling.sentence


def test_the_lower_ceiling_is_each_seed_against_the_mean_of_the_others():
    seeds = layers(4)
    upper = np.triu_indices(25, 1)
    vectors = np.stack([(1 - np.corrcoef(a))[upper] for a in seeds])
    vectors = (vectors - vectors.mean(axis=1, keepdims=True)) / vectors.std(axis=1, keepdims=True)
    lower = np.mean([np.corrcoef(vectors[i], np.delete(vectors, i, 0).mean(axis=0))[0, 1] for i in range(4)])
    best = np.mean([np.corrcoef(vectors[i], vectors.mean(axis=0))[0, 1] for i in range(4)])
    ceiling = RSA().noise_ceiling(seeds)
    assert (ceiling.lower, ceiling.upper) == pytest.approx((lower, best), abs=1e-12)


def test_networks_that_agree_fully_reach_one():
    a = layers(1)[0]
    ceiling = RSA().noise_ceiling([a, 2 * a, 3 * a])
    assert (ceiling.lower, ceiling.upper) == pytest.approx((1, 1), abs=1e-12)


def test_one_seed_has_no_ceiling():
    with pytest.raises(ValueError, match="two network seeds or more; 1 given"):
        RSA().noise_ceiling(layers(1))


def test_silent_samples_are_left_out_and_shown_as_nan():
    a, b = layers(2)
    with_silence = a.copy()
    with_silence[[3, 7]] = 0
    rest = np.delete(np.arange(25), [3, 7])
    assert RSA()(with_silence, b) == pytest.approx(RSA()(a[rest], b[rest]), abs=1e-12)
    assert np.isnan(RSA().rdm(with_silence)[3]).all()
    assert np.isfinite(RSA().rdm(with_silence)[np.ix_(rest, rest)]).all()


def test_a_silent_layer_costs_the_others_nothing():
    a, b = layers(2)
    matrix = RSA().matrix([a, np.zeros((25, 3)), b])
    assert matrix[0, 2] == pytest.approx(RSA()(a, b), abs=1e-12)
    assert np.isnan(matrix[1]).all()
