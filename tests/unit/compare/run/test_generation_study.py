"""A study of samples that nobody labels: what is made and what comes back is kept, and judged as by hand."""

from pathlib import Path

import numpy as np
import pytest

from ann import PixelGaussian
from compare import seeds
from compare._judging import FEATURE_SAMPLES
from compare.experiment import Experiment
from compare.metrics import fixed_features, generation_measures
from compare.metrics._reconstruction import reconstruction_error
from compare.run import run
from compare.scores import Score, score_in
from compare.store import Run, Study
from compare.tasks import Generation


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two generators, the control and a classifier, which refuses."""
    experiment = Experiment(
        question="Which makes digits?",
        tasks=[Generation()],
        learners={
            "VAE": {"type": "generator", "model": {"type": "vae", "hidden": [16], "code": 4}, "epochs": 3},
            "GAN": {"type": "generator", "model": "gan", "epochs": 1},
            "single pixels": "pixel_gaussian",
            "classifier": {"type": "classifier", "model": "logistic"},
        },
        inputs=["clean"],
        seeds=1,
        observe=[0, 1000],
    )
    return run(experiment, tmp_path_factory.mktemp("generation") / "study")


def kept(study: Study, label: str) -> Run:
    return study.runs(label=label)[0]


def test_a_classifier_refuses_and_the_others_are_done(study: Study) -> None:
    told = {row.label: row.status for row in study.index.itertuples()}
    assert told == {"VAE": "done", "GAN": "done", "single pixels": "done", "classifier": "refused"}
    assert score_in(study.plan, "generation") == Score("frechet_distance", "feature²", "lower", percent=False)


def test_a_runs_measures_are_those_of_its_learner_made_by_hand(study: Study) -> None:
    split = Generation().load(0)
    (X, y), test = split.train, split.test[0]
    learner = PixelGaussian().fit(X)
    made = learner.sample(len(test), random_state=seeds.child(0, "samples"))
    features = fixed_features(X[:FEATURE_SAMPLES], y[:FEATURE_SAMPLES])
    expected = generation_measures(test, made, features)
    expected["reconstruction_error"] = reconstruction_error(test, learner.predict(test))
    table = kept(study, "single pixels").metrics()
    found = table[table["split"] == "test"].set_index("metric")["value"]
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5), name  # threads may sum float32 in another order
    assert "accuracy" not in found
    arrays = kept(study, "single pixels").arrays()
    assert np.array_equal(arrays.made_sample.to_numpy(), made[:64])


def test_a_generators_samples_and_reconstructions_are_kept_and_its_curve_is_of_both(study: Study) -> None:
    run_ = kept(study, "VAE")
    arrays, table = run_.arrays(), run_.metrics()
    assert arrays.made_sample.dims == ("sheet", "channel", "height", "width")
    assert arrays.made_sample.shape == arrays.reconstruction_sample.shape == (64, 1, 8, 8)
    assert np.array_equal(arrays.test_sample.to_numpy(), Generation().load(0).test[0][:64])
    curve = table[table["split"] == "validation"]
    assert set(curve["metric"]) == {"frechet_distance", "reconstruction_error"}
    error = curve[curve["metric"] == "reconstruction_error"].sort_values("examples_seen")["value"].to_numpy()
    assert error[-1] < error[0]


def test_receptive_fields_smaller_than_a_sample_are_kept_beside_the_samples(study: Study) -> None:
    arrays = kept(study, "GAN").arrays()
    fields, sheet = arrays.receptive_field, arrays.made_sample
    assert fields.dims == ("neuron_rf", "height_rf", "width_rf")
    assert fields.shape[1:] < sheet.shape[2:]


def test_a_learner_that_refuses_its_angles_leaves_its_sentence_in_the_run(study: Study) -> None:
    said = kept(study, "VAE").facts["metric_refusals"]["gradient_angle"]
    assert said == "vae draws noise as it learns, so two updates have no common gradient."
    assert "gradient_angle" not in kept(study, "single pixels").facts["metric_refusals"]


def test_the_same_seed_gives_the_same_study(study: Study, tmp_path: Path) -> None:
    again = run(
        Experiment(
            question="Which makes digits?", tasks=[Generation()], learners={"single pixels": "pixel_gaussian"},
            inputs=["clean"], seeds=1, observe=[0, 1000],
        ),
        tmp_path / "study",
    )  # fmt: skip
    one, other = kept(study, "single pixels"), kept(again, "single pixels")
    assert np.array_equal(one.arrays().made_sample.to_numpy(), other.arrays().made_sample.to_numpy())
