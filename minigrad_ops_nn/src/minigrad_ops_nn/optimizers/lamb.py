"""LAMB."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import Settings, add_weight_decay, update_moments
from .validation import ValidatedOptimizer


class Lamb(ValidatedOptimizer):
    """`p -= lr * |p| / |d| * d`, where d is Adam's step plus the decay. You et al. 2020, algorithm 2.

    If p or d is zero, the ratio of their norms is replaced by 1.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    betas : (float, float)
        Decay rates of the mean and the mean square, each in [0, 1).
    eps : float
        Added to the square root.
    weight_decay : float
        Adds `weight_decay * p` to d.
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

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        beta1, beta2 = settings["betas"]
        t, mean, square = update_moments(state, grad, settings, data)
        root = np.sqrt(square / (1 - beta2**t)) + settings["eps"]
        direction = add_weight_decay(mean / (1 - beta1**t) / root, data, settings)
        p_norm, d_norm = (float(np.sqrt(np.sum(a * a))) for a in (data, direction))
        data -= settings["lr"] * (p_norm / d_norm if p_norm and d_norm else 1.0) * direction
