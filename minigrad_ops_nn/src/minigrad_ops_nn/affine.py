"""The affine map, `x @ weight + bias`."""

from __future__ import annotations

from functools import cache
from itertools import zip_longest
from math import prod

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from .kernels.constants import ones, zeros
from .kernels.precision import to_floating
from .kernels.split_k import data_gradient, multiply, weight_gradient
from .references import layers as plain


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
    reference = staticmethod(plain.affine)
    cases = (
        Case(x=real("n k"), weight=real("k m"), bias=real("m")),
        Case(x=real("n k"), weight=real("k m"), bias=real("1 m")),
        Case(x=real("k"), weight=real("k m"), bias=real("m")),
        Case(x=real("a b k"), weight=real("k m")),
        Case(x=real("2 2"), weight=real("2 3"), bias=np.array([1, 2, -1], np.int8)),
        Case(x=np.array([[17, 1]], np.uint8), weight=np.array([[17], [2]], np.uint8), bias=real("1")),
    )

    def forward(self, ctx: Context, x: Array, weight: Array, bias: Array | None = None) -> Array:
        try:
            rows = x if x.ndim == 2 else _to_rows(x)
            _, m = weight.shape
            y = multiply(rows, weight)
        except (IndexError, ValueError) as error:
            raise _shape_error(x, weight, bias) from error
        if bias is not None:
            if bias.shape != (m,) and bias.shape != (1, m):
                raise _shape_error(x, weight, bias)
            # The bias is added in place, unless it has a wider dtype. On a Tensor `+=` is out of place.
            if y.dtype is bias.dtype:
                y += bias
            elif y.dtype.kind == "f":
                y = y + bias
            else:  # a product of whole numbers can wrap around
                y = to_floating(rows, bias) @ to_floating(weight, bias) + bias
        ctx.save(x, weight, bias)
        return y if x.ndim == 2 else y.reshape(*x.shape[:-1], m)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        x, weight, bias = ctx.saved
        needs = (*ctx.needs, False)[:3]
        rows = x
        if x.ndim != 2:
            rows, grad = _to_rows(x), _to_rows(grad)
        if isinstance(grad, Tensor):
            results = iter(affine_gradient(needs, ctx.unread)(rows, weight, grad))
            gradients: tuple[Array | None, ...] = tuple([next(results) if n else None for n in needs])
        else:
            gradients = _compute_gradients(rows, weight, grad, needs)
        gx, gw, gb = gradients
        if rows is not x and gx is not None:
            gx = gx.reshape(x.shape)
        if gb is not None and bias is not None and bias.ndim == 2:
            gb = gb.reshape(1, -1)
        return gx, gw, gb


class AffineGradient(Operation):
    """The gradients of `affine` as an operation: a second derivative records one call, not five.

    x: (n, k), weight: (k, m), grad: (n, m) -> grad @ weight.T, x.T @ grad and the sum of grad over n, those
    that `needs` names; a gradient that is `unread` is zeros. Given gradients a, b and c of these three
    results, d/dx = grad @ b.T; d/dweight = a.T @ grad; d/dgrad = a @ weight + x @ b + c.
    """

    name = "affine_gradient"
    cases = (Case(x=real("n k"), weight=real("k m"), grad=real("n m")),)

    def __init__(self, needs: tuple[bool, ...], unread: tuple[bool, ...] = ()) -> None:
        self.needs = needs  # for x, weight and bias
        self.read = tuple([n and not u for n, u in zip_longest(needs, unread, fillvalue=False)])

    def forward(self, ctx: Context, x: Array, weight: Array, grad: Array) -> tuple[Array, ...]:
        ctx.save(x, weight, grad)
        gradients = _compute_gradients(x, weight, grad, self.read)
        shapes = x.shape, weight.shape, grad.shape[1:]
        every = zip(gradients, shapes, self.needs, strict=True)
        return tuple([zeros(shape, grad.dtype) if g is None else g for g, shape, needed in every if needed])

    def backward(self, ctx: Context, *grads: Array) -> tuple[Array | None, ...]:
        x, weight, grad = ctx.saved
        remaining = iter(grads)
        a, b, c = [next(remaining) if needed else None for needed in self.needs]
        gx = data_gradient(grad, b) if ctx.needs[0] and b is not None else None
        gw = weight_gradient(a, grad) if ctx.needs[1] and a is not None else None
        gg: Array | None = None
        if ctx.needs[2]:
            gg = None if b is None else multiply(x, b)
            if a is not None:
                gg = multiply(a, weight) if gg is None else gg + multiply(a, weight)
            if c is not None:
                gg = np.broadcast_to(c, grad.shape) if gg is None else gg + c
        return gx, gw, gg


def _compute_gradients(
    x: Array, weight: Array, grad: Array, needs: tuple[bool, ...]
) -> tuple[Array | None, ...]:
    """Return the gradients of x (n, k), weight and bias, or None where `needs` is false."""
    gb: Array | None = None
    if needs[2]:
        gb = ones(len(grad), grad.dtype).dot(grad) if type(grad) is np.ndarray else grad.sum(axis=0)
    gx = data_gradient(grad, weight) if needs[0] else None
    return gx, weight_gradient(x, grad) if needs[1] else None, gb


def _to_rows(x: Array) -> Array:
    """Return x as a matrix, for one large product; NumPy takes a small product for each leading index."""
    return x.reshape(prod(x.shape[:-1]), x.shape[-1])


def _shape_error(x: Array, weight: Array, bias: Array | None) -> InputError:
    given = f"x {x.shape}, weight {weight.shape}" + ("" if bias is None else f", bias {bias.shape}")
    if x.ndim and weight.ndim == 2 and x.shape[-1] == weight.shape[0]:
        advice = f"the bias needs one value for each of the {weight.shape[1]} columns of the weight"
    elif x.ndim and weight.ndim == 2 and x.shape[-1] == weight.shape[1]:
        advice = "the weight is (in, out), not (out, in): transpose it"
    elif x.ndim > 2 and weight.ndim == 2 and prod(x.shape[1:]) == weight.shape[0]:
        advice = "x.reshape(len(x), -1) makes each of its entries, such as an image, a row"
    else:
        advice = "the last axis of x must be as long as the first axis of the weight"
    return InputError(
        f"affine expected x (..., k), weight (k, m), bias (m,) or (1, m), got {given}: {advice}"
    )


affine = Affine()
affine_gradient = cache(AffineGradient)
