"""The residual network against the paper's counts and its own equation."""

import numpy as np
import pytest
import torch

from ann import Classifier, ResidualCNN


def built(recipe, shape=(1, 8, 8), outputs=3):
    return recipe.build(shape, outputs, torch.Generator().manual_seed(0)).eval()


def size(module):
    return sum(p.numel() for p in module.parameters())


def test_resnet_20_has_the_papers_parameters():
    model = built(ResidualCNN((16, 32, 64), blocks=3), (3, 32, 32), 10)
    shortcuts = sum(size(block.shortcut) for name, block in model.named_children() if name.startswith("stage"))
    assert shortcuts == 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64
    assert size(model) - shortcuts == 269_722  # He et al. 2016, table 6: 0.27 million
    convolutions = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d) and m.kernel_size == (3, 3)]
    assert len(convolutions) + 1 == 20  # the last layer is linear


def test_a_block_adds_what_it_computes_to_what_it_reads():
    model = built(ResidualCNN((4,), normalisation="none"))
    x = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    h = model.stem(x)
    block = model.stage1_block1
    inner = block.second[0](torch.relu(block.first[0](h)))
    h = torch.relu(h + inner)
    assert torch.allclose(model(x), model.output(h.mean((2, 3))), atol=1e-6)  # float32
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.zero_()
    assert torch.equal(block(model.stem(x)), model.stem(x))


def test_each_stage_but_the_first_halves_the_image():
    model = built(ResidualCNN((2, 4, 6)), (1, 12, 20))
    sizes = {name: h.shape[1] for name, h in model.activity(torch.zeros(1, 1, 12, 20)).items()}
    assert sizes == {
        "stem": 2 * 240, "stage1_block1": 2 * 240, "stage2_block1": 4 * 60, "stage3_block1": 6 * 15, "output": 3,
    }  # fmt: skip


def test_group_normalisation_leaves_a_sample_alone_whatever_the_batch():
    model = built(ResidualCNN((6,), normalisation="group")).train()
    x = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(model(x)[:1], model(x[:1]), atol=1e-6)  # float32
    assert model.stage1_block1.first[1].num_groups == 2


def test_operations_are_those_counted_by_hand():
    model = built(ResidualCNN((2, 4), normalisation="none"))
    rows = {row["layer"]: row["dense"] for row in model.operations(torch.ones(2, 1, 8, 8))}
    stage2 = 16 * (9 * 2 * 4 + 9 * 4 * 4 + 2 * 4)  # on 4x4 places, the shortcut's 1x1 with them
    answer = {"stem": 64 * 9 * 2, "stage1_block1": 64 * 2 * 9 * 2 * 2, "stage2_block1": stage2, "output": 12}
    assert rows == answer
    rows = {row["layer"]: row["dense"] for row in model.operations(torch.ones(2, 1, 8, 8), training=True)}
    assert rows == {name: (2 if name == "stem" else 3) * count for name, count in answer.items()}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"channels": ()}, "needs at least one stage"),
        ({"blocks": 0}, "blocks = "),
        ({"normalisation": "layer"}, "normalisation = 'layer' is not known"),
    ],
)
def test_settings_that_make_no_network_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        ResidualCNN(**settings)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((64,), r"sample here has the shape \(64,\)"), ((1, 3, 9), "needs 4 x 4 pixels; these have 3 x 9")],
)
def test_samples_that_it_cannot_halve_are_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        built(ResidualCNN((2, 2, 2)), shape)


def test_a_last_batch_that_has_no_variance_is_refused_with_what_would_help():
    X, y = np.zeros((5, 1, 2, 2), np.float32), [0, 1, 0, 1, 0]
    recipe = ResidualCNN((2, 4))  # its second stage sees one pixel
    with pytest.raises(ValueError, match=r"Batch normalisation .* one number of each channel.*another batch_size"):
        Classifier(recipe, epochs=1, batch_size=2, device="cpu").fit(X, y)
    Classifier(recipe, epochs=1, batch_size=3, device="cpu").fit(X, y).predict(X[:1])
