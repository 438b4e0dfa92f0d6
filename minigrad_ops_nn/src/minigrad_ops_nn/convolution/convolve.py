"""The three products of a convolution: by kernels for arrays, by formulas for tensors."""

from __future__ import annotations

from typing import Any

from minigrad_core import Array

from ..kernels.ndarrays import are_ndarrays
from . import gather, kernels
from .geometry import Geometry


def correlate(x: Any, weight: Any, geometry: Geometry, groups: int) -> Array:
    """Return the sums of windows of x (n, c, ...), weighted by (out, c / groups, ...): (n, out, ...)."""
    return (kernels if are_ndarrays(x, weight) else gather).correlate(x, weight, geometry, groups)


def data_gradient(grad: Any, weight: Any, geometry: Geometry, groups: int) -> Array:
    """Return the gradient of x for that of the output."""
    return (kernels if are_ndarrays(grad, weight) else gather).data_gradient(grad, weight, geometry, groups)


def weight_gradient(x: Any, grad: Any, geometry: Geometry, groups: int) -> Array:
    """Return the gradient of the weight for that of the output."""
    return (kernels if are_ndarrays(x, grad) else gather).weight_gradient(x, grad, geometry, groups)


def add_bias(y: Any, bias: Any) -> Array:
    """Return y (n, c, ...) plus one value for each channel; y is ours, so in place where that keeps the
    dtype.
    """
    bias = bias.reshape(-1, *(1,) * (y.ndim - 2))
    if y.dtype is bias.dtype:
        y += bias
        return y
    return y + bias


def bias_gradient(grad: Array) -> Array:
    """Return the gradient of the bias: the sum over all but the channels."""
    return grad.sum(axis=(0, *range(2, grad.ndim)))
