"""How the loss of each sample changes with the sample's own values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ann import chance
from ann.training import Loss

__all__ = ["input_gradient", "reads_values"]

_CHUNK = 256  # samples at a time; bounds memory


def reads_values(learner: Any) -> bool:
    """Whether what the network reads are the samples themselves: spikes have no derivative."""
    recipe = getattr(learner, "model", None)
    return learner.encoder is None and getattr(recipe, "reads", "values") == "values"


def input_gradient(learner: Any, X: np.ndarray, targets: np.ndarray, loss: Loss) -> np.ndarray:
    """d loss_i / d X_i, float32 of X's shape, `loss_i` that of sample i by itself.

    Args:
        learner: a fitted NetworkLearner.
        X: checked samples.
        targets: as the loss takes them.
        loss: a mean over samples, none weighted more than another.

    Raises:
        NotImplementedError: if the rule's answer has no derivative.
    """
    y, found = learner._on_device(targets), []
    # cudnn knows no way back through recurrent networks that answer, only through those that learn
    with chance.deterministic(), torch.backends.cudnn.flags(enabled=False):
        for start, x in zip(range(0, len(X), _CHUNK), learner._batches(X), strict=True):
            found.append(_of_batch(learner, x, y[start : start + _CHUNK], loss))
    return torch.cat(found).cpu().numpy()


def _of_batch(learner: Any, x: torch.Tensor, y: torch.Tensor, loss: Loss) -> torch.Tensor:
    x = x.requires_grad_()
    value = len(x) * loss(learner._rule_.output(learner.network_, x, learner._rule_state_), y)
    if not value.requires_grad:
        raise NotImplementedError(f"The answer that {learner._rule_.name} gives has no derivative.")
    return torch.autograd.grad(value, x)[0].reshape(x.shape)
