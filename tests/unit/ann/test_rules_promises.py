"""What every rule promises beside its equation: half precision, class weights, blocks that it would pass over."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cosine_similarity, cross_entropy

from ann import MLP, rules
from ann.losses import ClassLoss
from ann.models._block import Block
from ann.rules import NodePerturbation
from ann.rules.node_perturbation import _calm

ALL = [getattr(rules, name)() for name in rules.__all__]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_half_precision_gives_changes_that_point_the_same_way(rule, activation):
    model = MLP(hidden=(100, 50), activation=activation).build((64,), 10, generator())
    if rule.refuses(model, cross_entropy):
        pytest.skip(f"{rule.name} refuses {activation}")
    x, y = torch.rand(64, 64, generator=generator(1)), torch.arange(64) % 10
    _, state = rule.updates(model, x, y, cross_entropy, rule.start(model, generator(2)), generator(3))
    exact, _ = rule.updates(model, x, y, cross_entropy, state, generator(3))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough, later = rule.updates(model, x, y, cross_entropy, state, generator(3))
    assert {name: value.dtype for name, value in later.items()} == {name: value.dtype for name, value in state.items()}
    for name, update in exact.items():
        assert rough[name].dtype == update.dtype
        # A bfloat16 has 8 bits, 0.4 % a product; that adds up to a few degrees at most.
        assert cosine_similarity(rough[name].flatten(), update.flatten(), 0) > 0.98, name


@pytest.mark.parametrize("name", ["cross_entropy", "mse", "hinge"])
def test_node_perturbation_weighs_classes_as_the_loss_does_worked_by_hand(name):
    weight = torch.tensor([1.0, 5.0, 0.5], dtype=torch.float64)
    model = MLP(hidden=()).build((5,), 3, generator()).double()
    x, y = torch.randn(6, 5, generator=generator(1), dtype=torch.float64), torch.arange(6) % 3
    found, _ = NodePerturbation(noise=0.5).updates(model, x, y, ClassLoss(name, weight=weight), {}, generator(3))
    xi, each = torch.randn(6, 3, generator=generator(3), dtype=torch.float64), ClassLoss(name)
    rises = []
    for answer, noise, label in zip(model(x).detach(), xi, y, strict=True):
        alone = (each((answer + shift)[None], label[None]) for shift in (0.5 * noise, 0 * noise))
        rises.append(weight[label] / weight[y].sum() * (next(alone) - next(alone)) / 0.5)
    assert torch.allclose(
        found["output.linear.weight"], -(torch.stack(rises)[:, None] * xi).T @ x, atol=1e-12
    )  # float64


def test_node_perturbation_without_class_weights_is_what_it_was_to_the_bit():
    model, x = MLP(hidden=(20,)).build((5,), 3, generator()), torch.randn(50, 5, generator=generator(1))
    answers, y = model(x), torch.arange(50) % 3
    assert torch.equal(_calm(cross_entropy, answers.detach(), y)[1], torch.ones(50))


@pytest.mark.parametrize(
    "rule",
    [rules.Sanger(), rules.KrotovHopfield(), rules.SoftHebb(), rules.EquilibriumPropagation(), rules.ForwardForward()],
    ids=lambda r: r.name,
)
@pytest.mark.parametrize("extra", [{"normalisation": nn.LayerNorm(6)}, {"pooling": nn.Dropout(0.5)}], ids=str)
def test_a_rule_that_answers_by_its_own_formula_refuses_blocks_of_which_it_would_leave_out_a_piece(rule, extra):
    model = nn.Sequential(Block(nn.Linear(5, 6), nn.Tanh(), **extra), Block(nn.Linear(6, 3)))
    assert "layers without pooling and normalisation" in (rule.refuses(model, cross_entropy) or "")
