from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from minigrad_train.cli.runs import runs
from minigrad_train.cli.train import train
from tests.train.conftest import invoke


def train_run(data: Path, out: Path, *options: str) -> None:
    invoke(train, "--data", data, "--out", out, "--hidden", 8, "--epochs", 2, *options)


@pytest.fixture(scope="module")
def folder(small_mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("runs")
    train_run(small_mnist, folder / "b", "--lr", "0.01", "--batch-size", "full", "--seed", "3")
    train_run(small_mnist, folder / "a")
    (folder / "a" / "result.json").write_text('{"epoch": 1, "test_accuracy": 0.5}')  # of an earlier end
    (folder / "notes").mkdir()
    return folder


def test_runs_are_listed_with_their_settings_and_results(folder: Path, small_mnist: Path) -> None:
    header, first, second = invoke(runs, folder).output.splitlines()
    assert header.split() == ["RUN", "EPOCHS", "LOSS", "VALIDATION", "TEST", "DATA", "MODEL", "SETTINGS"]
    settings = [small_mnist.name, "mlp", *["nn::adam,", "lr", "default,", "batch", "128,", "seed", "0"]]
    assert [*first.split()[:2], *first.split()[4:]] == ["a", "2/2", "-", *settings]
    result = json.loads((folder / "b" / "result.json").read_text())
    assert second.split()[4] == f"{result['test_accuracy']:.2%}"
    assert second.endswith("nn::adam, lr 0.01, batch full, seed 3")


def test_results_are_in_the_first_80_columns(small_mnist: Path, tmp_path: Path) -> None:
    train_run(small_mnist, tmp_path / "2026-01-31_12-00-00", "--lr", "0.01")
    for line in invoke(runs, tmp_path).output.splitlines():
        assert len(line.partition(small_mnist.name)[0].partition("DATA")[0]) < 60


def test_json_has_every_setting_and_number(folder: Path) -> None:
    first, second = json.loads(invoke(runs, folder, "--json").output)
    assert first["run"] == str(folder / "a")
    assert first["result"] == {}
    config = json.loads((folder / "b" / "config.json").read_text())
    assert second["settings"].items() <= config.items()
    assert config.keys() - second["settings"].keys() == {
        *("shape", "classes", "white", "table", "counts", "packages", "versions")
    }
    assert second["last"] == json.loads((folder / "b" / "metrics.jsonl").read_text().splitlines()[-1])
    assert second["result"] == json.loads((folder / "b" / "result.json").read_text())


def test_one_run_is_listed_alone(folder: Path) -> None:
    assert len(invoke(runs, folder / "b").output.splitlines()) == 2


def test_folder_without_runs_says_so(tmp_path: Path) -> None:
    assert invoke(runs, tmp_path).output == f"no runs in {tmp_path}\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", "{", "config.json: it is not JSON"),
        ("config.json", "[" * 100_000, "config.json: it is not JSON"),
        ("config.json", "[]", "config.json: expected JSON objects"),
        ("config.json", '{"seed": 1e300}', "config.json: the setting seed cannot be '1e"),
        ("metrics.jsonl", "{}\n3\n", "metrics.jsonl: expected JSON objects"),
        ("result.json", "", "result.json: it is not JSON"),
    ],
)
def test_damaged_file_is_named_and_costs_no_other_run(
    tmp_path: Path, folder: Path, name: str, content: str, message: str
) -> None:
    shutil.copytree(folder / "b", tmp_path / "b")
    run = tmp_path / "run"
    run.mkdir()
    (run / "checkpoint.safetensors").touch()
    (run / "config.json").write_text("{}")
    (run / "metrics.jsonl").write_text("{}\n")
    (run / name).write_text(content)
    result = invoke(runs, tmp_path)
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["RUN", "b"]
    assert result.stderr.startswith(f"note: {run}")
    assert message in result.stderr
