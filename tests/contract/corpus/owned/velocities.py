"""Velocities, signs and what weighs or looks beyond them."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class NesterovBall(Optimizer):
    """v = momentum v + g; p -= lr (g + momentum v)."""

    name = "nesterov_ball"

    def __init__(self, params: Any, lr: Any = 0.05, *, momentum: Any = 0.9) -> None:
        super().__init__(params, lr=lr, momentum=momentum)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        mu = settings["momentum"]
        v = state["v"] = mu * state.get("v", 0 * grad) + grad
        data -= settings["lr"] * (grad + mu * v)


@wrong_optimizer(twin=NesterovBall, cause=r"Nesterov.*factor")
class NesterovBallWhole(NesterovBall):
    # the whole velocity beside the gradient, under a name that tells nothing
    name = "two_terms"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state["v"] = settings["momentum"] * state.get("v", 0 * grad) + grad
        data -= settings["lr"] * (grad + v)


class Lookahead(Optimizer):
    """Descent; every k steps slow += alpha (p - slow), p = slow."""

    name = "lookahead"

    def __init__(self, params: Any, lr: Any = 0.05, *, k: Any = 5, alpha: Any = 0.5) -> None:
        super().__init__(params, lr=lr, k=k, alpha=alpha)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        slow = state.setdefault("slow", data.copy())
        data -= settings["lr"] * grad
        state["t"] = state.get("t", 0) + 1
        if state["t"] % settings["k"] == 0:
            slow += settings["alpha"] * (data - slow)
            data[...] = slow


@wrong_optimizer(twin=Lookahead, cause=r"moves otherwise than in Zhang")
class LookaheadNoReturn(Lookahead):
    # the fast values never go back to the slow ones
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        slow = state.setdefault("slow", data.copy())
        data -= settings["lr"] * grad
        state["t"] = state.get("t", 0) + 1
        if state["t"] % settings["k"] == 0:
            slow += settings["alpha"] * (data - slow)


class QuasiHyperbolic(Optimizer):
    """m = beta m + (1 - beta) g; p -= lr ((1 - nu) g + nu m)."""

    name = "quasi_hyperbolic"

    def __init__(self, params: Any, lr: Any = 0.1, *, beta: Any = 0.9, nu: Any = 0.7) -> None:
        super().__init__(params, lr=lr, beta=beta, nu=nu)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b, nu = settings["beta"], settings["nu"]
        m = state["m"] = b * state.get("m", 0 * grad) + (1 - b) * grad
        data -= settings["lr"] * ((1 - nu) * grad + nu * m)


@wrong_optimizer(twin=QuasiHyperbolic, cause=r"moves otherwise than in Ma")
class QuasiHyperbolicTurned(QuasiHyperbolic):
    # nu weighs the gradient, 1 - nu the average
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b, nu = settings["beta"], settings["nu"]
        m = state["m"] = b * state.get("m", 0 * grad) + (1 - b) * grad
        data -= settings["lr"] * (nu * grad + (1 - nu) * m)


class AggregatedMomentum(Optimizer):
    """v_i = beta_i v_i + g; p -= lr times the mean of all v_i."""

    name = "aggregated_momentum"

    def __init__(self, params: Any, lr: Any = 0.05, *, betas: Any = (0.0, 0.9, 0.99)) -> None:
        super().__init__(params, lr=lr, betas=betas)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        total = 0 * grad
        for i, beta in enumerate(settings["betas"]):
            v = state[f"v{i}"] = beta * state.get(f"v{i}", 0 * grad) + grad
            total = total + v
        data -= settings["lr"] / len(settings["betas"]) * total


@wrong_optimizer(twin=AggregatedMomentum, cause=r"moves otherwise than in Lucas")
class AggregatedInOne(AggregatedMomentum):
    # one velocity for all rates
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        total = 0 * grad
        for beta in settings["betas"]:
            v = state["v"] = beta * state.get("v", 0 * grad) + grad
            total = total + v
        data -= settings["lr"] / len(settings["betas"]) * total


class SignMomentum(Optimizer):
    """m = beta m + (1 - beta) g; p -= lr (sign(m) + weight_decay p)."""

    name = "sign_momentum"

    def __init__(self, params: Any, lr: Any = 0.001, *, beta: Any = 0.9, weight_decay: Any = 0.0) -> None:
        super().__init__(params, lr=lr, beta=beta, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b = settings["beta"]
        m = state["m"] = b * state.get("m", 0 * grad) + (1 - b) * grad
        data -= settings["lr"] * (np.sign(m) + settings["weight_decay"] * data)


@wrong_optimizer(twin=SignMomentum, cause=r"average of signs")
class SignsAveraged(SignMomentum):
    # the average is of signs
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b = settings["beta"]
        m = state["m"] = b * state.get("m", 0 * grad) + (1 - b) * np.sign(grad)
        data -= settings["lr"] * (np.sign(m) + settings["weight_decay"] * data)


@wrong_optimizer(twin=SignMomentum, cause=r"no (later )?step reads")
class SignOfGradient(SignMomentum):
    # the sign of the gradient: the average is kept for nothing
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b = settings["beta"]
        state["m"] = b * state.get("m", 0 * grad) + (1 - b) * grad
        data -= settings["lr"] * (np.sign(grad) + settings["weight_decay"] * data)


class Resilient(Optimizer):
    """Steps of lr at first, times `up` where the sign stays, times `down` where it turns."""

    name = "resilient"

    def __init__(self, params: Any, lr: Any = 0.01, *, up: Any = 1.2, down: Any = 0.5) -> None:
        super().__init__(params, lr=lr, up=up, down=down)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        turn = grad * state.get("before", 0 * grad)
        down = np.where(turn < 0, settings["down"], 1.0)
        factor = np.where(turn > 0, settings["up"], down).astype(data.dtype)
        size = state["size"] = state.get("size", 0 * grad + 1) * factor
        state["before"] = np.sign(grad)
        data -= settings["lr"] * size * np.sign(grad)


@wrong_optimizer(twin=Resilient, cause=r"moves otherwise than in Riedmiller")
class ResilientForgets(Resilient):
    # the sizes are those of the last turn alone
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        turn = grad * state.get("before", 0 * grad)
        down = np.where(turn < 0, settings["down"], 1.0)
        size = np.where(turn > 0, settings["up"], down).astype(data.dtype)
        state["before"] = np.sign(grad)
        data -= settings["lr"] * size * np.sign(grad)


class SlowGradients(Optimizer):
    """Descent along g + strength times an average of g, as in Lee et al. 2024."""

    name = "slow_gradients"

    def __init__(self, params: Any, lr: Any = 0.01, *, alpha: Any = 0.98, strength: Any = 2.0) -> None:
        super().__init__(params, lr=lr, alpha=alpha, strength=strength)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        a = settings["alpha"]
        e = state["e"] = a * state.get("e", 0 * grad) + (1 - a) * grad
        data -= settings["lr"] * (grad + settings["strength"] * e)


@wrong_optimizer(twin=SlowGradients, cause=r"alpha weighs what is new")
class SlowGradientsTurned(SlowGradients):
    # alpha weighs the new gradient
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        a = settings["alpha"]
        e = state["e"] = (1 - a) * state.get("e", 0 * grad) + a * grad
        data -= settings["lr"] * (grad + settings["strength"] * e)


class WeightAveraging(Optimizer):
    """v = momentum v + g; p -= lr v; every `period` steps p is taken into an average."""

    name = "weight_averaging"

    def __init__(self, params: Any, lr: Any = 0.02, *, momentum: Any = 0.9, period: Any = 3) -> None:
        super().__init__(params, lr=lr, momentum=momentum, period=period)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state["v"] = settings["momentum"] * state.get("v", 0 * grad) + grad
        data -= settings["lr"] * v
        t = state["t"] = state.get("t", 0) + 1
        if t % settings["period"] == 0:
            n = state["n"] = state.get("n", 0) + 1
            mean = state.setdefault("mean", data.copy())
            mean += (data - mean) / n


@wrong_optimizer(twin=WeightAveraging, cause=r"keeps momentum\*\*2")
class MomentumSquared(WeightAveraging):
    # the velocity keeps the square of momentum
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state["v"] = settings["momentum"] ** 2 * state.get("v", 0 * grad) + grad
        data -= settings["lr"] * v
        t = state["t"] = state.get("t", 0) + 1
        if t % settings["period"] == 0:
            n = state["n"] = state.get("n", 0) + 1
            mean = state.setdefault("mean", data.copy())
            mean += (data - mean) / n


@wrong_optimizer(twin=WeightAveraging, cause=r"shares memory with a parameter")
class AverageIsParameter(WeightAveraging):
    # the average is the parameter itself
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state["v"] = settings["momentum"] * state.get("v", 0 * grad) + grad
        data -= settings["lr"] * v
        t = state["t"] = state.get("t", 0) + 1
        if t % settings["period"] == 0:
            n = state["n"] = state.get("n", 0) + 1
            mean = state.setdefault("mean", data)
            mean += (data - mean) / n
