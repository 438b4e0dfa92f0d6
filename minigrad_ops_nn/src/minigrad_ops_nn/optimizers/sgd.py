"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.contracts.optimizer import Params, State
from minigrad_core.testing import references

from .averages import SETTLING, add_weight_decay, count_step, settle, state_array
from .validation import ValidatedOptimizer

# An array for `lr * grad` is avoided: for 784 x 100 weights it pushes so much out of a cache of 2 MB that a
# training step takes 30 us more. But divided by less than this, or in float16, a velocity might overflow.
SMALLEST_DIVISOR = 1e-12
FLOAT16_SIZE = 2


class SGD(ValidatedOptimizer):
    """`p -= lr * g`, with momentum `v = momentum * v - lr * g; p += v`.

    The velocity holds the learning rate of the steps that made it (Sutskever et al. 2013, equations 1-4),
    as in the lab; PyTorch's holds none. The two agree as long as `lr` does not change. Without gradients it
    fades to 0: what is less than 1.6e-30 (float32) becomes 0 at the next 64th step.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate, at least 0.
    momentum : float
        How much of the velocity is kept, in [0, 1).
    nesterov : bool
        Step with `momentum * v - lr * g`, the velocity after the one that was just computed.
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

    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        """Apply one step to `data`."""
        lr, momentum = settings["lr"], settings["momentum"]
        if settings["weight_decay"]:
            grad = add_weight_decay(grad, data, settings)
        if not momentum:
            data -= lr * grad
            return
        velocity = state["velocity"] if state else state_array(state, "velocity", data)
        if lr < SMALLEST_DIVISOR or velocity.itemsize == FLOAT16_SIZE:
            velocity *= momentum
            velocity -= lr * grad
        else:  # the same, as -lr * (grad - momentum / lr * velocity)
            carry, rate = _factors(float(lr), float(momentum), velocity.dtype)
            velocity *= carry
            velocity += grad
            velocity *= rate
        if count_step(state) % SETTLING == 0:
            settle(velocity)
        data += momentum * velocity - lr * grad if settings["nesterov"] else velocity


@lru_cache(maxsize=64)
def _factors(lr: float, momentum: float, dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return -momentum / lr and -lr as arrays: Python numbers make a small operation half as long again."""
    return np.array(-momentum / lr, dtype), np.array(-lr, dtype)
