"""Our Adam takes torch's very steps, whatever it is handed."""

import pytest
import torch

from ann.rules._optimiser import Adam

SHAPES = ((3, 4), (4,), (2, 3, 3, 3))


def weights():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in SHAPES]


@pytest.mark.parametrize("settings", [{}, {"maximize": True}, {"weight_decay": 0.1, "betas": (0.5, 0.99), "lr": 0.3}])
def test_each_step_is_torchs_to_the_bit_also_with_a_changing_rate_and_gradients_that_are_missing(settings):
    ours, theirs = weights(), weights()
    optimisers = Adam(ours, fused=True, **settings), torch.optim.Adam(theirs, fused=True, **settings)
    generator = torch.Generator().manual_seed(1)
    for step in range(6):
        gradients = [torch.randn(shape, generator=generator) for shape in SHAPES]
        for parameters, optimiser in zip((ours, theirs), optimisers, strict=True):
            for number, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
                absent = (number, step) in {(1, 0), (1, 1), (2, 3)}  # one comes late, one pauses
                parameter.grad = None if absent else gradient.clone()
            optimiser.param_groups[0]["lr"] = 0.1 / (1 + step)
            optimiser.step()
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    for a, b in zip(ours, theirs, strict=True):
        mine, torchs = optimisers[0].state[a], optimisers[1].state[b]
        assert all(torch.equal(mine[name], torchs[name]) for name in ("step", "exp_avg", "exp_avg_sq"))


def test_hooks_which_it_would_not_call_are_refused():
    for register in (Adam(weights()).register_step_pre_hook, Adam(weights()).register_step_post_hook):
        with pytest.raises(NotImplementedError, match="calls no hooks"):
            register(lambda *_: None)


def test_without_any_gradient_nothing_moves():
    ours = weights()
    Adam(ours, fused=True).step()
    assert all(torch.equal(a, b) for a, b in zip(ours, weights(), strict=True))


def test_torchs_own_adam_keeps_the_hooks_that_a_profiler_needs():
    Adam(weights(), fused=True)
    torch.optim.Adam(weights())
    called = []
    plain = torch.optim.Adam(weights())
    plain.register_step_post_hook(lambda *_: called.append(1))
    for parameter in plain.param_groups[0]["params"]:
        parameter.grad = torch.zeros_like(parameter)
    plain.step()
    assert called == [1]
