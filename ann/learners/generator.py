"""Any network that makes new samples, as a scikit-learn estimator"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ann import chance
from ann.contract import LearningRule, Model
from ann.learners import _description
from ann.learners._network import NetworkLearner
from ann.learners._samples import LearnsSamples
from ann.rules.backprop import Backprop
from ann.training import Loss, Precision

_CHUNK = 256  # samples made at a time; bounds memory


class Generator(LearnsSamples, NetworkLearner):
    """A model and a rule: the network learns how samples are distributed, and makes new ones of noise.

    Args:
        model: a recipe that generates, `ann.VAE()` or `ann.GAN()`.
        rule: how it learns; None is Backprop(), for a GAN Backprop(learning_rate=5e-4, momentum=0.5), whose
            momentum is that of Radford, Metz & Chintala 2016.
        epochs, batch_size, patience, clip_norm, precision, device, random_state: as in ann.Classifier. A GAN's loss
            says little about its samples, so `patience` is for a VAE.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> from ann import VAE, Generator
        >>> learner = Generator(VAE(hidden=(32,)), epochs=5, random_state=0).fit(load_digits().data[:200] / 16)
        >>> learner.sample(3, random_state=0).shape
        (3, 64)
    """

    name: ClassVar[str] = "generator"
    _purpose: ClassVar[str] = "generates samples"

    def __init__(
        self,
        model: Model,
        rule: LearningRule | None = None,
        *,
        epochs: int = 20,
        batch_size: int = 64,
        patience: int | None = None,
        clip_norm: float | None = None,
        precision: Precision = "float32",
        device: Literal["auto", "cpu", "cuda"] = "auto",
        random_state: int | None = None,
    ) -> None:
        self.model = model
        self.rule = rule
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.clip_norm = clip_norm
        self.precision = precision
        self.device = device
        self.random_state = random_state

    def _recipe(self) -> Model:
        if not getattr(self.model, "generates", False):
            raise ValueError(f"{self.model.name} makes no samples. Choose VAE() or GAN().")
        return self.model

    def _own_rule(self) -> LearningRule:
        if self.rule is not None:
            return self.rule
        return Backprop(learning_rate=5e-4, momentum=0.5) if self.model.name == "gan" else Backprop()

    def _learning_rule(self) -> LearningRule:
        return self._recipe().learning_rule(self._own_rule())  # type: ignore[attr-defined]

    def _look(self, X: np.ndarray) -> None:
        sentence = self._recipe().refuses_values(X)  # type: ignore[attr-defined]
        if sentence:
            raise ValueError(sentence)

    def _more_targets(self, X: Any, y: Any) -> np.ndarray:
        self._look(X)
        return super()._more_targets(X, y)

    def _loss(self) -> Loss:
        # Asked for before there is a network, by refuses(); no rule looks at it then.
        return self.network_.loss if hasattr(self, "network_") else lambda output, y: output.sum()  # type: ignore[return-value]

    def _readout_text(self) -> str:
        return self.network_.readout_text  # type: ignore[return-value]

    def sample(self, n: int, *, random_state: int | np.random.RandomState | None = None) -> np.ndarray:
        """New samples (n, *shape), float32: what codes from N(0, 1) stand for.

        Args:
            n: how many.
            random_state: seed of the codes; the learner's own does not matter here. None draws a fresh one.

        Raises:
            ValueError: if `n` is not a whole number of at least 1.
        """
        check_is_fitted(self)
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"n = {n!r}, but it must be a whole number of at least 1.")
        source = chance.generator(chance.seed_of(random_state), "sample")
        self.network_.eval()
        with chance.deterministic(), torch.no_grad():
            made = [self._made(source) for _ in range(-(-int(n) // _CHUNK))]
        return np.concatenate(made)[:n]

    def _made(self, source: torch.Generator) -> np.ndarray:
        """A whole chunk whatever is asked for: torch.randn draws other numbers for other sizes."""
        codes = torch.randn(_CHUNK, self.network_.latent, generator=source)  # type: ignore[arg-type]
        return self.network_.generate(codes.to(self._reading_.device)).cpu().numpy()  # type: ignore[operator]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """What the network says of samples.

        A VAE gives their reconstruction, (sample, *shape); a GAN the probability that each is one of the data,
        (sample,).
        """
        answers = self._answers(X)
        return self.network_.answered(answers).numpy()  # type: ignore[operator]

    @available_if(lambda self: self.model.name == "vae")
    def score(self, X: np.ndarray, y: Any = None) -> float:
        """Evidence lower bound of the samples, nats a sample: the mean over one drawn code for each.

        The draw comes from the learner's seed. Of a VAE only: a GAN has no likelihood.
        """
        X = self._checked(X)
        source, total = chance.generator(self._seed_, "score"), 0.0
        with chance.deterministic(), chance.borrowed(source), torch.no_grad():
            for x in self._batches(X):
                answer = self.network_.train()(x).double()
                total -= len(x) * float(self.network_.loss(answer, x.flatten(1).double()))  # type: ignore[operator]
                self.network_.eval()
        return total / len(X)

    def update_and_gradient(self, X: np.ndarray, y: Any = None) -> Any:
        """Raises NotImplementedError: what it learns from is drawn anew each time."""
        raise NotImplementedError(
            f"{self.model.name} draws noise as it learns, so two updates have no common gradient."
        )

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        told, rule = super().describe(), self._own_rule()
        told["settings"].pop("rule", None)
        told["settings"] |= {field.name: _description._plain(getattr(rule, field.name)) for field in fields(rule)}  # type: ignore[arg-type]
        if hasattr(self.network_, "generator"):
            made = self.network_.generator
            row = {"name": "generator", "neurons": int(np.prod(self._shape_))}
            row |= {"parameters": sum(p.numel() for p in made.parameters()), "text": "transposed convolutions of noise"}  # type: ignore[union-attr]
            told["layers"].append(row)
        return told
