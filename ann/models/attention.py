"""Self-attention: a small transformer encoder of sequences or image patches"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import nn

from ann import chance, module_operations, operations
from ann.models._block import whole_numbers
from ann.operations import Row
from ann.source import Source

Score = Literal["scaled dot product", "multiplicative"]
Positions = Literal["sinusoidal", "learned", "none"]


@dataclass(frozen=True)
class Attention:
    """h = norm(h + attention(h)), h = norm(h + V relu(W h)) in each layer; the mean over the tokens is classified.

    attention(h) = softmax(score) v, from every token to every other, in each head with queries q, keys k and values v
    that are linear in h. The score is q'k / sqrt(d), d the width of a head ("scaled dot product", Vaswani et al.), or
    q'Wk with a matrix W for each head ("multiplicative", also called bilinear or general: Luong, Pham & Manning 2015,
    doi:10.18653/v1/D15-1166).

    A token is a step of a sequence (time, feature), or a patch of an image (channel, height, width) as in Dosovitskiy
    et al. 2021 (arXiv:2010.11929), made `width` wide by a linear layer. Differences from Vaswani et al.: an encoder
    only, no dropout, and the mean over the tokens is read.

    Attributes:
        width: numbers of a token, a multiple of `heads`.
        heads: of each layer.
        layers: how many.
        hidden: ReLU neurons of each layer's feed-forward part; for each token the same.
        score: how a query is held against a key.
        positions: "sinusoidal" adds sines and cosines of the token's place (Vaswani et al., 3.5), "learned" a vector
            that is learned for each place, "none" leaves the answer blind to the order.
        patch: height and width of an image's patches.

    Raises:
        ValueError: if a number is not at least 1, `heads` does not divide `width`, or a name is not known.
    """

    width: int = 32
    heads: int = 4
    layers: int = 1
    hidden: int = 64
    score: Score = "scaled dot product"
    positions: Positions = "sinusoidal"
    patch: int = 4

    name: ClassVar[str] = "attention"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "Vaswani et al. 2017, Adv. Neural Inf. Process. Syst. 30:5998",
        "Vaswani, Ashish and Shazeer, Noam and Parmar, Niki and Uszkoreit, Jakob and Jones, Llion and Gomez, Aidan N. "
        "and Kaiser, Łukasz and Polosukhin, Illia",
        "Attention is all you need",
        "Advances in Neural Information Processing Systems",
        2017,
        "10.48550/arXiv.1706.03762",
    )

    def __post_init__(self) -> None:
        for field in ("width", "heads", "layers", "hidden", "patch"):
            whole_numbers(field, (getattr(self, field),))
        if self.width % self.heads:
            raise ValueError(f"heads = {self.heads} does not divide width = {self.width}; every head is equally wide.")
        for field, known in (("score", get_args(Score)), ("positions", get_args(Positions))):
            if getattr(self, field) not in known:
                raise ValueError(f"{field} = {getattr(self, field)!r} is not known; choose one of {', '.join(known)}.")

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A sentence if samples of `shape` are no sequences, and no images that can be cut into patches."""
        if len(shape) not in (2, 3):
            return (
                "Attention reads sequences (time, feature) or images (channel, height, width), but a sample here has "
                f"the shape {tuple(shape)}. Reshape the samples, or use mlp."
            )
        if len(shape) == 3 and (shape[1] % self.patch or shape[2] % self.patch):
            return (
                f"Attention cuts images into patches of {self.patch} x {self.patch} pixels, which does not divide "
                f"{shape[1]} x {shape[2]}. Choose another patch."
            )
        return None

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> AttentionNetwork:
        """Layers "embedding", "layer1", ... and "output", from samples of `shape` to `outputs` logits.

        Raises:
            ValueError: if samples of `shape` are no sequences and no images of whole patches.
        """
        sentence = self.refuses(shape)
        if sentence:
            raise ValueError(sentence)
        with chance.borrowed(generator):
            embedding = Embedding(shape, self.width, self.patch, self.positions)
            layers = OrderedDict(
                (f"layer{depth}", AttentionLayer(self.width, self.heads, self.hidden, self.score))
                for depth in range(1, self.layers + 1)
            )
            return AttentionNetwork(embedding, layers, nn.Linear(self.width, outputs))


class Embedding(nn.Module):
    """Steps or patches as tokens: h = W x + b + position.

    Shapes: x (sample, time, feature) or (sample, channel, height, width); h (sample, token, width).
    """

    text: ClassVar[str] = "tokens, linear, with their positions"

    def __init__(self, shape: tuple[int, ...], width: int, patch: int, positions: Positions) -> None:
        super().__init__()
        self.patch = patch if len(shape) == 3 else None
        tokens, size = shape if len(shape) == 2 else (shape[1] * shape[2] // patch**2, shape[0] * patch**2)
        self.window = (1, size) if self.patch is None else (shape[0], patch, patch)  # axes of what a token is made of
        self.linear = nn.Linear(size, width)
        if positions == "learned":
            self.positions = nn.Parameter(0.02 * torch.randn(tokens, width))
        else:
            fixed = sinusoids(tokens, width) if positions == "sinusoidal" else torch.zeros(tokens, width)
            self.register_buffer("positions", fixed, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.patch is not None:  # (sample, channel x pixel, token), as the rows of a convolution
            x = nn.functional.unfold(x, self.patch, stride=self.patch).transpose(1, 2)
        return self.linear(x) + self.positions


def sinusoids(tokens: int, width: int) -> torch.Tensor:
    """(token, width): sin(t / 10000^(2i/width)) at column 2i, the cosine of the same at column 2i + 1."""
    place = torch.arange(tokens, dtype=torch.float64)[:, None]
    angle = place * 10000 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    found = torch.stack([angle.sin(), angle.cos()], 2).flatten(1)[:, :width]
    return found.float()


class SelfAttention(nn.Module):
    """softmax(score) v in each head, the heads side by side, then a linear layer.

    Shapes: h (sample, token, width), in and out.
    """

    def __init__(self, width: int, heads: int, score: Score) -> None:
        super().__init__()
        self.heads = heads
        self.into = nn.Linear(width, 3 * width)  # queries, keys, values
        self.out = nn.Linear(width, width)
        each = width // heads
        start = torch.empty(heads, each, each).uniform_(-1, 1) * math.sqrt(3) / each  # q'Wk then varies as q'k/sqrt(d)
        self.bilinear = nn.Parameter(start) if score == "multiplicative" else None

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        weights, values = self._weights(h)
        return self.out((weights @ values).transpose(1, 2).flatten(2))

    def attention(self, h: torch.Tensor) -> torch.Tensor:
        """How much each token attends to each other, (sample, head, token, token); each row sums to 1."""
        return self._weights(h)[0]

    def _weights(self, h: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        parts = self.into(h).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        queries, keys, values = parts.unbind(0)  # (sample, head, token, width of a head)
        scaled = 1 / math.sqrt(queries.shape[-1])
        queries = scaled * queries if self.bilinear is None else queries @ self.bilinear
        return (queries @ keys.transpose(2, 3)).softmax(3), values

    def products(self, tokens: int) -> int:
        """Multiply-accumulates of a sample that no linear module makes: scores, and weights times values."""
        width = self.out.in_features
        bilinear = 0 if self.bilinear is None else tokens * self.bilinear.numel()
        return bilinear + 2 * tokens**2 * width


class AttentionLayer(nn.Module):
    """Attention and a feed-forward part, each added to what it reads and normalised (Vaswani et al. 2017, figure 1).

    Shapes: h (sample, token, width), in and out.
    """

    def __init__(self, width: int, heads: int, hidden: int, score: Score) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads, score)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.into, self.out = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.text = f"self-attention, {heads} heads, {score}; {hidden} ReLU"

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        h = self.norm1(h + self.attention(h))
        return self.norm2(h + self.out(torch.relu(self.into(h))))


class AttentionNetwork(nn.Module):
    """Embedding, layers, logits = W (mean over tokens of h) + b.

    Shapes: x (sample, time, feature) or (sample, channel, height, width); answers (sample, output).
    """

    def __init__(self, embedding: Embedding, layers: OrderedDict[str, AttentionLayer], output: nn.Linear) -> None:
        super().__init__()
        self.embedding = embedding
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.output = output
        self._names = tuple(layers)

    @property
    def window(self) -> tuple[int, ...]:
        """Axes of the part of a sample that a token is made of: (1, feature) or (channel, height, width)."""
        return self.embedding.window

    def tokens(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> (sample, token, width), in depth order."""
        found = {"embedding": self.embedding(x)}
        h = found["embedding"]
        for name in self._names:
            h = found[name] = self.get_submodule(name)(h)
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.output(list(self.tokens(x).values())[-1].mean(1))

    def activity(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> (sample, neuron): of all tokens, one after another; the output's logits."""
        found = self.tokens(x)
        answer = self.output(list(found.values())[-1].mean(1))
        return {name: h.flatten(1) for name, h in found.items()} | {"output": answer}

    def operations(self, x: torch.Tensor, training: bool = False) -> list[Row]:
        """Multiply-accumulates by layer: of the linear parts (see ann.module_operations), and of attention's products.

        Attention's factors are taken as never 0; learning makes two products for each, one for either factor.
        """
        rows = module_operations.counted(self, x, training)
        tokens = len(self.embedding.positions)
        for name in self._names:
            own = (3 if training else 1) * self.get_submodule(name).attention.products(tokens)  # type: ignore[union-attr, operator]
            rows.append(operations.row(name, own, own))
        return operations.total(rows)
