"""What an experiment's plain values must be, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compare.catalogue import did_you_mean
from compare.errors import ConfigurationError
from compare.specs import resolve

if TYPE_CHECKING:
    from compare.scores import Score

INPUTS = ("encoded", "clean")
DEVICES = ("cpu", "cuda", "auto")


def check_question(question: Any) -> str:
    if not isinstance(question, str) or not question.strip():
        raise ConfigurationError("question is empty. Write the question that the report answers.", ("question",))
    return question.strip()


def check_seeds(seeds: Any) -> tuple[int, ...]:
    """A number n is 0 ... n - 1; a list is itself."""
    at = ("seeds",)
    wanted = "Give how many (10 are advised, 3 needed for a ranking), or a list such as [0, 1, 2]."
    if isinstance(seeds, float) and seeds.is_integer():
        seeds = int(seeds)
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        if seeds < 1:
            raise ConfigurationError(f"seeds = {seeds} runs nothing. {wanted}", at)
        return tuple(range(seeds))
    if isinstance(seeds, str) or not isinstance(seeds, Sequence) or not all(_is_whole(seed) for seed in seeds):
        raise ConfigurationError(f"seeds = {seeds!r} is not a number of seeds. {wanted}", at)
    if not seeds:
        raise ConfigurationError(f"seeds = [] runs nothing. {wanted}", at)
    if min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise ConfigurationError(f"seeds = {list(seeds)}: each is a whole number from 0, and none comes twice.", at)
    return tuple(seeds)


def check_inputs(inputs: Any) -> tuple[str, ...]:
    wanted = 'Give one or both of ["encoded", "clean"].'
    if isinstance(inputs, str) or not isinstance(inputs, Sequence) or not inputs or len(set(inputs)) < len(inputs):
        raise ConfigurationError(f"inputs = {inputs!r} is not a list of inputs. {wanted}", ("inputs",))
    for place, name in enumerate(inputs):
        if name not in INPUTS:
            hint = did_you_mean(str(name), list(INPUTS))
            raise ConfigurationError(f'inputs: "{name}" is not an input.{hint} {wanted}', ("inputs", place))
    return tuple(inputs)


def check_verdict_input(name: Any, inputs: Sequence[str]) -> str:
    if name is None:
        return inputs[0]
    if name not in inputs:
        raise ConfigurationError(
            f'verdict_input = "{name}" is not one of inputs = {list(inputs)}. Add it there, or name one of these.',
            ("verdict_input",),
        )
    return name


def check_observe(observe: Any) -> tuple[int, ...]:
    if not isinstance(observe, (list, tuple)) or not all(_is_whole(number) and number >= 0 for number in observe):
        raise ConfigurationError(
            f"observe = {observe!r} is not a list of numbers of examples. Write one such as [0, 100, 1000].",
            ("observe",),
        )
    return tuple(sorted(set(observe)))


def check_margin(margin: Any, scores: Mapping[str, Score]) -> float | dict[str, float]:
    """A number, or a table of one for each task; of scores that are fractions it lies below 1.

    Args:
        margin: as given.
        scores: task -> what it is judged by.
    """
    if not isinstance(margin, Mapping):
        fraction = any(score.percent for score in scores.values())
        return _margin(margin, "margin", "" if fraction else "a number of 0 or more", ("margin",))
    found: dict[str, float] = {}
    for task, value in margin.items():
        if task not in scores:
            hint = did_you_mean(str(task), list(scores))
            said = f'margin names "{task}", which is no task of this experiment.{hint}  Tasks: {", ".join(scores)}.'
            raise ConfigurationError(said, ("margin", task))
        score = scores[task]
        wanted = "" if score.percent else f"a number of 0 or more, in {score.unit}"
        found[task] = _margin(value, f"margin of {task}", wanted, ("margin", task))
    return found


def _margin(value: Any, name: str, wanted: str, at: tuple[str, ...]) -> float:
    """One margin; `wanted` is "" for a fraction."""
    most = float("inf") if wanted else 1.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < most:
        expected = wanted or "a fraction from 0 to below 1, 0.01 for one percentage point"
        raise ConfigurationError(f"{name} = {value!r} is not a difference that can matter. Write {expected}.", at)
    return float(value)


def check_device(device: Any) -> str:
    if device not in DEVICES:
        hint = did_you_mean(str(device), list(DEVICES))
        raise ConfigurationError(
            f'device = "{device}" is not a device.{hint} Known: {", ".join(DEVICES)}.', ("device",)
        )
    return device


def check_labels(learners: Any) -> None:
    at = ("learners",)
    if not isinstance(learners, Mapping) or not learners:
        raise ConfigurationError('learners is empty. Write one table for each: [learners."MLP"] with its type.', at)
    seen: dict[str, str] = {}
    for label in learners:
        if not isinstance(label, str) or not label.strip():
            raise ConfigurationError(f"learners: the label {label!r} is empty. Write a name for the report.", at)
        plain = " ".join(label.split()).casefold()
        if plain in seen:
            raise ConfigurationError(
                f'learners "{seen[plain]}" and "{label}" have the same label to a reader. Rename one.', (*at, label)
            )
        seen[plain] = label


def check_contrasts(contrasts: Any, labels: list[str]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for place, pair in enumerate(contrasts):
        at = ("contrasts", place)
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2 or pair[0] == pair[1]:
            raise ConfigurationError(f"contrasts: {pair!r} is not a pair of two learners' labels.", at)
        for label in pair:
            if label not in labels:
                hint = did_you_mean(str(label), labels)
                raise ConfigurationError(
                    f'contrasts: there is no learner "{label}".{hint}  Learners: {", ".join(labels)}.', at
                )
        if any({*pair} == {*other} for other in pairs):
            raise ConfigurationError(f"contrasts: {list(pair)} comes twice. Remove one.", at)
        pairs.append((pair[0], pair[1]))
    return tuple(pairs)


def check_tasks(tasks: Any) -> dict[str, dict[str, Any]]:
    """Task's name in this study -> its spec. A type that comes twice is told apart by its options."""
    if isinstance(tasks, str) or not isinstance(tasks, Sequence) or not tasks:
        raise ConfigurationError(f'tasks = {tasks!r} is not a list of tasks. Write tasks = ["digits"].', ("tasks",))
    specs = [resolve(task, "task", "tasks", ("tasks", place)) for place, task in enumerate(tasks)]
    named: dict[str, dict[str, Any]] = {}
    for place, spec in enumerate(specs):
        alike = [other for other in specs if other["type"] == spec["type"]]
        name = spec["type"] if len(alike) == 1 else _long_name(spec, alike)
        if name in named:
            raise ConfigurationError(f"tasks: {name} comes twice with the same options. Remove one.", ("tasks", place))
        named[name] = spec
    return named


def seeds_note(seeds: Sequence[int], command: str) -> str | None:
    """What too few seeds mean for the report; None for enough."""
    count = len(seeds)
    if count >= 10:
        return None
    shown = f"{count} seed{'s' if count > 1 else ''}"
    if count < 3:
        shown += ": values are shown, no ranking (3 needed, 10 advised)."
    else:
        shown += ": small differences cannot be told apart (10 advised)."
    return f"{shown} Add: {command} --seeds 10 (only the new ones run)"


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _long_name(spec: Mapping[str, Any], alike: Sequence[Mapping[str, Any]]) -> str:
    """ "digits_size_8": the options that tell tasks of one type apart; also the name of a file."""
    text = "_".join(f"{key}_{value}" for key, value in spec.items() if any(other[key] != value for other in alike))
    name = f"{spec['type']}_{text}" if text else spec["type"]
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in name)
