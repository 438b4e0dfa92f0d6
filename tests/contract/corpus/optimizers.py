"""Wrong optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .entry import wrong_optimizer
from .twins.optimizers import Adam, BareSgd, Sgd

RESUME = r"state|resum|round.?trip|load|continu|restor"
JOINT = r"joint|together|alone|separate|share|parameter"
GRADIENT = r"grad"


@wrong_optimizer(twin=Sgd, cause=r"sign|down|descen|ascen|up|increas|loss|quadratic|worse")
class SgdSign(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, -grad, state, {**settings, "decay": 0.0})  # uphill


@wrong_optimizer(twin=Sgd, cause=GRADIENT)
class SgdWritesGradient(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad += settings["decay"] * data  # weight decay, added into the caller's gradient
        super().update(data, grad, state, {**settings, "decay": 0.0})


@wrong_optimizer(twin=Sgd, cause=GRADIENT + "|kept|alias|copy|poison")
class SgdKeepsGradient(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "velocity" not in state:
            state["velocity"] = grad  # the gradient itself, not a copy
        else:
            state["velocity"] = settings["momentum"] * state["velocity"] + grad
        data -= settings["lr"] * state["velocity"]


@wrong_optimizer(twin=Sgd, cause=GRADIENT + "|kept|delay|late|previous|poison|first step")
class SgdDelayed(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        late = state.get("late", np.zeros_like(data))
        state["late"] = grad  # is kept, and applied at the next step
        super().update(data, late, state, settings)


@wrong_optimizer(twin=Sgd, cause=r"\blr\b|learning.rate|setting|frozen|read")
class SgdFrozenRate(Sgd):
    def __init__(self, params: Any, *, lr: float = 0.1, momentum: float = 0.9, decay: float = 0.01) -> None:
        super().__init__(params, lr=lr, momentum=momentum, decay=decay)
        self.first_lr = lr

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "lr": self.first_lr})  # a schedule has no effect


@wrong_optimizer(twin=Sgd, cause=r"momentum|setting|frozen|read")
class SgdFrozenMomentum(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        momentum = state.setdefault("momentum", settings["momentum"])  # read at the first step only
        super().update(data, grad, state, {**settings, "momentum": momentum})


@wrong_optimizer(twin=Sgd, cause=r"None|skip|missing|no gradient")
class SgdNoneIsZero(Sgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is None:
                param.grad = np.zeros_like(param.data)  # no gradient is not a gradient of zero
        super().step()


@wrong_optimizer(twin=Sgd, cause=r"None|skip|param|gradient|joint")
class SgdStopsAtNone(Sgd):
    def step(self) -> None:
        for param, state in zip(self.params, self.state[0], strict=True):
            if param.grad is None:
                break  # should go on with the next parameter
            settings = self.state_dict()["settings"]
            self.update(param.data, param.grad, state, settings)


@wrong_optimizer(twin=BareSgd, cause=r"in.?place|same array|rebind|new array|object|identity")
class RebindsData(BareSgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                param.data = param.data - self.lr * param.grad  # another array: views of the old one go stale


@wrong_optimizer(twin=BareSgd, cause=r"float64|float32|dtype|in.?place|same array")
class PromotesData(BareSgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                param.data = param.data - np.float64(self.lr) * param.grad  # float32 becomes float64


@wrong_optimizer(twin=Sgd, cause=r"zero|\blr\b|learning.rate|decay|chang")
class SgdDecayWithoutRate(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data *= 1 - 1e-3  # decays at lr = 0 too
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=BareSgd, cause=r"negative|refus|-|\blr\b|learning.rate")
class AcceptsNegativeRate(BareSgd):
    @property
    def lr(self) -> float:
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._lr = value  # any value is accepted


@wrong_optimizer(twin=BareSgd, cause=r"zero_grad|gradient|None")
class ZeroGradDoesNothing(BareSgd):
    def zero_grad(self) -> None:
        pass


@wrong_optimizer(twin=BareSgd, cause=r"zero_grad|gradient|None|writ")
class ZeroGradInPlace(BareSgd):
    def zero_grad(self) -> None:
        for param in self.params:
            if param.grad is not None:
                param.grad[...] = 0  # writes to an array that may be somebody else's


@wrong_optimizer(twin=BareSgd, cause=r"gradient|None|clear|grad")
class StepClearsGradient(BareSgd):
    def step(self) -> None:
        super().step()
        self.zero_grad()  # takes away what the caller may still want to log


@wrong_optimizer(twin=BareSgd, cause=JOINT + "|norm|clip")
class ClipsJointly(BareSgd):
    def step(self) -> None:
        norm = sum(float(np.sum(p.grad * p.grad)) for p in self.params if p.grad is not None) ** 0.5
        for param in self.params:
            if param.grad is not None:
                param.data -= self.lr / max(norm, 1.0) * param.grad  # by the norm of all gradients, unasked


@wrong_optimizer(twin=BareSgd, cause=r"0-d|scalar|\(\)|IndexError|raise|shape")
class ScalarParameterFails(BareSgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                param.data[:] -= self.lr * param.grad  # no [:] on a 0-d array


@wrong_optimizer(twin=BareSgd, cause=r"empty|zero-size|raise|\(0|size 0|ValueError|shape")
class EmptyParameterFails(BareSgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                largest = np.max(np.abs(param.grad))  # ValueError for an empty gradient
                param.data -= self.lr / max(1.0, float(largest)) * param.grad


@wrong_optimizer(twin=BareSgd, cause=r"determin|random|same|differ|repeat")
class AddsNoise(BareSgd):
    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                noise = np.random.default_rng().normal(size=param.grad.shape).astype(param.grad.dtype)
                param.data -= self.lr * (param.grad + 0.01 * noise)  # unseeded


@wrong_optimizer(twin=BareSgd, cause=r"random|global|state|seed")
class ConsumesRandomState(BareSgd):
    def step(self) -> None:
        np.random.random()  # noqa: NPY002 - the fault
        super().step()


@wrong_optimizer(twin=Adam, cause=r"nan|zero|finite|divi|warning|eps|inf")
class AdamWithoutEpsilon(Adam):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["b1"], settings["b2"]
        m = state.setdefault("m", np.zeros_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        state["step"] = t = state.get("step", 0) + 1
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        data -= settings["lr"] / (1 - b1**t) * m / np.sqrt(v / (1 - b2**t))  # 0 / 0 for a gradient of 0


@wrong_optimizer(twin=Sgd, cause=r"exit|SystemExit|raise")
class Exits(Sgd):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        raise SystemExit(2)  # would end the whole test run
