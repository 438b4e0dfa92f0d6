"""Published rules as plain functions: slow and obvious, as in the paper.

An author chooses a rule, as in `reference = staticmethod(references.adam)`; the kit never chooses one by its
name. The rule of an optimizer is `rule(data, grad, state, settings) -> new data`, with a `state` for each
parameter that starts empty. It reads settings by PyTorch's names; a setting that an optimizer lacks has its
neutral value. The rule of an initializer is `reference(shape, *, rng) -> array`; its other keywords are
settings, which are compared, too.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, TypeAlias

import numpy as np

from ..contracts.initializer import fans

__all__ = ["adadelta", "adagrad", "adam", "adamw", "lamb", "lion", "muon", "nadam"]
__all__ += ["rmsprop", "sgd", "sgd_pytorch", "signsgd"]
__all__ += ["constant", "glorot_normal", "glorot_uniform", "kaiming_normal", "kaiming_uniform"]
__all__ += ["lecun_normal", "lecun_uniform", "normal", "orthogonal", "truncated_normal", "uniform"]

Values: TypeAlias = np.ndarray[Any, np.dtype[Any]]
State: TypeAlias = dict[str, Any]
Settings: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Values, Values, State, Settings], Any]


def _add_decay(data: Values, grad: Values, settings: Settings) -> Values:
    """Return the gradient plus that of the penalty `weight_decay / 2 * |p|^2`."""
    return grad + settings.get("weight_decay", 0.0) * data


def _update_average(state: State, name: str, share: float, value: Values) -> Values:
    """Update and return the exponential moving average of a value; it starts at zero."""
    state[name] = share * state.get(name, 0 * value) + (1 - share) * value
    return state[name]


def sgd(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """`v = momentum v - lr g; p += v`, as in minigrad: each step enters the velocity with its own rate.

    Sutskever et al. 2013, "On the importance of initialization and momentum", equations 1 and 2; with
    `nesterov`, `p += momentum v - lr g`: Bengio et al. 2013, "Advances in optimizing recurrent networks", 7.
    """
    lr, momentum = settings["lr"], settings.get("momentum", 0.0)
    g = _add_decay(data, grad, settings)
    v = state["v"] = momentum * state.get("v", 0 * data) - lr * g
    return data + (momentum * v - lr * g if settings.get("nesterov", False) else v)


def sgd_pytorch(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """`v = momentum v + (1 - dampening) g; p -= lr v`, as in PyTorch: the velocity does not contain the rate.

    The first gradient enters without dampening. The conventions of `sgd` and PyTorch differ once `lr`
    changes.
    """
    g, momentum = _add_decay(data, grad, settings), settings.get("momentum", 0.0)
    share = 1 - settings.get("dampening", 0.0) if "v" in state else 1.0
    v = state["v"] = momentum * state.get("v", 0 * data) + share * g
    if settings.get("nesterov", False):
        v = g + momentum * v
    return data - settings["lr"] * (v if momentum else g)


def signsgd(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Bernstein et al. 2018, "signSGD", algorithm 1; with `momentum` its Signum, algorithm 3."""
    g, momentum = _add_decay(data, grad, settings), settings.get("momentum", 0.0)
    return data - settings["lr"] * np.sign(_update_average(state, "m", momentum, g))


def lion(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2.

    The average is updated after the step, with beta2; weight decay is added to the sign.
    """
    beta1, beta2 = settings["betas"]
    direction = np.sign(beta1 * state.get("m", 0 * data) + (1 - beta1) * grad)
    _update_average(state, "m", beta2, grad)
    return data - settings["lr"] * (direction + settings.get("weight_decay", 0.0) * data)


def adagrad(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Duchi et al. 2011, "Adaptive subgradient methods", figure 1, with PyTorch's decay of the rate."""
    g = _add_decay(data, grad, settings)
    t = state["t"] = state.get("t", -1) + 1  # starts at 0
    start = np.full_like(data, settings.get("initial_accumulator_value", 0.0))
    total = state["total"] = state.get("total", start) + g**2
    rate = settings["lr"] / (1 + t * settings.get("lr_decay", 0.0))
    return data - rate * g / (np.sqrt(total) + settings["eps"])


def rmsprop(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Hinton 2012, "Neural networks for machine learning", lecture 6e, as in PyTorch.

    The epsilon is added outside of the root. With `centered` the average is that of (g - mean)^2: Graves
    2013, "Generating sequences with recurrent neural networks", equations 38 to 41.
    """
    g, alpha = _add_decay(data, grad, settings), settings["alpha"]
    size = _update_average(state, "square", alpha, g**2)
    if settings.get("centered", False):
        mean = _update_average(state, "mean", alpha, g)
        size = np.maximum(size - mean**2, 0)  # rounding may take a variance of zero below it
    step = g / (np.sqrt(size) + settings["eps"])
    v = state["v"] = settings.get("momentum", 0.0) * state.get("v", 0 * data) + step
    return data - settings["lr"] * v


def adadelta(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Zeiler 2012, "ADADELTA", algorithm 1, with a learning rate, which is 1 in the paper."""
    g, rho, eps = _add_decay(data, grad, settings), settings["rho"], settings["eps"]
    square = _update_average(state, "square", rho, g**2)
    step = np.sqrt(state.get("steps", 0 * data) + eps) / np.sqrt(square + eps) * g
    _update_average(state, "steps", rho, step**2)
    return data - settings["lr"] * step


def _update_moments(grad: Values, state: State, settings: Settings) -> tuple[Values, Values, int]:
    """Update and return the averages of g and g^2, and the number of the step, from 1."""
    beta1, beta2 = settings["betas"]
    t = state["t"] = state.get("t", 0) + 1
    return _update_average(state, "m", beta1, grad), _update_average(state, "v", beta2, grad**2), t


def _compute_direction(grad: Values, state: State, settings: Settings) -> Values:
    """Return Adam's step at a rate of 1; with `amsgrad` the largest v so far replaces v."""
    beta1, beta2 = settings["betas"]
    m, v, t = _update_moments(grad, state, settings)
    if settings.get("amsgrad", False):
        v = state["largest"] = np.maximum(state.get("largest", 0.0), v)
    return m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + settings["eps"])


def adam(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Kingma and Ba 2015, "Adam", algorithm 1; with `amsgrad` Reddi et al. 2018, algorithm 2 (PyTorch's)."""
    return data - settings["lr"] * _compute_direction(_add_decay(data, grad, settings), state, settings)


def adamw(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Loshchilov and Hutter 2019, "Decoupled weight decay regularization", algorithm 2, as in PyTorch."""
    kept = data * (1 - settings["lr"] * settings["weight_decay"])
    return kept - settings["lr"] * _compute_direction(grad, state, settings)


def nadam(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 2, with PyTorch's schedule."""
    g = _add_decay(data, grad, settings)
    beta1, beta2 = settings["betas"]
    m, v, t = _update_moments(g, state, settings)
    decay = settings.get("momentum_decay", 4e-3)
    mu, following = (beta1 * (1 - 0.5 * 0.96 ** (k * decay)) for k in (t, t + 1))
    product = state["product"] = state.get("product", 1.0) * mu
    ahead = (1 - mu) * g / (1 - product) + following * m / (1 - product * following)
    return data - settings["lr"] * ahead / (np.sqrt(v / (1 - beta2**t)) + settings["eps"])


def lamb(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """You et al. 2020, "Large batch optimization for deep learning", algorithm 2, with phi(z) = z."""
    step = _compute_direction(grad, state, settings) + settings.get("weight_decay", 0.0) * data
    length, other = np.sqrt(np.sum(data**2)), np.sqrt(np.sum(step**2))
    return data - settings["lr"] * (length / other if length > 0 and other > 0 else 1.0) * step


def muon(data: Values, grad: Values, state: State, settings: Settings) -> Values:
    """Jordan et al. 2024, "Muon: an optimizer for hidden layers", with its average and Nesterov's momentum.

    The Newton-Schulz iteration maps singular values by `s = 3.4445 s - 4.775 s^3 + 2.0315 s^5`, five times.
    The result is scaled by `sqrt(max(1, fan_out / fan_in))`. A matrix is (in, out); a convolution (out, in,
    ...) is the matrix (out, in * ...). Vectors and scalars move by `adamw`.
    """
    if data.ndim < 2 or not data.size:
        return adamw(data, grad, state, settings)
    beta, lr = settings["momentum"], settings["lr"]
    m = _update_average(state, "m", beta, grad)
    ahead = beta * m + (1 - beta) * grad if settings["nesterov"] else m
    u, s, vt = np.linalg.svd(ahead.reshape(len(data), -1), full_matrices=False)
    s = s / max(float(np.sqrt(np.sum(s**2))), settings["eps"])
    for _ in range(5):
        s = 3.4445 * s - 4.775 * s**3 + 2.0315 * s**5
    ratio = vt.shape[1] / u.shape[0] if data.ndim == 2 else u.shape[0] / vt.shape[1]
    step = max(1.0, ratio) ** 0.5 * ((u * s) @ vt).reshape(data.shape)
    return data * (1 - lr * settings["weight_decay"]) - lr * step


# Distributions of initial weights.

Shape: TypeAlias = tuple[int, ...]
Generator: TypeAlias = "np.random.Generator"  # a string: numpy.random takes 13 ms to import


def _fan_in(shape: Shape) -> int:
    """Return the number of inputs of each output, at least 1: rules divide by it."""
    return max(fans(shape)[0], 1)


def constant(shape: Shape, *, rng: Generator, value: float = 0.0) -> Values:  # noqa: ARG001 - not random
    """`value` everywhere."""
    return np.full(shape, value)


def uniform(shape: Shape, *, rng: Generator, low: float = -0.05, high: float = 0.05) -> Values:
    """Uniform on [low, high), by default as in Keras."""
    return rng.uniform(low, high, shape)


def normal(shape: Shape, *, rng: Generator, mean: float = 0.0, stddev: float = 0.05) -> Values:
    """Normal with mean and deviation, by default as in Keras."""
    return rng.normal(mean, stddev, shape)


def glorot_uniform(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """Uniform, of variance 2 / (fan_in + fan_out): Glorot and Bengio 2010, equation 16."""
    return gain * rng.uniform(-1, 1, shape) * (6 / max(sum(fans(shape)), 1)) ** 0.5


def glorot_normal(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """Normal, of variance 2 / (fan_in + fan_out): Glorot and Bengio 2010, equation 12."""
    return gain * rng.standard_normal(shape) * (2 / max(sum(fans(shape)), 1)) ** 0.5


def kaiming_uniform(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """Uniform, of variance 2 / fan_in: He et al. 2015, equation 10."""
    return gain * rng.uniform(-1, 1, shape) * (6 / _fan_in(shape)) ** 0.5


def kaiming_normal(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """Normal, of variance 2 / fan_in: He et al. 2015, "Delving deep into rectifiers", equation 10."""
    return gain * rng.standard_normal(shape) * (2 / _fan_in(shape)) ** 0.5


def lecun_uniform(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """Uniform, of variance 1 / fan_in: LeCun et al. 1998, "Efficient BackProp", equation 16."""
    return gain * rng.uniform(-1, 1, shape) * (3 / _fan_in(shape)) ** 0.5


def lecun_normal(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """Normal, of variance 1 / fan_in: LeCun et al. 1998, "Efficient BackProp", equation 16."""
    return gain * rng.standard_normal(shape) * (1 / _fan_in(shape)) ** 0.5


def orthogonal(shape: Shape, *, rng: Generator, gain: float = 1.0) -> Values:
    """`gain` times a matrix with orthonormal columns, or rows if it is wide: Saxe et al. 2014.

    The polar factor of a normal matrix is drawn uniformly from all of them (Haar's measure). A kernel
    (out, in, ...) is the matrix (out, in * ...), a vector a single row.
    """
    matrix = rng.standard_normal((shape[0] if len(shape) > 1 else 1, prod(shape[1:] or shape)))
    u, _, vt = np.linalg.svd(matrix, full_matrices=False)
    return gain * (u @ vt).reshape(shape)


def truncated_normal(
    shape: Shape, *, rng: Generator, mean: float = 0.0, stddev: float = 0.05, bound: float = 2.0
) -> Values:
    """Normal, and drawn again where it is more than `bound` deviations from the mean, as in Keras."""
    draws = rng.standard_normal(shape)
    while np.any(far := np.abs(draws) > bound):
        draws = np.where(far, rng.standard_normal(shape), draws)
    return mean + stddev * draws
