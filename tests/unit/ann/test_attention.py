"""Self-attention against torch's own transformer, its equations and its operations by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ann import Attention, Backprop, Classifier
from ann.models.attention import sinusoids


def built(shape=(5, 3), outputs=2, **settings):
    recipe = Attention(**{"width": 8, "heads": 2, "hidden": 6, **settings})
    return recipe.build(shape, outputs, torch.Generator().manual_seed(0))


def drawn(*shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1))


def test_a_layer_is_torchs_transformer_encoder_layer():
    ours = built().layer1
    theirs = nn.TransformerEncoderLayer(8, 2, 6, dropout=0.0, batch_first=True)
    theirs.load_state_dict(
        {
            "self_attn.in_proj_weight": ours.attention.into.weight,
            "self_attn.in_proj_bias": ours.attention.into.bias,
            "self_attn.out_proj.weight": ours.attention.out.weight,
            "self_attn.out_proj.bias": ours.attention.out.bias,
            "linear1.weight": ours.into.weight,
            "linear1.bias": ours.into.bias,
            "linear2.weight": ours.out.weight,
            "linear2.bias": ours.out.bias,
            **{f"norm{n}.{p}": value for n in (1, 2) for p, value in getattr(ours, f"norm{n}").named_parameters()},
        }
    )
    h = drawn(4, 5, 8)
    assert torch.allclose(ours(h), theirs(h), atol=1e-6)  # float32
    _, weights = theirs.self_attn(h, h, h, average_attn_weights=False)
    assert torch.allclose(ours.attention.attention(h), weights, atol=1e-6)


def test_multiplicative_scores_hold_a_query_against_a_key_through_a_matrix():
    layer = built(score="multiplicative").layer1.attention
    h = drawn(4, 5, 8)
    queries, keys, _ = layer.into(h).chunk(3, 2)
    for head in range(2):
        own = slice(4 * head, 4 * head + 4)
        scores = torch.einsum("nti,ij,nsj->nts", queries[..., own], layer.bilinear[head], keys[..., own])
        assert torch.allclose(layer.attention(h)[:, head], scores.softmax(2), atol=1e-6)  # float32


def test_multiplicative_scores_with_the_unit_matrix_over_the_root_of_the_width_are_scaled_dot_products():
    bilinear, scaled = built(score="multiplicative"), built()
    bilinear.load_state_dict(scaled.state_dict(), strict=False)
    bilinear.layer1.attention.bilinear.data = torch.eye(4).repeat(2, 1, 1) / math.sqrt(4)
    x = drawn(4, 5, 3)
    assert torch.allclose(bilinear(x), scaled(x), atol=1e-6)  # float32


def test_positions_are_the_papers_sines_and_cosines():
    found = sinusoids(7, 6)
    assert found[3].tolist() == pytest.approx(
        [f(3 / 10000 ** (2 * i / 6)) for i in range(3) for f in (math.sin, math.cos)]
    )


def test_without_positions_the_order_of_the_tokens_does_not_matter_and_with_them_it_does():
    x = drawn(4, 5, 3)
    for positions, same in (("none", True), ("sinusoidal", False), ("learned", False)):
        model = built(positions=positions)
        assert torch.allclose(model(x), model(x.flip(1)), atol=1e-6) == same  # float32


def test_a_patch_is_embedded_as_by_a_convolution_that_strides_as_far_as_it_is_wide():
    embedding = built((2, 8, 12), positions="none").embedding
    x = drawn(3, 2, 8, 12)
    kernel = embedding.linear.weight.reshape(8, 2, 4, 4)
    expected = nn.functional.conv2d(x, kernel, embedding.linear.bias, stride=4).flatten(2).transpose(1, 2)
    assert torch.allclose(embedding(x), expected, atol=1e-6)  # float32


@pytest.mark.parametrize(("score", "bilinear"), [("scaled dot product", 0), ("multiplicative", 5 * 2 * 4 * 4)])
def test_operations_are_those_counted_by_hand(score, bilinear):
    model = built(score=score)
    with torch.no_grad():
        model.layer1.into.bias.fill_(100.0)  # every ReLU is on
    x = torch.ones(2, 5, 3)
    x[:, 0] = 0  # one token of five is empty
    attention = 2 * 5 * 5 * 8 + bilinear
    linear = 5 * (8 * 24 + 8 * 8 + 2 * 8 * 6)
    rows = {row["layer"]: (row["dense"], row["effective"]) for row in model.operations(x)}
    assert rows == {"embedding": (120, 96), "layer1": (linear + attention,) * 2, "output": (16, 16)}
    rows = {row["layer"]: (row["dense"], row["effective"]) for row in model.operations(x, training=True)}
    assert rows == {"embedding": (240, 192), "layer1": (3 * (linear + attention),) * 2, "output": (48, 48)}


def test_neurons_that_are_off_make_no_effective_operations():
    model = built()
    with torch.no_grad():
        model.layer1.into.bias.fill_(-100.0)  # no ReLU is on
    (row,) = [row for row in model.operations(drawn(2, 5, 3)) if row["layer"] == "layer1"]
    assert row["dense"] - row["effective"] == 5 * 6 * 8


def test_it_finds_where_a_sequence_has_its_marked_step():
    chance = np.random.Generator(np.random.PCG64(0))
    X = chance.uniform(0, 1, (240, 6, 2)).astype(np.float32)
    marked = chance.integers(0, 6, 240)
    X[:, :, 1] = 0
    X[np.arange(240), marked, 1] = 1
    y = X[np.arange(240), marked, 0] > 0.5  # the value beside the mark, wherever it stands
    learner = Classifier(
        Attention(width=16, heads=2, hidden=16), Backprop(learning_rate=1e-2), epochs=30, device="cpu", random_state=0
    )
    # A layer that only averages its tokens sees the sum of the values, which tells about 0.6 of the labels.
    assert learner.fit(X[:180], y[:180]).score(X[180:], y[180:]) > 0.85


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"width": 8, "heads": 3}, "heads = 3 does not divide width = 8"),
        ({"heads": 0}, "heads = "),
        ({"score": "additive"}, "score = 'additive' is not known; choose one of scaled dot product, multiplicative"),
        ({"positions": "relative"}, "positions = 'relative' is not known"),
    ],
)
def test_settings_that_make_no_network_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Attention(**settings)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((16,), r"sample here has the shape \(16,\)"), ((1, 8, 10), "4 x 4 pixels, which does not divide 8 x 10")],
)
def test_samples_that_are_no_tokens_are_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        built(shape)


def test_receptive_fields_of_patches_are_patches():
    X = np.random.default_rng(0).random((6, 2, 8, 8), dtype=np.float32)
    learner = Classifier(Attention(8, 2, hidden=4), epochs=1, device="cpu", random_state=0).fit(X, [0, 1] * 3)
    fields, embedding = learner.receptive_fields(), learner.network_.embedding
    assert fields.shape == (8, 2, 4, 4)
    found = embedding(torch.tensor(X)).numpy(force=True)[:, 3]  # the last of 2 x 2 patches
    expected = np.einsum("schw,nchw->sn", X[:, :, 4:, 4:], fields)
    tokens = embedding.linear.bias.numpy(force=True) + embedding.positions.numpy(force=True)[3]
    assert np.allclose(found, expected + tokens, atol=1e-5)  # float32
