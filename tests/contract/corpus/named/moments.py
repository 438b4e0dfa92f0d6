"""Adam and AdamW."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class Adam(Optimizer):
    """Kingma and Ba 2015, algorithm 1, with decay as a penalty."""

    name = "my_adam"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-8,
        weight_decay: Any = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        grad = grad + settings["weight_decay"] * data
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        data -= settings["lr"] * m_hat / (np.sqrt(v_hat) + settings["eps"])


@wrong_optimizer(twin=Adam, cause=r"moves otherwise")
class AdamRootOfSum(Adam):
    # epsilon inside of the root
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        grad = grad + settings["weight_decay"] * data
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        data -= settings["lr"] * m_hat / np.sqrt(v_hat + settings["eps"])


@wrong_optimizer(twin=Adam, cause=r"moves otherwise")
class AdamGradientItself(Adam):
    # the last gradient over the corrected root
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        grad = grad + settings["weight_decay"] * data
        t = state["t"] = state.get("t", 0) + 1
        state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        v_hat = v / (1 - b2**t)
        data -= settings["lr"] * grad / (np.sqrt(v_hat) + settings["eps"])


@wrong_optimizer(twin=Adam, cause=r"moves otherwise")
class AdamBetasTurned(Adam):
    # the pair is taken in the other order
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b2, b1 = settings["betas"]
        grad = grad + settings["weight_decay"] * data
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        data -= settings["lr"] * m_hat / (np.sqrt(v_hat) + settings["eps"])


@wrong_optimizer(twin=Adam, cause=r"moves otherwise")
class AdamDecayLeftOut(Adam):
    # the penalty is in m, and not in v
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        raw, grad = grad, grad + settings["weight_decay"] * data
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * raw**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        data -= settings["lr"] * m_hat / (np.sqrt(v_hat) + settings["eps"])


@wrong_optimizer(twin=Adam, cause=r"in the gradient, and apart")
class AdamDecaysTwoWays(Adam):
    # decay as a penalty, and apart
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        grad = grad + settings["weight_decay"] * data
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        data *= 1 - settings["lr"] * settings["weight_decay"]
        data -= settings["lr"] * m_hat / (np.sqrt(v_hat) + settings["eps"])


class AdamW(Optimizer):
    """Loshchilov and Hutter 2019: decay apart from the gradient."""

    name = "adamw"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-8,
        weight_decay: Any = 0.01,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        lr, decay = settings["lr"], settings["weight_decay"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        data *= 1 - lr * decay
        data -= lr / (1 - b1**t) * m / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AdamW, cause=r"moves otherwise")
class AdamWPenalty(AdamW):
    # Adam's penalty under another name
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        lr, decay = settings["lr"], settings["weight_decay"]
        grad = grad + decay * data
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        data -= lr / (1 - b1**t) * m / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AdamW, cause=r"moves otherwise")
class AdamWDecayCorrected(AdamW):
    # decay grows with the correction
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        lr, decay = settings["lr"], settings["weight_decay"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        data *= 1 - lr / (1 - b1**t) * decay
        data -= lr / (1 - b1**t) * m / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=AdamW, cause=r"moves otherwise")
class AdamWFromOne(AdamW):
    # the second moment starts at one
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        lr, decay = settings["lr"], settings["weight_decay"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 1.0) + (1 - b2) * grad**2
        data *= 1 - lr * decay
        data -= lr / (1 - b1**t) * m / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
