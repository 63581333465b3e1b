"""Learners follow scikit-learn and show what a comparison asks for."""

import json
import sys
from subprocess import run
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier

from ann import CNN, MLP, Backprop, Classifier, FrozenHidden, Logistic, PCAClassifier, Sanger, ShuffledLabels
from ann.testing import DESCRIBED
from bio import SpikingMLP
from bio.encoders import Poisson

PIXELS, Y = load_digits(return_X_y=True)
FLAT = (PIXELS / 16).astype(np.float32)
X = FLAT.reshape(-1, 1, 8, 8)
QUICK = {"device": "cpu", "random_state": 0}


@pytest.fixture(scope="module")
def mlp():
    return Classifier(MLP(hidden=(20,)), Backprop(learning_rate=1e-2), epochs=3, **QUICK).fit(X[:500], Y[:500])


@pytest.fixture(scope="module")
def spiking():
    encoder = Poisson(duration="100 ms", max_rate="200 Hz", random_state=0)
    recipe = SpikingMLP(hidden=(12,), steps=10, duration="100 ms")
    return Classifier(recipe, encoder=encoder, epochs=2, **QUICK).fit(X[:200], Y[:200])


def test_importing_the_package_imports_no_torch():
    script = "import ann, sys; dir(ann); ann.Source; sys.exit('torch' in sys.modules)"
    assert run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_name_that_the_package_lacks_is_an_attribute_error():
    import ann

    with pytest.raises(AttributeError, match="'ann' has no attribute 'Clasifier'"):
        ann.Clasifier  # noqa: B018


def test_fields_of_the_recipe_and_of_the_rule_can_be_searched():
    search = GridSearchCV(
        Classifier(MLP(hidden=(1,)), Backprop(), epochs=3, **QUICK),
        {"model__hidden": [(1,), (30,)], "rule__learning_rate": [1e-6, 1e-2]},
        cv=2,
    ).fit(X[:400], Y[:400])
    assert search.best_params_ == {"model__hidden": (30,), "rule__learning_rate": 1e-2}
    assert search.best_estimator_.activations(X[:2])["hidden1"].shape == (2, 30)


def test_setting_a_field_makes_a_changed_copy_and_leaves_the_old_recipe():
    recipe = MLP(hidden=(5,))
    learner = Classifier(recipe, Backprop())
    learner.set_params(model__hidden=(9,), rule__learning_rate=0.5, epochs=2)
    assert (learner.model, recipe) == (MLP(hidden=(9,)), MLP(hidden=(5,)))
    assert (learner.rule, learner.epochs) == (Backprop(learning_rate=0.5), 2)


def test_a_recipe_and_a_field_of_it_can_be_set_at_once():
    learner = Classifier(Logistic()).set_params(model=CNN(), model__kernel=5, rule=Sanger(), rule__horizon=7)
    assert (learner.model, learner.rule) == (CNN(kernel=5), Sanger(horizon=7))


def test_fields_inside_a_wrapped_learner_can_be_set():
    control = ShuffledLabels(Classifier(MLP())).set_params(learner__model__activation="tanh")
    assert control.learner.model == MLP(activation="tanh")


def test_a_field_that_a_recipe_lacks_is_named_with_those_it_has():
    with pytest.raises(ValueError, match=r"Invalid parameter 'size' for model = MLP.*it has hidden, activation"):
        Classifier(MLP()).set_params(model__size=3)


def test_all_fields_are_among_the_parameters():
    params = Classifier(MLP(hidden=(7,)), Backprop()).get_params()
    assert params["model__hidden"] == (7,)
    assert params["rule__optimiser"] == "adam"
    assert clone(Classifier(MLP(), Backprop())).get_params() == Classifier(MLP(), Backprop()).get_params()


def test_images_and_flat_samples_serve_an_mlp_alike(mlp):
    flat = Classifier(MLP(hidden=(20,)), Backprop(learning_rate=1e-2), epochs=3, **QUICK).fit(FLAT[:500], Y[:500])
    assert np.array_equal(flat.predict_proba(FLAT[500:]), mlp.predict_proba(X[500:]))


def test_images_of_another_size_are_refused_with_both_shapes(mlp):
    with pytest.raises(ValueError, match=r"shape \(1, 4, 16\), but this Classifier was fitted on \(1, 8, 8\)"):
        mlp.predict(X.reshape(-1, 1, 4, 16))


def test_a_cnn_on_flat_samples_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="CNN reads images"):
        Classifier(CNN(), **QUICK).fit(FLAT[:50], Y[:50])


def test_probabilities_sum_to_one_and_the_largest_is_the_prediction(mlp):
    p = mlp.predict_proba(X[500:])
    np.testing.assert_allclose(p.sum(1), 1, atol=1e-12)  # float64 softmax
    assert np.array_equal(mlp.predict(X[500:]), mlp.classes_[p.argmax(1)])


def test_labels_of_any_kind_come_back():
    words = np.array(["zero", "one"])[Y[:200] % 2]
    learner = Classifier(Logistic(), epochs=2, **QUICK).fit(X[:200], words)
    assert set(learner.predict(X[:50])) <= {"zero", "one"}


@pytest.mark.parametrize("name", ["mlp", "spiking"])
def test_a_description_has_every_key_and_can_be_written_as_json(name, request):
    told = request.getfixturevalue(name).describe()
    assert tuple(told) == DESCRIBED
    json.dumps(told)


def test_a_described_mlp_has_the_sizes_that_it_was_built_with(mlp):
    told = mlp.describe()
    assert [(layer["name"], layer["neurons"], layer["parameters"]) for layer in told["layers"]] == [
        ("input", 64, 0), ("hidden1", 20, 64 * 20 + 20), ("output", 10, 210),
    ]  # fmt: skip
    assert told["parameters"] == 64 * 20 + 20 + 210
    assert (told["family"], told["reads"], told["departures"]) == ("backprop", "clean values", [])
    assert told["training"] == {"passes": 3, "examples": 1500, "updates": 24, "batch_size": 64}


def test_a_rule_that_moves_the_readout_only_has_that_many_trainable_parameters():
    learner = Classifier(MLP(hidden=(20,)), FrozenHidden(), epochs=1, **QUICK).fit(X[:100], Y[:100])
    assert learner.describe()["parameters"] == 210
    assert learner.describe()["family"] == "control"


def test_a_spiking_network_reads_the_spikes_in_bins_and_says_so(spiking):
    told = spiking.describe()
    assert told["reads"] == "the study's spikes in 10 bins"
    assert told["family"] == "surrogate gradient"
    assert told["time_steps"] == 10
    assert told["neuron"]["name"] == "lif"
    assert told["departures"] == ["Reads the 100 ms of spikes in 10 equal bins of 10 ms, not in steps of 1 ms."]


def test_the_spikes_shown_are_those_of_the_encoder_and_the_counts_are_their_sums(spiking):
    raster = spiking.spikes(X[:7])
    assert list(raster) == ["input", "hidden1"]
    assert all(array.dtype == np.uint8 for array in raster.values())
    assert np.array_equal(raster["input"], spiking.encoder.frames(X[:7], 10, 0))
    assert np.array_equal(raster["hidden1"].sum(1), spiking.activations(X[:7])["hidden1"])


def test_a_spiking_network_without_an_encoder_reads_its_recipes_own():
    recipe = SpikingMLP(hidden=(5,), steps=10, duration="100 ms")
    learner = Classifier(recipe, epochs=1, **QUICK).fit(X[:50], Y[:50])
    assert np.array_equal(learner.spikes(X[:3])["input"], recipe.own_encoder().frames(X[:3], 10))
    assert learner.describe()["reads"] == "clean values as regular spikes in 10 bins"


def test_a_spiking_network_with_a_frozen_hidden_layer_learns_its_readout_alone():
    recipe = SpikingMLP(hidden=(5,), steps=10, duration="100 ms")
    learner = Classifier(recipe, FrozenHidden(), epochs=1, **QUICK).fit(X[:50], Y[:50])
    answer, learning = learner.operations(X[:5]), learner.operations(X[:5], training=True)
    hidden = [table[table.layer == "hidden1"].reset_index(drop=True) for table in (answer, learning)]
    assert hidden[0].equals(hidden[1])
    assert learning.dense.sum() > answer.dense.sum()
    assert (learner.describe()["family"], learner.describe()["parameters"]) == ("control", 50)


def test_a_network_of_values_with_an_encoder_reads_counts():
    encoder = Poisson(duration="100 ms", max_rate="200 Hz", random_state=0)
    learner = Classifier(MLP(hidden=(20,)), encoder=encoder, epochs=1, **QUICK).fit(X[:100], Y[:100])
    assert learner.describe()["reads"] == "counts of the study's spikes"
    clean = learner.with_weights(learner.weights())
    clean._reading_ = type(clean._reading_)(clean.model, None, clean._reading_.device)
    assert np.array_equal(learner.predict_proba(X[:9]), clean.predict_proba(encoder.counts(X[:9], 0)))


@pytest.mark.parametrize("name", ["mlp", "spiking"])
def test_a_copy_with_the_same_weights_answers_alike_and_with_others_differently(name, request):
    learner = request.getfixturevalue(name)
    weights = learner.weights()
    assert np.array_equal(learner.with_weights(weights).predict_proba(X[:20]), learner.predict_proba(X[:20]))
    before = learner.predict_proba(X[:20])
    other = learner.with_weights({key: np.zeros_like(value) for key, value in weights.items()})
    np.testing.assert_allclose(other.predict_proba(X[:20]), 0.1)  # all outputs are zero
    assert np.array_equal(learner.predict_proba(X[:20]), before)


def test_weights_carry_the_state_of_a_rule_that_answers_with_it():
    learner = Classifier(MLP(hidden=(8,)), Sanger(), epochs=2, **QUICK).fit(X[:200], Y[:200])
    assert "rule.hidden1.mean" in learner.weights()
    fresh = Classifier(MLP(hidden=(8,)), Sanger(), epochs=0, **QUICK).fit(X[:200], Y[:200])
    restored = fresh.with_weights(learner.weights())
    assert np.array_equal(restored.predict_proba(X), learner.predict_proba(X))


def test_receptive_fields_are_the_first_layers_weights_in_the_samples_shape(mlp):
    fields = mlp.receptive_fields()
    assert fields.shape == (20, 1, 8, 8)
    assert np.array_equal(fields.reshape(20, 64), mlp.weights()["hidden1.linear.weight"])
    cnn = Classifier(CNN(channels=(3,)), epochs=1, **QUICK).fit(X[:50], Y[:50])
    assert cnn.receptive_fields().shape == (3, 1, 3, 3)


FACTS = {"target": "class", "classes": 10, "axes": ("channel", "height", "width"), "shape": (1, 8, 8)}


@pytest.mark.parametrize(
    ("learner", "changes", "words"),
    [
        (Classifier(MLP()), {"target": "value", "classes": None}, "tells classes apart"),
        (Classifier(CNN()), {"shape": (64,), "axes": ("feature",)}, "CNN reads images"),
        (Classifier(CNN()), {"shape": (1, 2, 2)}, "needs 4 x 4 pixels"),
        (Classifier(CNN(), Sanger()), {}, "fully connected"),
        (ShuffledLabels(Classifier(CNN())), {"shape": (64,)}, "CNN reads images"),
        (PCAClassifier(5), {"target": "none"}, "tells classes apart"),
    ],
)
def test_what_a_learner_cannot_serve_it_refuses_beforehand_with_a_sentence(learner, changes, words):
    assert words in learner.refuses(SimpleNamespace(**(FACTS | changes)))


@pytest.mark.parametrize(
    "learner", [Classifier(MLP()), Classifier(CNN()), PCAClassifier(5), ShuffledLabels(Classifier(MLP()))]
)
def test_what_it_can_serve_it_does_not_refuse(learner):
    assert learner.refuses(SimpleNamespace(**FACTS)) is None


def test_shuffled_labels_leave_nothing_to_learn_and_the_same_labels_would():
    inner = Classifier(MLP(hidden=(30,)), Backprop(learning_rate=1e-2), epochs=10, **QUICK)
    control = ShuffledLabels(inner, random_state=0).fit(X[:1000], Y[:1000])
    # Chance is 0.1 and 797 samples have a standard error of 0.011; memorised labels of neighbours add a little.
    assert control.score(X[1000:], Y[1000:]) < 0.25
    assert clone(inner).fit(X[:1000], Y[:1000]).score(X[1000:], Y[1000:]) > 0.9
    told = control.describe()
    assert told["family"] == "control"
    assert told["departures"][0].startswith("Trained on labels in a random order")


def test_the_observer_of_a_control_sees_the_control():
    seen = []

    class Once:
        def due(self, examples_seen):
            return examples_seen == 0

        def __call__(self, learner, examples_seen, **facts):
            seen.append((type(learner).__name__, learner.predict(X[:3]).shape))

    ShuffledLabels(Classifier(MLP(), epochs=1, **QUICK), random_state=0).fit(X[:50], Y[:50], observer=Once())
    assert seen == [("ShuffledLabels", (3,))]


def test_a_foreign_estimator_can_be_the_control_and_has_the_capabilities_that_it_has():
    control = ShuffledLabels(KNeighborsClassifier(), random_state=0).fit(FLAT[:200], Y[:200])
    assert control.score(FLAT[200:], Y[200:]) < 0.3
    assert hasattr(control, "predict_proba")
    assert not hasattr(control, "activations")


def test_the_features_of_pca_are_scikit_learns():
    from sklearn.decomposition import PCA

    learner = PCAClassifier(12, epochs=1, **QUICK).fit(X[:500], Y[:500])
    wanted = PCA(12).fit(FLAT[:500]).transform(FLAT[500:600])
    found = learner.activations(X[500:600])["hidden1"]
    np.testing.assert_allclose(np.abs(found), np.abs(wanted), atol=1e-4)  # float32; the sign is free
    told = learner.describe()
    assert (told["family"], told["rule"]["name"]) == ("control", "pca")
    assert told["parameters"] == 64 * 12 + 12 + 12 * 10 + 10


def test_more_components_than_the_data_have_are_cut_and_said_so():
    learner = PCAClassifier(100, epochs=1, **QUICK).fit(X[:500], Y[:500])
    assert learner.describe()["departures"] == ["100 principal components were asked for; the data have 64."]


def test_asking_for_no_component_is_refused():
    with pytest.raises(ValueError, match="components = 0, but at least 1"):
        PCAClassifier(0).fit(FLAT[:50], Y[:50])


def test_principal_components_refuse_a_rule_that_would_move_them():
    learner = PCAClassifier(4, Backprop(), epochs=1, random_state=0)
    with pytest.raises(ValueError, match='rule = "backprop" would move the components'):
        learner.fit(np.random.default_rng(0).random((20, 6)), np.arange(20) % 2)
    assert (
        PCAClassifier(4, epochs=1, random_state=0)
        .fit(np.random.default_rng(0).random((20, 6)), np.arange(20) % 2)
        .describe()["family"]
        == "control"
    )


def test_a_network_of_spikes_says_how_long_a_sample_takes_and_how_it_decides():
    X, y = np.random.default_rng(0).random((8, 5)), np.arange(8) % 2
    spiking = Classifier(SpikingMLP(None, hidden=(3,), duration="200 ms"), epochs=0, random_state=0).fit(X, y)
    assert spiking.duration_s == pytest.approx(0.2)
    assert "spike counts" in spiking.describe()["readout"]
    assert Classifier(MLP(hidden=(3,)), epochs=0, random_state=0).fit(X, y).duration_s is None
