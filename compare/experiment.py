"""An experiment: one question, tasks, learners, seeds; from Python or from a TOML file.

Example:
    >>> experiment = Experiment(                                              # doctest: +SKIP
    ...     question="Does the learning rate matter?", tasks=["digits"], seeds=3,
    ...     learners={"slow": ann.Classifier(ann.MLP(), ann.Backprop(learning_rate=1e-4)),
    ...               "fast": ann.Classifier(ann.MLP(), ann.Backprop(learning_rate=1e-2))})
    >>> study = experiment.run("studies/learning-rate")                       # doctest: +SKIP
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare._checks import (
    check_contrasts,
    check_device,
    check_inputs,
    check_labels,
    check_margin,
    check_observe,
    check_question,
    check_seeds,
    check_tasks,
    check_verdict_input,
)
from compare._overrides import apply_overrides
from compare._toml_lines import line_of, lines_of
from compare.catalogue import did_you_mean, entries, find, load_plugin
from compare.errors import ConfigurationError
from compare.planning import PlannedRun, fingerprint_of, planned_run, refusal
from compare.scores import score_of
from compare.specs import build, components, resolve, trim
from compare.toml_text import toml_text

if TYPE_CHECKING:
    from compare.plugins import Plugin
    from compare.store import Study

Spec = dict[str, Any]
ENCODING = "poisson"  # unless the experiment says otherwise: with the rates of Diehl & Cook 2015


@dataclass(frozen=True, eq=False)
class Experiment:
    """What is asked, of whom, how often. Checked when it is made, run by `run`.

    Attributes:
        question: what the report answers.
        tasks: names, tables with "type", or Task objects.
        learners: label -> table with "type", or a scikit-learn estimator of the catalogue or of your own file.
        seeds: how many (0, 1, ...), or which. Each is an independent network; 10 are advised.
        inputs: "encoded" (all learners see the same spikes, or their counts) and "clean" (the values themselves).
        encoding: the encoder that makes the spikes; Poisson with the rates of Diehl & Cook 2015 if None.
        contrasts: pairs of labels, named beforehand, that the verdict judges.
        margin: the difference of the metric that matters, in its own scale (0.01 is one percentage point), or a table
            of one for each task. Where tasks are judged in different units, a number is of those in percent only.
        metric: what the verdict is about; None is each task's own (compare.scores): accuracy, mean squared error ...
        verdict_input: the input that the verdict is about; the first of inputs if None.
        observe: numbers of examples seen at which the learning curve is measured.
        device: "cpu", "cuda" or "auto".
        plugins: files with parts of your own.

    Raises:
        ConfigurationError: says what was given, what was expected and how to mend it.
    """

    question: str
    tasks: Sequence[Any]
    learners: Mapping[str, Any]
    seeds: int | Sequence[int] = 10
    inputs: Sequence[str] = ("encoded", "clean")
    encoding: Any = None
    contrasts: Sequence[Sequence[str]] = ()
    margin: float | Mapping[str, float] = 0.01
    metric: str | None = None
    verdict_input: str | None = None
    observe: Sequence[int] = (0, 100, 300, 1000, 3000, 10000)
    device: str = "cpu"
    plugins: Sequence[str | Path] = ()
    text: str | None = field(default=None, repr=False)  # the TOML it was read from
    task_specs: dict[str, Spec] = field(init=False, repr=False)
    learner_specs: dict[str, Spec] = field(init=False, repr=False)
    encoder_spec: Spec = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for path in self.plugins:
            load_plugin(path)
        self._set("question", check_question(self.question))
        self._set("seeds", check_seeds(self.seeds))
        self._set("inputs", check_inputs(self.inputs))
        self._set("verdict_input", check_verdict_input(self.verdict_input, self.inputs))
        self._set("observe", check_observe(self.observe))
        self._set("device", check_device(self.device))
        check_labels(self.learners)
        self._set("contrasts", check_contrasts(self.contrasts, list(self.learners)))
        if self.metric is not None:
            find("metric", self.metric, "metric", ("metric",))
        self._set("encoder_spec", resolve(self.encoding or ENCODING, "encoder", "encoding", ("encoding",)))
        self._set("task_specs", check_tasks(self.tasks))
        scores = {task: score_of(facts.target, self.metric) for task, facts in self.facts.items()}
        self._set("margin", check_margin(self.margin, scores))
        self._set("learner_specs", self._resolve_learners())

    @classmethod
    def from_toml(
        cls, path: str | Path, *, overrides: Iterable[str] = (), plugins: Sequence[str | Path] = ()
    ) -> Experiment:
        """Reads an experiment's file.

        Args:
            path: of the TOML file.
            overrides: changes, "learners.MLP.epochs=5" or "rule.learning_rate=3e-4".
            plugins: files with parts of your own. A TOML file cannot name code to load.

        Raises:
            ConfigurationError: with the file's name and the line at fault.
        """
        file, overrides = Path(path), list(overrides)
        text = _read(file)
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(_toml_error(file, error)) from error
        table.setdefault("encoding", ENCODING)
        changed = apply_overrides(table, overrides, _KEYS)
        try:
            _check_keys(table)
            return cls(**table, plugins=plugins, text=None if overrides else text)
        except ConfigurationError as error:
            raise ConfigurationError(f"{_where(file, text, error.at, changed)}  {error}", error.at) from error

    def plan(self) -> list[PlannedRun]:
        """All runs, seeds outermost, so that an interrupted study has all learners on its first seeds."""
        data = {task: fingerprint_of(build(spec, "task")) for task, spec in self.task_specs.items()}
        return [
            planned_run(
                label=label, task=task, input=given, seed=seed, task_spec=task_spec, learner_spec=learner_spec,
                encoder_spec=self.encoder_spec if given == "encoded" else None, observe=tuple(self.observe),
                fingerprint=data[task],
            )
            for seed in self._seed_list
            for task, task_spec in self.task_specs.items()
            for given in self.inputs
            for label, learner_spec in self.learner_specs.items()
        ]  # fmt: skip

    def refusals(self) -> dict[tuple[str, str], str]:
        """(label, task) -> the sentence, for what is known before running."""
        found = {
            (label, task): refusal(spec, facts)
            for task, facts in self.facts.items()
            for label, spec in self.learner_specs.items()
        }
        return {place: sentence for place, sentence in found.items() if sentence}

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Task's name -> its Facts."""
        return {name: build(spec, "task").facts() for name, spec in self.task_specs.items()}

    def as_plan_dict(self) -> dict[str, Any]:
        """What a study's plan.json says, JSON-ready; checksums and the command are the runner's to add."""
        short, runs = ("key", "label", "task", "input", "seed"), self.plan()
        data = {run.task: {"fingerprint": run.fingerprint} for run in runs if run.fingerprint is not None}
        return {
            "question": self.question, "seeds": self._seed_list, "inputs": list(self.inputs),
            "verdict_input": self.verdict_input, "metric": self.metric, "margin": self.margin,
            "contrasts": [list(pair) for pair in self.contrasts], "encoding": self.encoder_spec,
            "observe": list(self.observe), "device": self.device,
            "tasks": [self._task_facts(name) | data.get(name, {}) for name in self.task_specs],
            "learners": [
                {"label": label, "spec": spec, "given": self._given(label)}
                for label, spec in self.learner_specs.items()
            ],
            "runs": [{name: getattr(run, name) for name in short} for run in runs],
            "plugins": [
                {"name": plugin.path.name, "path": str(plugin.path), "sha256": plugin.sha256, "text": plugin.text}
                for plugin in self.used_plugins()
            ],
        }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The experiment with every default filled in; `Experiment(**...)` of it is the same experiment."""
        return {
            "question": self.question, "seeds": self._seed_list, "tasks": list(self.task_specs.values()),
            "inputs": list(self.inputs), "encoding": self.encoder_spec, "device": self.device, "margin": self.margin,
            "metric": self.metric, "verdict_input": self.verdict_input,
            "contrasts": [list(pair) for pair in self.contrasts], "observe": list(self.observe),
            "learners": self.learner_specs,
        }  # fmt: skip

    def to_toml(self) -> str:
        """The text it was read from; if it was changed since, or written in Python, all of it as TOML."""
        return self.text if self.text is not None else toml_text(self.to_dict())

    def used_plugins(self) -> list[Plugin]:
        """Plugins that hold a part of this experiment or a metric; a worker loads these before it builds anything."""
        specs = [(spec, "task") for spec in self.task_specs.values()] + [(self.encoder_spec, "encoder")]
        specs += [(spec, "learner") for spec in self.learner_specs.values()]
        found = [entry.plugin for spec, kind in specs for entry in components(spec, kind)]
        named = {Path(path).expanduser().resolve() for path in self.plugins}
        metrics = [(entry.name, entry.plugin) for entry in entries("metric")]  # a run computes all that it knows
        found += [plugin for name, plugin in metrics if plugin and (name == self.metric or plugin.path in named)]
        return list({plugin.path: plugin for plugin in found if plugin is not None}.values())

    def run(
        self,
        folder: str | Path,
        *,
        jobs: int = 1,
        force: bool = False,
        retry_errors: bool = False,
        fidelity: bool = True,
        progress: Callable[..., None] | None = None,
    ) -> Study:
        """Runs what is not done yet and keeps it in `folder`. The same call again continues where it stopped.

        Args:
            folder: of the study.
            jobs: how many runs at a time; the results do not depend on it.
            force: run again what is done.
            retry_errors: run again what failed.
            fidelity: certify the neuron models and rules that the learners simulate: every engine beside Brian2.
            progress: is told of each event, see `compare.run`.
        """
        from compare.run import run

        return run(
            self, folder, jobs=jobs, force=force, retry_errors=retry_errors, fidelity=fidelity, progress=progress
        )

    @property
    def _seed_list(self) -> list[int]:
        assert not isinstance(self.seeds, int)
        return list(self.seeds)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _resolve_learners(self) -> dict[str, Spec]:
        specs = {
            label: resolve(given, "learner", f'learners."{label}"', ("learners", label))
            for label, given in self.learners.items()
        }
        for label, spec in specs.items():
            twin = next(other for other, same in specs.items() if same == spec)
            if twin != label:
                message = f'"{label}" and "{twin}" are the same learner, so there is nothing to compare. Remove one.'
                raise ConfigurationError(message, ("learners", label))
        return specs

    def _given(self, label: str) -> Any:
        """What the user wrote of a learner; of an object, what differs from the defaults."""
        given = self.learners[label]
        if isinstance(given, str):
            return {"type": given}
        return dict(given) if isinstance(given, Mapping) else trim(self.learner_specs[label], "learner")

    def _task_facts(self, name: str) -> dict[str, Any]:
        task = build(self.task_specs[name], "task")
        return {
            "name": name, "spec": self.task_specs[name], "title": task.title, "licence": task.licence,
            "source": dataclasses.asdict(task.source), "facts": dataclasses.asdict(self.facts[name]),
            "score": dataclasses.asdict(score_of(self.facts[name].target, self.metric)),
        }  # fmt: skip


_KEYS = tuple(f.name for f in dataclasses.fields(Experiment) if f.init and f.name not in ("plugins", "text"))


def _check_keys(table: dict[str, Any]) -> None:
    if "plugins" in table:
        raise ConfigurationError(
            "A file cannot name code to load. Remove plugins and give it: --plugin my_neuron.py", ("plugins",)
        )
    for key in table:
        if key not in _KEYS:
            raise ConfigurationError(
                f'An experiment has no "{key}".{did_you_mean(key, list(_KEYS))}  It has: {", ".join(_KEYS)}.', (key,)
            )
    for key in ("question", "tasks", "learners"):
        if key not in table:
            raise ConfigurationError(f'An experiment needs "{key}".', (key,))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror}. Give an experiment's TOML file, such as experiments/digits.toml."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text: {error.reason}.") from error


def _toml_error(file: Path, error: tomllib.TOMLDecodeError) -> str:
    """tomllib's message with its line in front, as all of ours have it."""
    message, _, place = str(error).partition(" (at line ")
    line = place.split(",")[0]
    return f"{file.name}:{line}  {message}." if line.isdigit() else f"{file.name}  {error}."


def _where(file: Path, text: str, at: tuple[Any, ...], changed: Mapping[tuple[Any, ...], str]) -> str:
    """ "digits.toml:12", or the command line's change that put the value there."""
    for place, change in changed.items():
        if at[: len(place)] == place:
            return change
    lines = lines_of(text)
    for place, change in changed.items():
        if at and at not in lines and place[: len(at)] == at:
            return change
    line = line_of(lines, at)
    return f"{file.name}:{line}" if line else file.name
