"""Optimizers in other styles: none of them may be accused."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer


class LabMomentum(Optimizer):
    """v = momentum v - lr grad; p += v: the velocity keeps the rate that it was made with, as in the lab."""

    name = "lab_momentum"

    def __init__(self, params: Any, *, lr: float = 0.05, momentum: float = 0.9) -> None:
        super().__init__(params, lr=lr, momentum=momentum)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        velocity = state.get("velocity", 0.0)
        state["velocity"] = settings["momentum"] * velocity - settings["lr"] * grad
        data += state["velocity"]


class SignDescent(Optimizer):
    """p -= lr * sign(grad): never reaches an optimum exactly."""

    name = "sign_descent"

    def __init__(self, params: Any, *, lr: float = 0.01) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * np.sign(grad)


class Adagrad(Optimizer):
    """p -= lr * grad / (sqrt(sum of grad**2) + eps), slow by nature."""

    name = "adagrad"

    def __init__(self, params: Any, *, lr: float = 0.01, eps: float = 1e-10) -> None:
        super().__init__(params, lr=lr, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "total" not in state:
            state["total"] = np.zeros_like(data)
        state["total"] += grad * grad
        data -= settings["lr"] * grad / (np.sqrt(state["total"]) + settings["eps"])


class Rprop(Optimizer):
    """Steps that grow while the sign of the gradient stays and shrink when it turns; lr is the first step."""

    name = "rprop"

    def __init__(self, params: Any, *, lr: float = 0.01) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        factor = state.get("factor", np.ones_like(data))
        last = state.get("last", np.zeros_like(data))
        turn = np.sign(grad) * last
        state["factor"] = factor * np.where(turn > 0, 1.2, np.where(turn < 0, 0.5, 1.0)).astype(data.dtype)
        state["last"] = np.sign(grad)
        data -= settings["lr"] * state["factor"] * np.sign(grad)


class Nesterov(Optimizer):
    """Gradient descent with Nesterov's look-ahead and decoupled decay."""

    name = "nesterov"

    def __init__(
        self, params: Any, *, lr: float = 0.05, momentum: float = 0.8, weight_decay: float = 0.01
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        lr, momentum = settings["lr"], settings["momentum"]
        data *= 1 - lr * settings["weight_decay"]
        buffer = state.setdefault("buffer", np.zeros_like(data))
        buffer *= momentum
        buffer += grad
        data -= lr * (grad + momentum * buffer)


class StructuralMomentum:
    """b = momentum b + grad; p -= lr b, with state kept by position.

    Inherits from nothing; refuses unknown states.
    """

    name = "structural_momentum"

    def __init__(self, params: Any, lr: float = 0.1, momentum: float = 0.5) -> None:
        if lr < 0:
            raise ValueError(f"lr must be at least 0, got {lr}")
        self._lr, self.momentum = lr, momentum
        self.params = list(params)
        self.buffers: list[Any] = [None] * len(self.params)

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        if value < 0:
            raise ValueError(f"lr must be at least 0, got {value}")
        self._lr = value

    def step(self) -> None:
        """Update all that have a gradient."""
        for i, param in enumerate(self.params):
            if param.grad is None:
                continue
            old = self.buffers[i]
            self.buffers[i] = param.grad * 1 if old is None else self.momentum * old + param.grad
            param.data -= self.lr * self.buffers[i]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for param in self.params:
            param.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return copies."""
        return {
            "lr": self.lr,
            "momentum": self.momentum,
            "buffers": [None if b is None else np.copy(b) for b in self.buffers],
        }

    def load_state_dict(self, state: Any) -> None:
        """Take copies."""
        self.lr, self.momentum = state["lr"], state["momentum"]
        self.buffers = [None if b is None else np.copy(b) for b in state["buffers"]]


OPTIMIZERS = (LabMomentum, SignDescent, Adagrad, Rprop, Nesterov, StructuralMomentum)
