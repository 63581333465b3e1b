"""What does not fit is refused with what was given, what was expected and how to mend it."""

import numpy as np
import pytest
import torch

import ann.checkpoint
from ann import CNN, GRU, MLP, Backprop, Classifier, FeedbackAlignment, Regressor, Sanger, SequenceClassifier

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
