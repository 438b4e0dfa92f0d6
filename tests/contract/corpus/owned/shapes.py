"""Rules with norms, rows and columns, and bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class LayerwiseRate(Optimizer):
    """v = momentum v + lr trust g, trust = eta |p| / |g|, 1 if either is 0; p -= v."""

    name = "layerwise_rate"

    def __init__(self, params: Any, lr: Any = 1.0, *, momentum: Any = 0.9, eta: Any = 0.02) -> None:
        super().__init__(params, lr=lr, momentum=momentum, eta=eta)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        sizes = float(np.sqrt((data * data).sum())), float(np.sqrt((grad * grad).sum()))
        trust = settings["eta"] * sizes[0] / sizes[1] if all(sizes) else 1.0
        old = settings["momentum"] * state.get("v", 0 * grad)
        v = state["v"] = old + settings["lr"] * trust * grad
        data -= v


@wrong_optimizer(twin=LayerwiseRate, cause=r"rows in reverse")
class LayerwiseFirstRow(LayerwiseRate):
    # the norm of the first row alone
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        row = grad[:1] if grad.ndim else grad
        sizes = float(np.sqrt((data * data).sum())), float(np.sqrt((row * row).sum()))
        trust = settings["eta"] * sizes[0] / sizes[1] if all(sizes) else 1.0
        old = settings["momentum"] * state.get("v", 0 * grad)
        v = state["v"] = old + settings["lr"] * trust * grad
        data -= v


class CoverSM3(Optimizer):
    """Adagrad with a sum for each row and column of a matrix, the least of both. Anil et al. 2019."""

    name = "cover_sm3"

    def __init__(self, params: Any, lr: Any = 0.01, *, eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if grad.ndim == 2 and grad.size:
            v = np.minimum(state.get("rows", 0 * grad[:, :1]), state.get("columns", 0 * grad[:1])) + grad**2
            state["rows"], state["columns"] = v.max(axis=1, keepdims=True), v.max(axis=0, keepdims=True)
        else:
            v = state["v"] = state.get("v", 0 * grad) + grad**2
        data -= settings["lr"] * grad / (np.sqrt(v) + settings["eps"])


@wrong_optimizer(twin=CoverSM3, cause=r"rows in reverse|axis")
class CoverTurned(CoverSM3):
    # rows and columns are exchanged where nothing tells them apart
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if grad.ndim == 2 and grad.size:
            v = np.minimum(state.get("rows", 0 * grad[:, :1]), state.get("columns", 0 * grad[:1])) + grad**2
            turned = v.T if len(v) == v.shape[1] else v
            state["rows"] = turned.max(axis=1, keepdims=True)
            state["columns"] = turned.max(axis=0, keepdims=True)
        else:
            v = state["v"] = state.get("v", 0 * grad) + grad**2
        data -= settings["lr"] * grad / (np.sqrt(v) + settings["eps"])


class ClippedDescent(Optimizer):
    """p -= lr g min(1, bound / |g|), with the norm of a parameter's gradient."""

    name = "clipped_descent"

    def __init__(self, params: Any, lr: Any = 0.1, *, bound: Any = 1.0) -> None:
        super().__init__(params, lr=lr, bound=bound)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        norm = float(np.sqrt((grad * grad).sum()))
        data -= settings["lr"] * (min(1.0, settings["bound"] / norm) if norm else 1.0) * grad


@wrong_optimizer(twin=ClippedDescent, cause=r"clip only what")
class ClippedAlways(ClippedDescent):
    # small gradients are scaled up to the bound
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        norm = float(np.sqrt((grad * grad).sum()))
        data -= settings["lr"] * (settings["bound"] / norm if norm else 1.0) * grad
