"""Early stopping: training ends when the validation loss has not fallen for some passes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from ann.contract import NoLongerBetter

if TYPE_CHECKING:
    from ann.training import Trainer

__all__ = ["EarlyStop"]


class EarlyStop:
    """Asks for the validation loss behind every pass, and keeps the weights of the best one.

    Prechelt 1998, in Neural Networks: Tricks of the Trade, 55, doi:10.1007/3-540-49430-8_3.

    Attributes:
        best_loss, best_pass: the lowest validation loss so far, and the pass behind which it was found.
    """

    def __init__(self, trainer: Trainer, patience: int, check: Callable[[], float]) -> None:
        self._trainer, self._patience, self._check = trainer, patience, check
        self.best_loss, self.best_pass = math.inf, 0
        self._best = self._copy()

    def after_pass(self) -> None:
        """Look, and raise NoLongerBetter where nothing became better for `patience` passes."""
        loss, passes = self._check(), self._trainer.progress.passes
        if loss < self.best_loss:
            self.best_loss, self.best_pass, self._best = loss, passes, self._copy()
        elif passes - self.best_pass >= self._patience:
            raise NoLongerBetter(f"Training ended early: {self._told(passes)}")

    def _told(self, passes: int) -> str:
        if not self.best_pass:
            return f"the validation loss was no finite number behind any of {passes} passes."
        return f"the validation loss was lowest after pass {self.best_pass} of {passes}, whose weights are kept."

    def restore(self) -> None:
        """Puts the weights of the best pass back, if there was one; says so where the loss had exploded."""
        if not self.best_pass:
            return
        self.put({name: value.clone() for name, value in self._best.items()})
        progress = self._trainer.progress
        if progress.exploded:
            progress.ended_early = (
                f"The loss exploded after {progress.examples} examples; {self._told(progress.passes)}"
            )

    def state(self) -> dict[str, torch.Tensor]:
        """What a checkpoint keeps."""
        reached = torch.tensor([self.best_loss, self.best_pass], dtype=torch.float64)
        return {"reached": reached, **{f"best.{name}": value for name, value in self._best.items()}}

    def load(self, state: dict[str, torch.Tensor]) -> None:
        """What `state` gave."""
        self.best_loss, self.best_pass = float(state["reached"][0]), int(state["reached"][1])
        self._best = {name: state[f"best.{name}"].to(value.device) for name, value in self._best.items()}

    def put(self, tensors: dict[str, torch.Tensor]) -> None:
        """These weights and this state of the rule into the trainer."""
        weights = {name[len("model.") :]: value for name, value in tensors.items() if name.startswith("model.")}
        self._trainer.model.load_state_dict(weights)
        self._trainer.state = {name: tensors[f"rule.{name}"] for name in self._trainer.state}

    def _copy(self) -> dict[str, torch.Tensor]:
        weights = {f"model.{name}": value.clone() for name, value in self._trainer.model.state_dict().items()}
        return weights | {f"rule.{name}": value for name, value in self._trainer.state.items()}
