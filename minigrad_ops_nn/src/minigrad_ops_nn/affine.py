"""The affine map, `x @ weight + bias`."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from .kernels.constants import ones
from .kernels.precision import floating
from .kernels.split_k import WHOLE, product

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
        try:
            rows = x if x.ndim == 2 else _rows(x)
            _, m = weight.shape
            y = rows @ weight if weight.size <= WHOLE else product(rows, weight)
        except (IndexError, ValueError) as error:
            raise _misfit(x, weight, bias) from error
        if bias is not None:
            if bias.shape != (m,) and bias.shape != (1, m):
                raise _misfit(x, weight, bias)
            # The product is ours, so the sum can go there, unless that would lose the wider dtype of the
            # bias. On a Tensor `+=` is out of place anyway.
            if y.dtype is bias.dtype:
                y += bias
            elif y.dtype.kind == "f":
                y = y + bias
            else:  # the product of whole numbers may have wrapped around
                y = floating(rows, bias) @ floating(weight, bias) + bias
        ctx.save(x, weight, bias)
        return y if x.ndim == 2 else y.reshape(*x.shape[:-1], m)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        """Return the gradients of x, weight and bias."""
        x, weight, bias = ctx.saved
        needs = ctx.needs
        rows = x
        if x.ndim != 2:
            rows, grad = _rows(x), _rows(grad)
        gx = grad @ weight.T if needs[0] else None
        if rows is not x and gx is not None:
            gx = gx.reshape(x.shape)
        gw = rows.T @ grad if needs[1] else None
        if bias is None or not needs[2]:
            return gx, gw, None
        gb = ones(len(grad), grad.dtype).dot(grad) if type(grad) is np.ndarray else grad.sum(axis=0)
        return gx, gw, gb if bias.ndim == 1 else gb.reshape(1, -1)


def _rows(x: Array) -> Array:
    """Return x as a matrix: one large product, where NumPy would make a small one for each leading index."""
    return x.reshape(prod(x.shape[:-1]), x.shape[-1])


def _misfit(x: Array, weight: Array, bias: Array | None) -> InputError:
    given = f"x {x.shape}, weight {weight.shape}" + ("" if bias is None else f", bias {bias.shape}")
    if x.ndim and weight.ndim == 2 and x.shape[-1] == weight.shape[0]:
        advice = f"the bias needs one value for each of the {weight.shape[1]} columns of the weight"
    elif x.ndim and weight.ndim == 2 and x.shape[-1] == weight.shape[1]:
        advice = "the weight is (in, out), not (out, in): transpose it"
    else:
        advice = "the last axis of x must be as long as the first axis of the weight"
    return InputError(
        f"affine expected x (..., k), weight (k, m), bias (m,) or (1, m), got {given}: {advice}"
    )


affine = Affine()
