"""A graph's nodes as lines of Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bio.engines.fused._graph import Graph, Node

__all__ = ["Dialect", "Numbers", "rendered"]

_INFIX = {"+": "+", "-": "-", "*": "*", "/": "/", "**": "**", "%": "%", "//": "//", ">": ">", ">=": ">=", "<": "<",
          "<=": "<=", "==": "==", "!=": "!=", "and": "&", "or": "|"}  # fmt: skip
_DEEPEST = 8  # nested operations on a line


@dataclass(frozen=True)
class Dialect:
    """How a kernel's language writes what is not written alike everywhere.

    Attributes:
        functions: operation -> name of a function; one that has none is an operator.
        select: (condition, first, second) -> text.
    """

    functions: Mapping[str, str]
    select: Callable[[str, str, str], str]


@dataclass
class Numbers:
    """Numbers of a kernel, which it is given as an array: other values of parameters need no other kernel."""

    values: list[float] = field(default_factory=list)

    def name(self, value: float) -> str:
        if value not in self.values:
            self.values.append(value)
        return f"k{self.values.index(value)}"

    def unpacked(self, text: str) -> list[str]:
        """Assignments of those numbers that `text` reads, from the array "k"."""
        read = set(re.findall(r"\bk\d+\b", text))
        return [f"k{i} = k[{i}]" for i in range(len(self.values)) if f"k{i}" in read]


def rendered(
    graph: Graph,
    roots: Sequence[int],
    numbers: Numbers,
    dialect: Dialect,
    given: Mapping[int, str] | None = None,
) -> tuple[list[str], dict[int, str]]:
    """Assignments in order, and what each root, and each given node that they read, is called.

    Args:
        graph: holds the nodes.
        roots: what is wanted.
        numbers: receives the numbers that are read.
        dialect: of the kernel's language.
        given: nodes that have been computed already -> their names.
    """
    given = given or {}
    uses = _uses(graph, roots, given)
    lines: list[str] = []
    texts: dict[int, str] = {}
    depths: dict[int, int] = {}
    for place in sorted(uses):
        node = graph.nodes[place]
        if place in given or node.operation in ("leaf", "number"):
            texts[place], depths[place] = given.get(place) or node.name or numbers.name(node.value), 0
            continue
        read = _read(node)
        text = _text(node.operation, [texts[argument] for argument in read], dialect, numbers)
        depth = 1 + max(depths[argument] for argument in read)
        if uses[place] > 1 or depth > _DEEPEST or place in roots:
            lines.append(f"t{len(lines)} = {text}")
            text, depth = f"t{len(lines) - 1}", 0
        texts[place], depths[place] = text, depth
    return lines, {place: texts[place] for place in uses if place in given or place in roots}


def _uses(graph: Graph, roots: Sequence[int], given: Mapping[int, str]) -> dict[int, int]:
    """How often each node is read; what a choice reads counts twice, so that it is computed before the choice."""
    found = dict.fromkeys(roots, 1)
    for place in range(max(roots), -1, -1):
        if place in found and place not in given:
            node = graph.nodes[place]
            for argument in _read(node):
                found[argument] = found.get(argument, 0) + (2 if node.operation in ("select", "spike") else 1)
    return found


def _read(node: Node) -> tuple[int, ...]:
    """The arguments that the node's own value needs, its gradient aside."""
    return node.arguments[:1] if node.operation in ("spike", "through") else node.arguments


def _text(operation: str, arguments: list[str], dialect: Dialect, numbers: Numbers) -> str:
    if operation in dialect.functions:
        return f"{dialect.functions[operation]}({', '.join(arguments)})"
    if operation in ("neg", "not"):
        return f"(-{arguments[0]})" if operation == "neg" else f"(not {arguments[0]})"
    if operation == "through":
        return arguments[0]
    if operation == "select":
        return dialect.select(arguments[0], arguments[1], arguments[2])
    if operation == "spike":
        return dialect.select(arguments[0], numbers.name(1.0), numbers.name(0.0))
    return f"({arguments[0]} {_INFIX[operation]} {arguments[1]})"
