"""Lion."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import Settings, add_weight_decay, get_state_array, update_average
from .validation import ValidatedOptimizer


class Lion(ValidatedOptimizer):
    """`p -= lr * (sign(beta1 * m + (1 - beta1) * g) + weight_decay * p)`. Chen et al. 2023, algorithm 2.

    The average m is updated after the step, with beta2.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    betas : (float, float)
        The weight of m in the step, and the decay rate of m, each in [0, 1).
    weight_decay : float
        Decoupled decay: it is not part of the gradient.
    """

    name = "lion"
    reference = staticmethod(references.lion)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-4,
        *,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        beta1, beta2 = settings["betas"]
        mean = get_state_array(state, "mean", data)
        direction = np.sign(beta1 * mean + (1 - beta1) * grad)
        data -= settings["lr"] * add_weight_decay(direction, data, settings)
        update_average(state, "mean", grad, beta2, data)
