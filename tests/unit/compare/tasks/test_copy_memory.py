"""Copy memory: a tape solves it, and without memory the symbols are anyone's guess."""

import numpy as np
import pytest

from compare.tasks import CopyMemory


def test_a_tape_that_is_played_at_the_signal_is_right_at_every_step():
    task = CopyMemory(delay=7, length=5, symbols=5)
    X, y = task.load(0).test
    for sequence, answers in zip(X.argmax(axis=2), y, strict=True):
        tape, told, playing = [], [], False
        for symbol in sequence:
            told.append(tape.pop(0) if playing and tape else 5)
            if symbol < 5:
                tape.append(symbol)
            playing |= symbol == 6
        assert told == answers.tolist()


def test_chance_is_that_of_knowing_when_but_not_what():
    task = CopyMemory(test=2000)
    _, y = task.load(0).test
    told = np.full(y.shape, 8)
    told[:, -10:] = 3  # any symbol
    assert np.mean(told == y) == pytest.approx(task.facts().chance, abs=0.002)  # 20,000 guesses in 8: s.e. 0.0006
    assert task.facts().chance == pytest.approx((20 + 10 + 10 / 8) / 40)


def test_symbols_are_uniform_and_no_sequence_is_in_two_parts():
    task = CopyMemory(length=3, symbols=8, train=300, validation=100, test=100)  # of 512
    parts = task.load(0)
    told = np.concatenate([y[:, -3:] for _, y in (parts.train, parts.validation, parts.test)])
    assert len(np.unique(told, axis=0)) == 500
    assert np.bincount(told.ravel()).min() > 160  # 187 each, if uniform


def test_each_step_has_one_channel_on():
    X, _ = CopyMemory().load(0).test
    assert np.array_equal(X.sum(axis=2), np.ones(X.shape[:2]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delay": 0}, "delay = 0"),
        ({"length": 0}, "length = 0"),
        ({"symbols": 1}, "symbols = 1"),
        ({"test": 5}, "test = 5"),
        ({"length": 3}, "length = 3 make 512 sequences, 2,700 are wanted. Write a longer length"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        CopyMemory(**options)
