"""Generation takes its images from the digits' tasks, and asks nobody for a class."""

import os

import numpy as np
import pytest

import ann
from ann import MLP, VAE, Autoencoder, Classifier, EncoderDecoder, Generator, PixelGaussian, Regressor
from compare.tasks import Digits, Generation, Mnist
from compare.tasks._files import folders_of
from compare.testing import check_task

HERE = os.environ.get("NEUROCONTRAST_DATA")
real = pytest.mark.skipif(
    HERE is None or not any((folder / "train-images-idx3-ubyte.gz").exists() for folder in folders_of("mnist")),
    reason="MNIST is not on this machine: set NEUROCONTRAST_DATA to the folder that holds mnist/",
)
PARTS = ("train", "validation", "test", "probe")


def same(one, other):
    return all(
        np.array_equal(a, b) for which in PARTS
        for a, b in zip(getattr(one, which), getattr(other, which), strict=True)
    ) and one.checksum == other.checksum  # fmt: skip


def test_it_keeps_a_tasks_promises():
    check_task(Generation())


def test_the_digits_images_are_those_of_the_task_digits():
    assert same(Generation().load(0), Digits(size=8).load(0))


@real
def test_mnists_images_are_those_of_the_task_mnist():
    sizes = {"train": 300, "validation": 200, "test": 300}
    assert same(Generation(of="mnist", **sizes).load(0), Mnist(**sizes).load(0))


def test_the_facts_know_ten_classes_for_the_judge_and_no_chance():
    facts = Generation().facts()
    assert (facts.target, facts.classes, facts.chance) == ("none", 10, None)
    assert facts.shape == (1, 8, 8)
    facts = Generation(of="mnist", train=10_000).facts()
    assert facts.shape == (1, 28, 28)
    assert facts.examples == {"train": 10_000, "validation": 5_000, "test": 2_000}
    assert Generation(of="mnist").source == Mnist.source
    assert Generation().licence == Digits.licence


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"of": "faces"}, "of = 'faces' is not known"),
        ({"train": 100}, "train = 100, but the digits have one split"),
        ({"of": "mnist", "test": 10}, "test = 10: write 200 to 10,000 images"),
        ({"of": "mnist", "train": 59_000}, "train = 59000: 55,000 images are left"),
    ],
)
def test_what_there_is_not_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Generation(**options)


@pytest.mark.parametrize(
    "learner", [Generator(VAE()), Generator(ann.GAN()), Autoencoder(EncoderDecoder()), PixelGaussian()]
)
def test_learners_of_samples_serve_it_and_refuse_the_digits_classes(learner):
    assert learner.refuses(Generation().facts()) is None
    assert learner.refuses(Digits(size=8).facts()).endswith("but the task's target is 'class'.")


@pytest.mark.parametrize("learner", [Classifier(MLP()), ann.PCAClassifier(8), Regressor(MLP())])
def test_learners_of_classes_and_values_refuse_it_with_a_sentence(learner):
    assert learner.refuses(Generation().facts()).endswith("but the task's target is 'none'.")
