"""The fused time loop, held to the eager one and to Brian2."""

import ast
import logging
from dataclasses import replace

import pytest
import torch

import bio.neurons
from bio.engines.fused import FusedNeuron
from bio.engines.surrogate import ArcTangent, FastSigmoid, Rectangle, Triangle
from bio.engines.tensor import TensorNeuron, start_distance
from bio.expression import UNIFORM, XI
from bio.neurons import ADAPTIVE_LIF, ADEX, HODGKIN_HUXLEY, IZHIKEVICH, LIF, QUADRATIC_IF
from bio.program import compile_program
from bio.rheobase import rheobase
from bio.testing import compare_engines, recorded_input

DT_S = {"lif": 1e-3, "adaptive_lif": 1e-3, "izhikevich": 5e-4, "adex": 1e-4, "hodgkin_huxley": 5e-5}
MODELS = [LIF, ADAPTIVE_LIF, IZHIKEVICH, ADEX]
DOUBLE = torch.float64
NAMED = {"ids": lambda model: model.name}


def both(model, surrogate=FastSigmoid, dtype=DOUBLE, shape=(3, 150, 19), symbolic=(), scale=None, **how):
    """Eager and fused neuron, a noisy drive in multiples of the rheobase, and ampere per unit of it."""
    program = compile_program(model, DT_S[model.name])
    scale = scale or rheobase(program, 0.1)
    slope = surrogate(scale=start_distance(program))
    program = compile_program(model, DT_S[model.name], symbolic)
    drive = 4 * torch.rand(shape, generator=torch.Generator().manual_seed(0), dtype=DOUBLE) - 0.5
    return TensorNeuron(program, slope, **how), FusedNeuron(program, slope, **how), drive.to(dtype), scale


def weights_like(values, seed=1):
    return torch.rand(values.shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE).to(values.dtype)


def gradients(neuron, drive, scale, parameters=None, record=False, **how):
    """Spikes, and the gradients by drive and parameters of a weighted sum of spikes (and states)."""
    drive = drive.clone().requires_grad_()
    parameters = {name: value.clone().requires_grad_() for name, value in (parameters or {}).items()}
    run = neuron.run(drive, record, scale=scale, parameters=parameters, **how)
    total = (run.spikes * weights_like(run.spikes)).sum()
    for i, values in enumerate(run.states.values()):
        total = total + (values * weights_like(values, 2 + i)).sum() / values.detach().abs().max()
    total.backward()
    return run, [drive.grad, *(value.grad for value in parameters.values())]


def assert_same(found, expected, tolerance):
    for one, other in zip(found, expected, strict=True):
        one, other = one.detach(), other.detach()
        assert float((one - other).abs().max()) <= tolerance * float(other.abs().max())


@pytest.mark.parametrize("model", MODELS, **NAMED)
def test_spikes_states_and_gradients_are_those_of_the_eager_loop(model):
    eager, fused, drive, scale = both(model)
    (ours, gradient), (theirs, expected) = (gradients(one, drive, scale, record=True) for one in (fused, eager))
    assert int(theirs.spikes.sum()) > 30
    assert torch.equal(ours.spikes, theirs.spikes)
    for name, values in theirs.states.items():
        # 1e-9 of the range: two exponentials, each within a unit in the last place, where the membrane runs away
        assert_same([ours.states[name]], [values], 1e-9)
    assert_same(gradient, expected, 1e-10)


@pytest.mark.parametrize("model", [LIF, ADAPTIVE_LIF], **NAMED)
def test_in_float32_gradients_agree_as_far_as_float32_goes(model):
    eager, fused, drive, scale = both(model, dtype=torch.float32)
    (ours, gradient), (theirs, expected) = (gradients(one, drive, scale) for one in (fused, eager))
    assert ours.spikes.dtype == gradient[0].dtype == torch.float32
    assert torch.equal(ours.spikes, theirs.spikes)
    assert_same(gradient, expected, 1e-5)  # some hundred sums, each rounded to 6e-8


@pytest.mark.parametrize("model", MODELS, **NAMED)
def test_it_spikes_as_brian_does(model):
    program = compile_program(model, DT_S[model.name])
    current = recorded_input(program, duration_s=0.3, neurons=40)
    found = compare_engines(model, DT_S[model.name], current, FusedNeuron(program))
    assert found.spikes > 100
    assert found.agrees, str(found)


def test_a_refractory_step_too_many_is_caught():
    program = compile_program(LIF, 5e-4)
    wrong = FusedNeuron(replace(program, refractory_steps=program.refractory_steps + 1))
    assert not compare_engines(LIF, 5e-4, recorded_input(program, duration_s=0.3), wrong).agrees


def test_channels_and_their_gates_run_in_one_kernel_too():
    program = compile_program(HODGKIN_HUXLEY, DT_S["hodgkin_huxley"])
    drive = torch.full((1, 400, 3), 1.5e-9, dtype=DOUBLE) * torch.tensor([0.5, 1.0, 1.5], dtype=DOUBLE)
    surrogate = FastSigmoid(10.0, start_distance(program))
    (ours, gradient), (theirs, expected) = (
        gradients(kind(program, surrogate), drive, 1.0, record=True) for kind in (FusedNeuron, TensorNeuron)
    )
    assert int(theirs.spikes.sum()) > 2
    assert torch.equal(ours.spikes, theirs.spikes)
    assert_same(gradient, expected, 1e-10)


@pytest.mark.parametrize("surrogate", [FastSigmoid, ArcTangent, Triangle, Rectangle])
def test_every_surrogate_can_be_fused(surrogate):
    eager, fused, drive, scale = both(ADAPTIVE_LIF, surrogate)
    (_, gradient), (_, expected) = (gradients(one, drive, scale) for one in (fused, eager))
    assert float(expected[0].abs().max()) > 0
    assert_same(gradient, expected, 1e-10)


@pytest.mark.parametrize("model", [LIF, ADAPTIVE_LIF, IZHIKEVICH], **NAMED)
def test_gradients_can_pass_resets(model):
    eager, fused, drive, scale = both(model, detach_reset=False)
    (_, gradient), (_, expected) = (gradients(one, drive, scale) for one in (fused, eager))
    assert_same(gradient, expected, 1e-10)
    _, detached = gradients(both(model)[1], drive, scale)
    assert float((detached[0] - gradient[0]).abs().max()) > 1e-3 * float(gradient[0].abs().max())


@pytest.mark.parametrize(
    ("model", "names"),
    [(LIF, ("tau_m", "v_threshold", "v_rest", "v_reset", "R")), (ADAPTIVE_LIF, ("tau_theta", "theta_step")),
     (ADEX, ("tau_w", "Delta_T", "b", "C_m"))],
)  # fmt: skip
def test_gradients_by_parameters_that_differ_between_neurons_are_those_of_the_eager_loop(model, names):
    eager, fused, drive, scale = both(model, symbolic=names)
    values = {
        name: model.quantities()[name].value * torch.linspace(0.95, 1.05, drive.shape[2], dtype=DOUBLE)
        for name in names
    }
    (ours, gradient), (theirs, expected) = (gradients(one, drive, scale, values) for one in (fused, eager))
    assert int(theirs.spikes.sum()) > 30
    assert torch.equal(ours.spikes, theirs.spikes)
    assert all(float(one.abs().min()) > 0 for one in expected[1:])
    # 1e-9: a parameter's gradient is a sum over all samples and steps, in another order
    assert_same(gradient, expected, 1e-9)


def test_one_number_can_stand_for_all_neurons():
    eager, fused, drive, scale = both(LIF, symbolic=("tau_m",))
    values = {"tau_m": torch.tensor(0.02, dtype=DOUBLE)}
    (_, gradient), (_, expected) = (gradients(one, drive, scale, values) for one in (fused, eager))
    assert gradient[1].shape == ()
    assert_same(gradient, expected, 1e-9)


def test_without_spikes_gradients_are_central_differences():
    _, fused, drive, scale = both(ADEX, symbolic=("Delta_T",), shape=(2, 60, 3))
    fused = FusedNeuron(fused.program)  # no surrogate, so gradients are the smooth ones
    drive, values = drive / 20, {"Delta_T": torch.tensor([1.9e-3, 2e-3, 2.1e-3], dtype=DOUBLE)}
    run, found = gradients(fused, drive, scale, values, record=True)
    assert not bool(run.spikes.any())
    scales = [one.detach().abs().max() for one in run.states.values()]

    def loss(drive, values):
        states = fused.run(drive, True, scale=scale, parameters=values).states
        pairs = enumerate(zip(states.values(), scales, strict=True))
        return sum(float((one * weights_like(one, 2 + i)).sum() / size) for i, (one, size) in pairs)

    for place in ((0, 3, 1), (1, 40, 2)):
        step = torch.zeros_like(drive)
        step[place] = 1e-4
        difference = (loss(drive + step, values) - loss(drive - step, values)) / 2e-4
        assert float(found[0][place]) == pytest.approx(difference, rel=1e-7)  # 1e-14/1e-4 of a loss of about 100
    step = torch.tensor([0.0, 1e-7, 0.0], dtype=DOUBLE)
    above, below = (loss(drive, {"Delta_T": values["Delta_T"] + sign * step}) for sign in (1, -1))
    assert float(found[1][1]) == pytest.approx((above - below) / 2e-7, rel=1e-5)


def test_an_input_may_hold_for_several_steps():
    eager, fused, drive, scale = both(ADAPTIVE_LIF, shape=(3, 40, 7))
    (ours, gradient), (theirs, expected) = (gradients(one, drive, scale, substeps=5) for one in (fused, eager))
    assert ours.spikes.shape == (3, 200, 7)
    assert torch.equal(ours.spikes, theirs.spikes)
    assert_same(gradient, expected, 1e-10)


def test_noise_is_read_step_by_step():
    noisy = replace(
        LIF, method="euler", equations="dv/dt = (v_rest - v + R*I)/tau_m + 3*mV*tau_m**-0.5*xi : volt", refractory=""
    )
    eager, fused, drive, scale = both(noisy, shape=(3, 80, 5), scale=1.5e-10)
    noise = {XI: torch.randn(3, 80, 5, generator=torch.Generator().manual_seed(3), dtype=DOUBLE) / 1e-3**0.5}
    (ours, gradient), (theirs, expected) = (gradients(one, drive, scale, noise=noise) for one in (fused, eager))
    assert torch.equal(ours.spikes, theirs.spikes)
    assert_same(gradient, expected, 1e-10)
    with pytest.raises(ValueError, match="is noisy: give its white_noise"):
        fused.run(drive)


@pytest.mark.parametrize("kind", [FusedNeuron, TensorNeuron])
def test_shapes_that_do_not_fit_are_refused(kind):
    noisy = kind(compile_program(replace(LIF, threshold="v > v_threshold and rand() < 0.5"), 1e-3))
    current = torch.zeros(2, 4, 3)
    with pytest.raises(ValueError, match=r"uniform_noise has shape \(2, 4, 3\); its steps need \(2, 8, 3\)"):
        noisy.run(current, noise={"uniform_noise": torch.zeros(2, 4, 3)}, substeps=2)
    for wrong, substeps in ((current[0], 1), (current, 0)):
        with pytest.raises(ValueError, match=r"expected \(sample, time, neuron\), and 1 or more"):
            noisy.run(wrong, noise={"uniform_noise": torch.zeros(2, 4, 3)}, substeps=substeps)
    with pytest.raises(RuntimeError, match=r"expand|size"):
        kind(compile_program(LIF, 1e-3, ("tau_m",))).run(current, parameters={"tau_m": torch.full((5,), 0.02)})


@pytest.mark.parametrize("reduce", ["all", "time", "sample", "transposed"])
def test_a_gradient_that_is_one_row_for_many_is_read_as_such(reduce):
    eager, fused, drive, scale = both(LIF)
    weights = torch.linspace(1, 2, drive.shape[2], dtype=DOUBLE)
    loss = {
        "all": lambda s: s.sum(),
        "time": lambda s: (s.sum(1) * weights).square().sum(),
        "sample": lambda s: (s.sum(0) * weights).square().sum(),
        "transposed": lambda s: (s.transpose(0, 2).contiguous() * s.transpose(0, 2).flip(1)).sum(),
    }[reduce]
    found = []
    for neuron in (eager, fused):
        drive = drive.detach().requires_grad_()
        loss(neuron.run(drive, scale=scale).spikes).backward()
        found.append(drive.grad)
    assert_same(found[1:], found[:1], 1e-10)


def test_the_number_of_threads_changes_no_bit(monkeypatch):
    _, fused, drive, scale = both(LIF, symbolic=("tau_m",), shape=(5, 100, 500), dtype=torch.float32)
    values, found = {"tau_m": torch.full((500,), 0.02)}, []
    for threads in (1, 3):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        run, gradient = gradients(fused, drive, scale, values)
        found.append([run.spikes, *gradient])
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_blocks_of_neurons_change_no_bit(monkeypatch):
    from bio.engines.fused import _kernels

    _, fused, drive, scale = both(ADAPTIVE_LIF, shape=(2, 100, 50))
    whole_run, whole = gradients(fused, drive, scale)
    monkeypatch.setattr(_kernels, "_BLOCK_BYTES", 1)
    monkeypatch.setattr(_kernels, "_FORWARD_BLOCK", 16)
    run, parts = gradients(fused, drive, scale)
    assert torch.equal(run.spikes, whole_run.spikes)
    assert torch.equal(parts[0], whole[0])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda drive: drive.half(), "compute in float32 or float64; this current is torch.float16"),
        (lambda drive: drive.to("meta"), "run on the CPU; this current is on meta"),
        (lambda drive: drive[:0], "There is nothing to run"),
    ],
)
def test_what_cannot_be_fused_is_refused_with_a_sentence_and_runs_on_the_eager_loop(change, sentence, caplog):
    _, fused, drive, _ = both(LIF, shape=(2, 3, 4))
    current = change(drive * 1e-10)
    assert sentence in str(fused.refuses(current))
    with caplog.at_level(logging.INFO):
        assert fused.run(current).spikes.shape[1:] == (3, 4)
    assert sentence in caplog.text


def test_a_surrogate_that_is_no_expression_is_refused():
    class Handmade:
        scale = 1.0

    _, _, drive, _ = both(LIF, shape=(2, 3, 4))
    assert "does not say its derivative" in str(FusedNeuron(compile_program(LIF, 1e-3), Handmade()).refuses(drive))


def test_a_gradient_of_a_gradient_is_refused_and_not_wrong():
    _, fused, drive, scale = both(LIF)
    drive.requires_grad_()
    loss = fused.run(drive, scale=scale).spikes.square().sum()
    (gradient,) = torch.autograd.grad(loss, drive, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_the_source_can_be_read_names_no_model_and_fits_other_parameters():
    for model in MODELS:
        text = both(model)[1].source()
        ast.parse(text)
        assert model.name not in text
        assert "def backward(" in text
    kernel = both(LIF)[1].source().split('"""')[2]
    slower = replace(LIF, parameters={**LIF.parameters, "tau_m": "31 ms"})
    assert both(slower)[1].source().split('"""')[2] == kernel
    assert "tau_m" in both(LIF, symbolic=("tau_m",))[1].source()


def test_every_neuron_of_the_catalogue_has_kernels():
    for name in bio.neurons.__all__:
        model = getattr(bio.neurons, name)
        program = compile_program(model, 1e-4)
        by_chance = UNIFORM in program.noise  # such a spike has no distance from a threshold
        ast.parse(FusedNeuron(program, None if by_chance else FastSigmoid()).source())


def test_a_state_that_leaves_the_finite_numbers_shows_it_in_both_loops():
    # dv/dt grows with v squared: above the unstable point, v is past every number within 200 steps
    model = replace(QUADRATIC_IF, threshold="v < -10*volt")
    program = compile_program(model, 1e-3)
    drive = torch.zeros(1, 200, 2, dtype=DOUBLE)
    drive[:, :, 1] = 1e-9
    for neuron in (TensorNeuron(program), FusedNeuron(program)):
        run = neuron.run(drive, record=True)
        assert run.states["v"][0, -1].isfinite().tolist() == [True, False]
        assert int(run.spikes.sum()) == 0
