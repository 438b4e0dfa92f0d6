"""Gradients that are missing, or let go."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Momentum, PlainAdam


@wrong_optimizer(twin=Momentum, cause=r"None")
class NoneRaises(Momentum):
    # None raises
    def step(self) -> None:
        settings = {k: getattr(self, k) for k in self._settings}
        for (params, over), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                grad: Any = p.grad
                self.update(p.data, grad + 0, s, {**settings, **over})


@wrong_optimizer(twin=Momentum, cause=r"None")
class NoneZero(Momentum):
    # None taken for zero: momentum moves on
    def step(self) -> None:
        settings = {k: getattr(self, k) for k in self._settings}
        for (params, over), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                g = np.zeros_like(p.data) if p.grad is None else p.grad
                self.update(p.data, g, s, {**settings, **over})


@wrong_optimizer(twin=Momentum, cause=r"None")
class NoneStops(Momentum):
    # stops at the first None
    def step(self) -> None:
        settings = {k: getattr(self, k) for k in self._settings}
        for (params, over), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                if p.grad is None:
                    return
                self.update(p.data, p.grad, s, {**settings, **over})


@wrong_optimizer(twin=Momentum, cause=r"None.*mixed up")
class NoneShifts(Momentum):
    # None shifts the states (zip of those with gradients)
    def step(self) -> None:
        settings = {k: getattr(self, k) for k in self._settings}
        for (params, over), states in zip(self.groups, self.state, strict=True):
            for p, s in zip([p for p in params if p.grad is not None], states, strict=False):
                self.update(p.data, p.grad, s, {**settings, **over})


@wrong_optimizer(twin=Momentum, cause=r"state.*None")
class NoneForgets(Momentum):
    # a parameter without gradient loses its velocity
    def step(self) -> None:
        for (params, _), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                if p.grad is None:
                    s.clear()
        super().step()


@wrong_optimizer(twin=PlainAdam, cause=r"state.*None")
class PlainAdamDecays(PlainAdam):
    # m is decayed for parameters without gradients
    def step(self) -> None:
        for p, s in zip(self.params, self.state, strict=True):
            if p.grad is None:
                s["m"] *= self.beta1
                s["v"] *= self.beta2
            else:
                self.move(p.data, p.grad, s)


@wrong_optimizer(twin=Momentum, cause=r"writes into the gradient")
class ZeroInPlace(Momentum):
    # zero_grad writes zeros into the array in place
    def zero_grad(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.grad[...] = 0
                p.grad = None


@wrong_optimizer(twin=Momentum, cause=r"resets state")
class ZeroResets(Momentum):
    # zero_grad resets the velocity as well
    def zero_grad(self) -> None:
        super().zero_grad()
        self.state = [[{} for _ in params] for params, _ in self.groups]


@wrong_optimizer(twin=Momentum, cause=r"gradient")
class StepClears(Momentum):
    # step clears the gradients
    def step(self) -> None:
        super().step()
        self.zero_grad()
