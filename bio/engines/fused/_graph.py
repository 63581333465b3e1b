"""Expressions as a graph in which equal parts are one node, and the adjoint of such a graph.

The adjoint (reverse mode) gives the gradient of a sum of outputs by every node, in as many operations as the outputs
themselves take, up to a small factor (Griewank & Walther 2008, Evaluating Derivatives). Beside the operations of the
equation language there are three:

    select(c, a, b)       a where the condition holds, else b; the condition passes no gradient
    spike(c, u)           1 where the condition holds, else 0; its derivative by u is the surrogate's
    through(x, s, a, b)   x, and by the spike s the derivative a - b: a reset that gradients pass
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bio.derivative import partials
from bio.expression import Expression, Name, Number

__all__ = ["Graph", "Node"]

_FOLDED: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg,
}  # fmt: skip
_CONDITIONS = (">", ">=", "<", "<=", "==", "!=", "and", "or", "not")
_LARGEST_POWER = 8  # above, a library call is as fast as products


@dataclass(frozen=True)
class Node:
    """An operation on earlier nodes, a "leaf" with a name, or a "number" with a value."""

    operation: str
    arguments: tuple[int, ...] = ()
    name: str = ""
    value: float = 0.0


@dataclass
class Graph:
    """Nodes in an order in which each comes behind its arguments.

    Attributes:
        nodes: found by their place.
        surrogate: the derivative of a spike, an expression of "u".
    """

    surrogate: Expression | None = None
    nodes: list[Node] = field(default_factory=list)
    _places: dict[Node, int] = field(default_factory=dict)

    def leaf(self, name: str) -> int:
        return self._place(Node("leaf", name=name))

    def number(self, value: float) -> int:
        return self._place(Node("number", value=float(value)))

    def is_condition(self, place: int) -> bool:
        """Whether the node is true or false."""
        return self.nodes[place].operation in _CONDITIONS

    def tree(self, expression: Expression, names: Mapping[str, int]) -> int:
        """The node of an expression whose names are nodes."""
        if isinstance(expression, Number):
            return self.number(expression.value)
        if isinstance(expression, Name):
            return names[expression.name]
        return self.apply(expression.operation, *(self.tree(one, names) for one in expression.arguments))

    def apply(self, operation: str, *arguments: int) -> int:
        """The node of an operation, in a simpler form where there is one that gives the same number."""
        values = [self._value(argument) for argument in arguments]
        if operation in _FOLDED and None not in values and not (operation == "/" and values[1] == 0):
            return self.number(_FOLDED[operation](*values))
        simpler = self._simpler(operation, arguments, values)
        return self._place(Node(operation, arguments)) if simpler is None else simpler

    def adjoint(self, seeds: Mapping[int, int], wanted: Iterable[int]) -> dict[int, int]:
        """The gradient of a sum of outputs.

        Args:
            seeds: output -> the node of what the sum's gradient by it is.
            wanted: the nodes by which to differentiate.

        Returns:
            wanted node -> node of its gradient; absent where nothing depends on it.
        """
        wanted = set(wanted)
        depends = self._depending(wanted)
        found = dict(seeds)
        for place in range(len(depends) - 1, -1, -1):
            if place in found and depends[place]:
                for argument, part in self._parts(place, found[place]):
                    if depends[argument]:
                        found[argument] = self.apply("+", found[argument], part) if argument in found else part
        return {place: gradient for place, gradient in found.items() if place in wanted}

    def _parts(self, place: int, gradient: int) -> list[tuple[int, int]]:
        """What a node passes on to each of its arguments."""
        node = self.nodes[place]
        arguments, zero = node.arguments, self.number(0.0)
        if node.operation in ("leaf", "number") or node.operation in _CONDITIONS:
            return []
        if node.operation == "select":
            condition, first, second = arguments
            return [(first, self.apply("select", condition, gradient, zero)),
                    (second, self.apply("select", condition, zero, gradient))]  # fmt: skip
        if node.operation == "spike":
            assert self.surrogate is not None
            return [(arguments[1], self._scaled(gradient, self.tree(self.surrogate, {"u": arguments[1]})))]
        if node.operation == "through":
            value, spike, reset, unreset = arguments
            return [(value, gradient), (spike, self._scaled(gradient, self.apply("-", reset, unreset)))]
        names = dict(zip("abc", arguments, strict=False))
        slopes = [self.tree(partial, names) for partial in partials(node.operation)[: len(arguments)]]
        return [(argument, self._scaled(gradient, slope)) for argument, slope in zip(arguments, slopes, strict=True)]

    def _scaled(self, gradient: int, slope: int) -> int:
        """gradient * slope; one division instead of two operations where the slope is 1/x."""
        node = self.nodes[slope]
        if node.operation == "/" and self._value(node.arguments[0]) == 1:
            return self.apply("/", gradient, node.arguments[1])
        return self.apply("*", gradient, slope)

    def _depending(self, wanted: set[int]) -> list[bool]:
        found: list[bool] = []
        for place, node in enumerate(self.nodes):
            found.append(place in wanted or any(found[argument] for argument in node.arguments))
        return found

    def _place(self, node: Node) -> int:
        if node not in self._places:
            self._places[node] = len(self.nodes)
            self.nodes.append(node)
        return self._places[node]

    def _value(self, place: int) -> float | None:
        node = self.nodes[place]
        return node.value if node.operation == "number" else None

    def _simpler(self, operation: str, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        if operation == "**":
            return self._power(arguments[0], values[1])
        if operation == "clip":
            return self._clipped(*arguments)
        if operation == "int" and self.is_condition(arguments[0]):
            return self.apply("select", arguments[0], self.number(1.0), self.number(0.0))
        if operation == "select" and arguments[1] == arguments[2]:
            return arguments[1]
        return self._without_zero_and_one(operation, arguments, values)

    def _without_zero_and_one(
        self, operation: str, arguments: tuple[int, ...], values: list[float | None]
    ) -> int | None:
        if operation == "*" and 0 in values:
            return self.number(0.0)
        if operation == "*" and 1 in values:
            return arguments[1 - values.index(1)]
        if operation == "*" and -1 in values:
            return self.apply("neg", arguments[1 - values.index(-1)])
        if operation == "+" and 0 in values:
            return arguments[1 - values.index(0)]
        if operation in ("-", "/") and values[1] == (0 if operation == "-" else 1):
            return arguments[0]
        last = self.nodes[arguments[-1]]
        if operation == "+" and last.operation == "neg":
            return self.apply("-", arguments[0], last.arguments[0])
        node = self.nodes[arguments[0]]
        return node.arguments[0] if operation == "neg" and node.operation == "neg" else None

    def _power(self, base: int, exponent: float | None) -> int | None:
        """Small whole powers as products, by squaring."""
        if exponent is None or exponent != int(exponent) or abs(exponent) > _LARGEST_POWER:
            return None
        if exponent < 0:
            return self.apply("/", self.number(1.0), self.apply("**", base, self.number(-exponent)))
        if exponent <= 1:
            return base if exponent == 1 else self.number(1.0)
        half = self.apply("**", base, self.number(exponent // 2))
        square = self.apply("*", half, half)
        return self.apply("*", square, base) if exponent % 2 else square

    def _clipped(self, x: int, low: int, high: int) -> int:
        below = self.apply("select", self.apply("<", x, low), low, x)
        return self.apply("select", self.apply(">", x, high), high, below)
