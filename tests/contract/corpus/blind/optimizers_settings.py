"""Settings that are not read, or not as they should be."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Adagrad2, Adam2, Amsgrad, Lion2, Momentum, PlainAdam, PlainSGD


@wrong_optimizer(twin=Momentum, cause=r"nesterov is ignored")
class NoNesterov(Momentum):
    # nesterov has no effect
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "nesterov": False})


@wrong_optimizer(twin=Adagrad2, cause=r"initial is ignored")
class AdagradInitial(Adagrad2):
    # initial ignored
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "initial": 0.0})


@wrong_optimizer(twin=Lion2, cause=r"betas")
class LionStill(Lion2):
    # m never updated
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, _ = settings["betas"]
        m = state.setdefault("m", np.zeros_like(data))
        data -= settings["lr"] * np.sign(b1 * m + (1 - b1) * grad)


@wrong_optimizer(twin=PlainAdam, cause=r"beta2 is ignored")
class PlainAdamBeta(PlainAdam):
    # second moment with beta1
    def move(self, data: Any, g: Any, s: Any) -> None:
        g = g + self.weight_decay * data
        s["t"] += 1
        s["m"] += (1 - self.beta1) * (g - s["m"])
        s["v"] += (1 - self.beta1) * (g * g - s["v"])
        m = s["m"] / (1 - self.beta1 ** s["t"])
        v = s["v"] / (1 - self.beta1 ** s["t"])
        data -= self.lr * m / (np.sqrt(v) + self.eps)


@wrong_optimizer(twin=Adam2, cause=r"betas")
class AdamHard(Adam2):
    # betas are hard-coded
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "betas": (0.9, 0.999)})


@wrong_optimizer(twin=Momentum, cause=r"weight_decay")
class DecayOnce(Momentum):
    # decay applied only at the first step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        decay = settings["weight_decay"] if not state else 0.0
        super().update(data, grad, state, {**settings, "weight_decay": decay})


@wrong_optimizer(twin=Momentum, cause=r"momentum is ignored")
class Forgets(Momentum):
    # momentum not kept: velocity renewed at each step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state.clear()
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Amsgrad, cause=r"beta2")
class AmsgradFixed(Amsgrad):
    # beta2 copied at construction
    def __init__(
        self, params: Any, lr: Any = 0.01, *, beta1: float = 0.9, beta2: float = 0.99, eps: float = 1e-08
    ) -> None:
        super().__init__(params, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
        self._b2 = beta2

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "beta2": self._b2})


@wrong_optimizer(twin=PlainSGD, cause=r"lr")
class PlainFixed(PlainSGD):
    # lr converted to float32 array at construction: never read again
    def __init__(self, params: Any, lr: Any = 0.01, *, momentum: float = 0.0) -> None:
        super().__init__(params, lr, momentum=momentum)
        self._step_size = np.float32(lr)

    def step(self) -> None:
        for p, v in zip(self.params, self.velocity, strict=True):
            if p.grad is None:
                continue
            v *= self.momentum
            v += p.grad
            p.data -= self._step_size * v


@wrong_optimizer(twin=PlainSGD, cause=r"lr = 0")
class PlainFloor(PlainSGD):
    # lr has a floor: max(lr, 1e-4): lr = 0 moves
    def step(self) -> None:
        keep, self.lr = self.lr, max(self.lr, 1e-4)
        super().step()
        self.lr = keep


@wrong_optimizer(twin=Momentum, cause=r"lr = 0")
class DecayNoRate(Momentum):
    # decay without the rate: p *= 1 - weight_decay
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data *= 1 - settings["weight_decay"]
        super().update(data, grad, state, {**settings, "weight_decay": 0.0})
