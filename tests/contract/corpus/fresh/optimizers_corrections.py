"""Optimizers that correct their moments, and their decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class FusedAdam(Optimizer):
    name = "fused_adam"

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        *,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        eps: Any = 1e-8,
        amsgrad: Any = False,
    ) -> None:
        super().__init__(params, lr=lr, beta1=beta1, beta2=beta2, eps=eps, amsgrad=amsgrad)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["beta1"], settings["beta2"]
        if not state:
            state["step"] = 0
            state["m"], state["v"] = np.zeros_like(data), np.zeros_like(data)
            state["vmax"] = np.zeros_like(data)
        state["step"] += 1
        t = state["step"]
        state["m"] += (1 - b1) * (grad - state["m"])
        state["v"] += (1 - b2) * (grad * grad - state["v"])
        v = state["v"]
        if settings["amsgrad"]:
            np.maximum(state["vmax"], v, out=state["vmax"])
            v = state["vmax"]
        scale = settings["lr"] * math.sqrt(1 - b2**t) / (1 - b1**t)
        data -= (scale * state["m"] / (np.sqrt(v) + settings["eps"])).astype(data.dtype)


@wrong_optimizer(twin=FusedAdam, cause=r"root")
class FaNoSqrtCorr(FusedAdam):
    # the root is forgotten in the correction
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["beta1"], settings["beta2"]
        if not state:
            state["step"] = 0
            state["m"], state["v"] = np.zeros_like(data), np.zeros_like(data)
            state["vmax"] = np.zeros_like(data)
        state["step"] += 1
        t = state["step"]
        state["m"] += (1 - b1) * (grad - state["m"])
        state["v"] += (1 - b2) * (grad * grad - state["v"])
        v = state["v"]
        if settings["amsgrad"]:
            np.maximum(state["vmax"], v, out=state["vmax"])
            v = state["vmax"]
        scale = settings["lr"] * (1 - b2**t) / (1 - b1**t)
        data -= (scale * state["m"] / (np.sqrt(v) + settings["eps"])).astype(data.dtype)


@wrong_optimizer(twin=FusedAdam, cause=r"first moment")
class FaMByV(FusedAdam):
    # the gradient for its average
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["beta1"], settings["beta2"]
        if not state:
            state["step"] = 0
            state["m"], state["v"] = np.zeros_like(data), np.zeros_like(data)
            state["vmax"] = np.zeros_like(data)
        state["step"] += 1
        t = state["step"]
        state["m"] += (1 - b1) * (grad - state["m"])
        state["v"] += (1 - b2) * (grad * grad - state["v"])
        v = state["v"]
        if settings["amsgrad"]:
            np.maximum(state["vmax"], v, out=state["vmax"])
            v = state["vmax"]
        scale = settings["lr"] * math.sqrt(1 - b2**t) / (1 - b1**t)
        data -= (scale * grad / (np.sqrt(v) + settings["eps"])).astype(data.dtype)


@wrong_optimizer(twin=FusedAdam, cause=r"second moment")
class FaVM2(FusedAdam):
    # the square of the average
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["beta1"], settings["beta2"]
        if not state:
            state["step"] = 0
            state["m"], state["v"] = np.zeros_like(data), np.zeros_like(data)
            state["vmax"] = np.zeros_like(data)
        state["step"] += 1
        t = state["step"]
        state["m"] += (1 - b1) * (grad - state["m"])
        state["v"] += (1 - b2) * (state["m"] * state["m"] - state["v"])
        v = state["v"]
        if settings["amsgrad"]:
            np.maximum(state["vmax"], v, out=state["vmax"])
            v = state["vmax"]
        scale = settings["lr"] * math.sqrt(1 - b2**t) / (1 - b1**t)
        data -= (scale * state["m"] / (np.sqrt(v) + settings["eps"])).astype(data.dtype)


@wrong_optimizer(twin=FusedAdam, cause=r"weighs")
class FaMLerp(FusedAdam):
    # beta1 weighs the new gradient
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["beta1"], settings["beta2"]
        if not state:
            state["step"] = 0
            state["m"], state["v"] = np.zeros_like(data), np.zeros_like(data)
            state["vmax"] = np.zeros_like(data)
        state["step"] += 1
        t = state["step"]
        state["m"] += b1 * (grad - state["m"])
        state["v"] += (1 - b2) * (grad * grad - state["v"])
        v = state["v"]
        if settings["amsgrad"]:
            np.maximum(state["vmax"], v, out=state["vmax"])
            v = state["vmax"]
        scale = settings["lr"] * math.sqrt(1 - b2**t) / (1 - b1**t)
        data -= (scale * state["m"] / (np.sqrt(v) + settings["eps"])).astype(data.dtype)


class AdamWDecoupled(Optimizer):
    """Decoupled decay after the step, of the old parameter."""

    name = "adamw_after"

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        *,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-8,
        weight_decay: Any = 0.01,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state.setdefault("m", np.zeros_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad * grad
        decay = settings["lr"] * settings["weight_decay"] * data
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        data -= decay


@wrong_optimizer(twin=AdamWDecoupled, cause=r"square of lr")
class AwLr2(AdamWDecoupled):
    # lr twice
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state.setdefault("m", np.zeros_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad * grad
        decay = settings["lr"] ** 2 * settings["weight_decay"] * data
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        data -= decay


@wrong_optimizer(twin=AdamWDecoupled, cause=r"square of weight_decay")
class AwWd2(AdamWDecoupled):
    # weight_decay twice
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state.setdefault("m", np.zeros_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad * grad
        decay = settings["lr"] * settings["weight_decay"] ** 2 * data
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        data -= decay


@wrong_optimizer(twin=AdamWDecoupled, cause=r"pull")
class AwDecayAbs(AdamWDecoupled):
    # the size of a parameter is taken away
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        b1, b2 = settings["betas"]
        t = state["t"] = state.get("t", 0) + 1
        m = state.setdefault("m", np.zeros_like(data))
        v = state.setdefault("v", np.zeros_like(data))
        m[...] = b1 * m + (1 - b1) * grad
        v[...] = b2 * v + (1 - b2) * grad * grad
        decay = settings["lr"] * settings["weight_decay"] * np.abs(data)
        data -= settings["lr"] * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + settings["eps"])
        data -= decay
