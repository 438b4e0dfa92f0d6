"""An error in the code of a plugin names the plugin, whichever of its functions raised."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from minigrad_core.errors import ArgumentError, InputError
from minigrad_core.plugins import isolated_registry
from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.errors import CallbackError, SavedRunError
from tests.train.conftest import Training

PLUGIN = """
import sys
import numpy as np
import minigrad_core as mg

raises = {raises!r}

def at(place):
    if place == raises:
        {how}

class Sgd(mg.Optimizer):
    name = "sgd"

    def __init__(self, params, lr=0.1):
        at("__init__")
        super().__init__(params, lr=lr)

    def update(self, data, grad, state, settings):
        at("update")
        data -= settings["lr"] * grad

    def state_dict(self):
        at("state_dict")
        return super().state_dict()

class Fill(mg.Initializer):
    name = "fill"

    def __call__(self, shape, *, rng, dtype=np.float32):
        at("fill")
        return rng.standard_normal(shape).astype(dtype) * dtype.type(0.05)

    def std(self, fan_in, fan_out):
        return 0.05

class Twice(mg.Operation):
    name = "twice"
    broadcasts = True

    def forward(self, ctx, x):
        at("forward")
        return x * 2

    def backward(self, ctx, grad):
        at("backward")
        return grad * 2

@mg.hookimpl
def minigrad_operations():
    return [Twice()]

@mg.hookimpl
def minigrad_initializers():
    return [Fill()]

@mg.hookimpl
def minigrad_optimizers():
    return [Sgd]
"""
OPTIONS = ("--optimizer", "bad::sgd", "--initializer", "bad::fill", "--activation", "bad::twice")


def run(training: Training, data: Path, raises: str, how: str = "1 / 0") -> None:
    training.add("mg-bad", namespace="bad", code=PLUGIN.format(raises=raises, how=how), module="mg_bad")
    options = ("--data", data, "--out", training.folder / "run", "--hidden", 4, "--epochs", 1, *OPTIONS)
    with isolated_registry():
        CliRunner().invoke(train, [str(option) for option in options], catch_exceptions=False)


@pytest.mark.parametrize("raises", ["__init__", "update", "state_dict", "fill", "forward", "backward"])
def test_what_a_plugin_raises_in_a_run_is_told_as_its_own(
    training: Training, small_mnist: Path, raises: str
) -> None:
    message = (
        r"at of plugin 'bad' \(mg-bad 1\.0\) \(.*mg_bad\.py:10\) raised ZeroDivisionError: division by zero"
    )
    with pytest.raises(CallbackError, match=f"^{message}$") as caught:
        run(training, small_mnist, raises)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert not (training.folder / "run").exists()


@pytest.mark.parametrize(
    ("how", "message"),
    [("sys.exit(3)", "SystemExit: 3"), ("np.zeros(2) @ np.zeros(3)", "ValueError: matmul")],
)
def test_an_exit_and_an_error_of_numpy_are_told_too(
    training: Training, small_mnist: Path, how: str, message: str
) -> None:
    with pytest.raises(CallbackError, match=f"plugin 'bad' .* raised {message}"):
        run(training, small_mnist, "update", how)
    assert not (training.folder / "run").exists()


def test_an_error_of_minigrads_own_passes_as_it_is(training: Training, small_mnist: Path) -> None:
    with pytest.raises(InputError, match=r"^as it is$"):
        run(training, small_mnist, "fill", "raise mg.errors.InputError('as it is')")


def test_an_error_of_nobodys_passes_as_it_is(
    training: Training, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minigrad_train.cli.train.run", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(training, small_mnist, "")


MODEL = """
LIMIT = 3
import minigrad_core as mg
from minigrad_ops_nn import Linear

class Network(mg.Module):
    def __init__(self, shape, classes, rng):
        self.only = Linear(shape[1] * shape[2], classes, rng=rng)
        self.calls = 0

    def forward(self, images):
        self.calls += 1
        return self.only(images) if self.calls < LIMIT else self.onyl(images)

@hookimpl
def train_models():
    return {"network": Network}
"""


def test_a_model_that_raises_in_the_midst_of_a_run_or_of_a_prediction_is_told(
    training: Training, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training.take_part("a", MODEL)
    out = str(training.folder / "run")
    options = ["--data", str(small_mnist), "--out", out, "--model", "a::network", "--epochs", "1"]
    message = r"^Network\.forward of plugin 'a' \(mg-a 1\.0\) \(.*\) raised AttributeError: .*'onyl'"
    with pytest.raises(CallbackError, match=message):
        CliRunner().invoke(train, options, catch_exceptions=False)
    monkeypatch.setattr(sys.modules["mg_a_plugin"], "LIMIT", 99)
    assert CliRunner().invoke(train, options, catch_exceptions=False).exit_code == 0
    monkeypatch.setattr(sys.modules["mg_a_plugin"], "LIMIT", 2)
    with pytest.raises(CallbackError, match=message):
        CliRunner().invoke(predict, [out, "--test"], catch_exceptions=False)


BARE = """
import minigrad_core as mg

class Bare:
    name = "bare"

    def __init__(self, params):
        self.params = list(params)
        self.lr = {lr}

    def step(self):
        pass

    def zero_grad(self):
        pass

    def state_dict(self):
        return {{"moments": {kept}}}

    def load_state_dict(self, state):
        pass

@mg.hookimpl
def minigrad_optimizers():
    return [Bare]
"""


@pytest.mark.parametrize(
    ("lr", "kept", "error", "message"),
    [
        (
            "'high'",
            "1",
            ArgumentError,
            r"bad::bare \(mg-bad 1\.0\): expected a number as its attribute lr, .* got 'high'",
        ),
        (
            "0.1",
            "[object()]",
            SavedRunError,
            "mlp with bad::bare: run.optimizer.moments.0 cannot be saved: expected arrays, .* object",
        ),
    ],
)
def test_an_optimizer_that_a_run_cannot_use_is_refused(
    training: Training, small_mnist: Path, lr: str, kept: str, error: type[Exception], message: str
) -> None:
    training.add("mg-bad", namespace="bad", code=BARE.format(lr=lr, kept=kept))
    options = ["--data", str(small_mnist), "--out", str(training.folder / "run"), "--optimizer", "bad::bare"]
    with isolated_registry(), pytest.raises(error, match=message):
        CliRunner().invoke(train, options, catch_exceptions=False)
    assert not (training.folder / "run").exists()
