"""Measure NumPy's functions, forward and backward: `python -m benchmarks.numpy_functions [NAME ...]`.

One row for each function, in float32 on 256 x 256 values (or on an argument that the function accepts): the
time of minigrad, and its ratio to PyTorch and autograd, if they are installed and have the function.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import minigrad_core as mg

from .harness import Contender, import_if_installed, in_turns


class Function(NamedTuple):
    """A function in NumPy's spelling (`xp` is numpy or autograd.numpy) and in PyTorch's, and its argument."""

    numpy: Callable[[Any, Any], Any]
    torch: Callable[[Any, Any], Any]
    x: NDArray[Any]


_RNG = np.random.default_rng(0)
A = _RNG.standard_normal((256, 256), np.float32)
POSITIVE = np.abs(A) + np.float32(0.1)
NEAR_ONE = 1 + A / 100
DEFINITE = A @ A.T / 256 + 2 * np.eye(256, dtype=np.float32)
VECTOR = A[0]
STACK = _RNG.standard_normal((32, 64, 32), np.float32)
ROWS = _RNG.integers(0, 256, 1024)
MASK = A > 0

FUNCTIONS = {
    "add": Function(lambda _, x: x + A, lambda t, x: x + t.tensor(A), A),
    "multiply": Function(lambda _, x: x * x, lambda _, x: x * x, A),
    "divide": Function(lambda _, x: 1 / x, lambda _, x: 1 / x, POSITIVE),
    "power": Function(lambda _, x: x**0.5, lambda _, x: x**0.5, POSITIVE),
    "exp": Function(lambda xp, x: xp.exp(x), lambda t, x: t.exp(x), A),
    "tanh": Function(lambda xp, x: xp.tanh(x), lambda t, x: t.tanh(x), A),
    "maximum": Function(lambda xp, x: xp.maximum(x, A.T), lambda t, x: t.maximum(x, t.tensor(A.T)), A),
    "where": Function(
        lambda xp, x: xp.where(MASK, x, A), lambda t, x: t.where(t.tensor(MASK), x, t.tensor(A)), A
    ),
    "sum": Function(lambda xp, x: xp.sum(x, axis=0), lambda _, x: x.sum(0), A),
    "var": Function(lambda xp, x: xp.var(x, axis=1), lambda _, x: x.var(1, correction=0), A),
    "max": Function(lambda xp, x: xp.max(x, axis=1), lambda t, x: t.amax(x, 1), A),
    "prod": Function(lambda xp, x: xp.prod(x, axis=1), lambda _, x: x.prod(1), NEAR_ONE),
    "cumsum": Function(lambda xp, x: xp.cumsum(x, axis=1), lambda _, x: x.cumsum(1), A),
    "cumprod": Function(lambda xp, x: xp.cumprod(x, axis=1), lambda _, x: x.cumprod(1), NEAR_ONE),
    "matmul": Function(lambda xp, x: xp.matmul(x, A), lambda t, x: x @ t.tensor(A), A),
    "einsum": Function(
        lambda xp, x: xp.einsum("bij,bkj->bik", x, STACK),
        lambda t, x: t.einsum("bij,bkj->bik", x, t.tensor(STACK)),
        STACK,
    ),
    "outer": Function(lambda xp, x: xp.outer(x, VECTOR), lambda t, x: t.outer(x, t.tensor(VECTOR)), VECTOR),
    "concatenate": Function(lambda xp, x: xp.concatenate([x, A]), lambda t, x: t.cat([x, t.tensor(A)]), A),
    "slice": Function(lambda _, x: x[10:200, ::2], lambda _, x: x[10:200, ::2], A),
    "rows by number": Function(lambda _, x: x[ROWS], lambda t, x: x[t.tensor(ROWS)], A),
    "mask": Function(lambda _, x: x[MASK], lambda t, x: x[t.tensor(MASK)], A),
    "repeat": Function(lambda xp, x: xp.repeat(x, 3, axis=0), lambda t, x: t.repeat_interleave(x, 3, 0), A),
    "tile": Function(lambda xp, x: xp.tile(x, (2, 2)), lambda t, x: t.tile(x, (2, 2)), A),
    "pad": Function(lambda xp, x: xp.pad(x, 2), lambda t, x: t.nn.functional.pad(x, (2, 2, 2, 2)), A),
    "roll": Function(lambda xp, x: xp.roll(x, 3, axis=1), lambda t, x: t.roll(x, 3, 1), A),
    "diff": Function(lambda xp, x: xp.diff(x, axis=1), lambda t, x: t.diff(x, dim=1), A),
    "sort": Function(lambda xp, x: xp.sort(x, axis=1), lambda t, x: t.sort(x, 1)[0], A),
    "norm": Function(lambda xp, x: xp.linalg.norm(x), lambda t, x: t.linalg.norm(x), A),
    "inv": Function(lambda xp, x: xp.linalg.inv(x), lambda t, x: t.linalg.inv(x), DEFINITE),
    "cholesky": Function(lambda xp, x: xp.linalg.cholesky(x), lambda t, x: t.linalg.cholesky(x), DEFINITE),
    "eigvalsh": Function(lambda xp, x: xp.linalg.eigh(x)[0], lambda t, x: t.linalg.eigh(x)[0], DEFINITE),
}


def contenders(function: Function) -> dict[str, Contender]:
    """Return the forward and backward pass of each library that has the function."""
    seed = np.ones(np.shape(function.numpy(np, function.x)), np.float32)
    found: dict[str, Contender] = {"minigrad": _minigrad(function, seed)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, function, seed)
    if (autograd := import_if_installed("autograd")) and (xp := import_if_installed("autograd.numpy")):
        call = _autograd(autograd, xp, function, seed)
        try:
            call()
        except Exception:  # the library does not have the function, for example diff
            return found
        found["autograd"] = call
    return found


def _minigrad(function: Function, seed: NDArray[Any]) -> Contender:
    x = mg.tensor(function.x, requires_grad=True)

    def both() -> None:
        x.grad = None
        function.numpy(np, x).backward(seed)

    return both


def _torch(torch: Any, function: Function, seed: NDArray[Any]) -> Contender:
    x = torch.tensor(function.x, requires_grad=True)
    grad = torch.tensor(seed)

    def both() -> None:
        x.grad = None
        function.torch(torch, x).backward(grad)

    return both


def _autograd(autograd: Any, xp: Any, function: Function, seed: NDArray[Any]) -> Contender:
    return lambda: autograd.make_vjp(lambda x: function.numpy(xp, x))(function.x)[0](seed)


def main(names: list[str]) -> None:
    """Print the table of all functions, or of the named ones."""
    table = Table("", title="NumPy's functions, forward and backward", title_justify="left")
    for heading in ("us", "of PyTorch", "of autograd"):
        table.add_column(heading, justify="right")
    for name in names or FUNCTIONS:
        own = in_turns(contenders(FUNCTIONS[name]), rounds=10)["minigrad"]
        ratios = (f"{own.ratios[peer]:.2f}" if peer in own.ratios else "" for peer in ("PyTorch", "autograd"))
        table.add_row(name, f"{own.seconds * 1e6:.0f}", *ratios)
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
