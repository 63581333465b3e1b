"""Losses by name: what a network's output is held against, and what it says about the classes.

Each is the mean over a batch. Of outputs (sample, ..., class) and class indices (sample, ...), or of outputs and values
of one shape (sample, ..., value); steps of a sequence count as samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

__all__ = ["CLASS_LOSSES", "VALUE_LOSSES", "ClassLoss", "ClassLossName", "ValueLoss", "ValueLossName"]

ClassLossName = Literal["cross_entropy", "binary_cross_entropy", "hinge", "mse"]
ValueLossName = Literal["mse", "mae", "huber"]
CLASS_LOSSES: tuple[str, ...] = ("cross_entropy", "binary_cross_entropy", "hinge", "mse")
VALUE_LOSSES: tuple[str, ...] = ("mse", "mae", "huber")


@dataclass(frozen=True)
class ClassLoss:
    """A loss of class indices.

    "cross_entropy" of a softmax; "binary_cross_entropy" of a sigmoid for each class, one against the rest; "hinge", the
    sum of max(0, 1 - o_right + o_other) over all other classes (Weston & Watkins 1999, Proc. ESANN, 219), divided by
    the number of classes as torch does; "mse", the squared distance from the one-hot target.

    Attributes:
        name: one of CLASS_LOSSES.
        weight: (class,) factor of each class's samples, or None. The mean is divided by the weights' sum.

    Raises:
        ValueError: for a name that is not known.
    """

    name: str = "cross_entropy"
    weight: Any = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.name not in CLASS_LOSSES:
            raise ValueError(f"loss = {self.name!r} is not known; choose one of {', '.join(CLASS_LOSSES)}.")

    def __call__(self, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The mean loss of outputs (sample, ..., class) for the classes y (sample, ...)."""
        from torch.nn import functional

        output, y = output.reshape(-1, output.shape[-1]), y.reshape(-1)
        if self.name == "cross_entropy":
            return functional.cross_entropy(output, y, self.weight)
        if self.name == "hinge":
            each = functional.multi_margin_loss(output, y, reduction="none")
        else:
            target = functional.one_hot(y, output.shape[-1]).to(output.dtype)
            one = functional.mse_loss if self.name == "mse" else functional.binary_cross_entropy_with_logits
            each = one(output, target, reduction="none").mean(-1)
        if self.weight is None:
            return each.mean()
        return (self.weight[y] * each).sum() / self.weight[y].sum()

    def probability(self, output: torch.Tensor) -> torch.Tensor:
        """(..., class), sums to one: the softmax; of a sigmoid for each class, its share of them all.

        Of "hinge" and "mse" it orders the classes as the outputs do and is no estimate of a probability.
        """
        if self.name == "binary_cross_entropy":
            each = output.sigmoid().clamp(min=1e-30)  # all of them may be 0 in float32
            return each / each.sum(-1, keepdim=True)
        return output.softmax(-1)

    def text(self) -> str:
        """What becomes of the outputs, in words."""
        if self.name == "binary_cross_entropy":
            return "a sigmoid for each class, the largest decides"
        if self.name == "cross_entropy":
            return "softmax of the output layer, the largest decides"
        return "the largest output decides"


@dataclass(frozen=True)
class ValueLoss:
    """A loss of values: "mse" the squared, "mae" the absolute distance, "huber" the first up to 1 and then the second.

    Raises:
        ValueError: for a name that is not known.
    """

    name: str = "mse"

    def __post_init__(self) -> None:
        if self.name not in VALUE_LOSSES:
            raise ValueError(f"loss = {self.name!r} is not known; choose one of {', '.join(VALUE_LOSSES)}.")

    def __call__(self, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The mean loss of outputs for values y of the same shape."""
        from torch.nn import functional

        one = {"mse": functional.mse_loss, "mae": functional.l1_loss, "huber": functional.huber_loss}[self.name]
        return one(output, y)
