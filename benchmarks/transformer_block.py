"""A transformer block, forward and backward: normalized first, hidden 512, tanh gelu."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, tensor
from minigrad_ops_nn import TransformerBlock

from .harness import Contender, installed

TITLE = "Transformer block, width 128, 4 heads, hidden 512: forward and backward"
SETTINGS = ("batch 8, 64 tokens",)


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass by each library, gradients of the input included."""
    batch, tokens = (int(part.split()[at]) for part, at in zip(setting.split(", "), (1, 0), strict=True))
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((batch, tokens, 128), dtype=np.float32) for _ in range(2))
    found = {"minigrad": _minigrad(x, g)}
    if torch := installed("torch"):
        found["PyTorch"] = _torch(torch, x, g)
    return found


def _minigrad(x: NDArray[Any], g: NDArray[Any]) -> Contender:
    gelu = ops.nn.gelu
    block = TransformerBlock(128, 4, 512, activation=lambda h: gelu(h, approximate="tanh"))
    inputs = tensor(x, requires_grad=True)

    def step() -> None:
        block.zero_grad()
        inputs.zero_grad()
        block(inputs).backward(g)

    return step


def _torch(torch: Any, x: NDArray[Any], g: NDArray[Any]) -> Contender:
    gelu = partial(torch.nn.functional.gelu, approximate="tanh")
    block = torch.nn.TransformerEncoderLayer(128, 4, 512, 0.0, gelu, batch_first=True, norm_first=True)
    inputs, grads = torch.tensor(x, requires_grad=True), torch.tensor(g)

    def step() -> None:
        block.zero_grad()
        inputs.grad = None
        block(inputs).backward(grads)

    return step
