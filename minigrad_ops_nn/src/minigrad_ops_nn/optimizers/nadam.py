"""NAdam."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import Settings, add_weight_decay, update_moments
from .validation import ValidatedOptimizer


class NAdam(ValidatedOptimizer):
    """Adam with Nesterov's momentum and its warm-up. Dozat 2016, algorithm 2.

    `p -= lr * ((1 - mu_t) / (1 - M_t) * g + mu_{t+1} / (1 - M_{t+1}) * m) / (sqrt(v_hat) + eps)`
    with mu_t = beta1 (1 - 0.96**(t * momentum_decay) / 2) and M_t the product of mu_1 to mu_t.

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
        Adds `weight_decay * p` to the gradient.
    momentum_decay : float
        The rate at which mu approaches beta1.
    """

    name = "nadam"
    reference = staticmethod(references.nadam)

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay
        )

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        grad = add_weight_decay(grad, data, settings)
        beta1, beta2 = settings["betas"]
        t, mean, square = update_moments(state, grad, settings, data)
        mu, following = (beta1 * (1 - 0.5 * 0.96 ** (k * settings["momentum_decay"])) for k in (t, t + 1))
        product = state["product"] = state.get("product", 1.0) * mu
        ahead = (1 - mu) / (1 - product) * grad + following / (1 - product * following) * mean
        data -= settings["lr"] * ahead / (np.sqrt(square / (1 - beta2**t)) + settings["eps"])
