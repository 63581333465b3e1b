"""Perturbation rules give minus the gradient on average, with the noise that theory says."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from ann import CNN, MLP, Backprop, NodePerturbation, WeightPerturbation
from ann.models._block import Block

RULES = [NodePerturbation, WeightPerturbation]
both = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def problem(recipe, shape, samples=4):
    model = recipe.build(shape, 3, generator()).double()
    x = torch.randn(samples, *shape, generator=generator(1), dtype=torch.float64)
    return model, x, torch.arange(samples) % 3


@both
@pytest.mark.parametrize(
    ("recipe", "shape"),
    [(MLP(hidden=(4, 3), activation="tanh"), (5,)), (CNN(channels=(2,), hidden=(), pooling="average"), (1, 4, 4))],
    ids=["mlp", "cnn"],
)
def test_the_mean_update_is_minus_the_gradient(rule, recipe, shape):
    model, x, y = problem(recipe, shape)
    wanted, _ = Backprop().updates(model, x, y, cross_entropy, {}, generator())
    one, chance = rule(noise=1e-5, directions=1), generator(3)
    draws = [one.updates(model, x, y, cross_entropy, {}, chance)[0] for _ in range(2000)]
    found = torch.stack([torch.cat([draw[name].flatten() for name in wanted]) for draw in draws])
    gradient = torch.cat([update.flatten() for update in wanted.values()])
    error = found.std(0) / math.sqrt(len(draws))
    # About 50 numbers: 4.5 standard errors are passed by chance once in 3,000 times. The bias, of order 1e-5, is less.
    assert ((found.mean(0) - gradient) / error).abs().max() < 4.5
    # That says something: half or one and a half times the gradient would not pass.
    for factor in (0.5, 1.5):
        assert ((found.mean(0) - factor * gradient) / error).abs().max() > 4.5


@both
def test_many_directions_are_the_mean_of_as_many_single_ones(rule):
    model, x, y = problem(MLP(hidden=(4,)), (5,))
    together, _ = rule(directions=3).updates(model, x, y, cross_entropy, {}, generator(2))
    chance = generator(2)
    single = [rule(directions=1).updates(model, x, y, cross_entropy, {}, chance)[0] for _ in range(3)]
    for name, update in together.items():
        assert torch.allclose(update, sum(one[name] for one in single) / 3, atol=1e-12)  # float64


def test_weight_perturbation_worked_by_hand():
    model = nn.Sequential(Block(nn.Linear(2, 1, bias=False))).double()
    model[0].linear.weight.data = torch.tensor([[1.0, -2.0]], dtype=torch.float64)
    x, y = torch.tensor([[3.0, 1.0]], dtype=torch.float64), torch.tensor([[0.0]], dtype=torch.float64)
    updates, _ = WeightPerturbation(noise=0.5, directions=1).updates(
        model, x, y, nn.functional.mse_loss, {}, generator(7)
    )
    xi = torch.randn(1, 2, generator=generator(7), dtype=torch.float64)
    before, after = 1.0, float((x @ (model[0].linear.weight.detach() + 0.5 * xi).T) ** 2)  # (3 - 2)^2
    assert torch.allclose(updates["0.linear.weight"], -(after - before) / 0.5 * xi, atol=1e-12)


def test_node_perturbation_worked_by_hand():
    model = nn.Sequential(Block(nn.Linear(2, 1, bias=False))).double()
    model[0].linear.weight.data = torch.tensor([[1.0, -2.0]], dtype=torch.float64)
    x, y = torch.tensor([[3.0, 1.0], [0.0, 1.0]], dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
    updates, _ = NodePerturbation(noise=0.5).updates(model, x, y, nn.functional.mse_loss, {}, generator(7))
    xi = torch.randn(2, 1, generator=generator(7), dtype=torch.float64)
    a = torch.tensor([[1.0], [-2.0]], dtype=torch.float64)
    rise = (a + 0.5 * xi) ** 2 - a**2
    wanted = -(rise / 0.5 * xi * x).mean(0, keepdim=True)
    assert torch.allclose(updates["0.linear.weight"], wanted, atol=1e-12)


def test_weight_perturbations_variance_grows_with_the_weights_and_node_perturbations_with_the_neurons():
    squares = {}
    for rule in RULES:
        for inputs in (10, 40):
            model, x, y = problem(MLP(hidden=(), activation="tanh"), (inputs,), samples=1)
            x = x / x.norm()  # so that both sizes have gradients of one size
            one, chance = rule(noise=1e-5, directions=1), generator(3)
            wanted = Backprop().updates(model, x, y, cross_entropy, {}, generator())[0]["output.linear.weight"]
            draws = [one.updates(model, x, y, cross_entropy, {}, chance)[0] for _ in range(300)]
            error = torch.stack([draw["output.linear.weight"] - wanted for draw in draws]).square().sum((1, 2)).mean()
            squares[rule, inputs] = float(error / wanted.square().sum())
    # Werfel et al. 2005: noise goes with the number of what is perturbed, 3 neurons or 33 and 123 parameters.
    assert squares[WeightPerturbation, 40] > 2.5 * squares[WeightPerturbation, 10]
    assert 0.5 < squares[NodePerturbation, 40] / squares[NodePerturbation, 10] < 2


@both
def test_batch_statistics_do_not_move_by_what_was_only_tried(rule):
    model, x, y = problem(CNN(channels=(2,), normalisation="batch"), (1, 4, 4))
    if rule is NodePerturbation:
        assert "normalises over the batch" in (rule().refuses(model, cross_entropy) or "")
        return
    twin = CNN(channels=(2,), normalisation="batch").build((1, 4, 4), 3, generator()).double()
    twin(x)
    rule(directions=3).updates(model, x, y, cross_entropy, {}, generator())
    for mine, other in zip(model.buffers(), twin.buffers(), strict=True):
        assert torch.equal(mine, other)


@both
@pytest.mark.parametrize(("field", "value"), [("noise", 0.0), ("directions", 0), ("directions", 1.5)])
def test_a_number_out_of_its_range_is_refused(rule, field, value):
    with pytest.raises(ValueError, match=f"{field} = {value}"):
        rule(**{field: value})


def test_what_is_not_layers_in_a_row_is_refused_by_node_perturbation_only():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 3)

        def forward(self, x):
            return self.inner(x.square())

    assert "needs layers in a row" in (NodePerturbation().refuses(Odd(), cross_entropy) or "")
    assert WeightPerturbation().refuses(Odd(), cross_entropy) is None
    with pytest.raises(NotImplementedError, match="Odd does not say what its operations are"):
        WeightPerturbation().operations(Odd(), torch.ones(1, 2), {}, training=True)


def test_the_operations_are_one_more_answer_for_each_draw():
    model, x, _ = problem(MLP(hidden=(4, 3), activation="tanh"), (5,))
    forward = 20 + 12 + 9
    by_weight = WeightPerturbation(directions=2).operations(model, x, {}, training=True)
    by_node = NodePerturbation(directions=2).operations(model, x, {}, training=True)
    assert sum(row["dense"] for row in by_weight) == 3 * forward
    assert sum(row["dense"] for row in by_node) == 5 * forward  # and the noise times each weight's input, twice
    assert sum(row["dense"] for row in WeightPerturbation().operations(model, x, {}, training=False)) == forward
