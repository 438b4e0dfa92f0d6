"""RMSprop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import (
    SETTLING,
    add_weight_decay,
    count_step,
    settle,
    state_array,
    update_mean,
    update_mean_square,
)
from .validation import ValidatedOptimizer


class RMSprop(ValidatedOptimizer):
    """`p -= lr * g / (sqrt(s) + eps)` with `s = alpha * s + (1 - alpha) * g**2`. Hinton 2012, lecture 6e.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate, at least 0.
    alpha : float
        Decay of the running square, in [0, 1).
    eps : float
        Added outside of the square root.
    momentum : float
        Steps along `b = momentum * b + g / (sqrt(s) + eps)` instead.
    centered : bool
        Divides by the root of the running variance: s less the square of the running mean. Graves 2013.
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

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        """Apply one step to `data`."""
        grad = add_weight_decay(grad, data, settings)
        alpha = settings["alpha"]
        step_number = count_step(state)
        scale = update_mean_square(state, "square", grad, alpha, data)
        if settings["centered"]:
            mean = update_mean(state, "mean", grad, alpha, data)
            # Rounding may take a variance of zero below it.
            scale = np.maximum(scale - mean * mean, 0)
        step = grad / (np.sqrt(scale) + settings["eps"])
        if settings["momentum"]:
            velocity = state_array(state, "velocity", data)
            velocity *= settings["momentum"]
            velocity += step
            if step_number % SETTLING == 0:
                settle(velocity)
            step = velocity
        data -= settings["lr"] * step
