"""Forward-forward: every layer by its own goodness, labels as patterns, an answer by trying each label."""

import pytest
import torch
from torch.nn.functional import cross_entropy, log_softmax

from ann import CNN, MLP, Logistic
from ann.losses import ClassLoss, ValueLoss
from ann.rules.forward_forward import ForwardForward


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def problem(hidden=(7, 6), features=12, samples=9):
    model = MLP(hidden=hidden).build((features,), 3, generator()).double()
    x = torch.rand(samples, features, generator=generator(1), dtype=torch.float64)
    return model, x, torch.arange(samples) % 3


def level(x):
    return x / ((x**2).mean(1, keepdim=True) ** 0.5).clamp(min=1e-8)  # a layer may be silent


def goodness_by_hand(model, x, pattern):
    """Mean square of each hidden layer's answer, (layer, sample), and what each layer read."""
    h, found, read = level(x) + pattern, [], []
    for layer in list(model)[:-1]:
        read.append(h)
        h = (h @ layer.linear.weight.T + layer.linear.bias).clamp(min=0)
        found.append((h**2).mean(1))
        h = level(h)
    return torch.stack(found), read


@pytest.mark.parametrize("answered_by", ["all", "all but the first"])
@pytest.mark.parametrize("hidden", [(7,), (7, 6), (7, 6, 5)])
def test_the_answer_is_the_log_odds_of_every_label_over_the_layers_that_answer(hidden, answered_by):
    model, x, _ = problem(hidden)
    rule = ForwardForward(threshold=0.7, sharpness=3.0, label_strength=1.5, answered_by=answered_by)
    silent = 1 if answered_by == "all but the first" and len(hidden) > 1 else 0
    state = rule.start(model, generator())
    columns = []
    for pattern in state["patterns"]:
        found, _ = goodness_by_hand(model, x, 1.5 * pattern)
        columns.append((3 * found[silent:] - 3 * 0.7).sum(0))
    assert torch.allclose(rule.output(model, x, state), torch.stack(columns, 1), atol=1e-12)  # float64


def test_the_labels_patterns_are_at_right_angles_and_as_strong_as_a_sample():
    model, _, _ = problem()
    patterns = ForwardForward().start(model, generator())["patterns"]
    assert torch.allclose(patterns @ patterns.T / 12, torch.eye(3, dtype=torch.float64), atol=1e-12)  # float64


@pytest.mark.parametrize("negatives", ["hard", "random"])
def test_a_class_that_weighs_three_times_as_much_counts_as_if_its_samples_were_there_three_times(negatives):
    model, x, _ = problem()
    x, y, rule = x[:4], torch.tensor([0, 0, 1, 2]), ForwardForward(negatives=negatives)
    state = rule.start(model, generator())

    def drawn(y):  # the same wrong label for the same right one
        return torch.nn.functional.one_hot((y + 1) % 3, 3).double()

    def change(x, y, loss):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(torch, "multinomial", lambda odds, *_, **__: drawn(y).argmax(1, keepdim=True))
            return rule.updates(model, x, y, loss, state, generator())[0]["hidden1.linear.weight"]

    weighed = change(x, y, ClassLoss(weight=torch.tensor([1.0, 3.0, 1.0], dtype=torch.float64)))
    repeated = [0, 1, 2, 2, 2, 3]
    assert torch.allclose(weighed, change(x[repeated], y[repeated], cross_entropy), atol=1e-12)  # float64


def test_labels_that_outnumber_the_inputs_still_have_patterns_of_their_own():
    model = MLP(hidden=(4,)).build((2,), 3, generator())
    patterns = ForwardForward().start(model, generator())["patterns"]
    assert torch.allclose(patterns.square().mean(1), torch.ones(3))
    assert torch.unique(patterns, dim=0).shape[0] == 3


def test_with_two_classes_a_layers_change_is_the_papers_formula():
    """dW = 2 s / nN sum [sigma(s (theta - g+)) h+ x+' - sigma(s (g- - theta)) h- x-']: the wrong label is certain."""
    model = MLP(hidden=(7, 6)).build((12,), 2, generator()).double()
    x, y = torch.rand(8, 12, generator=generator(1), dtype=torch.float64), torch.arange(8) % 2
    rule = ForwardForward(threshold=0.2, sharpness=3.0, negatives="random")
    state = rule.start(model, generator())
    updates, _ = rule.updates(model, x, y, cross_entropy, state, generator())
    wanted = {name: torch.zeros_like(value) for name, value in updates.items()}
    for sign, labels in ((1, y), (-1, 1 - y)):
        with torch.no_grad():
            found, read = goodness_by_hand(model, x, state["patterns"][labels])
            for name, g, seen in zip(("hidden1", "hidden2"), found, read, strict=True):
                linear = model.get_submodule(name).linear
                h = (seen @ linear.weight.T + linear.bias).clamp(min=0)
                factor = 3 * torch.sigmoid(-sign * 3 * (g - 0.2)) * sign * 2 / h.shape[1] / len(x)
                wanted[f"{name}.linear.weight"] += (factor[:, None] * h).T @ seen
                wanted[f"{name}.linear.bias"] += (factor[:, None] * h).sum(0)
    assert set(updates) == {f"hidden{i}.linear.{part}" for i in (1, 2) for part in ("weight", "bias")}
    for name, value in wanted.items():
        assert torch.allclose(updates[name], value, atol=1e-12), name  # float64


def test_a_layers_change_does_not_depend_on_the_weights_above_it():
    model, x, y = problem()
    rule = ForwardForward(negatives="random")
    state = rule.start(model, generator())
    before, _ = rule.updates(model, x, y, cross_entropy, state, generator(2))
    with torch.no_grad():
        model.hidden2.linear.weight.mul_(-3)
        model.output.linear.weight.mul_(-3)
    after, _ = rule.updates(model, x, y, cross_entropy, state, generator(2))
    assert torch.equal(before["hidden1.linear.weight"], after["hidden1.linear.weight"])
    assert not torch.equal(before["hidden2.linear.weight"], after["hidden2.linear.weight"])


def wrong_labels(rule, model, x, y, state, monkeypatch):
    """The wrong labels of one update, from the odds that it draws them by."""
    seen = []
    draw = torch.multinomial
    monkeypatch.setattr(
        torch, "multinomial", lambda odds, *a, **k: (seen.append((odds, draw(odds, *a, **k))), seen[-1][1])[1]
    )
    rule.updates(model, x, y, cross_entropy, state, generator(2))
    ((odds, drawn),) = seen
    return odds, drawn[:, 0]


def test_hard_negatives_follow_the_output_layer_and_are_never_right(monkeypatch):
    model, x, _ = problem()
    x, y = x[:1].repeat(3000, 1), torch.zeros(3000, dtype=torch.int64)
    rule = ForwardForward()
    state = rule.start(model, generator())
    with torch.no_grad():
        model.output.linear.bias.copy_(torch.tensor([3.0, 1.0, 0.0]))
        h = rule.activity(model, x[:1], state)["hidden2"]
        odds = model.output(level(h)).softmax(1)[0, 1:]
    _, drawn = wrong_labels(rule, model, x, y, state, monkeypatch)
    assert set(drawn.tolist()) == {1, 2}
    share = float(odds[0] / odds.sum())
    # Binomial with 3,000 draws: the standard deviation is at most 0.0091; four of them.
    assert float((drawn == 1).double().mean()) == pytest.approx(share, abs=0.037)


def test_random_negatives_are_all_wrong_labels_alike(monkeypatch):
    model, x, y = problem()
    rule = ForwardForward(negatives="random")
    odds, drawn = wrong_labels(rule, model, x, y, rule.start(model, generator()), monkeypatch)
    assert (drawn != y).all()
    assert torch.equal(odds > 0, torch.arange(3) != y[:, None])
    assert len(odds[odds > 0].unique()) == 1


def test_the_output_layer_learns_by_the_delta_rule_where_it_chooses_negatives():
    model, x, y = problem()
    rule = ForwardForward()
    state = rule.start(model, generator())
    updates, _ = rule.updates(model, x, y, cross_entropy, state, generator())
    h = level(rule.activity(model, x, state)["hidden2"])
    p = log_softmax(model.output(h), 1).exp()
    wanted = (torch.nn.functional.one_hot(y, 3) - p).T @ h / len(x)
    assert torch.allclose(updates["output.linear.weight"], wanted, atol=1e-12)  # float64


def test_products_are_those_of_every_label_and_of_every_pass():
    model, x, _ = problem(hidden=(7, 6), features=12)
    with torch.no_grad():
        for layer in list(model)[:-1]:
            layer.linear.bias.fill_(100)  # every neuron is on
    rule = ForwardForward(negatives="random")
    state = rule.start(model, generator())

    def total(rule, training):
        found = {}
        for row in rule.operations(model, x, state, training=training):
            dense, effective = found.get(row["layer"], (0, 0))
            found[row["layer"]] = dense + row["dense"], effective + row["effective"]
        return found

    # The first layer's products once, the second's for each of three labels; a square a neuron and label.
    answer = {"hidden1": 12 * 7 + 3 * 7, "hidden2": 3 * 7 * 6 + 3 * 6}
    assert total(rule, False) == {name: (n, n) for name, n in answer.items()}
    # Two passes, in each the products, the squares and the change; a third pass, and the output's answer and change.
    two = {"hidden1": 2 * (12 * 7 + 7 + 12 * 7), "hidden2": 2 * (7 * 6 + 6 + 7 * 6)}
    assert total(rule, True) == {name: (n, n) for name, n in two.items()}
    three = {"hidden1": two["hidden1"] + 12 * 7, "hidden2": two["hidden2"] + 7 * 6, "output": 2 * 6 * 3}
    assert total(ForwardForward(), True) == {name: (n, n) for name, n in three.items()}


def test_the_rate_falls_in_the_second_half_of_training():
    assert [ForwardForward().pace(done) for done in (0.0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.5, 0.0]


@pytest.mark.parametrize(
    ("recipe", "loss", "words"),
    [
        (CNN(channels=(2,)), cross_entropy, "needs fully connected layers in a row"),
        (Logistic(), cross_entropy, "trains hidden layers, and this model has none"),
        (MLP(activation="tanh"), cross_entropy, "neurons that answer at most 1 never do"),
        (MLP(activation="hardtanh"), cross_entropy, "neurons that answer at most 1 never do"),
        (MLP(), ValueLoss("mse"), "cannot predict values"),
    ],
    ids=["convolutions", "no hidden layer", "tanh", "hardtanh", "values"],
)
def test_forward_forward_refuses_what_it_cannot_serve(recipe, loss, words):
    assert words in ForwardForward().refuses(recipe.build((1, 8, 8), 3, generator()), loss)


def test_one_class_alone_has_no_wrong_label():
    assert "with one class" in ForwardForward().refuses(MLP().build((12,), 1, generator()), cross_entropy)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ForwardForward(threshold=0), "threshold = 0, but"),
        (lambda: ForwardForward(sharpness=-1), "sharpness = -1, but"),
        (lambda: ForwardForward(label_strength=0), "label_strength = 0, but"),
        (lambda: ForwardForward(negatives="easy"), 'negatives = .easy. is not known; choose "hard" or "random"'),
        (lambda: ForwardForward(answered_by="the last"), "answered_by = 'the last' is not known; choose"),
        (lambda: ForwardForward(learning_rate=0), "learning_rate = 0, but"),
    ],
)
def test_forward_forward_refuses_a_setting_when_it_is_made(make, words):
    with pytest.raises(ValueError, match=words):
        make()
