"""Images are changed at random: the same on resume and on any number of ranks, and shown in a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from safetensors.numpy import load_file

from minigrad_core.errors import ArgumentError, MinigradError, UnknownNameError
from minigrad_ops_nn import MLP
from minigrad_ops_nn.optimizers import SGD
from minigrad_train import fit
from minigrad_train.augmentation import make_augmentation, make_draw
from minigrad_train.cli.train import train
from minigrad_train.datasets import Task
from minigrad_train.errors import CallbackError
from minigrad_train.image_transforms import Draw, crop, flip, flip_vertically, rotate, shift
from minigrad_train.pictures import draw_augmentation
from tests.train.conftest import Training, invoke
from tests.train.thread_communicator import ThreadComm, run_on_ranks

RNG = np.random.default_rng(0)
IMAGES = RNG.random((6, 3, 5, 4), dtype=np.float32)
ALL = ("--augment", "flip", "--augment", "shift=2", "--augment", "rotate=10", "--augment", "crop=0.8")
SHORT = ("--hidden", 8, "--batch-size", 100)


def give(*numbers: float) -> Draw:
    """Return a `draw` that gives all images these numbers."""
    return lambda count: np.broadcast_to(np.array(numbers[:count], np.float32), (len(IMAGES), count))


def test_flips_mirror_the_images() -> None:
    np.testing.assert_array_equal(flip(IMAGES, give(0.4)), IMAGES[..., ::-1])
    np.testing.assert_array_equal(flip(IMAGES, give(0.6)), IMAGES)
    np.testing.assert_array_equal(flip_vertically(IMAGES, give(0.4)), IMAGES[:, :, ::-1])


def test_shift_moves_whole_pixels_and_repeats_the_edge() -> None:
    moved = shift(IMAGES, give(0.9, 0.5), pixels=1)  # one row down
    np.testing.assert_array_equal(moved[:, :, 1:], IMAGES[:, :, :-1])
    np.testing.assert_array_equal(moved[:, :, 0], IMAGES[:, :, 0])
    moved = shift(IMAGES, give(0.5, 0.0), pixels=2)  # two columns to the left
    np.testing.assert_array_equal(moved[..., :2], IMAGES[..., 2:])


def test_rotation_by_a_right_angle_is_that_of_numpy_and_none_changes_nothing() -> None:
    square = IMAGES[..., :4, :]
    turned = rotate(square, give(0.0), degrees=90)
    np.testing.assert_allclose(turned, np.rot90(square, -1, axes=(2, 3)), atol=1e-6)
    np.testing.assert_allclose(rotate(IMAGES, give(0.5), degrees=30), IMAGES, atol=1e-6)


def test_crop_shows_a_part_in_the_size_of_the_whole() -> None:
    np.testing.assert_allclose(crop(IMAGES, give(1.0, 0.3, 0.7), least=0.5), IMAGES, atol=1e-6)
    ramp = np.broadcast_to(np.arange(5, dtype=np.float32)[:, None], IMAGES.shape)
    part = crop(ramp, give(0.0, 1.0, 0.0), least=0.5)  # the lower half
    np.testing.assert_allclose(part[0, 0, :, 0], [2, 2.5, 3, 3.5, 4])


@pytest.mark.parametrize("text", ["flip", "flip-vertical", "shift=3", "rotate=20", "crop=0.5"])
def test_shape_dtype_and_range_stay_and_the_images_differ(text: str) -> None:
    augmentation = make_augmentation([text], Task((3, 5, 4), ("a", "b")))
    assert augmentation is not None
    rows = np.repeat(IMAGES.reshape(6, -1), 5, axis=0)
    changed = augmentation(rows, make_draw(30, np.random.default_rng(0)))
    assert (changed.shape, str(changed.dtype)) == (rows.shape, "float32")
    assert changed.min() >= 0
    assert changed.max() <= 1 + 1e-6
    assert len({row.tobytes() for row in changed[:5]}) > 1


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("shift", ArgumentError, r"--augment shift: expected shift=N, pixels from 1 up"),
        ("shift=0.5", ArgumentError, r"expected shift=N"),
        ("rotate=200", ArgumentError, r"expected rotate=DEGREES, up to 180"),
        ("crop=1", ArgumentError, r"expected crop=SHARE"),
        ("blur", UnknownNameError, r"--augment blur: unknown; known are flip, flip-vertical, shift=N"),
    ],
)
def test_wrong_augmentation_is_refused_before_the_run(
    small_mnist: Path, tmp_path: Path, text: str, error: type[MinigradError], message: str
) -> None:
    with pytest.raises(error, match=message):
        invoke(train, "--data", small_mnist, "--out", tmp_path / "run", "--augment", text)
    assert not (tmp_path / "run").exists()


def weights(folder: Path) -> dict[str, NDArray[Any]]:
    return load_file(folder / "weights.safetensors")


def test_resumed_run_draws_what_an_undisturbed_one_draws(small_mnist: Path, tmp_path: Path) -> None:
    common = ("--data", small_mnist, *ALL, *SHORT)
    invoke(train, *common, "--out", tmp_path / "whole", "--epochs", 2)
    invoke(train, *common, "--out", tmp_path / "parts", "--epochs", 1)
    invoke(train, "--resume", tmp_path / "parts", "--epochs", 2)
    invoke(train, "--data", small_mnist, *SHORT, "--out", tmp_path / "plain", "--epochs", 2)
    whole, parts, plain = (weights(tmp_path / name) for name in ("whole", "parts", "plain"))
    assert all(np.array_equal(whole[name], parts[name]) for name in whole)
    assert not np.array_equal(whole["layers.0.weight"], plain["layers.0.weight"])


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("ranks", [2, 3, 7])
def test_any_number_of_ranks_draws_the_same(ranks: int, shuffle: bool) -> None:
    x, y = RNG.random((17, 60)), RNG.integers(0, 3, 17)
    names = ["flip", "shift=1", "rotate=30", "crop=0.6"]
    augmentation = make_augmentation(names, Task((3, 5, 4), ("a", "b")))

    def run(comm: ThreadComm | None) -> dict[str, NDArray[Any]]:
        model = MLP([60, 4, 3], rng=np.random.default_rng(0), dtype=np.float64)
        seed = 0 if comm is None else comm.rank  # the generators start as that of rank 0
        fit(
            model,
            (x, y),
            optimizer=SGD(model.parameters(), lr=0.1),
            epochs=2,
            batch_size=5,
            shuffle=shuffle,
            augment=augmentation,
            rng=np.random.default_rng(seed),
            comm=comm,
        )
        return model.state_dict()

    expected = run(None)
    for state in run_on_ranks(ranks, run):
        assert isinstance(state, dict)
        for name, value in state.items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-12, atol=1e-14)


def test_picture_of_a_batch_is_drawn_and_changes_no_draw(small_mnist: Path, tmp_path: Path) -> None:
    common = ("--data", small_mnist, *ALL, *SHORT, "--epochs", 1)
    invoke(train, *common, "--out", tmp_path / "a")
    picture = tmp_path / "a" / "augmentation.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    before = weights(tmp_path / "a")
    invoke(train, *common, "--out", tmp_path / "a", "--overwrite")
    assert picture.exists()
    after = weights(tmp_path / "a")
    assert all(np.array_equal(before[name], after[name]) for name in before)
    invoke(train, "--data", small_mnist, *SHORT, "--epochs", 1, "--out", tmp_path / "a", "--overwrite")
    assert not picture.exists()


def test_picture_shows_each_image_above_its_changed_one() -> None:
    task = Task((3, 5, 4), ("a", "b"))
    figure = draw_augmentation(IMAGES.reshape(6, -1), 1 - IMAGES.reshape(6, -1), task, ["flip"])
    above, below = (figure.axes[index].images[0].get_array() for index in (0, 8))
    assert above is not None
    assert below is not None
    np.testing.assert_allclose(np.asarray(above) + np.asarray(below), 1, atol=1e-6)


PLUGIN = """
import numpy as np

def darken(images, draw):
    log.append(images.shape)
    return images * draw(1)[:, :, None, None]

@hookimpl
def train_augmentations():
    return {'darken': darken, 'broken': lambda images, draw: 1 / 0, 'flat': lambda images, draw: images[0]}
"""


def run_with_plugin(training: Training, data: Path, name: str) -> Result:
    training.take_part("mine", PLUGIN)
    options = ["--data", data, "--out", training.folder / "run", *SHORT, "--epochs", 1, "--augment", name]
    return CliRunner().invoke(train, [str(option) for option in options], catch_exceptions=False)


def test_augmentation_of_a_plugin_is_used(training: Training, small_mnist: Path, log: list[Any]) -> None:
    assert run_with_plugin(training, small_mnist, "mine::darken").exit_code == 0
    assert log[-1] == (100, 1, 28, 28)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken", r"mine::broken raised ZeroDivisionError"),
        ("flat", r"mine::flat returned .* expected images"),
    ],
)
def test_fault_of_an_augmentation_names_it(
    training: Training, small_mnist: Path, name: str, message: str
) -> None:
    with pytest.raises(CallbackError, match=message):
        run_with_plugin(training, small_mnist, f"mine::{name}")


@pytest.mark.parametrize("batch_size", [None, 2])
def test_function_that_writes_to_a_batch_leaves_the_examples_and_one_of_another_shape_is_refused(
    batch_size: int | None,
) -> None:
    def invert(batch: Any, _: Any) -> Any:
        np.subtract(1, batch, out=batch)
        return batch

    examples = IMAGES.reshape(6, -1).copy(), np.arange(6) % 2
    model = MLP([60, 2])
    settings: dict[str, Any] = {"epochs": 1, "batch_size": batch_size, "shuffle": False}
    settings["optimizer"] = SGD(model.parameters(), lr=0.1)
    fit(model, examples, augment=invert, **settings)
    np.testing.assert_array_equal(examples[0], IMAGES.reshape(6, -1))
    with pytest.raises(
        ArgumentError, match=r"augment: expected inputs of the shape \(\d, 60\), got \(1, 60\)"
    ):
        fit(model, examples, augment=lambda batch, _: batch[:1], **settings)
