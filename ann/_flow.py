"""Follows what flows into what: every tensor that comes of torch's operations carries the kinds of its sources.

A mode of torch's dispatcher sees each operation, those of the backward pass too. A result carries what its arguments
carry, with the exceptions that `ann.locality` tells: a drive is an activity, whatever it was made from, and so on. For
these exceptions the network's layers, its input and its batch must have sizes of which none is a multiple of another,
so that the axes of a tensor say whose numbers it holds. Kinds belong to storages: a view has those of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

# ("activity", layer, pass), ("third factor", pass), ("noise", layer), ("weight", layer), ("bias", layer), ("shared",
# layer): a number made of all that layer's neurons; or a word alone.
Kind = tuple[Any, ...]
Kinds = frozenset[Kind]

NOTHING: Kinds = frozenset()
TARGET, ERROR, SECOND = ("target",), ("vector error",), ("second phase",)
EARLIER = -1  # the pass of what an earlier update has left in a state
FEEDBACK, HISTORY = ("feedback weights",), ("stored history",)
THIRD = "third factor"
_LATEST = 3  # passes, besides the first, that a drive is compared with: settling may take hundreds
_TOLD = {TARGET[0], ERROR[0], THIRD}
_OF_WEIGHTS = {"weight", "bias", FEEDBACK[0], HISTORY[0]}

_PRODUCTS = {"mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "linear", "matmul"}
_SUMS = {"add", "add_", "sub", "sub_", "rsub", "lerp", "lerp_"}
_REDUCTIONS = {
    "sum",
    "mean",
    "prod",
    "amax",
    "amin",
    "var",
    "std",
    "norm",
    "linalg_vector_norm",
    "logsumexp",
    *_PRODUCTS,
}
_DRAWS = {"randn", "rand", "randn_like", "rand_like", "normal", "normal_", "uniform_", "bernoulli", "bernoulli_"}
_SHAPES = {"ones_like", "zeros_like", "empty_like", "full_like", "new_zeros", "new_ones", "new_empty", "new_full",
           "new_empty_strided"}  # fmt: skip
_READINGS = {"_local_scalar_dense", "equal", "is_nonzero"}  # what makes a number of Python
_ARRAYS = {"numpy", "__array__", "tolist", "__dlpack__", "data_ptr"}  # what the dispatcher does not see
_CONSTANTS = {"lift_fresh", "lift_fresh_copy", "lift"}  # what enters it as a number written in the program


class Flow(TorchDispatchMode):
    """One network's kinds, followed while `following` lasts.

    Attributes:
        sizes: numbers of the input and of each layer's neurons, in depth order.
        samples: of a batch.
        lost: why something could not be followed; empty if nothing was lost.
    """

    def __init__(self, sizes: tuple[int, ...], samples: int) -> None:
        super().__init__()
        self.sizes, self.samples, self.lost = sizes, samples, ""
        self._kinds: dict[int, Kinds] = {}
        self._kept: list[torch.Tensor] = []  # a storage that is freed gives its address to the next one
        self._drives: dict[int, list[torch.Tensor]] = {}
        self._checks_labels = False

    @contextmanager
    def following(self) -> Iterator[None]:
        """In this block every operation is followed; passes are counted from its beginning."""
        self._drives = {}
        with _Exits(self), self:
            yield

    def mark(self, tensor: torch.Tensor, kinds: Iterable[Kind] = NOTHING) -> None:
        """From now on this tensor carries these kinds and no other."""
        self._kept.append(tensor)
        self._kinds[_address(tensor)] = frozenset(kinds)

    def kinds(self, tensor: torch.Tensor) -> Kinds:
        """What a tensor carries; one that came from elsewhere is noted as lost."""
        if _address(tensor) not in self._kinds:
            self.lost = (
                "it reads numbers that are not its network's, its state's or its batch's, which cannot be followed"
            )
        return self._kinds.get(_address(tensor), NOTHING)

    def leaves(self, tensors: Iterable[torch.Tensor]) -> None:
        """Notes that numbers of these leave torch."""
        if not self._checks_labels and any(self.kinds(one) for one in tensors):
            self.lost = "it takes numbers out of torch, which cannot be followed"

    def layer(self, tensor: torch.Tensor) -> int | None:
        """Whose neurons its one axis of neurons counts, 0 for the input; None if there is no such axis or several."""
        axes = [self.sizes.index(size) for size in tensor.shape if size in self.sizes]
        others = [size for size in tensor.shape if size not in self.sizes and size != 1]
        return axes[0] if len(axes) == 1 and all(size % self.samples == 0 for size in others) else None

    def connects(self, tensor: torch.Tensor) -> tuple[int, ...]:
        """The layers whose neurons a matrix of weights joins, lower first; empty for what is no such matrix."""
        axes = sorted(self.sizes.index(size) for size in tensor.shape if size in self.sizes)
        return tuple(axes) if len(axes) == 2 == tensor.ndim else ()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        read = [one for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)]
        made = [one for one in tree_leaves(result) if isinstance(one, torch.Tensor)]
        if name in _CONSTANTS:
            for one in made:
                self.mark(one)
            return result
        carried = frozenset[Kind]().union(*(self.kinds(one) for one in read))
        if name in _READINGS:
            self.leaves(read)
        old = {_address(one) for one in read}
        for place, one in enumerate(made):
            if _address(one) not in old:
                counted = name == "nll_loss_forward" and place == 1  # the samples' total weight
                self.mark(one, NOTHING if counted else self._of(name, read, one, carried))
        for one in _written(func, args, kwargs or {}):
            self.mark(one, self.kinds(one) | self._of(name, read, one, carried))
        return result

    def _of(self, name: str, read: list[torch.Tensor], made: torch.Tensor, carried: Kinds) -> Kinds:
        """What a result carries."""
        layer, top = self.layer(made), len(self.sizes) - 1
        if name in _PRODUCTS and layer and self._is_drive(read, layer):
            return self._activity(layer, made)
        if name in _SHAPES:
            return NOTHING
        if name in _DRAWS:
            return frozenset({("noise", layer)} if layer else ())
        if not made.is_floating_point():
            return carried
        if name in _SUMS and layer:
            carried = self._added(read, layer, made, carried)
        if layer == 0:
            return frozenset(kind for kind in carried if kind[0] not in _TOLD)
        if layer is None:
            return self._without_neurons(name, read, made, carried)
        answers = {kind for kind in carried if kind[:2] == ("activity", top)}
        return carried - answers - {TARGET} | {ERROR} if answers and carried & {TARGET, ERROR} else carried

    def _is_drive(self, read: list[torch.Tensor], layer: int) -> bool:
        """Whether a product gives a layer's neurons what their own weights make of the layer below."""
        return any(("weight", layer) in self.kinds(one) and self.connects(one) == (layer - 1, layer) for one in read)

    def _activity(self, layer: int, values: torch.Tensor) -> Kinds:
        """Of a layer that has these drives: which pass it is, by their values, and whether it is of several at once."""
        known = self._drives.setdefault(layer, [])
        values = values.detach().clone()
        looked_at = {*range(len(known))[:1], *range(len(known))[-_LATEST:]}
        same = [n for n in looked_at if known[n].shape == values.shape and torch.allclose(known[n], values)]
        if not same:
            known.append(values)
        here: set[Kind] = {("activity", layer, same[0] if same else len(known) - 1)}
        return frozenset(here | {SECOND} if values.numel() > self.sizes[layer] * self.samples else here)

    def _added(self, read: list[torch.Tensor], layer: int, made: torch.Tensor, carried: Kinds) -> Kinds:
        """Of a sum: an activity keeps its kind with its own bias, and is another one with an error."""
        if not any(kind[:2] == ("activity", layer) for kind in carried):
            return carried
        parts = [self.kinds(one) for one in read if self.layer(one) == layer]
        free = (part for part in parts if not {kind[0] for kind in part} & _TOLD)
        rests = any(kind[:2] == ("activity", layer) for part in free for kind in part)
        if rests and layer < len(self.sizes) - 1 and any(ERROR in part for part in parts):
            carried = carried | self._activity(layer, made)
        return carried - {("bias", layer)}

    def _without_neurons(self, name: str, read: list[torch.Tensor], made: torch.Tensor, carried: Kinds) -> Kinds:
        """Of weights, or of a number that neurons share: one a sample, or one for all."""
        if any(size in self.sizes for size in made.shape):
            return carried
        answers = {kind[2] for kind in carried if kind[:2] == ("activity", len(self.sizes) - 1)}
        if answers or any(kind[0] in _TOLD for kind in carried):
            passes = answers | {kind[1] for kind in carried if kind[0] == THIRD} or {0}
            kept = {kind for kind in carried if kind[0] in _OF_WEIGHTS or kind == SECOND}
            return frozenset(kept | {(THIRD, one) for one in passes})
        if name not in _REDUCTIONS:
            return carried
        of_samples = (layer for one in read if (layer := self.layer(one)) and one.numel() > self.sizes[layer])
        return carried | {("shared", layer) for layer in of_samples}


def another_pass(kinds: Kinds) -> bool:
    """Whether these hold activities of one layer in several passes of an update, or factors made from several."""
    passes = [kind[:-1] for kind in kinds if kind[0] in ("activity", THIRD) and kind[-1] != EARLIER]
    return SECOND in kinds or len(passes) > len(set(passes))


def _address(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _written(func: Any, args: Any, kwargs: Mapping[str, Any]) -> list[torch.Tensor]:
    """The arguments that an operation changes in place."""
    found = []
    for place, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            given = args[place] if place < len(args) else kwargs.get(argument.name)
            found += [one for one in tree_leaves(given) if isinstance(one, torch.Tensor)]
    return found


class _Exits(TorchFunctionMode):
    """Sees functions that the dispatcher does not: those that take numbers out of torch, and one that only looks."""

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self._flow = flow

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        name = getattr(func, "__name__", "")
        if name in _ARRAYS:
            self._flow.leaves([one for one in tree_leaves(args) if isinstance(one, torch.Tensor)])
        self._flow._checks_labels = name == "one_hot"  # it compares the largest label with the number of classes
        try:
            return func(*args, **(kwargs or {}))
        finally:
            self._flow._checks_labels = False
