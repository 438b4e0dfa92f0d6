"""Correct optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

RESUME = r"state|resum|round.?trip|load|continu|restor"
JOINT = r"joint|together|alone|separate|share|parameter"
GRADIENT = r"grad"


class Sgd(Optimizer):
    """v = momentum v + grad + decay p; p -= lr v."""

    name = "sgd"

    def __init__(self, params: Any, *, lr: float = 0.1, momentum: float = 0.9, decay: float = 0.01) -> None:
        super().__init__(params, lr=lr, momentum=momentum, decay=decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        velocity = state.setdefault("velocity", np.zeros_like(data))
        velocity *= settings["momentum"]
        velocity += grad + settings["decay"] * data
        data -= settings["lr"] * velocity


class Adam(Optimizer):
    """p -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) (Kingma and Ba 2015, algorithm 1)."""

    name = "adam"

    def __init__(self, params: Any, *, lr: float = 0.01, b1: float = 0.9, b2: float = 0.99) -> None:
        super().__init__(params, lr=lr, b1=b1, b2=b2)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["b1"], settings["b2"]
        m = state.setdefault("m", np.zeros_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        state["step"] = t = state.get("step", 0) + 1
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        data -= settings["lr"] / (1 - b1**t) * m / (np.sqrt(v / (1 - b2**t)) + 1e-8)


class BareSgd:
    """p -= lr * grad. Conforms structurally, without inheriting from anything."""

    name = "bare_sgd"

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        self.params = list(params)
        self.lr = lr

    @property
    def lr(self) -> float:
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if value < 0:
            raise ValueError(f"bare_sgd: lr must be at least 0, got {value}")
        self._lr = value

    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                param.data -= self.lr * param.grad

    def zero_grad(self) -> None:
        for param in self.params:
            param.grad = None

    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr}

    def load_state_dict(self, state: Any) -> None:
        self.lr = state["lr"]
