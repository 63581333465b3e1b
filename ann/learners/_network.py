"""What every learner of this package that trains a network shares: how it is fitted, from the data to the trainer."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from ann import chance, device
from ann.checkpoint import Checkpoint
from ann.contract import Encoder, LearningRule, Model, Observer
from ann.early_stop import EarlyStop
from ann.learners import _memory
from ann.learners._asking import CanBeAsked
from ann.learners._parameters import RecipeParameters
from ann.learners._reading import Reading
from ann.learners._settings import check_settings
from ann.rules.backprop import Backprop
from ann.training import Loss, Precision, Trainer

_FEWEST_TO_HOLD_OUT = 20


class NetworkLearner(CanBeAsked, RecipeParameters, BaseEstimator):
    """A scikit-learn estimator around a torch network. A subclass says which recipe and which rule it trains.

    What the targets are, a second parent says: ann.learners._classes.AnswersClasses or one of its kind. The constructor
    takes encoder, epochs, batch_size, device and random_state, and may take patience, clip_norm and precision.

    Attributes:
        n_features_in_: length of a sample's first axis.
        network_: the torch module.  progress_: passes, examples and updates so far.
    """

    model: Model
    rule: LearningRule | None
    encoder: Encoder | None
    epochs: int
    batch_size: int
    device: Any
    random_state: int | None
    patience: int | None = None
    clip_norm: float | None = None
    precision: Precision = "float32"
    serves: ClassVar[str]  # the kind of target, one of compare.contract.Facts.target
    _purpose: ClassVar[str]  # what it does, behind its name

    @property
    def duration_s(self) -> float | None:
        """Seconds that a fitted network of spikes takes for a sample, None for one of values."""
        check_is_fitted(self)
        return float(self._reading_.source.duration_s) if self._reading_.spikes else None

    def _recipe(self) -> Model:
        """The model to train; a subclass may know it only once the data were seen."""
        return self.model

    def _learning_rule(self) -> LearningRule:
        """The rule to train it by."""
        return Backprop() if self.rule is None else self.rule

    def _look(self, X: np.ndarray) -> None:
        """See the training samples before the recipe is asked for."""

    def _prepare(self, X: np.ndarray) -> None:
        """See the training samples once the network is built, before the first update."""

    def _more_departures(self) -> list[str]:
        """Departures from the study's protocol that only the subclass knows."""
        return []

    def _checked_targets(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """X as float32 and y as the loss takes it, both checked; sets what later answers need, as `classes_`."""
        raise NotImplementedError

    def _known_targets(self, y: Any) -> np.ndarray:
        """More targets of the kind that was checked before, as the loss takes them."""
        raise NotImplementedError

    def _outputs(self) -> int:
        """How many numbers the network answers with."""
        raise NotImplementedError

    def _loss(self) -> Loss:
        """What training lowers."""
        raise NotImplementedError

    def _build(self, recipe: Model, shape: tuple[int, ...], outputs: int, weights: torch.Generator) -> torch.nn.Module:
        if getattr(recipe, "generates", False):
            raise ValueError(
                f"{type(recipe).__name__} makes samples, but {type(self).__name__} {self._purpose}. Use Generator."
            )
        return recipe.build(shape, outputs, weights)

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
        observer: Observer | None = None,
        checkpoint: str | Path | None = None,
    ) -> Any:
        """Learn from X (sample, *shape) and the targets y.

        Args:
            X: values; in [0, 1] where they are encoded as spikes.
            y: what the samples ought to be answered with.
            validation: more samples and targets; looked at only where `patience` says when to stop.
            observer: watches while it trains; see ann.contract.Observer.
            checkpoint: a file that is written behind every pass. Where it exists, training goes on from it, to the same
                bits as without the interruption.

        Raises:
            ValueError: if the model or the rule cannot serve this data, or the checkpoint is of another training, with
                the reason.
        """
        X, targets = self._first(X, y)
        if self.patience is not None and validation is None:
            X, targets, validation = self._held_out(X, targets)
        elif self.patience is not None:
            validation = self._checked_validation(validation)
        with chance.deterministic():
            trainer = self._start(X)
            try:
                self._train(trainer, X, targets, validation, self._watch(trainer, observer), checkpoint)
            finally:  # a person may interrupt it, and ask what was learned
                self._rule_state_ = trainer.state
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Any:
        """One pass over X (sample, *shape) and its targets, from where the network stands; the first call builds it.

        How long training will go on is not known, so the rule's pace stays at its start; `epochs` and `patience` are
        not looked at. What is measured on the training data, as the scale of a regressor's targets, is measured in the
        first call. After `fit` the weights and the rule's own state go on, and the optimiser begins anew. Parameters
        that are set between two calls are looked at by the next `fit`.

        Raises:
            ValueError: as `fit`; or these samples have another shape, or targets another kind, than the first ones.
        """
        X, targets = self._pair(X, y) if self._begun else self._first(X, y)
        with chance.deterministic():
            if not hasattr(self, "_trainer_"):
                self._trainer_ = self._later_trainer() if self._begun else self._start(X)
            trainer = self._trainer_
            try:
                with _memory.batches_of(self.batch_size):
                    passes = trainer.progress.passes + 1
                    trainer.run(self._reader(X), self._on_device(targets), passes, planned=sys.maxsize)
            finally:
                self.progress_, self._rule_state_ = trainer.progress, trainer.state
        if self.progress_.ended_early:
            del self._trainer_  # its optimiser remembers what broke the network
        return self

    @property
    def _begun(self) -> bool:
        """Whether there is a network that was, or is, trained."""
        return hasattr(self, "progress_")

    def __sklearn_is_fitted__(self) -> bool:
        return self._begun

    def _first(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Samples and targets to begin with, checked; what was learned before is forgotten."""
        X, targets = self._checked_targets(X, y)
        for name in ("progress_", "_trainer_"):
            self.__dict__.pop(name, None)
        self._shape_ = X.shape[1:]
        check_settings(self)
        return X, targets

    def _pair(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """More samples and their targets, checked against the first ones."""
        X = self._checked_samples(X)
        targets = self._more_targets(X, y)
        check_consistent_length(X, targets)
        return X, targets

    def _checked_validation(self, given: Any) -> tuple[np.ndarray, np.ndarray]:
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise ValueError(f"validation is a {type(given).__name__}, but expected two arrays: (X, y).")
        return self._pair(*given)

    def _later_trainer(self) -> Trainer:
        """Goes on after `fit`, whose rule's state it takes over."""
        trainer = self._trainer("later ")
        trainer.state = self._rule_state_
        trainer.go_on_from(None)
        return trainer

    def _on_device(self, targets: np.ndarray) -> torch.Tensor:
        """For reading only: on the CPU these may be the targets themselves, not a copy."""
        own = targets if targets.flags.writeable else targets.copy()  # torch warns of what it may not write to
        return torch.from_numpy(own).to(self._reading_.device)

    def _more_targets(self, X: Any, y: Any) -> np.ndarray:
        """Targets of samples that come after the first ones."""
        return self._known_targets(y)

    def _held_out(self, X: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[Any, Any]]:
        """A tenth of the samples is kept back to see when to stop, drawn from the seed."""
        self._seed_ = chance.seed_of(self.random_state)
        if len(X) < _FEWEST_TO_HOLD_OUT:
            raise ValueError(
                f"patience = {self.patience} holds a tenth of the samples back, but X has n_samples = {len(X)}. "
                "Give fit(..., validation=(X, y)), or patience = None."
            )
        order = torch.randperm(len(X), generator=chance.generator(self._seed_, "held out")).numpy()
        held, kept = order[: len(X) // 10], np.sort(order[len(X) // 10 :])
        return X[kept], targets[kept], (X[held], targets[held])

    def _start(self, X: np.ndarray) -> Trainer:
        """Build the network as the seed says, untrained, and the trainer for it."""
        self._seed_ = chance.seed_of(self.random_state)
        self._rule_ = self._learning_rule()
        self._look(X)
        self._reading_ = Reading(self._recipe(), self.encoder, device.choose(self.device))
        weights = chance.generator(self._seed_, "weights")
        self._read_shape_ = self._reading_.shape(self._shape_)
        self.network_ = self._build(self._reading_.model, self._read_shape_, self._outputs(), weights)
        if self._reading_.current and hasattr(self.network_, "reads_current"):
            # its first layer multiplies, and says so when it counts operations
            self.network_.reads_current = True  # type: ignore[assignment]
        self.network_.to(self._reading_.device)
        self._prepare(X)
        sentence = self._refusal(self._rule_, self.network_)
        if sentence:
            raise ValueError(sentence)
        trainer = self._trainer()
        self.progress_, self._rule_state_ = trainer.progress, trainer.state
        return trainer

    def _trainer(self, when: str = "") -> Trainer:
        """A trainer of the network as it stands; `when` tells its chance from that of an earlier one."""
        return Trainer(
            self.network_,
            self._rule_,
            self._loss(),
            order=chance.generator(self._seed_, f"{when}order"),
            chance=chance.generator(self._seed_, f"{when}rule"),
            batch_size=self.batch_size,
            clip_norm=self.clip_norm,
            precision=self.precision,
        )

    def _train(
        self,
        trainer: Trainer,
        X: np.ndarray,
        targets: np.ndarray,
        validation: tuple[np.ndarray, np.ndarray] | None,
        watch: Any,
        checkpoint: str | Path | None,
    ) -> None:
        y = self._on_device(targets)
        stop = None if self.patience is None else EarlyStop(trainer, self.patience, self._checker(trainer, validation))
        kept = (
            None
            if checkpoint is None
            else Checkpoint(Path(checkpoint), trainer, stop, self._identity((X, targets), validation))
        )
        if kept is not None:
            kept.resume()
        steps = [step for step in (stop, kept) if step is not None]

        def after_pass() -> None:
            for step in steps:
                step.after_pass()

        with _memory.batches_of(self.batch_size):
            trainer.run(self._reader(X), y, self.epochs, watch, after_pass if steps else None)
        if stop is not None:
            stop.restore()

    def _reader(self, X: np.ndarray) -> Any:
        """Batches by index: from the device, where the samples lie there whole, else encoded when they are needed."""
        reading = self._reading_
        if not reading.lasting(X):
            return lambda indices, pass_: reading.batch(X[indices.numpy()], pass_)
        values = reading.whole(X)
        return lambda indices, _: values.index_select(0, indices.to(values.device))

    def _checker(self, trainer: Trainer, validation: Any) -> Any:
        """Gives the mean loss of the validation samples, as the network stands."""
        X, targets = validation
        loss, y = self._loss(), self._on_device(targets)

        def check() -> float:
            with torch.no_grad():
                found = [self._rule_.output(self.network_, x, trainer.state) for x in self._batches(X)]
                return float(loss(torch.cat(found), y))

        return check

    def _identity(self, data: tuple[np.ndarray, ...], validation: tuple[np.ndarray, ...] | None) -> dict[str, str]:
        """What a checkpoint must agree on to be gone on from."""
        settings = {name: repr(value) for name, value in sorted(self.get_params(deep=False).items())}
        settings = {name: text for name, text in settings.items() if name not in ("device", "random_state")}
        versions = {"version": f"{self._rule_.name} {self._rule_.version}", "torch": torch.__version__}
        told = {"learner": type(self).__name__, **settings, **versions, "seed": str(self._seed_), "data": _digest(data)}
        return told if self.patience is None or validation is None else told | {"validation": _digest(validation)}

    def _watch(self, trainer: Trainer, observer: Observer | None) -> Any:
        """The trainer's watcher that calls the observer, with this learner ready to predict."""
        if observer is None:
            return None

        def watch(examples: int, **facts: float) -> None:
            if observer.due(examples):
                self._rule_state_ = trainer.state
                observer(self, examples, **facts)

        return watch

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return self._checked_samples(X)

    def _checked_samples(self, X: Any) -> np.ndarray:
        """As float32, if they have the first ones' shape."""
        X = validate_data(self, X, reset=False, allow_nd=True, dtype=np.float32)
        if X.shape[1:] != self._shape_:
            raise ValueError(
                f"X has samples of shape {X.shape[1:]}, but this {type(self).__name__} was fitted on {self._shape_}."
            )
        return X

    def refuses(self, facts: Any) -> str | None:
        """A sentence if this learner cannot serve a task with such facts (compare.contract.Facts), else None."""
        if facts.target != self.serves:
            return f"{type(self).__name__} {self._purpose}, but the task's target is {facts.target!r}."
        try:
            recipe = self._recipe()
            shape = Reading(recipe, self.encoder, device.choose("cpu")).shape(facts.shape)
            if hasattr(recipe, "refuses"):
                sentence = recipe.refuses(shape)  # type: ignore[attr-defined]
                if sentence:
                    return sentence
            network = self._build(recipe, shape, facts.classes or 1, chance.generator(0, "weights"))
            return self._refusal(self._learning_rule(), network)
        except ValueError as reason:
            return str(reason)

    def _refusal(self, rule: LearningRule, network: torch.nn.Module) -> str | None:
        if self.clip_norm is not None and getattr(rule, "mirrors_steps", False):
            return (
                f"{type(rule).__name__}'s feedback weights take the weights' own steps, of which clip_norm = "
                f"{self.clip_norm!r} would shorten one kind only; leave it out."
            )
        return rule.refuses(network, self._loss())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = False
        tags.input_tags.three_d_array = True
        return tags


def _digest(arrays: tuple[np.ndarray, ...]) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()
