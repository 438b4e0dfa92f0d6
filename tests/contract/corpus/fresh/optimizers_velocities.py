"""Optimizers with a velocity or none, and their bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


def kept(state: Any, key: str, data: Any) -> Any:
    """Return an array of the state, of zeros at first."""
    if key not in state:
        state[key] = np.zeros_like(data)
    return state[key]


class Nesterov(Optimizer):
    """v = mu v + g; p -= lr (g + mu v)."""

    name = "nesterov"

    def __init__(self, params: Any, lr: Any = 0.1, *, momentum: Any = 0.9, weight_decay: Any = 0.0) -> None:
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if settings["weight_decay"]:
            grad = grad + settings["weight_decay"] * data
        v = kept(state, "v", data)
        v *= settings["momentum"]
        v += grad
        data -= settings["lr"] * (grad + settings["momentum"] * v)


@wrong_optimizer(twin=Nesterov, cause=r"pull")
class NesterovDecaySign(Nesterov):
    # the decay pushes
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if settings["weight_decay"]:
            grad = grad - settings["weight_decay"] * data
        v = kept(state, "v", data)
        v *= settings["momentum"]
        v += grad
        data -= settings["lr"] * (grad + settings["momentum"] * v)


class ClippedSGD(Optimizer):
    """SGD with the gradient of each parameter clipped to a norm."""

    name = "clipped_sgd"

    def __init__(self, params: Any, lr: Any = 0.1, *, max_norm: Any = 1.0) -> None:
        super().__init__(params, lr=lr, max_norm=max_norm)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        norm = float(np.sqrt((grad.astype(np.float64) ** 2).sum()))
        scale = min(1.0, settings["max_norm"] / (norm + 1e-12))
        data -= settings["lr"] * scale * grad


@wrong_optimizer(twin=ClippedSGD, cause=r"max_norm")
class ClipAlways(ClippedSGD):
    # gradients below the bound are scaled up
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        norm = float(np.sqrt((grad.astype(np.float64) ** 2).sum()))
        scale = settings["max_norm"] / (norm + 1e-12)
        data -= settings["lr"] * scale * grad


@wrong_optimizer(twin=ClippedSGD, cause=r"max_norm")
class ClipSqrt(ClippedSGD):
    # the square of the norm
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        norm = float(np.sqrt((grad.astype(np.float64) ** 2).sum()))
        scale = min(1.0, settings["max_norm"] / (norm**2 + 1e-12))
        data -= settings["lr"] * scale * grad


class SignMomentum(Optimizer):
    name = "signum"

    def __init__(self, params: Any, lr: Any = 0.01, *, momentum: Any = 0.9) -> None:
        super().__init__(params, lr=lr, momentum=momentum)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        m = kept(state, "m", data)
        m *= settings["momentum"]
        m += (1 - settings["momentum"]) * grad
        data -= settings["lr"] * np.sign(m)


@wrong_optimizer(twin=SignMomentum, cause=r"zero")
class SignumNegzero(SignMomentum):
    # a sign of 1 for 0
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        m = kept(state, "m", data)
        m *= settings["momentum"]
        m += (1 - settings["momentum"]) * grad
        data -= settings["lr"] * np.where(m >= 0, 1, -1).astype(data.dtype)


class WarmupSGD(Optimizer):
    """The rate grows linearly over `warmup` steps, counted per parameter."""

    name = "warmup_sgd"

    def __init__(self, params: Any, lr: Any = 0.1, *, warmup: Any = 4) -> None:
        super().__init__(params, lr=lr, warmup=warmup)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t = state["t"] = state.get("t", 0) + 1
        rate = settings["lr"] * min(1.0, t / settings["warmup"])
        data -= rate * grad


class CentralizedSGD(Optimizer):
    """Gradient centralization: the mean over all but the first axis is taken from matrices' gradients."""

    name = "centralized_sgd"

    def __init__(self, params: Any, lr: Any = 0.05) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if grad.ndim > 1:
            grad = grad - grad.mean(axis=tuple(range(1, grad.ndim)), keepdims=True)
        data -= settings["lr"] * grad


class Lookahead(Optimizer):
    """Fast SGD steps; every k-th is drawn back toward the slow weights."""

    name = "lookahead"

    def __init__(self, params: Any, lr: Any = 0.1, *, k: Any = 3, alpha: Any = 0.5) -> None:
        super().__init__(params, lr=lr, k=k, alpha=alpha)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        slow = state.setdefault("slow", data.copy())
        data -= settings["lr"] * grad
        n = state["n"] = state.get("n", 0) + 1
        if n % settings["k"] == 0:
            slow += settings["alpha"] * (data - slow)
            data[...] = slow


@wrong_optimizer(twin=Lookahead, cause=r"load|state|save")
class LookAlias(Lookahead):
    # the slow weights are the fast ones
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        slow = state.setdefault("slow", data)
        data -= settings["lr"] * grad
        n = state["n"] = state.get("n", 0) + 1
        if n % settings["k"] == 0:
            slow += settings["alpha"] * (data - slow)
            data[...] = slow


class NoisySGD(Optimizer):
    """SGD with Langevin noise from a generator of its own seed, one a parameter, in the state."""

    name = "langevin"

    def __init__(self, params: Any, lr: Any = 0.05, *, temperature: Any = 1e-3, seed: Any = 0) -> None:
        super().__init__(params, lr=lr, temperature=temperature, seed=seed)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        n = state["n"] = state.get("n", 0) + 1
        noise = (
            np.random.default_rng([settings["seed"], n, data.size])
            .standard_normal(data.shape)
            .astype(data.dtype)
        )
        data -= settings["lr"] * (grad + settings["temperature"] * noise)


@wrong_optimizer(twin=NoisySGD, cause=r"lr = 0")
class LangevinLrZero(NoisySGD):
    # noise without the factor lr
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        n = state["n"] = state.get("n", 0) + 1
        noise = (
            np.random.default_rng([settings["seed"], n, data.size])
            .standard_normal(data.shape)
            .astype(data.dtype)
        )
        data -= settings["lr"] * grad + settings["temperature"] * 0.05 * noise
