"""Stochastic gradient descent."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from ..kernels.constants import scalar
from .averages import (
    FLUSH_INTERVAL,
    Settings,
    add_weight_decay,
    count_step,
    flush_small_values,
    get_state_array,
)
from .validation import ValidatedOptimizer

# With momentum, the update makes no array of `lr * grad`: for 784 x 100 weights, this array evicts so much
# from a cache of 2 MB that a training step takes 30 us more. Instead it divides the velocity by `lr`. With a
# smaller rate than this, or in float16, the quotient could overflow.
SMALLEST_DIVISOR = 1e-12
FLOAT16_SIZE = 2


class SGD(ValidatedOptimizer):
    """`p -= lr * g`, with momentum `v = momentum * v - lr * g; p += v`.

    The velocity includes the learning rate of earlier steps (Sutskever et al. 2013, equations 1-4), as in the
    lab; PyTorch's velocity does not. The two rules agree as long as `lr` does not change. Without gradients
    the velocity fades to 0: values below 1.6e-30 (in float32) become 0 every 64 steps.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        The parameters to update.
    lr : float
        The learning rate, at least 0.
    momentum : float
        The fraction of the velocity that a step keeps, in [0, 1).
    nesterov : bool
        Steps by `momentum * v - lr * g`, the next velocity if the gradient stays the same.
    weight_decay : float
        Adds `weight_decay * p` to the gradient.
    """

    name = "sgd"
    reference = staticmethod(references.sgd)

    def __init__(
        self,
        params: Params,
        lr: float = 0.01,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)

    def update(self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Settings) -> None:
        lr, momentum = settings["lr"], settings["momentum"]
        if settings["weight_decay"]:
            grad = add_weight_decay(grad, data, settings)
        if not momentum:
            data -= scalar(float(lr), data.dtype) * grad
            return
        velocity = state["velocity"] if state else get_state_array(state, "velocity", data)
        if lr < SMALLEST_DIVISOR or velocity.itemsize == FLOAT16_SIZE:
            velocity *= momentum
            velocity -= lr * grad
        else:  # the same, computed as -lr * (grad - momentum / lr * velocity)
            carry, negative_rate = _make_factors(float(lr), float(momentum), velocity.dtype)
            velocity *= carry
            velocity += grad
            velocity *= negative_rate
        if count_step(state) % FLUSH_INTERVAL == 0:
            flush_small_values(velocity)
        data += momentum * velocity - lr * grad if settings["nesterov"] else velocity


@lru_cache(maxsize=64)
def _make_factors(lr: float, momentum: float, dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return -momentum / lr and -lr as arrays: a Python number makes a small operation 1.5 times as long."""
    return np.array(-momentum / lr, dtype), np.array(-lr, dtype)
