"""`polyadd`, `polysub`, `polymul`, `polyder`, `polyint`, `poly` and `roots`."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import get_shape
from minigrad_core.cases import Case, real

from ..composite import Composite
from ..dtypes import detach, find_floating_type
from ..function import NumpyFunction
from ..nan_safe import divide_no_nan
from .evaluation import evaluate, stack_powers


def _prepend_zeros(p: Any, n: int) -> Any:
    p = np.atleast_1d(p)
    return np.concatenate([np.zeros(n - p.shape[0], p.dtype), p]) if n > p.shape[0] else p


def _align(p: Any, q: Any) -> tuple[Any, Any]:
    n = max(np.size(p), np.size(q))
    return _prepend_zeros(p, n), _prepend_zeros(q, n)


def _add(p: Any, q: Any) -> Array:
    p, q = _align(p, q)
    return p + q


def _subtract(p: Any, q: Any) -> Array:
    p, q = _align(p, q)  # not the sum with -q, which wraps around for unsigned integers
    return p - q


def _multiply(p: Any, q: Any) -> Array:
    return np.convolve(_trim(p), _trim(q))


def _trim(p: Any) -> Any:
    """Return the coefficients without leading zeros, as NumPy multiplies them."""
    p = np.atleast_1d(p)
    positions = np.flatnonzero(detach(p))
    return p[int(positions[0]) if positions.size else p.shape[0] - 1 :]


class PolynomialArithmetic(Composite):
    """The sum, difference or product of two polynomials. d/dp, d/dq: see `add`, `subtract`, `convolve`."""

    takes_complex = True
    cases = (
        Case(p=real("4"), q=real("2")),
        Case(p=real("n"), q=real("m")),
        Case(p=real(""), q=real("3")),
        Case(p=np.zeros(2), q=real("2")),
    )

    def __init__(self, function: Callable[..., Any], formula: Callable[..., Array]) -> None:
        super().__init__(function)
        self.formula = formula

    def forward(self, ctx: Context, p: Array, q: Array) -> Array:
        ctx.save(self.formula, (p, q), {})
        return self.formula(p, q)


def _check_order(m: int) -> None:
    if m < 0:
        raise ValueError(f"expected an order m >= 0, got {m}: polyint is the inverse of polyder")


def _list_powers(p: Any) -> Any:
    powers = np.arange(p.shape[0], 0, -1)
    return powers.astype(p.dtype) if p.dtype.kind in "fc" else powers


def _differentiate(p: Any, *, m: int) -> Array:
    for _ in range(m):
        p = p[:-1] * _list_powers(p[:-1])
    return p.copy()


class Polyder(Composite):
    """The `m`-th derivative of the polynomial. d/dp_i = grad_i (n - 1 - i) for m = 1."""

    takes_complex = True
    cases = (Case(p=real("4")), Case(p=real("4"), m=2), Case(p=real("3"), m=0))

    def forward(self, ctx: Context, p: Array, *, m: int = 1) -> Array:
        _check_order(m)
        ctx.save(_differentiate, (p,), {"m": m})
        return _differentiate(p, m=m)


def _integrate(p: Any, k: Any = None, *, m: int) -> Array:
    for i in range(m):
        constant = np.zeros(1, p.dtype) if k is None else np.reshape(k, (-1,))[i % np.size(k)][None]
        p = np.concatenate([p / _list_powers(p), constant])
    return p.copy()


class Polyint(Composite):
    """The `m`-th integral of the polynomial, with the constants k (None: 0), one for each or one for all.

    d/dp_i = grad_i / (n - i) for m = 1; d/dk = grad of the last coefficient.
    """

    takes_complex = True
    cases = (
        Case(p=real("3")),
        Case(p=real("2"), k=real("2"), m=2),
        Case(p=real("2"), k=real(""), m=2),
        Case(p=real("3"), m=0),
    )

    def forward(self, ctx: Context, p: Array, k: Array | None = None, *, m: int = 1) -> Array:
        _check_order(m)
        count = 1 if k is None else prod(get_shape(k))
        if count != 1 and count < m:
            raise ValueError(f"expected one constant k, or {m} of them, got {count}")
        ctx.save(_integrate, (p, k), {"m": m})
        return _integrate(p, k, m=m)


def _expand_roots(x: Any) -> Array:
    p: Any = np.ones(1, x.dtype)
    end = np.zeros(1, x.dtype)
    for i in range(x.shape[0]):
        p = np.concatenate([p, end]) - x[i] * np.concatenate([end, p])
    return p


def _match_precision(y: Any, x: Any) -> Array:
    """Return y in the precision of x; NumPy gives double precision for single. Complex y stays complex."""
    dtype = np.finfo(find_floating_type(x)).dtype
    return y.astype(np.result_type(dtype, 1j) if y.dtype.kind == "c" else dtype, copy=False)


def _expand(x: Any, *, is_real: bool) -> Array:
    p: Any = _expand_roots(np.linalg.eigvals(x) if x.ndim == 2 else np.atleast_1d(x))
    return np.real(p) if is_real else p


class Poly(Composite):
    """The polynomial with the leading coefficient 1 and the roots x, or the eigenvalues of a matrix x.

    The coefficients are real if complex roots come in conjugate pairs.

    d/dx_i = -sum of grad times the coefficients of the product of the other factors; for a matrix that times
    the derivative of `eigvals`.
    """

    takes_complex = True
    cases = (Case(x=real("3")), Case(x=real("3 3")))

    def forward(self, ctx: Context, x: Array) -> Array:
        p = np.poly(x)
        ctx.save(_expand, (x,), {"is_real": p.dtype.kind == "f"})
        return _match_precision(p, x)


class Roots(NumpyFunction):
    """The roots z of the polynomial with the coefficients p; complex if a root is.

    As in NumPy, zeros at both ends of p are cut off first; each zero at the end adds a root 0.

    d/dp_i = -sum over z of grad z^(n-1-i) / p'(z), for leading zeros, too. A root that occurs twice has no
    gradient: `numpy.linalg.LinAlgError`, unless grad is 0 there.
    """

    takes_complex = True
    cases = (
        Case(p=real("4")),
        Case(p=np.array([0.0, 2.0, 1.0, 3.0, 0.0])),
        Case(p=np.array([1.0, -3.0, 2.0])),
    )

    def forward(self, ctx: Context, p: Array) -> Array:
        z = _match_precision(np.roots(p), p)
        ctx.save(p, z)
        return z

    def backward(self, ctx: Context, grad: Array) -> Array:
        # p(z) = 0, differentiated.
        p, z = ctx.saved
        slope = evaluate(_differentiate(p, m=1), z)
        if np.any((detach(slope) == 0) & (detach(grad) != 0)):
            raise np.linalg.LinAlgError(
                "roots: a root occurs twice, and has no gradient; move the coefficients off this point, or "
                "make the polynomial of its roots, with np.poly"
            )
        return -(divide_no_nan(grad, slope) @ stack_powers(z, n=p.shape[0]))


polyadd = PolynomialArithmetic(np.polyadd, _add)
polysub = PolynomialArithmetic(np.polysub, _subtract)
polymul = PolynomialArithmetic(np.polymul, _multiply)
polyder = Polyder(np.polyder)
polyint = Polyint(np.polyint)
poly = Poly(np.poly)
roots = Roots(np.roots)
