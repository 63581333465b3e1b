"""What a study keeps of a task's examples, whatever the axes of a sample are called."""

import numpy as np

from compare.prepare import stimuli_of
from compare.tasks import DelayedMatchToSample

ENCODING = {"type": "poisson", "duration": "100 ms", "dt": "1 ms"}


def test_sequences_have_a_time_of_their_own_beside_that_of_their_spikes():
    task = DelayedMatchToSample()
    facts, (X, y) = task.facts(), task.load(0).probe
    kept = stimuli_of(X, y, facts=facts, encoding=ENCODING)
    assert kept.raster.dims == ("class_", "time", "neuron")
    assert kept.raster.shape == (2, 100, np.prod(facts.shape))
    assert kept.stimulus.dims == ("class_", "sample_time", "feature")
    assert np.array_equal(kept.stimulus[1], X[np.flatnonzero(y == 1)[0]])
