"""An optimizer that stands alone, with one slip each."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..entry import wrong_optimizer


class Averaged:
    """SGD that keeps the average of its iterates: a <- a + (p - a) / t. It inherits from nothing."""

    name = "averaged"

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        if lr < 0:
            raise ValueError(f"averaged: lr must be at least 0, got {lr}")
        self.params = list(params)
        self.lr = lr
        self.averages = [None] * len(self.params)
        self.counts = [0] * len(self.params)

    def step(self) -> None:
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            np.subtract(p.data, self.lr * p.grad, out=p.data)
            self.counts[i] += 1
            a = self.averages[i]
            self.averages[i] = p.data.copy() if a is None else a + (p.data - a) / self.counts[i]

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr, "averages": copy.deepcopy(self.averages), "counts": list(self.counts)}

    def load_state_dict(self, state: Any) -> None:
        self.lr = state["lr"]
        self.averages = copy.deepcopy(state["averages"])
        self.counts = list(state["counts"])


@wrong_optimizer(twin=Averaged, cause=r"alias|later|exported|copy|state")
class AveragedExportsLive(Averaged):
    def step(self) -> None:
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            np.subtract(p.data, self.lr * p.grad, out=p.data)
            self.counts[i] += 1
            if self.averages[i] is None:
                self.averages[i] = p.data.copy()
            else:
                self.averages[i] += (p.data - self.averages[i]) / self.counts[i]

    def state_dict(self) -> dict[str, Any]:
        return {"lr": self.lr, "averages": self.averages, "counts": self.counts}


@wrong_optimizer(twin=Averaged, cause=r"None|skip|stops|without")
class AveragedReturnsAtNone(Averaged):
    def step(self) -> None:
        for i, p in enumerate(self.params):
            if p.grad is None:
                return
            p.data -= self.lr * p.grad
            self.counts[i] += 1


@wrong_optimizer(twin=Averaged, cause=r"replace|in place|same array|another array")
class AveragedReplaces(Averaged):
    def step(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.data = p.data - self.lr * p.grad


@wrong_optimizer(twin=Averaged, cause=r"None|zero_grad|grad")
class AveragedZeroGradFills(Averaged):
    def zero_grad(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.grad = np.zeros_like(p.data)


@wrong_optimizer(twin=Averaged, cause=r"negative|lr|rate")
class AveragedAnyRate(Averaged):
    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, abs(lr))
        self.lr = lr


@wrong_optimizer(twin=Averaged, cause=r"generator|parameter|empty|no update|leaves|as it was")
class AveragedIterates(Averaged):
    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, lr)
        self.params: Any = iter(self.params)  # exhausted after the first step
