"""Seeds have named children, and torch's global generator is never moved."""

import pytest
import torch

from ann import chance


def test_children_of_other_names_or_seeds_are_other_seeds():
    children = {chance.child(seed, name) for seed in range(20) for name in ("weights", "order", "rule")}
    assert len(children) == 60


def test_a_generator_gives_the_same_numbers_for_the_same_seed_and_name():
    first, again = (torch.rand(5, generator=chance.generator(3, "order")) for _ in range(2))
    assert torch.equal(first, again)


def test_a_borrowed_generator_decides_what_the_global_one_draws_and_leaves_it_as_it_was():
    before = torch.get_rng_state()
    drawn = []
    for _ in range(2):
        with chance.borrowed(torch.Generator().manual_seed(7)):
            drawn.append(torch.rand(4))
    assert torch.equal(*drawn)
    assert torch.equal(before, torch.get_rng_state())


def test_borrowing_twice_from_one_generator_draws_other_numbers():
    source, drawn = torch.Generator().manual_seed(7), []
    for _ in range(2):
        with chance.borrowed(source):
            drawn.append(torch.rand(4))
    assert not torch.equal(*drawn)


@pytest.mark.parametrize("random_state", [-1, "seed", 1.5, True])
def test_a_random_state_that_is_no_seed_is_refused_with_what_was_expected(random_state):
    with pytest.raises(ValueError, match="whole number"):
        chance.seed_of(random_state)


@pytest.mark.parametrize("mode", [0, 1, 2])  # off, warn only, on
def test_deterministic_algorithms_are_on_inside_and_as_before_outside(mode):
    before = torch.get_deterministic_debug_mode()
    try:
        torch.set_deterministic_debug_mode(mode)
        with chance.deterministic():
            assert torch.get_deterministic_debug_mode() == 2
        assert torch.get_deterministic_debug_mode() == mode
    finally:
        torch.set_deterministic_debug_mode(before)
