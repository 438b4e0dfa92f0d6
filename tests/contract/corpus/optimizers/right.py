"""The right ones: in the base's style, and in one that inherits from nothing."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from minigrad_core import Optimizer


class Momentum(Optimizer):
    """v = momentum v + g + decay p; p -= lr v."""

    name = "momentum"

    def __init__(self, params: Any, lr: float = 0.1, *, momentum: float = 0.9, decay: float = 0.01) -> None:
        super().__init__(params, lr=lr, momentum=momentum, decay=decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["momentum"]
        v += grad + settings["decay"] * data
        data -= settings["lr"] * v


class Moments(Optimizer):
    """Adam."""

    name = "moments"

    def __init__(
        self, params: Any, lr: float = 0.1, *, betas: Any = (0.9, 0.99), eps: float = 1e-8, decay: float = 0.0
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, decay=decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        grad = grad + settings["decay"] * data
        m = state["m"] = b1 * state.get("m", np.zeros_like(data)) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", np.zeros_like(data)) + (1 - b2) * grad**2
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


class Trusting(Optimizer):
    """p -= lr |p| / |g| g, with a ratio of 1 where either is 0."""

    name = "trusting"

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        length, size = (float(np.sqrt(np.sum(x * x))) for x in (data, grad))
        data -= settings["lr"] * (length / size if length and size else 1.0) * grad


class Averaging(Momentum):
    """Momentum, and an average of the parameters for whoever wants it."""

    name = "averaging"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, settings)
        average = state.setdefault("average", data.copy())
        average += 0.1 * (data - average)


class Duck:
    """Adagrad that inherits from nothing."""

    name = "duck"

    def __init__(self, params: Any, lr: float = 0.1, eps: float = 1e-8) -> None:
        if lr < 0:
            raise ValueError(f"duck: lr must be at least 0, got {lr}")
        self.params = list(params)
        self.lr = lr
        self.eps = eps
        self.sums = [np.zeros_like(p.data) for p in self.params]

    def step(self) -> None:
        for p, s in zip(self.params, self.sums, strict=True):
            if p.grad is not None:
                s += p.grad**2
                p.data -= self.lr * p.grad / (np.sqrt(s) + self.eps)

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr, "eps": self.eps, "sums": copy.deepcopy(self.sums)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.lr, self.eps = state["lr"], state["eps"]
        self.sums = copy.deepcopy(state["sums"])


class RateOnly(Duck):
    """Adagrad without any setting but the rate."""

    name = "rate_only"

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, lr)
