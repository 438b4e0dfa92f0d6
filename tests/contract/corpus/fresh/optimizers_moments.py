"""Optimizers with two moments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


def kept(state: Any, key: str, data: Any) -> Any:
    """Return an array of the state, of zeros at first."""
    if key not in state:
        state[key] = np.zeros_like(data)
    return state[key]


class MyAdam(Optimizer):
    name = "my_adam"

    def __init__(self, params: Any, lr: Any = 1e-3, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, v = kept(state, "m", data), kept(state, "v", data)
        m *= b1
        m += (1 - b1) * grad
        v *= b2
        v += (1 - b2) * grad**2
        mh = m / (1 - b1**t)
        vh = v / (1 - b2**t)
        data -= (settings["lr"] * mh / (np.sqrt(vh) + settings["eps"])).astype(data.dtype)


@wrong_optimizer(twin=MyAdam, cause=r"count")
class AdamTZero(MyAdam):
    # the count is 1 twice
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state.get("t", 0)
        state["t"] = t + 1
        t = max(t, 1)
        m, v = kept(state, "m", data), kept(state, "v", data)
        m *= b1
        m += (1 - b1) * grad
        v *= b2
        v += (1 - b2) * grad**2
        mh = m / (1 - b1**t)
        vh = v / (1 - b2**t)
        data -= (settings["lr"] * mh / (np.sqrt(vh) + settings["eps"])).astype(data.dtype)


@wrong_optimizer(twin=MyAdam, cause=r"second moment")
class AdamAbs(MyAdam):
    # |g| for its square
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, v = kept(state, "m", data), kept(state, "v", data)
        m *= b1
        m += (1 - b1) * grad
        v *= b2
        v += (1 - b2) * np.abs(grad)
        mh = m / (1 - b1**t)
        vh = v / (1 - b2**t)
        data -= (settings["lr"] * mh / (np.sqrt(vh) + settings["eps"])).astype(data.dtype)


class AMSGrad(Optimizer):
    name = "amsgrad"

    def __init__(self, params: Any, lr: Any = 1e-3, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        state["t"] = t = state.get("t", 0) + 1
        m, v, top = (kept(state, k, data) for k in ("m", "v", "top"))
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        np.maximum(top, v, out=top)
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(top / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AMSGrad, cause=r"maximum")
class AmsMaxScalar(AMSGrad):
    # the largest of all values
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        state["t"] = t = state.get("t", 0) + 1
        m, v, top = (kept(state, k, data) for k in ("m", "v", "top"))
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        top[...] = max(top.max(initial=0), v.max(initial=0))
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(top / (1 - b2**t)) + settings["eps"])


class NAdam2(Optimizer):
    name = "nadam2"

    def __init__(
        self, params: Any, lr: Any = 2e-3, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8, psi: Any = 4e-3
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, psi=psi)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        mu = b1 * (1 - 0.5 * 0.96 ** (t * settings["psi"]))
        nxt = b1 * (1 - 0.5 * 0.96 ** ((t + 1) * settings["psi"]))
        prod = state["prod"] = state.get("prod", 1.0) * mu
        m, v = kept(state, "m", data), kept(state, "v", data)
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad**2
        step = nxt * m / (1 - prod * nxt) + (1 - mu) * grad / (1 - prod)
        data -= settings["lr"] * step / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


class RAdam2(Optimizer):
    name = "radam2"

    def __init__(self, params: Any, lr: Any = 1e-3, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, v = kept(state, "m", data), kept(state, "v", data)
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad**2
        mh = m / (1 - b1**t)
        inf = 2 / (1 - b2) - 1
        rho = inf - 2 * t * b2**t / (1 - b2**t)
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * inf / ((inf - 4) * (inf - 2) * rho))
            data -= settings["lr"] * r * mh / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        else:
            data -= settings["lr"] * mh


class Yogi(Optimizer):
    name = "yogi"

    def __init__(self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.999), eps: Any = 1e-3) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, v = kept(state, "m", data), kept(state, "v", data)
        m[...] = b1 * m + (1 - b1) * grad
        g2 = grad * grad
        v -= (1 - b2) * np.sign(v - g2) * g2
        data -= settings["lr"] * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + settings["eps"])


class AdaBelief(Optimizer):
    name = "adabelief"

    def __init__(self, params: Any, lr: Any = 1e-3, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, s = kept(state, "m", data), kept(state, "s", data)
        m += (1 - b1) * (grad - m)
        s += (1 - b2) * ((grad - m) ** 2 - s)
        s += settings["eps"]
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(s / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AdaBelief, cause=r"count")
class AdabeliefReset(AdaBelief):
    # the count is set back to 0
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, s = kept(state, "m", data), kept(state, "s", data)
        m += (1 - b1) * (grad - m)
        s += (1 - b2) * ((grad - m) ** 2 - s)
        s += settings["eps"]
        state["t"] = 0
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(s / (1 - b2**t)) + settings["eps"])


class Lion2(Optimizer):
    name = "lion2"

    def __init__(
        self, params: Any, lr: Any = 1e-3, *, betas: Any = (0.9, 0.99), weight_decay: Any = 0.0
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        m = kept(state, "m", data)
        u = np.sign(b1 * m + (1 - b1) * grad)
        data -= settings["lr"] * (u + settings["weight_decay"] * data)
        m[...] = b2 * m + (1 - b2) * grad


class Adadelta2(Optimizer):
    name = "adadelta2"

    def __init__(self, params: Any, lr: Any = 1.0, *, rho: Any = 0.9, eps: Any = 1e-6) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, eps = settings["rho"], settings["eps"]
        g2, d2 = kept(state, "g2", data), kept(state, "d2", data)
        g2[...] = rho * g2 + (1 - rho) * grad**2
        delta = np.sqrt((d2 + eps) / (g2 + eps)) * grad
        d2[...] = rho * d2 + (1 - rho) * delta**2
        data -= settings["lr"] * delta
