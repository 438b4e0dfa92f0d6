"""Division by the root of a sum or an average of squares."""

import numpy as np

from .momentum import penalised
from .typed import Settings, State, Values


def adagrad(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Duchi et al. 2011, "Adaptive subgradient methods", figure 1, with PyTorch's decay of the rate.

    At step t, counted from 0, the rate is `lr / (1 + t lr_decay)`.
    """
    g = penalised(data, grad, settings)
    t = state["t"] = state.get("t", -1) + 1
    start = np.full_like(data, settings.get("initial_accumulator_value", 0.0))
    total = state["total"] = state.get("total", start) + g**2
    rate = settings["lr"] / (1 + t * settings.get("lr_decay", 0.0))
    return data - rate * g / (np.sqrt(total) + settings["eps"])


def rmsprop(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Hinton 2012, "Neural networks for machine learning", lecture 6e, as in PyTorch.

    The epsilon stands outside of the root. With `centered` the average is that of (g - mean)^2: Graves 2013,
    "Generating sequences with recurrent neural networks", equations 38 to 41.
    """
    g = penalised(data, grad, settings)
    alpha, zeros = settings["alpha"], 0 * data
    size = state["square"] = alpha * state.get("square", zeros) + (1 - alpha) * g**2
    if settings.get("centered", False):
        mean = state["mean"] = alpha * state.get("mean", zeros) + (1 - alpha) * g
        size = np.maximum(size - mean**2, 0)  # rounding may take a variance of zero below it
    step = g / (np.sqrt(size) + settings["eps"])
    step = state["velocity"] = settings.get("momentum", 0.0) * state.get("velocity", zeros) + step
    return data - settings["lr"] * step


def adadelta(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Zeiler 2012, "ADADELTA", algorithm 1, with a rate that the paper takes for 1."""
    g = penalised(data, grad, settings)
    rho, eps, zeros = settings["rho"], settings["eps"], 0 * data
    square = state["square"] = rho * state.get("square", zeros) + (1 - rho) * g**2
    steps = state.get("steps", zeros)
    step = np.sqrt(steps + eps) / np.sqrt(square + eps) * g
    state["steps"] = rho * steps + (1 - rho) * step**2
    return data - settings["lr"] * step
