"""Functions of `scipy.special` that are not ufuncs: formulas of ufuncs, for tensors."""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import ops
from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach

from .bessel import differentiate_spherical


def polygamma(n: Any, x: Any) -> Any:
    """Return the n-th derivative of digamma, (-1)^(n + 1) n! zeta(n + 1, x). DLMF 5.15."""
    if getattr(n, "requires_grad", False):
        raise ArgumentError("special.polygamma has a derivative in 'x', and none in 'n': pass n.numpy()")
    n = np.asarray(n, dtype=np.float64)
    higher = np.where(n % 2 == 0, -1.0, 1.0) * special.gamma(n + 1) * special._zeta(np.maximum(n, 1) + 1, x)
    return np.where(n == 0, special.psi(x), higher)


def multigammaln(a: Any, d: int) -> Any:
    """Return d (d - 1) / 4 log(pi) plus the sum of gammaln(a - j / 2) for j < d. DLMF 35.3.4."""
    if not np.all(detach(a) > (d - 1) / 2):
        raise ArgumentError(f"special.multigammaln: a must be above (d - 1) / 2 = {(d - 1) / 2}")
    return d * (d - 1) * (log(pi) / 4) + sum(special.gammaln(a - j / 2) for j in range(d))


def diric(x: Any, n: Any) -> Any:
    """Return sin(n x / 2) / (n sin(x / 2)), which is U_{n-1}(cos(x / 2)) / n for a whole n. DLMF 18.5.2."""
    whole = (n > 0) & (n == np.floor(n))
    order = np.where(whole, n, 1).astype(int)
    return np.where(whole, special.eval_chebyu(order - 1, np.cos(x / 2)) / order, np.nan)


def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Any:
    """Return the number of choices of k out of N things."""
    _refuse_exact("comb", exact)
    if repetition:
        is_empty = (k == 0) & (N == 0)  # SciPy's binom(-1, 0) is 0
        return np.where(is_empty, 1, special.binom(np.where(is_empty, 1, N + k - 1), k))
    return np.where((k <= N) & (N >= 0) & (k >= 0), special.binom(N, k), 0)


def perm(N: Any, k: Any, exact: bool = False) -> Any:
    """Return the number of ordered choices of k out of N things."""
    _refuse_exact("perm", exact)
    return np.where((k <= N) & (N >= 0) & (k >= 0), special.poch(N - k + 1, k), 0)


def factorial(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    """Return gamma(n + 1), and 0 for n < 0."""
    _refuse_exact("factorial", exact)
    if extend != "zero":
        raise ArgumentError(f"special.factorial: extend={extend!r} takes no tensors: use gamma(n + 1)")
    return np.where(n < 0, 0, special.gamma(n + 1))


def _refuse_exact(name: str, exact: Any) -> None:
    if exact:
        raise ArgumentError(f"special.{name}: exact=True gives whole numbers, without a derivative")


# Spherical Bessel functions: SciPy's ufuncs of real numbers take z >= 0.


def spherical_jn(n: Any, z: Any, derivative: bool = False) -> Any:
    """Return the spherical j_n(z), or its derivative. j_n(-z) = (-1)^n j_n(z), DLMF 10.47.14."""
    if derivative:
        return differentiate_spherical(spherical_jn, -1, n, z)
    return _reflect(special._spherical_jn, 0, n, z)


def spherical_yn(n: Any, z: Any, derivative: bool = False) -> Any:
    """Return the spherical y_n(z), or its derivative. y_n(-z) = (-1)^(n + 1) y_n(z), DLMF 10.47.14."""
    if derivative:
        return differentiate_spherical(spherical_yn, -1, n, z)
    return _reflect(special._spherical_yn, 1, n, z)


def spherical_in(n: Any, z: Any, derivative: bool = False) -> Any:
    """Return the spherical i_n(z), or its derivative. i_n(-z) = (-1)^n i_n(z), DLMF 10.47.16."""
    if derivative:
        return differentiate_spherical(spherical_in, 1, n, z)
    return _reflect(special._spherical_in, 0, n, z)


def spherical_kn(n: Any, z: Any, derivative: bool = False) -> Any:
    """Return the spherical k_n(z), or its derivative, for z > 0 or complex z. DLMF 10.47.9."""
    if z.dtype.kind != "c" and np.any(detach(z) < 0):
        raise ArgumentError("special.spherical_kn: a tensor must be positive or complex")
    if derivative:
        return -differentiate_spherical(spherical_kn, 1, n, z)
    return special._spherical_kn(n, z)


def _reflect(ufunc: Any, parity: int, n: Any, z: Any) -> Any:
    """Return ufunc(n, z), where ufunc(n, -z) = (-1)^(n + parity) ufunc(n, z)."""
    if z.dtype.kind == "c":
        return ufunc(n, z)
    negative = z < 0
    sign = np.where(negative & ((n + parity) % 2 == 1), -1.0, 1.0)
    return ufunc(n, np.where(negative, -z, z)) * sign.astype(z.dtype)


def sph_harm_y(*args: Any, **kwargs: Any) -> Any:
    """Return the spherical harmonic of n, m, theta and phi. DLMF 14.30.1.

    The value is sqrt((2n + 1) (n - |m|)! / (4 pi (n + |m|)!)) P(cos theta) exp(i m phi) for P of degree n and
    order |m|, and (-1)^m times that for m < 0. The derivative in theta is NaN at the poles.
    """
    if kwargs:
        raise ArgumentError(f"special.sph_harm_y: {min(kwargs)} takes no tensors: differentiate the values")
    n, m, theta, phi = args
    order = np.abs(m)
    inside = np.minimum(order, n)  # above, P is 0 and the quotient of factorials has a pole
    scale = np.sqrt((2 * n + 1) / (4 * pi) * special.poch(n + inside + 1.0, -2.0 * inside))
    sign = np.where((m < 0) & (order % 2 == 1), -1.0, 1.0)
    return special.lpmv(order, n, np.cos(theta)) * (scale * sign) * np.exp(1j * (m * phi))


# Softmax and related functions.


def softmax(x: Any, axis: Any = None) -> Any:
    """Return exp(x) / sum(exp(x)) along axes."""
    exponentials = np.exp(x - detach(x).max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = None) -> Any:
    """Return log(softmax(x)) along axes, exact where softmax vanishes."""
    shifted = x - detach(x).max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """Return log(sum(b exp(a))) along axes; with `return_sign` the logarithm of the size, and the sign.

    The sign of a complex sum is the sum over its size, which has a derivative.
    """
    if b is None and not return_sign and getattr(a, "dtype", np.dtype(float)).kind != "c":
        return ops.basic.logsumexp(a, axis=axis, keepdims=keepdims)
    weights = 1.0 if b is None else b
    size = np.real(detach(a))
    largest = np.max(np.where(detach(weights) == 0, -np.inf, size), axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)
    total = (weights * np.exp(a - largest)).sum(axis=axis, keepdims=True)
    is_complex = total.dtype.kind == "c"
    sign = total / np.where(detach(total) == 0, 1, np.abs(total)) if is_complex else np.sign(detach(total))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(np.abs(total) if return_sign else total) + largest
    if not keepdims:
        value, sign = np.squeeze(value, axis=axis), np.squeeze(sign, axis=axis)
    return (value, sign) if return_sign else value


FUNCTIONS: dict[Callable[..., Any], tuple[str, ...]] = {
    polygamma: ("x",), multigammaln: ("a",), diric: ("x",), comb: ("N", "k"), perm: ("N", "k"),
    factorial: ("n",),
    spherical_jn: ("z",), spherical_yn: ("z",), spherical_in: ("z",), spherical_kn: ("z",),
    sph_harm_y: ("theta", "phi"), softmax: ("x",), log_softmax: ("x",), logsumexp: ("a", "b"),
}  # fmt: skip
