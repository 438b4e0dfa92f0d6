"""Gradient clipping, by norm and by value."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Parameter, Tensor
from minigrad_core.errors import ArgumentError, GradientError


def clip_grad_norm(parameters: Iterable[Parameter], max_norm: float, *, norm_type: float = 2.0) -> float:
    """Scale all gradients by one factor so that their norm is at most `max_norm`; return the norm before.

    The norm is that of all gradients as one vector; a shared parameter counts once. `norm_type` may be `inf`.
    The gradients are changed in place. Pascanu et al. 2013.

    Raises
    ------
    GradientError
        The norm is not finite: no factor makes it finite.
    ArgumentError
        `max_norm` or `norm_type` is not above 0, or `parameters` is not an iterable of parameters.

    Examples
    --------
    >>> import minigrad_core as mg
    >>> p = mg.Parameter(np.zeros(2))
    >>> p.grad = np.array([3.0, 4.0])
    >>> clip_grad_norm([p], 1.0)
    5.0
    >>> p.grad.round(3)
    array([0.6, 0.8])
    """
    if not (max_norm > 0 and norm_type > 0):
        raise ArgumentError(f"clip_grad_norm expected numbers above 0, got {max_norm=} and {norm_type=}")
    grads = _collect_gradients("clip_grad_norm", parameters)
    # In float64, since squares of float32 overflow.
    norms = [_compute_norm(grad.astype(np.float64).ravel(), norm_type) for grad in grads]
    norm = _compute_norm(np.array(norms), norm_type)
    if not isfinite(norm):
        raise GradientError(f"the norm of the gradients is {norm}; look for the step that made them so")
    factor = max_norm / (norm + 1e-6)  # as in PyTorch
    if factor < 1:
        for grad in grads:
            grad *= factor
    return norm


def clip_grad_value(parameters: Iterable[Parameter], clip_value: float) -> None:
    """Limit each value of each gradient to [-clip_value, clip_value], in place.

    Raises
    ------
    ArgumentError
        `clip_value` is not above 0, or `parameters` is not an iterable of parameters.
    """
    if not clip_value > 0:
        raise ArgumentError(f"clip_grad_value expected a clip_value above 0, got {clip_value}")
    for grad in _collect_gradients("clip_grad_value", parameters):
        np.clip(grad, -clip_value, clip_value, out=grad)


def _collect_gradients(name: str, parameters: Iterable[Parameter]) -> list[NDArray[Any]]:
    """Return the gradients of the parameters that have one; a parameter that is listed twice counts once.

    A single parameter is refused: iterating over it would give rows that have no gradient.
    """
    if isinstance(parameters, Tensor) or not isinstance(parameters, Iterable):
        raise ArgumentError(
            f"{name} expected parameters in a list or another iterable, got {type(parameters).__name__}; "
            "pass model.parameters(), or [parameter]"
        )
    each = {id(parameter): parameter.grad for parameter in parameters}
    return [grad for grad in each.values() if grad is not None]


def _compute_norm(values: NDArray[np.float64], norm_type: float) -> float:
    """Return the norm of a vector, which is changed: divided by its largest value, so no power overflows.

    Nor does a power underflow: a norm of 0 would leave tiny gradients above a tiny `max_norm`.
    """
    # Python's max would hide NaN.
    largest = float(np.maximum(values.max(initial=0.0), -values.min(initial=0.0)))
    if not largest or not isfinite(largest):
        return largest
    values /= largest
    return largest * float(np.linalg.norm(values, norm_type))
