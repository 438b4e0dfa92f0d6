"""The dataset, the model and the callback in runs of `minigrad train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from minigrad_train.cli.train import train
from minigrad_train.datasets import load

if TYPE_CHECKING:
    import pytest


def test_shapes_are_found_by_name_and_always_the_same() -> None:
    splits, task = load("scipy::shapes")
    assert task.shape == (1, 16, 16)
    assert task.classes == ("disk", "ring", "square", "cross")
    assert [len(split.labels) for split in splits] == [834, 166, 200]
    assert (load("scipy::shapes").splits.train.images == splits.train.images).all()


def test_the_model_learns_the_shapes(tmp_path: Path) -> None:
    options = ["--data", "scipy::shapes", "--model", "scipy::probit", "--model-arg", "width=16"]
    short = ["--epochs", "12", "--lr", "0.02", "--batch-size", "32", "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(train, options + short, catch_exceptions=False)
    assert result.output.startswith("scipy::probit: 4,180 parameters")
    right = float(result.output.partition("test accuracy ")[2].partition("%")[0])
    assert right > 90


def test_a_run_ends_early_where_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIGRAD_SCIPY_PATIENCE", "1")
    options = ["--data", "scipy::shapes", "--model", "linear", "--optimizer", "sgd", "--lr", "0"]
    result = CliRunner().invoke(train, [*options, "--out", str(tmp_path / "run")], catch_exceptions=False)
    assert "ended after epoch 2: the validation loss has not fallen for 1 epochs" in result.output
    assert result.exit_code == 0
