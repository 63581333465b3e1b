"""Section B: the formulas and sources of exactly the methods that this report used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compare.report.document import Caption, Cell, Column, Figure, Paragraph, Section, Table
from compare.report.references import METHODS, Reference
from compare.report.sections._cells import words
from compare.report.sections._material import Material


@dataclass(frozen=True)
class Method:
    """One method.

    Attributes:
        anchors: it was used where a figure or table has an anchor that begins with one of these.
        least_seeds: it was used only in studies of so many seeds.
        targets: it is of tasks whose kind of target begins with one of these; () for every task.
        sources: keys of `references.METHODS`; none for a definition of our own.
    """

    name: str
    formula: str
    anchors: tuple[str, ...]
    sources: tuple[str, ...] = ()
    least_seeds: int = 1
    targets: tuple[str, ...] = ()


USED = (
    Method(
        "Interval of a mean",
        "mean ± t(0.975; n − 1) s / √n over n seeds; none for n < 2",
        ("tab-accuracy",),
        ("student1908",),
        2,
    ),
    Method(
        "Paired difference",
        "differences of two learners on the same seed; t interval at the level that Holm's step-down gives each"
        " contrast: it excludes 0 exactly where Holm rejects",
        ("tab-verdicts",),
        ("student1908", "holm1979", "serlin1993"),
        3,
    ),
    Method(
        "Sign-flip test",
        "share of the 2^n changes of sign of the differences whose mean is at least as far from 0; "
        "smallest possible p is 2 / 2^n; a sensitivity check, the verdict does not rest on it",
        ("tab-verdicts",),
        ("fisher1935",),
        3,
    ),
    Method(
        "Paired effect size",
        "d = J mean of the differences / their standard deviation; J corrects for few pairs",
        ("tab-verdicts",),
        ("hedges1981",),
        3,
    ),
    Method(
        "Equivalence",
        "two one-sided t tests that the mean difference lies within the margin; Holm-adjusted",
        ("tab-verdicts",),
        ("schuirmann1987",),
        3,
    ),
    Method(
        "Interquartile mean over tasks",
        "mean of the middle half of all runs' (score − chance) / (ideal − chance); interval: 2.5 and 97.5 % quantiles"
        " of the mean when seeds are drawn anew with replacement within each task",
        ("tab-interquartile-mean",),
        ("agarwal2021",),
    ),
    Method(
        "Performance profile",
        "share of runs with a normalised score above τ, mean over tasks; band: quantiles at each τ of the same draws",
        ("fig-profile",),
        ("agarwal2021",),
    ),
    Method(
        "Precision, recall, F1",
        "TP / (TP + FP); TP / (TP + FN); 2 P R / (P + R); mean over classes",
        ("tab-accuracy",),
        targets=("class",),
    ),
    Method(
        "Mean squared error, explained",
        "mean of (answer − target)² over samples, steps and values; its root; explained = 1 − error / error of the best"
        " constant answer",
        ("tab-accuracy",),
        targets=("value",),
    ),
    Method(
        "Fréchet distance",
        "|m − n|² + tr(A + B − 2 (A^½ B A^½)^½), m, n means and A, B covariances of the test samples' and of as many"
        " made samples' features in a classifier of the task, the same for all seeds",
        ("tab-accuracy",),
        ("dowson1982", "heusel2017"),
        targets=("none",),
    ),
    Method(
        "Density and coverage",
        "around each test sample the ball, in features, that reaches its fifth nearest other; density: balls that a"
        " made sample lies in, over 5, mean; coverage: share of balls that hold a made sample",
        ("tab-accuracy",),
        ("naeem2020",),
        targets=("none",),
    ),
    Method(
        "Reconstruction error",
        "√ of the mean of (what comes back − sample)² over samples and their values",
        ("tab-accuracy",),
        targets=("none",),
    ),
    Method(
        "Score at each step",
        "the score of the answers at one step over all test sequences; best constant: the most frequent class, or the"
        " mean, of that step",
        ("fig-by-step",),
    ),
    Method(
        "Calibration",
        "ECE = sum over bins of (samples in the bin / samples) × |share right − mean confidence|",
        ("fig-calibration",),
        ("guo2017",),
    ),
    Method(
        "Examples to criterion",
        "first observation with validation accuracy ≥ 50, 75 or 90 % of the ceiling; ceiling: the best learner's mean "
        "validation accuracy at the end of its training; a run that never gets there is censored",
        ("fig-criterion",),
        targets=("class",),
    ),
    Method(
        "Examples to criterion, errors",
        "first observation with validation error ≤ C − p (C − B), p = 50, 75 or 90 %; B: the best learner's mean"
        " validation error at the end of its training; C: the error of the best constant answer, or, where a task has"
        " none, the median over learners of the mean error before learning; the same as p of the best explained"
        " variance 1 − error / C; a run that never gets there is censored",
        ("fig-criterion",),
        targets=("value", "none"),
    ),
    Method(
        "Pareto line",
        "learners for which no other has at least their {score} for fewer effective operations",
        ("fig-pareto",),
    ),
    Method(
        "Counted operations",
        "dense: connections × time steps; effective: those whose input is not zero; MAC for values, AC for spikes, "
        "updates of neuron state included; per sample",
        ("fig-operations",),
    ),
    Method(
        "Unbiased linear CKA",
        "K = A A', L = B B', diagonals zeroed; HSIC(K, L) = [tr KL + 1'K1 1'L1 / ((n−1)(n−2)) − 2 / (n−2) 1'KL1] / (n"
        " (n−3)); CKA = HSIC(K, L) / √(HSIC(K, K) HSIC(L, L))",
        ("fig-cka",),
        ("kornblith2019", "song2012", "szekely2014"),
    ),
    Method(
        "Shuffle null of CKA",
        "400 times: two layers at random, samples of one permuted; 95 % quantile of |CKA|",
        ("fig-cka",),
    ),
    Method(
        "RSA",
        "dissimilarity 1 − r between the patterns of two samples; matrices compared by Pearson's r over their upper"
        " triangles (rsatoolbox)",
        ("fig-rsa",),
        ("kriegeskorte2008", "vandenbosch2025"),
    ),
    Method(
        "Noise ceiling",
        "lower: each seed's matrix with the mean of the other seeds'; upper: with the mean of all",
        ("fig-rsa",),
        ("nili2014",),
        2,
    ),
    Method(
        "Linear read-out",
        "ridge regression of fixed strength on standardised activity, five folds",
        ("tab-read-out",),
        ("alain2017", "hoerl1970"),
    ),
    Method(
        "Participation ratio",
        "(Σ λ)² / Σ λ², λ the eigenvalues of the covariance of the neurons",
        ("tab-read-out", "tab-dimensions"),
        ("gao2017",),
    ),
    Method(
        "Angle to the gradient",
        "arccos(u·g / |u||g|), u the rule's update of a layer's weights, g minus the gradient of the loss, on one"
        " batch; random directions: cosine of mean 0 and standard deviation 1/√d in d dimensions, so 90 ± arcsin(1/√d)"
        " degrees",
        ("fig-angles",),
        ("lillicrap2016",),
    ),
    Method(
        "Backpropagation, number by number",
        "h = σ(W x + b), y = v·h + c, L = (y − t)²; ∂L/∂y = 2 (y − t), ∂L/∂h = v ∂L/∂y, ∂L/∂a = ∂L/∂h h (1 − h); each"
        " gradient is the error at a weight's end times the activity at its beginning; checked by nudging every weight",
        ("fig-step-network",),
        ("rumelhart1986",),
    ),
    Method(
        "Leaky integrate-and-fire neuron with a synaptic current",
        "τm dv/dt = v_rest − v + R I, τs dI/dt = −I; a spike that arrives raises I by w times a fixed current; above"
        " the threshold a neuron fires, and v is reset",
        ("fig-step-neurons",),
        ("gerstner2014", "lam2015"),
    ),
    Method(
        "Pair STDP",
        "traces x and y rise by 1 with each spike before and after the synapse and fade with their time constants; at a"
        " spike after it w rises by A+ x, at one before it w falls by A− y, within hard bounds",
        ("fig-step-synapses",),
        ("song2000",),
    ),
    Method(
        "Gradient descent on a line",
        "L = mean of (w x + b − y)²; w and b each go −η times the derivative of L; beside it least squares by the"
        " normal equations",
        ("fig-step-surface",),
        ("stigler1981",),
    ),
    Method(
        "Logistic regression",
        "p = 1 / (1 + exp(−(w·x + b))); cross-entropy; Adam",
        ("fig-step-boundary",),
        ("cox1958", "kingma2015", "paszke2019"),
    ),
    Method(
        "Exclusive or, the most that a line can have right",
        "every way in which a line parts four points, tried",
        ("fig-step-xor",),
        ("minsky1969",),
    ),
    Method("Weight change", "‖final − initial‖ / ‖initial‖, Frobenius norm", ("fig-weight-change",)),
    Method("Figures", "drawn by Matplotlib from the tables behind them", ("fig-",), ("hunter2007",)),
)


def section(material: Material, sections: Sequence[Section]) -> tuple[Section, list[Reference]]:
    """The section, and the references it names. `sections` are those that came before."""
    kinds = {material.target(task) for task in material.tasks}
    used = [
        method
        for method in _shown_in(sections)
        if len(material.seeds) >= method.least_seeds
        and (not method.targets or any(kind.startswith(method.targets) for kind in kinds))
    ]
    said = Paragraph(
        "The test set was touched once for each run. Statistics are over seeds, with one fixed test set: they say how a"
        " result would vary with other seeds, not with other test samples."
    )
    return _section(used, "accuracy" if material.judged_by_accuracy else "score", said)


def section_of(sections: Sequence[Section]) -> tuple[Section, list[Reference]]:
    """The same for a report that is of no study."""
    return _section([method for method in _shown_in(sections) if not method.targets and method.least_seeds == 1])


def _shown_in(sections: Sequence[Section]) -> list[Method]:
    """The methods of figures and tables that are there."""
    anchors = [b.anchor for s in sections for b in s.blocks if isinstance(b, Figure | Table)]
    return [m for m in USED if any(anchor.startswith(start) for start in m.anchors for anchor in anchors)]


def _section(used: Sequence[Method], score: str = "", *before: Paragraph) -> tuple[Section, list[Reference]]:
    rows = tuple(
        (
            words(m.name),
            words(m.formula.replace("{score}", score)),
            Cell(", ".join(METHODS[key].text for key in m.sources) or "defined here"),
        )
        for m in used
    )
    caption = Caption(
        "Every method that this report used, with its formula and source; what is not in the report is not in this"
        " table. No interval.",
        "n is the number of seeds unless a caption says samples.",
        "n is the number of independent networks unless a caption says samples.",
    )
    table = Table(
        "tab-methods",
        "Methods",
        (Column("method"), Column("formula"), Column("source")),
        rows,
        caption,
        "wide",
        sortable=False,
    )
    references = {key: METHODS[key] for method in used for key in method.sources}
    return Section("methods", "B", "Methods", (*before, table)), list(references.values())
