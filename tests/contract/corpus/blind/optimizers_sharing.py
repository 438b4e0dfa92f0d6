"""State and working memory that several have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Adam2, Amsgrad, Momentum, PlainAdam, PlainSGD


@wrong_optimizer(twin=Momentum, cause=r"class|second instance")
class ClassState(Momentum):
    # state on the class, shared by instances
    velocities: dict[Any, Any] = {}  # noqa: RUF012 - the fault

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = self.velocities.setdefault(data.shape, np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        data -= settings["lr"] * v


@wrong_optimizer(twin=Momentum, cause=r"shared")
class ShapeState(Momentum):
    # state keyed by shape, shared by parameters of one shape
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        table = vars(self).setdefault("table", {})
        v = table.setdefault(data.shape, np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        data -= settings["lr"] * v


@wrong_optimizer(twin=Momentum, cause=r"shared")
class OneState(Momentum):
    # [{}] * n: one state for all parameters
    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)
        self.state = [[{}] * len(params) for params, _ in self.groups]

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "v" in state and state["v"].shape != data.shape:
            state["v"] = np.zeros_like(data)
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=PlainSGD, cause=r"shared")
class PlainOne(PlainSGD):
    # one velocity array for all ([zeros] * n)
    def __init__(self, params: Any, lr: Any = 0.01, *, momentum: float = 0.0) -> None:
        super().__init__(params, lr, momentum=momentum)
        by_shape: dict[Any, Any] = {}
        self.velocity = [
            by_shape.setdefault((p.data.shape, p.data.dtype), v)
            for p, v in zip(self.params, self.velocity, strict=True)
        ]


@wrong_optimizer(twin=Amsgrad, cause=r"share")
class AmsgradShared(Amsgrad):
    # the largest v is one for all instances
    tops: dict[Any, Any] = {}  # noqa: RUF012 - the fault

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            top = self.tops.setdefault((*data.shape, data.dtype.char), np.zeros_like(data))
            state.update(m=np.zeros_like(data), v=np.zeros_like(data), top=top)
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Momentum, cause=r"thread")
class SharedScratch(Momentum):
    # a scratch buffer shared by instances in threads
    buffers: dict[Any, Any] = {}  # noqa: RUF012 - the fault

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        buf = self.buffers.setdefault((data.shape, data.dtype.char), np.empty_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        np.multiply(v, settings["lr"], out=buf)
        data -= buf


@wrong_optimizer(twin=Adam2, cause=r"shared")
class AdamScratch(Adam2):
    # the first moments of all parameters of a shape live in one buffer
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            buffers = vars(self).setdefault("buffers", {})
            m = buffers.setdefault(data.shape, np.zeros_like(data))
            state.update(t=0, m=m, v=np.zeros_like(data))
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Momentum, cause=r"class|module")
class GlobalCount(Momentum):
    # a step count at module level switches the sign every 1000 (global state)
    count = [0]  # noqa: RUF012 - the fault

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        self.count[0] += 1
        super().update(data, grad, state, {**settings, "lr": settings["lr"] * (1 + 1e-3 * self.count[0])})


@wrong_optimizer(twin=Momentum, cause=r"place in the list")
class SecondSign(Momentum):
    # sign wrong for the second parameter
    def step(self) -> None:
        settings = {k: getattr(self, k) for k in self._settings}
        i = 0
        for (params, over), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                if p.grad is not None:
                    self.update(p.data, p.grad if i == 0 else -p.grad, s, {**settings, **over})
                i += 1


@wrong_optimizer(twin=Momentum, cause=r"depends on the other")
class GlobalClip(Momentum):
    # order: a global-norm clip couples the parameters
    def step(self) -> None:
        total = np.sqrt(sum(float((p.grad**2).sum()) for p in self.params if p.grad is not None))
        settings = {k: getattr(self, k) for k in self._settings}
        for (params, over), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                if p.grad is not None:
                    self.update(
                        p.data, p.grad / max(total, 1e-8) if total > 0.1 else p.grad, s, {**settings, **over}
                    )


@wrong_optimizer(twin=PlainAdam, cause=r"second instance|share")
class PlainAdamDefault(PlainAdam):
    # default argument shared: state={}
    def __init__(
        self,
        params: Any,
        lr: Any = 0.001,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-08,
        weight_decay: float = 0.0,
        _shared: Any = {},  # noqa: B006 - the fault
    ) -> None:
        super().__init__(params, lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=weight_decay)
        self.state = [
            _shared.setdefault((i, p.data.shape, p.data.dtype.char), s)
            for i, (p, s) in enumerate(zip(self.params, self.state, strict=True))
        ]
