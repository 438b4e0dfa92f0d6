"""The affine map, the workhorse of every network."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np
from minigrad_core import Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from .raw import is_raw

if TYPE_CHECKING:
    from minigrad_core import Array, Context


class Affine(Operation):
    """`x @ weight + bias`.

    x: (..., k) with any leading axes, weight: (k, m), bias: (m,) or (1, m) or None -> (..., m).
    d/dx = grad @ weight.T; d/dweight = x.T @ grad and d/dbias = grad, both summed over the leading axes.

    Raises
    ------
    InputError
        The shapes do not fit.
    """

    name = "affine"
    cases = (
        Case(x=real("n k"), weight=real("k m"), bias=real("m")),
        Case(x=real("n k"), weight=real("k m"), bias=real("1 m")),
        Case(x=real("k"), weight=real("k m"), bias=real("m")),
        Case(x=real("a b k"), weight=real("k m")),
    )

    def forward(self, ctx: Context, x: Array, weight: Array, bias: Array | None = None) -> Array:
        """Return `x @ weight + bias`."""
        if x.ndim == 0 or weight.ndim != 2 or x.shape[-1] != weight.shape[0]:
            raise _misfit(x, weight, bias)
        ctx.save(x, weight, bias)
        y = _rows(x) @ weight
        if bias is not None:
            if bias.shape != weight.shape[1:] and bias.shape != (1, weight.shape[1]):
                raise _misfit(x, weight, bias)
            y = _plus(y, bias)
        return y if x.ndim == 2 else y.reshape(*x.shape[:-1], weight.shape[1])

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None, Array | None]:
        """Return the gradients of x, weight and bias."""
        x, weight, bias = ctx.saved
        need_x, need_weight, need_bias = (*ctx.needs, False)[:3]
        grad = _rows(grad)
        gx = gb = None
        if need_x:
            gx = grad @ weight.T
            if x.ndim != 2:
                gx = gx.reshape(x.shape)
        if need_bias:
            gb = grad.sum(axis=0, keepdims=bias.ndim == 2)
        return gx, _rows(x).T @ grad if need_weight else None, gb


def _rows(x: Array) -> Array:
    """Return x as a matrix: one large product, where NumPy would make a small one for each leading index."""
    return x if x.ndim == 2 else x.reshape(prod(x.shape[:-1]), x.shape[-1])


def _plus(y: Array, bias: Array) -> Array:
    """Return `y + bias`, in place where we own y and that keeps the dtype."""
    if is_raw(y, bias) and y.dtype == bias.dtype:
        return np.add(y, bias, out=y)
    return y + bias


def _misfit(x: Array, weight: Array, bias: Array | None) -> InputError:
    given = f"x {x.shape}, weight {weight.shape}" + ("" if bias is None else f", bias {bias.shape}")
    if x.ndim and weight.ndim == 2 and x.shape[-1] == weight.shape[0]:
        advice = f"the bias needs one value for each of the {weight.shape[1]} columns of the weight"
    elif x.ndim and weight.ndim == 2 and x.shape[-1] == weight.shape[1]:
        advice = "the weight is (in, out), not (out, in): transpose it"
    else:
        advice = "the last axis of x must be as long as the first axis of the weight"
    return InputError(f"affine expected x (..., k), weight (k, m), bias (m,) or (1, m), got {given}: {advice}")


affine = Affine()
