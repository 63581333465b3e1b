"""A user's own images: which are found, what becomes of their pixels, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks import ImageFolder
from compare.testing import check_task


def save(path: Path, pixels: np.ndarray, **how) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path, **how)


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape)


@pytest.fixture
def pets(tmp_path) -> Path:
    """Ten images each of dogs and cats, 8x8, grey."""
    for place, name in enumerate(("dog", "cat")):
        for number in range(10):
            save(tmp_path / "pets" / name / f"{number}.png", noise(100 * place + number, 8, 8))
    return tmp_path / "pets"


def test_it_keeps_what_a_task_promises(pets):
    check_task(ImageFolder(folder=str(pets), size=8))
    check_task(
        ImageFolder(folder=str(pets), size=5, colour=True),
        change=lambda: save(pets / "dog" / "0.png", noise(7, 8, 8)),
    )


def test_classes_are_the_sorted_names_and_pixels_are_those_of_the_files(pets):
    split = ImageFolder(folder=str(pets), size=8).load(0)
    seen = set()
    for X, y in (split.train, split.validation, split.test):
        for image, label in zip(X, y, strict=True):
            name = ("cat", "dog")[label]
            stored = [np.asarray(Image.open(path)) / np.float32(255) for path in sorted((pets / name).iterdir())]
            seen.add((name, next(i for i, pixels in enumerate(stored) if np.array_equal(pixels, image[0]))))
    assert len(seen) == 20


def test_facts_are_known_without_opening_an_image(pets):
    for path in pets.rglob("*.png"):
        path.write_bytes(b"")
    facts = ImageFolder(folder=str(pets), size=12, colour=True).facts()
    assert (facts.shape, facts.classes, facts.chance) == ((3, 12, 12), 2, 0.5)
    assert facts.examples == {"train": 12, "validation": 4, "test": 4}


def test_images_that_were_divided_keep_their_parts(tmp_path):
    for part, seeds in (("train", range(12)), ("test", range(50, 56))):
        for seed in seeds:
            save(tmp_path / part / f"class {seed % 2}" / f"{seed}.png", noise(seed, 4, 4))
    split = ImageFolder(folder=str(tmp_path), size=4).load(0)
    test = {(noise(seed, 4, 4).astype(np.uint8) / np.float32(255)).tobytes() for seed in range(50, 56)}
    assert {image.tobytes() for image in split.test[0]} == test
    assert len(split.train[0]) + len(split.validation[0]) == 12


def test_two_classes_named_train_and_test_are_classes(tmp_path):
    for seed in range(20):
        save(tmp_path / ("train", "test")[seed % 2] / f"{seed}.png", noise(seed, 4, 4))
    assert ImageFolder(folder=str(tmp_path)).facts().classes == 2


def test_grey_is_the_weighted_sum_of_itu_r_601_and_colours_keep_their_order(pets):
    save(pets / "cat" / "0.png", np.tile([200, 100, 50], (8, 8, 1)))
    grey, colour = (ImageFolder(folder=str(pets), size=8, colour=c, train=12) for c in (False, True))
    expected = 0.299 * 200 + 0.587 * 100 + 0.114 * 50
    assert any(np.allclose(image * 255, expected, atol=0.6) for image in _all(grey))  # a byte is rounded
    assert any(np.array_equal(np.rint(image[:, 0, 0] * 255), [200, 100, 50]) for image in _all(colour))


def test_a_wide_image_is_cut_to_its_middle_and_averaged(pets):
    wide = np.zeros((4, 12))
    wide[:, 4:8] = np.repeat(np.repeat([[40, 80], [120, 160]], 2, 0), 2, 1)  # the middle square, of 2x2 blocks
    save(pets / "cat" / "0.png", wide)
    middle = [image[0] * 255 for image in _all(ImageFolder(folder=str(pets), size=1))]
    assert any(np.allclose(image, 100, atol=0.6) for image in middle)  # the mean of the blocks, rounded


def test_an_image_is_turned_as_its_camera_says(pets):
    pixels = np.tile(np.linspace(0, 255, 8), (8, 1))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees, clockwise
    save(pets / "cat" / "0.png", pixels, exif=exif)
    turned = np.rot90(pixels.astype(np.uint8), -1) / np.float32(255)
    assert any(np.array_equal(image[0], turned) for image in _all(ImageFolder(folder=str(pets), size=8)))


def test_jpeg_and_capital_endings_are_read_and_other_files_are_left_alone(pets):
    save(pets / "cat" / "A.JPG", noise(7, 8, 8))
    save(pets / "dog" / "a.jpeg", noise(8, 8, 8))
    for name in (".hidden.png", "notes.txt"):
        (pets / "cat" / name).write_bytes(b"no image")
    (pets / ".git").mkdir()
    assert len(_all(ImageFolder(folder=str(pets), size=8))) == 22


def test_an_empty_class_is_named(pets):
    (pets / "newt").mkdir()
    with pytest.raises(EnvironmentFault, match=r"class 'newt' is empty: .*newt holds no \.png, \.jpg or \.jpeg"):
        ImageFolder(folder=str(pets)).facts()


def test_a_folder_without_classes_or_with_one_is_refused(pets):
    with pytest.raises(EnvironmentFault, match="holds no folders; expected one for each class"):
        ImageFolder(folder=str(pets / "cat")).facts()
    for path in (pets / "dog").iterdir():
        path.rename(pets / "cat" / f"dog {path.name}")
    (pets / "dog").rmdir()
    with pytest.raises(EnvironmentFault, match="one class only, cat; two are needed"):
        ImageFolder(folder=str(pets)).facts()


def test_a_link_to_nothing_is_named_and_not_passed_over(pets):
    (pets / "dog" / "a.png").symlink_to(pets / "gone.png")
    with pytest.raises(EnvironmentFault, match=r"dog/a\.png is no file"):
        ImageFolder(folder=str(pets)).facts()


def test_a_third_part_beside_train_and_test_is_not_passed_over(tmp_path):
    for seed in range(12):
        save(tmp_path / ("train", "test", "valid")[seed % 3] / f"class {seed % 2}" / f"{seed}.png", noise(seed, 4, 4))
    with pytest.raises(EnvironmentFault, match="beside train and test there is valid with classes of its own"):
        ImageFolder(folder=str(tmp_path)).facts()


def test_a_class_with_too_few_images_is_named(pets):
    save(pets / "newt" / "1.png", noise(1, 8, 8))
    with pytest.raises(EnvironmentFault, match="class 'newt' has too few samples, 1: none falls into the test part"):
        ImageFolder(folder=str(pets)).facts()


def test_train_and_test_must_have_the_same_classes(tmp_path):
    for part, name in (("train", "cat"), ("train", "dog"), ("test", "cat"), ("test", "cow")):
        save(tmp_path / part / name / "1.png", noise(1, 4, 4))
    with pytest.raises(EnvironmentFault, match=r"has the classes cat, dog, .* has cat, cow\. They must be the same"):
        ImageFolder(folder=str(tmp_path)).facts()


@pytest.mark.parametrize("cut", [0, 20, 60])
def test_a_damaged_image_is_named(pets, cut):
    path = pets / "dog" / "3.png"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(EnvironmentFault, match=r"dog/3\.png cannot be read as an image"):
        ImageFolder(folder=str(pets)).load(0)


def test_an_image_of_sixteen_bits_is_refused_and_not_clipped(pets):
    Image.fromarray(np.full((8, 8), 30_000, np.uint16)).save(pets / "dog" / "3.png")
    with pytest.raises(EnvironmentFault, match=r"dog/3\.png has pixels of mode I;16; save it with eight bits"):
        ImageFolder(folder=str(pets)).load(0)


def test_another_pixel_is_another_checksum_and_a_pinned_content_is_demanded(pets):
    task = ImageFolder(folder=str(pets))
    before = task.load(0).checksum
    save(pets / "dog" / "3.png", noise(999, 8, 8))
    assert task.load(0).checksum != before
    with pytest.raises(EnvironmentFault, match="has changed"):
        ImageFolder(folder=str(pets), sha256="0" * 64).load(0)


def test_an_absent_folder_is_missing_data_and_a_size_without_meaning_is_refused():
    with pytest.raises(DataMissing, match="folder = 'nowhere'"):
        ImageFolder(folder="nowhere").facts()
    with pytest.raises(ValueError, match="size = 0"):
        ImageFolder(size=0)
    assert ImageFolder(folder="my/pets").title == "Own images (pets)"


def _all(task: ImageFolder) -> np.ndarray:
    split = task.load(0)
    return np.concatenate([split.train[0], split.validation[0], split.test[0]])
