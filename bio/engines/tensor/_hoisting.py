"""Takes out of a step what depends on parameters alone, so that it is computed once a run and not once a step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from bio.expression import Apply, Expression, Name, Number, Statement, names_in
from bio.program import Program

__all__ = ["Hoisted", "hoisted"]


@dataclass(frozen=True)
class Hoisted:
    """A program whose step reads constants, and what these are.

    Attributes:
        program: reads a name of `constants` wherever the step had an expression of symbolic parameters.
        constants: name -> expression of symbolic parameters. The names have a space, as no variable can.
    """

    program: Program
    constants: tuple[tuple[str, Expression], ...]


@lru_cache(maxsize=128)
def hoisted(program: Program) -> Hoisted:
    """The program with each largest expression of symbolic parameters as a constant; itself without such ones."""
    if not program.symbolic:
        return Hoisted(program, ())
    found: dict[Expression, str] = {}
    symbolic = set(program.symbolic)

    def taken_out(expression: Expression) -> Expression:
        reads = names_in(expression)
        if reads and reads <= symbolic:
            return Name(found.setdefault(expression, f"constant {len(found)}"))
        if isinstance(expression, Apply):
            return Apply(expression.operation, tuple(taken_out(argument) for argument in expression.arguments))
        return expression

    def of_all(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(Statement(one.target, taken_out(one.expression)) for one in statements)

    stepped = replace(
        program,
        integrate=of_all(program.integrate),
        hold=of_all(program.hold),
        threshold=taken_out(program.threshold),
        reset=of_all(program.reset),
        start_terms=tuple(one if isinstance(one, Number) else taken_out(one) for one in program.start_terms),
    )
    return Hoisted(stepped, tuple((name, expression) for expression, name in found.items()))
