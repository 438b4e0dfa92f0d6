"""Velocities and signs, and a rule whose name says nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class MomentumSGD(Optimizer):
    """PyTorch's: v = momentum v + (1 - dampening) g from v = g; nesterov steps along g + momentum v."""

    name = "momentum_sgd"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        momentum: Any = 0.9,
        dampening: Any = 0.0,
        nesterov: Any = False,
        weight_decay: Any = 0.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            nesterov=nesterov,
            weight_decay=weight_decay,
        )

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + mu * state["v"] if settings["nesterov"] else state["v"])


@wrong_optimizer(twin=MomentumSGD, cause=r"moves otherwise")
class NesterovWhole(MomentumSGD):
    # the velocity without its factor
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + state["v"] if settings["nesterov"] else state["v"])


@wrong_optimizer(twin=MomentumSGD, cause=r"moves otherwise")
class NesterovTurned(MomentumSGD):
    # the factor on the other term
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (mu * grad + state["v"] if settings["nesterov"] else state["v"])


@wrong_optimizer(twin=MomentumSGD, cause=r"moves otherwise")
class DampeningAdds(MomentumSGD):
    # a sign
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 + settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + mu * state["v"] if settings["nesterov"] else state["v"])


@wrong_optimizer(twin=MomentumSGD, cause=r"moves otherwise")
class DecayHalved(MomentumSGD):
    # half of the decay, as of a penalty of which nobody spoke
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + 0.5 * decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + mu * state["v"] if settings["nesterov"] else state["v"])


@wrong_optimizer(twin=MomentumSGD, cause=r"moves otherwise")
class DecayOfSigns(MomentumSGD):
    # a decay of signs
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * np.sign(data)
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + mu * state["v"] if settings["nesterov"] else state["v"])


class NAG(Optimizer):
    """Sutskever et al. 2013: v = mu v - lr g; p += mu v - lr g."""

    name = "nag"

    def __init__(self, params: Any, lr: Any = 0.01, *, mu: Any = 0.9) -> None:
        super().__init__(params, lr=lr, mu=mu)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, lr = settings["mu"], settings["lr"]
        old = state.get("v", np.zeros_like(data))
        v = state["v"] = mu * old - lr * grad
        data += mu * v - lr * grad


@wrong_optimizer(twin=NAG, cause=r"moves otherwise")
class NAGOldVelocity(NAG):
    # the velocity of the step before
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, lr = settings["mu"], settings["lr"]
        old = state.get("v", np.zeros_like(data))
        state["v"] = mu * old - lr * grad
        data += mu * old - lr * grad


@wrong_optimizer(twin=NAG, cause=r"moves otherwise")
class NAGHeavyBall(NAG):
    # no look ahead
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, lr = settings["mu"], settings["lr"]
        old = state.get("v", np.zeros_like(data))
        v = state["v"] = mu * old - lr * grad
        data += v


class Lion(Optimizer):
    """Chen et al. 2023, algorithm 2."""

    name = "lion"

    def __init__(
        self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.99), weight_decay: Any = 0.0
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        m = state.get("m", np.zeros_like(data))
        c = np.sign(b1 * m + (1 - b1) * grad)
        state["m"] = b2 * m + (1 - b2) * grad
        data -= settings["lr"] * (c + settings["weight_decay"] * data)


@wrong_optimizer(twin=Lion, cause=r"moves otherwise")
class LionDecayInSign(Lion):
    # the decay disappears in the sign
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        m = state.get("m", np.zeros_like(data))
        c = np.sign(b1 * m + (1 - b1) * grad + settings["weight_decay"] * data)
        state["m"] = b2 * m + (1 - b2) * grad
        data -= settings["lr"] * c


@wrong_optimizer(twin=Lion, cause=r"moves otherwise")
class LionKeepsSigns(Lion):
    # an average of signs
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        m = state.get("m", np.zeros_like(data))
        c = np.sign(b1 * m + (1 - b1) * grad)
        state["m"] = b2 * m + (1 - b2) * c
        data -= settings["lr"] * (c + settings["weight_decay"] * data)


class Renamed(Optimizer):
    """MomentumSGD by another name: what it does by default is a claim, too."""

    name = "rolling_stone"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        momentum: Any = 0.9,
        dampening: Any = 0.0,
        nesterov: Any = False,
        weight_decay: Any = 0.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            nesterov=nesterov,
            weight_decay=weight_decay,
        )

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + mu * state["v"] if settings["nesterov"] else state["v"])


@wrong_optimizer(twin=Renamed, cause=r"by default it moves as")
class RenamedNesterov(Renamed):
    # the velocity without its factor
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu, decay = settings["momentum"], settings["weight_decay"]
        grad = grad + decay * data
        if "v" in state:
            state["v"] = mu * state["v"] + (1 - settings["dampening"]) * grad
        else:
            state["v"] = grad.copy()
        data -= settings["lr"] * (grad + state["v"] if settings["nesterov"] else state["v"])
