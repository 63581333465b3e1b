"""The kits over every task, metric, measure and learner in the catalogue, and what importing them costs."""

import subprocess
import sys
from functools import partial

import pytest

from compare import catalogue
from compare.errors import DataMissing
from compare.testing import check_description, check_learner, check_metric, check_similarity, check_task

TASKS = {  # beside the defaults: sizes that load fast, and the other format
    "adding_problem": [{"steps": 3, "train": 50, "validation": 20, "test": 400}],
    "blobs": [{}, {"classes": 2, "spread": 0.25}],
    "copy_memory": [{"delay": 1, "length": 3, "symbols": 8, "train": 100, "validation": 20, "test": 40}],
    "delayed_match_to_sample": [{}, {"cues": 4, "cue_steps": 1, "delay": 9, "distractors": 2}],
    "digits": [{}, {"size": 8}],
    "embedded_reber": [{}, {"longest": 14, "train": 80, "validation": 8, "test": 20}],
    "fashion_mnist": [{"train": 300, "validation": 200, "test": 300}],
    "generation": [{}, {"of": "mnist", "train": 300, "validation": 200, "test": 300}],
    "line": [{}, {"slope": -3, "intercept": 0, "noise": 0}],
    "mnist": [{"train": 300, "validation": 200, "test": 300}],
    "shd": [{"steps": 20, "train": 400, "validation": 100, "test": 400}],
    "xor": [{}, {"train": 40, "validation": 20, "test": 24, "noise": 0.05}],
}


def names(kind):
    return [entry.name for entry in catalogue.entries(kind)]


def load(kind, name):
    return catalogue.find(kind, name).load()


@pytest.mark.parametrize(
    ("name", "options"), [(name, options) for name in names("task") for options in TASKS.get(name, [{}])]
)
def test_every_task_keeps_its_promises(name, options):
    task = load("task", name)(**options)
    try:
        check_task(task)
    except DataMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", names("metric"))
def test_every_metric_keeps_its_promises(name):
    check_metric(load("metric", name)())


@pytest.mark.parametrize("name", names("measure"))
def test_every_measure_keeps_its_promises(name):
    measure = load("measure", name)()
    (check_similarity if hasattr(measure, "invariant_to") else check_description)(measure)


def _network(model, rule=None, **options):
    import ann
    import bio

    recipe = getattr(ann, model[0])(**model[1]) if hasattr(ann, model[0]) else getattr(bio, model[0])(**model[1])
    return ann.Classifier(recipe, getattr(ann, rule)() if rule else None, epochs=2, batch_size=10, **options)


def _spiking(neuron):
    import ann
    import bio

    return ann.Classifier(bio.SpikingMLP(neuron, hidden=(8,), steps=25), epochs=2, batch_size=10)


def _encoded(make):
    """The same learner, reading the spikes of an encoder."""
    from bio.encoders import Poisson

    return make().set_params(encoder=Poisson(duration="100 ms", max_rate="100 Hz", dt="1 ms", random_state=1))


def _diehl_cook(**options):
    import bio

    return bio.DiehlCook(neurons=9, duration="100 ms", rest="20 ms", **options)


def _reward_stdp(**options):
    import bio.learners

    return bio.learners.RewardSTDP(neurons=9, passes=2, duration="100 ms", **options)


def _pca():
    import ann

    return ann.PCAClassifier(components=5, epochs=2, batch_size=10)


def _shuffled():
    import ann

    return ann.ShuffledLabels(_network(("MLP", {"hidden": (8,)})))


def _converted(model, **options):
    import bio.learners

    return bio.learners.ConvertedClassifier(_network(model), steps=30, **options)


def _lif():
    from bio.neurons.lif import LIF

    return LIF


LEARNERS = {  # catalogue name -> case -> how to make it small
    "classifier": {
        "logistic": lambda: _network(("Logistic", {})),
        "mlp": lambda: _network(("MLP", {"hidden": (8,)})),
        "mlp on counts": lambda: _encoded(lambda: _network(("MLP", {"hidden": (8,)}))),
        "cnn": lambda: _network(("CNN", {})),
        "frozen hidden": lambda: _network(("MLP", {"hidden": (8,)}), "FrozenHidden"),
        "sanger": lambda: _network(("MLP", {"hidden": (8,)}), "Sanger"),
        "snnTorch": lambda: _network(("SnnTorchMLP", {"hidden": (8,), "steps": 25})),
        "spiking": lambda: _spiking(_lif()),
        "spiking on spikes": lambda: _encoded(lambda: _spiking(_lif())),
    },
    "pca_classifier": {"pca": _pca},
    "shuffled_labels": {"mlp": _shuffled},
    "conversion": {
        "mlp": lambda: _converted(("MLP", {"hidden": (8,)})),
        "cnn": lambda: _converted(("CNN", {"channels": (4, 4), "hidden": (8,), "normalisation": "batch"})),
        "spike counts": lambda: _converted(("MLP", {"hidden": (8,)}), readout="spikes"),
        "on spikes": lambda: _encoded(lambda: _converted(("MLP", {"hidden": (8,)}))),
    },
    "diehl_cook": {
        "vote": partial(_diehl_cook, passes=1),
        "linear": partial(_diehl_cook, passes=1, readout="linear"),
        "untrained": partial(_diehl_cook, passes=0),
        "on spikes": lambda: _encoded(lambda: _diehl_cook(passes=1, dt="1 ms")),
    },
    "reward_stdp": {
        "class": _reward_stdp,
        "linear": partial(_reward_stdp, readout="linear"),
        "frozen": partial(_reward_stdp, learning_rate=0.0, readout="vote"),
        "on spikes": lambda: _encoded(_reward_stdp),
    },
}


def _small(learner, model, *shape, **options):
    import ann

    return getattr(ann, learner)(getattr(ann, model)(*shape), epochs=2, batch_size=10, device="cpu", **options)


def _control(learner):
    import ann

    return getattr(ann, learner)()


OTHERS = {  # catalogue name -> target, shape of a sample, how to make it small
    "regressor": ("value", (1, 8, 8), lambda: _small("Regressor", "MLP", (8,))),
    "sequence_classifier": ("class per step", (6, 4), lambda: _small("SequenceClassifier", "GRU", (8,))),
    "sequence_regressor": ("value per step", (6, 4), lambda: _small("SequenceRegressor", "LSTM", (8,))),
    "autoencoder": ("none", (16,), lambda: _small("Autoencoder", "EncoderDecoder")),
    "generator": ("none", (16,), lambda: _small("Generator", "VAE")),
    "pixel_gaussian": ("none", (16,), lambda: _control("PixelGaussian")),
    "training_samples": ("none", (1, 4, 4), lambda: _control("TrainingSamples")),
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name in LEARNERS for case in LEARNERS[name]])
def test_every_learner_keeps_its_promises(name, case):
    check_learner(LEARNERS[name][case]())


@pytest.mark.parametrize("name", OTHERS)
def test_every_learner_of_other_targets_than_classes_keeps_its_promises(name):
    target, shape, make = OTHERS[name]
    check_learner(make(), shape, target)


MODELS = [  # model and its fields, learner, target, shape of a sample
    (("RNN", {"hidden": (6, 5), "activation": "relu"}), "Classifier", "class", (6, 4)),
    (("GRU", {"hidden": (6,)}), "Regressor", "value", (6, 4)),
    (("LSTM", {"hidden": (6,)}), "SequenceClassifier", "class per step", (6, 4)),
    (("Attention", {"width": 8, "heads": 2, "hidden": 8}), "Classifier", "class", (6, 4)),
    (("Attention", {"width": 8, "heads": 2, "score": "multiplicative"}), "Classifier", "class", (1, 8, 8)),
    (("ResidualCNN", {"channels": (4, 8)}), "Classifier", "class", (1, 8, 8)),
    (("QuantisedMLP", {"hidden": (8,)}), "Classifier", "class", (16,)),
    (("Linear", {}), "Regressor", "value", (16,)),
    (("VAE", {"hidden": (8,), "observation": "gaussian"}), "Generator", "none", (1, 4, 4)),
    (("GAN", {"channels": (3,)}), "Generator", "none", (1, 8, 8)),
]


@pytest.mark.parametrize(
    ("model", "learner", "target", "shape"), MODELS, ids=[f"{model[0]} {len(shape)}d" for model, _, _, shape in MODELS]
)
def test_learners_of_every_model_keep_their_promises(model, learner, target, shape):
    import ann

    name, options = model
    check_learner(
        getattr(ann, learner)(getattr(ann, name)(**options), epochs=2, batch_size=10, device="cpu"), shape, target
    )


def test_no_learner_in_the_catalogue_is_left_out():
    assert set(names("learner")) == set(LEARNERS) | set(OTHERS)


def test_tasks_metrics_measures_and_statistics_import_no_heavy_package():
    code = (
        "import sys, pkgutil, importlib, compare.tasks, compare.metrics, compare.representations\n"
        "for package in (compare.tasks, compare.metrics, compare.representations):\n"
        "    for module in pkgutil.iter_modules(package.__path__):\n"
        "        importlib.import_module(f'{package.__name__}.{module.name}')\n"
        "import compare.statistics, compare.fairness\n"
        "print([name for name in ('torch', 'brian2', 'numba', 'sklearn', 'rsatoolbox') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
