"""Adam and its variants: AdamW with decoupled decay, NAdam and LAMB."""

from __future__ import annotations

from functools import lru_cache
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
    flush_square,
    get_state_array,
    update_moments,
)
from .validation import ValidatedOptimizer


class Adam(ValidatedOptimizer):
    """`p -= lr * m_hat / (sqrt(v_hat) + eps)`: Kingma and Ba 2015, algorithm 1.

    m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2; m_hat and v_hat are m and v divided by
    1 - beta^t. Values of m below 1.6e-30 (in float32) become 0 every 64 steps, and v stays above 1.2e-38.

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
        Adds `weight_decay * p` to the gradient; `adamw` decouples the decay.
    """

    name = "adam"
    reference = staticmethod(references.adam)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        apply_adam(data, add_weight_decay(grad, data, settings), state, settings)


class AdamW(Adam):
    """Adam with decoupled decay: `p *= 1 - lr * weight_decay` before each step. Loshchilov and Hutter 2019.

    The settings are those of `Adam`, with `weight_decay=0.01` by default.
    """

    name = "adamw"
    reference = staticmethod(references.adamw)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        data *= 1 - settings["lr"] * settings["weight_decay"]
        apply_adam(data, grad, state, settings)


def apply_adam(data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
    """Apply Adam's rule without decay; `state` holds "mean", "square" and "step"."""
    beta1, beta2 = settings["betas"]
    step = count_step(state)
    mean, square = get_state_array(state, "mean", data), get_state_array(state, "square", data)
    keep1, share1, keep2, root2, eps, rate = _make_factors(
        step, float(settings["lr"]), float(beta1), float(beta2), float(settings["eps"]), data.dtype
    )
    scratch = np.multiply(grad, share1, out=np.empty_like(data))
    mean *= keep1
    mean += scratch
    scratch *= root2
    scratch *= scratch
    square *= keep2
    square += scratch
    if step % FLUSH_INTERVAL == 0:
        flush_small_values(mean)
        flush_square(square, beta2)
    np.sqrt(square, out=scratch)
    scratch += eps
    np.divide(mean, scratch, out=scratch)
    scratch *= rate
    data -= scratch


@lru_cache(maxsize=8)  # an entry for each group of a step
def _make_factors(
    step: int, lr: float, beta1: float, beta2: float, eps: float, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], ...]:
    """Return the factors of a step as arrays: a Python number makes a small operation 1.5 times as long.

    They are beta1, 1 - beta1, beta2, (1 - beta2)^0.5 / (1 - beta1), eps u and lr u / (1 - beta1^step), where
    u = (1 - beta2^step)^0.5: sqrt(v_hat) + eps = (sqrt(v) + eps u) / u.
    """
    unbias = (1 - beta2**step) ** 0.5
    values = (
        *(beta1, 1 - beta1, beta2, (1 - beta2) ** 0.5 / (1 - beta1)),
        *(eps * unbias, lr * unbias / (1 - beta1**step)),
    )
    return tuple([np.array(value, dtype) for value in values])


class NAdam(ValidatedOptimizer):
    """Adam with Nesterov's momentum and its warm-up. Dozat 2016, algorithm 2.

    `p -= lr * ((1 - mu_t) / (1 - M_t) * g + mu_{t+1} / (1 - M_{t+1}) * m) / (sqrt(v_hat) + eps)`
    with mu_t = beta1 (1 - 0.96**(t * momentum_decay) / 2) and M_t the product of mu_1 to mu_t; the other
    settings are those of `Adam`.
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


class Lamb(ValidatedOptimizer):
    """`p -= lr * |p| / |d| * d`, where d is Adam's step plus the decay. You et al. 2020, algorithm 2.

    If p or d is zero, the ratio of their norms is replaced by 1. The settings are those of `Adam`;
    `weight_decay * p` is added to d.
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
