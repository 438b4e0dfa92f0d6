"""Sets that nobody here has seen, from the command line: trained on without another option, and predicted."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.datasets import load
from minigrad_train.errors import DatasetError, SavedRunError
from minigrad_train.images import load_images
from tests.train.conftest import idx_bytes, invoke

FASHION = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"]
FLOWERS = {
    "daisy": (240, 240, 240),
    "rose": (200, 20, 40),
    "tulip": (220, 60, 180),
    "iris": (40, 40, 200),
    "fern": (20, 120, 30),
}


def fashion(folder: Path, small_mnist: Path) -> Path:
    """Write four files as Fashion-MNIST is published, gzip-compressed, with the names of its classes."""
    folder.mkdir()
    for file in small_mnist.iterdir():
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    (folder / "classes.txt").write_text("\n".join(FASHION))
    return folder


def flowers(folder: Path, _: Path) -> Path:
    """Write JPEGs of 40 x 32, a folder to each of five classes, which differ in their colour."""
    rng = np.random.default_rng(0)
    for name, colour in FLOWERS.items():
        (folder / name).mkdir(parents=True)
        for number in range(24):
            pixels = rng.normal(colour, 30, (40, 32, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.jpg")
    return folder


def digits_of_8x8(path: Path, small_mnist: Path) -> Path:
    """Write an .npz of 8 x 8 digits in 17 shades."""
    splits, _ = load(small_mnist)
    images = splits.train.images.reshape(-1, 28, 28)[:, 2:26, 2:26].reshape(-1, 8, 3, 8, 3).mean((2, 4))
    np.savez(path, images=np.rint(images * 16), target=splits.train.labels)
    return path


@pytest.mark.parametrize(
    ("write", "name", "text"),
    [
        (fashion, "fashion", "images of 28 x 28, 10 classes\n500 to train, 100 to validate, 100 to test"),
        (
            flowers,
            "flowers",
            "images of 40 x 32 in colour, 5 classes\n84 to train, 16 to validate, 20 to test",
        ),
        (
            digits_of_8x8,
            "digits.npz",
            "images of 8 x 8 of 0 to 16, 10 classes\n348 to train, 69 to validate, 83 to test",
        ),
    ],
)
def test_set_of_ones_own_is_learned_and_predicted(
    small_mnist: Path, tmp_path: Path, write: Callable[[Path, Path], Path], name: str, text: str
) -> None:
    data = write(tmp_path / name, small_mnist)
    result = invoke(train, "--data", data, "--out", tmp_path / "run")
    assert result.exit_code == 0
    assert text in result.output
    test = json.loads((tmp_path / "run" / "result.json").read_text())
    assert test["test_accuracy"] > 0.5
    predicted = json.loads(invoke(predict, tmp_path / "run", "--test", "--json").output)
    assert predicted["measured"]["accuracy"] == test["test_accuracy"]
    assert {entry["class"] for entry in predicted["predictions"]} <= set(predicted["classes"])
    assert predicted["classes"] == list(load(data).task.classes)


def test_classes_are_called_by_their_names_and_one_picture_may_be_asked_about(tmp_path: Path) -> None:
    data, run = flowers(tmp_path / "flowers", tmp_path), tmp_path / "run"
    invoke(train, "--data", data, "--out", run, "--epochs", 2, "--model", "linear")
    output = invoke(predict, run, "--test").output
    assert "4 tulip" in output
    assert "predicted" in output
    line = invoke(predict, run, data / "rose" / "0.jpg").output
    assert line.startswith(f"{data / 'rose' / '0.jpg'}  ")
    assert line.split()[-2] in FLOWERS
    Image.new("RGB", (50, 50)).save(tmp_path / "large.png")
    with pytest.raises(
        DatasetError, match=r"large.png: expected channels x height x width of 3 x 40 x 32, got 3 x 50 x 50"
    ):
        invoke(predict, run, tmp_path / "large.png")


def test_picture_is_scaled_as_those_in_training_were(tmp_path: Path) -> None:
    data, run = flowers(tmp_path / "flowers", tmp_path), tmp_path / "run"
    invoke(train, "--data", data, "--resize", 8, "--out", run, "--epochs", 2, "--model", "cnn")
    Image.new("RGB", (50, 70), "white").save(tmp_path / "large.png")
    assert invoke(predict, run, tmp_path / "large.png").exit_code == 0
    assert "accuracy" in invoke(predict, run, "--test").output


@pytest.mark.parametrize(
    ("images", "dtype"),
    [(15.0, np.uint8), (62, np.uint8), (4095, np.uint16), (255, np.uint8), (1, np.uint8)],
)
def test_array_and_the_same_numbers_in_a_picture_are_scaled_alike(
    tmp_path: Path, images: float, dtype: Any
) -> None:
    """`images` is the largest number, and gives the type of all."""
    shades = np.rint(np.linspace(0, images, 30 * 16).reshape(30, 4, 4)).astype(type(images))
    labels = np.arange(30) % 2
    np.savez(tmp_path / "set.npz", x=shades, y=labels, x_test=shades, y_test=labels)
    splits, task = load(tmp_path / "set.npz")
    Image.fromarray(shades[29].astype(dtype)).save(tmp_path / "last.png")
    np.testing.assert_array_equal(load_images(tmp_path / "last.png", task)[0], splits.test.images[29])
    if dtype == np.uint8:
        (tmp_path / "idx").write_bytes(idx_bytes(shades))
        np.testing.assert_array_equal(load_images(tmp_path / "idx", task), splits.test.images)


@pytest.mark.filterwarnings("default:.*not used")
def test_arrays_that_are_not_used_are_told_in_a_line(tmp_path: Path, small_mnist: Path) -> None:
    data, run = digits_of_8x8(tmp_path / "digits.npz", small_mnist), tmp_path / "run"
    np.savez(data, **np.load(data), x_tset=np.zeros(3))
    text = f"note: {data}: not used: x_tset; what is used is x_train, "
    result = invoke(train, "--data", data, "--out", run, "--epochs", 1, "--model", "linear")
    assert result.stderr.startswith(text)
    assert invoke(predict, run, "--test").stderr.startswith(text)


def test_picture_of_another_scale_than_the_arrays_in_training_is_refused(
    tmp_path: Path, small_mnist: Path
) -> None:
    data, run = digits_of_8x8(tmp_path / "digits.npz", small_mnist), tmp_path / "run"
    invoke(train, "--data", data, "--out", run, "--epochs", 1, "--model", "linear")
    image = np.load(data)["images"][0]
    Image.fromarray(image.astype(np.uint8)).save(tmp_path / "same.png")
    assert invoke(predict, run, tmp_path / "same.png").exit_code == 0
    Image.fromarray((image * 15).astype(np.uint8)).save(tmp_path / "stretched.png")
    with pytest.raises(DatasetError, match=r"stretched.png: expected pixels from 0 to 16, .*, got 2"):
        invoke(predict, run, tmp_path / "stretched.png")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (lambda x, y: (16 - x, y), r"the pixels of the train examples differ"),
        (lambda x, y: (x, (y + 1) % 10), r"the labels of the train examples differ"),
        (lambda x, y: (x[::2], y[::2]), r"348 train examples are now 175"),
    ],
)
def test_examples_that_have_changed_are_noticed(
    tmp_path: Path, small_mnist: Path, changed: Callable[..., Any], text: str
) -> None:
    data, run = digits_of_8x8(tmp_path / "digits.npz", small_mnist), tmp_path / "run"
    invoke(train, "--data", data, "--out", run, "--epochs", 1, "--model", "linear")
    before = dict(np.load(data))
    images, labels = changed(before["images"], before["target"])
    for command, arguments in ((train, ("--resume", run, "--epochs", 2)), (predict, (run, "--test"))):
        np.savez(data, images=images, target=labels)
        with pytest.raises(
            SavedRunError, match=rf"the data have changed since it was trained: {text}; bring"
        ):
            invoke(command, *arguments)
        np.savez(data, **before)  # the same numbers in another file
        assert invoke(command, *arguments).exit_code == 0


def test_data_that_are_no_longer_what_the_run_was_trained_on_are_refused(tmp_path: Path) -> None:
    data, run = flowers(tmp_path / "flowers", tmp_path), tmp_path / "run"
    invoke(train, "--data", data, "--out", run, "--epochs", 1, "--model", "linear")
    (data / "fern").rename(data / "moss")
    for command, arguments in ((train, ("--resume", run, "--epochs", 2)), (predict, (run, "--test"))):
        with pytest.raises(SavedRunError, match=r"images of 40 x 32 in colour, 5 classes; the data are now"):
            invoke(command, *arguments)
