"""Steps divided by the root of a sum or mean of squared gradients: Adagrad, Adadelta and RMSprop."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import (
    FLUSH_INTERVAL,
    Settings,
    add_weight_decay,
    count_step,
    flush_small_values,
    get_state_array,
    update_mean,
    update_mean_square,
)
from .validation import ValidatedOptimizer


class Adagrad(ValidatedOptimizer):
    """`p -= lr * g / (sqrt(s) + eps)` with `s += g**2`. Duchi et al. 2011.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    lr_decay : float
        The rate at step t, counted from 0, is divided by `1 + t * lr_decay`.
    initial_accumulator_value : float
        The initial value of s.
    eps : float
        Added to the square root.
    weight_decay : float
        Adds `weight_decay * p` to the gradient.
    """

    name = "adagrad"
    reference = staticmethod(references.adagrad)
    initial = ("initial_accumulator_value",)

    def __init__(
        self,
        params: Params,
        lr: float = 0.01,
        *,
        lr_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            weight_decay=weight_decay,
        )

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        grad = add_weight_decay(grad, data, settings)
        if "square" not in state:
            state["square"] = np.full_like(data, settings["initial_accumulator_value"])
        step = state["step"] = state.get("step", -1) + 1
        square = state["square"]
        square += grad * grad
        rate = settings["lr"] / (1 + step * settings["lr_decay"])
        data -= rate * grad / (np.sqrt(square) + settings["eps"])


class Adadelta(ValidatedOptimizer):
    """`p -= lr * d` with `d = sqrt(u + eps) / sqrt(s + eps) * g`. Zeiler 2012, algorithm 1.

    s and u are running averages of g**2 and d**2.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    rho : float
        Decay rate of both averages, in [0, 1).
    eps : float
        Added inside the square roots.
    weight_decay : float
        Adds `weight_decay * p` to the gradient.
    """

    name = "adadelta"
    reference = staticmethod(references.adadelta)

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        *,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        grad = add_weight_decay(grad, data, settings)
        rho, eps = settings["rho"], settings["eps"]
        count_step(state)
        square = update_mean_square(state, "square", grad, rho, data)
        step = np.sqrt(get_state_array(state, "step_square", data) + eps) / np.sqrt(square + eps) * grad
        update_mean_square(state, "step_square", step, rho, data)
        data -= settings["lr"] * step


class RMSprop(ValidatedOptimizer):
    """`p -= lr * g / (sqrt(s) + eps)` with `s = alpha * s + (1 - alpha) * g**2`. Hinton 2012, lecture 6e.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    alpha : float
        Decay rate of s, in [0, 1).
    eps : float
        Added to the square root.
    momentum : float
        If not 0, steps along `b = momentum * b + g / (sqrt(s) + eps)`.
    centered : bool
        Replaces s by the running variance, s minus the square of the running mean. Graves 2013.
    weight_decay : float
        Adds `weight_decay * p` to the gradient.
    """

    name = "rmsprop"
    reference = staticmethod(references.rmsprop)

    def __init__(
        self,
        params: Params,
        lr: float = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        momentum: float = 0.0,
        centered: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            momentum=momentum,
            centered=centered,
            weight_decay=weight_decay,
        )

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        grad = add_weight_decay(grad, data, settings)
        alpha = settings["alpha"]
        step_number = count_step(state)
        scale = update_mean_square(state, "square", grad, alpha, data)
        if settings["centered"]:
            mean = update_mean(state, "mean", grad, alpha, data)
            # Rounding can make a zero variance negative.
            scale = np.maximum(scale - mean * mean, 0)
        step = grad / (np.sqrt(scale) + settings["eps"])
        if settings["momentum"]:
            velocity = get_state_array(state, "velocity", data)
            velocity *= settings["momentum"]
            velocity += step
            if step_number % FLUSH_INTERVAL == 0:
                flush_small_values(velocity)
            step = velocity
        data -= settings["lr"] * step
