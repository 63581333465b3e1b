"""`neurocontrast new`: what it writes, says and refuses, and that each skeleton does what it says of itself."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compare.catalogue import KINDS, entries, load_plugin
from compare.cli._app import answer
from compare.cli.new import skeleton
from compare.contract import Evidence

Capture = pytest.CaptureFixture[str]
# What the kits need Brian2 or training for takes more than ten seconds.
QUICK = [kind if kind not in ("model", "rule", "neuron", "plasticity") else pytest.param(kind, marks=pytest.mark.slow)
         for kind in KINDS]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compare.catalogue._plugins", {})


def part(kind: str, folder: Path) -> Any:
    """The part of a fresh skeleton; an object, of a class with its defaults."""
    path = folder / f"my_{kind}.py"
    path.write_text(skeleton(kind, f"my_{kind}"))
    load_plugin(path)
    found = [entry for entry in entries(kind) if entry.plugin is not None]
    assert [entry.name for entry in found] == [f"my_{kind}"]
    loaded = found[0].load()
    return loaded() if isinstance(loaded, type) else loaded


def experiment_in(text: str) -> str:
    """The TOML in the first lines of a skeleton, as a user takes it from there."""
    lines = text.split('"""')[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("An EXPERIMENT.toml that uses it"))
    return "\n".join(line.removeprefix("    ") for line in lines[start + 1 :])


@pytest.mark.parametrize("kind", QUICK)
def test_a_skeleton_passes_the_kit_of_its_kind_as_it_was_written(kind: str, tmp_path: Path, capsys: Capture) -> None:
    assert answer(["new", kind, f"my_{kind}", "--out", str(tmp_path)]) == 0
    assert answer(["check", str(tmp_path / f"my_{kind}.py")]) == 0
    assert "1 of 1 parts passed." in capsys.readouterr().out


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "measure"])
def test_a_skeleton_is_one_part_and_holds_an_experiment_that_names_it(kind: str, tmp_path: Path) -> None:
    part(kind, tmp_path)
    table = tomllib.loads(experiment_in(skeleton(kind, f"my_{kind}")))
    assert f"'my_{kind}'" in str(table)
    assert table["learners"]


def test_it_says_where_the_file_is_and_the_two_commands_that_come_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert answer(["new", "neuron", "my_neuron"]) == 0
    said = capsys.readouterr().out
    assert 'Wrote my_neuron.py: a neuron model "my_neuron"' in said
    assert "\n  neurocontrast check my_neuron.py\n" in said
    assert "\n  neurocontrast run EXPERIMENT.toml --plugin my_neuron.py\n" in said
    assert answer(["new", "measure", "my_measure", "-o", "two words"]) == 0
    assert "\n  python 'two words/my_measure.py' STUDY\n" in capsys.readouterr().out
    assert (tmp_path / "two words" / "my_measure.py").is_file()


def test_a_file_that_is_there_is_left_alone_without_force(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "my_task.py"
    path.write_text("mine")
    words = ["new", "task", "my_task", "-o", str(tmp_path)]
    assert answer(words) == 2
    assert "is there already. Give another name or folder (--out), or write over it: --force." in (
        capsys.readouterr().err
    )
    assert path.read_text() == "mine"
    assert answer([*words, "--force"]) == 0
    assert path.read_text() == skeleton("task", "my_task")


def test_a_folder_that_cannot_be_written_ends_with_code_4(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    assert answer(["new", "task", "my_task", "-o", str(tmp_path / "file" / "below")]) == 4
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("neurn", "mine", 'There is no skeleton of "neurn". Did you mean "neuron"? Known: task, learner'),
        ("neuron", "My-Neuron", 'and begins with a letter. Write "my_neuron".'),
        ("neuron", "2fast", 'Write "my_2fast".'),
        ("neuron", "_hidden", 'Write "hidden".'),
        ("encoder", "ünïcode", '"ünïcode" cannot name an encoder: a name has lower-case letters'),
        ("neuron", "lif", 'there is a neuron model of that name already. Write "my_lif", for example.'),
        ("rule", "lambda", "it is a word of Python's"),
        ("metric", "statistics", 'a file statistics.py would hide the module "statistics" from Python'),
        ("task", "bio", 'a file bio.py would hide the module "bio" from Python'),
        ("task", "facts", "the file needs that word itself"),
        ("model", "block", "the file needs that word itself"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(
    kind: str, name: str, message: str, tmp_path: Path, capsys: Capture
) -> None:
    assert answer(["new", kind, name, "-o", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_encoders_spikes_are_as_many_as_the_rate_says_to_within_one(tmp_path: Path) -> None:
    encoder = part("encoder", tmp_path)
    X = np.random.default_rng(0).random((20, 30), dtype=np.float32)
    spikes = encoder.frames(X, encoder.steps).sum(1)
    expected = X * 63.75 * 0.35
    assert np.abs(spikes - expected).max() < 1.0  # a clock passes a whole number that often, whatever its phase
    phases = np.concatenate([encoder.frames(X, encoder.steps, presentation)[:, 0] for presentation in range(50)])
    # 30,000 draws of a chance of 0.032 on average: the standard error of the share is 0.001
    assert phases.mean() == pytest.approx((X * 63.75 * 0.001).mean(), abs=0.004)


def test_kappa_is_scikit_learns(tmp_path: Path) -> None:
    from sklearn.metrics import cohen_kappa_score

    chance, metric = np.random.default_rng(0), part("metric", tmp_path)
    for _ in range(5):
        y, prediction = chance.integers(0, 4, (2, 50))
        assert metric(Evidence(y, prediction)) == pytest.approx(cohen_kappa_score(y, prediction), abs=1e-12)
    with pytest.raises(ValueError, match="one class"):
        metric(Evidence(np.zeros(4, int), np.zeros(4, int)))


def test_distance_correlation_has_its_known_values(tmp_path: Path) -> None:
    measure, grid = part("measure", tmp_path), np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    assert measure(grid, 3 * grid + 1) == pytest.approx(1.0, abs=1e-12)  # a similarity transformation
    assert measure(grid[:, :1], grid[:, 1:]) == pytest.approx(0.0, abs=1e-7)  # independent; sqrt of a rounding
    x, y = np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [1.0], [9.0]])
    # by hand, in fractions: <A, B> = 104/3, <A, A> = 32/3, <B, B> = 368/3
    assert measure(x, y) == pytest.approx((104 / (32 * 368) ** 0.5) ** 0.5, abs=1e-12)


def test_direct_feedback_through_the_output_weights_is_backpropagation(tmp_path: Path) -> None:
    import torch

    import ann

    rule, chance = part("rule", tmp_path), torch.Generator().manual_seed(0)
    model = ann.MLP(hidden=(7,), activation="tanh").build((5,), 3, chance)
    x, y = torch.rand(11, 5, generator=chance), torch.arange(11) % 3
    loss = torch.nn.functional.cross_entropy
    state = {"hidden1.feedback": model.get_parameter("output.linear.weight").detach()}
    changes, _ = rule.updates(model, x, y, loss, state, chance)
    expected, _ = ann.Backprop().updates(model, x, y, loss, {}, chance)
    assert changes.keys() == expected.keys()
    for name, change in changes.items():
        torch.testing.assert_close(change, expected[name])  # with one hidden layer W' is the whole way back


def test_the_plasticity_rule_changes_a_weight_as_its_formula_says(tmp_path: Path) -> None:
    from bio.stdp_protocol import stdp_window

    rule = part("plasticity", tmp_path)
    found = stdp_window(rule, np.array([5e-3, 40e-3]), pairs=1, weight=0.5)
    expected = 0.01 * (np.exp(-np.array([5.0, 40.0]) / 20.0) - 0.4) * (1 - 0.5)
    assert found == pytest.approx(expected, abs=1e-9)  # float64 decays, over steps


@pytest.mark.filterwarnings("ignore:self.within_class_std_dev_")  # some pixels are always dark
def test_the_learner_learns_digits_well_above_a_class_mean(tmp_path: Path) -> None:
    from sklearn.datasets import load_digits
    from sklearn.neighbors import NearestCentroid

    X, y = load_digits(return_X_y=True)
    learner = part("learner", tmp_path).set_params(random_state=0).fit(X[:1000] / 16, y[:1000])
    means = NearestCentroid().fit(X[:1000] / 16, y[:1000])
    # prototypes hold several shapes of a digit: 94 to 95 % of these images, the means 86 %
    assert learner.score(X[1000:] / 16, y[1000:]) > means.score(X[1000:] / 16, y[1000:]) + 0.03


def test_the_tasks_chance_is_the_best_constant_answer_on_its_test_set(tmp_path: Path) -> None:
    task = part("task", tmp_path)
    y = task.load(0).test[1]
    assert task.facts().chance == pytest.approx(np.bincount(y).max() / len(y), abs=0.5 / len(y) + 5e-4)
