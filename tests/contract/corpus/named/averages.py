"""RMSprop, Adagrad, Adadelta and LAMB."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class RMSprop(Optimizer):
    """Hinton 2012, with momentum on the step."""

    name = "rms_prop"

    def __init__(
        self, params: Any, lr: Any = 0.01, *, rho: Any = 0.99, eps: Any = 1e-8, momentum: Any = 0.0
    ) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps, momentum=momentum)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, s = settings["rho"], state.setdefault("s", np.zeros_like(data))
        s *= rho
        s += (1 - rho) * grad**2
        step = grad / (np.sqrt(s) + settings["eps"])
        b = state["b"] = settings["momentum"] * state.get("b", 0.0) + step
        data -= settings["lr"] * b


@wrong_optimizer(twin=RMSprop, cause=r"moves otherwise")
class RMSpropSums(RMSprop):
    # what is new is not weighed
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, s = settings["rho"], state.setdefault("s", np.zeros_like(data))
        s *= rho
        s += grad**2
        step = grad / (np.sqrt(s) + settings["eps"])
        b = state["b"] = settings["momentum"] * state.get("b", 0.0) + step
        data -= settings["lr"] * b


@wrong_optimizer(twin=RMSprop, cause=r"moves otherwise")
class RMSpropMomentumFirst(RMSprop):
    # momentum of the gradient, not of the step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, s = settings["rho"], state.setdefault("s", np.zeros_like(data))
        s *= rho
        s += (1 - rho) * grad**2
        b = state["b"] = settings["momentum"] * state.get("b", 0.0) + grad
        data -= settings["lr"] * b / (np.sqrt(s) + settings["eps"])


class Adagrad(Optimizer):
    """Duchi et al. 2011."""

    name = "adagrad"

    def __init__(self, params: Any, lr: Any = 0.01, *, lr_decay: Any = 0.0, eps: Any = 1e-10) -> None:
        super().__init__(params, lr=lr, lr_decay=lr_decay, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = state["t"] = state.get("t", 0) + 1
        s = state["s"] = state.get("s", 0.0) + grad**2
        rate = settings["lr"] / (1 + (t - 1) * settings["lr_decay"])
        data -= rate * grad / (np.sqrt(s) + settings["eps"])


@wrong_optimizer(twin=Adagrad, cause=r"moves otherwise")
class AdagradForgets(Adagrad):
    # a sum that forgets
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = state["t"] = state.get("t", 0) + 1
        s = state["s"] = 0.9 * state.get("s", 0.0) + 0.1 * grad**2
        rate = settings["lr"] / (1 + (t - 1) * settings["lr_decay"])
        data -= rate * grad / (np.sqrt(s) + settings["eps"])


@wrong_optimizer(twin=Adagrad, cause=r"moves otherwise")
class AdagradFourthRoot(Adagrad):
    # a fourth root
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = state["t"] = state.get("t", 0) + 1
        s = state["s"] = state.get("s", 0.0) + grad**2
        rate = settings["lr"] / (1 + (t - 1) * settings["lr_decay"])
        data -= rate * grad / (np.sqrt(np.sqrt(s)) + settings["eps"])


class Adadelta(Optimizer):
    """Zeiler 2012, algorithm 1."""

    name = "adadelta"

    def __init__(self, params: Any, lr: Any = 1.0, *, rho: Any = 0.9, eps: Any = 1e-6) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, eps = settings["rho"], settings["eps"]
        s = state["s"] = rho * state.get("s", 0.0) + (1 - rho) * grad**2
        u = state.get("u", np.zeros_like(data))
        d = grad * np.sqrt(u + eps) / np.sqrt(s + eps)
        state["u"] = rho * u + (1 - rho) * d**2
        data -= settings["lr"] * d


@wrong_optimizer(twin=Adadelta, cause=r"moves otherwise")
class AdadeltaTurned(Adadelta):
    # the roots are exchanged
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, eps = settings["rho"], settings["eps"]
        s = state["s"] = rho * state.get("s", 0.0) + (1 - rho) * grad**2
        u = state.get("u", np.zeros_like(data))
        d = grad * np.sqrt(s + eps) / np.sqrt(u + eps)
        state["u"] = rho * u + (1 - rho) * d**2
        data -= settings["lr"] * d


@wrong_optimizer(twin=Adadelta, cause=r"moves otherwise")
class AdadeltaOfGradients(Adadelta):
    # the average of steps takes gradients
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, eps = settings["rho"], settings["eps"]
        s = state["s"] = rho * state.get("s", 0.0) + (1 - rho) * grad**2
        u = state.get("u", np.zeros_like(data))
        d = grad * np.sqrt(u + eps) / np.sqrt(s + eps)
        state["u"] = rho * u + (1 - rho) * grad**2
        data -= settings["lr"] * d


@wrong_optimizer(twin=Adadelta, cause=r"moves otherwise")
class AdadeltaTimesRate(Adadelta):
    # the average of steps takes lr times them
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        rho, eps = settings["rho"], settings["eps"]
        s = state["s"] = rho * state.get("s", 0.0) + (1 - rho) * grad**2
        u = state.get("u", np.zeros_like(data))
        d = grad * np.sqrt(u + eps) / np.sqrt(s + eps)
        state["u"] = rho * u + (1 - rho) * (settings["lr"] * d) ** 2
        data -= settings["lr"] * d


class LAMB(Optimizer):
    """You et al. 2020, algorithm 2."""

    name = "lamb"

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-6,
        weight_decay: Any = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        r = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        r = r + settings["weight_decay"] * data
        size, length = float(np.sqrt((data**2).sum())), float(np.sqrt((r**2).sum()))
        data -= settings["lr"] * (size / length if size and length else 1.0) * r


@wrong_optimizer(twin=LAMB, cause=r"moves otherwise")
class LAMBDecayAfterNorm(LAMB):
    # the ratio knows nothing of the decay
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        r = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        size, length = float(np.sqrt((data**2).sum())), float(np.sqrt((r**2).sum()))
        data -= (
            settings["lr"] * (size / length if size and length else 1.0) * r
            + settings["lr"] * settings["weight_decay"] * data
        )


@wrong_optimizer(twin=LAMB, cause=r"moves otherwise")
class LAMBGradientNorm(LAMB):
    # the norm of the gradient, not of the step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        r = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        r = r + settings["weight_decay"] * data
        size, length = float(np.sqrt((data**2).sum())), float(np.sqrt((grad**2).sum()))
        data -= settings["lr"] * (size / length if size and length else 1.0) * r


@wrong_optimizer(twin=LAMB, cause=r"moves otherwise")
class LAMBNoRoot(LAMB):
    # a squared norm
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        r = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        r = r + settings["weight_decay"] * data
        size, length = float((data**2).sum()), float(np.sqrt((r**2).sum()))
        data -= settings["lr"] * (size / length if size and length else 1.0) * r


class LAMBOfWhatDecays(LAMB):
    """NVIDIA's LAMB: what does not decay takes Adam's step."""

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if settings["weight_decay"]:
            super().update(data, grad, state, settings)
            return
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * grad
        v = state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
        data -= settings["lr"] * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
