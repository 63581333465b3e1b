"""Generators against probabilistic principal components, the paper's algorithm and their own definitions."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from torch.distributions import Bernoulli, Normal, kl_divergence

from ann import GAN, MLP, VAE, Backprop, FeedbackAlignment, Generator
from ann.training import Trainer

CHANCE = np.random.Generator(np.random.PCG64(0))
IMAGES = (load_digits().images[:120, None] / 16).astype(np.float32)
SETTINGS = {"batch_size": 20, "device": "cpu", "random_state": 0}


def drawn(*shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("observation", ["bernoulli", "gaussian"])
def test_a_vaes_loss_is_the_evidence_lower_bound_of_torchs_distributions(observation):
    network = VAE((5,), code=2, observation=observation).build((2, 3), 6, torch.Generator().manual_seed(0)).eval()
    if observation == "gaussian":
        network.log_variance.data.fill_(-0.7)
    x = drawn(4, 2, 3)
    answer, y = network(x), x.flatten(1)
    decoded, mean, log_spread, _ = answer.split([6, 2, 2, 1], 1)
    if observation == "bernoulli":
        given = Bernoulli(logits=decoded, validate_args=False).log_prob(y)
    else:
        given = Normal(decoded, np.exp(-0.35)).log_prob(y)
    divergence = kl_divergence(Normal(mean, (0.5 * log_spread).exp()), Normal(0.0, 1.0))
    expected = (divergence.sum(1) - given.sum(1)).mean()
    assert torch.allclose(network.loss(answer, y), expected, atol=1e-5)  # float32


def test_a_linear_vae_comes_to_probabilistic_principal_components():
    directions = np.linalg.qr(CHANCE.normal(size=(5, 5)))[0]
    X = (CHANCE.normal(size=(400, 5)) * [2.0, 1.5, 0.5, 0.5, 0.5] @ directions.T).astype(np.float32)
    learner = Generator(
        VAE((), code=2, observation="gaussian"), Backprop(learning_rate=5e-2, schedule="cosine"), epochs=100,
        batch_size=100, device="cpu", random_state=0,
    ).fit(X)  # fmt: skip
    best = PCA(2).fit(X)
    bounds = [learner.with_weights(learner.weights()).score(X) for _ in range(2)]
    assert bounds[0] == bounds[1]
    # Lucas, Tucker, Grosse & Norouzi 2019: the bound's maximum is the likelihood's. One code drawn for each of 400
    # samples leaves a standard error of about 0.03 nats (its term has a standard deviation near 0.6).
    assert bounds[0] == pytest.approx(best.score(X), abs=0.1)
    left = float(learner.weights()["log_variance"][0])
    # PCA divides by one sample fewer; the rest is the last steps' chance (measured: 0.5 %).
    assert np.exp(left) == pytest.approx(best.noise_variance_ * 399 / 400, rel=0.03)


def test_a_vae_draws_its_noise_only_while_it_learns_and_the_trainer_lends_it():
    network = VAE((5,), code=2).build((6,), 6, torch.Generator().manual_seed(0))
    x = drawn(3, 6)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))
    before = torch.get_rng_state()
    fitted = [Generator(VAE((5,), code=2), epochs=1, **SETTINGS).fit(IMAGES).weights() for _ in range(2)]
    assert torch.equal(before, torch.get_rng_state())
    assert all(np.array_equal(fitted[0][name], fitted[1][name]) for name in fitted[0])


def test_a_network_that_draws_nothing_costs_the_trainer_no_chance():
    network = MLP((3,)).build((6,), 2, torch.Generator().manual_seed(0))
    chance = torch.Generator().manual_seed(5)
    trainer = Trainer(network, Backprop(), torch.nn.functional.cross_entropy,
                      order=torch.Generator().manual_seed(1), chance=chance)  # fmt: skip
    before = chance.get_state()
    trainer.run(lambda indices, _: torch.ones(len(indices), 6), torch.zeros(4, dtype=torch.int64), 1)
    assert torch.equal(before, chance.get_state())


def turns(network, rule, x, steps):
    """The parts that are updated at each of `steps` turns, and those updates."""
    state, found = rule.start(network, torch.Generator()), []
    for _ in range(steps):
        torch.manual_seed(7)
        updates, state = rule.updates(network, x, None, network.loss, state, torch.Generator())
        found.append(updates)
    return found


def test_each_turn_of_a_gan_is_the_papers_gradient():
    recipe = GAN((2,), code=3, discriminator_steps=2)
    network, x = recipe.build((1, 4, 4), 16, torch.Generator().manual_seed(0)), drawn(5, 1, 4, 4)
    found = turns(network, recipe.learning_rule(Backprop()), x, 4)
    sides = [{name.partition(".")[0] for name in updates} for updates in found]
    assert sides == [{"discriminator"}, {"discriminator"}, {"generator"}, {"discriminator"}]
    torch.manual_seed(7)
    z = torch.randn(5, 3)
    real, fake = network.discriminator(x).sigmoid(), network.discriminator(network.generator(z)).sigmoid()
    value = 0.5 * (real.log().mean() + (1 - fake).log().mean())
    for side, objective in (("discriminator", value), ("generator", fake.log().mean())):
        part = dict(getattr(network, side).named_parameters())
        updates = found[0 if side == "discriminator" else 2]
        for (name, _), expected in zip(
            part.items(), torch.autograd.grad(objective, list(part.values()), retain_graph=True), strict=True
        ):
            assert torch.allclose(updates[f"{side}.{name}"], expected, atol=1e-5)  # float32, a sigmoid and its log
    assert all(p.requires_grad for p in network.parameters())


def test_a_gan_learns_where_the_ink_of_its_images_is():
    X = np.zeros((200, 1, 4, 4), np.float32)
    X[:, :, :2] = CHANCE.uniform(0.7, 0.9, (200, 1, 2, 4))
    X[:, :, 2:] = CHANCE.uniform(0.1, 0.3, (200, 1, 2, 4))
    learner = Generator(GAN((8,), code=4), Backprop(learning_rate=5e-3, momentum=0.5), epochs=60, **SETTINGS).fit(X)
    made = learner.sample(100, random_state=0)
    # Untrained, every pixel is near 0.5. The data's own pixels lie within 0.1 of 0.8 and 0.2.
    assert made[:, :, :2].mean() == pytest.approx(0.8, abs=0.15)
    assert made[:, :, 2:].mean() == pytest.approx(0.2, abs=0.15)


def test_a_last_batch_of_one_image_is_learned_from_too():
    X = np.full((21, 1, 4, 4), 0.5, np.float32)  # 20 and 1; the generator starts from 1 x 1 places
    learner = Generator(GAN((2, 3), code=2), epochs=2, **SETTINGS).fit(X)
    assert learner.progress_.updates == 4
    assert learner.describe()["layers"][-1]["neurons"] == 16


@pytest.mark.parametrize("size", [(8, 8), (7, 6)])
def test_images_that_cannot_be_halved_evenly_are_made_in_their_own_size(size):
    X = np.zeros((20, 2, *size), np.float32)
    learner = Generator(GAN((2, 3), code=2), epochs=1, **SETTINGS).fit(X)
    assert learner.sample(3, random_state=0).shape == (3, 2, *size)
    assert learner.predict(X).shape == (20,)


def test_operations_of_a_gan_are_those_counted_by_hand():
    network = GAN((2,), code=3).build((1, 4, 4), 16, torch.Generator().manual_seed(0))
    dense, convolution, output = 3 * 2 * 4, 2 * 16 * 4, 2 * 4
    rows = {row["layer"]: row["dense"] for row in network.operations(drawn(5, 1, 4, 4))}
    assert rows == {"generator": dense + convolution}
    rows = {row["layer"]: row["dense"] for row in network.operations(drawn(5, 1, 4, 4), training=True)}
    made = dense + convolution  # in both turns; learning: both weights' gradients, and one error sent
    judged = 2 * (2 * convolution + 3 * output) + 2 * (convolution + output)
    assert rows == {"generator": (2 * made + made + convolution) / 2, "discriminator": judged / 2}


def test_samples_depend_on_their_own_seed_alone():
    learner = Generator(VAE((8,), code=2), epochs=1, **SETTINGS).fit(IMAGES)
    assert np.array_equal(learner.sample(300, random_state=3)[:5], learner.sample(5, random_state=3))
    assert learner.sample(2, random_state=3).shape == (2, 1, 8, 8)
    assert learner.predict(IMAGES).shape == IMAGES.shape
    with pytest.raises(ValueError, match="n = 0, but it must be a whole number of at least 1"):
        learner.sample(0)
    with pytest.raises(NotImplementedError, match="vae draws noise as it learns"):
        learner.update_and_gradient(IMAGES)


def test_only_what_has_a_likelihood_has_a_score():
    assert hasattr(Generator(VAE()), "score")
    assert not hasattr(Generator(GAN()), "score")


@pytest.mark.parametrize(
    ("learner", "X", "message"),
    [
        (Generator(MLP()), IMAGES, r"mlp makes no samples. Choose VAE\(\) or GAN\(\)"),
        (Generator(VAE()), IMAGES - 1, "VAE reads values as probabilities, but these reach from -1 to 0"),
        (Generator(GAN()), 2 * IMAGES, r"GAN makes values in \[0, 1\], but these reach from 0 to 2"),
        (Generator(GAN()), IMAGES[:, 0], r"GAN makes images \(channel, height, width\), but .* shape \(8, 8\)"),
        (Generator(GAN((2, 2, 2, 2))), IMAGES, "needs 16 x 16 pixels; these have 8 x 8"),
        (Generator(VAE(), FeedbackAlignment()), IMAGES, "VAENetwork"),
    ],
)
def test_what_cannot_be_generated_is_refused(learner, X, message):
    with pytest.raises(ValueError, match=message):
        learner.fit(X)


def test_a_task_of_generation_has_no_target():
    facts = SimpleNamespace(target="none", shape=(1, 8, 8), classes=None)
    assert Generator(GAN()).refuses(facts) is None
    assert "makes no samples" in Generator(MLP()).refuses(facts)
    facts.target = "class"
    assert Generator(GAN()).refuses(facts) == "Generator generates samples, but the task's target is 'class'."


def test_receptive_fields_are_of_the_network_that_looks_at_samples():
    learner = Generator(GAN((3,), code=5), epochs=1, **SETTINGS).fit(IMAGES)
    filters = learner.weights()["discriminator.convolution1.linear.weight"]
    assert np.array_equal(learner.receptive_fields(), filters)
    assert filters.shape == (3, 1, 4, 4)
