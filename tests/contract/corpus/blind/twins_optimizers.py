"""Correct optimizers: rules that inherit, and rules that stand alone."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from minigrad_core import Optimizer


class Momentum(Optimizer):
    """v = momentum v + g + weight_decay p; p -= lr v."""

    name = "momentum"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if settings["weight_decay"]:
            grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        step = grad + settings["momentum"] * v if settings["nesterov"] else v
        data -= settings["lr"] * step


class Adam2(Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1), with decoupled decay: p -= lr weight_decay p."""

    name = "adam2"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.001,
        *,
        betas: Any = (0.9, 0.999),
        eps: float = 1e-08,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        if not state:
            state.update(t=0, m=np.zeros_like(data), v=np.zeros_like(data))
        state["t"] += 1
        t, m, v = state["t"], state["m"], state["v"]
        data *= 1 - settings["lr"] * settings["weight_decay"]
        m *= b1
        m += (1 - b1) * grad
        v *= b2
        v += (1 - b2) * grad * grad
        self.move(data, m, v, t, settings)

    def move(self, data: Any, m: Any, v: Any, t: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


class Adagrad2(Optimizer):
    """s += g^2; p -= lr g / (sqrt(s) + eps)."""

    name = "adagrad2"

    def __init__(self, params: Any, lr: Any = 0.1, *, eps: float = 1e-10, initial: float = 0.0) -> None:
        super().__init__(params, lr=lr, eps=eps, initial=initial)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        s = state.setdefault("s", np.full_like(data, settings["initial"]))
        s += grad * grad
        data -= settings["lr"] * grad / (np.sqrt(s) + settings["eps"])


class Lion2(Optimizer):
    """p -= lr sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g."""

    name = "lion2"

    def __init__(self, params: Any, lr: Any = 0.0001, *, betas: Any = (0.9, 0.99)) -> None:
        super().__init__(params, lr=lr, betas=betas)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        m = state.setdefault("m", np.zeros_like(data))
        data -= settings["lr"] * np.sign(b1 * m + (1 - b1) * grad)
        m *= b2
        m += (1 - b2) * grad


class Amsgrad(Optimizer):
    """Adam without correction, divided by the root of the largest v so far."""

    name = "amsgrad2"

    def __init__(
        self, params: Any, lr: Any = 0.01, *, beta1: float = 0.9, beta2: float = 0.99, eps: float = 1e-08
    ) -> None:
        super().__init__(params, lr=lr, beta1=beta1, beta2=beta2, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state.update(m=np.zeros_like(data), v=np.zeros_like(data), top=np.zeros_like(data))
        m, v, top = state["m"], state["v"], state["top"]
        m *= settings["beta1"]
        m += (1 - settings["beta1"]) * grad
        v *= settings["beta2"]
        v += (1 - settings["beta2"]) * grad * grad
        np.maximum(top, v, out=top)
        data -= settings["lr"] * m / (np.sqrt(top) + settings["eps"])


class Rprop2(Optimizer):
    """Each value has its own step size, 1.2 times as large while its gradient keeps its sign, or half."""

    name = "rprop2"

    def __init__(self, params: Any, lr: Any = 0.01) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state.update(size=np.ones_like(data), sign=np.zeros_like(data))
        agree = state["sign"] * np.sign(grad)
        state["size"] *= np.where(agree > 0, 1.2, np.where(agree < 0, 0.5, 1.0)).astype(data.dtype)
        np.clip(state["size"], 1e-3, 50, out=state["size"])
        data -= settings["lr"] * state["size"] * np.sign(grad)
        state["sign"][...] = np.sign(grad)


class PlainSGD:
    """p -= lr v, v = momentum v + g."""

    name = "plain_sgd"

    def __init__(self, params: Any, lr: Any = 0.01, *, momentum: float = 0.0) -> None:
        if not lr >= 0:
            raise ValueError(f"plain_sgd: lr must be at least 0, got {lr}")
        self.params = list(params)
        self.lr = lr
        self.momentum = momentum
        self.velocity = [np.zeros_like(p.data) for p in self.params]

    def step(self) -> None:
        for p, v in zip(self.params, self.velocity, strict=True):
            if p.grad is None:
                continue
            v *= self.momentum
            v += p.grad
            p.data -= self.lr * v

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def state_dict(self) -> Any:
        return {"lr": self.lr, "momentum": self.momentum, "velocity": [v.copy() for v in self.velocity]}

    def load_state_dict(self, state: Any) -> None:
        self.lr = state["lr"]
        self.momentum = state["momentum"]
        self.velocity = [v.copy() for v in state["velocity"]]


class PlainAdam:
    """Adam, with one step count for each parameter."""

    name = "plain_adam"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.001,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-08,
        weight_decay: float = 0.0,
    ) -> None:
        if not lr >= 0:
            raise ValueError(f"plain_adam: lr must be at least 0, got {lr}")
        self.params = list(params)
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.state = [{"t": 0, "m": np.zeros_like(p.data), "v": np.zeros_like(p.data)} for p in self.params]

    def step(self) -> None:
        for p, s in zip(self.params, self.state, strict=True):
            if p.grad is not None:
                self.move(p.data, p.grad, s)

    def move(self, data: Any, g: Any, s: Any) -> None:
        g = g + self.weight_decay * data
        s["t"] += 1
        s["m"] += (1 - self.beta1) * (g - s["m"])
        s["v"] += (1 - self.beta2) * (g * g - s["v"])
        m = s["m"] / (1 - self.beta1 ** s["t"])
        v = s["v"] / (1 - self.beta2 ** s["t"])
        data -= self.lr * m / (np.sqrt(v) + self.eps)

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def state_dict(self) -> Any:
        return copy.deepcopy({k: v for k, v in self.__dict__.items() if k != "params"})

    def load_state_dict(self, state: Any) -> None:
        self.__dict__.update(copy.deepcopy(state))
