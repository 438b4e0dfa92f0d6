"""LAMB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import add_weight_decay, count_step, update_mean, update_mean_square
from .validation import ValidatedOptimizer


class Lamb(ValidatedOptimizer):
    """`p -= lr * |p| / |d| * d` with Adam's direction d, decayed. You et al. 2020, algorithm 2.

    Where p or d is zero, the ratio of their lengths counts as 1.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate, at least 0.
    betas : (float, float)
        Decay of the two moments, each in [0, 1).
    eps : float
        Added outside of the square root.
    weight_decay : float
        Adds `weight_decay * p` to the direction.
    """

    name = "lamb"
    reference = staticmethod(references.lamb)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        """Apply one step to `data`."""
        beta1, beta2 = settings["betas"]
        t = count_step(state)
        mean = update_mean(state, "mean", grad, beta1, data)
        square = update_mean_square(state, "square", grad, beta2, data)
        root = np.sqrt(square / (1 - beta2**t)) + settings["eps"]
        direction = add_weight_decay(mean / (1 - beta1**t) / root, data, settings)
        length, step = (float(np.sqrt(np.sum(a * a))) for a in (data, direction))
        data -= settings["lr"] * (length / step if length and step else 1.0) * direction
