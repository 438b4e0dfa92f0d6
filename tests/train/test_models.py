from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.dispatch.tables import TABLES
from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.datasets import Task
from minigrad_train.datasets.mnist import DIGITS
from minigrad_train.errors import SavedRunError
from minigrad_train.models import build_model
from minigrad_train.run_folder import RunFolder
from minigrad_train.saved_network import load_model
from minigrad_train.session import assemble
from minigrad_train.settings import Settings
from tests.train.conftest import invoke

OWN = """
import minigrad_core as mg
from minigrad_ops_nn import Linear

class Network(mg.Module):
    def __init__(self, rng):
        super().__init__()
        self.only = Linear(784, 10, rng=rng)

    def forward(self, images):
        return self.only(images)

class Sized(Network):
    def __init__(self, *, classes, shape, rng):
        mg.Module.__init__(self)
        self.only = Linear(shape[0] * shape[1] * shape[2], classes, rng=rng)

def Small(rng):
    return Linear(784, 3, rng=rng)

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


def test_weights_do_not_decide_what_code_is_imported(
    own_module: str, small_mnist: Path, tmp_path: Path
) -> None:
    name = f"{own_module}:Network"
    session = assemble(Settings(model=name, data=str(small_mnist)), DIGITS)
    folder = RunFolder(tmp_path)
    folder.save(session)
    folder.save_weights(session)
    weights = tmp_path / "weights.safetensors"
    del sys.modules[own_module]
    with pytest.raises(
        SavedRunError, match=rf"weights of {name}, which is code to run; allow it by --model {name}"
    ):
        load_model(weights)
    assert own_module not in sys.modules
    assert "accuracy" in invoke(predict, weights, "--test", "--model", name).output


def test_checkpoint_does_not_decide_what_code_is_imported(
    own_module: str, small_mnist: Path, tmp_path: Path
) -> None:
    name = f"{own_module}:Network"
    out = tmp_path / "run"
    invoke(train, "--data", small_mnist, "--out", out, "--epochs", 1, "--model", name)
    del sys.modules[own_module]
    with pytest.raises(SavedRunError, match=rf"{name}, which is code to run; allow it by --model {name}"):
        invoke(train, "--resume", out, "--epochs", 2)
    assert own_module not in sys.modules
    with pytest.raises(SavedRunError, match=rf"these are weights of {name}, not of mlp"):
        invoke(train, "--resume", out, "--model", "mlp")
    assert "epoch 2/2" in invoke(train, "--resume", out, "--epochs", 2, "--model", name).output


def test_users_callable_gets_the_shape_and_the_classes_where_it_takes_them(own_module: str) -> None:
    task = Task((3, 5, 4), ("a", "b"))
    model = build_model(Settings(model=f"{own_module}:Sized"), task, np.random.default_rng(0))
    assert model.state_dict()["only.weight"].shape == (60, 2)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("OWN:nothing", ArgumentError, r"networks_of_.*:nothing returned NoneType, expected a Module"),
        ("OWN:unseeded", ArgumentError, r":unseeded is called with rng=, a numpy.random.Generator to"),
        ("OWN:Small", ArgumentError, r"maps 784 pixels to 10 logits, \(2, 784\) to \(2, 10\); got \(2, 3\)"),
        ("OWN:Netwrk", UnknownNameError, r"module networks_of_.* has no 'Netwrk'"),
        ("OWN:broken", AttributeError, r"a fault of its own"),  # the code of the user, and no missing name
        ("nowhere.at_all:net", UnknownNameError, r"nowhere.at_all:net: no module named 'nowhere'"),
        ("mpl", UnknownNameError, r"no model 'mpl'; known are linear, mlp"),
        *(
            (name, UnknownNameError, r"is not the name of a model: expected package.module:callable")
            for name in (":", ":net", "module:", ".module:net", "module:net.part", "a b:net")
        ),
    ],
)
def test_name_without_a_fitting_network_is_refused(
    own_module: str, name: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        build_model(Settings(model=name.replace("OWN", own_module)), DIGITS, np.random.default_rng())


def test_setting_that_the_optimizer_lacks_is_refused_by_name() -> None:
    expected = r"nn::adam has no momentum: leave out --momentum, or .*: nn::muon, nn::rmsprop, nn::sgd$"
    with pytest.raises(ArgumentError, match=expected):
        assemble(Settings(momentum=0.9), DIGITS)


def test_setting_without_a_default_is_asked_for_by_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(mg.Optimizer):
        name = "plain"

        def __init__(self, params: Any, lr: float, *, gain: float) -> None:
            super().__init__(params, lr=lr, gain=gain)

        def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
            data -= settings["lr"] * settings["gain"] * grad

    monkeypatch.setitem(TABLES["optimizer"], "mine::plain", Plain)
    settings = Settings(optimizer="mine::plain")
    with pytest.raises(
        ArgumentError, match=r"no default for lr, gain: give it by --lr --optimizer-arg gain="
    ):
        assemble(settings, DIGITS)
    given = replace(settings, lr=0.1, optimizer_arg=("gain=2",))
    assert assemble(given, DIGITS).optimizer.lr == 0.1
