"""AMSGrad, Yogi, AdaBelief and RAdam."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class AMSGrad(Optimizer):
    """Reddi et al. 2018: Adam under the largest second moment so far."""

    name = "amsgrad"

    def __init__(self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        top = state["top"] = np.maximum(state.get("top", 0.0), v)
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(top / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AMSGrad, cause=r"top.* no later step reads")
class AMSGradUnused(AMSGrad):
    # the largest is kept and not used
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        state["top"] = np.maximum(state.get("top", 0.0), v)
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AMSGrad, cause=r"maximum that takes the place")
class AMSGradFedBack(AMSGrad):
    # the average goes on from the largest
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        top = state["top"] = state["v"] = np.maximum(state.get("top", 0.0), v)
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(top / (1 - b2**t)) + settings["eps"])


class Yogi(Optimizer):
    """Zaheer et al. 2018: the second moment moves by at most (1 - b2) g^2."""

    name = "yogi"

    def __init__(self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.999), eps: Any = 1e-3) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        g2 = grad * grad
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state.get("v", np.zeros_like(data))
        v = state["v"] = v - (1 - b2) * np.sign(v - g2) * g2
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=Yogi, cause=r"moves otherwise")
class YogiAverages(Yogi):
    # Adam's average
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        g2 = grad * grad
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state.get("v", np.zeros_like(data))
        v = state["v"] = b2 * v + (1 - b2) * g2
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


class AdaBelief(Optimizer):
    """Zhuang et al. 2020: the spread of the gradient about its average."""

    name = "adabelief"

    def __init__(self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        s = state["s"] = b2 * state.get("s", 0.0) + (1 - b2) * (grad - m) ** 2 + settings["eps"]
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(s / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AdaBelief, cause=r"moves otherwise")
class AdaBeliefOldMean(AdaBelief):
    # the spread about the average before this gradient
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        old = state.get("m", 0.0)
        m = state["m"] = b1 * old + (1 - b1) * grad
        s = state["s"] = b2 * state.get("s", 0.0) + (1 - b2) * (grad - old) ** 2 + settings["eps"]
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(s / (1 - b2**t)) + settings["eps"])


class RAdam(Optimizer):
    """Liu et al. 2020, algorithm 2, from rho = 5 on."""

    name = "radam"

    def __init__(self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.999), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        step, last = m / (1 - b1**t), 2 / (1 - b2) - 1
        rho = last - 2 * t * b2**t / (1 - b2**t)
        if rho > 5:
            r = ((rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho)) ** 0.5
            step = r * step / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        data -= settings["lr"] * step


@wrong_optimizer(twin=RAdam, cause=r"moves otherwise")
class RAdamNoRoot(RAdam):
    # the rectification without its root
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        step, last = m / (1 - b1**t), 2 / (1 - b2) - 1
        rho = last - 2 * t * b2**t / (1 - b2**t)
        if rho > 5:
            r = (rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho)
            step = r * step / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        data -= settings["lr"] * step
