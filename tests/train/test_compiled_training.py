"""Training with replayed steps gives the same weights, histories and messages as training without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from minigrad_core import Module
from minigrad_core.errors import ArgumentError, TracingError
from minigrad_ops_nn import BatchNorm1d, Dropout, Linear, Sequential
from minigrad_ops_nn.optimizers import Adam
from minigrad_train import fit
from minigrad_train.cli.train import train
from tests.train.conftest import invoke
from tests.train.thread_communicator import run_on_ranks

RNG = np.random.default_rng(0)
X, Y = RNG.random((11, 4), dtype=np.float32), RNG.integers(0, 3, 11)


def make_model() -> Module:
    rng = np.random.default_rng(0)
    return Sequential(Linear(4, 8, rng=rng), BatchNorm1d(8), Dropout(0.5, rng=rng), Linear(8, 3, rng=rng))


def train_model(model: Module, **options: Any) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    optimizer = Adam(model.parameters(), lr=0.01)
    history = fit(model, (X, Y), (X, Y), optimizer=optimizer, epochs=3, batch_size=4, rng=rng, **options)
    return [{"loss": epoch.loss, **epoch.metrics} for epoch in history]


def test_the_weights_and_the_history_are_the_same() -> None:
    eager, compiled = make_model(), make_model()
    assert train_model(eager) == train_model(compiled, compile=True)
    for name, array in eager.state_dict().items():
        np.testing.assert_array_equal(array, compiled.state_dict()[name])


def test_several_ranks_are_refused() -> None:
    for error in run_on_ranks(2, lambda comm: train_model(make_model(), compile=True, comm=comm)):
        assert isinstance(error, ArgumentError)
        assert "compile=True is for one process" in str(error)


def test_a_model_that_branches_on_values_is_refused() -> None:
    class Branching(Linear):
        def forward(self, x: Any) -> Any:
            y = super().forward(x)
            return y if np.sum(y) > 0 else -y

    with pytest.raises(TracingError, match=r"test_compiled_training\.py"):
        train_model(Branching(4, 3), compile=True)


def test_the_command_trains_the_same_weights(small_mnist: Path, tmp_path: Path) -> None:
    for name, options in (("eager", []), ("compiled", ["--compile"])):
        common = ["--data", small_mnist, "--hidden", "8", "--epochs", "1", "--out", tmp_path / name]
        assert invoke(train, *common, *options).exit_code == 0
    first, second = (load_file(tmp_path / name / "weights.safetensors") for name in ("eager", "compiled"))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])
