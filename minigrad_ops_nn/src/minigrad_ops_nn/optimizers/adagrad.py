"""Adagrad."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import Settings, add_weight_decay
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
