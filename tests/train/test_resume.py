from __future__ import annotations

from pathlib import Path

import pytest

from minigrad_train.cli.train import train
from minigrad_train.errors import SavedRunError
from tests.train.conftest import invoke


def train_run(data: Path, out: Path, epochs: int, *options: str) -> Path:
    invoke(
        train, "--data", data, "--out", out, "--epochs", epochs, "--hidden", 16, "--batch-size", 50, *options
    )
    return out


def losses(folder: Path) -> list[str]:
    """Return the metrics without what the clock decides."""
    return [line.partition(', "seconds"')[0] for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("options", [(), ("--optimizer", "sgd", "--lr", "0.1", "--momentum", "0.9")])
def test_resumed_run_ends_bit_for_bit_where_an_unbroken_one_ends(
    small_mnist: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    whole = train_run(small_mnist, tmp_path / "whole", 5, *options)
    broken = train_run(small_mnist, tmp_path / "broken", 2, *options)
    result = invoke(train, "--resume", broken, "--epochs", 5)
    assert result.exit_code == 0
    assert "epoch 3/5" in result.output
    assert "epoch 2/5" not in result.output
    assert losses(broken) == losses(whole)
    assert (broken / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()


def test_crash_between_metrics_and_checkpoint_repeats_no_epoch(small_mnist: Path, tmp_path: Path) -> None:
    whole = train_run(small_mnist, tmp_path / "whole", 3)
    broken = train_run(small_mnist, tmp_path / "broken", 2)
    with (broken / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 3, "loss": 0.')
    invoke(train, "--resume", broken, "--epochs", 3)
    assert losses(broken) == losses(whole)


def test_finished_run_says_so_and_how_to_go_on(small_mnist: Path, tmp_path: Path) -> None:
    folder = train_run(small_mnist, tmp_path, 2)
    before = (folder / "weights.safetensors").read_bytes()
    result = invoke(train, "--resume", folder)
    assert result.exit_code == 0
    assert "all epochs are done; --epochs N trains more" in result.output
    assert "test accuracy" in result.output
    assert (folder / "weights.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--batch-size", 10, "--lr", 0.1), "--batch-size, --lr cannot be given with --resume"),
        (("--epochs", 1), "the run has 2 complete epochs; give --epochs a larger number"),
    ],
)
def test_option_that_a_resumed_run_cannot_take_is_refused(
    small_mnist: Path, tmp_path: Path, options: tuple[object, ...], message: str
) -> None:
    result = invoke(train, "--resume", train_run(small_mnist, tmp_path, 2), *options)
    assert result.exit_code == 2
    assert message in result.output


def test_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SavedRunError, match=r"checkpoint.safetensors does not exist; there is no run in .* to resume"
    ):
        invoke(train, "--resume", tmp_path)


def test_weights_are_no_checkpoint(small_mnist: Path, tmp_path: Path) -> None:
    folder = train_run(small_mnist, tmp_path, 1)
    (folder / "weights.safetensors").replace(folder / "checkpoint.safetensors")
    with pytest.raises(SavedRunError, match=r"these are weights, not a checkpoint"):
        invoke(train, "--resume", folder)


def test_folder_of_a_run_is_not_used_again_unless_told_to(small_mnist: Path, tmp_path: Path) -> None:
    before = (train_run(small_mnist, tmp_path, 2) / "weights.safetensors").read_bytes()
    with pytest.raises(
        SavedRunError, match=r"holds a run \(checkpoint.safetensors, .*\): .* --resume .* --overwrite, or"
    ):
        train_run(small_mnist, tmp_path, 1, "--seed", "1")
    assert (tmp_path / "weights.safetensors").read_bytes() == before
    train_run(small_mnist, tmp_path, 1, "--seed", "1", "--overwrite")
    assert len(losses(tmp_path)) == 1
