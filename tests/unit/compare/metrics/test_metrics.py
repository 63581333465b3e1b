"""Each metric against a value worked out by hand or by another library."""

import numpy as np
import pandas as pd
import pytest

from compare import metrics
from compare.contract import Evidence

Y = np.array([0, 0, 0, 1, 1, 2])
PREDICTION = np.array([0, 0, 1, 1, 0, 2])


def evidence(**given) -> Evidence:
    return Evidence(**{"y": Y, "prediction": PREDICTION, **given})


def test_accuracy_is_the_share_of_correct_answers():
    assert metrics.Accuracy()(evidence()) == pytest.approx(4 / 6)


def test_accuracy_of_nothing_is_an_error_not_a_number():
    with pytest.raises(ValueError, match="no samples"):
        metrics.Accuracy()(evidence(y=np.array([]), prediction=np.array([])))


def test_answers_of_another_shape_are_refused_and_not_spread_over_the_targets():
    with pytest.raises(ValueError, match=r"y has the shape \(6,\), the prediction \(6, 1\); expected the same"):
        metrics.Accuracy()(evidence(prediction=PREDICTION[:, None]))
    given = evidence(value=np.arange(6.0), value_prediction=np.arange(6.0)[:, None])
    for metric in (metrics.MeanSquaredError(), metrics.RootMeanSquaredError()):
        with pytest.raises(ValueError, match=r"targets have the shape \(6,\), the answers \(6, 1\); expected the same"):
            metric(given)
        with pytest.raises(ValueError, match=f"{metric.name} of no samples"):
            metric(evidence(value=np.array([]), value_prediction=np.array([])))


@pytest.mark.parametrize("shape", [(50,), (50, 7), (50, 7, 2)])
def test_errors_are_scikit_learns_with_every_value_an_answer_of_its_own(shape):
    from sklearn.metrics import mean_squared_error, root_mean_squared_error

    value, answer = np.random.default_rng(0).normal(size=(2, *shape))
    given = evidence(value=value, value_prediction=answer)
    flat = value.ravel(), answer.ravel()
    assert metrics.MeanSquaredError()(given) == pytest.approx(mean_squared_error(*flat), rel=1e-14)
    assert metrics.RootMeanSquaredError()(given) == pytest.approx(root_mean_squared_error(*flat), rel=1e-14)


def test_precision_recall_and_f1_are_means_over_classes():
    # by hand: class 0: TP 2, FP 1, FN 1; class 1: TP 1, FP 1, FN 1; class 2: TP 1
    assert metrics.Precision()(evidence()) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert metrics.Recall()(evidence()) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert metrics.F1()(evidence()) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)


def test_precision_recall_and_f1_are_scikit_learns():
    from sklearn.metrics import f1_score, precision_score, recall_score

    generator = np.random.default_rng(0)
    y, prediction = generator.choice([0, 1, 2, 4, 5], 200), generator.choice([0, 2, 3, 4], 200)
    given = evidence(y=y, prediction=prediction)
    for ours, theirs in ((metrics.Precision, precision_score), (metrics.Recall, recall_score), (metrics.F1, f1_score)):
        assert ours()(given) == pytest.approx(theirs(y, prediction, average="macro", zero_division=0), abs=1e-14)


def test_a_class_that_is_never_predicted_counts_as_zero_without_a_warning(recwarn):
    given = evidence(prediction=np.zeros(6, int))
    assert metrics.Precision()(given) == pytest.approx(0.5 / 3)
    assert metrics.Recall()(given) == pytest.approx(1 / 3)
    assert not recwarn.list


def test_confusion_counts_true_rows_and_predicted_columns():
    assert metrics.confusion_matrix(Y, PREDICTION).tolist() == [[2, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert metrics.confusion_matrix(Y, PREDICTION, classes=4).shape == (4, 4)


def test_confusion_refuses_labels_outside_the_classes():
    with pytest.raises(ValueError, match="from 0 to 2; expected 0 to 1"):
        metrics.confusion_matrix(Y, PREDICTION, classes=2)


def test_calibration_error_by_hand():
    score = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    # bin of .9: one of two right, |.5 - .9| = .4; bin of .6: both right, |1 - .6| = .4
    given = Evidence(y=np.array([0, 1, 0, 1]), prediction=np.array([0, 0, 0, 1]), score=score)
    assert metrics.ExpectedCalibrationError()(given) == pytest.approx(0.4)


def test_a_learner_that_knows_how_sure_it_is_has_no_calibration_error():
    generator = np.random.default_rng(0)
    confidence = generator.uniform(0.5, 1, 200_000)
    correct = generator.random(200_000) < confidence
    score = np.stack([confidence, 1 - confidence], axis=1)
    given = Evidence(y=np.where(correct, 0, 1), prediction=np.zeros(200_000, int), score=score)
    assert metrics.ExpectedCalibrationError()(given) < 0.006  # 8 bins of 25,000, s.e. at most .003 each
    certain = Evidence(y=given.y, prediction=given.prediction, score=np.tile([1.0, 0.0], (200_000, 1)))
    assert metrics.ExpectedCalibrationError()(certain) == pytest.approx(0.25, abs=0.005)  # wrong one time in four


def test_declared_numbers_come_from_the_description():
    given = evidence(description={"parameters": 79_510, "state": None})
    assert metrics.Parameters()(given) == 79_510
    assert metrics.StateMemory()(given) == 0


def test_a_learner_that_hides_its_parameters_is_told_so():
    with pytest.raises(ValueError, match=r"describe\(\) has no 'parameters'"):
        metrics.Parameters()(evidence(description={"parameters": None}))


def test_operations_are_summed_over_layers_and_training_is_left_out():
    table = pd.DataFrame(
        {
            "phase": ["inference", "inference", "training"],
            "layer": ["hidden", "output", "hidden"],
            "operation": ["MAC", "AC", "MAC"],
            "dense": [100.0, 10.0, 1e6],
            "effective": [30.0, 5.0, 1e6],
        }
    )
    assert metrics.OperationsDense()(evidence(operations=table)) == 110
    assert metrics.OperationsEffective()(evidence(operations=table)) == 35
    assert metrics.OperationsDense()(evidence(operations=table.iloc[:2].drop(columns="phase"))) == 110


def spikes() -> dict[str, np.ndarray]:
    hidden = np.zeros((2, 5, 4), np.uint8)
    hidden[0, 1, 0] = hidden[0, 3, 0] = hidden[1, 0, 2] = 1
    return {
        "input": np.ones((2, 5, 9), np.uint8),
        "hidden": hidden,
        "inhibitory": np.ones((2, 5, 4), np.uint8),
        "output": np.ones((2, 5, 3), np.uint8),
    }


def test_spikes_are_counted_for_hidden_neurons_only():
    assert metrics.SpikesPerSample()(evidence(spikes=spikes())) == 1.5


def test_a_neuron_is_silent_when_it_fires_on_no_sample():
    assert metrics.SilentShare()(evidence(spikes=spikes())) == 0.5


def test_a_network_of_a_read_out_alone_is_judged_by_that():
    given = {"input": np.ones((1, 2, 3), np.uint8), "output": np.ones((1, 2, 4), np.uint8)}
    assert metrics.SpikesPerSample()(evidence(spikes=given)) == 8


def test_of_a_network_that_reads_a_current_no_hidden_population_is_taken_for_the_input():
    given = {name: raster for name, raster in spikes().items() if name != "input"}
    assert metrics.SpikesPerSample()(evidence(spikes=given)) == 1.5
    alone = {"hidden": given["hidden"]}
    assert metrics.SpikesPerSample()(evidence(spikes=alone)) == 1.5
    assert metrics.SilentShare()(evidence(spikes=alone)) == 0.5


def test_a_classifier_of_spiking_neurons_counts_its_neurons_whether_it_reads_spikes_or_a_current():
    import ann
    from bio.encoders import DirectCurrent, Regular
    from bio.models import SpikingMLP

    X, y = np.random.default_rng(0).random((20, 6), dtype=np.float32), np.arange(20) % 2
    model = SpikingMLP(hidden=(5,))
    for encoder in (Regular(), DirectCurrent()):
        learner = ann.Classifier(model, ann.Backprop(), epochs=1, random_state=0, encoder=encoder).fit(X, y)
        given = evidence(spikes=learner.spikes(X), description=learner.describe())
        own = learner.activations(X)["hidden1"].sum() / len(X)  # spike counts of the five neurons
        assert own > 0
        assert metrics.SpikesPerSample()(given) == pytest.approx(own)


def test_many_spikes_do_not_overflow_their_eight_bits():
    given = {"input": np.zeros((1, 1, 1), np.uint8), "hidden": np.ones((1, 1000, 1), np.uint8)}
    assert metrics.SpikesPerSample()(evidence(spikes=given)) == 1000


def test_without_spikes_of_its_own_a_network_has_no_rate():
    with pytest.raises(ValueError, match="no population but the input"):
        metrics.SilentShare()(evidence(spikes={"input": np.ones((1, 2, 3), np.uint8)}))


def test_a_mean_rate_is_spikes_of_a_hidden_neuron_in_a_second():
    # three spikes of four neurons in two samples of a quarter of a second
    assert metrics.MeanRateHz()(evidence(spikes=spikes(), duration_s=0.25)) == pytest.approx(3 / (4 * 2 * 0.25))


def test_a_poisson_neuron_fires_at_the_rate_that_it_was_told():
    generator, dt_s = np.random.default_rng(0), 1e-3
    raster = (generator.random((200, 500, 20)) < 40 * dt_s).astype(np.uint8)
    small = (generator.random((200, 500, 60)) < 10 * dt_s).astype(np.uint8)
    given = {"input": raster[:, :, :1], "hidden1": raster, "hidden2": small}
    expected = (20 * 40 + 60 * 10) / 80  # each neuron counts once, whatever its population
    found = metrics.MeanRateHz()(evidence(spikes=given, duration_s=0.5))
    assert found == pytest.approx(expected, rel=0.01)  # 140,000 spikes: s.e. 0.3 %


@pytest.mark.parametrize("duration_s", [None, 0.0])
def test_without_a_duration_there_is_no_rate(duration_s):
    with pytest.raises(ValueError, match=f"duration_s is {duration_s}"):
        metrics.MeanRateHz()(evidence(spikes=spikes(), duration_s=duration_s))
