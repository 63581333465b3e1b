"""Seeds: a study's seed gives children by name that never change and never meet."""

from __future__ import annotations

import numpy as np
import pytest

from compare.seeds import CHILDREN, child, children


def test_children_are_numpys_seed_sequence_of_seed_and_name() -> None:
    """A change here would silently make every study's records others, so the values are written down."""
    assert children(0) == {name: child(0, name) for name in CHILDREN}
    state = np.random.SeedSequence([7, 0xADF3F363]).generate_state(1, np.uint32)[0]  # crc32(b"data")
    assert child(7, "data") == int(state) >> 1


def test_no_two_children_of_a_hundred_seeds_are_the_same() -> None:
    found = [value for seed in range(100) for value in children(seed).values()]
    assert len(set(found)) == len(found)
    assert all(0 <= value < 2**31 for value in found)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed = -1 is negative"):
        child(-1, "data")
