"""A device is named by one word, and a GPU that is not there is said so."""

import pytest
import torch

from ann import MLP, Classifier, device


def test_auto_is_the_cpu_where_torch_sees_no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.choose("auto") == torch.device("cpu")


def test_auto_is_the_gpu_where_torch_sees_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.choose("auto") == torch.device("cuda")


def test_asking_for_a_gpu_that_is_not_there_says_what_to_choose(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeError, match=r'device = "cuda", but torch sees no GPU.*"auto" or "cpu"'):
        Classifier(MLP(), device="cuda").fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize("word", ["gpu", "", None, 0, "cuda:x", "cpu:", "auto:1"])
def test_a_word_that_is_no_device_is_refused_with_the_choices(word):
    with pytest.raises(ValueError, match="'auto', 'cpu', 'cuda'"):
        device.choose(word)


def test_a_gpu_beyond_those_that_there_are_is_refused_with_their_number(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert device.choose("cuda:1") == torch.device("cuda:1")
    with pytest.raises(RuntimeError, match=r'device = "cuda:2", but torch sees 2 GPUs, the first of them "cuda:0"'):
        device.choose("cuda:2")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU")
def test_the_gpu_and_the_cpu_learn_the_same_from_one_seed():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    fitted = [Classifier(MLP(), epochs=2, device=word, random_state=0).fit(X / 16, y) for word in ("cpu", "cuda")]
    one, other = (learner.predict_proba(X / 16) for learner in fitted)
    assert abs(one - other).max() < 1e-3  # sums in float32 in another order, over 58 updates
