"""Checkpoints: training that was interrupted goes on from a file, to the same bits.

One safetensors file: weights, the rule's state, the optimiser's memory, the generators' states, the best weights so
far, and as text how far training has come and what it was. Reading it runs no code of whoever wrote it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

if TYPE_CHECKING:
    from ann.early_stop import EarlyStop
    from ann.training import Trainer

__all__ = ["Checkpoint"]

FORMAT = "1"


class Checkpoint:
    """The file of one training.

    Attributes:
        path: of the file; written whole or not at all.
        identity: name -> text of all that must be the same for going on.
    """

    def __init__(self, path: Path, trainer: Trainer, stop: EarlyStop | None, identity: dict[str, str]) -> None:
        self.path, self.identity = path, {"format": FORMAT, **identity}
        self._trainer, self._stop = trainer, stop

    def after_pass(self) -> None:
        """Writes all that training needs to go on."""
        trainer, progress = self._trainer, self._trainer.progress
        tensors = _network(trainer.model.state_dict(), trainer.state)
        weights, state, examples = trainer.kept
        if examples != progress.examples:  # a worse pass came behind it
            tensors |= {f"kept.{name}": value for name, value in _network(weights, state).items()}
        tensors |= {f"optimiser.{name}": value for name, value in _memory(trainer.optimiser).items()}
        tensors |= {f"generator.{name}": one.get_state() for name, one in trainer.generators.items()}
        if self._stop is not None:
            tensors |= {f"stop.{name}": value for name, value in self._stop.state().items()}
        told = {
            "passes": progress.passes, "examples": progress.examples, "updates": progress.updates,
            "mean_loss": progress.mean_loss, "first_loss": trainer.first_loss, "learned": sorted(progress.learned),
            "kept": examples,
        }  # fmt: skip
        beside = self.path.with_name(self.path.name + ".part")
        own = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
        save_file(own, beside, {"identity": json.dumps(self.identity), "progress": json.dumps(told)})
        beside.replace(self.path)

    def resume(self) -> None:
        """Takes up what the file holds, if there is one.

        Raises:
            ValueError: it is no checkpoint, or of another training, and what differs; or it cannot be written.
        """
        if self.path.is_dir():
            raise ValueError(f"{self.path} is a folder, but a checkpoint is a file. Name one in it.")
        if not self.path.parent.is_dir():
            raise ValueError(
                f"There is no folder {self.path.parent} for the checkpoint {self.path.name}. Make it, or give another."
            )
        if self.path.exists():
            self._take_up(*self._read())

    def _take_up(self, told: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
        trainer, place = self._trainer, self._trainer.device
        trainer.model.load_state_dict(_part(tensors, "model."))
        trainer.state = _on(place, _part(tensors, "rule."))
        _remember(trainer.optimiser, _part(tensors, "optimiser."))
        for name, generator in trainer.generators.items():
            generator.set_state(tensors[f"generator.{name}"])
        if self._stop is not None:
            self._stop.load(_part(tensors, "stop."))
        progress = trainer.progress
        progress.passes, progress.examples, progress.updates = told["passes"], told["examples"], told["updates"]
        progress.mean_loss, progress.learned = told["mean_loss"], set(told["learned"])
        good = _part(tensors, "kept.")
        kept = _on(place, _part(good, "model.")), _on(place, _part(good, "rule.")), told.get("kept", 0)
        trainer.go_on_from(told["first_loss"], kept if good else None)

    def _read(self) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
        try:
            with safe_open(self.path, framework="pt") as file:
                about = file.metadata() or {}
                identity, told = json.loads(about["identity"]), json.loads(about["progress"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        except (SafetensorError, KeyError, ValueError, OSError) as error:
            raise ValueError(
                f"{self.path} holds no checkpoint that can be read ({error}). Delete it, or give another file."
            ) from error
        for name in {**self.identity, **identity}:
            here, there = self.identity.get(name), identity.get(name)
            if here != there:
                advice = " Give a random_state, so that it is the same each time." if name == "seed" else ""
                raise ValueError(
                    f"{self.path} is the checkpoint of another training: its {name} is {_short(there)}, here it is "
                    f"{_short(here)}. Delete it, or give another file.{advice}"
                )
        return told, tensors


def _short(text: str | None) -> str:
    return "missing" if text is None else text if len(text) <= 80 else f"{text[:77]}..."


def _network(weights: dict[str, torch.Tensor], state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"model.{name}": one for name, one in weights.items()} | {
        f"rule.{name}": one for name, one in state.items()
    }


def _on(place: torch.device, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value.to(place) for name, value in tensors.items()}


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}


def _owned(optimiser: torch.optim.Optimizer) -> list[tuple[str, torch.optim.Optimizer, torch.Tensor]]:
    """(number, optimiser, parameter) in order, through optimisers that are made of several."""
    parts = getattr(optimiser, "parts", (optimiser,))
    parameters = [(part, p) for part in parts for group in part.param_groups for p in group["params"]]
    return [(str(number), part, p) for number, (part, p) in enumerate(parameters)]


def _memory(optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """Moments and the like, by parameter."""
    return {
        f"{number}.{name}": value
        for number, part, parameter in _owned(optimiser)
        for name, value in part.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    }


def _remember(optimiser: torch.optim.Optimizer, memory: dict[str, torch.Tensor]) -> None:
    for number, part, parameter in _owned(optimiser):
        found = _part(memory, f"{number}.")
        fused = next(g for g in part.param_groups if any(p is parameter for p in g["params"])).get("fused")
        if found:  # the count of steps, a single number, stays on the CPU unless a fused kernel reads it
            part.state[parameter] = {
                name: value.to(parameter.device) if value.ndim or fused else value for name, value in found.items()
            }
