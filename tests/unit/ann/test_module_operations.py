"""Operations counted at a network's modules are those that its layers give, and those of the definition."""

import pytest
import torch
from torch import nn

from ann import CNN, MLP, operations
from ann.module_operations import counted


def sparse(*shape):
    x = torch.rand(*shape, generator=torch.Generator().manual_seed(1))
    return x * (x > 0.4)


@pytest.mark.parametrize("recipe", [CNN((2, 3), hidden=(5,)), MLP((6, 4))], ids=lambda recipe: recipe.name)
def test_a_layered_network_counts_as_its_blocks_do(recipe):
    model, x = recipe.build((1, 8, 8), 3, torch.Generator().manual_seed(0)), sparse(4, 1, 8, 8)
    layers, learned = dict(model.named_children()), {name for name, _ in model.named_parameters()}
    rows = operations.forward(layers, x)
    assert counted(model, x) == rows
    with torch.no_grad():  # as learners ask
        found = counted(model, x, training=True)
    assert found == operations.total(rows + operations.backward(layers, x, learned))


def test_a_transposed_convolution_makes_the_products_of_its_definition():
    module = nn.ConvTranspose2d(2, 3, 4, stride=2, padding=1)
    x = sparse(2, 2, 3, 5)
    x.requires_grad_()
    (row,) = counted(nn.Sequential(module), x.detach())
    assert row["dense"] == 15 * 2 * 3 * 16
    assert row["effective"] == float((x != 0).sum()) / 2 * 3 * 16
    (row,) = counted(nn.Sequential(module), x, training=True, loss=lambda output: output[:, :, 2, 4].sum())
    # One output place has an error, in each of 3 channels; 4 inputs in each of 2 channels reach it.
    reached = float((x[:, :, 0:2, 1:3] != 0).sum()) / 2
    assert row["effective"] == float((x != 0).sum()) / 2 * 48 + 3 * reached + 3 * 2 * 4


def test_weights_that_do_not_learn_have_no_gradient_but_pass_the_error_on():
    model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    model[1].requires_grad_(False)
    rows = counted(model, torch.ones(2, 4), training=True)
    assert [row["dense"] for row in rows] == [12 + 12, 6 + 6]
