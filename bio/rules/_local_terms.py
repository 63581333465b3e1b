"""The mean change of a layer's weights over a batch, by a rule that is written for one synapse and one sample.

A change such as post*(pre - post*w) is taken apart, once, into a sum of products whose factors each read one end of the
synapse, or its weight: post * pre - post*post * w. The mean of such a product over samples is a product of matrices
(A'B) or of a mean with the weights; nothing of the size sample x neuron x input is made. What does not come apart, as
clip(pre*post, 0, 1), is worked out for every sample and synapse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import prod
from operator import mul
from typing import Any

import torch

from bio.engines._tensor_terms import term
from bio.expression import Apply, Expression, Number, names_in, read_statements, substitute
from bio.rate_rule import RateRule

__all__ = ["POST", "PRE", "WEIGHT", "Product", "changes_of", "mean_change", "mean_move", "multiplications", "products"]

PRE, POST, WEIGHT = "pre", "post", "w"
_MOST = 2**22  # numbers of samples x neurons x inputs that are made at a time; bounds memory
_ONE, _MINUS = Number(1.0), Number(-1.0)

Factors = tuple[Expression, ...]


@dataclass(frozen=True)
class Product:
    """One product of a change.

    Attributes:
        pre: factors that read the source's rate alone, or nothing.
        post: those that read the target's rate, and averages of it.
        weight: those that read the weight, and averages of the target.
        whole: those that read more, and do not come apart.
    """

    pre: Factors
    post: Factors
    weight: Factors
    whole: Factors


def changes_of(rule: RateRule) -> dict[str, Expression]:
    """The weight and each average -> what one sample adds to it, with the parameters' numbers."""
    known = {name: float(text) for name, text in rule.parameters.items()}
    return {one.target[1:]: substitute(one.expression, known) for one in read_statements(rule.equations)}


@lru_cache(maxsize=128)
def products(change: Expression, averages: frozenset[str]) -> tuple[Product, ...]:
    """The change as a sum of products; `averages` are the names of what a target neuron remembers."""
    return tuple(_sorted(factors, averages) for factors in _expanded(change, averages))


def mean_change(
    parts: Iterable[Product],
    pre: torch.Tensor,
    post: torch.Tensor,
    weight: torch.Tensor,
    averages: Mapping[str, torch.Tensor],
) -> torch.Tensor:
    """The mean over samples of the change, at these weights, (neuron, input).

    Args:
        parts: of `products`.
        pre: (sample, input); post: (sample, neuron).
        weight: (neuron, input). averages: name -> (neuron,).
    """
    total = torch.zeros_like(weight)
    for part in parts:
        mean = _mean_apart if not part.whole else _mean_whole
        total = total + mean(part, pre, post, weight, averages)
    return total


def mean_move(change: Expression, post: torch.Tensor, averages: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """The mean over samples of an average's change, (neuron,); post (sample, neuron)."""
    found = torch.as_tensor(term(change)({POST: post, **averages}), dtype=post.dtype, device=post.device)
    return found.expand(post.shape).mean(0)


def multiplications(
    parts: Iterable[Product], pre: torch.Tensor, post: torch.Tensor, averages: Mapping[str, torch.Tensor]
) -> tuple[float, float]:
    """Products at the synapses of a layer that one sample takes, dense and effective; see ann.operations.

    A product of two ends is one at every synapse, of three are two; those with a factor that is 0 take none. What one
    neuron works out for all of its synapses is not counted, as activations are not.
    """
    samples, inputs, neurons = len(pre), pre.shape[1], post.shape[1]
    dense = effective = 0.0
    for part in parts:
        ends = [bool(names_in_all(factors)) for factors in (part.pre, part.post, part.weight)]
        count = max(sum(ends) + len(part.whole) - 1 + sum(map(_nodes, part.whole)), 1)
        left, right = _ends(part, pre, post, averages)
        active = _active(left, pre) * _active(right, post)
        dense += count * inputs * neurons
        effective += count * float(active.sum()) / samples
    return dense, effective


def names_in_all(factors: Factors) -> set[str]:
    """The names that any of the factors reads."""
    return set().union(*map(names_in, factors))


def _sorted(factors: Factors, averages: frozenset[str]) -> Product:
    kinds: dict[str, list[Expression]] = {PRE: [], POST: [], WEIGHT: [], "whole": []}
    for one in factors:
        kinds[_kind(one, averages)].append(one)
    return Product(*(tuple(found) for found in kinds.values()))


def _kind(factor: Expression, averages: frozenset[str]) -> str:
    """Which end of the synapse the factor reads; numbers count as the source's."""
    read = names_in(factor)
    for kind, known in ((PRE, {PRE}), (POST, {POST, *averages}), (WEIGHT, {WEIGHT, *averages})):
        if read <= known:
            return kind
    return "whole"


def _expanded(tree: Expression, averages: frozenset[str]) -> list[Factors]:
    """The tree as a sum of products of factors, as far as sums and products go."""
    if (
        not isinstance(tree, Apply)
        or _kind(tree, averages) != "whole"
        or tree.operation not in ("+", "-", "neg", "*", "/")
    ):
        return [(tree,)]
    first = _expanded(tree.arguments[0], averages)
    if tree.operation == "neg":
        return [(_MINUS, *factors) for factors in first]
    if tree.operation == "/":
        inverse = substitute(Apply("/", (_ONE, tree.arguments[1])), {})
        return [(*factors, inverse) for factors in first]
    second = _expanded(tree.arguments[1], averages)
    if tree.operation == "*":
        return [(*one, *other) for one in first for other in second]
    return first + (second if tree.operation == "+" else [(_MINUS, *factors) for factors in second])


def _product(factors: Factors, values: Mapping[str, Any]) -> Any:
    """Of the factors, a tensor or a number; 1 of none."""
    return reduce(mul, (term(one)(values) for one in factors), 1.0)


def _full(value: Any, like: torch.Tensor) -> torch.Tensor | float:
    """A tensor for every sample, in the precision of `like`; a number as it is."""
    return value.to(like.dtype).expand(like.shape) if isinstance(value, torch.Tensor) else value


def _ends(
    part: Product, pre: torch.Tensor, post: torch.Tensor, averages: Mapping[str, torch.Tensor]
) -> tuple[torch.Tensor | float, torch.Tensor | float]:
    left = _full(_product(part.pre, {PRE: pre}), pre)
    return left, _full(_product(part.post, {POST: post, **averages}), post)


def _mean_apart(
    part: Product,
    pre: torch.Tensor,
    post: torch.Tensor,
    weight: torch.Tensor,
    averages: Mapping[str, torch.Tensor],
) -> Any:
    left, right = _ends(part, pre, post, averages)
    if isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor):
        mean = right.t() @ left / len(pre)
    elif isinstance(left, torch.Tensor):
        mean = right * left.mean(0)
    else:
        mean = left * (right.mean(0)[:, None] if isinstance(right, torch.Tensor) else right)
    columns = {name: values[:, None] for name, values in averages.items()}
    return mean * _product(part.weight, {WEIGHT: weight, **columns})


def _mean_whole(
    part: Product,
    pre: torch.Tensor,
    post: torch.Tensor,
    weight: torch.Tensor,
    averages: Mapping[str, torch.Tensor],
) -> torch.Tensor:
    factors = (*part.pre, *part.post, *part.weight, *part.whole)
    given = {WEIGHT: weight, **{name: values[:, None] for name, values in averages.items()}}
    size, total = max(_MOST // prod(weight.shape), 1), torch.zeros_like(weight)
    for some, answers in zip(pre.split(size), post.split(size), strict=True):
        found = _product(factors, {PRE: some[:, None, :], POST: answers[:, :, None], **given})
        total += found.to(weight.dtype).expand(len(some), *weight.shape).sum(0)
    return total / len(pre)


def _active(value: torch.Tensor | float, like: torch.Tensor) -> torch.Tensor:
    """How many of an end's factors are not 0, (sample,)."""
    return (torch.as_tensor(value, device=like.device).expand(like.shape) != 0).sum(1)


def _nodes(tree: Expression) -> int:
    """Products, quotients, powers and functions of a tree."""
    if not isinstance(tree, Apply):
        return 0
    return (tree.operation in ("*", "/", "**") or tree.operation.isalpha()) + sum(map(_nodes, tree.arguments))
