"""A small MNIST: 600 training examples (500 and 100) and 100 test ones; and plugins that take part."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from matplotlib.figure import Figure
from numpy.typing import NDArray

from minigrad_core.plugins import PluginGroup
from minigrad_train import datasets
from minigrad_train.hooks import GROUP, Callbacks
from minigrad_train.hooks.hookspecs import TRAINING
from tests.plugins.testbed import RANGE, Site

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
HEAD = "from minigrad_train.hooks import hookimpl\nimport builtins\nlog = builtins.log\n"


def idx_bytes(values: NDArray[Any]) -> bytes:
    return (
        struct.pack(f">{1 + values.ndim}I", 0x0800 | values.ndim, *values.shape)
        + values.astype(np.uint8).tobytes()
    )


def invoke(command: Any, *arguments: object) -> Result:
    """Run a command in this process; exceptions other than those of click pass through."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def rendered_figures() -> None:
    """Let a test draw curves and mistakes, and write the pixels of its figures."""


@pytest.fixture(autouse=True)
def empty_figures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave figures empty, and write the head of a PNG for each: drawing takes most of the time of a run."""
    if "rendered_figures" not in request.fixturenames:
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda _, file, **__: file.write(PNG_HEAD))
        for function in ("builtin_callbacks.draw_curves", "prediction_report.draw_mistakes"):
            monkeypatch.setattr(f"minigrad_train.cli.{function}", lambda *_, **__: Figure())


@pytest.fixture(scope="session")
def digits() -> datasets.Splits:
    return datasets.mnist()


@pytest.fixture(scope="session")
def small_mnist(digits: datasets.Splits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("small_mnist")
    for prefix, split, count in (("train", digits.train, 600), ("t10k", digits.test, 100)):
        images = np.rint(split.images[:count] * 255).reshape(count, 28, 28)
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(split.labels[:count]))
    return folder


class Training(Site):
    """A folder like site-packages, whose plugins take part in training."""

    def take_part(self, namespace: str, code: str, requires: str = RANGE) -> None:
        self.add(f"mg-{namespace}", namespace=namespace, code=HEAD + code, requires=[requires], group=GROUP)

    def callbacks(self, **environ: str) -> Callbacks:
        return Callbacks(PluginGroup(environ, self.find, name=GROUP, given_hooks=TRAINING))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr("builtins.log", found, raising=False)
    return found


@pytest.fixture
def training(tmp_path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Training]:
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield Training(tmp_path)
    for module in set(sys.modules) - before:
        if (getattr(sys.modules[module], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[module]
