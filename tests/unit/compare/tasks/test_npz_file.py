"""A user's own arrays: which shapes and answers are taken, how they are scaled, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from compare.errors import ConfigurationError, DataMissing, EnvironmentFault
from compare.tasks import NpzFile
from compare.testing import check_task


def draw(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(5.0, 2.0, shape)


@pytest.fixture
def write(tmp_path):
    """Writes a file of these arrays and gives its name."""

    def written(**arrays) -> str:
        path = tmp_path / "own.npz"
        np.savez(path, **arrays)
        return str(path)

    return written


IMAGE, TWO = ("channel", "height", "width"), np.arange(100) % 2
CASES = {
    "features": ({"X": draw(100, 3), "y": np.arange(100) % 3}, {}, ("feature",), (3,), 3),
    "one feature": ({"X": draw(100), "y": np.arange(100) % 2}, {}, ("feature",), (1,), 2),
    "text": ({"X": draw(100, 3), "y": np.array(["ill", "well"])[np.arange(100) % 2]}, {}, ("feature",), (3,), 2),
    "truth": ({"X": draw(100, 30) > 5, "y": np.arange(100) % 2 == 1}, {}, ("feature",), (30,), 2),
    "values": ({"X": draw(100, 3), "y": draw(100)}, {}, ("feature",), (3,), None),
    "two values": ({"X": draw(100, 3), "y": draw(100, 2)}, {}, ("feature",), (3,), None),
    "counts as values": ({"X": draw(100, 3), "y": np.arange(100)}, {"target": "value"}, ("feature",), (3,), None),
    "whole floats as classes": (
        {"X": draw(100, 3), "y": np.arange(100) % 4.0}, {"target": "class"}, ("feature",), (3,), 4,
    ),
    "sequence": ({"X": draw(100, 7, 2), "y": TWO}, {"samples": "sequence"}, ("time", "feature"), (7, 2), 2),
    "grey images": ({"X": draw(100, 4, 5), "y": TWO}, {"samples": "image"}, IMAGE, (1, 4, 5), 2),
    "images": ({"X": draw(100, 3, 4, 5), "y": TWO}, {}, IMAGE, (3, 4, 5), 2),
    "channels last": ({"X": draw(100, 4, 5, 3), "y": TWO}, {"samples": "channels_last"}, IMAGE, (3, 4, 5), 2),
    "parted, small names": (
        {"x_train": draw(60, 3), "y_train": np.arange(60) % 2, "x_test": -draw(40, 3), "y_test": np.arange(40) % 2},
        {}, ("feature",), (3,), 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_array_makes_a_task(write, case):
    arrays, options, axes, shape, classes = CASES[case]
    task = NpzFile(file=write(**arrays), **options)
    facts = task.facts()
    assert (facts.axes, facts.shape, facts.classes) == (axes, shape, classes)
    check_task(task, change=lambda: write(**{name: array[::-1] for name, array in arrays.items()}))


def test_inputs_are_scaled_by_the_lowest_and_highest_of_the_training_part_alone(write):
    X = draw(100, 2) * [1, 1000]
    task = NpzFile(file=write(X=X, y=np.arange(100, dtype=float)))
    split = task.load(0)
    train = split.train[1].astype(int)  # the answers say which rows these are
    low, high = X[train].min(0), X[train].max(0)
    for x, y in (split.train, split.validation, split.test):
        expected = ((X[y.astype(int)] - low) / (high - low)).clip(0, 1)
        np.testing.assert_allclose(x, expected, rtol=0, atol=2**-24)  # half of float32's last bit at 1
    assert split.train[0].min(0).tolist() == [0, 0]
    assert split.train[0].max(0).tolist() == [1, 1]


def test_a_feature_that_never_changes_becomes_zero(write):
    X = draw(100, 2)
    X[:, 1] = 7
    assert not NpzFile(file=write(X=X, y=draw(100))).load(0).train[0][:, 1].any()


def test_pixels_of_all_images_share_one_scale(write):
    X = np.random.default_rng(0).integers(0, 256, (100, 6, 6)).astype(np.uint8)
    X[:, 0, 0] = 100  # a pixel that never changes keeps its value
    split = NpzFile(file=write(X=X, y=np.arange(100) % 2), samples="image").load(0)
    np.testing.assert_allclose(split.train[0][:, 0, 0, 0], 100 / 255, rtol=1e-6)  # float32


def test_inputs_can_be_left_as_they_are(write):
    X = np.random.default_rng(0).random((100, 3)) / 2
    split = NpzFile(file=write(X=X, y=np.arange(100.0)), scale="none").load(0)
    assert np.array_equal(split.test[0], X[split.test[1].astype(int)].astype(np.float32))
    with pytest.raises(EnvironmentFault, match=r"values reach from .* scale them to \[0, 1\]"):
        NpzFile(file=write(X=3 * X, y=np.arange(100.0)), scale="none").load(0)


def test_the_test_part_of_the_file_judges(write):
    file = write(X_train=draw(60, 1), y_train=np.zeros(60) + draw(60), X_test=draw(40, 1), y_test=np.arange(40.0))
    assert sorted(NpzFile(file=file).load(0).test[1]) == list(range(40))


def test_chance_of_values_is_the_error_of_the_training_mean(write):
    task = NpzFile(file=write(X=draw(100, 2), y=draw(100)))
    split = task.load(0)
    assert task.facts().chance == pytest.approx(np.mean((split.test[1] - split.train[1].mean()) ** 2), rel=1e-6)


def test_chance_of_uneven_classes_is_the_frequent_one(write):
    y = (np.arange(100) % 10 == 0).astype(int)
    assert NpzFile(file=write(X=draw(100, 2), y=y)).facts().chance == 0.9


def test_other_content_is_other_data_and_a_pinned_content_is_demanded(write):
    X, y = draw(100, 2), np.arange(100) % 2
    task = NpzFile(file=write(X=X, y=y))
    before = task.load(0).checksum
    file = write(X=X + (np.arange(100) == 5)[:, None] / 100, y=y)
    assert task.load(0).checksum != before
    with pytest.raises(EnvironmentFault, match=r"has changed.* found [0-9a-f]{64}") as caught:
        NpzFile(file=file, sha256="0" * 64).load(0)
    found = str(caught.value).split("found ")[1][:64]
    assert NpzFile(file=file, sha256=found.upper()).load(0).checksum == task.load(0).checksum


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ({"X": draw(100, 2)}, {}, "it holds X; expected X and y, or X_train"),
        ({"X": draw(100, 2), "y": np.arange(99)}, {}, r"y has the shape \(99,\) and X \(100, 2\)"),
        ({"X": draw(100, 2), "y": np.arange(100)}, {}, 'class .* has too few samples.* write target = "value"'),
        ({"X": draw(100, 2), "y": np.zeros(100, int)}, {}, "one class only, 0"),
        ({"X": draw(100, 2), "y": np.array(["a", "b"] * 50)}, {"target": "value"}, "text, such as 'a'"),
        ({"X": draw(100, 2), "y": draw(100)}, {"target": "class"}, "which is no class"),
        ({"X": draw(100, 2), "y": np.where(np.arange(100) < 3, np.nan, 1.0)}, {}, "3 NaN or infinite answers"),
        ({"X": draw(100, 2), "y": np.zeros((100, 2), int)}, {}, "a class is one number or text"),
        ({"X": draw(100, 2), "y": draw(100) * 1j}, {}, "holds complex128; expected numbers"),
        ({"X": np.array(["a"] * 100)[:, None], "y": np.arange(100) % 2}, {}, "X holds <U1; expected numbers"),
        ({"X": draw(100, 2)[:, :0], "y": np.arange(100) % 2}, {}, r"shape \(100, 0\); a sample holds nothing"),
        ({"X": np.array([{}] * 100), "y": np.arange(100) % 2}, {}, "X cannot be read .*allow_pickle"),
        ({"X": draw(100, 2), "y": np.array([{}] * 100)}, {}, "y cannot be read .*allow_pickle"),
        (
            {"X_train": draw(60, 2), "y_train": np.arange(60) % 2, "X_test": draw(40, 3), "y_test": np.arange(40) % 2},
            {}, r"shapes \(60, 2\) and \(40, 3\), of unlike samples",
        ),
    ],
)  # fmt: skip
def test_what_is_not_usable_is_said(write, arrays, options, message):
    with pytest.raises(EnvironmentFault, match=message):
        NpzFile(file=write(**arrays), **options).load(0)


def test_nan_among_the_inputs_names_the_first_sample(write):
    X = draw(100, 2)
    X[[40, 70], 1] = np.nan
    with pytest.raises(EnvironmentFault, match=r"2 of 100 samples hold NaN or infinity, the first is sample 40"):
        NpzFile(file=write(X=X, y=np.arange(100) % 2)).load(0)


@pytest.mark.parametrize("shape", [(100, 4, 5), (100, 8, 8, 3), (100, 2, 2, 2, 2)])
def test_an_array_whose_axes_do_not_tell_what_it_holds_is_asked_about(write, shape):
    with pytest.raises(ConfigurationError, match=r'"sequence" for .sample, time, feature'):
        NpzFile(file=write(X=draw(*shape), y=np.arange(100) % 2)).facts()


@pytest.mark.parametrize("content", [b"", b"PK but no zip", b"\x93NUMPY"])
def test_a_file_that_is_no_npz_says_how_to_write_one(tmp_path, content):
    path = tmp_path / "own.npz"
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=r"is no \.npz file .*numpy.savez"):
        NpzFile(file=str(path)).facts()


def test_a_damaged_array_is_named(write):
    file = Path(write(X=draw(100, 20), y=np.arange(100) % 2))
    content = bytearray(file.read_bytes())
    content[3000:3100] = bytes(100)  # inside X, whose 16,000 bytes come first
    file.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=r"X cannot be read .*CRC"):
        NpzFile(file=str(file)).load(0)


def test_an_absent_file_is_missing_data_and_its_title_is_its_name():
    with pytest.raises(DataMissing, match=r"nowhere\.npz"):
        NpzFile(file="nowhere.npz").facts()
    assert NpzFile(file="data/nowhere.npz").title == "Own arrays (nowhere.npz)"


@pytest.mark.parametrize("options", [{"target": "x"}, {"scale": "x"}, {"samples": "x"}])
def test_unknown_options_are_refused(options):
    with pytest.raises(ValueError, match="is none of"):
        NpzFile(**options)
