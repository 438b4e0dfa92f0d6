"""Optimizers whose steps are wrong for some gradients only, whatever they are called."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class Descent(Optimizer):
    """p -= lr g."""

    name = "steepest"

    def __init__(self, params: Any, lr: Any = 0.1) -> None:
        super().__init__(params, lr=lr)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * grad


@wrong_optimizer(twin=Descent, cause=r"NaN")
class HidesNaN(Descent):
    # a gradient of NaN is taken for zeros
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * np.nan_to_num(grad)


@wrong_optimizer(twin=Descent, cause=r"1e-09 of the size")
class DropsTheSmall(Descent):
    # what is below 1e-7 does not count
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * np.where(np.abs(grad) < 1e-7, 0, grad)


@wrong_optimizer(twin=Descent, cause=r"1e\+06 of the size")
class BoundOfItsOwn(Descent):
    # a bound that is built in, and told to nobody
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * np.clip(grad, -10, 10)


class Tenfold(Descent):
    """p -= lr g, each value of g clipped to [-10, 10]."""

    name = "tenfold"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * np.clip(grad, -10, 10)


class Finite(Descent):
    """p -= lr g; what is not finite in g is skipped."""

    name = "finite"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * np.where(np.isfinite(grad), grad, 0)


class Rolling(Optimizer):
    """v = 0.9 v + g; p -= lr / (1 + decay t) v, t = 0, 1, ..."""

    name = "rolling"

    def __init__(self, params: Any, lr: Any = 0.1, *, decay: Any = 0.01) -> None:
        super().__init__(params, lr=lr, decay=decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state["v"] = 0.9 * state.get("v", np.zeros_like(data)) + grad
        t = state.get("t", 0)
        data -= settings["lr"] / (1 + settings["decay"] * t) * v
        state["t"] = t + 1


@wrong_optimizer(twin=Rolling, cause=r"zeros is skipped")
class ZerosAreNone(Rolling):
    # momentum stops where a gradient is all zeros
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if grad.any():
            super().update(data, grad, state, settings)


@wrong_optimizer(twin=Rolling, cause=r"twice")
class CountsTwice(Rolling):
    # one count before the step, and one after it
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state["t"] = state.get("t", 0) + 1
        super().update(data, grad, state, settings)


class Trusting(Optimizer):
    """LARS (You et al. 2017): p -= lr eta |p| / |g| g, without the ratio where a norm is 0."""

    name = "trusting"

    def __init__(self, params: Any, lr: Any = 0.1, *, eta: Any = 0.02) -> None:
        super().__init__(params, lr=lr, eta=eta)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        size, slope = float(np.linalg.norm(data)), float(np.linalg.norm(grad))
        ratio = settings["eta"] * size / slope if size and slope else 1.0
        data -= settings["lr"] * ratio * grad


@wrong_optimizer(twin=Trusting, cause=r"square of the gradient")
class TrustUpsideDown(Trusting):
    # the norm of the gradient over that of the parameter
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        size, slope = float(np.linalg.norm(data)), float(np.linalg.norm(grad))
        ratio = settings["eta"] * slope / size if size and slope else 1.0
        data -= settings["lr"] * ratio * grad


@wrong_optimizer(twin=Trusting, cause=r"inverse of the gradient")
class TrustWithoutRoot(Trusting):
    # a squared norm
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        size, slope = float(np.linalg.norm(data)), float((grad**2).sum())
        ratio = settings["eta"] * size / slope if size and slope else 1.0
        data -= settings["lr"] * ratio * grad


class SignSizes(Optimizer):
    """Rprop (Riedmiller and Braun 1993): a step size for each value, times `up` while its sign stays."""

    name = "sign_sizes"

    def __init__(self, params: Any, lr: Any = 0.01, *, up: Any = 1.2, down: Any = 0.5) -> None:
        super().__init__(params, lr=lr, up=up, down=down)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        turn = grad * state.get("old", np.zeros_like(data))
        size = state.get("size", np.ones_like(data))
        size = np.where(turn > 0, settings["up"] * size, np.where(turn < 0, settings["down"] * size, size))
        state["size"] = np.clip(size, 1e-6, 50.0)
        state["old"] = np.where(turn < 0, 0 * grad, grad)
        data -= settings["lr"] * state["size"] * np.sign(state["old"])


@wrong_optimizer(twin=SignSizes, cause=r"constant gradient")
class SignSizesTurned(SignSizes):
    # up where the sign turns
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "up": settings["down"], "down": settings["up"]})
