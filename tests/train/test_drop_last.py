"""A last batch of one example: batch normalization has no variance of it, and `drop_last` leaves it out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minigrad_core import Module
from minigrad_core.errors import InputError
from minigrad_ops_nn import BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, Linear, Sequential
from minigrad_ops_nn.optimizers import SGD
from minigrad_train import datasets, fit
from minigrad_train.cli.train import train
from minigrad_train.saved_network import load_model
from tests.train.conftest import invoke
from tests.train.thread_communicator import ThreadComm, run_on_ranks

RNG = np.random.default_rng(0)
X, Y = RNG.random((9, 4), dtype=np.float32), RNG.integers(0, 3, 9)


def normalized() -> Module:
    rng = np.random.default_rng(0)
    return Sequential(Linear(4, 8, rng=rng), BatchNorm1d(8), Dropout(0.5, rng=rng), Linear(8, 3, rng=rng))


def train_model(model: Module, comm: ThreadComm | None = None, *, drop_last: bool = False) -> list[int]:
    counts: list[int] = []
    optimizer = SGD(model.parameters(), lr=0.1)
    fit(
        model,
        (X, Y),
        optimizer=optimizer,
        epochs=2,
        batch_size=4,
        on_batch=counts.append,
        comm=comm,
        drop_last=drop_last,
    )
    return counts


def test_last_batch_of_one_example_is_named_before_the_first_step() -> None:
    model = normalized()
    before = model.state_dict()
    with pytest.raises(InputError, match=r"last batch of 9 .* of 4 has one .* drop_last=True"):
        train_model(model)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_drop_last_leaves_the_short_batch_out() -> None:
    assert train_model(normalized(), drop_last=True) == [4, 4] * 2
    assert run_on_ranks(2, lambda comm: train_model(normalized(), comm, drop_last=True)) == [[4, 4] * 2] * 2


def test_model_that_can_normalize_one_example_is_not_refused() -> None:
    rng = np.random.default_rng(0)
    model = Sequential(Conv2d(1, 2, 1, rng=rng), BatchNorm2d(2), Flatten(), Linear(8, 3, rng=rng))
    images = X.reshape(9, 1, 2, 2)
    fit(model, (images, Y), optimizer=SGD(model.parameters(), lr=0.1), epochs=1, batch_size=4)


def test_drop_last_of_all_examples_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"drop_last leaves out all 9 examples: choose a batch_size of at most 9"
    ):
        fit(
            model := normalized(),
            (X, Y),
            optimizer=SGD(model.parameters(), lr=0.1),
            epochs=1,
            batch_size=10,
            drop_last=True,
        )


def test_batches_drop_the_last_one() -> None:
    sizes = [len(labels) for _, labels in datasets.batches(X, Y, 4, None, drop_last=True)]
    assert sizes == [4, 4]


def test_option_of_the_command(small_mnist: Path, tmp_path: Path) -> None:
    common = ("--data", small_mnist, "--epochs", 1, "--hidden", 4, "--batch-size", 499)
    assert invoke(train, *common, "--drop-last", "--out", tmp_path).exit_code == 0
    assert load_model(tmp_path / "weights.safetensors")[0].drop_last
