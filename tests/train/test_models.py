from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_core.dispatch.tables import OPTIMIZERS
from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.datasets import Task
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.errors import SavedRunError
from minigrad_train.models import build_model
from minigrad_train.run_folder import RunFolder, load_model
from minigrad_train.session import assemble
from minigrad_train.settings import Settings

OWN = """
import minigrad_core as mg
from minigrad_ops_nn import Linear

class Network(mg.Module):
    def __init__(self, rng):
        super().__init__()
        self.only = Linear(784, 10, rng=rng)

    def forward(self, images):
        return self.only(images)

class told(Network):
    def __init__(self, *, classes, shape, rng):
        mg.Module.__init__(self)
        self.only = Linear(shape[0] * shape[1] * shape[2], classes, rng=rng)

def broken(rng):
    raise AttributeError("a fault of its own")

def nothing(rng):
    return None

def unseeded():
    return Network(None)
"""


@pytest.fixture
def own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module into the current directory, and return its name."""
    name = f"networks_of_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("no such place")  # restores sys.path afterwards
    return name


def test_users_callable_in_the_current_directory_is_called_with_the_generator(own_module: str) -> None:
    settings = Settings(model=f"{own_module}:Network")
    first, second = (build_model(settings, DIGITS, np.random.default_rng(3)) for _ in range(2))
    assert list(first.state_dict()) == ["only.weight", "only.bias"]
    np.testing.assert_array_equal(first.state_dict()["only.weight"], second.state_dict()["only.weight"])


def test_callable_that_returns_no_module_is_refused(own_module: str) -> None:
    with pytest.raises(ArgumentError, match=r"networks_of_.*:nothing returned NoneType, expected a Module"):
        build_model(Settings(model=f"{own_module}:nothing"), DIGITS, np.random.default_rng())


def test_callable_without_a_generator_is_refused_and_told_what_it_gets(own_module: str) -> None:
    with pytest.raises(ArgumentError, match=r":unseeded is called with rng=, a numpy.random.Generator to"):
        build_model(Settings(model=f"{own_module}:unseeded"), DIGITS, np.random.default_rng())


def test_callable_that_does_not_exist_is_named(own_module: str) -> None:
    with pytest.raises(UnknownNameError, match=r"module networks_of_.* has no 'Netwrk'"):
        build_model(Settings(model=f"{own_module}:Netwrk"), DIGITS, np.random.default_rng())


def test_weights_do_not_decide_what_code_is_imported(
    own_module: str, small_mnist: Path, tmp_path: Path
) -> None:
    name = f"{own_module}:Network"
    session = assemble(Settings(model=name, data=str(small_mnist)), DIGITS)
    RunFolder(tmp_path).save(session)
    weights = tmp_path / "weights.safetensors"
    del sys.modules[own_module]
    with pytest.raises(
        SavedRunError, match=rf"weights of {name}, which is code to run; allow it by --model {name}"
    ):
        load_model(weights)
    assert own_module not in sys.modules
    arguments = [str(weights), "--test", "--model", name]
    assert "accuracy" in CliRunner().invoke(predict, arguments, catch_exceptions=False).output


def test_checkpoint_does_not_decide_what_code_is_imported(
    own_module: str, small_mnist: Path, tmp_path: Path
) -> None:
    name = f"{own_module}:Network"
    out = str(tmp_path / "run")
    options = ["--data", str(small_mnist), "--out", out, "--epochs", "1"]
    CliRunner().invoke(train, [*options, "--model", name], catch_exceptions=False)
    del sys.modules[own_module]
    with pytest.raises(SavedRunError, match=rf"{name}, which is code to run; allow it by --model {name}"):
        CliRunner().invoke(train, ["--resume", out, "--epochs", "2"], catch_exceptions=False)
    assert own_module not in sys.modules
    with pytest.raises(SavedRunError, match=rf"these are weights of {name}, not of mlp"):
        CliRunner().invoke(train, ["--resume", out, "--model", "mlp"], catch_exceptions=False)
    go_on = ["--resume", out, "--epochs", "2", "--model", name]
    assert "epoch 2/2" in CliRunner().invoke(train, go_on, catch_exceptions=False).output


def test_users_callable_is_told_the_shape_and_the_classes_where_it_takes_them(own_module: str) -> None:
    task = Task((3, 5, 4), ("a", "b"))
    model = build_model(Settings(model=f"{own_module}:told"), task, np.random.default_rng(0))
    assert model.state_dict()["only.weight"].shape == (60, 2)


def test_network_with_another_output_than_the_classes_is_refused(own_module: str) -> None:
    with pytest.raises(
        ArgumentError, match=r"maps 784 pixels to 3 logits, \(2, 784\) to \(2, 3\); got \(2, 10\)"
    ):
        build_model(
            Settings(model=f"{own_module}:Network"),
            Task(DIGITS.shape, ("a", "b", "c")),
            np.random.default_rng(),
        )


def test_fault_of_the_users_own_code_is_not_mistaken_for_a_missing_name(own_module: str) -> None:
    with pytest.raises(AttributeError, match="a fault of its own"):
        build_model(Settings(model=f"{own_module}:broken"), DIGITS, np.random.default_rng())


def test_module_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"nowhere.at_all:net: no module named 'nowhere'"):
        build_model(Settings(model="nowhere.at_all:net"), DIGITS, np.random.default_rng())


@pytest.mark.parametrize("name", [":", ":net", "module:", ".module:net", "module:net.part", "a b:net"])
def test_what_cannot_be_the_name_of_a_callable_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"is no name of a model: expected package.module:callable"):
        build_model(Settings(model=name), DIGITS, np.random.default_rng())


def test_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"no model 'mpl'; known are linear, mlp"):
        build_model(Settings(model="mpl"), DIGITS, np.random.default_rng())


def test_setting_that_the_optimizer_lacks_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match=r"nn::adam cannot be made with \{'momentum': 0.9\}.*momentum"):
        assemble(Settings(momentum=0.9), DIGITS)


def test_setting_without_a_default_is_asked_for_by_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(mg.Optimizer):
        name = "plain"

        def __init__(self, params: Any, lr: float, *, gain: float) -> None:
            super().__init__(params, lr=lr, gain=gain)

        def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
            data -= settings["lr"] * settings["gain"] * grad

    monkeypatch.setitem(OPTIMIZERS, "mine::plain", Plain)
    settings = Settings(optimizer="mine::plain")
    with pytest.raises(
        ArgumentError, match=r"no default for lr, gain: give it by --lr --optimizer-arg gain="
    ):
        assemble(settings, DIGITS)
    given = replace(settings, lr=0.1, optimizer_arg=("gain=2",))
    assert assemble(given, DIGITS).optimizer.lr == 0.1


def test_same_settings_assemble_the_same_weights_and_the_same_order() -> None:
    first, second = assemble(Settings(seed=4), DIGITS), assemble(Settings(seed=4), DIGITS)
    for ours, theirs in zip(first.model.parameters(), second.model.parameters(), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    assert first.rng.permutation(100).tolist() == second.rng.permutation(100).tolist()
