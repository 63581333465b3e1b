"""What a network reads: values, counts of spikes or spikes in bins, drawn batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ann.contract import Encoder, Model


@dataclass(frozen=True)
class Reading:
    """Turns samples into a batch for `model`; with an encoder these are its spikes or their counts.

    Without one, a model of values reads the values themselves, and a model of spikes reads its recipe's own encoder.
    """

    model: Model
    encoder: Encoder | None
    device: torch.device

    @property
    def spikes(self) -> bool:
        """Whether the model reads spikes, (sample, time, features)."""
        return self.model.reads == "spikes"

    @property
    def steps(self) -> int | None:
        """Bins that one presentation is cut into, None for values."""
        return int(self.model.steps) if self.spikes else None  # type: ignore[attr-defined]

    @property
    def source(self) -> Any:
        """The encoder that is read, or None for plain values."""
        if self.encoder is None and self.spikes:
            return self.model.own_encoder()  # type: ignore[attr-defined]
        return self.encoder

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Axes of what the model reads of one sample of `shape`: of the encoder's neurons, or of the values.

        Raises:
            ValueError: the encoder cannot read such samples.
        """
        return tuple(shape) if self.source is None else self.source.neuron_shape(tuple(shape))

    @property
    def current(self) -> bool:
        """Whether the model's time steps hold a current instead of spikes."""
        return self.spikes and self.source.gives == "current"

    def frames(self, X: np.ndarray, presentation: int = 0) -> np.ndarray:
        """Spikes (sample, time, neurons), uint8, as a model of spikes reads them; float32 of a current."""
        return self.source.frames(X, self.steps, presentation)

    def batch(self, X: np.ndarray, presentation: int = 0) -> torch.Tensor:
        """A float32 batch on the device: (sample, *shape), or (sample, time, features) of spikes."""
        if self.spikes:
            values = self.frames(X, presentation)
        else:
            values = X if self.encoder is None else self.encoder.counts(X, presentation)
        return torch.tensor(np.ascontiguousarray(values), dtype=torch.float32, device=self.device)

    def whole(self, X: np.ndarray) -> torch.Tensor:
        """All samples on the device, for reading only: on the CPU these may be X itself, not a copy."""
        if self.device.type == "cpu" and X.dtype == np.float32 and X.flags.c_contiguous and X.flags.writeable:
            return torch.from_numpy(X)
        return self.batch(X)

    def lasting(self, X: np.ndarray) -> bool:
        """Whether all batches can be made at once: values that no pass changes, where they fit in the memory."""
        if self.spikes or self.encoder is not None:
            return False
        if self.device.type != "cuda":
            return True
        free, _ = torch.cuda.mem_get_info(self.device)
        return 4 * X.size < free // 2

    def text(self) -> str:
        """What is read, in words for a reader."""
        if not self.spikes:
            return "clean values" if self.encoder is None else "counts of the study's spikes"
        if self.encoder is None:
            return f"clean values as {self.source.name} spikes in {self.steps} bins"
        return f"the study's {'current' if self.current else 'spikes'} in {self.steps} bins"

    def departures(self) -> list[str]:
        """Where the reading leaves the study's protocol."""
        if self.spikes and self.encoder is not None and self.encoder.steps != self.steps:
            whole, step = 1e3 * self.encoder.duration_s, 1e3 * self.encoder.dt_s
            bins = f"{self.steps} equal bins of {whole / self.steps:g} ms"  # type: ignore[operator]
            return [f"Reads the {whole:g} ms of spikes in {bins}, not in steps of {step:g} ms."]
        return []
