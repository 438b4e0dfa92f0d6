"""A run knows who made it, and names the package to install without which it cannot continue."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from minigrad_core.plugins import isolated_registry
from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.errors import SavedRunError
from minigrad_train.packages import list_packages, read_packages
from minigrad_train.saved_network import load_model
from minigrad_train.settings import Settings
from minigrad_train.weights import load_arrays, save_arrays
from tests.plugins.testbed import RANGE
from tests.train.conftest import HEAD, Training, invoke

GIVES = """
import numpy as np
from minigrad_ops_nn import Linear

def small(rng, shape, classes):
    return Linear(shape[1] * shape[2], classes, rng=rng)

@hookimpl
def train_models():
    return {'small': small}

@hookimpl
def train_datasets():
    rng = np.random.default_rng(0)
    return {'squares': lambda: {'x_train': rng.random((60, 4, 4)), 'y_train': np.arange(60) % 2,
                                'x_test': rng.random((6, 4, 4)), 'y_test': np.arange(6) % 2}}
"""
LOGS = "@hookimpl\ndef train_epoch_ends():\n    log.append('epoch')\n"
OPTIMIZER = """
import minigrad_core as mg
from minigrad_ops_nn.optimizers import SGD

class Plain(SGD):
    name = "plain"

@mg.hookimpl
def minigrad_optimizers():
    return [Plain]

@mg.hookimpl
def minigrad_initializers():
    return []
"""


def run(*options: object) -> Result:
    return CliRunner().invoke(train, [str(option) for option in options], catch_exceptions=False)


def config(folder: Path) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    parts: list[dict[str, Any]] = json.loads((folder / "config.json").read_text())["packages"]
    return {(part["role"], part["name"]): (part["distribution"], part["version"]) for part in parts}


def test_config_names_the_package_of_every_part(
    training: Training, small_mnist: Path, log: list[str]
) -> None:
    training.add("acme-models", "1.2", namespace="acme", code=HEAD + GIVES, group="minigrad.training")
    training.take_part("logger", LOGS)
    options = ("--model", "acme::small", "--data", "acme::squares", "--initializer", "nn::zeros")
    run(*options, "--out", training.folder / "run", "--epochs", 1)
    nn = ("minigrad-ops-nn", version("minigrad-ops-nn"))
    assert config(training.folder / "run") == {
        ("model", "acme::small"): ("acme-models", "1.2"),
        ("data", "acme::squares"): ("acme-models", "1.2"),
        ("optimizer", "nn::adam"): nn,
        ("initializer", "nn::zeros"): nn,
        ("hooks", "acme"): ("acme-models", "1.2"),
        ("hooks", "logger"): ("mg-logger", "1.0"),
    }


def test_without_the_package_of_model_and_data_resume_and_predict_name_it(training: Training) -> None:
    info = training.add("acme-models", "1.2", namespace="acme", code=HEAD + GIVES, group="minigrad.training")
    folder = training.folder / "run"
    run("--model", "acme::small", "--data", "acme::squares", "--out", folder, "--epochs", 1)
    training.remove(info)
    said = r"the model acme::small is of acme-models 1.2, not installed: pip install acme-models==1.2"
    for command, arguments in ((train, ("--resume", folder, "--epochs", 2)), (predict, (folder, "--test"))):
        with pytest.raises(SavedRunError, match=said) as raised:
            invoke(command, *arguments)
        assert "the data acme::squares is of acme-models 1.2" in str(raised.value)


def test_missing_optimizer_is_named_on_resume_and_predict_needs_none(
    training: Training, small_mnist: Path
) -> None:
    info = training.add("acme-optim", "3.1", namespace="acmeopt", code=OPTIMIZER, requires=[RANGE])
    folder = training.folder / "run"
    with isolated_registry():
        run(
            *("--data", small_mnist, "--out", folder, "--epochs", 1, "--hidden", 4),
            *("--optimizer", "acmeopt::plain", "--lr", 0.1),
        )
    assert config(folder)["optimizer", "acmeopt::plain"] == ("acme-optim", "3.1")
    training.remove(info)
    with isolated_registry():
        said = (
            r"the optimizer acmeopt::plain is of acme-optim 3.1, not installed: pip install acme-optim==3.1"
        )
        with pytest.raises(SavedRunError, match=said):
            invoke(train, "--resume", folder, "--epochs", 2)
        assert invoke(predict, folder, "--test").exit_code == 0


@pytest.mark.filterwarnings("default::UserWarning")  # the command prints them as notes
def test_missing_hooks_are_a_note_on_resume(training: Training, small_mnist: Path, log: list[str]) -> None:
    info = training.add("acme-logger", "2.0", namespace="logger", code=HEAD + LOGS, group="minigrad.training")
    folder = training.folder / "run"
    run("--data", small_mnist, "--out", folder, "--epochs", 1, "--hidden", 4)
    training.remove(info)
    result = run("--resume", folder, "--epochs", 2)
    assert result.exit_code == 0
    assert "note: the hooks logger are of acme-logger 2.0, not installed: pip install" in result.stderr
    assert ("hooks", "logger") not in config(folder)


def test_model_of_a_file_has_no_package(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_packages.py").write_text(
        "from minigrad_ops_nn import Linear\n\ndef net(rng, shape, classes):\n"
        "    return Linear(shape[1] * shape[2], classes, rng=rng)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    run("--data", small_mnist, "--out", tmp_path / "run", "--epochs", 1, "--model", "own_packages:net")
    assert config(tmp_path / "run")["model", "own_packages:net"] == (None, None)


def test_model_of_an_installed_package_has_its_version() -> None:
    from minigrad_train.hooks import Callbacks

    [model, *_] = list_packages(Settings(model="click.core:Command"), Callbacks())
    assert (model["distribution"], model["version"]) == ("click", version("click"))


def test_file_of_an_older_version_is_read(small_mnist: Path, tmp_path: Path) -> None:
    run("--data", small_mnist, "--out", tmp_path, "--epochs", 1, "--hidden", 4)
    arrays, description = load_arrays(tmp_path / "weights.safetensors")
    del description["packages"]
    save_arrays(tmp_path / "old.safetensors", arrays, description)
    assert load_model(tmp_path / "old.safetensors")[0].hidden == (4,)
    with pytest.raises(SavedRunError, match=r"it does not say which packages made it"):
        read_packages([{"role": 3}], "a file")
