"""One update of a two-layer network: equal to what torch and the toolkit's own rule compute."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import ann
from ann.losses import ValueLoss
from compare.step_by_step.passes import PARAMETERS, SAMPLE, START, Passes, Weights, loss_of, moved, one_update, told

EXACT = 1e-13  # float64, sums of two products
NAMES = {"W1": "hidden1.linear.weight", "b1": "hidden1.linear.bias", "W2": "output.linear.weight",
         "b2": "output.linear.bias"}  # fmt: skip


def drawn(seed: int) -> tuple[Passes, Weights]:
    chance = np.random.default_rng(seed)
    start = Weights(
        chance.normal(size=(2, 2)), chance.normal(size=2), chance.normal(size=(1, 2)), chance.normal(size=1)
    )
    return one_update(chance.normal(size=2), float(chance.normal()), start, learning_rate=0.3), start


def network_of(start: Weights) -> torch.nn.Module:
    """The toolkit's MLP with these weights."""
    network = ann.MLP(hidden=(2,), activation="sigmoid").build((2,), 1, torch.Generator().manual_seed(0)).double()
    network.load_state_dict({name: torch.tensor(getattr(start, field)) for field, name in NAMES.items()})
    return network


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_torchs_automatic_differentiation(seed: int) -> None:
    passes, start = drawn(seed)
    W1, b1, W2, b2 = (torch.tensor(getattr(start, field), requires_grad=True) for field in NAMES)
    h = torch.sigmoid(W1 @ torch.tensor(passes.x) + b1)
    loss = ((W2 @ h + b2 - passes.target) ** 2).sum()
    loss.backward()
    assert loss.item() == pytest.approx(passes.loss, rel=EXACT)
    for tensor, field in zip((W1, b1, W2, b2), NAMES, strict=True):
        np.testing.assert_allclose(getattr(passes.gradient, field), tensor.grad, rtol=EXACT, atol=EXACT)


def test_the_update_is_that_of_the_toolkits_backprop_and_its_optimiser() -> None:
    passes, start = drawn(7)
    network = network_of(start)
    rule = ann.Backprop(optimiser="sgd", learning_rate=passes.learning_rate, momentum=0.0)
    x, y = torch.tensor(passes.x)[None], torch.tensor([[passes.target]], dtype=torch.float64)
    updates, _ = rule.updates(network, x, y, ValueLoss("mse"), {}, torch.Generator())
    optimiser = rule.make_optimiser(network.named_parameters())
    for name, parameter in network.named_parameters():
        parameter.grad = updates[name]  # the optimiser goes along wanted changes
    optimiser.step()
    for field, name in NAMES.items():
        np.testing.assert_allclose(-updates[name], getattr(passes.gradient, field), rtol=EXACT, atol=EXACT)
        now = network.get_parameter(name).detach()
        np.testing.assert_allclose(now, getattr(passes.after, field), rtol=EXACT, atol=EXACT)


def test_nudging_each_weight_measures_its_gradient() -> None:
    numbers = told(one_update())
    for name in PARAMETERS:
        # the central difference is off by nudge^2 times a third derivative, and by rounding over the nudge
        assert numbers["nudged"][name] == pytest.approx(numbers["gradient"][name], abs=1e-9)


def test_the_loss_falls_and_so_does_the_second_forward_pass_tell_it() -> None:
    passes = one_update()
    assert passes.loss_after < 0.5 * passes.loss
    assert passes.loss_after == loss_of(passes.after)
    assert float((passes.y_after[0] - passes.target) ** 2) == passes.loss_after


def test_the_loss_along_the_step_has_the_gradients_slope_at_its_start_and_passes_through_this_update() -> None:
    passes = one_update()
    along = told(passes)["along"]
    squares = sum(value**2 for value in passes.gradient.each().values())
    tiny = loss_of(moved(passes.before, passes.gradient, 1e-7))
    assert (tiny - passes.loss) / 1e-7 == pytest.approx(-squares, rel=1e-5)  # first order in a step of 1e-7
    place = int(np.argmin(np.abs(np.array(along["learning_rate"]) - passes.learning_rate)))
    assert along["loss"][place] == pytest.approx(passes.loss_after, rel=1e-12)  # 0.1 is met to rounding
    assert along["loss"][-1] > passes.loss > min(along["loss"]), "the page says that too long a step makes it worse"


def test_all_nine_weights_are_told_before_and_after_in_plain_json() -> None:
    numbers = json.loads(json.dumps(told(one_update()), allow_nan=False))
    for part in ("before", "gradient", "nudged", "after"):
        assert tuple(numbers[part]) == PARAMETERS
    assert numbers["before"]["w21"] == START.W1[1, 0], "w21 leads from input 1 to hidden neuron 2"
    assert (tuple(numbers["x"]), numbers["target"]) == SAMPLE


def test_a_sample_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x has shape \(3,\), but the weights read 2 inputs: give as many"):
        one_update((1.0, 2.0, 3.0))


def test_a_learning_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="must be greater than 0"):
        one_update(learning_rate=0.0)
