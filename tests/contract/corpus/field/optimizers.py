"""Optimizers that inherit, with one slip each."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class RmsProp(Optimizer):
    """v = rho v + (1 - rho) g^2; p -= lr g / (sqrt(v) + eps) (Hinton 2012)."""

    name = "rms_prop"

    def __init__(self, params: Any, *, lr: float = 0.01, rho: float = 0.9, eps: float = 1e-8) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["rho"]
        v += (1 - settings["rho"]) * grad**2
        data -= settings["lr"] * grad / (np.sqrt(v) + settings["eps"])


@wrong_optimizer(twin=RmsProp, cause=r"zero|nan|finite|0 / 0|eps")
class RmsPropWithoutEps(RmsProp):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["rho"]
        v += (1 - settings["rho"]) * grad**2
        data -= settings["lr"] * grad / np.sqrt(v)


@wrong_optimizer(twin=RmsProp, cause=r"rho|setting|read|effect")
class RmsPropFixedRho(RmsProp):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "rho": 0.9})


@wrong_optimizer(twin=RmsProp, cause=r"float64|float32|dtype")
class RmsPropDoubleState(RmsProp):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state.setdefault("v", np.zeros(data.shape))
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=RmsProp, cause=r"gradient|writes|read-only")
class RmsPropSquaresInPlace(RmsProp):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["rho"]
        v += (1 - settings["rho"]) * np.square(grad)
        grad /= np.sqrt(v) + settings["eps"]
        data -= settings["lr"] * grad


class Nadam(Optimizer):
    """Adam with Nesterov's momentum (Dozat 2016): m-hat = (b1 m + (1 - b1) g) / (1 - b1^t), v-hat
    as in Adam.
    """

    name = "nadam"

    def __init__(
        self, params: Any, *, lr: float = 0.01, betas: Any = (0.9, 0.99), weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0 * data) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0 * data) + (1 - b2) * grad * grad
        ahead = (b1 * m + (1 - b1) * grad) / (1 - b1**t)
        data -= settings["lr"] * (ahead / (np.sqrt(v / (1 - b2**t)) + 1e-8) + settings["weight_decay"] * data)


@wrong_optimizer(twin=Nadam, cause=r"decay|lr = 0|zero|rate")
class NadamDecayWithoutRate(Nadam):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "weight_decay": 0.0})
        data -= 0.01 * settings["weight_decay"] * data


@wrong_optimizer(twin=Nadam, cause=r"decay|pull|sign")
class NadamDecaySign(Nadam):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "weight_decay": -settings["weight_decay"]})


@wrong_optimizer(twin=Nadam, cause=r"state|save|load|lost|count|continu|t\b")
class NadamCountsOnSelf(Nadam):
    def step(self) -> None:
        self.t = getattr(self, "t", 0) + 1  # not in the state
        super().step()

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state["t"] = self.t - 1
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Nadam, cause=r"together|interfere|alone|share|count")
class NadamCountsParameters(Nadam):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        self.calls = getattr(self, "calls", 0) + 1  # one for each parameter, not for each step
        state["t"] = self.calls - 1
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Nadam, cause=r"share|interfere|two optimizers|instances|class")
class NadamSharesMoments(Nadam):
    memory: dict[Any, Any] = {}  # noqa: RUF012 - the fault

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, self.memory.setdefault(data.shape, {}), settings)


class Lion(Optimizer):
    """p -= lr (sign(b1 m + (1 - b1) g) + decay p); m = b2 m + (1 - b2) g (Chen et al. 2023)."""

    name = "lion"

    def __init__(
        self, params: Any, *, lr: float = 1e-3, b1: float = 0.9, b2: float = 0.99, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr=lr, b1=b1, b2=b2, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        m = state.setdefault("m", np.zeros_like(data))
        direction = np.sign(settings["b1"] * m + (1 - settings["b1"]) * grad)
        data -= settings["lr"] * (direction + settings["weight_decay"] * data)
        m *= settings["b2"]
        m += (1 - settings["b2"]) * grad


@wrong_optimizer(twin=Lion, cause=r"climb|goes from|sign|descend")
class LionAscends(Lion):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, -grad, state, settings)


@wrong_optimizer(twin=Lion, cause=r"keeps|kept|gradient")
class LionKeepsGrad(Lion):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        last = state.get("last", grad)
        direction = np.sign(settings["b1"] * last + (1 - settings["b1"]) * grad)
        data -= settings["lr"] * (direction + settings["weight_decay"] * data)
        state["last"] = grad


@wrong_optimizer(twin=Lion, cause=r"layout|transposed|order|strided|leave")
class LionFlattens(Lion):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        flat = data.reshape(-1)  # a copy if the parameter is transposed
        super().update(flat, grad.reshape(-1), state, settings)
