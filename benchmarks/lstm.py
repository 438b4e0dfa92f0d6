"""An LSTM over a sequence, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import tensor
from minigrad_ops_nn import LSTM

from .harness import Contender, installed

TITLE = "LSTM, width 128: forward and backward"
SETTINGS = ("batch 32, 32 steps",)


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass by each library, gradients of the input included."""
    batch, steps = (int(part.split()[at]) for part, at in zip(setting.split(", "), (1, 0), strict=True))
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((steps, batch, 128), dtype=np.float32) for _ in range(2))
    found = {"minigrad": _minigrad(x, g)}
    if torch := installed("torch"):
        found["PyTorch"] = _torch(torch, x, g)
    return found


def _minigrad(x: NDArray[Any], g: NDArray[Any]) -> Contender:
    lstm = LSTM(128, 128)
    inputs = tensor(x, requires_grad=True)

    def step() -> None:
        lstm.zero_grad()
        inputs.zero_grad()
        lstm(inputs)[0].backward(g)

    return step


def _torch(torch: Any, x: NDArray[Any], g: NDArray[Any]) -> Contender:
    lstm = torch.nn.LSTM(128, 128)
    inputs, grads = torch.tensor(x, requires_grad=True), torch.tensor(g)

    def step() -> None:
        lstm.zero_grad()
        inputs.grad = None
        lstm(inputs)[0].backward(grads)

    return step
