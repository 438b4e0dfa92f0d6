from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from minigrad_train.cli.train import train
from minigrad_train.errors import SavedRunError


def run(*options: object) -> Result:
    return CliRunner().invoke(train, [str(option) for option in options], catch_exceptions=False)


def started(data: Path, out: Path, epochs: int, *options: str) -> Path:
    run("--data", data, "--out", out, "--epochs", epochs, "--hidden", 16, "--batch-size", 50, *options)
    return out


def losses(folder: Path) -> list[str]:
    """Return the metrics without what the clock decides."""
    return [line.partition(', "seconds"')[0] for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("options", [(), ("--optimizer", "sgd", "--lr", "0.1", "--momentum", "0.9")])
def test_resumed_run_ends_bit_for_bit_where_an_unbroken_one_ends(
    small_mnist: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    whole = started(small_mnist, tmp_path / "whole", 5, *options)
    broken = started(small_mnist, tmp_path / "broken", 2, *options)
    result = run("--resume", broken, "--epochs", 5)
    assert result.exit_code == 0
    assert "epoch 3/5" in result.output
    assert "epoch 2/5" not in result.output
    assert losses(broken) == losses(whole)
    assert (broken / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()


def test_crash_between_metrics_and_checkpoint_repeats_no_epoch(small_mnist: Path, tmp_path: Path) -> None:
    whole = started(small_mnist, tmp_path / "whole", 3)
    broken = started(small_mnist, tmp_path / "broken", 2)
    with (broken / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 3, "loss": 0.')
    run("--resume", broken, "--epochs", 3)
    assert losses(broken) == losses(whole)


def test_other_options_than_epochs_are_refused(small_mnist: Path, tmp_path: Path) -> None:
    folder = started(small_mnist, tmp_path, 1)
    result = run("--resume", folder, "--batch-size", 10, "--lr", 0.1)
    assert result.exit_code == 2
    assert "--batch-size, --lr cannot be given with --resume" in result.output


def test_finished_run_says_so_and_how_to_go_on(small_mnist: Path, tmp_path: Path) -> None:
    folder = started(small_mnist, tmp_path, 2)
    before = (folder / "weights.safetensors").read_bytes()
    result = run("--resume", folder)
    assert result.exit_code == 0
    assert "all epochs are done; --epochs N asks for more" in result.output
    assert "test accuracy" in result.output
    assert (folder / "weights.safetensors").read_bytes() == before


def test_fewer_epochs_than_there_were_are_refused(small_mnist: Path, tmp_path: Path) -> None:
    result = run("--resume", started(small_mnist, tmp_path, 2), "--epochs", 1)
    assert result.exit_code == 2
    assert "the run has 2 complete epochs; give --epochs a larger number" in result.output


def test_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SavedRunError, match=r"checkpoint.safetensors does not exist; there is no run in .* to go on with"
    ):
        run("--resume", tmp_path)


def test_truncated_checkpoint_is_refused(small_mnist: Path, tmp_path: Path) -> None:
    checkpoint = started(small_mnist, tmp_path, 1) / "checkpoint.safetensors"
    checkpoint.write_bytes(checkpoint.read_bytes()[:-1])
    with pytest.raises(SavedRunError, match=r"checkpoint.safetensors: no readable safetensors file"):
        run("--resume", tmp_path)


def test_weights_are_no_checkpoint(small_mnist: Path, tmp_path: Path) -> None:
    folder = started(small_mnist, tmp_path, 1)
    (folder / "weights.safetensors").replace(folder / "checkpoint.safetensors")
    with pytest.raises(SavedRunError, match=r"these are weights, not a checkpoint"):
        run("--resume", folder)


def test_folder_of_a_run_is_not_used_again_unless_told_to(small_mnist: Path, tmp_path: Path) -> None:
    before = (started(small_mnist, tmp_path, 2) / "weights.safetensors").read_bytes()
    with pytest.raises(
        SavedRunError, match=r"holds a run \(checkpoint.safetensors, .*\): .* --resume .* --overwrite, or"
    ):
        started(small_mnist, tmp_path, 1, "--seed", "1")
    assert (tmp_path / "weights.safetensors").read_bytes() == before
    started(small_mnist, tmp_path, 1, "--seed", "1", "--overwrite")
    assert len(losses(tmp_path)) == 1


def test_files_that_are_no_runs_do_not_make_a_folder_used(small_mnist: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    started(small_mnist, tmp_path, 1)
    assert (tmp_path / "notes.txt").read_text() == "mine"
