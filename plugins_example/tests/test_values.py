"""Values by hand, and the callback in a run of `minigrad train`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_train.cli.train import train


def test_snake_has_the_slope_of_the_paper() -> None:
    x = mg.tensor([0.0, np.pi / 4, np.pi / 2], requires_grad=True)
    y = mg.ops.example.snake(x, 1.0)
    y.sum().backward()
    np.testing.assert_allclose(y.numpy(), [0, np.pi / 4 + 0.5, np.pi / 2 + 1])
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, [1, 2, 1])


def test_lion_steps_by_the_sign_and_decays() -> None:
    weight = mg.Parameter(np.array([1.0, -2.0]))
    optimizer = mg.optimizers.example.lion([weight], lr=0.1, weight_decay=0.5)
    (weight * np.array([3.0, -4.0])).sum().backward()
    optimizer.step()
    np.testing.assert_allclose(weight.numpy(), [1.0 - 0.1 * 1.5, -2.0 - 0.1 * (-1.0 - 1.0)])


def test_truncated_normal_stays_inside_its_limits() -> None:
    weight = mg.initializers.example.truncated_normal(
        (100, 50), rng=np.random.default_rng(0), dtype=np.float64
    )
    np.testing.assert_allclose(weight.std(), 0.1, rtol=0.03)
    assert np.abs(weight).max() < 2 * 0.1 / 0.879


def test_a_run_ends_early_where_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIGRAD_EXAMPLE_PATIENCE", "1")
    rng = np.random.default_rng(0)
    images, labels = rng.random((40, 4, 4)), np.arange(40) % 2
    np.savez(tmp_path / "noise.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    options = ["--data", str(tmp_path / "noise.npz"), "--model", "linear", "--optimizer", "sgd", "--lr", "0"]
    result = CliRunner().invoke(train, [*options, "--out", str(tmp_path / "run")], catch_exceptions=False)
    assert "ended after epoch 2: the validation loss has not fallen for 1 epochs" in result.output
    assert result.exit_code == 0
