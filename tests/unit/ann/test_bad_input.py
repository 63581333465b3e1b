"""What does not fit is refused with what was given, what was expected and how to mend it."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

import ann.checkpoint
from ann import (
    CNN,
    GRU,
    LSTM,
    MLP,
    VAE,
    Backprop,
    Classifier,
    FeedbackAlignment,
    Generator,
    KolenPollack,
    Regressor,
    Sanger,
    SequenceClassifier,
)

CHANCE = np.random.Generator(np.random.PCG64(0))
X = CHANCE.random((40, 6), dtype=np.float32)
Y = (X[:, 0] > 0.5).astype(int)
SETTINGS = {"epochs": 1, "batch_size": 16, "device": "cpu", "random_state": 0}


def learner(model=None, **changes):
    return Classifier(model or MLP(hidden=(4,)), **(SETTINGS | changes))


@pytest.mark.parametrize(
    ("make", "samples", "targets", "words"),
    [
        (lambda: learner(), X, Y[:-1], "inconsistent numbers of samples: [40, 39]"),
        (lambda: learner(), X[:0], Y[:0], "0 sample(s)"),
        (lambda: learner(), X, X[:, 0], "Unknown label type: continuous"),
        (lambda: learner(), X, np.where(Y, np.nan, 1.0), "contains NaN"),
        (lambda: learner(CNN()), X, Y, "reads images (channel, height, width), but a sample here has the shape (6,)"),
        (lambda: learner(GRU()), X, Y, "reads sequences (time, feature), but a sample here has the shape (6,)"),
        (lambda: learner(rule=Sanger()), np.full_like(X, np.inf), Y, "infinity"),
        (lambda: Regressor(MLP(), **SETTINGS), X, np.where(Y, np.inf, 1.0), "infinity"),
        (lambda: SequenceClassifier(GRU(), **SETTINGS), X[:, :, None], X, "Unknown label type: continuous"),
        (lambda: SequenceClassifier(GRU(), **SETTINGS), X[:, :, None], np.where(X > 0.5, np.nan, 1), "y holds NaN"),
    ],
)  # fmt: skip
def test_samples_and_targets_that_do_not_fit_are_refused(make, samples, targets, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at
        make().fit(samples, targets)
    assert words in str(caught.value)


def test_a_rule_on_a_network_that_it_cannot_serve_is_refused_when_it_is_to_learn():
    with pytest.raises(ValueError, match=r"FeedbackAlignment needs layers in a row.*RecurrentNetwork"):
        learner(GRU((4,)), rule=FeedbackAlignment()).fit(X[:, :, None], Y)


def test_clipping_is_refused_where_feedback_weights_take_the_weights_own_steps():
    clipped = learner(rule=KolenPollack(), clip_norm=1.0)
    with pytest.raises(ValueError, match=r"clip_norm = 1\.0 would shorten one kind only"):
        clipped.fit(X, Y)
    told = SimpleNamespace(target="class", shape=(6,), classes=2)
    assert "clip_norm = 1.0" in clipped.refuses(told)
    assert learner(rule=KolenPollack()).refuses(told) is None
    assert learner(rule=FeedbackAlignment(), clip_norm=1.0).refuses(told) is None


def test_labels_beyond_those_learned_are_refused_with_both():
    fitted = learner().fit(X, Y)
    with pytest.raises(ValueError, match=r"labels \[7\] are not among those learned, \[0, 1\]"):
        fitted.update_and_gradient(X, np.where(Y, 7, 0))


def test_the_checkpoint_of_another_model_rule_or_version_is_refused_by_name(tmp_path, monkeypatch):
    file = tmp_path / "training.safetensors"
    learner().fit(X, Y, checkpoint=file)
    for changed, differs in [
        (learner(MLP(hidden=(5,))), "its model is MLP(hidden=(4,)"),
        (learner(rule=Backprop(learning_rate=0.1)), "its rule is None, here it is Backprop(optimiser='adam', learn"),
        (Regressor(MLP(hidden=(4,)), **SETTINGS), "its learner is Classifier, here it is Regressor"),
    ]:
        with pytest.raises(ValueError, match=r"the checkpoint of another training.*or give another file") as caught:
            changed.fit(X, Y, checkpoint=file)
        assert differs in str(caught.value)
    with monkeypatch.context() as patch:
        patch.setattr(Backprop, "version", Backprop.version + 1)
        with pytest.raises(ValueError, match=f"its version is backprop {Backprop.version - 1}, here it is backprop"):
            learner().fit(X, Y, checkpoint=file)
    monkeypatch.setattr(ann.checkpoint, "FORMAT", "2")
    with pytest.raises(ValueError, match="its format is 1, here it is 2"):
        learner().fit(X, Y, checkpoint=file)


def out_of_memory(error):
    class Greedy(Backprop):
        def updates(self, model, x, y, loss, state, generator):
            raise error

    return Greedy()


GPU = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
CPU = RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: you tried to ...")


@pytest.mark.parametrize(
    ("error", "batch_size", "words"),
    [
        (GPU, 64, 'The GPU\'s memory is not enough for batches of 64 samples. Try batch_size = 32, or device = "cpu".'),
        (CPU, 5, "The machine's memory is not enough for batches of 5 samples. Try batch_size = 2."),
        (CPU, 1, "Try a smaller network or shorter samples."),
    ],
)
def test_where_memory_is_not_enough_a_batch_size_is_suggested(error, batch_size, words):
    with pytest.raises(MemoryError) as caught:
        learner(rule=out_of_memory(error), batch_size=batch_size).fit(X, Y)
    assert words in str(caught.value)
    assert caught.value.__cause__ is error


def test_other_errors_of_torch_come_through_as_they_are():
    with pytest.raises(RuntimeError, match=r"^something else$"):
        learner(rule=out_of_memory(RuntimeError("something else"))).fit(X, Y)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w | {"strange": np.zeros(2)}, "'strange' are only in one"),
        (
            lambda w: {name: value for name, value in w.items() if "output" not in name},
            "'output.linear.weight', 'output",
        ),
        (
            lambda w: w | {"output.linear.bias": np.zeros(3)},
            r"'output.linear.bias' have the shape (3,), but this network",
        ),
    ],
)
def test_weights_of_another_network_are_refused(change, words):
    fitted = learner().fit(X, Y)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at
        fitted.with_weights(change(fitted.weights()))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("validation", "words"),
    [
        (X, "validation is a ndarray, but expected two arrays: (X, y)"),
        ((X[:, :5], Y), "X has 5 features, but Classifier is expecting 6"),
        ((X.reshape(40, 2, 3), Y), "X has 2 features, but Classifier is expecting 6"),
        ((X, Y[:-1]), "inconsistent numbers of samples: [40, 39]"),
        ((X[:0], Y[:0]), "0 sample(s)"),
        ((np.full_like(X, np.nan), Y), "contains NaN"),
        ((X, np.stack([Y, Y], 1)), "y should be a 1d array"),
    ],
)
def test_validation_samples_must_be_as_those_of_training(validation, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at
        learner(patience=1).fit(X, Y, validation=validation)
    assert words in str(caught.value)


def test_validation_values_that_do_not_fit_are_refused_and_a_column_is_taken_for_what_it_is():
    columns = [X[:, 0], X[:, :1]]
    flat, column = (
        Regressor(MLP((4,)), patience=1, **SETTINGS).fit(X, X[:, 0], validation=(X, y)).predict(X) for y in columns
    )
    assert np.array_equal(flat, column)
    with pytest.raises(ValueError, match=r"shape \(40, 2\); expected \(sample\), as the first targets had"):
        Regressor(MLP((4,)), patience=1, **SETTINGS).fit(X, X[:, 0], validation=(X, X[:, :2]))
    with pytest.raises(ValueError, match="VAE reads values as probabilities, but these reach from"):
        Generator(VAE((4,)), patience=1, **SETTINGS).fit(X, validation=(X - 1, None))


def test_as_many_targets_as_samples_are_asked_for_where_gradients_are():
    fitted = learner().fit(X, Y)
    for ask in (fitted.input_gradient, fitted.update_and_gradient):
        with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[40, 39\]"):
            ask(X, Y[:-1])
    values = Regressor(MLP((4,)), **SETTINGS).fit(X, X[:, 0])
    assert np.array_equal(values.input_gradient(X, X[:, :1]), values.input_gradient(X, X[:, 0]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "mlp"}, "model = 'mlp', but expected the recipe of a network, for example MLP(hidden=(100,))"),
        ({"model": MLP}, "model = <class 'ann.models.mlp.MLP'>, but expected the recipe"),
        ({"model": None}, "model = None, but expected the recipe"),
        ({"rule": "backprop"}, "rule = 'backprop', but expected a learning rule or None, for example Backprop()"),
        ({"encoder": "poisson"}, "encoder = 'poisson', but expected an encoder or None"),
    ],
)
def test_a_name_or_a_class_in_the_place_of_an_object_is_refused(settings, words):
    with pytest.raises(TypeError) as caught:
        learner().set_params(**settings).fit(X, Y)
    assert words in str(caught.value)


@pytest.mark.parametrize("factor", [0, -1.0, float("nan"), float("inf"), "heavy"])
def test_a_class_counts_more_than_nothing(factor):
    with pytest.raises(ValueError, match=r"class_weight of 1 is .*, but it must be a number greater than 0"):
        learner(class_weight={0: 1, 1: factor}).fit(X, Y)


def test_a_recipe_that_makes_samples_is_no_classifiers():
    with pytest.raises(ValueError, match=r"VAE makes samples, but Classifier tells classes apart[.] Use Generator"):
        learner(VAE((4,))).fit(X[:, :2], Y)  # as many classes as values, for which it could be built


def test_a_field_of_what_is_not_there_or_has_none_is_refused():
    with pytest.raises(
        ValueError, match=r"rule = None has no parameter 'learning_rate'. Set rule to an object that has"
    ):
        learner().set_params(rule__learning_rate=0.1)
    with pytest.raises(ValueError, match=r"model__hidden = \(4,\) has no parameters of its own, but first was set"):
        learner().set_params(model__hidden__first=3)
    assert learner().set_params(rule=Backprop(), rule__learning_rate=0.1).rule == Backprop(learning_rate=0.1)


def test_samples_that_may_not_be_written_to_are_learned_without_a_warning(recwarn):
    X.setflags(write=False)
    try:
        Generator(VAE((4,)), **SETTINGS).fit(X)
    finally:
        X.setflags(write=True)
    assert not recwarn.list


@pytest.mark.parametrize("rule", [Sanger(), FeedbackAlignment()], ids=lambda rule: rule.name)
def test_weights_in_double_precision_are_taken_in_the_networks_own(rule):
    fitted = learner(rule=rule).fit(X, Y)
    copy = fitted.with_weights({name: value.astype(float) for name, value in fitted.weights().items()})
    assert np.array_equal(copy.predict_proba(X), fitted.predict_proba(X))
    assert all(value.dtype == copy.weights()[name].dtype for name, value in fitted.weights().items())


@pytest.mark.parametrize("bias", ["x", float("nan"), float("inf"), True, None])
def test_a_forget_gate_starts_at_a_number(bias):
    with pytest.raises(ValueError, match=r"forget_bias = .*, but it must be a finite number"):
        LSTM(forget_bias=bias)
