"""Adam and its kin: steps along a mean of gradients, divided by a measure of their size."""

import numpy as np

from .momentum import penalised
from .typed import Settings, State, Values


def _moments(grad: Values, state: State, settings: Settings) -> tuple[Values, Values, int]:
    """Return the averages of g and g^2, which start at zero, and the step, counted from 1."""
    beta1, beta2 = settings["betas"]
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = beta1 * state.get("m", 0 * grad) + (1 - beta1) * grad
    v = state["v"] = beta2 * state.get("v", 0 * grad) + (1 - beta2) * grad**2
    return m, v, t


def direction(grad: Values, state: State, settings: Settings) -> Values:
    """Return Adam's step at a rate of 1; with `amsgrad` the largest v so far takes the place of v."""
    beta1, beta2 = settings["betas"]
    m, v, t = _moments(grad, state, settings)
    if settings.get("amsgrad", False):
        v = state["largest"] = np.maximum(state.get("largest", 0.0), v)
    return m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + settings["eps"])


def adam(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Kingma and Ba 2015, "Adam", algorithm 1, with `weight_decay` as a penalty.

    With `amsgrad`: Reddi et al. 2018, algorithm 2, as in PyTorch.
    """
    return data - settings["lr"] * direction(penalised(data, grad, settings), state, settings)


def adamw(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Loshchilov and Hutter 2019, "Decoupled weight decay regularization", algorithm 2, as in PyTorch.

    Decay apart from the gradient: `p *= 1 - lr weight_decay` before Adam's step.
    """
    kept = data * (1 - settings["lr"] * settings["weight_decay"])
    return kept - settings["lr"] * direction(grad, state, settings)


def adamax(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Kingma and Ba 2015, "Adam", algorithm 2, as in PyTorch: `u = max(beta2 u, |g| + eps)`."""
    g = penalised(data, grad, settings)
    beta1, beta2 = settings["betas"]
    m, _, t = _moments(g, state, settings)
    u = state["u"] = np.maximum(beta2 * state.get("u", 0 * g), np.abs(g) + settings["eps"])
    return data - settings["lr"] / (1 - beta1**t) * m / u


def nadam(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 2, with the schedule of PyTorch.

    `mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)`.
    """
    g = penalised(data, grad, settings)
    beta1, beta2 = settings["betas"]
    m, v, t = _moments(g, state, settings)
    decay = settings.get("momentum_decay", 4e-3)
    mu, following = (beta1 * (1 - 0.5 * 0.96 ** (k * decay)) for k in (t, t + 1))
    product = state["product"] = state.get("product", 1.0) * mu
    ahead = (1 - mu) * g / (1 - product) + following * m / (1 - product * following)
    return data - settings["lr"] * ahead / (np.sqrt(v / (1 - beta2**t)) + settings["eps"])


def radam(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", algorithm 2.

    The epsilon is PyTorch's, beside the root before its correction; up to a length rho of 5 it steps along m.
    """
    beta1, beta2 = settings["betas"]
    m, v, t = _moments(penalised(data, grad, settings), state, settings)
    longest = 2 / (1 - beta2) - 1
    rho, step = longest - 2 * t * beta2**t / (1 - beta2**t), m / (1 - beta1**t)
    if rho > 5:
        factor = (rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)
        step = step * np.sqrt(factor * (1 - beta2**t)) / (np.sqrt(v) + settings["eps"])
    return data - settings["lr"] * step
