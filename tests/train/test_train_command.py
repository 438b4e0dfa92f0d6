from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from safetensors.numpy import load_file

from minigrad_train import accuracy, datasets
from minigrad_train.cli.predict import predict
from minigrad_train.cli.runs import runs
from minigrad_train.cli.train import train
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.saved_network import load_model
from tests.train.conftest import invoke

if TYPE_CHECKING:
    import click

LINE = r"epoch {}/2   loss \d\.\d{{4}}   validation +\d+\.\d\d%   \d+\.\d\d s   [\d,]+ examples/s"


def run(data: Path, out: Path, *options: object) -> Result:
    return invoke(train, "--data", data, "--out", out, "--epochs", 2, "--hidden", 16, *options)


def metrics(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("command", [train, predict, runs])
def test_help_fits_into_80_columns(command: click.Command) -> None:
    for line in CliRunner().invoke(command, ["--help"], terminal_width=80).output.splitlines():
        assert len(line) <= 80, line


@pytest.mark.usefixtures("rendered_figures")
def test_run_prints_epochs_and_saves_metrics_weights_and_curves(small_mnist: Path, tmp_path: Path) -> None:
    result = run(small_mnist, tmp_path)
    assert result.exit_code == 0
    summary, data, examples, *counts, first, second, best, test, saved = result.output.splitlines()
    assert summary == "mlp: 12,730 parameters, nn::adam (lr 0.001), batches of 128, float32, seed 0"
    assert data == "images of 28 x 28, 10 classes"
    assert examples == "500 to train, 100 to validate, 100 to test"
    assert [line.split()[0] for line in counts] == ["0", "train", "validation", "test"]
    assert re.fullmatch(LINE.format(1), first)
    assert re.fullmatch(LINE.format(2), second)
    assert re.fullmatch(r"best epoch 2 of 2: validation loss \d\.\d+", best)
    assert saved == f"saved in {tmp_path}"
    epochs = metrics(tmp_path)
    measured = ["loss", "accuracy", "validation_loss", "validation_accuracy"]
    assert list(epochs[0]) == ["epoch", *measured, "seconds", "examples_per_second"]
    assert [epoch["epoch"] for epoch in epochs] == [1, 2]
    assert epochs[1]["loss"] < epochs[0]["loss"]
    settings, task, _, model = load_model(tmp_path / "weights.safetensors")
    assert (settings.hidden, task) == ((16,), DIGITS)
    assert test == f"test accuracy {accuracy(model, *datasets.mnist(small_mnist).test):.2%}"
    weights = load_file(tmp_path / "weights.safetensors")  # plain safetensors, for other programs
    assert {name: (array.shape, str(array.dtype)) for name, array in weights.items()} == {
        "layers.0.weight": ((784, 16), "float32"),
        "layers.0.bias": ((16,), "float32"),
        "layers.1.weight": ((16, 10), "float32"),
        "layers.1.bias": ((10,), "float32"),
    }
    curves = (tmp_path / "curves.png").read_bytes()
    assert curves.startswith(b"\x89PNG\r\n")
    width, height = (int.from_bytes(curves[start : start + 4]) for start in (16, 20))
    assert (width > 800, height > 300) == (True, True)


def test_more_threads_than_cores_are_not_used_and_that_is_told(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    output = run(small_mnist, tmp_path, "--threads", "1" + "0" * 20).output
    assert f"threads 1, the number of cores; --threads was 1{'0' * 20}" in output


def test_config_holds_every_setting_and_the_versions(small_mnist: Path, tmp_path: Path) -> None:
    run(small_mnist, tmp_path, "--optimizer", "nn::sgd", "--lr", "0.1", "--momentum", "0.9", "--seed", "3")
    config = json.loads((tmp_path / "config.json").read_text())
    ours = {"minigrad-core", "minigrad-ops-nn", "minigrad-train"}
    config.pop("packages")
    counts = config.pop("counts")
    assert [sum(counts[split].values()) for split in ("train", "validation", "test")] == [500, 100, 100]
    assert config.pop("versions").keys() == {"python", "numpy", *ours}
    assert config == {
        "shape": [1, 28, 28], "classes": list("0123456789"), "white": None, "table": None,
        "target": None, "kind": None,
        "data": str(small_mnist), "resize": None, "skip_bad": False, "by_class": True,
        "class_weights": None, "model": "mlp", "hidden": [16], "activation": "relu",
        "initializer": None, "model_arg": [], "initializer_arg": [], "optimizer_arg": [],
        "optimizer": "nn::sgd", "lr": 0.1, "momentum": 0.9, "lr_decay": 1.0,
        "batch_size": 128, "drop_last": False, "augment": [],
        "epochs": 2, "patience": None, "seed": 3, "threads": 1, "dtype": "float32",
        "compile": False,
    }  # fmt: skip


def test_same_seed_gives_the_same_weights_and_another_seed_others(small_mnist: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        run(small_mnist, tmp_path / name, "--seed", seed)
    a, b, c = (load_file(tmp_path / name / "weights.safetensors")["layers.0.weight"] for name in "abc")
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize(
    "options",
    [
        ("--hidden", "8,8,8"),
        ("--activation", "tanh"),
        ("--activation", "nn::sigmoid"),
        ("--optimizer", "sgd"),
        ("--batch-size", "full"),
        ("--batch-size", "7"),
        ("--initializer", "nn::kaiming_normal"),
    ],
)
def test_choices_by_option_train(small_mnist: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    result = run(small_mnist, tmp_path, *options)
    assert result.exit_code == 0
    first, second = metrics(tmp_path)
    assert second["loss"] < first["loss"]


def test_dtype_is_that_of_the_weights(small_mnist: Path, tmp_path: Path) -> None:
    run(small_mnist, tmp_path, "--dtype", "float64")
    assert load_file(tmp_path / "weights.safetensors")["layers.0.weight"].dtype == np.float64


def test_initializer_by_name_is_used_for_every_weight(small_mnist: Path, tmp_path: Path) -> None:
    run(small_mnist, tmp_path, "--initializer", "nn::zeros", "--optimizer", "sgd", "--lr", "0")
    for array in load_file(tmp_path / "weights.safetensors").values():
        np.testing.assert_array_equal(array, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--batch-size", "0"), r"'--batch-size'.*expected a whole number from 1 up, or full; got '0'"),
        (("--batch-size", "some"), r"'--batch-size'.*expected a whole number from 1 up, or full; got 'some'"),
        (("--hidden", "16,-1"), r"'--hidden'.*expected whole numbers from 1 up, .* commas; got '-1'"),
        (("--hidden", "16,,8"), r"'--hidden'.*expected whole numbers from 1 up, .* commas; got ''"),
        (("--model", "linear"), r"--hidden is for --model mlp; linear has no such setting"),
        (("--lr", "-1"), r"'--lr'.*-1.0 is not in the range x>=0"),
        (("--epochs", "0"), r"'--epochs'.*0 is not in the range x>=1"),
        (("--dtype", "float16"), r"'--dtype'.*'float16' is not one of 'float32', 'float64'"),
        (("--data", "nowhere"), r"'--data'.*'nowhere' does not exist"),
        (("--draw", "step.jpg"), r"must\s+end\s+with\s+.svg\s+or\s+.png\s+or\s+.dot"),
        (("--draw", "nowhere/step.svg"), r"is\s+not\s+a\s+folder"),
    ],
)
def test_wrong_option_is_refused_by_name(
    small_mnist: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    result = run(small_mnist, tmp_path / "run", *options)
    assert result.exit_code == 2
    assert re.search(message, result.output, re.DOTALL)
    assert not (tmp_path / "run").exists()


def test_linear_model_has_no_hidden_layer(small_mnist: Path, tmp_path: Path) -> None:
    result = invoke(train, "--data", small_mnist, "--out", tmp_path, "--epochs", 1, "--model", "linear")
    assert result.output.startswith("linear: 7,850 parameters")


def test_network_larger_than_the_memory_is_an_error_that_says_what_to_do(
    small_mnist: Path, tmp_path: Path
) -> None:
    result = run(small_mnist, tmp_path / "run", "--hidden", "1000000000000")
    assert result.exit_code == 1
    assert re.search(r"Error: out of memory \(.*\); a smaller --batch-size or network", result.output)


def test_the_graph_of_a_step_is_drawn_and_the_run_goes_on_as_without(
    small_mnist: Path, tmp_path: Path
) -> None:
    run(small_mnist, tmp_path / "plain")
    result = run(small_mnist, tmp_path / "drawn", "--draw", str(tmp_path / "step.svg"))
    assert result.exit_code == 0
    text = (tmp_path / "step.svg").read_text(encoding="utf-8")
    assert "model: MLP" in text
    assert "cross_entropy" in text
    assert "(128, 784) float32" in text
    plain, drawn = (load_file(tmp_path / name / "weights.safetensors") for name in ("plain", "drawn"))
    assert all(np.array_equal(plain[name], drawn[name]) for name in plain)
