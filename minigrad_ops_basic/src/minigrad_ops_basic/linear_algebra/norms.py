"""`norm`, `vector_norm`, `matrix_norm`, `cond` and `matrix_rank`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, between, nonzero, real

from ..axes import Axis, normalize_axes, restore_axes
from ..composite import Composite
from ..dtypes import conjugate, detach, widen_half
from ..nan_safe import divide_or_zero
from ..non_differentiable import UnaryFunction
from .singular_values import refuse_infinite


def _find_largest(sizes: Any, axis: Axis, keepdims: bool = False) -> Array:
    return np.max(sizes, axis=axis, keepdims=keepdims, initial=0)  # an axis may be empty


def _compute_vector_norm(x: Any, *, order: Any, axis: Axis, keepdims: bool) -> Array:
    """Return the vector norm, by functions that have gradients."""
    size, keepdims = abs(widen_half(x)), bool(keepdims)  # np.sum refuses np.True_
    if order == np.inf:
        return _find_largest(size, axis, keepdims)
    if order == -np.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if order == 1:  # the formula below takes three times as long
        return np.sum(size, axis=axis, keepdims=keepdims)
    if order == 0:  # the number of values that are not zero: flat, but recorded as a function of x
        return np.sum(0 * size, axis=axis, keepdims=keepdims)
    # Scaled by the largest value (for a negative order the smallest), so that no power overflows.
    extreme, at_zero = (np.max, 0) if order > 0 else (np.min, np.inf)
    scale: Any = extreme(detach(size), axis=axis, keepdims=True, initial=at_zero)
    scale = np.where((scale == 0) | np.isinf(scale), 1, scale)
    # At 0 a power below one has an infinite slope, and a negative power is infinite. The slope is 0 by
    # convention.
    zero = x == 0
    powers = np.where(zero, at_zero, np.where(zero, 1, size / scale) ** float(order))
    total = np.sum(powers, axis=axis, keepdims=keepdims)
    # At 0 the root has the slope 0 by convention: the root of a constant.
    root = np.where(total == 0, 1, total) ** (1 / float(order))
    return root * (scale if keepdims else np.reshape(scale, np.shape(root)))


def _compute_matrix_norm(x: Any, *, order: Any, axis: tuple[int, int], keepdims: bool) -> Array:
    """Return the norm of the matrices in two axes, by functions that have gradients."""
    m = np.moveaxis(x, axis, (-2, -1))
    if order in ("nuc", 2, -2):
        s = np.linalg.svd(m, compute_uv=False)
        y = (
            np.sum(s, axis=-1)
            if order == "nuc"
            else _find_largest(s, -1)
            if order == 2
            else np.min(s, axis=-1)
        )
    else:  # the largest (smallest) column sum for 1 (-1), row sum for inf (-inf)
        sums = np.sum(abs(m), axis=-2 if abs(order) == 1 else -1)
        y = _find_largest(sums, -1) if order > 0 else np.min(sums, axis=-1)
    return np.expand_dims(y, axis) if keepdims else y


class NormOperation(Composite):
    """The rule of the norms: d/dx = grad x / norm for a length, 0 at the origin; else by a formula."""

    takes_complex = True

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, ...]:
        formula, (x,), settings, y = ctx.saved
        if formula is not None:
            return super().backward(ctx, grad, *grads)
        share = divide_or_zero(grad, y)
        return (restore_axes(share, settings["axis"], x.ndim, settings["keepdims"]) * conjugate(x),)


class Norm(NormOperation):
    """The norm of the vectors along one `axis`, or of the matrices in two axes.

    axis: None means all axes and, if `ord` is None, all values, flattened. ord: for vectors None or 2
    (length), 1, inf, -inf, 0 (count; flat), or any power; for matrices None or "fro", "nuc", 2, -2 (singular
    values), 1, -1, inf, -inf (column and row sums). d/dx = grad x / norm for the length, and grad sign(x)
    (|x| / norm)^(p - 1) for a power p. 0 at the origin; equal extremes share the gradient evenly.
    """

    cases = (
        Case(x=real("n k")),
        Case(x=real("2 3"), axis=axis_of("x"), keepdims=True),
        *(Case(x=real("2 3"), ord=order, axis=1) for order in (1, -np.inf, 3)),
        Case(x=real("2 m"), ord=np.inf, axis=1, keepdims=True),
        Case(x=nonzero("2 d"), ord=2.5, axis=1, keepdims=True),
        Case(x=np.array([[1.0, -0.5], [0.0, 2.0]]), ord=2.5, axis=1),
        Case(x=np.array([[0.0, 0.0], [1.0, 2.0]]), ord=2.5, axis=1),
        Case(x=np.array([[0.0, 0.25, 2.0]]), ord=0.5, axis=1),
        Case(x=nonzero("2 3"), ord=-2.5, axis=1),
        Case(x=np.array([[1e-100, 2.0], [0.5, 2.0]]), ord=-2.5, axis=1),
        Case(x=np.array([[0.0, 2.0, -0.5], [1.0, 0.0, 3.0]]), ord=0, axis=0),
        Case(x=real("2 3"), ord=-np.inf, axis=(0,), keepdims=True),
        *(Case(x=real("2 3"), ord=order) for order in ("fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)),
        Case(x=real("2 3 2"), ord="nuc", axis=(2, 0), keepdims=True),
        *(Case(x=real("2 2 3"), ord=order, axis=(1, 2)) for order in (-1, -2, np.inf)),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        ord: Any = None,  # noqa: A002 - NumPy's name
        axis: Any = None,
        keepdims: bool = False,
    ) -> Array:
        y = np.linalg.norm(x, ord, axis, keepdims)
        axes = normalize_axes(axis, x.ndim)
        is_vector_norm = len(axes) == 1
        length = ord is None or ord in ("fro", "f") or (ord == 2 and is_vector_norm)
        formula = None if length else _compute_vector_norm if is_vector_norm else _compute_matrix_norm
        ctx.save(formula, (x,), {"order": ord, "axis": axes, "keepdims": keepdims}, y)
        return y


class VectorNorm(NormOperation):
    """The vector norm over `axis` (None: all values, flattened). d/dx: see `norm`."""

    cases = (
        Case(x=real("2 3")),
        Case(x=real("2 3"), ord=1),
        Case(x=real("2 3"), ord=3, axis=(0, 1), keepdims=True),
        Case(x=real("2 3"), ord=None, axis=1),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        axis: Any = None,
        keepdims: bool = False,
        ord: Any = 2,  # noqa: A002 - NumPy's name
    ) -> Array:
        y = np.linalg.vector_norm(x, axis=axis, keepdims=keepdims, ord=ord)
        formula = None if ord is None or ord == 2 else _compute_vector_norm
        ctx.save(formula, (x,), {"order": ord, "axis": axis, "keepdims": keepdims}, y)
        return y


class MatrixNorm(NormOperation):
    """The norm of the matrices in the last two axes. d/dx: see `norm`."""

    cases = (
        Case(x=real("2 3")),
        Case(x=real("2 2 3"), ord="nuc", keepdims=True),
        Case(x=real("2 2 3"), ord=None),
        Case(x=between(-0.3, 0.3, "2 3"), ord=np.inf),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        keepdims: bool = False,
        ord: Any = "fro",  # noqa: A002 - NumPy's name
    ) -> Array:
        y = np.linalg.matrix_norm(x, keepdims=keepdims, ord=ord)
        formula = None if ord in (None, "fro", "f") else _compute_matrix_norm
        ctx.save(formula, (x,), {"order": ord, "axis": (-2, -1), "keepdims": keepdims}, y)
        return y


def _compute_condition(x: Any, *, p: Any) -> Array:
    if p not in (None, 2, -2):
        return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))
    s = np.linalg.svdvals(x)
    return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]


class Cond(Composite):
    """The condition number of the matrices in the norm `p`.

    p: None or 2 for the greatest singular value over the least, -2 for the reverse; else |x| |x^-1| in that
    norm, see `norm`. d/dx = the derivative of this formula.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3")),
        Case(x=real("2 3 3"), p=-2),
        *(Case(x=real("2 3"), p=p) for p in (2, -2)),
        Case(x=real("2 2"), p="fro"),
        Case(x=real("2 2"), p=1),
    )

    def forward(self, ctx: Context, x: Array, *, p: Any = None) -> Array:
        refuse_infinite(x)
        ctx.save(_compute_condition, (x,), {"p": p})
        return np.real(np.linalg.cond(x, p))  # with NumPy 2.1, a complex matrix has a complex one


norm = Norm(np.linalg.norm)
vector_norm = VectorNorm(np.linalg.vector_norm)
matrix_norm = MatrixNorm(np.linalg.matrix_norm)
cond = Cond(np.linalg.cond)
matrix_rank = UnaryFunction(np.linalg.matrix_rank)
