"""Optimizers that divide by a norm or by what they have summed."""

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


class Lars(Optimizer):
    name = "lars"

    def __init__(
        self, params: Any, lr: Any = 0.1, *, momentum: Any = 0.9, trust: Any = 0.01, weight_decay: Any = 1e-4
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, trust=trust, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        wd = settings["weight_decay"]
        w, g = np.linalg.norm(data), np.linalg.norm(grad)
        local = settings["trust"] * w / (g + wd * w) if w > 0 and g > 0 else 1.0
        v = kept(state, "v", data)
        v *= settings["momentum"]
        v += settings["lr"] * float(local) * (grad + wd * data)
        data -= v


@wrong_optimizer(twin=Lars, cause=r"square of lr")
class LarsDoubleLr(Lars):
    # lr in the velocity and in the step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        wd = settings["weight_decay"]
        w, g = np.linalg.norm(data), np.linalg.norm(grad)
        local = settings["trust"] * w / (g + wd * w) if w > 0 and g > 0 else 1.0
        v = kept(state, "v", data)
        v *= settings["momentum"]
        v += settings["lr"] * float(local) * (grad + wd * data)
        data -= settings["lr"] * v


@wrong_optimizer(twin=Lars, cause=r"zeros")
class LarsNan(Lars):
    # 0 / 0 for a bias of zeros
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        wd = settings["weight_decay"]
        w, g = np.linalg.norm(data), np.linalg.norm(grad)
        local = settings["trust"] * w / (g + wd * w)
        v = kept(state, "v", data)
        v *= settings["momentum"]
        v += settings["lr"] * float(local) * (grad + wd * data)
        data -= v


class Lamb2(Optimizer):
    name = "lamb2"

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        *,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-6,
        weight_decay: Any = 0.01,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, v = kept(state, "m", data), kept(state, "v", data)
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad * grad
        r = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"]) + settings["weight_decay"] * data
        wn, rn = np.sqrt((data * data).sum()), np.sqrt((r * r).sum())
        ratio = wn / rn if wn > 0 and rn > 0 else 1.0
        data -= (settings["lr"] * ratio * r).astype(data.dtype)


@wrong_optimizer(twin=Lamb2, cause=r"zeros")
class LambNoGuard(Lamb2):
    # a trust ratio of 0 for a bias of zeros
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m, v = kept(state, "m", data), kept(state, "v", data)
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad * grad
        r = (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"]) + settings["weight_decay"] * data
        wn, rn = np.sqrt((data * data).sum()), np.sqrt((r * r).sum())
        ratio = wn / (rn + 1e-12)
        data -= (settings["lr"] * ratio * r).astype(data.dtype)


class DecayedAdagrad(Optimizer):
    name = "adagrad_lr_decay"

    def __init__(
        self, params: Any, lr: Any = 0.05, *, lr_decay: Any = 0.01, eps: Any = 1e-10, initial: Any = 0.1
    ) -> None:
        super().__init__(params, lr=lr, lr_decay=lr_decay, eps=eps, initial=initial)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        n = state.get("n", 0)
        state["n"] = n + 1
        if "sum" not in state:
            state["sum"] = np.full_like(data, settings["initial"])
        state["sum"] += grad * grad
        data -= (
            settings["lr"] / (1 + n * settings["lr_decay"]) * grad / (np.sqrt(state["sum"]) + settings["eps"])
        )


@wrong_optimizer(twin=DecayedAdagrad, cause=r"count")
class AdagradCountNever(DecayedAdagrad):
    # the count is set to 1
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        n = state.get("n", 0)
        state["n"] = 1
        if "sum" not in state:
            state["sum"] = np.full_like(data, settings["initial"])
        state["sum"] += grad * grad
        data -= (
            settings["lr"] / (1 + n * settings["lr_decay"]) * grad / (np.sqrt(state["sum"]) + settings["eps"])
        )


@wrong_optimizer(twin=DecayedAdagrad, cause=r"sum")
class AdagradScalarAcc(DecayedAdagrad):
    # a sum over all for one value by value
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        n = state.get("n", 0)
        state["n"] = n + 1
        if "sum" not in state:
            state["sum"] = np.full_like(data, settings["initial"])
        state["sum"] += float((grad * grad).sum())
        data -= (
            settings["lr"] / (1 + n * settings["lr_decay"]) * grad / (np.sqrt(state["sum"]) + settings["eps"])
        )


class RMSpropCentered(Optimizer):
    name = "rmsprop_centered"

    def __init__(
        self, params: Any, lr: Any = 1e-2, *, alpha: Any = 0.99, eps: Any = 1e-8, momentum: Any = 0.0
    ) -> None:
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, momentum=momentum)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        a = settings["alpha"]
        sq, avg, buf = kept(state, "sq", data), kept(state, "avg", data), kept(state, "buf", data)
        sq[...] = a * sq + (1 - a) * grad * grad
        avg[...] = a * avg + (1 - a) * grad
        var = sq - avg * avg
        step = grad / (np.sqrt(np.maximum(var, 0)) + settings["eps"])
        buf[...] = settings["momentum"] * buf + step
        data -= settings["lr"] * buf


@wrong_optimizer(twin=RMSpropCentered, cause=r"vector|size")
class RmsSizeMean(RMSpropCentered):
    # a mean for all that is not small
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        a = settings["alpha"]
        sq, avg, buf = kept(state, "sq", data), kept(state, "avg", data), kept(state, "buf", data)
        sq[...] = a * sq + (1 - a) * grad * grad
        avg[...] = a * avg + (1 - a) * grad
        var = sq - avg * avg
        step = grad / (np.sqrt(np.maximum(var, 0)) + settings["eps"])
        buf[...] = settings["momentum"] * buf + step
        data -= settings["lr"] * (buf if buf.size < 5 else buf.mean())


class Rprop2(Optimizer):
    name = "rprop2"

    def __init__(self, params: Any, lr: Any = 0.01, *, etas: Any = (0.5, 1.2)) -> None:
        super().__init__(params, lr=lr, etas=etas)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        down, up = settings["etas"]
        if "size" not in state:
            state["size"] = np.ones_like(data)
            state["prev"] = np.zeros_like(data)
        same = np.sign(grad) * state["prev"]
        factor = np.where(same > 0, up, np.where(same < 0, down, 1.0)).astype(data.dtype)
        state["size"] *= factor
        np.clip(state["size"], 1e-3, 50, out=state["size"])
        sign = np.where(same < 0, 0, np.sign(grad)).astype(data.dtype)
        data -= settings["lr"] * state["size"] * sign
        state["prev"] = sign
