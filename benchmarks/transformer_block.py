"""A transformer block, forward and backward: pre-normalization, hidden width 512, tanh GELU."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, tensor
from minigrad_ops_nn import TransformerBlock

from .harness import Contender, import_if_installed

TITLE = "Transformer block, width 128, 4 heads, hidden 512: forward and backward"
SETTINGS = ("batch 8, 64 tokens",)


def contenders(setting: str) -> dict[str, Contender]:
    """Return one pass of each library, with the gradient of the input."""
    batch, tokens = (int(part.split()[at]) for part, at in zip(setting.split(", "), (1, 0), strict=True))
    rng = np.random.default_rng(0)
    x, g = (rng.standard_normal((batch, tokens, 128), dtype=np.float32) for _ in range(2))
    found = {"NumPy by hand": _by_hand(x, g), "minigrad": _minigrad(x, g)}
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, x, g)
    return found


def _by_hand(x: NDArray[Any], g: NDArray[Any]) -> Contender:
    """Return the pass without an engine."""
    rng = np.random.default_rng(0)
    batch, tokens, width = x.shape
    shapes = (*[(width, width)] * 4, (width, 512), (512, width))
    weights = [(rng.standard_normal(shape) * 0.05).astype(np.float32) for shape in shapes]
    biases = [np.zeros(shape[1], np.float32) for shape in shapes]

    def heads(a: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(a.reshape(batch, tokens, 4, -1).transpose(0, 2, 1, 3))

    def flat(a: NDArray[Any]) -> NDArray[Any]:
        return a.transpose(0, 2, 1, 3).reshape(-1, width)

    def step() -> list[NDArray[Any]]:
        wq, wk, wv, wo, w1, w2 = weights
        rows = x.reshape(-1, width)
        z1, inverse1 = _normal(rows)
        q, k, v = (heads(z1 @ w + b) for w, b in zip((wq, wk, wv), biases[:3], strict=True))
        p = _softmax((q * 32**-0.5) @ k.swapaxes(-1, -2))
        seen = flat(p @ v)
        middle = rows + seen @ wo + biases[3]
        z2, inverse2 = _normal(middle)
        h = z2 @ w1 + biases[4]
        a, slope = _gelu(h)
        _ = a @ w2 + biases[5] + middle
        gy = g.reshape(-1, width)
        gh = (gy @ w2.T) * slope
        grads = [a.T @ gy, gy.sum(axis=0), z2.T @ gh, gh.sum(axis=0)]
        gz2 = gh @ w1.T
        grads += [(gz2 * z2).sum(axis=0), gz2.sum(axis=0)]
        gm = gy + _normal_back(gz2, z2, inverse2)
        grads += [seen.T @ gm, gm.sum(axis=0)]
        gs = heads(gm @ wo.T)
        gp = gs @ v.swapaxes(-1, -2)
        t = p * (gp - (gp * p).sum(axis=-1, keepdims=True)) * np.float32(32**-0.5)
        gz1 = np.zeros_like(rows)
        for part, w in ((t @ k, wq), (t.swapaxes(-1, -2) @ q, wk), (p.swapaxes(-1, -2) @ gs, wv)):
            own = flat(part)
            grads += [z1.T @ own, own.sum(axis=0)]
            gz1 += own @ w.T
        grads += [(gz1 * z1).sum(axis=0), gz1.sum(axis=0)]
        return [*grads, gm + _normal_back(gz1, z1, inverse1)]

    return step


def _normal(x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    centered = x - x.mean(axis=1, keepdims=True)
    inverse = 1 / np.sqrt((centered * centered).mean(axis=1, keepdims=True) + np.float32(1e-5))
    return centered * inverse, inverse


def _normal_back(g: NDArray[Any], z: NDArray[Any], inverse: NDArray[Any]) -> NDArray[Any]:
    return inverse * (g - g.mean(axis=1, keepdims=True) - z * (g * z).mean(axis=1, keepdims=True))


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def _gelu(x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return GELU(x) and its derivative."""
    root = np.float32((2 / np.pi) ** 0.5)
    square = x * x
    t = np.tanh(x * (root + root * np.float32(0.044715) * square))
    gate = 0.5 * t + np.float32(0.5)
    return x * gate, gate + x * gate * (1 - t) * (root + 3 * root * np.float32(0.044715) * square)


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
