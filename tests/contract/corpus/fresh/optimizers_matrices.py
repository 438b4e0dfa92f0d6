"""Optimizers with rules of their own for matrices, thresholds or several gradients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class Adafactor(Optimizer):
    """Row and column means of squares for matrices (Shazeer and Stern 2018)."""

    name = "adafactor"

    def __init__(self, params: Any, lr: Any = 1e-2, *, decay: Any = 0.9, eps: Any = 1e-12) -> None:
        super().__init__(params, lr=lr, decay=decay, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        d = settings["decay"]
        sq = grad * grad + settings["eps"]
        if data.ndim != 2 or 0 in data.shape:
            v = state.setdefault("v", np.zeros_like(data))
            v *= d
            v += (1 - d) * sq
        else:
            r = state.setdefault("r", np.zeros(data.shape[0], data.dtype))
            c = state.setdefault("c", np.zeros(data.shape[1], data.dtype))
            r *= d
            r += (1 - d) * sq.mean(axis=1)
            c *= d
            c += (1 - d) * sq.mean(axis=0)
            v = np.outer(r, c) / r.mean()
        t = state["t"] = state.get("t", 0) + 1
        data -= settings["lr"] * grad / np.sqrt(v / (1 - d**t))


@wrong_optimizer(twin=Adafactor, cause=r"square")
class AfAxisSquare(Adafactor):
    # the other axis where both are as long
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        d = settings["decay"]
        sq = grad * grad + settings["eps"]
        if data.ndim != 2 or 0 in data.shape:
            v = state.setdefault("v", np.zeros_like(data))
            v *= d
            v += (1 - d) * sq
        else:
            r = state.setdefault("r", np.zeros(data.shape[0], data.dtype))
            c = state.setdefault("c", np.zeros(data.shape[1], data.dtype))
            r *= d
            r += (1 - d) * sq.mean(axis=0 if sq.shape[0] == sq.shape[1] else 1)
            c *= d
            c += (1 - d) * sq.mean(axis=0)
            v = np.outer(r, c) / r.mean()
        t = state["t"] = state.get("t", 0) + 1
        data -= settings["lr"] * grad / np.sqrt(v / (1 - d**t))


class SM3(Optimizer):
    name = "sm3"

    def __init__(self, params: Any, lr: Any = 0.05, *, eps: Any = 1e-30) -> None:
        super().__init__(params, lr=lr, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if data.ndim != 2:
            acc = state.setdefault("acc", np.zeros_like(data))
            acc += grad * grad
            nu = acc
        else:
            r = state.setdefault("r", np.zeros((data.shape[0], 1), data.dtype))
            c = state.setdefault("c", np.zeros((1, data.shape[1]), data.dtype))
            nu = np.minimum(r, c) + grad * grad
            if nu.size:
                r[...] = nu.max(axis=1, keepdims=True)
                c[...] = nu.max(axis=0, keepdims=True)
        data -= settings["lr"] * grad / np.sqrt(nu + settings["eps"])


class ProximalSGD(Optimizer):
    """Soft threshold after the step: lasso."""

    name = "proximal_sgd"

    def __init__(self, params: Any, lr: Any = 0.05, *, l1: Any = 0.01) -> None:
        super().__init__(params, lr=lr, l1=l1)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        moved = data - settings["lr"] * grad
        np.multiply(np.sign(moved), np.maximum(np.abs(moved) - settings["lr"] * settings["l1"], 0), out=data)


@wrong_optimizer(twin=ProximalSGD, cause=r"lr = 0")
class ProxNoLr(ProximalSGD):
    # a threshold without the factor lr
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        moved = data - settings["lr"] * grad
        np.multiply(np.sign(moved), np.maximum(np.abs(moved) - settings["l1"], 0), out=data)


class Accumulating(Optimizer):
    """Adds up `every` gradients, and steps with their mean."""

    name = "accumulating_sgd"

    def __init__(self, params: Any, lr: Any = 0.1, *, every: Any = 2) -> None:
        super().__init__(params, lr=lr, every=every)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        total = state.setdefault("total", np.zeros_like(data))
        total += grad
        n = state["n"] = state.get("n", 0) + 1
        if n >= settings["every"]:
            data -= settings["lr"] / n * total
            total[...] = 0
            state["n"] = 0


class CosineSGD(Optimizer):
    """A cosine schedule over `total` steps, counted in the state, to a tenth of lr."""

    name = "cosine_sgd"

    def __init__(self, params: Any, lr: Any = 0.1, *, total: Any = 20) -> None:
        super().__init__(params, lr=lr, total=total)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = min(state.get("t", 0), settings["total"])
        state["t"] = state.get("t", 0) + 1
        rate = settings["lr"] * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t / settings["total"])))
        data -= rate * grad


@wrong_optimizer(twin=CosineSGD, cause=r"total")
class CosNever(CosineSGD):
    # the schedule does not move
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = 0
        state["t"] = state.get("t", 0) + 1
        rate = settings["lr"] * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t / settings["total"])))
        data -= rate * grad
