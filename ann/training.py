"""The trainer: minibatches in a seeded order, a rule's updates through its optimiser, observers, exploding losses."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from ann.chance import borrowed
from ann.contract import LearningRule, NoLongerBetter, State, StopTraining

Read = Callable[[torch.Tensor, int], torch.Tensor]  # (sample indices, presentation) -> batch, drawn when it is needed
Precision = Literal["float32", "bfloat16"]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
_ASK = 16  # updates between two looks at the loss on a GPU, which has to wait for each
_FAR = 1e6  # a loss of so many times the first one has exploded, even if it is still a number
Kept = tuple[dict[str, Any], State, int]  # weights, the rule's state, examples seen
Watch = Callable[..., None]  # (examples_seen, **facts); may raise StopTraining


@dataclass
class Progress:
    """How far training has come. `ended_early` is a sentence when it did not run its full course."""

    passes: int = 0
    examples: int = 0
    updates: int = 0
    last_loss: torch.Tensor | float = math.nan
    mean_loss: float = math.nan  # over the last whole pass
    ended_early: str | None = None
    exploded: bool = False
    learned: set[str] = field(default_factory=set)  # names of the parameters that were ever updated

    @property
    def loss(self) -> float:
        """Of the last batch, before its update."""
        return float(self.last_loss)


class _Explosion(Exception):  # noqa: N818 - caught below, a person never sees it
    """The loss, an update or a weight is no longer a sensible number."""


class Trainer:
    """Trains `model` by `rule`. All chance comes from the two generators, and observing draws none.

    Attributes:
        model, rule: what learns, and how.
        state: the rule's own state; rules give a new one back and change no tensor in place.
        progress: how far it has come.
        optimiser, generators, device, first_loss: what a checkpoint needs besides.
        kept: weights, state and examples seen of the last pass whose mean loss was no worse than before learning.
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
        clip_norm: float | None = None,
        precision: Precision = "float32",
    ) -> None:
        """`clip_norm` is the largest norm that all updates together may have; longer ones are shortened to it."""
        self.model, self.rule, self._loss = model, rule, loss
        self.generators = {"order": order, "chance": chance}
        self._batch_size = batch_size
        self._clip_norm, self._precision = clip_norm, precision
        self._draws = bool(getattr(model, "draws", False))  # the model draws from torch's global generator as it learns
        self._named = list(model.named_parameters())
        self.device = next((p.device for _, p in self._named), torch.device("cpu"))
        self.state: State = {name: value.to(self.device) for name, value in rule.start(model, chance).items()}
        self.optimiser = rule.make_optimiser(list(self._named))
        groups = self.optimiser.param_groups
        self._rates = [group["lr"] for group in groups]
        climbing = {id(p) for group in groups if group.get("maximize") for p in group["params"]}
        self._climbing = {name for name, p in self._named if id(p) in climbing}  # names, which a copy shares
        self._planned = 0  # updates of the whole training, for the rule's pace
        self.progress = Progress()
        self.first_loss: float | None = None
        self.kept = self._copy()

    def run(
        self,
        read: Read,
        y: torch.Tensor,
        epochs: int,
        watch: Watch | None = None,
        after_pass: Callable[[], None] | None = None,
        *,
        planned: int | None = None,
    ) -> Progress:
        """Train until `epochs` passes over the samples that `read` yields are done; y (sample, ...), the targets.

        `watch` is called before the first update and after every update, `after_pass` after every pass; both may raise
        StopTraining. If the loss is no longer a finite number, or a million times the first one, the weights go back to
        the last pass whose mean loss was no worse than before learning, and a RuntimeWarning says so. `planned` is how
        many updates the rule's pace reckons with, where these passes are not the whole training.
        """
        self._planned = planned or epochs * math.ceil(len(y) / self._batch_size)
        try:
            if watch is not None and not self.progress.updates:
                watch(0)
            for _ in range(self.progress.passes, epochs):
                self._one_pass(read, y, watch)
                if after_pass is not None:
                    after_pass()
        except NoLongerBetter as stop:
            self.progress.ended_early = str(stop)
        except StopTraining as stop:
            self.progress.ended_early = f"An observer ended training after {self.progress.examples} examples. {stop}"
        except _Explosion:
            self._go_back()
        return self.progress

    def _one_pass(self, read: Read, y: torch.Tensor, watch: Watch | None) -> None:
        total: torch.Tensor | float = 0.0
        for indices in self._batches(len(y)):
            targets = y[indices.to(y.device)]
            value = self._step(read(indices, self.progress.passes), targets)
            total = total + value * len(indices)
            if watch is not None:
                watch(self.progress.examples, loss=self.progress.loss)
        mean = float(total) / len(y)
        if not math.isfinite(mean) or not all(bool(p.isfinite().all()) for _, p in self._named):
            raise _Explosion
        self.progress.passes += 1
        self.progress.mean_loss = mean
        if self.first_loss is None or mean <= self.first_loss:
            self.kept = self._copy()

    def _autocast(self) -> Any:
        """For one update only: autocast keeps the weights' halves until it ends, and knows of no change to them."""
        return (
            nullcontext()
            if self._precision == "float32"
            else torch.autocast(self.device.type, dtype=getattr(torch, self._precision))
        )

    def _batches(self, samples: int) -> Iterator[torch.Tensor]:
        yield from torch.randperm(samples, generator=self.generators["order"]).split(self._batch_size)

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor | float:
        """One update on one batch; gives the loss before it, 0 if the rule asked for none."""
        seen: list[torch.Tensor] = []

        def loss(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            value = self._loss(output, target)
            seen.append(value.detach())
            return value

        if not self.model.training:  # an observer may have asked for answers
            self.model.train()
        noise = borrowed(self.generators["chance"]) if self._draws else nullcontext()
        with noise, self._autocast():
            updates, self.state = self.rule.updates(self.model, x, y, loss, self.state, self.generators["chance"])
        value = seen[0] if seen else 0.0
        if self.device.type == "cpu" or self.progress.updates % _ASK == 0:
            self._check(float(value))
        self._apply(updates)
        self.progress.examples += len(x)
        self.progress.updates += 1
        self.progress.last_loss = value
        self.progress.learned.update(updates)
        return value

    def _check(self, loss: float) -> None:
        """Weights that an update has broken show in the next loss, so updates are not looked at themselves."""
        self.first_loss = loss if self.first_loss is None else self.first_loss
        if not math.isfinite(loss) or loss > _FAR * max(self.first_loss, 1.0):
            raise _Explosion

    @torch.no_grad()
    def _apply(self, updates: dict[str, torch.Tensor]) -> None:
        """One step of the optimiser along the updates; parameters that have none are left alone."""
        for name, parameter in self._named:
            update = updates.get(name)
            if update is not None and name not in self._climbing:
                update = -update
            parameter.grad = None if update is None else _laid_out_as(parameter, update)
        if self._clip_norm is not None:
            torch.nn.utils.clip_grad_norm_([p for _, p in self._named], self._clip_norm)
        pace = self.rule.pace(self.progress.updates / max(self._planned, 1))
        for group, rate in zip(self.optimiser.param_groups, self._rates, strict=True):
            group["lr"] = pace * rate
        self.optimiser.step()

    def go_on_from(self, first_loss: float | None, kept: Kept | None = None) -> None:
        """Told once weights, state and progress are those to go on from; without `kept` they are good ones."""
        self.first_loss, self.kept = first_loss, kept or self._copy()

    def _copy(self) -> Kept:
        weights = {name: value.clone() for name, value in self.model.state_dict().items()}
        return weights, dict(self.state), self.progress.examples

    def _go_back(self) -> None:
        weights, self.state, examples = self.kept
        self.progress.exploded = True
        self.model.load_state_dict(weights)
        self.progress.ended_early = (
            f"The loss exploded after {self.progress.examples} examples: training ended, and the weights of {examples} "
            "examples are kept. A smaller learning rate may help."
        )
        warnings.warn(self.progress.ended_early, RuntimeWarning, stacklevel=4)


def _laid_out_as(parameter: torch.Tensor, update: torch.Tensor) -> torch.Tensor:
    """The update in the parameter's order of memory: fused optimisers walk both as they lie, and a product may come
    transposed."""
    if update.stride() == parameter.stride():
        return update
    return torch.empty_like(parameter).copy_(update)
