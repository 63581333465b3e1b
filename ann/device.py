"""Where a network lives: the CPU or a GPU, chosen by one word."""

from __future__ import annotations

import re

import torch

CHOICES = ("auto", "cpu", "cuda")


def choose(device: str = "auto") -> torch.device:
    """The torch device that a word names; "auto" is the GPU where torch sees one, else the CPU.

    Raises:
        ValueError: for a word that is not a device.
        RuntimeError: if "cuda" was asked for and torch sees no GPU, or a GPU of a number that there is not.

    Example:
        >>> choose("cpu")
        device(type='cpu')
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if not isinstance(device, str) or not re.fullmatch(r"(cpu|cuda)(:\d+)?", device):
        raise ValueError(f"device = {device!r} is not known; choose one of {', '.join(map(repr, CHOICES))}.")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise RuntimeError(
            f'device = "{device}", but torch sees no GPU on this machine. Choose device = "auto" or "cpu", '
            "or install a build of torch that fits this machine's driver."
        )
    chosen = torch.device(device)
    if chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count():
        raise RuntimeError(
            f'device = "{device}", but torch sees {torch.cuda.device_count()} GPUs, the first of them "cuda:0".'
        )
    return chosen
