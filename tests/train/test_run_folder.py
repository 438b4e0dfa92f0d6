"""What stands in the folder of a run at any moment, and what becomes of what stood there before."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from minigrad_core.errors import MinigradError
from minigrad_train.cli.predict import predict
from minigrad_train.cli.stopping import Interrupted
from minigrad_train.cli.train import train
from minigrad_train.cli.user_messages import load_data
from minigrad_train.errors import SavedRunError
from minigrad_train.run_folder import RunFolder
from tests.train.conftest import invoke


class Killed(BaseException):
    """Stands for a signal that nobody can hold."""


def train_run(data: Path, out: Path, epochs: int, *options: object) -> Result:
    common = ("--hidden", 16, "--batch-size", 50)
    return invoke(train, "--data", data, "--out", out, "--epochs", epochs, *common, *options)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def raise_after(monkeypatch: pytest.MonkeyPatch, error: BaseException, after: int) -> None:
    """Let training end by an error after some epochs."""
    from minigrad_train.cli.run import _TrainingRun

    def after_batch(course: Any, examples: int) -> None:
        if len(course.session.history) == after:
            raise error

    monkeypatch.setattr(_TrainingRun, "after_batch", after_batch)


def test_run_that_fails_at_its_first_step_leaves_the_one_that_it_was_to_replace(
    small_mnist: Path, tmp_path: Path
) -> None:
    train_run(small_mnist, tmp_path, 1)
    (tmp_path / "mistakes.png").write_text("of the old run")
    before = contents(tmp_path)
    options = ["--data", str(small_mnist), "--out", str(tmp_path), "--overwrite", "--lr", "inf"]
    output = CliRunner().invoke(train, options).output
    assert f"diverged in epoch 1; nothing is saved, and the run in {tmp_path} stays" in output
    assert contents(tmp_path) == before
    with pytest.raises(MinigradError):
        train_run(small_mnist, tmp_path, 1, "--overwrite", "--activation", "nn::affine")
    assert contents(tmp_path) == before


def test_run_that_was_killed_in_its_first_epoch_has_no_weights_and_can_be_finished(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        raise_after(patch, Killed(), after=0)
        with pytest.raises(Killed):
            train_run(small_mnist, tmp_path, 1)
    with pytest.raises(SavedRunError, match=r"has no weights\.safetensors, .* --resume .* continues"):
        invoke(predict, tmp_path, "--test")
    assert invoke(train, "--resume", tmp_path).exit_code == 0
    assert invoke(predict, tmp_path, "--test").exit_code == 0


def test_run_that_is_interrupted_in_its_first_epoch_leaves_the_one_that_it_was_to_replace(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_run(small_mnist, tmp_path, 1)
    before = contents(tmp_path)
    raise_after(monkeypatch, Interrupted(2), after=0)
    result = train_run(small_mnist, tmp_path, 1, "--overwrite", "--seed", 1)
    assert f"interrupted in epoch 1; nothing is saved, and the run in {tmp_path} stays" in result.output
    assert contents(tmp_path) == before


def test_resume_that_fails_leaves_the_run_that_was_interrupted_in_its_first_epoch(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        raise_after(patch, Interrupted(2), after=0)
        train_run(small_mnist, tmp_path, 1)
    weights = (tmp_path / "weights.safetensors").read_bytes()
    with monkeypatch.context() as patch:
        raise_after(patch, MemoryError(), after=0)
        assert invoke(train, "--resume", tmp_path).exit_code == 1
    assert (tmp_path / "weights.safetensors").read_bytes() == weights
    assert invoke(train, "--resume", tmp_path).exit_code == 0


def test_first_epoch_of_a_run_takes_the_place_of_the_old_one_and_of_its_pictures(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_run(small_mnist, tmp_path, 1)
    (tmp_path / "mistakes.png").write_text("of the old run")
    raise_after(monkeypatch, Killed(), after=1)
    with pytest.raises(Killed):
        train_run(small_mnist, tmp_path, 3, "--overwrite", "--seed", 1)
    left = {
        "checkpoint.safetensors",
        "weights.safetensors",
        "best.safetensors",
        "config.json",
        "metrics.jsonl",
        ".lock",
    }
    assert contents(tmp_path).keys() == left
    assert RunFolder(tmp_path).resume().settings.seed == 1


def test_run_that_ends_between_any_two_writes_is_the_old_one_or_can_be_finished(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write of a run that replaces another is the last one, once."""
    train_run(small_mnist, tmp_path / "old", 1)
    train_run(small_mnist, tmp_path / "whole", 2, "--seed", 1)
    whole = (tmp_path / "whole" / "weights.safetensors").read_bytes()
    replace = Path.replace
    for last in (0, 1, 2, 3, 4, 8, 9):
        out, writes = tmp_path / f"killed_{last}", iter(range(last))
        shutil.copytree(tmp_path / "old", out)

        def dying(partial: Path, target: Path, writes: Iterator[int] = writes) -> Path:
            if next(writes, None) is None:
                raise Killed
            return replace(partial, target)

        monkeypatch.setattr(Path, "replace", dying)
        with pytest.raises(Killed):
            train_run(small_mnist, out, 2, "--seed", 1, "--overwrite")
        monkeypatch.setattr(Path, "replace", replace)
        assert invoke(train, "--resume", out).exit_code == 0
        assert {"result.json", "curves.png"} <= contents(out).keys()
        assert RunFolder(out).resume().settings.seed == min(last, 1)
        assert last == 0 or (out / "weights.safetensors").read_bytes() == whole


def test_runs_of_one_second_get_folders_of_their_own(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> StoppedClock:
            return cls(2026, 12, 1)

    monkeypatch.setattr("minigrad_train.run_folder.datetime", StoppedClock)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        invoke(train, "--data", small_mnist, "--epochs", 1, "--hidden", 4)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "2026-12-01_00-00-00",
        "2026-12-01_00-00-00_2",
    ]


def test_failed_start_leaves_no_folder_and_no_advice_that_fails(small_mnist: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs" / "first"
    with pytest.raises(MinigradError, match="affine"):
        train_run(small_mnist, out, 1, "--activation", "nn::affine")
    assert not (tmp_path / "runs").exists()
    assert train_run(small_mnist, out, 1).exit_code == 0


def test_failed_start_leaves_what_else_is_in_its_folder(small_mnist: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(MinigradError, match="affine"):
        train_run(small_mnist, tmp_path, 1, "--activation", "nn::affine")
    assert contents(tmp_path).keys() == {"notes.txt", ".lock"}


def test_folder_that_has_only_weights_is_not_said_to_be_resumable(small_mnist: Path, tmp_path: Path) -> None:
    train_run(small_mnist, tmp_path, 1)
    (tmp_path / "checkpoint.safetensors").unlink()
    with pytest.raises(MinigradError, match=r"holds a run \(weights") as refused:
        train_run(small_mnist, tmp_path, 1)
    assert "--resume" not in str(refused.value)


def test_run_that_another_process_ends_while_the_data_are_read_is_not_replaced(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_slowly(*arguments: Any, **options: Any) -> Any:
        (tmp_path / "weights.safetensors").write_text("of the other process")
        return load_data(*arguments, **options)

    monkeypatch.setattr("minigrad_train.cli.train.load_data", load_slowly)
    with pytest.raises(
        SavedRunError, match=r"holds a run \(weights\.safetensors\): replace it by --overwrite"
    ):
        train_run(small_mnist, tmp_path, 1)
    assert contents(tmp_path) == {"weights.safetensors": b"of the other process", ".lock": b""}


@pytest.mark.parametrize("vanish", [shutil.rmtree, lambda folder: folder.rename(f"{folder}_moved")])
def test_folder_that_vanishes_during_a_run_is_made_again_with_all_of_it(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vanish: Callable[[Path], object]
) -> None:
    out = tmp_path / "run"
    save = RunFolder.save

    def saving(folder: RunFolder, session: Any) -> None:
        if len(session.history) == 2:
            vanish(folder.path)
        save(folder, session)

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "save", saving)
        assert train_run(small_mnist, out, 3).exit_code == 0
    assert len((out / "metrics.jsonl").read_text().splitlines()) == 3
    assert {"config.json", "weights.safetensors", "result.json", "curves.png"} <= contents(out).keys()
    assert len(RunFolder(out).resume().history) == 3


def test_run_that_was_killed_after_its_last_epoch_is_finished_by_resume(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("minigrad_train.cli.run.evaluate", kill)
        with pytest.raises(Killed):
            train_run(small_mnist, tmp_path, 2)
    assert not (tmp_path / "curves.png").exists()
    result = invoke(train, "--resume", tmp_path)
    assert result.exit_code == 0
    assert "test accuracy" in result.output
    assert {"curves.png", "result.json"} <= contents(tmp_path).keys()


def test_result_is_that_of_the_test_after_the_epochs_that_it_names(small_mnist: Path, tmp_path: Path) -> None:
    output = train_run(small_mnist, tmp_path, 2).output
    result = json.loads((tmp_path / "result.json").read_text())
    assert result.keys() == {
        *(
            "epoch",
            "ended",
            "best_epoch",
            "test_loss",
            "test_accuracy",
            "test_balanced_accuracy",
            "test_guess_accuracy",
        )
    }
    assert result["epoch"] == 2
    assert f"test accuracy {result['test_accuracy']:.2%}" in output


def test_damaged_result_is_written_again_by_resume(small_mnist: Path, tmp_path: Path) -> None:
    train_run(small_mnist, tmp_path, 1)
    (tmp_path / "result.json").write_bytes(b"")  # as after a loss of power
    assert invoke(train, "--resume", tmp_path).exit_code == 0
    assert json.loads((tmp_path / "result.json").read_text())["epoch"] == 1


def test_pipe_in_the_place_of_a_file_is_replaced_or_refused(small_mnist: Path, tmp_path: Path) -> None:
    for name in (".checkpoint.safetensors.partial", ".weights.safetensors.partial"):
        os.mkfifo(tmp_path / name)
    assert train_run(small_mnist, tmp_path, 1).exit_code == 0
    (tmp_path / "checkpoint.safetensors").unlink()
    os.mkfifo(tmp_path / "checkpoint.safetensors")
    with pytest.raises(MinigradError, match=r"no readable safetensors file \(it is not a regular file\)"):
        invoke(train, "--resume", tmp_path)
