"""Sums of squares, and steps from where a run began."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class DualAveraging(Optimizer):
    """From the start, along the sum of gradients over the cube root of that of squares, and averaged.

    Defazio and Jelassi 2021.
    """

    name = "dual_averaging"

    def __init__(self, params: Any, lr: Any = 0.01, *, momentum: Any = 0.9, eps: Any = 1e-6) -> None:
        super().__init__(params, lr=lr, momentum=momentum, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        k = state["k"] = state.get("k", 0) + 1
        start, rate = state.setdefault("start", data.copy()), settings["lr"] * k**0.5
        s = state["s"] = state.get("s", 0 * grad) + rate * grad
        v = state["v"] = state.get("v", 0 * grad) + rate * grad * grad
        z = start - s / (np.cbrt(v) + settings["eps"])
        data[...] = settings["momentum"] * data + (1 - settings["momentum"]) * z


class ProximalAdagrad(Optimizer):
    """Adagrad's step, and then towards zero by l1 times the rate of each value. Duchi et al. 2011."""

    name = "proximal_adagrad"

    def __init__(self, params: Any, lr: Any = 0.1, *, l1: Any = 0.0, eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, l1=l1, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        s = state["s"] = state.get("s", 0 * grad) + grad * grad
        rate = settings["lr"] / (np.sqrt(s) + settings["eps"])
        moved = data - rate * grad
        data[...] = np.sign(moved) * np.maximum(np.abs(moved) - rate * settings["l1"] * (s > 0), 0)


@wrong_optimizer(twin=ProximalAdagrad, cause=r"l1 does not pull")
class ProximalPushes(ProximalAdagrad):
    # away from zero
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        s = state["s"] = state.get("s", 0 * grad) + grad * grad
        rate = settings["lr"] / (np.sqrt(s) + settings["eps"])
        moved = data - rate * grad
        data[...] = np.sign(moved) * np.maximum(np.abs(moved) + rate * settings["l1"] * (s > 0), 0)


@wrong_optimizer(twin=ProximalAdagrad, cause=r"lr = 0 changes a parameter with l1")
class ProximalRateless(ProximalAdagrad):
    # the threshold has no rate
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        s = state["s"] = state.get("s", 0 * grad) + grad * grad
        moved = data - settings["lr"] / (np.sqrt(s) + settings["eps"]) * grad
        data[...] = np.sign(moved) * np.maximum(np.abs(moved) - settings["l1"], 0)


class SquareSums(Optimizer):
    """Adagrad, Duchi et al. 2011."""

    name = "square_sums"

    def __init__(self, params: Any, lr: Any = 0.1, *, eps: Any = 1e-10) -> None:
        super().__init__(params, lr=lr, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        s = state["s"] = state.get("s", 0 * grad) + grad * grad
        data -= settings["lr"] * grad / (np.sqrt(s) + settings["eps"])


@wrong_optimizer(twin=SquareSums, cause=r"called adagrad, and.* moves otherwise")
class SquareMeans(SquareSums):
    # the mean of the squares
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = state["t"] = state.get("t", 0) + 1
        s = state["s"] = state.get("s", 0 * grad) + grad * grad
        data -= settings["lr"] * grad / (np.sqrt(s / t) + settings["eps"])
