"""The engine's overhead: 100 operations on three numbers, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg

from .harness import Contender, import_if_installed

TITLE = "100 tiny operations, forward and backward"
SETTINGS = ("3 floats",)
DATA = np.array([1.0, 1.01, 0.99])


def contenders(_: str) -> dict[str, Contender]:
    """Return fifty evaluations of y = y x + x in each engine."""
    found: dict[str, Contender] = {"NumPy by hand": _by_hand, "minigrad": _minigrad()}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch)
    if autograd := import_if_installed("autograd"):
        found["autograd"] = _autograd(autograd)
    if mygrad := import_if_installed("mygrad"):
        found["MyGrad"] = _mygrad(mygrad)
    return found


def _chain(x: Any) -> Any:
    y = x
    for _ in range(50):
        y = y * x
        y = y + x
    return y


def _by_hand() -> None:
    x = y = DATA
    saved = []
    for _ in range(50):
        saved.append(y)
        y = y * x
        y = y + x
    grad, total = np.ones(3), np.zeros(3)
    for y in reversed(saved):
        total = total + grad
        total = total + grad * y
        grad = grad * x


def _minigrad() -> Contender:
    x = mg.tensor(DATA, requires_grad=True)

    def step() -> None:
        x.grad = None
        _chain(x).backward()

    return step


def _torch(torch: Any) -> Contender:
    x = torch.tensor(DATA, requires_grad=True)
    seed = torch.ones(3, dtype=x.dtype)

    def step() -> None:
        x.grad = None
        _chain(x).backward(seed)

    return step


def _autograd(autograd: Any) -> Contender:
    vjp, seed = autograd.make_vjp(_chain), np.ones(3)
    return lambda: vjp(DATA)[0](seed)


def _mygrad(mygrad: Any) -> Contender:
    x = mygrad.tensor(DATA)

    def step() -> None:
        x.null_grad()
        _chain(x).backward()

    return step
