"""Published distributions of initial weights."""

from math import prod
from typing import TypeAlias

import numpy as np

from ...contracts.initializer import fans
from .optimizers import Values

__all__ = ["constant", "glorot_normal", "glorot_uniform", "kaiming_normal", "kaiming_uniform"]
__all__ += ["lecun_normal", "lecun_uniform", "normal", "orthogonal", "truncated_normal", "uniform"]

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
