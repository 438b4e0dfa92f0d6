"""An LSTM over a sequence, forward and backward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import tensor
from minigrad_ops_nn import LSTM

from .harness import Contender, installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

TITLE = "LSTM, width 128: forward and backward"
SETTINGS = ("batch 32, 32 steps",)


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass by each library, gradients of the input included."""
    batch, steps = (int(part.split()[at]) for part, at in zip(setting.split(", "), (1, 0), strict=True))
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((steps, batch, 128), dtype=np.float32) for _ in range(2))
    found = {"NumPy by hand": _by_hand(x, g), "minigrad": _minigrad(x, g)}
    if torch := installed("torch"):
        found["PyTorch"] = _torch(torch, x, g)
    return found


def _by_hand(x: NDArray[Any], g: NDArray[Any]) -> Contender:
    """Return the pass without an engine: one product for all inputs, one a step, one for each gradient."""
    rng = np.random.default_rng(0)
    (steps, n, _), k = x.shape, 128
    w_ih, w_hh = (rng.uniform(-0.09, 0.09, (k, 4 * k)).astype(np.float32) for _ in range(2))
    bias = np.zeros(4 * k, np.float32)

    def step() -> tuple[NDArray[Any], ...]:
        gates = (x.reshape(-1, k) @ w_ih + bias).reshape(steps, n, 4 * k)
        h, c = np.zeros((steps + 1, n, k), np.float32), np.zeros((steps + 1, n, k), np.float32)
        seen = np.empty((steps, n, k), np.float32)
        for t, gate in enumerate(gates):
            gate += h[t] @ w_hh
            for at in (0, 1, 3):
                part = gate[:, at * k : (at + 1) * k]
                part[...] = 1 / (1 + np.exp(-part))
            np.tanh(gate[:, 2 * k : 3 * k], out=gate[:, 2 * k : 3 * k])
            i, f, m, o = np.split(gate, 4, axis=1)
            c[t + 1] = f * c[t] + i * m
            np.tanh(c[t + 1], out=seen[t])
            np.multiply(o, seen[t], out=h[t + 1])
        i, f, m, o = np.split(gates, 4, axis=2)
        factors = np.concatenate(
            [m * i * (1 - i), c[:-1] * f * (1 - f), i * (1 - m * m), seen * o * (1 - o)], axis=2
        ).reshape(steps, n, 4, k)
        through_h = o * (1 - seen * seen)
        gh, gc = np.zeros((n, k), np.float32), np.zeros((n, k), np.float32)
        for t in reversed(range(steps)):
            gh = gh + g[t]
            gc += gh * through_h[t]
            factors[t, :, :3] *= gc[:, None]
            factors[t, :, 3] *= gh
            gh = factors[t].reshape(n, -1) @ w_hh.T
            gc *= f[t]
        flat = factors.reshape(steps * n, -1)
        gx, gw_ih = flat @ w_ih.T, x.reshape(-1, k).T @ flat
        return gx, gw_ih, h[:-1].reshape(-1, k).T @ flat, flat.sum(axis=0), flat.sum(axis=0)

    return step


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
