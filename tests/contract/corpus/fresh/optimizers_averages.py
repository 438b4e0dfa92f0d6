"""Optimizers with one average or sum, or a velocity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class HeavyBall(Optimizer):
    """v = mu v - lr g; p += v."""

    name = "heavy"

    def __init__(self, params: Any, lr: Any = 0.05, *, momentum: Any = 0.9, l2: Any = 0.0) -> None:
        super().__init__(params, lr=lr, momentum=momentum, l2=l2)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        g = grad + settings["l2"] * data if settings["l2"] else grad
        v = state.get("v")
        if v is None:
            v = state["v"] = np.zeros_like(data)
        v *= settings["momentum"]
        v -= settings["lr"] * g
        data += v


@wrong_optimizer(twin=HeavyBall, cause=r"square of lr")
class HbLrAgain(HeavyBall):
    # lr once more
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        g = grad + settings["l2"] * data if settings["l2"] else grad
        v = state.get("v")
        if v is None:
            v = state["v"] = np.zeros_like(data)
        v *= settings["momentum"]
        v -= settings["lr"] * g
        data += settings["lr"] * v


@wrong_optimizer(twin=HeavyBall, cause=r"pull")
class HbL2Sign(HeavyBall):
    # the penalty pushes
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        g = grad - settings["l2"] * data if settings["l2"] else grad
        v = state.get("v")
        if v is None:
            v = state["v"] = np.zeros_like(data)
        v *= settings["momentum"]
        v -= settings["lr"] * g
        data += v


@wrong_optimizer(twin=HeavyBall, cause=r"twice")
class HbTwice(HeavyBall):
    # the velocity is applied twice
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        g = grad + settings["l2"] * data if settings["l2"] else grad
        v = state.get("v")
        if v is None:
            v = state["v"] = np.zeros_like(data)
        v *= settings["momentum"]
        v -= settings["lr"] * g
        data += v
        data += settings["momentum"] * 0 + v


class NAG(Optimizer):
    """Sutskever's form: p += mu^2 v_old - (1 + mu) lr g."""

    name = "nag"

    def __init__(self, params: Any, lr: Any = 0.05, *, momentum: Any = 0.9, nesterov: Any = True) -> None:
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, lr = settings["momentum"], settings["lr"]
        v = state.setdefault("v", np.zeros_like(data))
        if settings["nesterov"]:
            data += mu * mu * v - (1 + mu) * lr * grad
        else:
            data += mu * v - lr * grad
        v *= mu
        v -= lr * grad


@wrong_optimizer(twin=NAG, cause=r"Nesterov")
class NagDouble(NAG):
    # mu v for mu^2 v
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, lr = settings["momentum"], settings["lr"]
        v = state.setdefault("v", np.zeros_like(data))
        if settings["nesterov"]:
            data += mu * v - (1 + mu) * lr * grad
        else:
            data += mu * v - lr * grad
        v *= mu
        v -= lr * grad


@wrong_optimizer(twin=NAG, cause=r"nesterov")
class NagFlagDead(NAG):
    # both ways are one
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, lr = settings["momentum"], settings["lr"]
        v = state.setdefault("v", np.zeros_like(data))
        if settings["nesterov"]:
            data += mu * mu * v - (1 + mu) * lr * grad
        else:
            data += mu * mu * v - (1 + mu) * lr * grad
        v *= mu
        v -= lr * grad


class RMS(Optimizer):
    name = "rms"

    def __init__(self, params: Any, lr: Any = 1e-2, *, rho: Any = 0.9, eps: Any = 1e-7) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho = settings["rho"]
        if "s" not in state:
            state["s"] = np.zeros_like(data)
        state["s"] = rho * state["s"] + (1 - rho) * grad * grad
        data -= settings["lr"] * grad / (np.sqrt(state["s"]) + settings["eps"])


@wrong_optimizer(twin=RMS, cause=r"rho")
class RmsRhoSwap(RMS):
    # rho weighs the new square
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho = settings["rho"]
        if "s" not in state:
            state["s"] = np.zeros_like(data)
        state["s"] = (1 - rho) * state["s"] + rho * grad * grad
        data -= settings["lr"] * grad / (np.sqrt(state["s"]) + settings["eps"])


@wrong_optimizer(twin=RMS, cause=r"square")
class RmsNoSquare(RMS):
    # |g| for its square
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho = settings["rho"]
        if "s" not in state:
            state["s"] = np.zeros_like(data)
        state["s"] = rho * state["s"] + (1 - rho) * np.abs(grad)
        data -= settings["lr"] * grad / (np.sqrt(state["s"]) + settings["eps"])


@wrong_optimizer(twin=RMS, cause=r"rho|sum")
class RmsAccumulates(RMS):
    # nothing is forgotten
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho = settings["rho"]
        if "s" not in state:
            state["s"] = np.zeros_like(data)
        state["s"] = state["s"] + (1 - rho) * grad * grad
        data -= settings["lr"] * grad / (np.sqrt(state["s"]) + settings["eps"])


@wrong_optimizer(twin=RMS, cause=r"last gradient")
class RmsForgets(RMS):
    # nothing is kept
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho = settings["rho"]
        if "s" not in state:
            state["s"] = np.zeros_like(data)
        state["s"] = (1 - rho) * grad * grad
        data -= settings["lr"] * grad / (np.sqrt(state["s"]) + settings["eps"])


@wrong_optimizer(twin=RMS, cause=r"root")
class RmsNoRoot(RMS):
    # the root is forgotten
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho = settings["rho"]
        if "s" not in state:
            state["s"] = np.zeros_like(data)
        state["s"] = rho * state["s"] + (1 - rho) * grad * grad
        data -= settings["lr"] * grad / (state["s"] + settings["eps"])


class AdagradPlain(Optimizer):
    name = "adagrad_plain"

    def __init__(self, params: Any, lr: Any = 0.05, *, eps: Any = 1e-10) -> None:
        super().__init__(params, lr=lr, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "acc" not in state:
            state["acc"] = np.zeros_like(data)
        state["acc"] += grad * grad

        data -= settings["lr"] * grad / (np.sqrt(state["acc"]) + settings["eps"])


@wrong_optimizer(twin=AdagradPlain, cause=r"square")
class AgAbsAcc(AdagradPlain):
    # |g| for its square
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "acc" not in state:
            state["acc"] = np.zeros_like(data)
        state["acc"] += np.abs(grad)
        data -= settings["lr"] * grad / (np.sqrt(state["acc"]) + settings["eps"])


class NovoGrad(Optimizer):
    """One second moment a layer (Ginsburg et al. 2019)."""

    name = "novograd"

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        *,
        betas: Any = (0.95, 0.98),
        eps: Any = 1e-8,
        weight_decay: Any = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        square = float((grad * grad).sum())
        v = state["v"] = square if "v" not in state else b2 * state["v"] + (1 - b2) * square
        g = grad / (math.sqrt(v) + settings["eps"]) + settings["weight_decay"] * data
        m = state.setdefault("m", np.zeros_like(data))
        m *= b1
        m += g
        data -= settings["lr"] * m
