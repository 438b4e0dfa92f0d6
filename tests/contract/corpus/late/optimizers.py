"""Settings that a group overrides, and a rule that moves as another one by chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class SignStep(Optimizer):
    """p -= lr (sign(g) + decay p): it moves as RMSprop would that keeps nothing, and is none."""

    name = "sign_step"

    def __init__(self, params: Any, lr: float = 0.01, *, decay: float = 0.0) -> None:
        super().__init__(params, lr=lr, decay=decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * (np.sign(grad) + settings["decay"] * data)


class LargestSquare(Optimizer):
    """v = rho v + (1 - rho) g^2; p -= lr g / (sqrt(u) + eps), u being v, or the largest so far."""

    name = "largest_square"

    def __init__(
        self, params: Any, lr: float = 0.01, *, rho: float = 0.99, keep: bool = False, eps: float = 1e-8
    ) -> None:
        super().__init__(params, lr=lr, rho=rho, keep=keep, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state.setdefault("v", np.zeros_like(data))
        v += (1 - settings["rho"]) * (grad * grad - v)
        if self.keeps(settings):
            v = np.maximum(state.setdefault("top", np.zeros_like(data)), v, out=state["top"])
        data -= settings["lr"] * grad / (np.sqrt(v) + settings["eps"])

    def keeps(self, settings: Any) -> bool:
        """Return whether the largest counts."""
        return bool(settings["keep"])


@wrong_optimizer(twin=LargestSquare, cause=r"keep is ignored where a group")
class KeepsByDefault(LargestSquare):
    # the flag of the optimizer, not that of the group
    def keeps(self, settings: Any) -> bool:
        return bool(vars(self)["keep"])


class EveryOther(Optimizer):
    """The mean of the last `period` gradients, applied at each `period`-th step: p -= lr sum(g) / period."""

    name = "every_other"

    def __init__(self, params: Any, lr: float = 0.01, *, period: int = 2) -> None:
        super().__init__(params, lr=lr, period=period)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        period = self.period_of(settings)
        total = state.setdefault("total", np.zeros_like(data))
        total += grad
        state["count"] = state.get("count", 0) + 1
        if state["count"] % period == 0:
            data -= settings["lr"] / period * total
            total[...] = 0

    def period_of(self, settings: Any) -> int:
        """Return after how many steps the mean is applied."""
        return int(settings["period"])


@wrong_optimizer(twin=EveryOther, cause=r"period is ignored where a group")
class OnePeriod(EveryOther):
    # the period of the optimizer, not that of the group
    def period_of(self, settings: Any) -> int:
        return int(vars(self)["period"])
