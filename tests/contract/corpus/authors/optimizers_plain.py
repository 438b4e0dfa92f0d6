"""Optimizers that inherit nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer


class PlainSgd:
    """p -= lr (g + decay p), by a class that inherits nothing."""

    name = "plain_sgd"

    def __init__(self, params: Any, lr: Any = 0.1, *, decay: Any = 0.0) -> None:
        if not lr >= 0:
            raise ValueError(f"lr must be at least 0, got {lr}")
        self.params, self.lr, self.decay = list(params), lr, decay

    def step(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.data -= self.lr * (p.grad + self.decay * p.data)

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def state_dict(self) -> Any:
        return {"lr": self.lr, "decay": self.decay}

    def load_state_dict(self, state: Any) -> None:
        self.lr, self.decay = state["lr"], state["decay"]


@wrong_optimizer(twin=PlainSgd, cause=r"nothing|iterator")
class PlainIterator(PlainSgd):
    # params kept as an iterator: only the first step works
    def __init__(self, params: Any, lr: Any = 0.1, *, decay: Any = 0.0) -> None:
        super().__init__([], lr, decay=decay)
        self.params = iter(params)


@wrong_optimizer(twin=PlainSgd, cause=r"None")
class PlainStops(PlainSgd):
    # stops at the first None
    def step(self) -> None:
        for p in self.params:
            if p.grad is None:
                return
            p.data -= self.lr * (p.grad + self.decay * p.data)


@wrong_optimizer(twin=PlainSgd, cause=r"gradient")
class PlainZeroes(PlainSgd):
    # gradients zeroed after the step
    def step(self) -> None:
        super().step()
        self.zero_grad()


@wrong_optimizer(twin=PlainSgd, cause=r"gradient")
class PlainClips(PlainSgd):
    # clips in place / clip value hard: gradient mutated via np.clip out
    def step(self) -> None:
        for p in self.params:
            if p.grad is not None:
                np.clip(p.grad, -1, 1, out=p.grad)
        super().step()
