"""Libraries for the array API standard on tensors: SciPy, array-api-extra, einops and scikit-learn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import array_api_extra as xpx
import numpy as np
import pytest
import scipy.special
from einops import array_api as einops

from minigrad_core import Operation, grad, no_grad, register, tensor
from minigrad_core.errors import ArgumentError, NoOperationError
from tests.differences import take_differences

ROOT = Path(__file__).parents[2]
PAGE, GUIDE = ROOT / "docs/reference/scipy.md", ROOT / "docs/how-to/scipy.md"
X = np.arange(1.0, 13.0).reshape(2, 3, 2) / 7
MATRIX = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -2.0]])


def run(*command: str) -> str:
    """Run Python in a process in which SciPy's functions take tensors; return the output."""
    env = {**os.environ, "SCIPY_ARRAY_API": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_no_gradient_of_scipys_functions_is_wrong_or_lost(tmp_path: Path) -> None:
    printed = run("-m", "benchmarks.scipy_functions", "--page", str(tmp_path / "scipy.md"))
    counts = {name: int(count) for count, name in re.findall(r"^ *(\d+) (\w+)", printed, re.MULTILINE)}
    assert counts["right"] >= 220
    assert counts["wrong"] == counts["silent"] == 0
    page = PAGE.read_text(encoding="utf-8")
    if f"SciPy {version('scipy')} " in page:
        written = (tmp_path / "scipy.md").read_text(encoding="utf-8")
        assert written == page, "run: uv run python -m benchmarks.scipy_functions"


def test_the_examples_of_the_page_work() -> None:
    run("-m", "doctest", "-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE", str(GUIDE))


@pytest.fixture
def without_minigrad_scipy(isolated_registry: Callable[..., Any]) -> None:
    """Leave only the operations of this file for SciPy's functions."""
    isolated_registry(environ={"MINIGRAD_DISABLE_PLUGINS": "scipy"})


@pytest.mark.usefixtures("without_minigrad_scipy")
def test_a_special_function_without_an_operation_has_a_value_and_refuses_a_gradient() -> None:
    special: Any = tensor(0.0).__array_namespace__().special
    x = tensor([0.2, 0.4], requires_grad=True)
    y = special.betainc(2.0, 3.0, x)
    np.testing.assert_allclose(y.numpy(), [0.1808, 0.5248])
    with pytest.raises(NoOperationError, match=r"no operation implements scipy\.special\.betainc"):
        y.sum().backward()
    with no_grad():
        assert not special.betainc(2.0, 3.0, x).requires_grad
    assert not hasattr(special, "betaincc")  # SciPy computes it from betainc
    assert not hasattr(special, "no_function")


class Betainc(Operation):
    """The incomplete beta function, differentiable in x only."""

    name = "betainc"
    implements = (scipy.special.betainc,)

    @staticmethod
    def from_numpy(a: Any, b: Any, x: Any) -> tuple[tuple[Any], dict[str, Any]]:
        return (x,), {"a": a, "b": b}

    def forward(self, ctx: Any, x: Any, *, a: Any, b: Any) -> Any:
        ctx.save(x, a, b)
        return scipy.special.betainc(a, b, x)

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, a, b = ctx.saved
        return grad * x ** (a - 1) * (1 - x) ** (b - 1) / scipy.special.beta(a, b)


@pytest.mark.usefixtures("without_minigrad_scipy")
def test_an_argument_that_an_operation_does_not_differentiate_refuses_its_gradient_only() -> None:
    special: Any = tensor(0.0).__array_namespace__().special
    register(Betainc)
    np.testing.assert_allclose(grad(lambda x: special.betainc(2.0, 3.0, x))(0.4), 12 * 0.4 * 0.6**2)
    a = tensor(2.0, requires_grad=True)
    y = special.betainc(a, 3.0, tensor(0.4))
    assert y.requires_grad
    np.testing.assert_allclose(y.numpy(), 0.5248)
    with pytest.raises(ArgumentError, match="the setting 'a' is a tensor that requires a gradient"):
        y.backward()
    with pytest.raises(ArgumentError, match="out= would write in place"):
        special.betainc(2.0, 3.0, 0.4, tensor(0.1))


EXTRA: dict[str, Any] = {
    "at a copy": lambda x: xpx.at(x * 1.0)[x < 0].set(0.0),
    "at, added": lambda x: xpx.at(x * 1.0)[:, 1].add(x[:, 0]),
    "apply_where": lambda x: xpx.apply_where(x > 0, (x,), np.log, lambda x: x**2),
    "cov": xpx.cov,
    "create_diagonal": lambda x: xpx.create_diagonal(x[0]),
    "atleast_nd": lambda x: xpx.atleast_nd(x, ndim=4),
    "kron": lambda x: xpx.kron(x, x),
    "pad": lambda x: xpx.pad(x, 1),
    "sinc": xpx.sinc,
    "setdiff1d": lambda x: xpx.setdiff1d(x, x[0]),
}


SHAPES: Any = [[1], [1]]  # einops types shapes as tuples
EINOPS: dict[str, Any] = {
    "rearrange": lambda x: einops.rearrange(x, "b (h k) w -> (w b) k h", k=3),
    "mean": lambda x: einops.reduce(x, "b h w -> b w", "mean"),
    "max": lambda x: einops.reduce(x, "b h w -> h", "max"),
    "prod": lambda x: einops.reduce(x, "b h w -> b", "prod"),
    "repeat": lambda x: einops.repeat(x, "b h w -> b (h c) w", c=2),
    "pack": lambda x: einops.pack([x, x * x], "* h w")[0],
    "unpack": lambda x: einops.unpack(x, SHAPES, "* h w")[1],
}


@pytest.mark.parametrize(
    ("name", "x"), [*[(name, MATRIX) for name in EXTRA], *[(name, X) for name in EINOPS]]
)
def test_array_api_extra_and_einops(name: str, x: Any) -> None:
    def f(x: Any) -> Any:
        y = (EXTRA | EINOPS)[name](x)
        return np.sum(y * np.cos(np.arange(1.0 * y.size)).reshape(y.shape))

    np.testing.assert_allclose(grad(f)(x), take_differences(f, x), rtol=1e-6, atol=1e-8)


SCIKIT_LEARN = """
import numpy as np
from sklearn import config_context, decomposition, linear_model, metrics, preprocessing
from sklearn.metrics import pairwise
from minigrad_core import grad

X = np.random.default_rng(0).normal(size=(6, 3))
CALLS = {
    "rbf_kernel": lambda x: pairwise.rbf_kernel(x, x[::-1] + 0.5),
    "cosine_similarity": lambda x: pairwise.cosine_similarity(x, x[::-1] + 0.5),
    "euclidean_distances": lambda x: pairwise.euclidean_distances(x, x[::-1] + 0.5),
    "mean_squared_error": lambda x: metrics.mean_squared_error(x, x**2, multioutput="raw_values"),
    "StandardScaler": lambda x: preprocessing.StandardScaler().fit_transform(x),
    "Ridge": lambda x: linear_model.Ridge(solver="svd").fit(x, x[:, 0] ** 2).coef_,
    "PCA": lambda x: abs(decomposition.PCA(n_components=1, svd_solver="full").fit_transform(x)),
}
h = 1e-6
with config_context(array_api_dispatch=True):
    for name, call in CALLS.items():
        def f(x):
            y = call(x)
            return np.sum(y * np.cos(np.arange(1.0 * y.size)).reshape(y.shape))
        steps = h * np.eye(18).reshape(18, 6, 3)
        slopes = np.array([(f(X + step) - f(X - step)) / (2 * h) for step in steps]).reshape(6, 3)
        np.testing.assert_allclose(grad(f)(X), slopes, rtol=1e-4, atol=1e-6, err_msg=name)
print("right:", *CALLS)
"""


@pytest.mark.skipif(find_spec("sklearn") is None, reason="scikit-learn is not installed: 33 MB")
def test_scikit_learn_under_array_api_dispatch() -> None:
    assert "right: rbf_kernel" in run("-W", "ignore", "-c", SCIKIT_LEARN)
    example = re.search(r":caption: length_scale.py\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    run("-c", example[1])
