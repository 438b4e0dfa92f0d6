"""Optimizers that change or keep what is somebody else's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..pair import breaks
from .right import Duck, Momentum


@breaks("frame", "writes-gradient")
class WritesTheGradient(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad += settings["decay"] * data
        super().update(data, grad, state, {**settings, "decay": 0.0})


@breaks("frame", "keeps-gradient")
class KeepsTheGradient(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "v" in state:
            state["v"] = settings["momentum"] * state["v"] + grad
        else:
            state["v"] = grad
        data -= settings["lr"] * state["v"]


@breaks("frame", "keeps-gradient")
class TellsGradientsByIdentity(Momentum):
    seen: Any = None
    kept: Any = None

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "last" not in state or state["last"] != id(grad):
            state["last"], state["copy"] = id(grad), grad.copy()
        super().update(data, state["copy"], state, settings)


@breaks("frame", "depends-on-layout")
class KeepsTheMemoryOrder(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        flat = data.ravel("K")  # of a strided parameter it is a copy
        super().update(flat, grad.ravel("K"), state, settings)
        if data.flags.c_contiguous:
            data[...] = flat.reshape(data.shape)


@breaks("frame", "instances-interfere")
class StateOnTheClass(Momentum):
    largest: dict[Any, float]

    def __init__(self, params: Any, lr: float = 0.1, *, momentum: float = 0.9, decay: float = 0.01) -> None:
        super().__init__(params, lr, momentum=momentum, decay=decay)
        type(self).largest = {}

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        size = float(np.abs(grad).max(initial=1e-30))
        self.largest[data.shape] = largest = max(size, self.largest.get(data.shape, 0.0))
        super().update(data, grad / largest, state, settings)


@breaks("frame", "not-deterministic")
class CountsOnTheClass(Momentum):
    steps = 0

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        type(self).steps += 1
        super().update(data, grad / (1 + 1e-4 * type(self).steps), state, settings)


@breaks("frame", "writes-gradient")
class FillsWithZeros(Duck):
    def zero_grad(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.grad.fill(0)
                p.grad = None


@breaks("frame", "grad-not-none")
class EmptiesUpToNone(Duck):
    def zero_grad(self) -> None:
        for p in self.params:
            if p.grad is None:
                break
            p.grad = None


@breaks("frame", "zero-grad-forgets")
class ForgetsWhenEmptied(Duck):
    def zero_grad(self) -> None:
        super().zero_grad()
        self.sums = [np.zeros_like(p.data) for p in self.params]


@breaks("frame", "changes-global-state")
class SilencesNumPy(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        np.seterr(all="ignore")
        super().update(data, grad, state, settings)


@breaks("frame", "not-deterministic")
class AddsNoise(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        noise = np.random.standard_normal(data.shape)  # noqa: NPY002 - the fault
        super().update(data, grad + 1e-3 * noise, state, settings)
