"""CKA and Procrustes against direct formulas, their null values and their declared invariances."""

import numpy as np
import pytest

from compare.representations import CKA, RSA, BiasedCKA, Procrustes, shuffled

MEASURES = [CKA(), BiasedCKA(), RSA(), Procrustes()]
ids = [measure.name for measure in MEASURES]


def pair(n=60, p=20, q=30, seed=0):
    """Two layers that share a part of what they see."""
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(n, 5))
    a = common @ generator.normal(size=(5, p)) + generator.normal(size=(n, p))
    b = common @ generator.normal(size=(5, q)) + 2 * generator.normal(size=(n, q))
    return a, b


def hsic_of_song(k, m):
    """The unbiased estimator as it is printed, one term after the other, with no algebra saved."""
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    one = np.ones(n)
    terms = (
        np.trace(k @ m) + (one @ k @ one) * (one @ m @ one) / ((n - 1) * (n - 2)) - 2 / (n - 2) * (one @ k @ m @ one)
    )
    return terms / (n * (n - 3))


def hsic_by_quadruples(k, m):
    """The same as the mean over all ordered quadruples of different samples: the definition of a U-statistic."""
    from itertools import permutations

    values = [k[i, j] * (m[i, j] + m[r, s] - 2 * m[i, r]) for i, j, r, s in permutations(range(len(k)), 4)]
    return np.mean(values)


def test_unbiased_cka_is_the_printed_formula():
    a, b = pair()
    k, m = a @ a.T, b @ b.T
    expected = hsic_of_song(k, m) / np.sqrt(hsic_of_song(k, k) * hsic_of_song(m, m))
    assert CKA()(a, b) == pytest.approx(expected, abs=1e-10)


def test_unbiased_cka_is_the_u_statistic_over_all_quadruples():
    a, b = pair(n=9, p=4, q=3)
    k, m = a @ a.T, b @ b.T
    expected = hsic_by_quadruples(k, m) / np.sqrt(hsic_by_quadruples(k, k) * hsic_by_quadruples(m, m))
    assert CKA()(a, b) == pytest.approx(expected, abs=1e-10)


def test_biased_cka_is_the_printed_formula():
    a, b = pair()
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    expected = np.linalg.norm(x.T @ y) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    assert BiasedCKA()(a, b) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("n", "p", "value"), [(100, 1000, 0.909), (5000, 500, 0.091)])
def test_the_null_formula_gives_its_published_numbers(n, p, value):
    assert BiasedCKA.null(n, p, p) == pytest.approx(value, abs=5e-4)  # three digits were printed


def test_unrelated_wide_layers_have_the_null_value_in_biased_cka_and_none_in_unbiased():
    generator = np.random.default_rng(0)
    layers = [(generator.normal(size=(100, 1000)), generator.normal(size=(100, 800))) for _ in range(12)]
    biased = [BiasedCKA()(a, b) for a, b in layers]
    unbiased = [CKA()(a, b) for a, b in layers]
    assert np.mean(biased) == pytest.approx(BiasedCKA.null(100, 1000, 800), abs=0.01)  # the formula is for large n
    assert abs(np.mean(unbiased)) < 4 * np.std(unbiased) / np.sqrt(12)
    assert min(unbiased) < 0


@pytest.mark.parametrize("measure", MEASURES, ids=ids)
def test_each_measure_keeps_what_it_says_it_is_invariant_to(measure):
    generator = np.random.default_rng(1)
    a, b = pair()
    rotation = np.linalg.qr(generator.normal(size=(20, 20)))[0]
    changed = {
        "rotation": a @ rotation,
        "scale": 37.0 * a,
        "translation": a + generator.normal(size=20),
        "permutation": a[:, generator.permutation(20)],
        "linear map": a @ generator.normal(size=(20, 20)),
    }
    before = measure(a, b)
    for change, other in changed.items():
        same = abs(measure(other, b) - before) < 1e-10
        assert same == (change in measure.invariant_to), change


@pytest.mark.parametrize("measure", MEASURES, ids=ids)
def test_each_measure_is_symmetric_and_knows_itself(measure):
    a, b = pair()
    assert measure(a, b) == pytest.approx(measure(b, a), abs=1e-12)
    # arccos turns a rounding of 1e-16 near 1 into 1e-8
    assert measure(a, a) == pytest.approx(0.0 if measure.is_metric else 1.0, abs=1e-7)


def test_procrustes_obeys_the_triangle_inequality():
    generator = np.random.default_rng(2)
    for _ in range(50):
        a, b, c = (generator.normal(size=(12, 3)) for _ in range(3))
        d = Procrustes()
        assert d(a, c) <= d(a, b) + d(b, c) + 1e-12


def test_procrustes_is_the_angle_after_the_best_rotation():
    from scipy.linalg import orthogonal_procrustes

    a, b = pair(p=6, q=6)
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    rotation, _ = orthogonal_procrustes(x, y)
    assert Procrustes()(a, b) == pytest.approx(np.arccos(np.sum((x @ rotation) * y)), abs=1e-10)


def test_procrustes_of_layers_wider_than_samples_is_the_same_as_of_all_their_columns():
    a, b = pair(n=20, p=70, q=50)
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    expected = np.arccos(np.linalg.svd(x.T @ y, compute_uv=False).sum())
    assert Procrustes()(a, b) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES[:3], ids=ids[:3])
def test_the_matrix_of_many_layers_holds_the_pairs(measure):
    layers = [*pair(seed=0), *pair(seed=1)]
    expected = [[measure(a, b) for b in layers] for a in layers]
    np.testing.assert_allclose(measure.matrix(layers), expected, atol=1e-10)


@pytest.mark.parametrize("measure", MEASURES, ids=ids)
def test_a_silent_layer_is_undefined_not_zero_or_one(measure):
    a, _ = pair()
    assert np.isnan(measure(a, np.zeros((60, 3))))
    assert np.isnan(measure(a, np.full((60, 3), 7.7)))


def test_large_means_do_not_swallow_the_geometry():
    a, b = pair()
    assert CKA()(a + 1e6, b) == pytest.approx(CKA()(a, b), abs=1e-6)  # 1e6 costs six of sixteen digits


def test_activity_that_is_not_finite_is_refused():
    a, b = pair()
    a[3, 3] = np.nan
    for measure in MEASURES:
        with pytest.raises(ValueError, match="holds NaN or infinity"):
            measure(a, b)


def test_three_samples_are_too_few():
    with pytest.raises(ValueError, match=r"shape \(3, 2\); expected"):
        CKA()(np.ones((3, 2)), np.ones((3, 2)))


def test_shuffling_samples_leaves_nothing_of_a_relation():
    a, b = pair()
    null = shuffled(CKA(), a, b, draws=200, generator=np.random.default_rng(0))
    assert abs(null.mean()) < 4 * null.std() / np.sqrt(200)
    assert CKA()(a, b) > null.max()


def test_150_layers_of_200_samples_take_seconds():
    import time

    generator = np.random.default_rng(0)
    layers = [generator.normal(size=(200, 100)) for _ in range(150)]
    start = time.perf_counter()
    for measure in (CKA(), BiasedCKA(), RSA()):
        assert measure.matrix(layers).shape == (150, 150)
    assert time.perf_counter() - start < 30  # 3 s alone on one core; other programs may share it
