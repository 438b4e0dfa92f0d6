"""A run says how it ended: all epochs, patience, a signal or divergence; and it keeps its best epoch."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from safetensors.numpy import load_file

from minigrad_train import accuracy, datasets
from minigrad_train.checkpoint import load_checkpoint, save_checkpoint
from minigrad_train.cli.predict import predict
from minigrad_train.cli.runs import runs
from minigrad_train.cli.train import train
from minigrad_train.divergence import find_divergence
from minigrad_train.errors import DivergedError, SavedRunError
from minigrad_train.history import Epoch, History
from minigrad_train.number_format import format_percent
from minigrad_train.saved_network import load_model
from minigrad_train.weights import load_arrays, save_arrays
from tests.train.conftest import invoke

# A network that overfits: it has learned its 500 digits by heart after some epochs.
OVERFITS = ("--hidden", 64, "--batch-size", 10, "--lr", 0.01)


def run(data: Path, out: Path, *options: object) -> Result:
    return invoke(train, "--data", data, "--out", out, *options)


def result(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "result.json").read_text())
    return read


def losses(folder: Path) -> list[float]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["validation_loss"] for line in lines]


@pytest.fixture(scope="module")
def overfitted(small_mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a run whose best epoch is not its last one, and its output."""
    folder: Path = tmp_path_factory.mktemp("overfitted")
    output = run(small_mnist, folder, *OVERFITS, "--epochs", 10).output
    return folder, output


def history(*values: float) -> History:
    return History(Epoch(k, loss, 1.0, 1.0) for k, loss in enumerate(values, 1))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((2.0, 1.0, 0.5), None),
        ((4e32,), 1),
        ((4e32, 1e10), 1),
        ((4e32, 0.5), None),  # it has recovered
        ((0.5, 0.3, 5.0, 9.0), 3),
        ((0.5, 0.3, 2.2), None),  # no worse than guessing
        ((30.0, 20.0, 10.0), None),  # it learns, from a bad start
    ],
)
def test_loss_far_above_that_of_guessing_has_diverged(
    values: tuple[float, ...], expected: int | None
) -> None:
    assert find_divergence(history(*values), guess=2.3) == expected


def test_diverged_run_is_called_that_everywhere(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "minigrad_train.cli.builtin_callbacks.draw_curves", lambda *_, **options: drawn.append(options)
    )
    options = ("--optimizer", "sgd", "--lr", 1e6, "--lr-decay", 0.5, "--hidden", 16, "--epochs", 2)
    output = run(small_mnist, tmp_path / "run", *options)
    assert output.exit_code == 1
    assert re.search(
        r"^diverged in epoch 1: the loss is \S+ after epoch 2, .*; lower the learning rate, --lr 1e\+06$",
        output.output,
        re.MULTILINE,
    )
    assert "overfitting" not in output.output
    assert result(tmp_path / "run")["ended"] == "diverged"
    assert drawn[0]["diverged"] == 1
    assert "diverged" in invoke(runs, tmp_path).output


def test_run_whose_loss_becomes_nan_later_keeps_its_epochs_and_is_called_diverged(
    small_mnist: Path, tmp_path: Path
) -> None:
    run(small_mnist, tmp_path, "--epochs", 1, "--hidden", 16)
    session = load_checkpoint(tmp_path / "checkpoint.safetensors")
    session.optimizer.lr = 1e30
    save_checkpoint(tmp_path / "checkpoint.safetensors", session)
    with pytest.raises(DivergedError, match=r"the training diverged; lower lr"):
        invoke(train, "--resume", tmp_path, "--epochs", 3)
    saved = result(tmp_path)
    assert "lower lr" in saved.pop("message")
    assert saved == {"epoch": 1, "ended": "diverged", "diverged_in": 2, "best_epoch": 1}
    assert len(load_checkpoint(tmp_path / "checkpoint.safetensors").history) == len(losses(tmp_path)) == 1
    assert invoke(predict, tmp_path, "--test").exit_code == 0


def test_run_whose_loss_becomes_nan_in_its_first_epoch_leaves_a_folder_that_says_so(
    small_mnist: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    options = ("--optimizer", "sgd", "--lr", 1e30, "--hidden", 16, "--epochs", 2)
    with pytest.raises(DivergedError, match="the training diverged"):
        run(small_mnist, out, *options)
    saved = result(out)
    assert re.search(r"^the loss became \S+ after \d+ examples: .* lower lr=1e\+30$", saved.pop("message"))
    assert saved == {"epoch": 0, "ended": "diverged", "diverged_in": 1, "best_epoch": None}
    assert re.search(r"^run +0/2 .* diverged ", invoke(runs, tmp_path).output, re.MULTILINE)
    message = (
        r"the run diverged before its first epoch was complete \(the loss .* lower lr=1e\+30\); train again"
    )
    for command, *arguments in (
        (train, "--resume", out),
        (predict, out, "--test"),
        (predict, out, "--last", "--test"),
    ):
        with pytest.raises(SavedRunError, match=message):
            invoke(command, *arguments)
    with pytest.raises(SavedRunError, match="holds a run") as refused:
        run(small_mnist, out)
    assert "--resume" not in str(refused.value)
    assert run(small_mnist, out, "--overwrite", "--hidden", 16, "--epochs", 1).exit_code == 0
    assert result(out)["ended"] == "complete"


def test_best_epoch_is_named_tested_and_taken_by_predict(
    overfitted: tuple[Path, str], small_mnist: Path
) -> None:
    folder, output = overfitted
    best = int(np.argmin(losses(folder))) + 1
    assert best < 10
    assert re.search(
        rf"^best epoch {best} of 10: validation loss [\d.]+; its weights are tested", output, re.MULTILINE
    )
    saved = result(folder)
    assert (saved["epoch"], saved["ended"], saved["best_epoch"]) == (10, "complete", best)
    *_, model = load_model(folder / "best.safetensors")
    measured = accuracy(model, *datasets.load(small_mnist).splits.test)
    assert saved["test_accuracy"] == measured
    answers = json.loads(invoke(predict, folder, "--test", "--json").stdout)
    assert answers["measured"]["accuracy"] == measured
    last = invoke(predict, folder, "--test", "--last", "--json").stdout
    file = invoke(predict, folder / "weights.safetensors", "--test", "--json").stdout
    assert last == file
    assert json.loads(last)["predictions"] != answers["predictions"]


def test_best_weights_survive_a_resume(
    overfitted: tuple[Path, str], small_mnist: Path, tmp_path: Path
) -> None:
    best = int(np.argmin(losses(overfitted[0]))) + 1
    run(small_mnist, tmp_path, *OVERFITS, "--epochs", best + 1)
    (tmp_path / "best.safetensors").unlink()
    invoke(train, "--resume", tmp_path, "--epochs", 10)
    before, after = (load_file(folder / "best.safetensors") for folder in (overfitted[0], tmp_path))
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert result(tmp_path) == result(overfitted[0])


def test_checkpoint_of_an_older_version_has_its_last_epoch_as_the_best(
    overfitted: tuple[Path, str], tmp_path: Path
) -> None:
    arrays, description = load_arrays(overfitted[0] / "checkpoint.safetensors")
    pairs = description["checkpoint"]["dict"]
    description["checkpoint"]["dict"] = [pair for pair in pairs if pair[0] != "best"]
    save_arrays(tmp_path / "old.safetensors", arrays, description)
    best = load_checkpoint(tmp_path / "old.safetensors").best
    assert (best.epoch, best.loss) == (10, losses(overfitted[0])[-1])


def test_patience_ends_a_run_early_also_when_it_is_resumed(
    overfitted: tuple[Path, str], small_mnist: Path, tmp_path: Path
) -> None:
    best = int(np.argmin(losses(overfitted[0]))) + 1
    output = run(small_mnist, tmp_path, *OVERFITS, "--epochs", 50, "--patience", 2).output
    epoch = result(tmp_path)["epoch"]
    assert epoch < 50
    assert f"ended after epoch {epoch}: no lower validation loss since epoch {epoch - 2}" in output
    assert result(tmp_path)["ended"] == "patience"
    assert epoch - 2 <= best
    before = (tmp_path / "weights.safetensors").read_bytes()
    invoke(train, "--resume", tmp_path)
    assert (tmp_path / "weights.safetensors").read_bytes() == before
    invoke(train, "--resume", tmp_path, "--patience", 3)
    assert result(tmp_path)["epoch"] > epoch


def test_mistakes_of_other_weights_do_not_stay(small_mnist: Path, tmp_path: Path) -> None:
    run(small_mnist, tmp_path, "--epochs", 1, "--hidden", 16)
    invoke(predict, tmp_path, "--test")
    assert (tmp_path / "mistakes.png").exists()
    invoke(train, "--resume", tmp_path)  # nothing is left to train, and the weights stay
    assert (tmp_path / "mistakes.png").exists()
    invoke(train, "--resume", tmp_path, "--epochs", 2)
    assert not (tmp_path / "mistakes.png").exists()


def test_prediction_without_a_mistake_removes_the_picture_of_earlier_ones(
    small_mnist: Path, tmp_path: Path
) -> None:
    run(small_mnist, tmp_path / "run", *OVERFITS, "--epochs", 10)
    (tmp_path / "run" / "mistakes.png").write_text("of other weights")
    splits, _ = datasets.load(small_mnist)
    few = splits.train.images[:2]
    *_, model = load_model(tmp_path / "run" / "weights.safetensors")
    from minigrad_train import predict as outputs
    from tests.train.conftest import idx_bytes

    (tmp_path / "images").write_bytes(idx_bytes(np.rint(few * 255).reshape(-1, 28, 28)))
    (tmp_path / "labels").write_bytes(idx_bytes(outputs(model, few).argmax(axis=1)))
    options = ("--last", "--labels", tmp_path / "labels")
    assert "accuracy 100.00%" in invoke(predict, tmp_path / "run", tmp_path / "images", *options).output
    assert not (tmp_path / "run" / "mistakes.png").exists()


def test_share_below_one_is_never_written_as_all() -> None:
    assert format_percent(0.99996, 2) == "99.99%"
    assert format_percent(1.0, 2) == "100.00%"
    assert format_percent(0.123456, 2) == "12.35%"
