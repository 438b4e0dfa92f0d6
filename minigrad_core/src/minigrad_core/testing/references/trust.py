"""Steps as long as the parameter, whatever the gradient's length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .adam import moments

if TYPE_CHECKING:
    from .typed import Settings, State, Values


def lamb(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """You et al. 2020, "Large batch optimization for deep learning", algorithm 2, with phi(z) = z.

    Where the parameter or its direction is zero, the ratio of their lengths is 1.
    """
    beta1, beta2 = settings["betas"]
    m, v, t = moments(grad, state, (beta1, beta2))
    direction = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + settings["eps"])
    direction = direction + settings.get("weight_decay", 0.0) * data
    length, step = np.sqrt(np.sum(data**2)), np.sqrt(np.sum(direction**2))
    ratio = length / step if length > 0 and step > 0 else 1.0
    return data - settings["lr"] * ratio * direction


def lars(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """You et al. 2017, "Large batch training of convolutional networks", algorithm 1.

    The rate is `lr trust_coefficient |p| / (|g| + weight_decay |p|)`, and `lr` where either is zero.
    """
    decay = settings.get("weight_decay", 0.0)
    length, size = np.sqrt(np.sum(data**2)), np.sqrt(np.sum(grad**2))
    ratio = 1.0
    if length > 0 and size > 0:
        ratio = settings["trust_coefficient"] * length / (size + decay * length)
    step = settings["lr"] * ratio * (grad + decay * data)
    v = state["v"] = settings.get("momentum", 0.0) * state.get("v", np.zeros_like(data)) + step
    return data - v
