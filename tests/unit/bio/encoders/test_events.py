"""Events as they are: binned events come out as the spikes that they were."""

import numpy as np
import pytest

from ann.contract import Encoder
from bio.encoder_testing import check_encoder
from bio.encoders import Events


def test_it_is_an_encoder_also_with_several_spikes_a_step() -> None:
    assert isinstance(Events(), Encoder)
    check_encoder(Events())
    check_encoder(Events(duration="70 ms", dt="1 ms", most=7))


@pytest.mark.parametrize("most", [1, 3, 255])
def test_every_event_becomes_one_spike_at_its_step(most) -> None:
    counts = np.random.default_rng(0).integers(0, most + 1, (6, 20, 5))
    encoder = Events(duration="200 ms", dt="10 ms", most=most)
    X = (counts / most).astype(np.float32)
    assert np.array_equal(encoder.frames(X, 20), counts)
    offsets, step, neuron = encoder.events(X)
    for sample in range(6):
        own = slice(offsets[sample], offsets[sample + 1])
        found = np.histogram2d(step[own], neuron[own], bins=[np.arange(21), np.arange(6)])[0]
        assert np.array_equal(found, counts[sample])
    np.testing.assert_allclose(encoder.counts(X), counts.sum(1) / (20 * most), rtol=1e-6)  # float32


def test_values_between_counts_are_rounded() -> None:
    X = np.array([[[0.0], [0.24], [0.25], [0.6], [1.0]]])
    assert Events(duration="5 ms", dt="1 ms", most=2).frames(X, 5).ravel().tolist() == [0, 0, 1, 1, 2]


def test_a_sample_is_a_sequence_of_the_encoder_s_length() -> None:
    encoder = Events(duration="1 s", dt="10 ms")
    assert encoder.neuron_shape((100, 7)) == (7,)
    assert encoder.neuron_shape((100, 2, 34, 34)) == (2, 34, 34)
    for shape in ((100,), (99, 7), (1, 28, 28)):
        with pytest.raises(ValueError, match=r"with 100 points.*Set duration and dt to those of the task"):
            encoder.neuron_shape(shape)


@pytest.mark.parametrize("most", [0, 256])
def test_most_is_what_a_byte_holds(most) -> None:
    with pytest.raises(ValueError, match="most = "):
        Events(most=most)
