"""`neurocontrast validate fidelity`: proof that the engines agree, spike for spike, as a page and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compare.catalogue import did_you_mean
from compare.cli._screen import errors, output, table
from compare.errors import UsageError

if TYPE_CHECKING:
    from bio.fidelity import Cell, Certificate, Question, Size

KNOWN = ("fidelity",)
SOME_DIFFER, INTERRUPTED = 1, 130
WHOLE_NETWORK = "diehl_cook"


def validate(
    what: Annotated[str, typer.Argument(help=f"What to validate: {' | '.join(KNOWN)}.")],
    full: Annotated[
        bool, typer.Option("--full", help="Every method and named set, and Brian2's compiled target: hours.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder of fidelity.md and fidelity.json.")] = Path(
        "reports/fidelity"
    ),
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="One definition; can be repeated.")] = None,
    plugin: Annotated[list[Path] | None, typer.Option(help="A file with definitions of your own.")] = None,
) -> None:
    """Run every definition on every engine and compare them. The same command again continues where it stopped."""
    if what not in KNOWN:
        raise UsageError(f'"{what}" cannot be validated.{did_you_mean(what, [*KNOWN])} Known: {", ".join(KNOWN)}.')
    from bio.fidelity import FULL, SMALL, as_markdown

    size = FULL if full else SMALL
    questions = _questions(size, only, plugin or [])
    certificate = _certified(questions, size, _folder(out) / "fidelity.json")
    (out / "fidelity.md").write_text(as_markdown(certificate), encoding="utf-8")
    _print(certificate, out)
    if certificate.faults:
        raise typer.Exit(SOME_DIFFER)


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out} cannot be made: {error.strerror}. Give a folder that can be written.") from error
    return out


def _questions(size: Size, only: Sequence[str] | None, plugins: Sequence[Path]) -> list[Question]:
    from bio.fidelity import named_sets, neuron_models, plasticity_rules, questions

    models, rules, sets = [*neuron_models()], [*plasticity_rules()], [*named_sets()]
    for neurons, own_rules in map(_definitions_of, plugins):
        models, rules = models + neurons, rules + own_rules
    if only is None:
        return [*questions(models, rules, size, sets if size.all_methods else [])]
    known = {one.name for one in (*models, *sets, *rules)} | ({WHOLE_NETWORK} if size.images else set())
    for name in only:
        if name not in known:
            raise UsageError(
                f"--only {name} names no definition.{did_you_mean(name, sorted(known))}  See: neurocontrast list "
                "neurons, and neurocontrast list plasticity."
            )
    models, sets = ([one for one in given if one.name in only] for given in (models, sets))
    rules = [one for one in rules if one.name in only]
    return [one for one in questions(models, rules, size, sets) if one.definition in only]


def _definitions_of(path: Path) -> tuple[list[Any], list[Any]]:
    """Neuron models and rules of spikes of a plugin."""
    from bio.plasticity_rule import PlasticityRule
    from compare.catalogue import entries, load_plugin

    origin = load_plugin(path).path.name
    own = {kind: [e.load() for e in entries(kind) if e.origin == origin] for kind in ("neuron", "plasticity")}
    return own["neuron"], [rule for rule in own["plasticity"] if isinstance(rule, PlasticityRule)]


def _certified(questions: list[Question], size: Size, path: Path) -> Certificate:
    from bio.fidelity import certify, read_certificate

    try:
        known = read_certificate(path).cells if path.exists() else ()
    except ValueError as error:
        raise UsageError(str(error)) from error
    try:
        certificate = certify(questions, size, known, progress=_tell, keep=lambda found: found.write(path))
    except KeyboardInterrupt as interrupt:
        _leave(questions, size, path)
        raise typer.Exit(INTERRUPTED) from interrupt
    except Exception:  # Brian2 wraps an interruption while it compiles
        _leave(questions, size, path)
        raise
    certificate.write(path)
    return certificate


def _leave(questions: list[Question], size: Size, path: Path) -> None:
    """Writes the page of what there is, with what was left out."""
    from bio.fidelity import as_markdown, read_certificate, what_is_there

    if path.exists():
        found = what_is_there(questions, size, read_certificate(path).cells)
        path.with_suffix(".md").write_text(as_markdown(found), encoding="utf-8")
    errors().print("Stopped. What is done is kept; the same command continues.", markup=False, soft_wrap=True)


def _tell(cell: Cell, done: int, total: int) -> None:
    told = cell.refusal or f"{cell.matched:,} of {cell.spikes:,} spikes"
    errors().print(f"[{done}/{total}] {cell} on {cell.engine}: {cell.verdict} ({told})", markup=False, soft_wrap=True)


def _print(certificate: Certificate, out: Path) -> None:
    from rich.text import Text

    rows = table("engine", "trial", ">agrees", ">differs", ">too few spikes", ">not run", title="Beside Brian2's numpy")
    counts = Counter((cell.engine, cell.kind, cell.verdict) for cell in certificate.cells)
    for engine, kind in dict.fromkeys((cell.engine, cell.kind) for cell in certificate.cells):
        numbers = [counts[engine, kind, verdict] for verdict in ("agrees", "differs", "too few spikes", "not run")]
        rows.add_row(engine, kind, *(str(number or "") for number in numbers))
    output().print(rows)
    for cell in certificate.faults:
        output().print(Text(f"{cell.verdict}: {cell} on {cell.engine}", "red"), soft_wrap=True)
    output().print(f"Certificate: {out / 'fidelity.md'}", markup=False, soft_wrap=True)
