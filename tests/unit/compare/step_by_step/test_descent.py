"""Gradient descent on two lines: the path is torch's, its end that of least squares."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from compare.step_by_step.descent import LINES, drawn, go_down, gradient_at, losses_at, told


@pytest.fixture(params=LINES)
def data(request):
    return drawn(request.param, seed=0)


def test_the_path_ends_at_the_least_squares_line(data) -> None:
    fitted = np.polyfit(data.x, data.y, 1)
    descent = go_down(data, steps=2000)
    np.testing.assert_allclose(descent.best, fitted, rtol=1e-10)
    np.testing.assert_allclose(descent.path[-1], fitted, rtol=1e-8)
    assert descent.best_loss == pytest.approx(float(np.mean((np.polyval(fitted, data.x) - data.y) ** 2)), rel=1e-12)


def test_the_path_is_that_of_torchs_gradient_descent(data) -> None:
    w, b = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
    optimiser = torch.optim.SGD([w, b], lr=0.5)
    x, y = torch.tensor(data.x), torch.tensor(data.y)
    path = [[0.0, 0.0]]
    for _ in range(20):
        optimiser.zero_grad()
        ((w * x + b - y) ** 2).mean().backward()
        optimiser.step()
        path.append([w.item(), b.item()])
    np.testing.assert_allclose(go_down(data, steps=20).path, path, rtol=1e-11, atol=1e-13)  # sums in another order


def test_the_distance_from_the_end_shrinks_as_the_curvature_says(data) -> None:
    descent = go_down(data, steps=50)
    hessian = 2 * np.array([[np.mean(data.x**2), np.mean(data.x)], [np.mean(data.x), 1.0]])
    shrink = np.linalg.matrix_power(np.eye(2) - descent.learning_rate * hessian, 50)
    expected = descent.best + shrink @ (descent.path[0] - descent.best)
    np.testing.assert_allclose(descent.path[-1], expected, rtol=1e-9)


def test_the_first_update_can_be_made_by_hand(data) -> None:
    step = go_down(data, steps=1, learning_rate=0.25).path[1]
    np.testing.assert_allclose(step, [0.5 * np.mean(data.x * data.y), 0.5 * np.mean(data.y)], rtol=1e-13)


def test_the_loss_falls_at_every_update_and_never_below_the_lowest(data) -> None:
    descent = go_down(data)
    assert (np.diff(descent.loss) <= 0).all()
    assert (descent.loss >= descent.best_loss).all()
    assert descent.loss[-1] - descent.best_loss < 1e-5


def test_gradient_and_surface_are_those_of_the_mean_squared_error(data) -> None:
    w, b, e = 1.3, -0.4, 1e-6
    measured = [
        (losses_at(data, w + e, b) - losses_at(data, w - e, b)) / (2 * e),
        (losses_at(data, w, b + e) - losses_at(data, w, b - e)) / (2 * e),
    ]
    np.testing.assert_allclose(gradient_at(data, w, b), measured, rtol=1e-8)  # exact but for rounding: a parabola
    numbers = told(data, go_down(data))
    surface = numbers["surface"]
    row, column = 4, 17
    place = (surface["w"][column], surface["b"][row])
    assert surface["loss"][row][column] == pytest.approx(np.mean((place[0] * data.x + place[1] - data.y) ** 2))
    path = np.array(numbers["path"])
    assert surface["w"][0] < path[:, 0].min() < path[:, 0].max() < surface["w"][-1]
    assert surface["b"][0] < path[:, 1].min() < path[:, 1].max() < surface["b"][-1]


def test_points_lie_about_their_line_as_its_noise_says() -> None:
    data = drawn("y = 2x + 3 + noise", seed=5, points=20_000)
    rest = data.y - (2 * data.x + 3)
    assert abs(rest.mean()) < 0.3 * 4 / np.sqrt(20_000)  # four standard errors
    assert rest.std() == pytest.approx(0.3, rel=0.02)  # four standard errors: 4 / sqrt(2 n)
    assert 0 <= data.x.min() <= data.x.max() < 1


def test_the_seed_and_the_line_decide_the_points() -> None:
    one, same, other = (drawn("y = 3x + noise", seed) for seed in (1, 1, 2))
    assert np.array_equal(one.y, same.y)
    assert not np.array_equal(one.y, other.y)
    assert not np.array_equal(one.x, drawn("y = 2x + 3 + noise", 1).x)


def test_a_learning_rate_that_would_not_come_down_is_refused_with_the_largest_one() -> None:
    data = drawn("y = 3x + noise", 0)
    with pytest.raises(ValueError, match=r"above 0 and below 0\.\d+"):
        go_down(data, learning_rate=2.0)


def test_an_unknown_line_and_a_single_point_are_refused() -> None:
    with pytest.raises(ValueError, match="no line called 'y = x'; choose one of y = 2x"):
        drawn("y = x", 0)
    with pytest.raises(ValueError, match="a line needs at least 2"):
        drawn("y = 3x + noise", 0, points=1)
