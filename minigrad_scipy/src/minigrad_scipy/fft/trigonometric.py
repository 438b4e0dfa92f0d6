"""Discrete cosine and sine transforms, along one axis or several, and their inverses.

A transform is a product with a matrix along each axis, and its gradient a product with the transposed
matrix, which is that of the dual type with the same norm. With `orthogonalize=False` this holds up to
factors of 2 and 1/2 for the elements at the ends, since the matrix is then E M F: M is the matrix with
`orthogonalize=True`, and E and F are diagonal, with powers of sqrt(2) at the ends.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real
from minigrad_ops_basic.fourier import resize

from .. import fft
from .definitions import DUAL, INVERSE_NORM, evaluate_definition, find_ends


class Transform(Operation):
    """The gradient, which the transforms share."""

    takes_complex = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind = name.removeprefix("i")[:3]
        self.reference = partial(evaluate_definition, name)

    def transform(self, ctx: Context, x: Any, along: Sequence[int], **settings: Any) -> Array:
        """Return SciPy's transform of `x`, and save what `backward` needs; along: the axes, from 0."""
        y = getattr(fft, self.name)(x, **settings)
        number, norm, orthogonalize = settings["type"], settings["norm"], settings["orthogonalize"]
        if self.name.startswith("i"):
            number, norm = DUAL[number], INVERSE_NORM[norm]
        if orthogonalize is None or x.dtype.kind == "c":  # SciPy 1.17 ignores the setting for complex values
            orthogonalize = norm == "ortho"
        ctx.save(x.shape, along, number, norm, orthogonalize)
        return np.positive(y) if y is x else y  # without axes, SciPy returns its argument

    def backward(self, ctx: Context, grad: Array) -> Array:
        shape, axes, number, norm, orthogonalize = ctx.saved
        ends = [] if orthogonalize else find_ends(self.kind, number)
        if number < 3:
            grad = scale(grad, ends, axes, 2)
        if axes:
            transform = {"dct": fft.dctn, "dst": fft.dstn}[self.kind]
            grad = transform(grad, DUAL[number], axes=axes, norm=norm, orthogonalize=orthogonalize)
        if number in (1, 3):
            grad = scale(grad, ends, axes, 0.5)
        for axis in axes:
            grad = resize(grad, shape[axis], axis)
        return grad


def scale(x: Any, ends: list[int], axes: Sequence[int], factor: float) -> Any:
    """Return `x` with the elements at `ends` multiplied by `factor`, along each axis."""
    for axis in axes if ends else ():
        factors = np.ones(x.shape[axis], x.real.dtype)
        factors[ends] = factor
        x = x * factors.reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    return x


class TransformAlongAxis(Transform):
    """The transform y = M x along one axis, for the matrix M of `scipy.fft.dct`, `idct`, `dst` or `idst`.

    x: any shape. The result has `n` elements along `axis`: x is cut at the end, or filled up with zeros.
    d/dx = M^T grad, a transform of the same kind.
    """

    cases = (
        *(Case(x=real("n 4"), type=number, norm=norm) for number in DUAL for norm in ("backward", "ortho")),
        Case(x=real("4 n"), axis=axis_of("x"), norm="forward"),
        Case(x=real("3 k"), n=5, axis=0),
        Case(x=real("k 5"), n=3, type=3),
        Case(x=real("k 5"), norm="ortho", orthogonalize=False),
        Case(x=real("k 5"), type=3, orthogonalize=True),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        type: int = 2,
        n: int | None = None,
        axis: int = -1,
        norm: str | None = None,
        orthogonalize: bool | None = None,
    ) -> Array:
        along = [operator.index(axis) % max(x.ndim, 1)]
        return self.transform(
            ctx, x, along, type=type, n=n, axis=axis, norm=norm, orthogonalize=orthogonalize
        )


class TransformAlongAxes(Transform):
    """The transform along several axes: `scipy.fft.dctn`, `idctn`, `dstn` or `idstn`.

    x: any shape. The result has the sizes `s` along `axes`, by default those of x along all axes. d/dx = the
    transform by the transposed matrix along each axis.
    """

    cases = (
        Case(x=real("2 3"), type=1),
        Case(x=real("2 3 n")),
        Case(x=real("2 3 4"), type=3, axes=(0, -1)),
        Case(x=real("2 3"), type=4, s=(4, 2), norm="ortho"),
        Case(x=real("2 3 4"), s=(2, 5), axes=(1, 0), norm="forward"),
        Case(x=real("2 3"), orthogonalize=True),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        type: int = 2,
        s: int | Sequence[int] | None = None,
        axes: int | Sequence[int] | None = None,
        norm: str | None = None,
        orthogonalize: bool | None = None,
    ) -> Array:
        if axes is None:
            along = list(range(x.ndim))[0 if s is None else -np.size(s) :]
        else:
            along = [axis % max(x.ndim, 1) for axis in np.atleast_1d(axes).tolist()]
        return self.transform(
            ctx, x, along, type=type, s=s, axes=axes, norm=norm, orthogonalize=orthogonalize
        )


OPERATIONS = (
    *(TransformAlongAxis(name) for name in ("dct", "idct", "dst", "idst")),
    *(TransformAlongAxes(name) for name in ("dctn", "idctn", "dstn", "idstn")),
)
