"""Delayed match to sample: only the two cues together tell, and whoever keeps the first one knows."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from sklearn.linear_model import LogisticRegression

from compare.tasks import DelayedMatchToSample


def cue_seen(X, start, steps, cues):
    """The cue whose channel is strongest in a window: all that there is to see, since cues differ in nothing else."""
    return X[:, start : start + steps, :cues].mean(axis=1).argmax(axis=1)


@pytest.mark.parametrize("options", [{}, {"cues": 5, "delay": 40, "distractors": 3}, {"cue_steps": 1, "delay": 0}])
def test_whoever_keeps_the_sample_until_the_test_is_right(options):
    task = DelayedMatchToSample(**options)
    X, y = task.load(0).test
    sample = cue_seen(X, 0, task.cue_steps, task.cues)
    test = cue_seen(X, X.shape[1] - task.cue_steps, task.cue_steps, task.cues)
    assert np.array_equal((sample == test).astype(int), y)  # noise of 0.1 never hides a cue of 1


def test_neither_cue_alone_tells_anything():
    task = DelayedMatchToSample(cues=2, train=1000)
    X, y = task.load(0).train
    for start in (0, X.shape[1] - task.cue_steps):
        cue = cue_seen(X, start, task.cue_steps, 2)
        assert [np.mean(y[cue == one]) for one in (0, 1)] == [0.5, 0.5]


def test_distractors_tell_nothing_about_the_answer():
    task = DelayedMatchToSample(cues=3, delay=40, distractors=2, train=3000)
    X, y = task.load(0).train
    for start in task.starts()[1:-1]:
        cue = cue_seen(X, start, task.cue_steps, 3)
        for told in (y, cue_seen(X, 0, task.cue_steps, 3), cue_seen(X, X.shape[1] - task.cue_steps, task.cue_steps, 3)):
            table = [[np.sum((cue == a) & (told == b)) for b in np.unique(told)] for a in range(3)]
            assert chi2_contingency(table).pvalue > 0.001  # a fixed draw; one in a thousand were it another


def test_what_adds_up_what_it_saw_stays_at_chance():
    split = DelayedMatchToSample().load(0)
    flat = [(X.reshape(len(X), -1), y) for X, y in (split.train, split.test)]
    accuracy = LogisticRegression(C=0.01).fit(*flat[0]).score(*flat[1])
    assert 0.43 < accuracy < 0.57  # chance 0.5, 4.4 standard errors of 1,000 answers


def test_the_steps_are_sample_delay_and_test_and_distractors_are_evenly_spaced():
    task = DelayedMatchToSample(cue_steps=2, delay=11, distractors=3, noise=1e-6)
    X, _ = task.load(0).test
    assert np.rint(X[:, :, :-1].max(axis=2)).tolist() == [[1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1]] * len(X)
    assert np.rint(X[:, :, -1]).tolist() == [[1] * 13 + [0, 0]] * len(X)


def test_the_delay_is_silent_but_for_noise_of_the_size_asked_for():
    X, _ = DelayedMatchToSample(noise=0.1).load(0).train
    silent = X[:, 2:7, :2]
    assert np.sqrt(np.mean(silent**2)) == pytest.approx(0.1, rel=0.01)  # 40,000 draws: s.e. 0.35 %


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cues": 1}, "cues = 1: write a whole number of at least 2"),
        ({"cue_steps": 0}, "cue_steps = 0"),
        ({"delay": -1}, "delay = -1"),
        ({"distractors": 2}, "distractors = 2 of 2 steps do not fit a delay of 5 .* write delay = 7"),
        ({"noise": 0.0}, "noise = 0.0: write above 0"),
        ({"test": 3}, "test = 3: write at least 4 samples"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        DelayedMatchToSample(**options)


def test_as_many_distractors_as_the_message_says_do_fit():
    assert DelayedMatchToSample(distractors=2, delay=7).starts() == [0, 3, 6, 9]
