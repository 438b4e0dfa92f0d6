"""The convolutional network and the transformer of `minigrad train`: they learn, and resume bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_core.errors import ArgumentError
from minigrad_ops_nn import Dropout, Linear, Sequential
from minigrad_train import fit
from minigrad_train.checkpoint import load_checkpoint, save_checkpoint
from minigrad_train.cli.train import train
from minigrad_train.datasets import Task
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.models import MODELS, build_model, recommended_settings
from minigrad_train.networks import ConvolutionalNetwork, RowTransformer
from minigrad_train.session import assemble
from minigrad_train.settings import Settings

NAMES = ["cnn", "transformer"]


@pytest.mark.parametrize("network", [ConvolutionalNetwork, RowTransformer])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_have_a_row_for_each_image_in_the_dtype_of_the_weights(network: Any, dtype: Any) -> None:
    logits = network(DIGITS.shape, 10, rng=np.random.default_rng(0), dtype=dtype)(np.zeros((3, 784), dtype))
    assert logits.shape == (3, 10)
    assert logits.dtype == dtype


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("shape", [(3, 40, 32), (1, 8, 8), (2, 5, 7)])
def test_every_model_is_built_for_the_shape_and_the_classes_of_the_data(
    name: str, shape: tuple[int, int, int]
) -> None:
    task = Task(shape, ("a", "b", "c"))
    model = build_model(Settings(model=name), task, np.random.default_rng(0))
    images = np.random.default_rng(1).random((2, task.pixels), dtype=np.float32)
    logits = model.eval()(images).numpy()
    assert logits.shape == (2, 3)
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
    np.testing.assert_allclose(model(images).numpy()[2:3], model(images[2:3]).numpy(), rtol=1e-10)


def test_order_of_the_rows_matters_to_the_transformer() -> None:
    model = RowTransformer(DIGITS.shape, 10, rng=np.random.default_rng(0), dtype=np.float64)
    image = np.random.default_rng(1).random((1, 28, 28))
    assert np.abs(model(image).numpy() - model(image[:, ::-1]).numpy()).max() > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_larger_models_learn_and_resume_bit_for_bit_from_the_command_line(
    small_mnist: Path, tmp_path: Path, name: str
) -> None:
    def run(*options: object) -> None:
        CliRunner().invoke(train, [str(option) for option in options], catch_exceptions=False)

    for folder, epochs in (("whole", 2), ("broken", 1)):
        run("--data", small_mnist, "--model", name, "--out", tmp_path / folder, "--epochs", epochs)
    run("--resume", tmp_path / "broken", "--epochs", 2)
    whole, broken = (tmp_path / folder / "weights.safetensors" for folder in ("whole", "broken"))
    assert whole.read_bytes() == broken.read_bytes()
    lines = (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()
    losses = [json.loads(line)["loss"] for line in lines]
    assert losses == sorted(losses, reverse=True)


def settings_of(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return config


def test_settings_that_suit_the_model_hold_where_none_are_given(small_mnist: Path, tmp_path: Path) -> None:
    options = ["--data", str(small_mnist), "--model", "cnn", "--epochs", "1", "--out", str(tmp_path)]
    CliRunner().invoke(train, options, catch_exceptions=False)
    given = dict(recommended_settings("cnn")) | {"epochs": 1}
    assert given.items() <= settings_of(tmp_path).items()


def test_learning_rate_that_suits_adam_is_not_given_to_another_optimizer(
    small_mnist: Path, tmp_path: Path
) -> None:
    options = ["--model", "cnn", "--optimizer", "nn::sgd", "--epochs", "1", "--batch-size", "full"]
    where = ["--data", str(small_mnist), "--out", str(tmp_path)]
    CliRunner().invoke(train, options + where, catch_exceptions=False)
    settings = settings_of(tmp_path)
    assert (settings["lr"], settings["batch_size"]) == (None, None)


def test_decay_multiplies_the_learning_rate_after_each_epoch(small_mnist: Path, tmp_path: Path) -> None:
    options = ["--epochs", "3", "--lr", "0.08", "--lr-decay", "0.5", "--hidden", "4"]
    where = ["--data", str(small_mnist), "--out", str(tmp_path)]
    CliRunner().invoke(train, options + where, catch_exceptions=False)
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

    def trained(session: Any, epochs: int) -> Any:
        fit(
            session.model,
            examples,
            optimizer=session.optimizer,
            epochs=epochs,
            batch_size=20,
            rng=session.rng,
        )
        return session

    save_checkpoint(tmp_path / "c", trained(with_dropout(), 2))
    whole = trained(with_dropout(), 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minigrad_train.checkpoint.assemble", lambda *_: with_dropout())
        resumed = trained(load_checkpoint(tmp_path / "c"), 2)
    for ours, theirs in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
