"""Residual convolutional network: each block adds to what it reads"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import nn

from ann import chance, module_operations
from ann.models._batch_norm import BatchNorm
from ann.models._block import whole_numbers
from ann.operations import Row
from ann.source import Source


@dataclass(frozen=True)
class ResidualCNN:
    """h' = relu(h + V * relu(W * h)), each convolution 3x3 and normalised; then the mean over the image, and a layer.

    A stage's first block halves the image (the first stage's does not) and changes the channels; there the shortcut is
    a 1x1 convolution (He's option B). `channels=(16, 32, 64), blocks=3` is ResNet-20 of the paper's section 4.2 but for
    that shortcut, which there pads with zeros.

    Attributes:
        channels: filters of each stage.
        blocks: of each stage, two convolutions in each.
        normalisation: "batch" as in the paper; "group" scales within a sample, four channels or fewer together (Wu & He
            2018, arXiv:1803.08494), so that a batch may be of one; "none".

    Raises:
        ValueError: if a number is not at least 1, there is no stage, or the normalisation is not known.
    """

    channels: tuple[int, ...] = (16, 32)
    blocks: int = 1
    normalisation: Literal["batch", "group", "none"] = "batch"

    name: ClassVar[str] = "residual_cnn"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "He, Zhang, Ren & Sun 2016, Proc. CVPR, 770",
        "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian",
        "Deep residual learning for image recognition",
        "Proceedings of CVPR",
        2016,
        "10.1109/CVPR.2016.90",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", whole_numbers("channels", self.channels))
        whole_numbers("blocks", (self.blocks,))
        if not self.channels:
            raise ValueError("channels = (), but a residual network needs at least one stage, for example (16, 32).")
        if self.normalisation not in ("batch", "group", "none"):
            raise ValueError(f'normalisation = {self.normalisation!r} is not known; choose "batch", "group" or "none".')

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A sentence if samples of `shape` are no images, or too small to be halved so often."""
        if len(shape) != 3:
            return f"ResidualCNN reads images (channel, height, width), but a sample here has the shape {tuple(shape)}."
        smallest = 2 ** (len(self.channels) - 1)
        if min(shape[1:]) >= smallest:
            return None
        return (
            f"ResidualCNN halves an image {len(self.channels) - 1} times, which needs {smallest} x {smallest} pixels; "
            f"these have {shape[1]} x {shape[2]}. Use fewer channels."
        )

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> ResidualNetwork:
        """Layers "stem", "stage1_block1", ... and "output", from images of `shape` to `outputs` logits.

        Raises:
            ValueError: if samples of `shape` are no images, or too small.
        """
        sentence = self.refuses(shape)
        if sentence:
            raise ValueError(sentence)
        before = self.channels[0]
        with chance.borrowed(generator):
            layers: OrderedDict[str, nn.Module] = OrderedDict(
                stem=nn.Sequential(*self._convolution(shape[0], before), nn.ReLU())
            )
            for stage, after in enumerate(self.channels, start=1):
                for block in range(1, self.blocks + 1):
                    stride = 2 if stage > 1 and block == 1 else 1
                    layers[f"stage{stage}_block{block}"] = ResidualBlock(
                        nn.Sequential(*self._convolution(before, after, stride), nn.ReLU()),
                        nn.Sequential(*self._convolution(after, after)),
                        None if before == after and stride == 1 else self._shortcut(before, after, stride),
                    )
                    before = after
            return ResidualNetwork(layers, nn.Linear(before, outputs))

    def _convolution(self, before: int, after: int, stride: int = 1, kernel: int = 3) -> list[nn.Module]:
        bias = self.normalisation == "none"  # a normalisation brings its own
        return [
            nn.Conv2d(before, after, kernel, stride, padding=kernel // 2, bias=bias),
            *([] if self.normalisation == "none" else [self._normalise(after)]),
        ]

    def _shortcut(self, before: int, after: int, stride: int) -> nn.Module:
        return nn.Sequential(*self._convolution(before, after, stride, kernel=1))

    def _normalise(self, channels: int) -> nn.Module:
        if self.normalisation == "group":
            together = next(size for size in (4, 3, 2, 1) if channels % size == 0)
            return nn.GroupNorm(channels // together, channels)
        return BatchNorm(channels)


class ResidualBlock(nn.Module):
    """relu(shortcut(h) + second(first(h))); without a shortcut's layer, h itself is added.

    Shapes: h (sample, channel, height, width).
    """

    text: ClassVar[str] = "residual block, two convolutions 3x3, ReLU"

    def __init__(self, first: nn.Module, second: nn.Module, shortcut: nn.Module | None) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.shortcut(h) + self.second(self.first(h)))


class ResidualNetwork(nn.Module):
    """Stem, residual blocks, mean over the image, logits = W h + b.

    Shapes: x (sample, channel, height, width); answers (sample, output).
    """

    def __init__(self, layers: OrderedDict[str, nn.Module], output: nn.Linear) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.output = output
        self._names = tuple(layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in self._names:
            x = self.get_submodule(name)(x)
        return self.output(x.mean((2, 3)))

    def activity(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> (sample, neuron), what comes out of its ReLU, flattened."""
        found = {}
        for name in self._names:
            x = self.get_submodule(name)(x)
            found[name] = x.flatten(1)
        return found | {"output": self.output(x.mean((2, 3)))}

    def operations(self, x: torch.Tensor, training: bool = False) -> list[Row]:
        """Multiply-accumulates by layer; see ann.module_operations. Sums, means and normalisations are not counted."""
        return module_operations.counted(self, x, training)
