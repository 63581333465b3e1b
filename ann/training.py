"""The trainer: minibatches in a seeded order, a rule's updates through its optimiser, observers, exploding losses."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from ann.contract import LearningRule, State, StopTraining

Read = Callable[[Any, int], torch.Tensor]  # (sample indices, presentation) -> batch, drawn when it is needed
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
_FAR = 1e6  # a loss of so many times the first one has exploded, even if it is still a number
Watch = Callable[..., None]  # (examples_seen, **facts); may raise StopTraining


@dataclass
class Progress:
    """How far training has come. `ended_early` is a sentence when it did not run its full course."""

    passes: int = 0
    examples: int = 0
    updates: int = 0
    loss: float = math.nan
    ended_early: str | None = None
    learned: set[str] = field(default_factory=set)  # names of the parameters that were ever updated


class _Explosion(Exception):  # noqa: N818 - caught below, a person never sees it
    """The loss, an update or a weight is no longer a sensible number."""


class Trainer:
    """Trains `model` by `rule`. All chance comes from the two generators, and observing draws none.

    Attributes:
        model, rule: what learns, and how.
        state: the rule's own state; rules give a new one back and change no tensor in place.
        progress: how far it has come.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        rule: LearningRule,
        loss: Loss,
        *,
        order: torch.Generator,
        chance: torch.Generator,
        batch_size: int = 64,
    ) -> None:
        self.model, self.rule, self._loss = model, rule, loss
        self._order, self._chance, self._batch_size = order, chance, batch_size
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        self.state: State = {name: value.to(device) for name, value in rule.start(model, chance).items()}
        self._optimiser = rule.make_optimiser(list(model.named_parameters()))
        self._rates = [group["lr"] for group in self._optimiser.param_groups]
        self._planned = 0  # updates of the whole training, for the rule's pace
        self.progress = Progress()
        self._first_loss: float | None = None
        self._kept = self._copy()

    def run(self, read: Read, y: torch.Tensor, epochs: int, watch: Watch | None = None) -> Progress:
        """Train for `epochs` passes over the samples that `read` yields; y (sample,) class indices or values.

        `watch` is called before the first update and after every update. If the loss or an update is no longer a finite
        number, or the loss is a million times the first one, the weights go back to the last pass whose mean loss was
        no worse than before learning, and a RuntimeWarning says so.
        """
        self._planned = self.progress.updates + epochs * math.ceil(len(y) / self._batch_size)
        try:
            if watch is not None:
                watch(0)
            for _ in range(epochs):
                self._one_pass(read, y, watch)
        except StopTraining as stop:
            self.progress.ended_early = f"An observer ended training after {self.progress.examples} examples. {stop}"
        except _Explosion:
            self._go_back()
        return self.progress

    def _one_pass(self, read: Read, y: torch.Tensor, watch: Watch | None) -> None:
        total = 0.0
        for indices in self._batches(len(y)):
            value = self._step(read(indices.numpy(), self.progress.passes), y[indices.to(y.device)])
            total += value * len(indices)
            if watch is not None:
                watch(self.progress.examples, loss=value)
        self.progress.passes += 1
        if not all(bool(p.isfinite().all()) for p in self.model.parameters()):
            raise _Explosion
        if self._first_loss is None or total / len(y) <= self._first_loss:
            self._kept = self._copy()

    def _batches(self, samples: int) -> Iterator[torch.Tensor]:
        yield from torch.randperm(samples, generator=self._order).split(self._batch_size)

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> float:
        """One update on one batch; gives the loss before it, nan if the rule asked for none."""
        seen: list[torch.Tensor] = []

        def loss(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            value = self._loss(output, target)
            seen.append(value.detach())
            return value

        self.model.train()
        updates, self.state = self.rule.updates(self.model, x, y, loss, self.state, self._chance)
        value = float(seen[0]) if seen else 0.0
        self._first_loss = value if self._first_loss is None else self._first_loss
        self._apply(updates, value)
        self.progress.examples += len(x)
        self.progress.updates += 1
        self.progress.loss = value
        self.progress.learned.update(updates)
        return value

    @torch.no_grad()
    def _apply(self, updates: dict[str, torch.Tensor], loss: float) -> None:
        """One step of the optimiser along the updates; parameters that have none are left alone."""
        for name, parameter in self.model.named_parameters():
            parameter.grad = -updates[name] if name in updates else None
        size = sum(float(update.abs().max()) for update in updates.values())
        if not (math.isfinite(loss) and math.isfinite(size)) or loss > _FAR * max(self._first_loss or 0.0, 1.0):
            raise _Explosion
        pace = self.rule.pace(self.progress.updates / max(self._planned, 1))
        for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
            group["lr"] = pace * rate
        self._optimiser.step()

    def _copy(self) -> tuple[dict[str, Any], State, int]:
        weights = {name: value.clone() for name, value in self.model.state_dict().items()}
        return weights, dict(self.state), self.progress.examples

    def _go_back(self) -> None:
        weights, self.state, examples = self._kept
        self.model.load_state_dict(weights)
        self.progress.ended_early = (
            f"The loss exploded after {self.progress.examples} examples: training ended, and the weights of {examples} "
            "examples are kept. A smaller learning rate may help."
        )
        warnings.warn(self.progress.ended_early, RuntimeWarning, stacklevel=4)
