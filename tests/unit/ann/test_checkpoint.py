"""Checkpoints and early stopping: interrupted training ends with the bits of an undisturbed one."""

import numpy as np
import pytest
import torch

from ann import MLP, Backprop, Classifier, Sanger
from ann.checkpoint import _remember
from ann.contract import StopTraining

CHANCE = np.random.Generator(np.random.PCG64(0))
X = CHANCE.uniform(0, 1, (90, 6)).astype(np.float32)
Y = (X[:, 0] + X[:, 1] > X[:, 2] + X[:, 3]).astype(int)
MORE = CHANCE.uniform(0, 1, (60, 6)).astype(np.float32)
NOISE = CHANCE.integers(0, 2, 60)


def learner(**changes):
    settings = {"epochs": 6, "batch_size": 16, "device": "cpu", "random_state": 0}
    return Classifier(MLP(hidden=(8,)), **(settings | changes))


class Interrupting:
    """Stands for a process that is killed after so many examples."""

    def __init__(self, at):
        self.at = at

    def due(self, examples_seen):
        return examples_seen >= self.at

    def __call__(self, learner, examples_seen, **facts):
        raise KeyboardInterrupt


def same(a, b):
    assert a.weights().keys() == b.weights().keys()
    return all(np.array_equal(value, b.weights()[name]) for name, value in a.weights().items())


@pytest.mark.parametrize("rule", [Backprop(), Backprop("sgd", schedule="cosine"), Sanger()], ids=lambda r: r.name)
@pytest.mark.parametrize("patience", [None, 4])
def test_training_that_was_interrupted_goes_on_to_the_same_bits(tmp_path, rule, patience):
    file = tmp_path / "training.safetensors"
    whole = learner(rule=rule, patience=patience).fit(X, Y)
    with pytest.raises(KeyboardInterrupt):
        learner(rule=rule, patience=patience).fit(X, Y, observer=Interrupting(290), checkpoint=file)
    resumed = learner(rule=rule, patience=patience).fit(X, Y, checkpoint=file)
    assert same(resumed, whole)
    assert resumed.progress_.updates == whole.progress_.updates
    assert resumed.progress_.examples == whole.progress_.examples


class Diverging(Backprop):
    """Worse with every pass of six updates from the third one on, and no number in the fifth."""

    def start(self, model, generator):
        return {"n": torch.zeros(())}

    def updates(self, model, x, y, loss, state, generator):
        changes, state = super().updates(model, x, y, loss, state | {"n": state["n"] + 1}, generator)
        factor = 1.0 if state["n"] <= 12 else -20.0 if state["n"] <= 24 else float("nan")
        return {name: factor * change for name, change in changes.items()}, state


def test_weights_to_go_back_to_are_kept_over_an_interruption(tmp_path):
    file, rule = tmp_path / "training.safetensors", Diverging("sgd", learning_rate=0.05)
    with pytest.warns(RuntimeWarning, match="the weights of 180 examples are kept"):
        whole = learner(rule=rule).fit(X, Y)
    with pytest.raises(KeyboardInterrupt):
        learner(rule=rule).fit(X, Y, observer=Interrupting(350), checkpoint=file)  # in the fourth pass
    with pytest.warns(RuntimeWarning, match="the weights of 180 examples are kept"):
        resumed = learner(rule=rule).fit(X, Y, checkpoint=file)
    assert same(resumed, whole)


def test_a_checkpoint_is_refused_where_other_samples_say_when_to_stop(tmp_path):
    file = tmp_path / "training.safetensors"
    learner(patience=3).fit(X, Y, validation=(MORE, NOISE), checkpoint=file)
    learner(patience=3).fit(X, Y, validation=(MORE, NOISE), checkpoint=file)
    with pytest.raises(ValueError, match="checkpoint of another training: its validation is"):
        learner(patience=3).fit(X, Y, validation=(MORE[:50], NOISE[:50]), checkpoint=file)


def test_a_file_that_cannot_be_written_is_refused_before_training(tmp_path):
    with pytest.raises(ValueError, match=r"no folder .*nowhere for the checkpoint training. Make it, or give another"):
        learner().fit(X, Y, checkpoint=tmp_path / "nowhere" / "training", observer=Interrupting(0))
    with pytest.raises(ValueError, match="is a folder, but a checkpoint is a file"):
        learner().fit(X, Y, checkpoint=tmp_path)


def test_without_a_seed_the_sentence_says_that_one_is_needed(tmp_path):
    file = tmp_path / "training.safetensors"
    learner(random_state=None).fit(X, Y, checkpoint=file)
    with pytest.raises(ValueError, match=r"its seed is .* Give a random_state"):
        learner(random_state=None).fit(X, Y, checkpoint=file)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU")
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_training_on_a_gpu_goes_on_too(tmp_path, optimiser):
    file, settings = tmp_path / "training.safetensors", {"device": "cuda", "rule": Backprop(optimiser)}
    whole = learner(**settings).fit(X, Y)
    with pytest.raises(KeyboardInterrupt):
        learner(**settings).fit(X, Y, observer=Interrupting(290), checkpoint=file)
    assert same(learner(**settings).fit(X, Y, checkpoint=file), whole)


def test_an_optimisers_count_of_steps_lies_where_its_kernel_looks_for_it(tmp_path):
    # fused kernels read it on the parameters' device, all others on the CPU; "meta" stands for a GPU
    for fused, device in [(True, "meta"), (False, "cpu")]:
        parameter = torch.nn.Parameter(torch.zeros(3, device="meta"))
        optimiser = torch.optim.Adam([parameter], foreach=False)
        optimiser.param_groups[0]["fused"] = fused
        _remember(optimiser, {"0.step": torch.tensor(4.0), "0.exp_avg": torch.zeros(3)})
        state = optimiser.state[parameter]
        assert (state["step"].device.type, state["exp_avg"].device.type) == (device, "meta")


def test_a_finished_training_is_not_done_again(tmp_path):
    file = tmp_path / "training.safetensors"
    first = learner().fit(X, Y, checkpoint=file)
    again = learner().fit(X, Y, checkpoint=file, observer=Interrupting(1))  # nothing is left that it could interrupt
    assert same(first, again)


def test_a_checkpoint_of_other_settings_data_or_seed_is_refused_by_name(tmp_path):
    file = tmp_path / "training.safetensors"
    learner().fit(X, Y, checkpoint=file)
    for changes, differs in [
        ({"batch_size": 32}, "batch_size is 16, here it is 32"),
        ({"random_state": 1}, "seed is 0"),
    ]:
        with pytest.raises(ValueError, match=f"checkpoint of another training: its {differs}"):
            learner(**changes).fit(X, Y, checkpoint=file)
    with pytest.raises(ValueError, match="its data is"):
        learner().fit(X + 1, Y, checkpoint=file)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    file = tmp_path / "training.safetensors"
    file.write_bytes(b"something else")
    with pytest.raises(ValueError, match="holds no checkpoint that can be read"):
        learner().fit(X, Y, checkpoint=file)


def test_training_ends_when_the_validation_loss_stops_falling_and_keeps_the_best_weights():
    # Labels of pure chance: what is learned of them cannot help on others, so the loss of those soon rises.
    early = learner(epochs=200, patience=3, rule=Backprop(learning_rate=0.05))
    early.fit(MORE, NOISE, validation=(X, Y))
    passes = early.progress_.passes
    assert early.describe()["departures"] == [early.progress_.ended_early]
    assert early.progress_.ended_early.startswith("Training ended early: the validation loss was lowest after pass")
    best = int(early.progress_.ended_early.split("after pass ")[1].split(" ")[0])
    assert passes == best + 3 < 200
    kept = learner(epochs=best, rule=Backprop(learning_rate=0.05)).fit(MORE, NOISE)
    assert same(early, kept)


def test_where_the_loss_explodes_the_best_pass_is_kept_and_named():
    rule = Diverging("sgd", learning_rate=0.05)
    with pytest.warns(RuntimeWarning, match="loss exploded"):
        ended = learner(rule=rule, patience=9).fit(X, Y, validation=(X, Y))
    (told,) = ended.describe()["departures"]
    assert told.startswith("The loss exploded after 360 examples; the validation loss was lowest after pass 2 of 4, ")
    assert same(ended, learner(epochs=2, rule=rule, patience=9).fit(X, Y, validation=(X, Y)))


def test_without_validation_samples_a_tenth_is_held_out():
    fitted = learner(epochs=1, patience=5).fit(X, Y)
    assert fitted.progress_.examples == 81
    with pytest.raises(ValueError, match=r"holds a tenth of the samples back, but X has n_samples = 10"):
        learner(patience=5).fit(X[:10], Y[:10])


def test_validation_labels_that_were_not_learned_are_refused():
    with pytest.raises(ValueError, match=r"The labels \[7\] are not among those learned, \[0, 1\]"):
        learner(patience=2).fit(X, Y, validation=(X, np.full(90, 7)))


def test_an_observers_stop_and_early_stopping_get_along():
    class Stopping(Interrupting):
        def __call__(self, learner, examples_seen, **facts):
            raise StopTraining("Enough.")

    stopped = learner(patience=5).fit(X, Y, validation=(X, Y), observer=Stopping(250))
    assert "Enough." in stopped.progress_.ended_early
    assert stopped.progress_.passes == 2  # and the better of these two is kept
    kept = [learner(epochs=epochs).fit(X, Y) for epochs in (1, 2)]
    assert any(same(stopped, one) for one in kept)


def test_no_step_is_longer_than_the_clipped_updates_allow():
    rule = Backprop("sgd", learning_rate=1.0, momentum=0.0)
    start, end = (learner(rule=rule, epochs=e, batch_size=90, clip_norm=0.01).fit(X, Y) for e in (0, 1))
    moved = sum(np.sum((end.weights()[name] - value) ** 2) for name, value in start.weights().items()) ** 0.5
    assert moved == pytest.approx(0.01, rel=1e-3)  # torch adds 1e-6 to the norm


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"patience": 0}, "patience = 0, but it must be a whole number of at least 1"),
        ({"clip_norm": 0.0}, "clip_norm = 0.0, but it must be greater than 0, or None"),
        ({"precision": "float8"}, "precision = 'float8' is not known; choose float32 or bfloat16"),
        ({"loss": "cosine"}, "loss = 'cosine' is not known"),
        ({"class_weight": "heavy"}, "class_weight = 'heavy'; expected None, \"balanced\""),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_what_was_expected(setting, message):
    with pytest.raises(ValueError, match=message):
        learner(**setting).fit(X, Y)


def test_mixed_precision_learns_and_is_repeatable():
    first, again = (
        learner(precision="bfloat16", epochs=40, rule=Backprop(learning_rate=0.01)).fit(X, Y) for _ in range(2)
    )
    assert same(first, again)
    assert first.score(X, Y) > 0.9
    assert not same(first, learner(epochs=40, rule=Backprop(learning_rate=0.01)).fit(X, Y))


def test_balanced_classes_answer_the_rare_one_as_often():
    rare = np.concatenate([np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)[:5]])
    plain, balanced = (
        learner(class_weight=w, epochs=40, rule=Backprop(learning_rate=0.01)).fit(X[rare], Y[rare])
        for w in (None, "balanced")
    )
    assert balanced.predict(X).mean() > plain.predict(X).mean()
