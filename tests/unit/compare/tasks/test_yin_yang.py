"""Yin-yang: the authors' geometry and their reference results."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from compare.tasks import YinYang

SIDE = (np.arange(1000) + 0.5) / 1000
GRID = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (0.25, 0.5, "dot"),
        (0.75, 0.5, "dot"),
        (0.5, 0.9, "yang"),
        (0.5, 0.1, "yin"),
        (0.25, 0.35, "yang"),  # the left bulge reaches down
        (0.75, 0.65, "yin"),  # the right one up
        (0.02, 0.02, "outside"),
    ],
)
def test_points_of_the_symbol_have_their_class(x, y, name):
    assert ["yin", "yang", "dot", "outside"][YinYang().class_of(np.array([[x, y]]))[0]] == name


def test_half_a_turn_swaps_yin_and_yang():
    found, turned = YinYang().class_of(GRID), YinYang().class_of(1 - GRID)
    swapped = np.array([1, 0, 2, -1])[found]
    assert np.mean(turned != swapped) < 1e-3  # points on the line between them


def test_the_areas_are_those_of_the_circles():
    found = YinYang(dot_radius=0.1).class_of(GRID)
    dots, half = 2 * np.pi * 0.1**2, (np.pi * 0.5**2 - 2 * np.pi * 0.1**2) / 2
    areas = [np.mean(found == one) for one in (0, 1, 2, -1)]
    assert areas == pytest.approx([half, half, dots, 1 - np.pi / 4], abs=1e-3)  # a grid of 1000 lines


def test_inputs_are_the_point_and_its_mirror_images_and_classes_come_equally_often():
    X, y = YinYang().load(0).train
    assert np.allclose(X[:, :2] + X[:, 2:], 1, atol=1e-6)
    assert np.bincount(y).tolist() == [1667, 1667, 1666]
    assert np.array_equal(YinYang().class_of(X[:, :2].astype(float)), y)


def test_a_linear_model_gets_the_authors_64_percent_and_a_hidden_layer_nearly_all():
    split = YinYang().load(0)
    shallow = LogisticRegression(C=100).fit(*split.train).score(*split.test)
    assert shallow == pytest.approx(0.643, abs=0.045)  # their 64.3 +- 0.2; 3 s.e. of 1,000 test points
    deep = MLPClassifier((120,), batch_size=50, max_iter=40, learning_rate_init=5e-3, random_state=0)
    with pytest.warns(UserWarning, match="iterations"):
        assert deep.fit(*split.train).score(*split.test) > 0.95  # theirs: 98.7 +- 0.3 after 300 passes


@pytest.mark.parametrize(("options", "message"), [({"train": 2}, "train = 2"), ({"dot_radius": 0.3}, "dot_radius")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        YinYang(**options)
