"""An LSTM over a sequence, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import tensor
from minigrad_ops_nn import LSTM

from .harness import Contender, import_if_installed

TITLE = "LSTM, width 128: forward and backward"
SETTINGS = ("batch 32, 32 steps",)


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass of each library, with the gradient of the input."""
    batch, steps = (int(part.split()[at]) for part, at in zip(setting.split(", "), (1, 0), strict=True))
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((steps, batch, 128), dtype=np.float32) for _ in range(2))
    found = {"NumPy by hand": _by_hand(x, g), "minigrad": _minigrad(x, g)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, x, g)
    return found


def _by_hand(x: NDArray[Any], g: NDArray[Any]) -> Contender:
    """Return the pass without an engine: one product for all inputs, one per step, one per gradient.

    The gates have the order i, f, o, g, so that the sigmoids are one slice.
    """
    rng = np.random.default_rng(0)
    (steps, n, _), k = x.shape, 128
    w_ih, w_hh = (rng.uniform(-0.09, 0.09, (k, 4 * k)).astype(np.float32) for _ in range(2))
    bias = np.zeros(4 * k, np.float32)
    shape = (steps, n, k)
    gates, factors = np.empty((steps, n, 4 * k), np.float32), np.empty((steps, n, 4, k), np.float32)
    h, c = (np.zeros((steps + 1, n, k), np.float32) for _ in range(2))
    seen, through_h = np.empty(shape, np.float32), np.empty(shape, np.float32)
    product, part = np.empty((n, 4 * k), np.float32), np.empty((n, k), np.float32)
    i, f, o, m = np.moveaxis(gates.reshape(steps, n, 4, k), 2, 0)

    def forward() -> None:
        np.matmul(x.reshape(-1, k), w_ih, out=gates.reshape(-1, 4 * k))
        gates[...] += bias
        for t, gate in enumerate(gates):
            gate += np.matmul(h[t], w_hh, out=product)
            sigmoids, tanh = gate[:, : 3 * k], gate[:, 3 * k :]
            np.negative(sigmoids, out=sigmoids)
            np.exp(sigmoids, out=sigmoids)
            np.add(sigmoids, 1, out=sigmoids)
            np.divide(1, sigmoids, out=sigmoids)
            np.tanh(tanh, out=tanh)
            np.multiply(f[t], c[t], out=c[t + 1])
            c[t + 1] += np.multiply(i[t], m[t], out=part)
            np.multiply(o[t], np.tanh(c[t + 1], out=seen[t]), out=h[t + 1])

    def backward() -> None:
        factors[:, :, 0], factors[:, :, 1] = m * i * (1 - i), c[:-1] * f * (1 - f)
        factors[:, :, 2], factors[:, :, 3] = seen * o * (1 - o), i * (1 - m * m)
        np.multiply(o, 1 - seen * seen, out=through_h)
        gh, gc = np.zeros((n, k), np.float32), np.zeros((n, k), np.float32)
        for t in reversed(range(steps)):
            gh += g[t]
            gc += np.multiply(gh, through_h[t], out=part)
            factors[t, :, :2] *= gc[:, None]
            factors[t, :, 2] *= gh
            factors[t, :, 3] *= gc
            gc *= f[t]
            np.matmul(factors[t].reshape(n, -1), w_hh.T, out=gh)

    def step() -> tuple[NDArray[Any], ...]:
        forward()
        backward()
        flat = factors.reshape(steps * n, -1)
        of_bias = np.ones(steps * n, np.float32) @ flat
        of_weights = x.reshape(-1, k).T @ flat, h[:-1].reshape(-1, k).T @ flat
        return flat @ w_ih.T, *of_weights, of_bias, of_bias.copy()

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
