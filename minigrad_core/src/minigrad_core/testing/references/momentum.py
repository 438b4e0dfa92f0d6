"""Gradient descent with momentum, and along signs."""

import numpy as np

from .typed import Settings, State, Values


def penalised(data: Values, grad: Values, settings: Settings) -> Values:
    """Return the gradient with that of `weight_decay / 2 * |p|^2`."""
    return grad + settings.get("weight_decay", 0.0) * data


def sgd(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """`v = momentum v - lr g; p += v`, as in minigrad: the velocity holds the rates of its own steps.

    Sutskever et al. 2013, "On the importance of initialization and momentum", equations 1 and 2; with
    `nesterov`, `p += momentum v - lr g`: Bengio et al. 2013, "Advances in optimizing recurrent networks",
    equation 7.
    """
    g = penalised(data, grad, settings)
    lr, momentum = settings["lr"], settings.get("momentum", 0.0)
    v = state["v"] = momentum * state.get("v", 0 * data) - lr * g
    return data + (momentum * v - lr * g if settings.get("nesterov", False) else v)


def sgd_pytorch(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """`v = momentum v + (1 - dampening) g; p -= lr v`, as in PyTorch: the velocity holds no rate.

    It begins with the whole of the first gradient. The two conventions differ once `lr` changes.
    """
    g, momentum = penalised(data, grad, settings), settings.get("momentum", 0.0)
    share = 1 - settings.get("dampening", 0.0) if "v" in state else 1.0
    v = state["v"] = momentum * state.get("v", 0 * data) + share * g
    if settings.get("nesterov", False):
        v = g + momentum * v
    return data - settings["lr"] * (v if momentum else g)


def signsgd(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Bernstein et al. 2018, "signSGD", algorithm 1; with `momentum` its Signum, algorithm 3."""
    g, momentum = penalised(data, grad, settings), settings.get("momentum", 0.0)
    m = state["m"] = momentum * state.get("m", 0 * data) + (1 - momentum) * g
    return data - settings["lr"] * np.sign(m)


def lion(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2.

    The average moves after the step, with beta2; decay stands beside the sign.
    """
    beta1, beta2 = settings["betas"]
    m = state.get("m", 0 * data)
    state["m"] = beta2 * m + (1 - beta2) * grad
    direction = np.sign(beta1 * m + (1 - beta1) * grad)
    return data - settings["lr"] * (direction + settings.get("weight_decay", 0.0) * data)
