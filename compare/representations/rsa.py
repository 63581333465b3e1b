"""RSA: do two layers find the same samples alike?

Each layer's dissimilarity matrix (RDM) holds 1 - the correlation of the activity patterns of every two samples; two
layers are compared by correlating the upper halves of their RDMs. Done with rsatoolbox (van den Bosch et al. 2025,
eLife, DOI 10.7554/eLife.107828). Source: Kriegeskorte, Mur & Bandettini 2008, Front. Syst. Neurosci. 2:4,
DOI 10.3389/neuro.06.004.2008; noise ceiling: Nili et al. 2014, PLoS Comput. Biol. 10:e1003553.

A sample whose pattern has no variance (a silent layer) correlates with no other: it is NaN in `rdm`, and left out where
RDMs are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from compare.representations._kernels import NO_VARIANCE, features

__all__ = ["RSA", "NoiseCeiling"]


@dataclass(frozen=True)
class NoiseCeiling:
    """How well any model could match RDMs that differ from seed to seed.

    lower: mean similarity of each seed's RDM with the mean of the others; upper: with the mean of all, its own
    included. `seeds` independent networks, not repeated measurements of one.
    """

    lower: float
    upper: float
    seeds: int
    samples: int

    @property
    def sentence(self) -> str:
        """What the band is, for a caption."""
        return (
            f"Noise ceiling over {self.seeds} network seeds: {self.lower:.3f} (each seed against the mean of the "
            f"others) to {self.upper:.3f} (against the mean of all); {self.samples} samples."
        )


@dataclass(frozen=True)
class RSA:
    """Similarity of two correlation-distance RDMs, 1 for the same; NaN for a layer silent in half of the samples.

    Attributes:
        comparison: "corr" (Pearson), "rho-a" or "tau-a" (ranks, ties by chance), "cosine".
    """

    comparison: Literal["corr", "rho-a", "tau-a", "cosine"] = "corr"

    name: ClassVar[str] = "rsa"
    invariant_to: ClassVar[frozenset[str]] = frozenset({"scale", "permutation"})
    is_metric: ClassVar[bool] = False

    def rdm(self, a: np.ndarray) -> np.ndarray:
        """a (sample, neuron) -> (sample, sample) correlation distances, 0 to 2, NaN for samples without variance."""
        usable = _usable(a)
        matrix = np.full((len(a), len(a)), np.nan)
        matrix[np.ix_(usable, usable)] = _rdms([features(a)[usable]]).get_matrices()[0]
        return matrix

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """a (sample, neuron), b (sample, other neuron) of the same samples -> the similarity."""
        return float(self.matrix([a, b])[0, 1])

    def matrix(self, representations: Sequence[np.ndarray]) -> np.ndarray:
        """Every pair at once, (representation, representation).

        All entries are about the same samples: those whose pattern varies in every layer. A layer that is silent for
        half of the samples or more is NaN and costs the others none.
        """
        usable = np.stack([_usable(a) for a in representations])
        alive = usable.mean(axis=1) > 0.5
        common = np.logical_and.reduce(usable[alive]) if alive.any() else np.zeros(usable.shape[1], dtype=bool)
        result = np.full((len(usable), len(usable)), np.nan)
        if common.sum() >= 4:
            rdms = _rdms([features(a)[common] for a, kept in zip(representations, alive, strict=True) if kept])
            result[np.ix_(alive, alive)] = _compared(rdms, self.comparison)
        return result

    def noise_ceiling(self, representations: Sequence[np.ndarray]) -> NoiseCeiling:
        """From one layer of the same learner, once per seed. Samples without variance in any seed are left out.

        Raises:
            ValueError: fewer than two seeds, or fewer than four usable samples.
        """
        from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling

        if len(representations) < 2:
            raise ValueError(f"a noise ceiling needs two network seeds or more; {len(representations)} given.")
        usable = np.logical_and.reduce([_usable(a) for a in representations])
        if usable.sum() < 4:
            raise ValueError(f"only {int(usable.sum())} samples move every seed's layer; expected four or more.")
        rdms = _rdms([features(a)[usable] for a in representations])
        lower, upper = boot_noise_ceiling(rdms, method=self.comparison, rdm_descriptor="index")
        return NoiseCeiling(float(lower), float(upper), len(representations), int(usable.sum()))


def _compared(rdms: Any, comparison: str) -> np.ndarray:
    from rsatoolbox.rdm.compare import compare

    return np.asarray(compare(rdms, rdms, method=comparison))


def _usable(a: np.ndarray) -> np.ndarray:
    """(sample,) whether the sample's pattern varies over neurons."""
    x = features(a)
    return x.std(axis=1) > NO_VARIANCE * np.maximum(np.abs(x).max(axis=1), 1e-300)


def _rdms(representations: Sequence[np.ndarray]) -> Any:
    """One rsatoolbox RDMs object of them all; they may differ in neurons but not in samples."""
    from rsatoolbox.data.dataset import Dataset
    from rsatoolbox.rdm.calc import calc_rdm
    from rsatoolbox.rdm.rdms import concat

    return concat(*(calc_rdm(Dataset(a), method="correlation") for a in representations))  # type: ignore[arg-type]
