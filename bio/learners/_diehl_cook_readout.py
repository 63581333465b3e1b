"""From the excitatory neurons' spike counts to a class: a vote of labelled neurons, or a linear classifier."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Readout(Protocol):
    """Reads counts (sample, neuron) as probabilities (sample, class)."""

    def probabilities(self, counts: np.ndarray) -> np.ndarray: ...


class Vote:
    """Each neuron stands for the class that excites it most; the class whose neurons fire most on average wins.

    Attributes:
        label: (neuron,) index of its class; -1 for a neuron that never fired.
        share: (class,) of the training images, the answer to an image that no labelled neuron fires for.

    Source: Diehl & Cook 2015, Front. Comput. Neurosci. 9:99, doi 10.3389/fncom.2015.00099; they assign the labels, as
    here, with learning off. The average over an image of a class makes classes of different sizes equal.
    """

    def __init__(self, counts: np.ndarray, codes: np.ndarray, share: np.ndarray) -> None:
        members = codes[:, None] == np.arange(share.size)
        response = (members.T @ counts.astype(np.float64)) / np.maximum(members.sum(0), 1)[:, None]
        self.label = np.where(counts.any(0), response.argmax(0), -1)
        self.share = share

    def probabilities(self, counts: np.ndarray) -> np.ndarray:
        """Mean count of each class's neurons, as a share of the sum over classes."""
        members = self.label[:, None] == np.arange(self.share.size)
        mean = (counts.astype(np.float64) @ members) / np.maximum(members.sum(0), 1)
        total = mean.sum(1, keepdims=True)
        return np.where(total > 0.0, mean / np.where(total > 0.0, total, 1.0), self.share)


class Linear:
    """Multinomial logistic regression on the standardised counts."""

    def __init__(self, counts: np.ndarray, codes: np.ndarray, share: np.ndarray) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self.share = share
        self._classes = np.unique(codes)
        self._regression: Any = None
        if self._classes.size > 1:
            self._regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
            self._regression.fit(counts.astype(np.float64), codes)

    def probabilities(self, counts: np.ndarray) -> np.ndarray:
        """Softmax of the regression; a class that had no labelled image gets 0."""
        found = np.zeros((len(counts), self.share.size))
        found[:, self._classes] = 1.0
        if self._regression is not None and len(counts):
            found[:, self._classes] = self._regression.predict_proba(counts.astype(np.float64))
        return found


READOUTS = {"vote": Vote, "linear": Linear}
