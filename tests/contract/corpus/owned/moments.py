"""Adam's kin under names of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


def moments(grad: Any, state: Any, settings: Any) -> Any:
    """Return the count of steps, the rates, and both averages."""
    b1, b2 = settings["betas"]
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = b1 * state.get("m", 0 * grad) + (1 - b1) * grad
    v = state["v"] = b2 * state.get("v", 0 * grad) + (1 - b2) * grad * grad
    return t, b1, b2, m, v


class OfMoments(Optimizer):
    """What has two averages and an epsilon."""

    def __init__(self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.99), eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)


class CappedMoments(OfMoments):
    """Adam under the largest second moment so far."""

    name = "capped_moments"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        top = state["top"] = np.maximum(state.get("top", 0 * grad), v)
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(top / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=CappedMoments, cause=r"minimum")
class LeastMoments(CappedMoments):
    # the least so far
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        top = state["top"] = np.minimum(state.get("top", v), v)
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(top / (1 - b2**t)) + settings["eps"])


class CautiousAdam(OfMoments):
    """Adam without what goes against the gradient, the rest larger for it. Liang et al. 2024."""

    name = "cautious_adam"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        step = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        kept = (step * grad > 0).astype(data.dtype)
        data -= settings["lr"] * step * kept * (kept.size / (kept.sum() + 1))


@wrong_optimizer(twin=CautiousAdam, cause=r"count is one ahead")
class CautiousAhead(CautiousAdam):
    # the count of the first correction is one ahead
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        step = (m / (1 - b1 ** (t + 1))) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        kept = (step * grad > 0).astype(data.dtype)
        data -= settings["lr"] * step * kept * (kept.size / (kept.sum() + 1))


class DiffGradient(OfMoments):
    """Adam's step times a sigmoid of how far the gradient has changed. Dubey et al. 2020."""

    name = "diff_gradient"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        friction = 1 / (1 + np.exp(-np.abs(grad - state.get("before", 0 * grad))))
        state["before"] = grad.copy()
        data -= settings["lr"] * friction * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


@wrong_optimizer(twin=DiffGradient, cause=r"other sign")
class DiffGradientSigned(DiffGradient):
    # of the change itself, not of its size
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        friction = 0.5 + 0.5 * np.tanh(0.5 * (grad - state.get("before", 0 * grad)))
        state["before"] = grad.copy()
        data -= settings["lr"] * friction * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])


class LaProp(OfMoments):
    """An average of gradients that are divided first. Ziyin et al. 2020."""

    name = "laprop_momentum"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        v = state["v"] = b2 * state.get("v", 0 * grad) + (1 - b2) * grad * grad
        step = grad / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        m = state["m"] = b1 * state.get("m", 0 * grad) + (1 - b1) * step
        data -= settings["lr"] * m / (1 - b1**t)


@wrong_optimizer(twin=LaProp, cause=r"second moment that is not corrected")
class LaPropUncorrected(LaProp):
    # the second moment is not corrected
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        v = state["v"] = b2 * state.get("v", 0 * grad) + (1 - b2) * grad * grad
        step = grad / (np.sqrt(v) + settings["eps"])
        m = state["m"] = b1 * state.get("m", 0 * grad) + (1 - b1) * step
        data -= settings["lr"] * m / (1 - b1**t)


class PartiallyAdaptive(Optimizer):
    """Adam with a power of the second moment for its root. Chen et al. 2018."""

    name = "partially_adaptive"

    def __init__(
        self, params: Any, lr: Any = 0.01, *, betas: Any = (0.9, 0.99), power: Any = 0.25, eps: Any = 1e-8
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, power=power, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        divisor = (v / (1 - b2**t)) ** settings["power"] + settings["eps"]
        data -= settings["lr"] * (m / (1 - b1**t)) / divisor


@wrong_optimizer(twin=PartiallyAdaptive, cause=r"moves otherwise than in Chen")
class PartiallyTwice(PartiallyAdaptive):
    # twice the power: that of sqrt(v)
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        t, b1, b2, m, v = moments(grad, state, settings)
        divisor = (v / (1 - b2**t)) ** (2 * settings["power"]) + settings["eps"]
        data -= settings["lr"] * (m / (1 - b1**t)) / divisor


class Adan(Optimizer):
    """Averages of gradients, of their changes and of squares. Xie et al. 2022."""

    name = "adan"

    def __init__(
        self, params: Any, lr: Any = 0.01, *, betas: Any = (0.98, 0.92, 0.99), eps: Any = 1e-8
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps)

    def averages(self, grad: Any, state: Any, settings: Any) -> Any:
        """Return the count of steps, and the averages."""
        b1, b2, b3 = settings["betas"]
        change = grad - state.get("before", grad)
        m = state["m"] = b1 * state.get("m", 0 * grad) + (1 - b1) * grad
        d = state["d"] = b2 * state.get("d", 0 * grad) + (1 - b2) * change
        n = state["n"] = b3 * state.get("n", 0 * grad) + (1 - b3) * (grad + b2 * change) ** 2
        state["before"], state["t"] = grad.copy(), state.get("t", 0) + 1
        return state["t"], m, d, n

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        (b1, b2, b3), (t, m, d, n) = settings["betas"], self.averages(grad, state, settings)
        up = m / (1 - b1**t) + b2 * d / (1 - b2**t)
        data -= settings["lr"] * up / (np.sqrt(n / (1 - b3**t)) + settings["eps"])


@wrong_optimizer(twin=Adan, cause=r"not corrected")
class AdanUncorrected(Adan):
    # the squares are not corrected
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        (b1, b2, _), (t, m, d, n) = settings["betas"], self.averages(grad, state, settings)
        up = m / (1 - b1**t) + b2 * d / (1 - b2**t)
        data -= settings["lr"] * up / (np.sqrt(n) + settings["eps"])
