"""layer_norm and group_norm of 8 groups, forward and backward, float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, tensor

from .harness import Contender, import_if_installed

TITLE = "normalization, forward and backward"
SETTINGS = ("layer_norm 512 x 128", "layer_norm 2048 x 256", "group_norm 512 x 128", "group_norm 2048 x 256")
GROUPS = 8
EPS = 1e-5


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass of each library."""
    name, rows, _, features = setting.split()
    rng = np.random.default_rng(0)
    x, grad = rng.standard_normal((2, int(rows), int(features)), dtype=np.float32)
    weight, bias = rng.standard_normal((2, int(features)), dtype=np.float32)
    groups = GROUPS if name == "group_norm" else 1
    arrays = (x, weight, bias, grad)
    found = {"NumPy by hand": _by_hand(groups, *arrays), "minigrad": _minigrad(name, *arrays)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, name, *arrays)
    return found


def _by_hand(
    groups: int, x: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any], grad: NDArray[Any]
) -> Contender:
    grouped = (len(x), groups, -1)

    def step() -> tuple[NDArray[Any], ...]:
        cells = x.reshape(grouped)
        centered = cells - cells.mean(axis=-1, keepdims=True)
        inverse = 1 / np.sqrt((centered * centered).mean(axis=-1, keepdims=True) + EPS)
        z = (centered * inverse).reshape(x.shape)
        y = z * weight + bias
        g, z_cells = (grad * weight).reshape(grouped), z.reshape(grouped)
        of_z = (g * z_cells).mean(axis=-1, keepdims=True)
        gx = (inverse * (g - g.mean(axis=-1, keepdims=True) - z_cells * of_z)).reshape(x.shape)
        return y, gx, (grad * z).sum(axis=0), grad.sum(axis=0)

    return step


def _minigrad(
    name: str, x: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any], grad: NDArray[Any]
) -> Contender:
    inputs = [tensor(array, requires_grad=True) for array in (x, weight, bias)]
    operation: Any = ops[f"nn::{name}"]
    setting = {"num_groups": GROUPS} if name == "group_norm" else {"normalized_shape": x.shape[1]}

    def step() -> None:
        for t in inputs:
            t.zero_grad()
        operation(*inputs, **setting).backward(grad)

    return step


def _torch(
    torch: Any, name: str, x: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any], grad: NDArray[Any]
) -> Contender:
    inputs = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    given, functional = torch.tensor(grad), torch.nn.functional

    def step() -> None:
        for t in inputs:
            t.grad = None
        if name == "group_norm":
            y = functional.group_norm(inputs[0], GROUPS, inputs[1], inputs[2])
        else:
            y = functional.layer_norm(inputs[0], x.shape[1:], inputs[1], inputs[2])
        y.backward(given)

    return step
