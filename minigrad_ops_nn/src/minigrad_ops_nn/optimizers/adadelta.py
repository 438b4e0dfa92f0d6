"""Adadelta."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import Settings, add_weight_decay, count_step, state_array, update_mean_square
from .validation import ValidatedOptimizer


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
        step = np.sqrt(state_array(state, "step_square", data) + eps) / np.sqrt(square + eps) * grad
        update_mean_square(state, "step_square", step, rho, data)
        data -= settings["lr"] * step
