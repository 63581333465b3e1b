"""Two networks against each other by one rule: batches go to them in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import LearningRule, State
from ann.source import Source

__all__ = ["Adversarial"]

_TURN = "turn"


@dataclass(frozen=True)
class Adversarial:
    """The discriminator tells data from fakes for `steps` batches, then the generator learns from one to deceive it.

    Algorithm 1 of the paper, whose generator raises log D(G(z)) as its section 3 advises. Each step is one `updates` of
    `rule`. The model has `discriminator`, `generator` and `draw(samples)`, which gives codes.

    Attributes:
        rule: how either learns.
        steps: the discriminator's batches for one of the generator's (the paper's k).
    """

    rule: LearningRule
    steps: int = 1

    equation: ClassVar[str] = "discriminator: up log D(x) + log(1 - D(G(z))); generator: up log D(G(z)); in turn"
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Goodfellow et al. 2014, Adv. Neural Inf. Process. Syst. 27:2672",
        "Goodfellow, Ian J. and Pouget-Abadie, Jean and Mirza, Mehdi and Xu, Bing and Warde-Farley, David and Ozair, "
        "Sherjil and Courville, Aaron and Bengio, Yoshua",
        "Generative adversarial nets",
        "Advances in Neural Information Processing Systems",
        2014,
        "10.48550/arXiv.1406.2661",
    )

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def family(self) -> str:
        return self.rule.family

    @property
    def signals(self) -> tuple[str, ...]:
        return self.rule.signals

    def refuses(self, model: torch.nn.Module, loss: Any) -> str | None:
        """Refuses what the rule refuses, of the discriminator or of both in a row."""
        if not (hasattr(model, "discriminator") and hasattr(model, "generator")):
            return f"Adversarial learning takes a generator and a discriminator; {type(model).__name__} has not both."
        pair = torch.nn.Sequential(model.generator, model.discriminator)  # type: ignore[arg-type]
        return self.rule.refuses(model.discriminator, loss) or self.rule.refuses(pair, loss)  # type: ignore[arg-type]

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """Whose turn it is, and the rule's own state of either."""
        state = {_TURN: torch.zeros((), dtype=torch.int64)}
        for side, part in _sides(model).items():
            state |= _prefixed(side, self.rule.start(part, generator))
        return state

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The update of the one whose turn it is; `y` is not looked at."""
        turn = int(state[_TURN])
        step = self._discriminate if turn < self.steps else self._deceive
        updates, own = step(model, x, loss, state, generator)
        return updates, {**state, **own, _TURN: torch.full_like(state[_TURN], (turn + 1) % (self.steps + 1))}

    def _discriminate(self, model: Any, x: Any, loss: Any, state: State, generator: torch.Generator) -> Any:
        with torch.no_grad():
            fakes = model.generator(model.draw(_several(x)))
        both = torch.cat([x, fakes])
        real = torch.cat([x.new_ones(len(x), 1), x.new_zeros(len(fakes), 1)])
        side = "discriminator"
        updates, own = self.rule.updates(model.discriminator, both, real, loss, _part(side, state), generator)
        return _prefixed(side, updates), _prefixed(side, own)

    def _deceive(self, model: Any, x: Any, loss: Any, state: State, generator: torch.Generator) -> Any:
        pair = _sides(model)["pair"]
        with _held(model.discriminator):
            codes, truth = model.draw(_several(x)), x.new_ones(_several(x), 1)
            updates, own = self.rule.updates(pair, codes, truth, loss, _part("pair", state), generator)
        mine = {f"generator.{name[2:]}": value for name, value in updates.items() if name.startswith("0.")}
        return mine, _prefixed("pair", own)

    def output(self, model: torch.nn.Module, x: Any, state: State) -> Any:
        return model(x)

    def activity(self, model: torch.nn.Module, x: Any, state: State) -> dict[str, Any]:
        return model.activity(x)  # type: ignore[operator]

    def pace(self, done: float) -> float:
        """The rule's own."""
        return self.rule.pace(done)

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        return self.rule.make_optimiser(parameters)


def _sides(model: Any) -> dict[str, torch.nn.Module]:
    return {"discriminator": model.discriminator, "pair": torch.nn.Sequential(model.generator, model.discriminator)}


def _several(x: torch.Tensor) -> int:
    """As many fakes as data; two beside a single one, for a batch of one has no variance to be normalised by."""
    return max(len(x), 2)


def _prefixed(side: str, found: dict[str, Any]) -> dict[str, Any]:
    return {f"{side}.{name}": value for name, value in found.items()}


def _part(side: str, state: State) -> State:
    return {name.removeprefix(f"{side}."): value for name, value in state.items() if name.startswith(f"{side}.")}


@contextmanager
def _held(module: torch.nn.Module) -> Iterator[None]:
    """In this block the module passes errors on and needs no gradient itself."""
    learning = [p for p in module.parameters() if p.requires_grad]
    try:
        for parameter in learning:
            parameter.requires_grad_(False)
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
