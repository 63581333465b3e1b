"""Known data, known accuracy: a network that learns worse than this has a fault."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ann import CNN, MLP, Backprop, Classifier

X, Y = load_digits(return_X_y=True)
X = (X / 16).astype(np.float32).reshape(-1, 1, 8, 8)
ORDER = np.random.Generator(np.random.PCG64(0)).permutation(len(Y))
TRAIN, TEST = ORDER[:1000], ORDER[1000:]


def accuracy(recipe, batch_size):
    """Mean over three seeds; the settings were chosen on the validation part of the digits task."""
    scores = [
        Classifier(recipe, Backprop(learning_rate=5e-3), batch_size=batch_size, device="cpu", random_state=seed)
        .fit(X[TRAIN], Y[TRAIN])
        .score(X[TEST], Y[TEST])
        for seed in range(3)
    ]
    return np.mean(scores)


def test_a_perceptron_of_100_hidden_neurons_tells_digits_apart():
    assert accuracy(MLP(hidden=(100,)), 32) > 0.96  # 0.972 on the task's test set, whose standard error is 0.007


@pytest.mark.slow
def test_a_convolutional_network_tells_digits_apart():
    assert accuracy(CNN(hidden=(47,)), 64) > 0.965  # 0.977 on the task's test set, whose standard error is 0.007
