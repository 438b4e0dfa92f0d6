"""Gradient descent with momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .typed import Settings, State, Values


def penalised(data: Values, grad: Values, settings: Settings) -> Values:
    """Return the gradient with that of `weight_decay / 2 * |p|^2`."""
    return grad + settings.get("weight_decay", 0.0) * data


def sgd(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """`v = momentum v - lr g; p += v`, as in minigrad: the velocity holds the rates of its own steps.

    Sutskever et al. 2013, "On the importance of initialization and momentum", equations 1 and 2; with
    `nesterov` in the form of Bengio et al. 2013, "Advances in optimizing recurrent networks", equation 7:
    `p += momentum v - lr g`.
    """
    g = penalised(data, grad, settings)
    lr, momentum = settings["lr"], settings.get("momentum", 0.0)
    v = state["v"] = momentum * state.get("v", np.zeros_like(data)) - lr * g
    return data + (momentum * v - lr * g if settings.get("nesterov", False) else v)


def sgd_pytorch(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """`v = momentum v + (1 - dampening) g; p -= lr v`, as in PyTorch: the velocity holds no rate.

    It begins with the whole of the first gradient. The two conventions differ once `lr` changes.
    """
    g = penalised(data, grad, settings)
    momentum = settings.get("momentum", 0.0)
    share = 1 - settings.get("dampening", 0.0) if "v" in state else 1.0
    v = state["v"] = momentum * state.get("v", np.zeros_like(data)) + share * g
    if not momentum:
        v = g
    elif settings.get("nesterov", False):
        v = g + momentum * v
    return data - settings["lr"] * v
