"""The convolutional network and the transformer of `minigrad train`: they learn, and resume bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_ops_nn import Dropout, Linear, Sequential
from minigrad_train import fit
from minigrad_train.checkpoint import load_checkpoint, save_checkpoint
from minigrad_train.cli.train import train
from minigrad_train.datasets import Task
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.models import MODELS, build_model, get_recommended_settings
from minigrad_train.networks import ConvolutionalNetwork, RowTransformer
from minigrad_train.session import assemble
from minigrad_train.settings import Settings
from tests.train.conftest import invoke

NAMES = ["cnn", "transformer"]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", [(3, 40, 32), (1, 8, 8), (2, 5, 7)])
def test_every_model_is_built_for_the_shape_and_the_classes_of_the_data(
    name: str, shape: tuple[int, int, int]
) -> None:
    task = Task(shape, ("a", "b", "c"))
    model = build_model(Settings(model=name), task, np.random.default_rng(0))
    images = np.random.default_rng(1).random((2, task.pixels), dtype=np.float32)
    logits = model.eval()(images).numpy()
    assert (logits.shape, logits.dtype) == ((2, 3), np.float32)
    assert not np.array_equal(logits, model(images[:, ::-1]).numpy())


def test_images_too_small_to_be_halved_twice_are_refused_by_the_cnn() -> None:
    with pytest.raises(ArgumentError, match=r"a cnn needs images of at least 4 x 4, got 3 x 9; take an mlp"):
        ConvolutionalNetwork((1, 3, 9), 2, rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_gets_a_gradient(name: str) -> None:
    model = build_model(Settings(model=name), DIGITS, np.random.default_rng(0))
    images = np.random.default_rng(1).random((8, 784), dtype=np.float32)
    mg.ops.nn.cross_entropy(model(images), np.arange(8)).backward()
    assert [key for key, parameter in model.named_parameters() if parameter.grad is None] == []


@pytest.mark.parametrize("name", NAMES)
def test_images_of_a_batch_do_not_mix(name: str) -> None:
    model = build_model(Settings(model=name, dtype="float64"), DIGITS, np.random.default_rng(0)).eval()
    images = np.random.default_rng(1).random((4, 784))
    logits = model(images).numpy()
    assert (logits.shape, logits.dtype) == ((4, 10), np.float64)
    np.testing.assert_allclose(logits[2:3], model(images[2:3]).numpy(), rtol=1e-10)


def test_order_of_the_rows_matters_to_the_transformer() -> None:
    model = RowTransformer(DIGITS.shape, 10, rng=np.random.default_rng(0), dtype=np.float64)
    image = np.random.default_rng(1).random((1, 28, 28))
    assert np.abs(model(image).numpy() - model(image[:, ::-1]).numpy()).max() > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_larger_models_learn_and_resume_bit_for_bit_from_the_command_line(
    small_mnist: Path, tmp_path: Path, name: str
) -> None:
    for folder, epochs in (("whole", 2), ("broken", 1)):
        invoke(train, "--data", small_mnist, "--model", name, "--out", tmp_path / folder, "--epochs", epochs)
    invoke(train, "--resume", tmp_path / "broken", "--epochs", 2)
    whole, broken = (tmp_path / folder / "weights.safetensors" for folder in ("whole", "broken"))
    assert whole.read_bytes() == broken.read_bytes()
    lines = (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
    losses = [json.loads(line)["loss"] for line in lines]
    assert losses == sorted(losses, reverse=True)


def train_settings(data: Path, out: Path, *options: object) -> dict[str, Any]:
    """Train, and return the settings in config.json."""
    invoke(train, "--data", data, "--out", out, *options)
    config: dict[str, Any] = json.loads((out / "config.json").read_text())
    return config


def test_recommended_settings_of_the_model_hold_where_none_are_given(
    small_mnist: Path, tmp_path: Path
) -> None:
    settings = train_settings(small_mnist, tmp_path / "adam", "--model", "cnn", "--epochs", 1)
    assert (dict(get_recommended_settings("cnn")) | {"epochs": 1}).items() <= settings.items()
    options = ("--model", "cnn", "--optimizer", "nn::sgd", "--epochs", 1, "--batch-size", "full")
    settings = train_settings(small_mnist, tmp_path / "sgd", *options)
    assert (settings["lr"], settings["batch_size"]) == (None, None)  # the rate is that of Adam


def test_decay_multiplies_the_learning_rate_after_each_epoch(small_mnist: Path, tmp_path: Path) -> None:
    train_settings(small_mnist, tmp_path, "--epochs", 3, "--lr", 0.08, "--lr-decay", 0.5, "--hidden", 4)
    assert load_checkpoint(tmp_path / "checkpoint.safetensors").optimizer.lr == pytest.approx(0.01)


def test_generators_inside_of_layers_go_on_where_they_were(tmp_path: Path) -> None:
    """Dropout draws its masks from a generator of its own: a resumed run must draw the same ones."""
    settings = Settings(model="linear")
    rng = np.random.default_rng(0)
    examples = rng.random((60, 784), dtype=np.float32), rng.integers(0, 10, 60)

    def with_dropout() -> Any:
        model = Sequential(
            Dropout(0.5, rng=np.random.default_rng(9)), Linear(784, 10, rng=np.random.default_rng(1))
        )
        optimizer = mg.optimizers.nn.adam(model.parameters())
        return replace(assemble(settings, DIGITS), model=model, optimizer=optimizer)

    def continue_training(session: Any, epochs: int) -> Any:
        optimizer, rng = session.optimizer, session.rng
        fit(session.model, examples, optimizer=optimizer, epochs=epochs, batch_size=20, rng=rng)
        return session

    save_checkpoint(tmp_path / "c", continue_training(with_dropout(), 2))
    whole = continue_training(with_dropout(), 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minigrad_train.checkpoint.assemble", lambda *_: with_dropout())
        resumed = continue_training(load_checkpoint(tmp_path / "c"), 2)
    for ours, theirs in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
