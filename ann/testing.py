"""Conformance kit: what every model recipe and every learning rule of this package promises.

Plain functions that raise AssertionError, for a part of your own as well:

Example:
    >>> from ann import MLP, Backprop
    >>> check_model(MLP(hidden=(5,)))
    >>> check_rule(Backprop())
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from typing import Any

import numpy as np
import torch

from ann import Source
from ann.contract import LearningRule, Model
from ann.learners.classifier import Classifier
from ann.locality import SIGNALS
from ann.models.mlp import MLP

FAMILIES = ("backprop", "surrogate gradient", "STDP", "Hebbian", "feedback", "second phase", "control")
SHAPES = ((1, 8, 8), (16,), (6, 8))
CLASSES = 3
DESCRIBED = (
    "family", "engine", "reads", "readout", "layers", "parameters", "state", "time_steps", "neuron", "rule", "training",
    "settings", "sources", "departures",
)  # fmt: skip


def check_model(recipe: Model) -> None:
    """Raises AssertionError unless the recipe keeps what ann.contract.Model promises."""
    check_definition(recipe)
    assert recipe.reads in ("values", "spikes"), f"{recipe.name}.reads = {recipe.reads!r}, not 'values' or 'spikes'."
    if getattr(recipe, "generates", False):
        _check_generative(recipe)
        return
    served = [shape for shape in SHAPES if _served(recipe, shape)]
    assert served, f"{recipe.name} serves samples of none of the shapes {SHAPES}."
    for shape in served:
        _check_chance(recipe, shape)
        _check_forward(recipe, shape)
    _check_learner(recipe, served[0])


def check_rule(rule: LearningRule, recipe: Model | None = None) -> None:
    """Raises AssertionError unless the rule keeps what ann.contract.LearningRule promises, on `recipe`'s model."""
    check_definition(rule)
    assert rule.family in FAMILIES, f"{rule.name}.family = {rule.family!r} is none of {FAMILIES}."
    assert rule.equation.strip(), f"{rule.name} has no equation."
    assert isinstance(rule.version, int), f"{rule.name}.version = {rule.version!r} is no whole number."
    unknown = set(rule.signals) - set(SIGNALS)
    assert not unknown, f"{rule.name}.signals has {sorted(unknown)}; known are {SIGNALS}."
    paces = [rule.pace(done) for done in (0.0, 0.5, 1.0)]
    assert paces[0] == 1, f"{rule.name}.pace(0) = {paces[0]!r}, but training begins at the rule's own learning rate, 1."
    assert all(0 <= pace < float("inf") for pace in paces), (
        f"{rule.name}.pace gives {paces}; expected factors of 0 or more."
    )
    recipe = MLP(hidden=(24,)) if recipe is None else recipe
    _check_refusal(rule)
    _check_updates(rule, recipe)
    _check_training(rule, recipe)


def check_definition(part: Any) -> None:
    """Raises AssertionError unless the part is a frozen dataclass with a name and a source, equal to its own copy."""
    kind = type(part).__name__
    assert is_dataclass(type(part)), f"{kind} is no dataclass."
    assert re.fullmatch(r"[a-z][a-z0-9_]*", part.name), f"{kind}.name = {part.name!r} is no lower-case name."
    assert isinstance(part.source, Source), f"{kind} has no Source."
    assert part.source.text, f"{kind}'s source has no text."
    assert (part.__doc__ or "").strip(), f"{kind} has no docstring."
    assert replace(part) == part, f"{kind} differs from a copy of itself."
    for field in fields(part)[:1]:
        try:
            setattr(part, field.name, getattr(part, field.name))
        except FrozenInstanceError:
            continue
        raise AssertionError(f"{kind} is not frozen.")


@contextmanager
def untouched_chance() -> Iterator[None]:
    """Raises AssertionError if the block draws from torch's or numpy's global generator."""
    before = torch.get_rng_state(), str(np.random.get_state())  # noqa: NPY002 - looked at, not drawn from
    yield
    after = torch.get_rng_state(), str(np.random.get_state())  # noqa: NPY002
    assert torch.equal(before[0], after[0]), "torch's global generator was drawn from."
    assert before[1] == after[1], "numpy's global generator was drawn from."


def _seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _served(recipe: Model, shape: tuple[int, ...], outputs: int = CLASSES) -> bool:
    """Whether the recipe builds for this shape; a refusal is a ValueError with a sentence."""
    sentence = None
    try:
        recipe.build(shape, outputs, _seeded())
    except ValueError as reason:
        sentence = str(reason)
    assert sentence is None or len(sentence.split()) > 4, (
        f"{recipe.name} refuses {shape} without a sentence: {sentence}"
    )
    return sentence is None


def _input(recipe: Model, shape: tuple[int, ...], samples: int = 6) -> torch.Tensor:
    values = torch.rand(samples, *shape, generator=_seeded(1))
    if recipe.reads == "values":
        return values
    steps = recipe.steps  # type: ignore[attr-defined]
    chance = torch.rand(samples, steps, values[0].numel(), generator=_seeded(2))
    return (chance < values.flatten(1)[:, None]).float()


def _same(a: torch.nn.Module, b: torch.nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))


def _check_chance(recipe: Model, shape: tuple[int, ...], outputs: int = CLASSES) -> None:
    with untouched_chance():
        first, again, other = (recipe.build(shape, outputs, _seeded(seed)) for seed in (0, 0, 1))
    assert _same(first, again), f"{recipe.name} built other weights from the same generator."
    assert not _same(first, other), f"{recipe.name} built the same weights from another generator."


def _check_forward(recipe: Model, shape: tuple[int, ...]) -> None:
    model, x = recipe.build(shape, CLASSES, _seeded()).eval(), _input(recipe, shape)  # batch norm's answering
    with untouched_chance():
        logits = model(x)
    assert logits.shape == (len(x), CLASSES), f"{recipe.name} answers {tuple(logits.shape)}, not (sample, class)."
    # A sample alone takes another path through the matrix product, so the last bits of float32 may differ.
    alone = torch.cat([model(one[None]) for one in x])
    assert torch.allclose(logits, alone, atol=1e-5), f"{recipe.name}'s answer depends on the rest of the batch."
    logits.square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, f"{recipe.name}: no gradient reaches {name}."


def _check_learner(recipe: Model, shape: tuple[int, ...]) -> None:
    X, y = _problem(shape)
    learner = Classifier(recipe, epochs=1, batch_size=8, device="cpu", random_state=0)
    with untouched_chance():
        learner.fit(X, y)
    told = learner.describe()
    assert set(told) == set(DESCRIBED), f"{recipe.name}: describe() has the keys {sorted(told)}."
    json.dumps(told)
    for name, activity in learner.activations(X).items():
        assert activity.shape[0] == len(X), f"{recipe.name}: activity of {name} is {activity.shape}."
        assert activity.ndim == 2, f"{recipe.name}: activity of {name} is {activity.shape}, not (sample, neuron)."
    for training in (False, True):
        table = learner.operations(X, training=training)
        # Sums of float32 counts: one part in a million is rounding.
        excess = max(table["effective"] / table["dense"])
        assert excess <= 1 + 1e-6, f"{recipe.name} counts more operations than a dense network has:\n{table}"
    copy = learner.with_weights(learner.weights())
    assert np.array_equal(copy.predict_proba(X), learner.predict_proba(X)), f"{recipe.name}: with_weights(weights())."


def _check_generative(recipe: Model) -> None:
    """A recipe that makes samples: for ann.Generator, which asks it for as many outputs as a sample has values."""
    served = [shape for shape in SHAPES if _served(recipe, shape, int(np.prod(shape)))]
    assert served, f"{recipe.name} serves samples of none of the shapes {SHAPES}."
    assert not _served(recipe, served[0]), f"{recipe.name} makes samples, but builds for {CLASSES} classes."
    for shape in served:
        _check_chance(recipe, shape, int(np.prod(shape)))
        _check_generator(recipe, shape)


def _check_generator(recipe: Model, shape: tuple[int, ...]) -> None:
    from ann.learners.generator import Generator

    X, _ = _problem(shape)
    first, again = (Generator(recipe, epochs=2, batch_size=8, device="cpu", random_state=0) for _ in range(2))
    with untouched_chance():
        made, same = (learner.fit(X).sample(5, random_state=1) for learner in (first, again))
        other = first.sample(5, random_state=2)
    assert np.array_equal(made, same), f"{recipe.name}: one seed, two results."
    assert not np.array_equal(made, other), f"{recipe.name} makes the same samples from another seed."
    assert made.shape == (5, *shape), f"{recipe.name} makes samples of shape {made.shape[1:]}, not {shape}."
    assert np.isfinite(made).all(), f"{recipe.name} makes samples that are not finite."
    unlearned = {name for name, _ in first.network_.named_parameters()} - first.progress_.learned
    assert not unlearned, f"{recipe.name}: nothing reaches {sorted(unlearned)}."
    assert set(first.describe()) == set(DESCRIBED), (
        f"{recipe.name}: describe() has the keys {sorted(first.describe())}."
    )
    json.dumps(first.describe())
    for training in (False, True):
        table = first.operations(X, training=training)
        assert max(table["effective"] / table["dense"]) <= 1 + 1e-6, f"{recipe.name} counts too much:\n{table}"
    copy = first.with_weights(first.weights())
    assert np.array_equal(copy.sample(5, random_state=1), made), f"{recipe.name}: with_weights(weights())."


def _problem(shape: tuple[int, ...], samples: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Samples in [0, 1] whose class is a bright third of their pixels."""
    chance = np.random.Generator(np.random.PCG64(0))
    y = np.arange(samples) % CLASSES
    X = chance.uniform(0, 0.5, (samples, int(np.prod(shape))))
    for label in range(CLASSES):
        X[y == label, label::CLASSES] += 0.5
    return X.reshape(samples, *shape).astype(np.float32), y


def _check_refusal(rule: LearningRule) -> None:
    sentence = rule.refuses(torch.nn.Identity(), torch.nn.functional.cross_entropy)
    assert isinstance(sentence, str), f"{rule.name} does not refuse a module that has no weights."
    assert len(sentence.split()) > 4, f"{rule.name} refuses without a sentence: {sentence}"


def _check_updates(rule: LearningRule, recipe: Model) -> None:
    loss = torch.nn.functional.cross_entropy
    model, x = recipe.build(SHAPES[0], CLASSES, _seeded()), _input(recipe, SHAPES[0])
    y = torch.arange(len(x)) % CLASSES
    assert rule.refuses(model, loss) is None, f"{rule.name} refuses {recipe.name}: {rule.refuses(model, loss)}"
    before = {name: value.clone() for name, value in model.named_parameters()}
    with untouched_chance():
        state = rule.start(model, _seeded())
        kept = {name: value.clone() for name, value in state.items()}
        updates, later = rule.updates(model, x, y, loss, state, _seeded(3))
        again, _ = rule.updates(model, x, y, loss, state, _seeded(3))
    assert updates, f"{rule.name} changes nothing."
    assert later.keys() == state.keys(), f"{rule.name}'s state changes its names."
    for name, value in kept.items():
        assert torch.equal(value, state[name]), f"{rule.name} changes its old state {name} in place."
    for name, value in before.items():
        assert torch.equal(value, model.get_parameter(name)), f"{rule.name} moves {name} by itself; the trainer does."
    for name, update in updates.items():
        assert name in before, f"{rule.name} updates {name}, which the model does not have."
        assert update.shape == before[name].shape, f"{rule.name}: the update of {name} has shape {tuple(update.shape)}."
        assert torch.equal(update, again[name]), f"{rule.name}: the same generator gave another update of {name}."


def _check_training(rule: LearningRule, recipe: Model) -> None:
    X, y = _problem(SHAPES[0])
    learner = Classifier(recipe, rule, epochs=40, batch_size=8, device="cpu", random_state=0)
    with untouched_chance():
        accuracy = learner.fit(X, y).score(X, y)
    # Chance is 1/3 and the problem is linearly separable with a wide margin.
    assert accuracy > 0.8, f"{rule.name} learns an easy problem to {accuracy:.2f} of its training samples only."
    again = Classifier(recipe, rule, epochs=40, batch_size=8, device="cpu", random_state=0).fit(X, y)
    assert np.array_equal(again.predict_proba(X), learner.predict_proba(X)), f"{rule.name}: one seed, two results."
    hidden = list(learner.activations(X).values())
    assert hidden[-1].shape == (len(X), CLASSES), f"{rule.name}: the last activity is not the output's."
