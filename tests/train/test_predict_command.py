from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from numpy.typing import NDArray
from PIL import Image

from minigrad_train import datasets
from minigrad_train import predict as outputs
from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.confusion import confusion_matrix, format_confusion
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.errors import DatasetError, SavedRunError
from minigrad_train.images import load_images
from minigrad_train.saved_network import load_model
from minigrad_train.weights import load_arrays, save_arrays
from tests.train.conftest import idx_bytes, invoke


def png_bytes(pixels: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


PNG = png_bytes(np.random.default_rng(0).integers(0, 255, (28, 28), dtype=np.uint8))


@pytest.fixture(scope="module")
def weights(small_mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the weights of a network that is right more often than not."""
    out: Path = tmp_path_factory.mktemp("run")
    options = ("--epochs", 3, "--hidden", 16, "--batch-size", 20)
    invoke(train, "--data", small_mnist, "--out", out, *options)
    return out / "weights.safetensors"


def run(*arguments: object) -> Result:
    return invoke(predict, *arguments)


def guesses(weights: Path, small_mnist: Path) -> list[int]:
    *_, model = load_model(weights)
    return [int(row.argmax()) for row in outputs(model, datasets.mnist(small_mnist).test.images)]


@pytest.mark.usefixtures("rendered_figures")
def test_test_images_give_a_confusion_matrix_the_accuracy_and_a_picture(
    weights: Path, small_mnist: Path, tmp_path: Path
) -> None:
    result = run(weights, "--test", "--out", tmp_path / "new")
    labels = datasets.mnist(small_mnist).test.labels
    predictions = np.array(guesses(weights, small_mnist))
    assert format_confusion(confusion_matrix(labels, predictions, 10), DIGITS.classes) in result.output
    assert f"accuracy {np.mean(labels == predictions):.2%}" in result.output
    assert (tmp_path / "new" / "mistakes.png").read_bytes().startswith(b"\x89PNG")
    assert re.search(r"worst mistakes drawn in .*mistakes.png", result.output)


def test_idx_images_give_a_line_each(weights: Path, small_mnist: Path) -> None:
    path = small_mnist / "t10k-images-idx3-ubyte"
    lines = run(weights, path).output.splitlines()
    expected = guesses(weights, small_mnist)
    assert len(lines) == 100
    for index, (line, digit) in enumerate(zip(lines, expected, strict=True)):
        assert re.fullmatch(rf"{re.escape(str(path))}\[{index}\]  {digit}  \d+\.\d%", line)


def test_idx_images_with_labels_are_measured(weights: Path, small_mnist: Path, tmp_path: Path) -> None:
    images, labels = (small_mnist / f"t10k-{name}-ubyte" for name in ("images-idx3", "labels-idx1"))
    result = run(weights, images, "--labels", labels, "--out", tmp_path)
    assert run(weights, "--test", "--out", tmp_path).output in result.output
    with pytest.raises(DatasetError, match=r"100 images, but labels of shape \(600,\)"):
        run(weights, images, "--labels", small_mnist / "train-labels-idx1-ubyte")


def test_json_holds_predictions_and_what_was_measured(
    weights: Path, small_mnist: Path, tmp_path: Path
) -> None:
    output = json.loads(run(weights, "--test", "--out", tmp_path, "--json").stdout)
    labels, expected = datasets.mnist(small_mnist).test.labels, guesses(weights, small_mnist)
    assert [entry["image"] for entry in output["predictions"][:2]] == ["test[0]", "test[1]"]
    assert [entry["label"] for entry in output["predictions"]] == expected
    assert all(0.1 <= entry["probability"] <= 1 for entry in output["predictions"])
    measured = output["measured"]
    assert measured["confusion"] == confusion_matrix(labels, np.array(expected), 10).tolist()
    assert measured["accuracy"] == np.mean(labels == np.array(expected))
    assert measured["picture"] == str(tmp_path / "mistakes.png")


def test_picture_that_cannot_be_written_costs_no_numbers(weights: Path) -> None:
    result = run(weights, "--test", "--out", "/proc/nowhere")
    assert result.exit_code == 0
    assert "accuracy" in result.stdout
    assert "drawn" not in result.stdout
    assert result.stderr == "/proc/nowhere/mistakes.png could not be drawn: No such file or directory\n"
    output = json.loads(run(weights, "--test", "--out", "/proc/nowhere", "--json").stdout)
    assert output["measured"]["picture"] is None


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_weights_that_predict_nothing_are_refused(weights: Path, tmp_path: Path, value: float) -> None:
    arrays, description = load_arrays(weights)
    arrays["layers.0.weight"][:] = value
    save_arrays(tmp_path / "w.safetensors", arrays, description)
    with pytest.raises(SavedRunError, match=r"w.safetensors: .*such weights predict nothing"):
        run(tmp_path / "w.safetensors", "--test", "--json")


def test_network_larger_than_the_memory_is_told_in_one_line(weights: Path, tmp_path: Path) -> None:
    arrays, description = load_arrays(weights)
    settings = description["settings"] | {"hidden": [10**12]}
    save_arrays(tmp_path / "w.safetensors", arrays, description | {"settings": settings})
    result = run(tmp_path / "w.safetensors", "--test")
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: out of memory \(.*\); a smaller .*network needs less\n", result.stderr)


def test_network_for_a_task_that_nobody_describes_is_refused(weights: Path, tmp_path: Path) -> None:
    arrays, description = load_arrays(weights)
    for task in (None, {"shape": [1, 28, 28]}, {"shape": [1, 28, 0], "classes": ["a", "b"]}, {"shape": 3}):
        save_arrays(tmp_path / "w.safetensors", arrays, description | {"task": task})
        with pytest.raises(DatasetError, match=r"does not say which images and classes it is for|no pixels"):
            run(tmp_path / "w.safetensors", "--test")


@pytest.mark.parametrize("name", ["/dev/zero", "fifo"])
def test_what_is_no_file_is_no_image(weights: Path, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(DatasetError, match=r"cannot be read: it is not a regular file"):
        run(weights, tmp_path / name)


def test_json_of_images_without_labels_measures_nothing(weights: Path, small_mnist: Path) -> None:
    output = json.loads(run(weights, small_mnist / "t10k-images-idx3-ubyte", "--json").stdout)
    assert len(output["predictions"]) == 100
    assert output["measured"] is None


def test_pngs_are_predicted_by_name(weights: Path, small_mnist: Path, tmp_path: Path) -> None:
    pixels = np.rint(datasets.mnist(small_mnist).test.images[:2] * 255).astype(np.uint8).reshape(2, 28, 28)
    for index in (0, 1):
        Image.fromarray(pixels[index]).save(tmp_path / f"{index}.png")
    output = run(weights, tmp_path / "0.png", tmp_path / "1.png").output
    first, second = guesses(weights, small_mnist)[:2]
    assert re.match(rf".*0\.png  {first}  \d+\.\d%\n.*1\.png  {second}  \d+\.\d%\n", output)


def test_digit_anywhere_on_a_larger_sheet_reads_as_in_mnist(digits: datasets.Splits, tmp_path: Path) -> None:
    """Ink on transparency, four times as large, off the middle."""
    image = np.rint(digits.test.images[0] * 255).astype(np.uint8).reshape(28, 28).repeat(4, 0).repeat(4, 1)
    ink = np.zeros((300, 200, 4), np.uint8)
    ink[150:262, 20:132, 3] = image
    Image.fromarray(ink).save(tmp_path / "ink.png")
    [pixels] = load_images(tmp_path / "ink.png", DIGITS)
    assert np.abs(pixels - digits.test.images[0]).mean() < 0.02


@pytest.mark.parametrize(
    "shown",
    [
        lambda image: image.astype(np.uint16) * 257,
        lambda image: 255 - image,
        lambda image: 200 - (image * 0.6).round().astype(np.uint8),
        lambda image: np.stack([image] * 3, axis=-1),
    ],
    ids=["16 bits", "dark ink", "grey paper", "RGB"],
)
def test_depth_paper_and_colour_do_not_matter(
    digits: datasets.Splits, tmp_path: Path, shown: Callable[[NDArray[Any]], NDArray[Any]]
) -> None:
    image = np.rint(digits.test.images[0] * 255).astype(np.uint8).reshape(28, 28)
    Image.fromarray(shown(image)).save(tmp_path / "a.png")
    [pixels] = load_images(tmp_path / "a.png", DIGITS)
    np.testing.assert_allclose(pixels / pixels.max(), digits.test.images[0], atol=0.01)


def test_blank_sheet_has_no_ink(tmp_path: Path) -> None:
    Image.new("L", (50, 60), "white").save(tmp_path / "blank.png")
    assert not load_images(tmp_path / "blank.png", DIGITS).any()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *((PNG[:end], r"no readable PNG or JPEG") for end in (8, 40, -60)),
        (
            b"This is a text, and no image.",
            r"neither a PNG, a JPEG nor an IDX file; it begins with b'This",
        ),
        (idx_bytes(np.zeros((0, 28, 28))), r"no images in it"),
    ],
)
def test_file_without_an_image_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "image").write_bytes(content)
    with pytest.raises(DatasetError, match=rf"image: {message}"):
        load_images(tmp_path / "image", DIGITS)


def test_folder_of_a_run_stands_for_its_weights(weights: Path, tmp_path: Path) -> None:
    arguments = ("--test", "--out", tmp_path)
    assert run(weights.parent, *arguments).output == run(weights, *arguments).output


def test_checkpoint_and_weights_of_another_network_are_refused(weights: Path) -> None:
    with pytest.raises(SavedRunError, match=r"this is a checkpoint; the weights are in .*weights.safetens"):
        run(weights.with_name("checkpoint.safetensors"), "--test")
    with pytest.raises(SavedRunError, match=r"these are weights of mlp, not of own:Network"):
        run(weights, "--test", "--model", "own:Network")


@pytest.mark.parametrize("arguments", [(), ("--test", "IMAGES")])
def test_exactly_one_source_of_images_is_asked_for(
    weights: Path, small_mnist: Path, arguments: tuple[str, ...]
) -> None:
    images = small_mnist / "t10k-images-idx3-ubyte"
    result = run(weights, *[images if argument == "IMAGES" else argument for argument in arguments])
    assert result.exit_code == 2
    assert "give either IMAGES or --test" in result.output


def test_confusion_counts_true_classes_in_rows() -> None:
    matrix = confusion_matrix(np.array([0, 0, 2, 2, 2]), np.array([0, 1, 2, 2, 0]), 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 2]]
    assert format_confusion(matrix, ["a", "b", "c"]).splitlines() == [
        "      predicted",
        "true   a b c    right",
        "   a   1 1 .    50.0%",
        "   b   . . .        -",
        "   c   1 . 2    66.7%",
    ]
