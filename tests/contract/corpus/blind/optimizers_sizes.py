"""Sizes, layouts and dtypes of a parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer
from .twins_optimizers import Momentum


@wrong_optimizer(twin=Momentum, cause=r"0-d")
class ScalarLost(Momentum):
    # 0-d: the velocity becomes a scalar and is not updated in place (v = v * m + g local)
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros_like(data))
        if data.ndim == 0:
            v = v * settings["momentum"] + grad
        else:
            v *= settings["momentum"]
            v += grad
        data -= settings["lr"] * v


@wrong_optimizer(twin=Momentum, cause=r"0-dim")
class NoScalar(Momentum):
    # 0-d fails: data[:] -=
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        data[:] -= settings["lr"] * v


@wrong_optimizer(twin=Momentum, cause=r"zero-size|empty")
class NoEmpty(Momentum):
    # empty fails: clip by grad.max()
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if np.abs(grad).max() > 1e12:
            return
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Momentum, cause=r"do not move")
class Block(Momentum):
    # only the first 256 values of large parameters
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if data.ndim == 1 and data.size > 256:
            data, grad = data[:256], grad[:256]
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Momentum, cause=r"strided|as it was")
class Ravels(Momentum):
    # ravel() copies: nothing for a transposed parameter
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data.ravel(), grad.ravel(), state, settings)


@wrong_optimizer(twin=Momentum, cause=r"shape")
class RavelsK(Momentum):
    # ravel('K') of data and grad of different layouts
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros(data.size, data.dtype))
        v *= settings["momentum"]
        v += grad.ravel("K")
        data -= settings["lr"] * v.reshape(data.shape)


@wrong_optimizer(twin=Momentum, cause=r"shape")
class RowVelocity(Momentum):
    # velocity of one value a row (mean over the last axis)
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        if data.ndim < 2 or data.size == 0:
            return super().update(data, grad, state, settings)
        v = state.setdefault("v", np.zeros((*data.shape[:-1], 1), data.dtype))
        v *= settings["momentum"]
        v += grad.mean(axis=-1, keepdims=True)
        data -= settings["lr"] * v
        return None


@wrong_optimizer(twin=Momentum, cause=r"float64")
class DoubleVelocity(Momentum):
    # float64 velocity
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros(data.shape))
        v *= settings["momentum"]
        v += grad
        data -= (settings["lr"] * v).astype(data.dtype)


@wrong_optimizer(twin=Momentum, cause=r"rounded|float32")
class SingleVelocity(Momentum):
    # float32 velocity for float64 parameters
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros(data.shape, np.float32))
        v *= settings["momentum"]
        v += grad.astype(np.float32)
        data -= settings["lr"] * v


@wrong_optimizer(twin=Momentum, cause=r"rounded")
class HalfStep(Momentum):
    # update rounded to float16
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad = grad + settings["weight_decay"] * data
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["momentum"]
        v += grad
        data -= (settings["lr"] * v).astype(np.float16)
