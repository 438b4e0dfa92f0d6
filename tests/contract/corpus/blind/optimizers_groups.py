"""Groups of parameters, and what overrides the defaults for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Momentum


@wrong_optimizer(twin=Momentum, cause=r"group.*overrid|lr is ignored")
class IgnoresGroups(Momentum):
    # overrides of groups ignored (self.lr)
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "lr": self.lr})


@wrong_optimizer(twin=Momentum, cause=r"momentum is ignored")
class IgnoresGroupMomentum(Momentum):
    # group's momentum override ignored
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "momentum": vars(self)["momentum"]})


@wrong_optimizer(twin=Momentum, cause=r"group 0 is applied")
class FirstGroup(Momentum):
    # the first group's settings for all
    def step(self) -> None:
        _, overrides = self.groups[0]
        settings = {**{k: getattr(self, k) for k in self._settings}, **overrides}
        for (params, _), states in zip(self.groups, self.state, strict=True):
            for p, s in zip(params, states, strict=True):
                if p.grad is not None:
                    self.update(p.data, p.grad, s, settings)


@wrong_optimizer(twin=Momentum, cause=r"group 1 are not updated")
class OnlyFirst(Momentum):
    # only the first group is updated
    def step(self) -> None:
        params, overrides = self.groups[0]
        settings = {**{k: getattr(self, k) for k in self._settings}, **overrides}
        for p, s in zip(params, self.state[0], strict=True):
            if p.grad is not None:
                self.update(p.data, p.grad, s, settings)


@wrong_optimizer(twin=Momentum, cause=r"group 1 are not None")
class ZeroGroup(Momentum):
    # zero_grad of the first group only
    def zero_grad(self) -> None:
        for p in self.groups[0][0]:
            p.grad = None


@wrong_optimizer(twin=Momentum, cause=r"of a group.*restore")
class NoOverrides(Momentum):
    # group overrides not restored
    def load_state_dict(self, state: Any) -> None:
        groups = self.groups
        super().load_state_dict(state)
        self.groups = groups


@wrong_optimizer(twin=Momentum, cause=r"group")
class Twice(Momentum):
    # a step is applied twice when there are two groups
    def step(self) -> None:
        for _ in self.groups:
            super().step()


@wrong_optimizer(twin=Momentum, cause=r"not None")
class ZeroFirst(Momentum):
    # zero_grad of the first parameter only
    def zero_grad(self) -> None:
        self.params[0].grad = None


@wrong_optimizer(twin=Momentum, cause=r"not None")
class ZeroFills(Momentum):
    # zero_grad fills zeros
    def zero_grad(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.grad = np.zeros_like(p.data)
